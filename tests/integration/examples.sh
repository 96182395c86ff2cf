#!/bin/sh
# examples.sh PROGRAM SOURCE EXAMPLE: runs an example of policies/examples in a copy of what it uses, and looks at what it made.
set -eu
program=$1 source=$2 example=$3
copy=$(mktemp -d "${TMPDIR:-/tmp}/secure-runtime-example.XXXXXX")
trap 'rm -rf "$copy"' EXIT

fail() {
  echo "$example: $*" >&2
  exit 1
}

(cd "$source" && find . \( -name node_modules -prune -o -path ./build -prune -o -path ./.sysroot -prune \) -o -name '*.md' -print) |
  while IFS= read -r page; do
    mkdir -p "$copy/$(dirname "$page")"
    cp "$source/$page" "$copy/$page"
  done
mkdir -p "$copy/policies/examples"
cp -R "$source/policies/examples/$example" "$copy/policies/examples/"
folder=$copy/policies/examples/$example
rm -rf "$folder/out"
cd "$copy"

case $example in
  site)
    [ -e "$folder/node_modules/marked/lib/marked.esm.js" ] || fail "marked is missing: run scripts/npm-packages"
    "$program" run --policy "$folder/site.policy.toml" "$folder/build.mjs" >"$copy/output" || fail "exit code $?"
    grep -q '^[0-9]* pages, ' "$copy/output" || fail "said $(cat "$copy/output")"
    for page in index.html SECURITY.html worker/index.html loader/index.html supervisor/index.html style.css; do
      [ -s "$folder/out/$page" ] || fail "no page $page"
    done
    grep -q '<h1 id="secure-runtime">secure-runtime</h1>' "$folder/out/index.html" || fail "no heading"
    grep -q '<a href="SECURITY.html">SECURITY.md</a>' "$folder/out/index.html" || fail "a link between pages was not rewritten"
    grep -q '<a href="../index.html">' "$folder/out/worker/index.html" || fail "no navigation"
    ! grep -rqi '<script' "$folder/out" || fail "a script came through"
    ;;
  hostile-dependency)
    "$program" run --policy "$folder/report.policy.toml" "$folder/report.mjs" >"$copy/output" || fail "exit code $?"
    printf '    13  monday.md\n     8  tuesday.md\n' | cmp -s - "$folder/out/report.txt" ||
      fail "the report is $(cat "$folder/out/report.txt")"
    [ "$(grep -c ': PermissionDenied: fs ' "$copy/output")" -eq 7 ] || fail "said $(cat "$copy/output")"
    ! grep -q GOT "$copy/output" || fail "an attempt succeeded: $(cat "$copy/output")"
    cmp -s "$folder/notes/monday.md" "$source/policies/examples/$example/notes/monday.md" || fail "a note was changed"
    ;;
  packages)
    [ -e "$folder/node_modules/lodash-es/lodash.js" ] || fail "the packages are missing: run scripts/npm-packages"
    cd "$folder"
    for module in *.mjs; do
      name=${module%.mjs}
      rm -rf out && mkdir out
      "$program" run --policy "$name.policy.toml" "$module" >"$copy/output" || fail "$name: exit code $?"
      sed -n "s/^$name: //p" expected.txt | cmp -s - "$copy/output" || fail "$name said $(cat "$copy/output")"
      # What is checked in is what is learnt.
      rm -rf out && mkdir out
      cp "$name.policy.toml" "$copy/checked-in"
      "$program" learn --within ceiling.policy.toml --out "$name.policy.toml" "$module" >"$copy/output" 2>&1 || fail "$name: learn: $?"
      [ "$(grep -v '^ *#' "$copy/checked-in")" = "$(grep -v '^ *#' "$name.policy.toml")" ] || fail "$name: learnt $(cat "$name.policy.toml")"
    done
    ;;
  vault)
    "$program" run --policy "$folder/vault.policy.toml" "$folder/main.mjs" >"$copy/output" || fail "exit code $?"
    printf 'import: ERR_MODULE_ISOLATED\npay 10: signed\npay 1000: refused\nthe vault: cancelled\n' |
      cmp -s - "$copy/output" || fail "said $(cat "$copy/output")"
    ;;
  review)
    cp -R "$source/policies/examples/hostile-dependency" "$copy/old"
    cp -R "$copy/old" "$copy/new"
    export SECURE_RUNTIME="$program"
    "$folder/review.sh" "$copy/old" "$copy/new" >"$copy/output" || fail "exit code $? where nothing is changed"
    sed 's/rights = \["create", "write"\]/rights = ["create", "write", "delete"]/' \
      "$copy/old/report.policy.toml" >"$copy/new/report.policy.toml"
    status=0
    "$folder/review.sh" "$copy/old" "$copy/new" >"$copy/output" || status=$?
    [ "$status" -eq 1 ] || fail "exit code $status where a right was added"
    grep -q '^+ report.mjs: delete on /out; ' "$copy/output" || fail "said $(cat "$copy/output")"
    # Narrower is fine; what cannot be read is not.
    "$folder/review.sh" "$copy/new" "$copy/old" >"$copy/output" || fail "exit code $? where a right was taken away"
    echo broken >"$copy/new/report.policy.toml"
    status=0
    "$folder/review.sh" "$copy/old" "$copy/new" >"$copy/output" 2>&1 || status=$?
    [ "$status" -eq 2 ] || fail "exit code $status for what is no policy"
    # A new policy is compared with nothing.
    rm "$copy/old/report.policy.toml"
    cp "$source/policies/examples/hostile-dependency/report.policy.toml" "$copy/new/report.policy.toml"
    status=0
    "$folder/review.sh" "$copy/old" "$copy/new" >"$copy/output" || status=$?
    [ "$status" -eq 1 ] || fail "exit code $status for a new policy"
    ;;
  *) fail "is no example" ;;
esac
