#include "supervisor/parameter_shape.h"

#include <capnp/message.h>
#include <capnp/serialize.h>

#include <boost/test/unit_test.hpp>
#include <functional>
#include <vector>

#include "extensions/fs/fs.capnp.h"
#include "ipc/session.capnp.h"

namespace runtime::supervisor {
namespace {

using extensions::fs::Fs;
using ipc::Session;

// The parameters as they arrive, after `spoil` has changed their words. The root pointer is the first of them.
template <typename Params>
bool sound(
    const std::function<void(typename Params::Builder)>& fill,
    const std::function<void(kj::ArrayPtr<uint64_t>)>& spoil = [](auto) {}) {
  capnp::MallocMessageBuilder builder;
  fill(builder.initRoot<Params>());
  auto words = capnp::messageToFlatArray(builder);
  spoil(kj::arrayPtr(reinterpret_cast<uint64_t*>(words.begin()) + 1, words.size() - 1));
  capnp::ReaderOptions options;
  options.traversalLimitInWords = 4096;
  capnp::FlatArrayMessageReader reader(words, options);
  return haveShapeOf(capnp::Schema::from<Params>(), reader.getRoot<capnp::AnyPointer>());
}

void fillStat(Fs::StatParams::Builder params) {
  params.initPath().initBase().setHigh(1);
  params.getPath().setText("/data/a");
}
void fillOnly(Fs::OnlyParams::Builder params) {
  params.initView().initToken().setLow(1);
  params.initRights(2).set(0, ipc::Right::LIST);
}
constexpr uint64_t kListOfBytes = 2, kCapability = 3;
constexpr uint64_t listHere(uint64_t elementSize, uint64_t count) { return 1 | elementSize << 32 | count << 35; }

}  // namespace

BOOST_AUTO_TEST_SUITE(parameter_shape)

BOOST_AUTO_TEST_CASE(what_a_builder_makes_is_sound) {
  BOOST_TEST(sound<Fs::StatParams>(fillStat));
  BOOST_TEST(sound<Fs::OnlyParams>(fillOnly));
  BOOST_TEST(sound<Session::BeginParams>([](auto) {}));
  BOOST_TEST(sound<Session::OutputParams>([](auto params) { params.setBytes(kj::StringPtr("text").asBytes()); }));
  BOOST_TEST(sound<Session::DoneParams>([](auto params) { params.initOutcome().initException().setName("Error"); }));
}

BOOST_AUTO_TEST_CASE(nothing_at_all_is_all_defaults) {
  capnp::MallocMessageBuilder builder;
  BOOST_TEST(haveShapeOf(capnp::Schema::from<Fs::StatParams>(), builder.getRoot<capnp::AnyPointer>().asReader()));
}

BOOST_AUTO_TEST_CASE(a_pointer_to_something_else_is_not) {
  for (const uint64_t pointer : {kCapability, listHere(kListOfBytes, 8)}) {
    BOOST_TEST(!sound<Fs::StatParams>(fillStat, [&](auto words) { words[0] = pointer; }));  // the parameters
    BOOST_TEST(!sound<Fs::StatParams>(fillStat, [&](auto words) { words[1] = pointer; }));  // the path
    BOOST_TEST(!sound<Fs::StatParams>(fillStat, [&](auto words) { words[2] = pointer; }));  // its token
  }
  BOOST_TEST(!sound<Fs::StatParams>(fillStat, [](auto words) { words[3] = kCapability; }));  // its text
}

BOOST_AUTO_TEST_CASE(a_pointer_out_of_the_message_is_not) {
  BOOST_TEST(!sound<Fs::StatParams>(fillStat, [](auto words) { words[3] = listHere(kListOfBytes, 1'000); }));
}

BOOST_AUTO_TEST_CASE(a_text_without_its_end_is_not) {
  BOOST_TEST(!sound<Fs::StatParams>(fillStat, [](auto words) { words[3] -= uint64_t{1} << 35; }));
}

BOOST_AUTO_TEST_CASE(more_elements_than_the_message_is_long_are_not) {
  constexpr uint64_t kVoid = 0, kMost = (uint64_t{1} << 29) - 1;
  BOOST_TEST(!sound<Fs::OnlyParams>(fillOnly, [](auto words) { words[2] = listHere(kVoid, kMost); }));
}

BOOST_AUTO_TEST_CASE(a_case_that_no_schema_has_is_not) {
  BOOST_TEST(!sound<Session::OutputParams>([](auto params) { params.setStream(static_cast<ipc::OutputStream>(7)); }));
  BOOST_TEST(!sound<Session::DoneParams>([](auto params) { params.initOutcome().setExited(1); },
                                         [](auto words) { words[2] |= 99; }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace runtime::supervisor
