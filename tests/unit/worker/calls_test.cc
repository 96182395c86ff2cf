// Calls through the door: every type both ways, failures, tokens, flow.
#include <boost/test/unit_test.hpp>

#include "tests/unit/worker/harness.h"

namespace runtime::worker::test {
namespace {

std::string withProbe(const std::string& source) {
  return "import { call, callSync, isToken, view } from 'runtime:probe';\nconst p = (o) => ({ __proto__: null, ...o "
         "});\n" +
         source;
}

BOOST_AUTO_TEST_SUITE(calls)

BOOST_AUTO_TEST_CASE(every_type_comes_back) {
  const Result result = runMain(withProbe(R"js(
const value = p({ text: 'h\u00e9\u{1f600}', signed: -5, unsigned: 2 ** 53, small: 255, tiny: -128, flag: true, ratio: 0.5,
  bytes: new Uint8Array([1, 2, 3]).subarray(1), kind: 'fancy', names: ['a', ''], numbers: [1, 4294967295],
  items: [p({ name: 'x', children: [p({ name: 'y' })] })], choice: p({ right: 9 }) });
const back = (await call('echo', p({ value }))).value;
console.log(Object.getPrototypeOf(back), Object.keys(back).join());
console.log(back.text, back.signed, back.unsigned, back.small, back.tiny, back.flag, back.ratio);
console.log(back.bytes.constructor.name, back.bytes.join(), back.kind, back.names.join('|'), back.numbers.join());
console.log(back.items[0].name, back.items[0].children[0].name, back.items[0].children[0].children.length);
console.log(back.token, back.defaulted, back.choice.right, back.choice.left, back.choice.none);
const plain = callSync('echo', p({ value: p({ signed: -(2n ** 60n) }) })).value;
console.log(plain.text === '', plain.signed, plain.flag, plain.bytes.length, plain.kind, plain.names.length);
)js"));
  BOOST_TEST(result.out ==
             "null text,signed,unsigned,small,tiny,flag,ratio,bytes,kind,names,numbers,items,token,defaulted,choice\n"
             "h\xc3\xa9\xf0\x9f\x98\x80 -5 9007199254740992 255 -128 true 0.5\n"
             "Uint8Array 2,3 fancy a| 1,4294967295\n"
             "x y 0\n"
             "null 7 9 undefined undefined\n"
             "true -1152921504606847000 false 0 plain 0\n");
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_refused_before_it_is_sent) {
  const Result result = runMain(withProbe(R"js(
const tries = [{ small: 256 }, { small: -1 }, { tiny: -129 }, { signed: 2 ** 63 }, { signed: 1.5 }, { unsigned: -1n }, { signed: NaN },
  { text: 1 }, { bytes: 'a' }, { flag: 1 }, { kind: 'none' }, { names: 'a' }, { names: [1] }, { token: {} }, { token: 1 }, { items: [1] },
  { bytes: new Uint8Array(1048577) }];
for (const value of tries) {
  try { callSync('echo', p({ value: p(value) })); console.log('sent', value); } catch (error) { console.log(error.name); }
}
try { callSync('nothing'); } catch (error) { console.log(error.name, error.message); }
)js"));
  BOOST_TEST(result.out ==
             "RangeError\nRangeError\nRangeError\nRangeError\nRangeError\nRangeError\nRangeError\n"
             "TypeError\nTypeError\nTypeError\nTypeError\nTypeError\nTypeError\nTypeError\nTypeError\nTypeError\n"
             "RangeError\nTypeError no such method\n");
}

BOOST_AUTO_TEST_CASE(failures_become_errors) {
  const Result result = runMain(withProbe(R"js(
try { callSync('fail', p({ code: 'ENOENT', resource: '/x' }), p({ syscall: 'open', path: '/x' })); }
catch (error) { console.log(error instanceof Error, error.code, error.message, error.stack.split('\n')[1].trim()); }
try { await call('fail', p({ code: 'EACCES', capability: 'fs', right: 'read', resource: '/y' })); }
catch (error) { console.log(error.name, error.code, error.capability, error.right, error.resource); }
)js"));
  BOOST_TEST(result.out ==
             "true ENOENT ENOENT: no such file or directory, open '/x' at file:///main.mjs:4:7\n"
             "PermissionDenied EACCES fs read /y\n");
}

BOOST_AUTO_TEST_CASE(tokens_are_opaque) {
  const Result result = runMain(withProbe(R"js(
const { token } = callSync('mint');
console.log(isToken(token), isToken({}), isToken(view), Object.getPrototypeOf(token), Reflect.ownKeys(token).length, Object.isFrozen(token));
console.log(typeof token, JSON.stringify(token));
console.log(callSync('check', p({ handle: p({ token }) })).text);
console.log(callSync('check', p({ handle: p({ token: view }) })).text);
console.log(callSync('check', p({ handle: p({}) })).text);
try { token.x = 1; } catch (error) { console.log(error.name); }
try { structuredClone(token); } catch (error) { console.log(error.name); }
try { callSync('check', p({ handle: p({ token: Object.create(token) }) })); } catch (error) { console.log(error.name); }
try { callSync('check', p({ handle: p({ token: new Proxy(token, {}) }) })); } catch (error) { console.log(error.name); }
)js"));
  BOOST_TEST(result.out ==
             "true false true null 0 true\nobject {}\n1122334455667788:99aabbccddeeff00\nabcdef:1\n0:0\n"
             "TypeError\nDataCloneError\nTypeError\nTypeError\n");
}

BOOST_AUTO_TEST_CASE(data_goes_into_the_callers_buffer) {
  const Result result = runMain(withProbe(R"js(
const into = new Uint8Array(6);
console.log((await call('read', p({ size: 3 }), p({ into, at: 2 }))).bytes, into.join());
console.log(callSync('read', p({ size: 2 }), p({ into })).bytes, into.join());
try { callSync('read', p({ size: 5 }), p({ into, at: 2 })); } catch (error) { console.log(error.name); }
const buffer = new ArrayBuffer(8);
const pending = call('read', p({ size: 4 }), p({ into: new Uint8Array(buffer) }));
buffer.transfer();
await pending.catch((error) => console.log(error.name));
)js"));
  BOOST_TEST(result.out == "3 0,0,0,1,2,0\n2 0,1,0,1,2,0\nRangeError\nRangeError\n");
}

BOOST_AUTO_TEST_CASE(sync_and_async_calls_mix) {
  const Result result = runMain(withProbe(R"js(
const order = [];
const slow = call('slow', { milliseconds: 30, value: 1 }).then(() => order.push('slow'));
const quick = call('slow', { milliseconds: 0, value: 2 }).then(() => order.push('quick'));
order.push('sync ' + callSync('slow', { milliseconds: 60, value: 3 }).value);
await Promise.all([slow, quick]);
console.log(order.join());
)js"));
  BOOST_TEST(result.out == "sync 3,quick,slow\n");
}

BOOST_AUTO_TEST_CASE(many_calls_and_much_data_both_ways) {
  const Result result = runMain(withProbe(R"js(
const big = new Uint8Array(200000);
let total = 0;
const jobs = [];
for (let i = 0; i < 1000; i++) jobs.push(call('read', { size: 4096 }).then(({ bytes }) => { total += bytes.length; }));
for (let i = 0; i < 64; i++) jobs.push(call('write', { bytes: big }).then(({ size }) => { total += size; }));
for (let i = 0; i < 32; i++) jobs.push(call('read', { size: 262144 }).then(({ bytes }) => { total += bytes.length; }));
total += callSync('write', { bytes: big }).size;
await Promise.all(jobs);
console.log(total === 1000 * 4096 + 65 * 200000 + 32 * 262144);
)js"));
  BOOST_TEST(result.out == "true\n");
}

BOOST_AUTO_TEST_CASE(a_call_in_flight_keeps_the_job_alive_and_an_alias_knows_its_name) {
  const Result result =
      run({.files = {{"main.mjs",
                      "import name, { call, specifier } from 'probe/other'; import other from 'runtime:probe';\n"
                      "console.log(name, specifier, other); call('slow', { milliseconds: 20, value: 1 }).then(() => "
                      "console.log('late'));"}}});
  BOOST_TEST(result.out == "probe/other probe/other runtime:probe\nlate\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace runtime::worker::test
