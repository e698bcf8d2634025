# Prints who the profile in AWS_PROFILE is, as STS says it.
import json

import boto3

print(json.dumps(boto3.Session().client("sts").get_caller_identity()))
