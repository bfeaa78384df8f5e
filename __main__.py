"""What `pulumi up` runs: the stack's config in, one fan-out, its outputs as exports."""

from typing import cast

import pulumi

from components import TranscodeFanout, TranscodeFanoutArgs, arguments_from_config

fanout = TranscodeFanout(
    "videoconverter",
    # Every key of the configuration is an argument of the same name; the component checks them.
    cast("TranscodeFanoutArgs", arguments_from_config(pulumi.Config())),
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
