#!/bin/sh
# scripts/secure-runtime, in a made-up checkout whose set-up and compiler only say that they were called: it builds at
# first use, passes arguments and exit code through, builds nothing twice, and never runs a program older than a source.
set -eu
real=$(dirname "$(readlink -f "$0")")/../../scripts/secure-runtime
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/checkout/scripts/cmake" "$tree/checkout/ipc/os" "$tree/checkout/supervisor" "$tree/checkout/worker/js" \
  "$tree/checkout/policies/examples/site" "$tree/bin" "$tree/elsewhere"
cd "$tree/checkout"
cp "$real" scripts/secure-runtime
for file in CMakeLists.txt CMakePresets.json ipc/os/a.cc supervisor/a.cc supervisor/README.md worker/js/a.js worker/package-lock.json \
  policies/examples/site/package-lock.json scripts/sysroot; do : >"$file"; done
cat >scripts/setup <<'SETUP'
#!/bin/sh
cd "${0%/*}/.."
echo setup >>log
mkdir -p worker/node_modules policies/examples/site/node_modules .cache
: >worker/node_modules/.installed
: >policies/examples/site/node_modules/.installed
[ ! -e broken ] || exit 1
: >.cache/setup-done
SETUP
cat >"$tree/bin/cmake" <<'CMAKE'
#!/bin/sh
echo "building..."
case $1 in
  --preset) echo configure >>log; : >build/release/build.ninja ;;
  --build)
    echo build >>log
    printf '#!/bin/sh\necho "ran: $*"\nexit 7\n' >build/release/secure-runtime
    cp build/release/secure-runtime build/release/secure-runtime-zygote
    chmod +x build/release/secure-runtime build/release/secure-runtime-zygote ;;
esac
CMAKE
chmod +x scripts/setup "$tree/bin/cmake"
PATH=$tree/bin:$PATH
find . -exec touch -d '1 hour ago' {} +
ln -s "$tree/checkout/scripts/secure-runtime" "$tree/elsewhere/link"

failed=0
# expect WHAT LOG COMMAND...: the command runs the program, and set-up and build were called as LOG says.
expect() {
  what=$1 log=$2
  shift 2
  : >log
  status=0
  said=$("$@" run 'a b' 2>"$tree/progress") || status=$?
  was=$(tr '\n' ' ' <log)
  if [ "$said" != "ran: run a b" ] || [ "$status" != 7 ] || [ "$was" != "$log" ]; then
    echo "FAIL: $what: said '$said', exit $status, called '$was'"
    failed=$((failed + 1))
  fi
}
old() { find . -exec touch -d '1 hour ago' {} +; touch -d '30 minutes ago' .cache/setup-done build/release/.built; }

expect "first use" "setup configure build " scripts/secure-runtime
old
expect "second use" "" scripts/secure-runtime
# shellcheck disable=SC2016
expect "from another folder" "" sh -c 'cd /; exec "$0" "$@"' "$PWD/scripts/secure-runtime"
expect "through a link" "" "$tree/elsewhere/link"
# shellcheck disable=SC2016
expect "from within scripts" "" sh -c 'cd scripts; exec ./secure-runtime "$@"' x
touch ipc/os/a.cc
expect "a changed source" "build " scripts/secure-runtime
old
touch worker/js/b.js
expect "a new file" "build " scripts/secure-runtime
old
rm worker/js/b.js
expect "a removed file" "build " scripts/secure-runtime
old
touch supervisor/README.md
expect "a changed document" "" scripts/secure-runtime
old
rm build/release/secure-runtime-zygote
expect "a missing zygote" "build " scripts/secure-runtime
old
touch policies/examples/site/package-lock.json
expect "other packages of an example" "setup " scripts/secure-runtime
old
rm -r policies/examples/site/node_modules
expect "packages gone" "setup " scripts/secure-runtime

# What cannot be built is not run, however old the program that is there.
old
: >broken
touch scripts/setup ipc/os/a.cc
if scripts/secure-runtime run >"$tree/out" 2>&1; then status=0; else status=$?; fi
if [ "$status" != 70 ] || grep -q '^ran:' "$tree/out"; then
  echo "FAIL: a failed set-up: exit $status, $(cat "$tree/out")"
  failed=$((failed + 1))
fi
[ "$failed" = 0 ] || exit 1
echo "secure-runtime: all as expected"
