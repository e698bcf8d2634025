// Prints who the profile in AWS_PROFILE is, as STS says it.
import { STSClient, GetCallerIdentityCommand } from '@aws-sdk/client-sts';

const { Account, Arn, UserId } = await new STSClient({}).send(new GetCallerIdentityCommand({}));
console.log(JSON.stringify({ Account, Arn, UserId }));
