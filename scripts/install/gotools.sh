#!/usr/bin/env bash
# Builds the Go programs that lint and test into .tools/bin, through Go's own module proxy and
# caches. Says nothing when they are there in the wanted versions.
#
#   gotools.sh              all of them
#   gotools.sh NAME...      golangci-lint, aws-vault, versitygw
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
bin=$root/.tools/bin

GOLANGCI_LINT=v2.15.0
VERSITYGW=v1.8.0

# have NAME VERSION: is that version built with this Go?
have() { [[ -x $bin/$1 && -f $bin/.$1 && $(cat "$bin/.$1") == "$2 $(go env GOVERSION)" ]]; }
done_with() { echo "$2 $(go env GOVERSION)" >"$bin/.$1"; }

golangci_lint() {
  have golangci-lint "$GOLANGCI_LINT" && return
  echo "install: golangci-lint $GOLANGCI_LINT (a few minutes when the build cache is cold)"
  GOFLAGS= GOBIN=$bin go install "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$GOLANGCI_LINT"
  done_with golangci-lint "$GOLANGCI_LINT"
}

# aws-vault is a client of IAM Identity Center that is not Amazon's; its version stands in a module
# of its own beside this script.
aws_vault() {
  local version
  version=$(sed -n 's|^require .*/aws-vault/v7 ||p' "$here/aws-vault/go.mod")
  have aws-vault "$version" && return
  echo "install: aws-vault $version"
  GOFLAGS= CGO_ENABLED=0 go build -C "$here/aws-vault" -mod=readonly -trimpath -o "$bin/aws-vault" github.com/99designs/aws-vault/v7
  done_with aws-vault "$version"
}

# versitygw is an S3-compatible server, to put behind a proxy that asks Gatehouse.
versitygw() {
  have versitygw "$VERSITYGW" && return
  echo "install: versitygw $VERSITYGW (two minutes when the build cache is cold)"
  GOFLAGS= CGO_ENABLED=0 GOBIN=$bin go install "github.com/versity/versitygw/cmd/versitygw@$VERSITYGW"
  done_with versitygw "$VERSITYGW"
}

if ! command -v go >/dev/null; then
  echo "install: Go is needed, in the version that go.mod names" >&2
  exit 1
fi
mkdir -p "$bin"
[[ $# -gt 0 ]] || set -- golangci-lint aws-vault versitygw
for tool in "$@"; do
  case $tool in
    golangci-lint) golangci_lint ;;
    aws-vault) aws_vault ;;
    versitygw) versitygw ;;
    *) echo "install: no tool is called $tool" >&2; exit 2 ;;
  esac
done
