#!/usr/bin/env bash
# readme_service.sh BINARY CHECKOUT: the lines of README.md about the service, pasted into a shell.
set -euo pipefail
binary=$1
checkout=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
sr() { "$binary" "$@"; }

# The tour's own files, elsewhere.
sed -n "/^cat > main.mjs <<'EOF'/,/^EOF/p" "$checkout/README.md" >main.sh
# shellcheck source=/dev/null
. ./main.sh
sed -n '/^export XDG_RUNTIME_DIR=/,/^kill %1/p' "$checkout/README.md" | sed "s#/tmp/tour#$scratch#g; s#^kill %1#kill \$!; wait \$!#" >lines.sh
[[ $(grep -c '^api ' lines.sh) == 5 ]] || { echo "README.md has other lines than this test knows"; exit 1; }
# shellcheck source=/dev/null
. ./lines.sh >out 2>err || { echo "a line failed:"; cat out err; exit 1; }

missing=0
expect() {
  grep -qF -- "$1" out || { echo "missing in what was printed: $1"; missing=1; }
}
expect '"stdout":"42\n"'
expect '"verdict":"wall-limit"'
expect '"where":"policy:4:16"'
expect 'PermissionDenied: fs read /docs/diary.txt'
expect 'event: result'
expect 'secure_runtime_jobs_total{verdict="ok"}'
((missing == 0)) || { cat out err; exit 1; }
