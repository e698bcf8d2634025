#!/usr/bin/env bash
# Prints break-glass credentials of the management account as shell exports: credentials.sh DATA_DIR
set -euo pipefail
gatehouse admin credentials --data "${1:-gatehouse-data}" |
  sed -n 's/.*"AccessKeyId": "\(.*\)".*/export AWS_ACCESS_KEY_ID=\1/p
          s/.*"SecretAccessKey": "\(.*\)".*/export AWS_SECRET_ACCESS_KEY=\1/p
          s/.*"SessionToken": "\(.*\)".*/export AWS_SESSION_TOKEN=\1/p'
