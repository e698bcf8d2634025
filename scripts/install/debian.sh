#!/usr/bin/env bash
# Installs the Debian packages that the end-to-end tests and benchmarks use. Says nothing when they
# are all there. Tests only parts that are missing, so a machine with other means to the same
# programs (PostgreSQL from its makers, say) is left as it is.
set -euo pipefail

declare -A part=(
  [ca-certificates]=/etc/ssl/certs/ca-certificates.crt
  [openssl]=/usr/bin/openssl
  [awscli]=/usr/bin/aws
  [chromium]=/usr/bin/chromium
  [python3-boto3]=/usr/lib/python3/dist-packages/boto3/__init__.py
  [nginx-light]=/usr/sbin/nginx
  [postgresql-15]=/usr/lib/postgresql/15/bin/postgres
  [util-linux]=/usr/sbin/runuser
  [fonts-dejavu-core]=/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf
)

missing=()
for package in "${!part[@]}"; do
  [[ -e ${part[$package]} ]] || missing+=("$package")
done
[[ ${#missing[@]} -eq 0 ]] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "install: this needs ${missing[*]} (Debian package names); install them and run again" >&2
  exit 1
fi
as_root=()
if [[ $(id -u) -ne 0 ]]; then
  if ! command -v sudo >/dev/null; then
    echo "install: run as root: apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
run() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "$@" >"$log" 2>&1 || {
    cat "$log" >&2
    echo "install: failed: $*" >&2
    exit 1
  }
}

echo "install: Debian packages: ${missing[*]}"
# PostgreSQL is started by the tests themselves; a cluster of the system would only be in the way.
if [[ ! -e /etc/postgresql-common/createcluster.conf ]]; then
  "${as_root[@]}" mkdir -p /etc/postgresql-common
  echo "create_main_cluster = false" | "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
# Nor do the tests want a web server on port 80: what is installed here is not started.
if [[ ! -e /usr/sbin/policy-rc.d ]]; then
  trap 'rm -f "$log"; "${as_root[@]}" rm -f /usr/sbin/policy-rc.d' EXIT
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee /usr/sbin/policy-rc.d >/dev/null
  "${as_root[@]}" chmod 755 /usr/sbin/policy-rc.d
fi
run apt-get update -q
run apt-get install -y -q --no-install-recommends \
  -o Dpkg::Options::=--force-confold "${missing[@]}"
