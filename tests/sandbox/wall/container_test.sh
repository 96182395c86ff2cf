#!/bin/sh
# secure-runtime inside of an unprivileged container (bubblewrap, as an ordinary user): it confines its jobs there as
# anywhere, and where the container takes away what it needs it runs nothing and says why.
#
#   container_test.sh SECURE-RUNTIME        77: bubblewrap is not installed
set -eu
binary=$1
command -v bwrap >/dev/null || {
  echo "container: bubblewrap is not installed; scripts/setup brings it"
  exit 77
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
echo "console.log('ran')" >"$folder/main.mjs"

# As an ordinary user also where root runs the test.
ordinary() {
  if [ "$(id -u)" -eq 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; else "$@"; fi
}
if ! ordinary test -x "$binary"; then
  echo "container: an ordinary user cannot reach $binary"
  exit 77
fi

failed=0
# expect WHAT STATUS TEXT OPTION OF BWRAP...: the job's exit status, and what the command says.
expect() {
  what=$1 wanted=$2 text=$3
  shift 3
  status=0
  said=$(ordinary bwrap --unshare-all --die-with-parent --ro-bind / / --dev /dev "$@" \
    "$binary" run --json "$folder/main.mjs" 2>&1) || status=$?
  case $status:$said in
    "$wanted":*"$text"*) echo "container: $what: exit $status, as it must" ;;
    *)
      printf 'container: %s: exit %s, not %s with "%s":\n%s\n' "$what" "$status" "$wanted" "$text" "$said"
      failed=1
      ;;
  esac
}

confined='"namespaces":["user","mount","pid","net","ipc","uts","cgroup"]'
expect "an ordinary user" 0 "$confined" --proc /proc
expect "its root" 0 "$confined" --proc /proc --uid 0 --gid 0 --cap-add CAP_SETFCAP
expect "its root without a capability" 3 "CAP_SETFCAP" --proc /proc --uid 0 --gid 0
expect "no further user namespaces" 3 "namespaces of its own" --proc /proc --unshare-user --disable-userns
# The host's /proc, of a namespace in which these processes have other numbers.
expect "no /proc of its own" 3 "of another PID namespace" --ro-bind /proc /proc
exit "$failed"
