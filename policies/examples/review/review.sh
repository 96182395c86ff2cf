#!/bin/sh
# review.sh OLD NEW: compares each policy (*.policy.toml) in the folder NEW with that of the same name in the folder OLD,
# and exits with 1 where any gives more. A policy that OLD does not have is compared with one that grants nothing.
# SECURE_RUNTIME names the program; secure-runtime is looked for in PATH without it.
set -eu
program=${SECURE_RUNTIME:-secure-runtime}
[ $# -eq 2 ] || { echo "usage: review.sh OLD NEW" >&2; exit 2; }
old=$1 new=$2
nothing=$(mktemp -d)
trap 'rm -rf "$nothing"' EXIT
printf 'version = 1\n' >"$nothing/nothing.policy.toml"

widened=0
list=$nothing/list
(cd "$new" && find . -name .git -prune -o -name node_modules -prune -o -name '*.policy.toml' -type f -print) | sort >"$list"
while IFS= read -r policy; do
  before=$old/$policy
  [ -e "$before" ] || before=$nothing/nothing.policy.toml
  echo "${policy#./}:"
  status=0
  "$program" diff "$before" "$new/$policy" || status=$?
  case $status in
    0) ;;
    1) widened=1 ;;
    *) echo "review.sh: ${policy#./} cannot be compared" >&2; exit 2 ;;
  esac
done <"$list"
[ "$widened" -eq 0 ] || echo "A policy gives more than before (the lines with +): let somebody who may decide that look at it."
exit "$widened"
