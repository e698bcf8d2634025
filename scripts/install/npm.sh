#!/usr/bin/env bash
# Installs the npm packages of the end-to-end tests into e2e/node/node_modules, exactly as the lock
# file names them. Says nothing when they are there already.
set -euo pipefail
cd "$(dirname "$0")/../../e2e/node"

if ! command -v npm >/dev/null; then
  echo "install: Node.js (20 or newer) with npm is needed for the browser and JavaScript tests" >&2
  exit 1
fi
stamp=node_modules/.installed
want=$(cat package.json package-lock.json | sha256sum)
[[ -f $stamp && $(cat "$stamp") == "$want" ]] && exit 0

echo "install: npm packages for e2e/node"
# Playwright drives Debian's Chromium: it must not fetch browsers of its own.
PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --omit=optional --no-audit --no-fund --ignore-scripts --loglevel=error
echo "$want" >"$stamp"
