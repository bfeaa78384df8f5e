"""The functions of a fan-out: what runs in Lambda, with boto3 and Powertools and nothing else."""
