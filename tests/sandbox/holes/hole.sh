#!/bin/sh
# Runs a part of the attack suite against a build with a hole made on purpose. The suite must fail, and say why.
#
#   hole.sh WHAT-IT-MUST-SAY COMMAND [ARGUMENT...]
set -u
wanted=$1
shift
output=$("$@" 2>&1)
status=$?
if [ "$status" -eq 0 ]; then
  printf '%s\nhole: nobody noticed it\n' "$output"
  exit 1
fi
case $output in
  *"$wanted"*) printf 'hole: noticed (%s)\n' "$wanted" ;;
  *)
    printf '%s\nhole: the suite failed with status %s, and did not say: %s\n' "$output" "$status" "$wanted"
    exit 1
    ;;
esac
