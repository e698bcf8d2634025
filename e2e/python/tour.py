# An administrator's round with boto3, as the profile in AWS_PROFILE: makes what the other SDKs' rounds make, reads
# it page by page, and takes it away again. Reads what to do as JSON from standard input, prints what was seen as
# JSON (sdkSeen in sdk_tour_test.go).
import json
import sys

import boto3

given = json.load(sys.stdin)
seen = {"refused": []}
session = boto3.Session()


def refused(exceptions, name, call, **parameters):
    """Notes the error that a call must end with."""
    try:
        call(**parameters)
        seen["refused"].append("nothing")
    except getattr(exceptions, name) as error:
        seen["refused"].append(error.response["Error"]["Code"])


def pages(client, operation, members, size, **parameters):
    paginator = client.get_paginator(operation)
    found = paginator.paginate(PaginationConfig={"PageSize": size}, **parameters)
    return [item for page in found for item in page[members]]


def who(credentials=None):
    sts = session.client("sts", **(credentials or {}))
    return sts.get_caller_identity()["Arn"]


seen["identity"] = who()

admin = session.client("sso-admin")
instance = {"InstanceArn": given["instanceArn"]}
wanted = dict(instance, Name=given["name"], Description="a round", SessionDuration="PT2H", Tags=[{"Key": "round", "Value": given["name"]}])
made = dict(instance, PermissionSetArn=admin.create_permission_set(**wanted)["PermissionSet"]["PermissionSetArn"])
refused(admin.exceptions, "ConflictException", admin.create_permission_set, **wanted)
seen["permissionSets"] = [
    admin.describe_permission_set(PermissionSetArn=arn, **instance)["PermissionSet"]["Name"]
    for arn in pages(admin, "list_permission_sets", "PermissionSets", 2, **instance)
]
admin.delete_permission_set(**made)
refused(admin.exceptions, "ResourceNotFoundException", admin.describe_permission_set, **made)

store = session.client("identitystore")
directory = {"IdentityStoreId": given["identityStoreId"]}
user = dict(directory, UserName=given["name"], DisplayName="A round", Name={"GivenName": "A", "FamilyName": "Round"})
user_id = store.create_user(**user)["UserId"]
refused(store.exceptions, "ConflictException", store.create_user, **user)
seen["users"] = [u["UserName"] for u in pages(store, "list_users", "Users", 2, **directory)]
unique = {"UniqueAttribute": {"AttributePath": "userName", "AttributeValue": given["name"]}}
seen["found"] = store.get_user_id(AlternateIdentifier=unique, **directory)["UserId"] == user_id
store.delete_user(UserId=user_id, **directory)
refused(store.exceptions, "ResourceNotFoundException", store.describe_user, UserId=user_id, **directory)

seen["organization"] = [a["Id"] for a in pages(session.client("organizations"), "list_accounts", "Accounts", 3)]

portal = session.client("sso")
token = {"accessToken": given["accessToken"]}
account = dict(token, accountId=given["accountId"])
seen["accounts"] = [a["accountId"] for a in pages(portal, "list_accounts", "accountList", 1, **token)]
seen["roles"] = [r["roleName"] for r in pages(portal, "list_account_roles", "roleList", 1, **account)]
minted = portal.get_role_credentials(roleName=seen["roles"][0], **account)["roleCredentials"]
seen["minted"] = who({"aws_access_key_id": minted["accessKeyId"], "aws_secret_access_key": minted["secretAccessKey"],
                      "aws_session_token": minted["sessionToken"]})

iam = session.client("iam")
role = iam.create_role(RoleName=given["name"], AssumeRolePolicyDocument=given["trust"])["Role"]
iam.get_waiter("role_exists").wait(RoleName=given["name"], WaiterConfig={"Delay": 1, "MaxAttempts": 20})
taken = session.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="round", Tags=[{"Key": "team", "Value": "blue"}],
                                          TransitiveTagKeys=["team"])["Credentials"]
seen["assumed"] = who({"aws_access_key_id": taken["AccessKeyId"], "aws_secret_access_key": taken["SecretAccessKey"],
                       "aws_session_token": taken["SessionToken"]})
iam.delete_role(RoleName=given["name"])
print(json.dumps(seen))
