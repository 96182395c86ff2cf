// What a worker must not have, and how it ends.
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <set>
#include <utility>

#include "policies/sandbox/exit_status.h"
#include "tests/unit/worker/harness.h"

namespace runtime::worker::test {
namespace {

BOOST_AUTO_TEST_SUITE(limits)

BOOST_AUTO_TEST_CASE(memory_ends_with_its_status) {
  for (const char* source : {
           "const a = []; for (;;) a.push({});",
           "const a = []; for (;;) a.push(new ArrayBuffer(1 << 20));",
           "const a = []; for (;;) a.push('x'.repeat(1000) + a.length);",
           "const m = new Map(); for (let i = 0;; i++) m.set(i, { i });",
           "const a = [...'.'.repeat(5e8)];",
           "const a = []; for (;;) a.push(new Uint8Array(100));",
           "let s = 'x'; for (;;) { s += s; s.charCodeAt(s.length - 1); new TextEncoder().encode(s); }",
       }) {
    const Result result = runMain(source);
    BOOST_TEST(result.exited(sandbox::kExitOutOfMemory),
               source << ": status " << result.status << " " << result.outcome << " " << result.message);
  }
}

// V8 traps where it is refused executable memory; what it can do without, it hears of.
BOOST_AUTO_TEST_CASE(a_refusal_of_executable_memory_ends_with_its_status) {
  constexpr size_t kBytes = size_t{1} << 20;
  constexpr int kHeard = 1;
  void* const reserved = mmap(nullptr, kBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  BOOST_REQUIRE(reserved != MAP_FAILED);
  for (const auto& [protection, expected] :
       {std::pair{PROT_READ | PROT_WRITE, kHeard}, {PROT_READ | PROT_WRITE | PROT_EXEC, sandbox::kExitOutOfMemory}}) {
    const pid_t child = fork();
    if (child == 0) {
      const rlimit none{0, 0};
      setrlimit(RLIMIT_DATA, &none);
      _exit(mprotect(reserved, kBytes, protection) == 0 ? 0 : kHeard);
    }
    int status = 0;
    BOOST_REQUIRE(waitpid(child, &status, 0) == child);
    BOOST_TEST(WIFEXITED(status));
    BOOST_TEST(WEXITSTATUS(status) == expected);
  }
  munmap(reserved, kBytes);
}

BOOST_AUTO_TEST_CASE(impossible_lengths_are_range_errors) {
  const Result result = runMain(
      "for (const make of [() => new ArrayBuffer(2 ** 40), () => new Uint8Array(2 ** 33), () => 'x'.repeat(2 ** 30), "
      "() => new Array(-1)]) {\n"
      "  try { make(); console.log('made'); } catch (error) { console.log(error.name); }\n}\n"
      "console.log(new ArrayBuffer(1 << 20).byteLength);");
  BOOST_TEST(result.out == "RangeError\nRangeError\nRangeError\nRangeError\n1048576\n");
}

BOOST_AUTO_TEST_CASE(garbage_is_not_memory) {
  const Result result = runMain(
      "let n = 0; for (let i = 0; i < 300; i++) { n += new ArrayBuffer(1 << 20).byteLength; }\n"
      "for (let i = 0; i < 100; i++) { n += new Array(100000).fill(i).length; } console.log(n);");
  BOOST_TEST(result.out == "324572800\n");
}

BOOST_AUTO_TEST_CASE(the_heap_grows_to_the_jobs_limit) {
  const Result result =
      run({.files = {{"main.mjs", "const a = []; for (let i = 0; i < 1e6; i++) a.push({ i }); console.log(a.length);"}},
           .memoryBytes = uint64_t{256} << 20});
  BOOST_TEST(result.out == "1000000\n");
}

// More than the whole limit is answered by the language; the program goes on.
BOOST_AUTO_TEST_CASE(web_assembly_memory_cannot_grow_beyond_the_limit) {
  const Result result = runMain(
      "const m = new WebAssembly.Memory({ initial: 1 });\n"
      "try { m.grow(2000); } catch (error) { console.log(error.name); }\n"
      "console.log(m.grow(16), m.buffer.byteLength);");
  BOOST_TEST(result.out == "RangeError\n1 1114112\n");
}

BOOST_AUTO_TEST_CASE(deep_recursion_is_a_range_error) {
  BOOST_TEST(runMain("try { (function f() { f(); })(); } catch (error) { console.log(error.name); }").out ==
             "RangeError\n");
}

BOOST_AUTO_TEST_CASE(code_from_strings_only_where_allowed) {
  const std::string source =
      "for (const f of [() => eval('1+1'), () => new Function('return 2')(), () => (async () => "
      "{}).constructor('return 1')() && 2]) {\n"
      "  try { console.log(f()); } catch (error) { console.log(error.name); } }";
  BOOST_TEST(runMain(source).out == "EvalError\nEvalError\nEvalError\n");
  BOOST_TEST(run({.files = {{"main.mjs", source}}, .eval = true}).out == "2\n2\n2\n");
}

BOOST_AUTO_TEST_CASE(web_assembly_only_where_allowed) {
  const std::string source =
      "console.log(typeof WebAssembly);\n"
      "if (typeof WebAssembly === 'object') console.log(WebAssembly.validate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, "
      "0])), "
      "(await WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))) instanceof WebAssembly.Module);";
  BOOST_TEST(runMain(source).out == "object\ntrue true\n");
  BOOST_TEST(run({.files = {{"main.mjs", source}}, .wasm = false}).out == "undefined\n");
}

BOOST_AUTO_TEST_CASE(no_shared_memory) {
  const Result result = runMain(
      "console.log(typeof SharedArrayBuffer, Atomics.wait, Atomics.waitAsync);\n"
      "try { const b = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer; console.log('shared', "
      "b); } catch (error) { console.log(error.name); }\n"
      // A module that exports a shared memory.
      "const bytes = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 5, 4, 1, 3, 1, 1, 7, 5, 1, 1, 109, 2, 0]);\n"
      "try { const b = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports.m.buffer; console.log('shared', "
      "b); } catch (error) { console.log(error.name); }\n"
      "console.log(new WebAssembly.Memory({ initial: 1 }).buffer.byteLength);");
  BOOST_TEST(result.out == "undefined undefined undefined\nTypeError\nTypeError\n65536\n");
}

BOOST_AUTO_TEST_CASE(random_numbers_differ_between_workers) {
  std::set<std::string> seen;
  for (int i = 0; i < 8; i++)
    seen.insert(runMain("console.log(Math.random(), crypto.getRandomValues(new Uint32Array(2)).join());").out);
  BOOST_TEST(seen.size() == 8u);
}

BOOST_AUTO_TEST_CASE(the_clock_stands_still_or_is_coarse) {
  const std::string source =
      "const a = Date.now(), b = performance.now(); let i = 0; while (i++ < 3e7); setTimeout(() => console.log(new "
      "Date().toISOString(), Date.now() - a, performance.now() - b), 5);";
  BOOST_TEST(run({.files = {{"main.mjs", source}}, .clockResolutionNs = 0}).out == "2023-11-14T22:13:20.123Z 0 0\n");
  const Result coarse = run(
      {.files = {{"main.mjs",
                  "for (let i = 0; i < 50; i++) { const t = performance.now(); if (t % 100 !== 0) console.log(t); if "
                  "(Date.now() % 100 !== 0) console.log('date'); await new Promise((r) => setTimeout(r, 3)); }"}},
       .clockResolutionNs = 100'000'000});
  BOOST_TEST(coarse.out == "");
  BOOST_TEST(coarse.outcome == "completed");
}

BOOST_AUTO_TEST_CASE(zone_and_locale_are_fixed) {
  const Result result = runMain(
      "console.log(new Date(0).toString(), Intl.DateTimeFormat().resolvedOptions().locale, "
      "Intl.DateTimeFormat().resolvedOptions().timeZone, (1234.5).toLocaleString());");
  BOOST_TEST(result.out == "Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time) en-US UTC 1,234.5\n");
}

BOOST_AUTO_TEST_CASE(a_lost_supervisor_ends_the_worker) {
  const Result result = runAbandoned();
  BOOST_TEST(result.exited(sandbox::kExitLostSupervisor), "status " << result.status);
}

BOOST_AUTO_TEST_CASE(the_global_object_has_nothing_of_ours) {
  const Result result = runMain(
      "console.log(Reflect.ownKeys(globalThis).filter((k) => "
      "/register|primordials|internals|native|runtime/i.test(String(k))).join());");
  BOOST_TEST(result.out == "\n");
}

BOOST_AUTO_TEST_CASE(figures) {
  const uint64_t kib = idlePrivateKiB();
  BOOST_TEST_MESSAGE("engine started in " << engineStartMs() << " ms; private memory of an idle worker " << kib
                                          << " KiB");
  BOOST_TEST(kib < 2048u);
  BOOST_TEST(kib > 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace runtime::worker::test
