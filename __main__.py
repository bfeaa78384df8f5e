"""What `pulumi up` runs: the stack's config in, one fan-out, its outputs as exports."""

import pulumi

from components import TranscodeFanout, TranscodeFanoutArgs

config = pulumi.Config()

fanout = TranscodeFanout(
    "videoconverter",
    TranscodeFanoutArgs(
        presets=config.require_object("presets"),
        suffixes=config.require_object("suffixes"),
        function_timeout=config.require_int("function_timeout"),
        maximum_concurrency=config.require_int("maximum_concurrency"),
        max_upload_bytes=config.require_int("max_upload_bytes"),
        max_upload_seconds=config.require_int("max_upload_seconds"),
        log_retention_days=config.require_int("log_retention_days"),
        force_destroy=config.require_bool("force_destroy"),
        alarm_actions=config.require_object("alarm_actions"),
        alarm_after_seconds=config.require_int("alarm_after_seconds"),
        ledger_retention_days=config.require_int("ledger_retention_days"),
        deletion_protection=config.require_bool("deletion_protection"),
        pipeline_quota=config.require_int("pipeline_quota"),
        tags=config.require_object("tags"),
    ),
)

pulumi.export("input_bucket", fanout.input_bucket)
pulumi.export("topic_arn", fanout.topic_arn)
pulumi.export("output_buckets", fanout.output_buckets)
pulumi.export("queue_urls", fanout.queue_urls)
pulumi.export("dead_letter_queue_urls", fanout.dead_letter_queue_urls)
pulumi.export("pipeline_arns", fanout.pipeline_arns)
pulumi.export("completed_topic_arn", fanout.completed_topic_arn)
pulumi.export("ledger_table", fanout.ledger_table)
pulumi.export("reconcile_function", fanout.reconcile_function)
pulumi.export("estimate", fanout.estimate)
