#!/usr/bin/env bash
# Runs a command with a private PostgreSQL, whose address is in GATEHOUSE_TEST_POSTGRES. It listens on
# a Unix socket in a temporary folder only, and is gone at the end.
#
#   scripts/with-postgres.sh go test ./internal/store/...
set -euo pipefail
[[ $# -gt 0 ]] || { echo "usage: with-postgres.sh COMMAND..." >&2; exit 2; }

bin=/usr/lib/postgresql/15/bin
[[ -x $bin/postgres ]] || { echo "with-postgres: no PostgreSQL 15 here; scripts/install/debian.sh installs it" >&2; exit 1; }

dir=$(mktemp -d /tmp/gh-pg-XXXXXX) # short: a socket's address has 108 bytes at most
as_postgres=()
if [[ $(id -u) -eq 0 ]]; then # PostgreSQL refuses to run as root
  chown postgres: "$dir"
  as_postgres=(runuser -u postgres --)
fi
stop() {
  if [[ -f $dir/data/postmaster.pid ]]; then
    (cd / && "${as_postgres[@]}" "$bin/pg_ctl" stop -D "$dir/data" -m immediate -s) || true
  fi
  rm -rf "$dir"
}
trap stop EXIT

(
  cd /
  export LC_ALL=C.UTF-8 TZ=UTC
  "${as_postgres[@]}" "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
  "${as_postgres[@]}" "$bin/pg_ctl" start -D "$dir/data" -w -s -l "$dir/log" \
    -o "-k $dir -c listen_addresses='' -c fsync=off -c max_connections=200"
)
GATEHOUSE_TEST_POSTGRES="postgres://postgres@/postgres?host=$dir" "$@"
