// Modules, exceptions, promises: what a program sees of the language.
#include <boost/test/unit_test.hpp>

#include "tests/unit/worker/harness.h"

namespace runtime::worker::test {
namespace {

BOOST_AUTO_TEST_SUITE(language)

BOOST_AUTO_TEST_CASE(an_empty_module_completes) {
  const Result result = runMain("");
  BOOST_TEST(result.outcome == "completed");
  BOOST_TEST(result.exited(0));
}

BOOST_AUTO_TEST_CASE(console_writes_to_both_streams_in_order) {
  const Result result =
      runMain("console.log('a', 1); console.error('b'); console.log('\\u20ac'); console.log('\\ud800');");
  BOOST_TEST(result.out == "a 1\n\xe2\x82\xac\n\xef\xbf\xbd\n");
  BOOST_TEST(result.err == "b\n");
}

BOOST_AUTO_TEST_CASE(much_output_arrives_whole) {
  const Result result =
      runMain("for (let i = 0; i < 300; i++) console.log('x'.repeat(4000)); console.log('y'.repeat(300000));");
  BOOST_TEST(result.out.size() == 300u * 4001 + 300001);
  BOOST_TEST(result.outcome == "completed");
}

BOOST_AUTO_TEST_CASE(an_uncaught_error_has_its_stack_and_lines) {
  const Result result =
      run({.files = {{"main.mjs", "import { f } from './lib.mjs';\n\nfunction g() {\n  f();\n}\ng();\n"},
                     {"lib.mjs", "export function f() {\n  throw new TypeError('no');\n}\n"}}});
  BOOST_TEST(result.outcome == "exception");
  BOOST_TEST(result.name == "TypeError");
  BOOST_TEST(result.message == "no");
  BOOST_TEST(
      result.stack ==
      "TypeError: no\n    at f (file:///lib.mjs:2:9)\n    at g (file:///main.mjs:4:3)\n    at file:///main.mjs:6:1");
  BOOST_TEST(result.exited(0));
}

BOOST_AUTO_TEST_CASE(frames_of_the_runtime_never_show) {
  const Result result = runMain(
      "import { thrower, call } from 'runtime:probe';\n"
      "const seen = thrower(() => new Error('here').stack);\n"
      "console.log(seen);\n"
      "console.log(String(thrower), String(setTimeout));\n"
      "Error.stackTraceLimit = 1;\n"  // not heeded
      "const deep = (n) => n === 0 ? thrower(() => new Error('deep').stack) : deep(n - 1);\n"
      "console.log(deep(20).split('\\n    at ').length);\n"
      "setTimeout(() => { console.log(new Error('timer').stack); });\n");
  BOOST_TEST(result.out ==
             "Error: here\n    at file:///main.mjs:2:28\n    at file:///main.mjs:2:14\n"
             "function thrower() { [native code] } function setTimeout() { [native code] }\n"
             "11\n"
             "Error: timer\n    at Timeout.<anonymous> (file:///main.mjs:8:32)\n");
}

BOOST_AUTO_TEST_CASE(a_thrown_value_that_is_no_error) {
  const Result result = runMain("throw { a: 1 };");
  BOOST_TEST(result.outcome == "exception");
  BOOST_TEST(result.stack == "{ a: 1 }");
}

BOOST_AUTO_TEST_CASE(a_syntax_error_shows_its_place_and_line) {
  const Result result = run({.files = {{"main.mjs", "import './bad.mjs';"}, {"bad.mjs", "let a = 1;\n  let c d;\n"}}});
  BOOST_TEST(result.outcome == "exception");
  BOOST_TEST(result.name == "SyntaxError");
  BOOST_TEST(result.stack.starts_with("file:///bad.mjs:2:9\n  let c d;\n        ^\n\nSyntaxError: "), result.stack);
}

BOOST_AUTO_TEST_CASE(a_missing_export_shows_its_place) {
  const Result result =
      run({.files = {{"main.mjs", "\nimport { no } from './lib.mjs';"}, {"lib.mjs", "export const a = 1;"}}});
  BOOST_TEST(result.name == "SyntaxError");
  BOOST_TEST(result.message == "The requested module './lib.mjs' does not provide an export named 'no'");
  BOOST_TEST(result.stack.starts_with("file:///main.mjs:2:10\nimport { no } from './lib.mjs';\n         ^^\n"),
             result.stack);
}

BOOST_AUTO_TEST_CASE(a_missing_module_names_the_import) {
  const Result result = runMain("import 'file:///main.mjs';\nimport './none.mjs';\nconsole.log('never');");
  BOOST_TEST(result.outcome == "exception");
  BOOST_TEST(result.message == "Cannot find module '/none.mjs'");
  BOOST_TEST(result.stack.find("at file:///main.mjs:2:8") != std::string::npos, result.stack);
  BOOST_TEST(result.out == "");
}

BOOST_AUTO_TEST_CASE(modules_run_once_in_order_and_cycles_resolve) {
  const Result result = run(
      {.files = {{"main.mjs", "import { a } from './a.mjs'; import './b.mjs'; console.log('main', a());"},
                 {"a.mjs", "import { b } from './b.mjs'; export const a = () => 'a' + b; console.log('a');"},
                 {"b.mjs",
                  "import { a } from './a.mjs'; export const b = 'b'; console.log('b', typeof a === 'undefined');"}}});
  // b sees `a` before it is initialised.
  BOOST_TEST(result.outcome == "exception");
  BOOST_TEST(result.name == "ReferenceError");
  const Result fine = run(
      {.files = {{"main.mjs", "import { a } from './a.mjs'; import './b.mjs'; console.log('main', a());"},
                 {"a.mjs", "import { b } from './b.mjs'; export function a() { return 'a' + b; } console.log('a');"},
                 {"b.mjs", "import { a } from './a.mjs'; export const b = 'b'; console.log('b', typeof a);"}}});
  BOOST_TEST(fine.out == "b function\na\nmain ab\n");
}

BOOST_AUTO_TEST_CASE(a_long_chain_of_imports) {
  Job job;
  constexpr int kLength = 1500;
  job.files["main.mjs"] = "import { depth } from './m0.mjs'; console.log(depth);";
  for (int i = 0; i < kLength; i++) {
    job.files["m" + std::to_string(i) + ".mjs"] = i + 1 == kLength
                                                      ? "export const depth = 'deep';"
                                                      : "export { depth } from './m" + std::to_string(i + 1) + ".mjs';";
  }
  const Result result = run(job);
  BOOST_TEST(result.out == "deep\n");
}

BOOST_AUTO_TEST_CASE(a_source_larger_than_one_answer) {
  const std::string filler(700'000, ' ');
  const Result result = runMain("console.log('begin');" + filler + "\nconsole.log('end');");
  BOOST_TEST(result.out == "begin\nend\n");
}

BOOST_AUTO_TEST_CASE(top_level_await) {
  const Result result =
      run({.files = {{"main.mjs", "import { value } from './slow.mjs'; console.log(value, await Promise.resolve(2));"},
                     {"slow.mjs",
                      "import { call } from 'runtime:probe'; export const { value } = await call('slow', { "
                      "milliseconds: 20, value: 1 });"}}});
  BOOST_TEST(result.out == "1 2\n");
  BOOST_TEST(result.outcome == "completed");
}

BOOST_AUTO_TEST_CASE(an_await_that_nothing_settles_ends_at_once) {
  const Result result = runMain("console.log('before');\nawait new Promise(() => {});\nconsole.log('after');");
  BOOST_TEST(result.outcome == "exception");
  BOOST_TEST(result.out == "before\n");
  BOOST_TEST(result.stack.find("file:///main.mjs:2:1") != std::string::npos, result.stack);
  BOOST_TEST(result.wallMs < 2000u);
}

BOOST_AUTO_TEST_CASE(dynamic_import) {
  const Result result = run(
      {.files = {
           {"main.mjs",
            "const a = await import('./a.mjs'); console.log(a.value, a === await import('./a.mjs'));\n"
            "try { await import('./none.mjs'); } catch (error) { console.log(error.code, error.message); }\n"
            "try { await import('./throws.mjs'); } catch (error) { console.log(error.message); }\n"
            "try { await import('./throws.mjs'); } catch (error) { console.log(error.message); }\n"
            "try { await import('./bad.mjs'); } catch (error) { console.log(error.name); }\n"
            "try { await import('./bad.mjs'); } catch (error) { console.log(error.name); }\n"
            "try { await import('./a.mjs', { with: { what: 'x' } }); } catch (error) { console.log(error.name); }\n"},
           {"a.mjs", "export const value = import.meta.url; console.log('once');"},
           {"throws.mjs", "throw new Error('thrown');"},
           {"bad.mjs", "let let"}}});
  BOOST_TEST(result.out ==
             "once\nfile:///a.mjs true\nERR_MODULE_NOT_FOUND Cannot find module '/none.mjs'\nthrown\nthrown\n"
             "SyntaxError\nSyntaxError\nTypeError\n");
  BOOST_TEST(result.outcome == "completed");
}

BOOST_AUTO_TEST_CASE(json_modules) {
  const Result result =
      run({.files = {{"main.mjs",
                      "import data from './data.json' with { type: 'json' };\nconsole.log(data.a[1]);\n"
                      "try { await import('./data.json'); } catch (error) { console.log(error.code); }\n"
                      "try { await import('./bad.json', { with: { type: 'json' } }); } catch (error) { "
                      "console.log(error.name, error.message.startsWith('file:///bad.json: ')); }\n"},
                     {"data.json", "{\"a\": [1, 2]}"},
                     {"bad.json", "{\"a\": "}}});
  BOOST_TEST(result.out == "2\nERR_IMPORT_ATTRIBUTE_MISSING\nSyntaxError true\n");
}

BOOST_AUTO_TEST_CASE(unhandled_rejections_end_the_job) {
  const Result result = runMain("setTimeout(() => console.log('never'), 50); Promise.reject(new RangeError('lost'));");
  BOOST_TEST(result.outcome == "exception");
  BOOST_TEST(result.name == "RangeError");
  BOOST_TEST(result.out == "");
  const Result handled = runMain("const p = Promise.reject(1); p.catch(() => console.log('caught'));");
  BOOST_TEST(handled.out == "caught\n");
  BOOST_TEST(handled.outcome == "completed");
}

BOOST_AUTO_TEST_CASE(what_a_callback_throws_ends_the_job) {
  BOOST_TEST(runMain("setTimeout(() => { throw new Error('t'); }); setTimeout(() => console.log('no'), 30);").message ==
             "t");
  BOOST_TEST(runMain("queueMicrotask(() => { throw new Error('m'); });").message == "m");
  BOOST_TEST(runMain("setImmediate(() => { throw new Error('i'); });").message == "i");
  BOOST_TEST(runMain("process.nextTick(() => { throw new Error('n'); });").message == "n");
}

BOOST_AUTO_TEST_CASE(turns_are_ordered_as_in_node) {
  const Result result = runMain(
      "const log = console.log;\n"
      "setTimeout(() => log('timeout 2'), 40); setTimeout(() => log('timeout 1'), 15);\n"
      "setImmediate(() => { log('immediate'); process.nextTick(() => log('tick in immediate')); "
      "Promise.resolve().then(() => log('micro in immediate')); });\n"
      "process.nextTick(() => log('tick')); Promise.resolve().then(() => log('micro')); queueMicrotask(() => "
      "log('micro 2'));\n"
      "log('body');\n");
  BOOST_TEST(result.out ==
             "body\nmicro\nmicro 2\ntick\nimmediate\ntick in immediate\nmicro in immediate\ntimeout 1\ntimeout 2\n");
}

BOOST_AUTO_TEST_CASE(timers_wait_and_can_be_stopped) {
  const Result result = runMain(
      "const begin = performance.now(); let n = 0;\n"
      "const interval = setInterval(() => { if (++n === 3) { clearInterval(interval); console.log('done', "
      "performance.now() - begin >= 30); } }, 10);\n"
      "clearTimeout(setTimeout(() => console.log('never'), 5));\n"
      "setTimeout(() => console.log('never'), 60000).unref();\n");
  BOOST_TEST(result.out == "done true\n");
  BOOST_TEST(result.wallMs < 5000u);
}

BOOST_AUTO_TEST_CASE(answers_arrive_while_immediates_spin) {
  const Result result = runMain(
      "import { call } from 'runtime:probe';\n"
      "let done = false, n = 0; call('slow', { milliseconds: 10, value: 5 }).then(({ value }) => { done = true; "
      "console.log(value); });\n"
      "(function spin() { n++; if (!done) setImmediate(spin); })();\n");
  BOOST_TEST(result.out == "5\n");
}

BOOST_AUTO_TEST_CASE(exit_ends_at_once) {
  const Result result = runMain(
      "import { exit } from 'runtime:probe'; console.log('a'); setTimeout(() => {}, 60000);\n"
      "Promise.resolve().then(() => { try { exit(3); } finally { console.log('never'); } });");
  BOOST_TEST(result.out == "a\n");
  BOOST_TEST(result.outcome == "exited 3");
  BOOST_TEST(result.exited(0));
  BOOST_TEST(result.wallMs < 5000u);
}

BOOST_AUTO_TEST_CASE(arguments_and_environment) {
  const Result result = run({.files = {{"main.mjs", "console.log(process.argv.slice(2).join(), process.env.LANG);"}},
                             .arguments = {"x", "y"},
                             .environment = {{"LANG", "C"}}});
  BOOST_TEST(result.out == "x,y C\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace runtime::worker::test
