// An administrator's round with the AWS SDK for JavaScript, as the profile in AWS_PROFILE: makes what the other
// SDKs' rounds make, reads it page by page, and takes it away again. Reads what to do as JSON from standard input,
// prints what was seen as JSON (sdkSeen in sdk_tour_test.go).
import { text } from 'node:stream/consumers';
import { IAMClient, CreateRoleCommand, DeleteRoleCommand, waitUntilRoleExists } from '@aws-sdk/client-iam';
import {
  IdentitystoreClient, CreateUserCommand, DeleteUserCommand, DescribeUserCommand, GetUserIdCommand, paginateListUsers,
  ConflictException as UserConflict, ResourceNotFoundException as UserNotFound,
} from '@aws-sdk/client-identitystore';
import { OrganizationsClient, paginateListAccounts as paginateOrganization } from '@aws-sdk/client-organizations';
import { SSOClient, GetRoleCredentialsCommand, paginateListAccountRoles, paginateListAccounts } from '@aws-sdk/client-sso';
import {
  SSOAdminClient, CreatePermissionSetCommand, DeletePermissionSetCommand, DescribePermissionSetCommand, ConflictException,
  paginateListPermissionSets,
} from '@aws-sdk/client-sso-admin';
import { STSClient, AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';

const given = JSON.parse(await text(process.stdin));
const seen = { refused: [] };

// refusal is the name of the error that a call ends with.
async function refusal(call, kind) {
  try {
    await call;
    return 'nothing';
  } catch (error) {
    if (kind && !(error instanceof kind)) throw error;
    return error.name;
  }
}

async function collect(pages, items) {
  const all = [];
  for await (const page of pages) all.push(...items(page));
  return all;
}

const who = async (credentials) => (await new STSClient(credentials ? { credentials } : {}).send(new GetCallerIdentityCommand({}))).Arn;
seen.identity = await who();

const admin = new SSOAdminClient({});
const InstanceArn = given.instanceArn;
const wanted = { InstanceArn, Name: given.name, Description: 'a round', SessionDuration: 'PT2H', Tags: [{ Key: 'round', Value: given.name }] };
const { PermissionSet } = await admin.send(new CreatePermissionSetCommand(wanted));
const PermissionSetArn = PermissionSet.PermissionSetArn;
seen.refused.push(await refusal(admin.send(new CreatePermissionSetCommand(wanted)), ConflictException));
const arns = await collect(paginateListPermissionSets({ client: admin, pageSize: 2 }, { InstanceArn }), (p) => p.PermissionSets);
seen.permissionSets = await Promise.all(arns.map(async (arn) =>
  (await admin.send(new DescribePermissionSetCommand({ InstanceArn, PermissionSetArn: arn }))).PermissionSet.Name));
await admin.send(new DeletePermissionSetCommand({ InstanceArn, PermissionSetArn }));
seen.refused.push(await refusal(admin.send(new DescribePermissionSetCommand({ InstanceArn, PermissionSetArn }))));

const store = new IdentitystoreClient({});
const IdentityStoreId = given.identityStoreId;
const user = { IdentityStoreId, UserName: given.name, DisplayName: 'A round', Name: { GivenName: 'A', FamilyName: 'Round' } };
const { UserId } = await store.send(new CreateUserCommand(user));
seen.refused.push(await refusal(store.send(new CreateUserCommand(user)), UserConflict));
seen.users = await collect(paginateListUsers({ client: store, pageSize: 2 }, { IdentityStoreId }), (p) => p.Users.map((u) => u.UserName));
const found = await store.send(new GetUserIdCommand({ IdentityStoreId,
  AlternateIdentifier: { UniqueAttribute: { AttributePath: 'userName', AttributeValue: given.name } } }));
seen.found = found.UserId === UserId;
await store.send(new DeleteUserCommand({ IdentityStoreId, UserId }));
seen.refused.push(await refusal(store.send(new DescribeUserCommand({ IdentityStoreId, UserId })), UserNotFound));

seen.organization = await collect(paginateOrganization({ client: new OrganizationsClient({}), pageSize: 3 }, {}), (p) => p.Accounts.map((a) => a.Id));

const portal = new SSOClient({});
const { accessToken, accountId } = given;
seen.accounts = await collect(paginateListAccounts({ client: portal, pageSize: 1 }, { accessToken }), (p) => p.accountList.map((a) => a.accountId));
seen.roles = await collect(paginateListAccountRoles({ client: portal, pageSize: 1 }, { accessToken, accountId }), (p) => p.roleList.map((r) => r.roleName));
const { roleCredentials } = await portal.send(new GetRoleCredentialsCommand({ accessToken, accountId, roleName: seen.roles[0] }));
const { accessKeyId, secretAccessKey, sessionToken } = roleCredentials;
seen.minted = await who({ accessKeyId, secretAccessKey, sessionToken });

const iam = new IAMClient({});
const RoleName = given.name;
const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: given.trust }));
await waitUntilRoleExists({ client: iam, maxWaitTime: 20, minDelay: 1 }, { RoleName });
const { Credentials } = await new STSClient({}).send(new AssumeRoleCommand({ RoleArn: Role.Arn, RoleSessionName: 'round',
  Tags: [{ Key: 'team', Value: 'blue' }], TransitiveTagKeys: ['team'] }));
seen.assumed = await who({ accessKeyId: Credentials.AccessKeyId, secretAccessKey: Credentials.SecretAccessKey, sessionToken: Credentials.SessionToken });
await iam.send(new DeleteRoleCommand({ RoleName }));
console.log(JSON.stringify(seen));
