#!/bin/sh
# Each kind of breach, one at a time in a tree of its own, is found at its file and line; what is allowed passes.
set -eu
check=$(dirname "$(readlink -f "$0")")/../../scripts/check-includes
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failed=0

# expect VERDICT FILE LINE-OF-CODE
expect() {
  rm -rf "${tree:?}"/*
  mkdir -p "$tree/$(dirname "$2")"
  printf '// A file.\n%s\n' "$3" >"$tree/$2"
  if said=$("$check" "$tree" 2>&1); then verdict=clean; else verdict=breach; fi
  case $verdict:$said in
    clean:*) said= ;;
    breach:"$2:2: "*) ;;
    *) verdict="breach named wrongly ($said)" ;;
  esac
  if [ "$verdict" != "$1" ]; then
    echo "FAIL: $3 in $2 should be $1, was $verdict"
    failed=$((failed + 1))
  fi
}

expect clean ipc/os/a.cc '#include "ipc/os/unique_fd.h"'
expect clean ipc/os/a.cc '#include <sys/capabilityx.h>'
expect breach ipc/os/a.cc '#include <kj/async.h>'
expect breach ipc/os/a.cc '#include "ipc/wire_error.h"'
expect clean ipc/a.h '#include <capnp/rpc.h>'
expect breach ipc/a.h '#include "capabilities/view.h"'
expect breach ipc/a.h '#include "supervisor/door.h"'
expect breach policies/a.h '#include <kj/common.h>'
expect clean policies/a.cc '#include <toml++/toml.hpp>'
expect breach policies/a.cc '#include "policies/sandbox/limits.h"'
expect breach policies/sandbox/a.cc '#include "policies/policy.h"'
expect clean policies/sandbox/a.cc '#include <seccomp.h>'
expect breach supervisor/a.cc '#include <sys/capability.h>'
expect breach loader/a.cc '#include "capabilities/rights.h"'
expect breach capabilities/a.cc '#include "policies/policy.h"'
expect clean extensions/fs/a.cc '#include "extensions/fs/host.h"'
expect clean extensions/fs/a.cc '#include "extensions/extension.h"'
expect breach extensions/fs/a.cc '#include "extensions/job/host.h"'
expect breach extensions/fs/a.cc '#include <v8.h>'
expect breach supervisor/a.cc '#include "worker/engine.h"'
expect breach supervisor/a.cc '#include <v8-isolate.h>'
expect breach supervisor/a.cc '#include <libplatform/libplatform.h>'
expect breach supervisor/a.cc '#include "tests/bench/bench.h"'
expect breach supervisor/runtime.h '#include <kj/async.h>'
expect breach supervisor/runtime.h '#include "supervisor/job.h"'
expect clean supervisor/runtime.h '#include <string>'
expect breach worker/a.cc '#include "capabilities/rights.h"'
expect breach worker/a.cc '#include "supervisor/zygote.h"'
expect clean worker/a.cc '  #  include <v8.h>'
expect breach worker/a.cc '#include "engine.h"'
expect breach worker/a.cc '#include "../ipc/build_id.h"'
expect breach worker/a.cc '#include HEADER'
expect clean tests/unit/a.cc '#include "supervisor/zygote.h"'

# The project itself, and the exit code that CI goes by.
"$check" >/dev/null || {
  echo "FAIL: the project breaks its own floors"
  failed=$((failed + 1))
}
[ "$failed" = 0 ] || exit 1
echo "check-includes: all as expected"
