#!/usr/bin/env bash
# Builds SecureCart with the AWS CLI. Needs credentials of the management account and AWS_ENDPOINT_URL.
set -euo pipefail

endpoint=()
[[ -n ${AWS_ENDPOINT_URL:-} ]] && endpoint=(--endpoint-url "$AWS_ENDPOINT_URL") # older CLIs do not read the variable
call() { aws "${endpoint[@]}" --output text "$@"; }

instance=$(call sso-admin list-instances --query 'Instances[0].InstanceArn')
directory=$(call sso-admin list-instances --query 'Instances[0].IdentityStoreId')
management=$(call sts get-caller-identity --query Account)
root=$(call organizations list-roots --query 'Roots[0].Id')

account() { # NAME EMAIL: prints the id, after making the account if it is not there
  local id request
  id=$(call organizations list-accounts --query "Accounts[?Name=='$1'].Id | [0]")
  if [[ $id == None ]]; then
    request=$(call organizations create-account --account-name "$1" --email "$2" --query CreateAccountStatus.Id)
    for _ in {1..60}; do
      id=$(call organizations describe-create-account-status --create-account-request-id "$request" --query CreateAccountStatus.AccountId)
      [[ $id != None ]] && break
      sleep 0.5
    done
  fi
  echo "$id"
}

group() { # NAME: prints the id
  local id
  id=$(call identitystore list-groups --identity-store-id "$directory" --query "Groups[?DisplayName=='$1'].GroupId | [0]")
  if [[ $id == None ]]; then
    id=$(call identitystore create-group --identity-store-id "$directory" --display-name "$1" --query GroupId)
  fi
  echo "$id"
}

declare -A sets
while read -r arn; do
  sets[$(call sso-admin describe-permission-set --instance-arn "$instance" --permission-set-arn "$arn" --query PermissionSet.Name)]=$arn
done < <(call sso-admin list-permission-sets --instance-arn "$instance" --query PermissionSets | tr '\t' '\n')

permission_set() { # NAME DURATION
  [[ -n ${sets[$1]:-} ]] && return
  sets[$1]=$(call sso-admin create-permission-set --instance-arn "$instance" --name "$1" --session-duration "$2" \
    --query PermissionSet.PermissionSetArn)
  call sso-admin attach-managed-policy-to-permission-set --instance-arn "$instance" --permission-set-arn "${sets[$1]}" \
    --managed-policy-arn "arn:aws:iam::aws:policy/$1"
}

assign() { # GROUP_ID PERMISSION_SET ACCOUNT_ID
  local request status=IN_PROGRESS
  request=$(call sso-admin create-account-assignment --instance-arn "$instance" --permission-set-arn "${sets[$2]}" \
    --target-type AWS_ACCOUNT --target-id "$3" --principal-type GROUP --principal-id "$1" \
    --query AccountAssignmentCreationStatus.RequestId)
  for _ in {1..60}; do
    status=$(call sso-admin describe-account-assignment-creation-status --instance-arn "$instance" \
      --account-assignment-creation-request-id "$request" --query AccountAssignmentCreationStatus.Status)
    [[ $status != IN_PROGRESS ]] && break
    sleep 0.5
  done
  echo "  $2 in $3: $status"
}

echo "Accounts below root $root"
dev=$(account Dev aws-dev@securecart.example)
staging=$(account Staging aws-staging@securecart.example)
production=$(account Production aws-production@securecart.example)
echo "  Dev $dev, Staging $staging, Production $production"

permission_set AdministratorAccess PT4H
permission_set PowerUserAccess PT4H
permission_set ReadOnlyAccess PT4H
permission_set SecurityAudit PT1H

echo "SecureCart-Developers"
developers=$(group SecureCart-Developers)
assign "$developers" AdministratorAccess "$dev"
assign "$developers" PowerUserAccess "$staging"
assign "$developers" ReadOnlyAccess "$production"
echo "SecureCart-Ops"
ops=$(group SecureCart-Ops)
for id in "$management" "$dev" "$staging" "$production"; do assign "$ops" AdministratorAccess "$id"; done
echo "SecureCart-Support"
assign "$(group SecureCart-Support)" ReadOnlyAccess "$production"
echo "SecureCart-Auditors"
assign "$(group SecureCart-Auditors)" SecurityAudit "$production"
echo "SecureCart-Vendors"
assign "$(group SecureCart-Vendors)" SecurityAudit "$production"
