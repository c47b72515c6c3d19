#!/bin/sh
# Are the built files in the repository those that these sources give? Rebuilds aside and compares byte for byte.
set -eu
cd "$(dirname "$0")"
test -d node_modules || npm ci
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
npx tsc --noEmit
ALCANCE_STATIC="$built/static" npx vite build --logLevel warn
if diff -r "$built/static" ../src/alcance/publish/static; then
    echo "src/alcance/publish/static is current"
else
    echo "src/alcance/publish/static is not what frontend/ gives: run npm ci && npm run build there and commit the result" >&2
    exit 1
fi
