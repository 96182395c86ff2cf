#!/usr/bin/env bash
# readme_service.sh BINARY CHECKOUT: the lines of README.md about the service, pasted into a shell.
set -euo pipefail
binary=$1
checkout=$2
scratch=$(mktemp -d)
set -m # as in the shell of a person: `kill %1` is for the whole job
trap 'kill %1 2>/dev/null || true; wait; rm -rf "$scratch"' EXIT
cd "$scratch"
# shellcheck disable=SC2317,SC2329 # called by the lines
sr() { "$binary" "$@"; }

# The tour's own files, elsewhere.
sed -n "/^cat > main.mjs <<'EOF'/,/^EOF/p" "$checkout/README.md" >main.sh
# shellcheck source=/dev/null
. ./main.sh
sed -n '/^export XDG_RUNTIME_DIR=/,/^kill %1/p' "$checkout/README.md" | sed "s#/tmp/tour#$scratch#g; s#^kill %1.*#kill %1#" >lines.sh
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
for ((i = 0; i < 100; i++)); do
  grep -q '"event":"stopped"' err && exit 0
  sleep 0.1
done
echo "the service did not stop"
exit 1
