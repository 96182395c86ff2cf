#include "ipc/message_guard.h"

#include <capnp/serialize.h>
#include <kj/async-io.h>
#include <kj/debug.h>

#include <boost/test/unit_test.hpp>
#include <deque>

namespace runtime::ipc {
namespace {

namespace rpc = capnp::rpc;

// A stream that gives what the test put into it.
struct Scripted final : capnp::MessageStream {
  std::deque<kj::Array<capnp::word>> messages;
  bool overBounds = false;
  kj::Promise<kj::Maybe<capnp::MessageReaderAndFds>> tryReadMessage(kj::ArrayPtr<kj::AutoCloseFd>,
                                                                    capnp::ReaderOptions options,
                                                                    kj::ArrayPtr<capnp::word>) override {
    KJ_REQUIRE(!overBounds, "as Stream does");
    if (messages.empty()) return kj::Maybe<capnp::MessageReaderAndFds>(nullptr);
    auto words = kj::mv(messages.front());
    messages.pop_front();
    auto reader = kj::heap<capnp::FlatArrayMessageReader>(words, options).attach(kj::mv(words));
    return kj::Maybe<capnp::MessageReaderAndFds>(capnp::MessageReaderAndFds{kj::mv(reader), nullptr});
  }
  kj::Promise<void> writeMessage(kj::ArrayPtr<const int>,
                                 kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>>) override {
    ++written;
    return kj::READY_NOW;
  }
  kj::Promise<void> writeMessages(kj::ArrayPtr<kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>>> together) override {
    written += together.size();
    return kj::READY_NOW;
  }
  size_t written = 0;
  kj::Maybe<int> getSendBufferSize() override { return nullptr; }
  kj::Promise<void> end() override { return kj::READY_NOW; }
};

struct Guarded {
  explicit Guarded(kj::AsyncIoContext& io) : io(io) {}

  kj::AsyncIoContext& io;
  kj::WaitScope& scope = io.waitScope;
  Scripted inner;
  size_t unsent = 0;
  std::string offence;
  MessageGuard guard{inner, io.provider->getTimer(), [this] { return unsent; },
                     [this](kj::StringPtr text) { offence = text.cStr(); }};

  template <typename Fill>
  void add(Fill fill) {
    capnp::MallocMessageBuilder builder;
    fill(builder.initRoot<rpc::Message>());
    inner.messages.push_back(capnp::messageToFlatArray(builder));
  }
  void addBootstrap(uint32_t question = 0) {
    add([&](rpc::Message::Builder m) { m.initBootstrap().setQuestionId(question); });
  }
  void addCall(uint32_t question) {
    add([&](rpc::Message::Builder m) {
      auto call = m.initCall();
      call.setQuestionId(question);
      call.initTarget().setImportedCap(0);
      call.initParams();
    });
  }
  void addFinish(uint32_t question) {
    add([&](rpc::Message::Builder m) { m.initFinish().setQuestionId(question); });
  }
  // What the supervisor answers.
  void answer(uint32_t question, bool finishNeeded) {
    capnp::MallocMessageBuilder builder;
    auto reply = builder.initRoot<rpc::Message>().initReturn();
    reply.setAnswerId(question);
    reply.setNoFinishNeeded(!finishNeeded);
    guard.writeMessage(nullptr, builder.getSegmentsForOutput()).wait(scope);
  }
  bool next() { return guard.tryReadMessage(nullptr, {}, nullptr).wait(scope) != nullptr; }
};

struct Loop {
  kj::AsyncIoContext own = kj::setupAsyncIo();
};
struct GuardedAlone : Loop, Guarded {
  GuardedAlone() : Guarded(own) {}
};

}  // namespace

BOOST_AUTO_TEST_SUITE(message_guard)

BOOST_AUTO_TEST_CASE(what_a_worker_sends_passes) {
  GuardedAlone g;
  g.addBootstrap(0);
  BOOST_REQUIRE(g.next());
  for (uint32_t i = 0; i < 1000; ++i) {
    const uint32_t question = 1 + i % 3;  // numbers are used again
    g.addCall(question);
    BOOST_REQUIRE(g.next());
    const bool finishNeeded = i % 2 == 0;
    g.answer(question, finishNeeded);
    g.addFinish(question);  // also where the answer said that it is not needed
    BOOST_REQUIRE(g.next());
  }
  g.add([](rpc::Message::Builder m) { m.initRelease().setId(0); });
  BOOST_REQUIRE(g.next());
  BOOST_TEST(!g.next());  // the end
  BOOST_TEST(g.offence == "");
}

BOOST_AUTO_TEST_CASE(every_other_kind_of_message_is_an_offence) {
  const std::vector<void (*)(rpc::Message::Builder)> kinds = {
      [](rpc::Message::Builder m) { m.initUnimplemented(); },  [](rpc::Message::Builder m) { m.initAbort(); },
      [](rpc::Message::Builder m) { m.initReturn(); },         [](rpc::Message::Builder m) { m.initResolve(); },
      [](rpc::Message::Builder m) { m.initDisembargo(); },     [](rpc::Message::Builder m) { m.initObsoleteSave(); },
      [](rpc::Message::Builder m) { m.initObsoleteDelete(); }, [](rpc::Message::Builder m) { m.initProvide(); },
      [](rpc::Message::Builder m) { m.initAccept(); },         [](rpc::Message::Builder m) { m.initJoin(); },
  };
  for (const auto& kind : kinds) {
    GuardedAlone g;
    g.addBootstrap();
    g.add(kind);
    BOOST_TEST(g.next());
    BOOST_TEST(!g.next());
    BOOST_TEST(g.offence == "a message of a kind that no worker sends");
  }
}

BOOST_AUTO_TEST_CASE(a_bootstrap_message_names_no_object) {
  GuardedAlone g;
  g.add([](rpc::Message::Builder m) { m.initBootstrap().initDeprecatedObjectId().setAs<capnp::Text>("door"); });
  BOOST_TEST(!g.next());
  BOOST_TEST(g.offence == "a bootstrap message that names an object");
}

BOOST_AUTO_TEST_CASE(what_the_rpc_system_thinks_of_a_worker_is_not_told_to_it) {
  GuardedAlone g;
  capnp::MallocMessageBuilder abort, answer;
  abort.initRoot<rpc::Message>().initAbort().setReason("in words of the library");
  answer.initRoot<rpc::Message>().initReturn();
  g.guard.writeMessage(nullptr, abort.getSegmentsForOutput()).wait(g.scope);
  BOOST_TEST(g.inner.written == 0u);
  kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>> both[] = {abort.getSegmentsForOutput(),
                                                                answer.getSegmentsForOutput()};
  g.guard.writeMessages(both).wait(g.scope);
  BOOST_TEST(g.inner.written == 1u);
}

BOOST_AUTO_TEST_CASE(unfinished_calls_are_bounded) {
  GuardedAlone g;
  g.addBootstrap(0);
  for (uint32_t i = 1; i < 400; ++i) g.addCall(i);
  size_t passed = 0;
  while (g.next()) ++passed;
  BOOST_TEST(passed == kMaxOpenAnswers);  // the bootstrap question is one of them
  BOOST_TEST(g.offence == "too many unfinished calls");
}

BOOST_AUTO_TEST_CASE(calls_that_are_finished_before_they_are_answered_count_until_they_are) {
  GuardedAlone g;
  g.addBootstrap(0);
  for (uint32_t i = 1; i < 400; ++i) {
    g.addCall(i);
    g.addFinish(i);
  }
  while (g.next()) {
  }
  BOOST_TEST(g.offence == "too many unfinished calls");
}

BOOST_AUTO_TEST_CASE(answered_calls_do_not_count) {
  GuardedAlone g;
  g.addBootstrap(0);
  BOOST_REQUIRE(g.next());
  for (uint32_t i = 1; i < 1000; ++i) {
    g.addCall(i);
    BOOST_REQUIRE(g.next());
    g.answer(i, false);
  }
  BOOST_TEST(g.offence == "");
}

BOOST_AUTO_TEST_CASE(capabilities_in_parameters_are_an_offence) {
  GuardedAlone g;
  g.addBootstrap(0);
  g.add([](rpc::Message::Builder m) {
    auto call = m.initCall();
    call.setQuestionId(1);
    call.initTarget().setImportedCap(0);
    call.initParams().initCapTable(1)[0].setSenderHosted(7);
  });
  BOOST_TEST(g.next());
  BOOST_TEST(!g.next());
  BOOST_TEST(g.offence == "a capability in parameters");
}

BOOST_AUTO_TEST_CASE(results_go_to_the_caller_and_nowhere_else) {
  GuardedAlone g;
  g.addBootstrap(0);
  g.add([](rpc::Message::Builder m) {
    auto call = m.initCall();
    call.setQuestionId(1);
    call.initParams();
    call.getSendResultsTo().setYourself();
  });
  BOOST_TEST(g.next());
  BOOST_TEST(!g.next());
  BOOST_TEST(g.offence == "a call whose results go elsewhere");
}

BOOST_AUTO_TEST_CASE(a_call_that_wants_no_answer_is_an_offence) {
  GuardedAlone g;
  g.addBootstrap(0);
  g.add([](rpc::Message::Builder m) {
    auto call = m.initCall();
    call.setQuestionId(1);
    call.initTarget().setImportedCap(0);
    call.setOnlyPromisePipeline(true);
  });
  BOOST_TEST(g.next());
  BOOST_TEST(!g.next());
  BOOST_TEST(g.offence == "a call that wants no answer");
}

BOOST_AUTO_TEST_CASE(only_the_bootstrap_answer_can_be_called) {
  const auto callOn = [](uint32_t answer) {
    return [answer](rpc::Message::Builder m) {
      auto call = m.initCall();
      call.setQuestionId(100 + answer);
      call.initTarget().initPromisedAnswer().setQuestionId(answer);
    };
  };
  {
    GuardedAlone g;
    g.addBootstrap(5);
    g.addFinish(5);
    g.add(callOn(5));  // it said that it needs the answer no more: the RPC system would refuse in words of its own
    BOOST_TEST(g.next());
    BOOST_TEST(g.next());
    BOOST_TEST(!g.next());
    BOOST_TEST(g.offence == "a call on a result that carries no capability");
  }
  {
    GuardedAlone g;
    g.addBootstrap(5);
    g.addCall(6);
    g.add(callOn(5));
    g.add(callOn(6));  // not answered yet: the call would be held until then
    BOOST_TEST(g.next());
    BOOST_TEST(g.next());
    BOOST_TEST(g.next());
    BOOST_TEST(!g.next());
    BOOST_TEST(g.offence == "a call on a result that carries no capability");
  }
  GuardedAlone finished;
  finished.addBootstrap(5);
  finished.addFinish(5);
  finished.add(callOn(5));
  BOOST_TEST(finished.next());
  finished.answer(5, true);
  BOOST_TEST(finished.next());
  BOOST_TEST(!finished.next());
  BOOST_TEST(finished.offence == "a call on a result that carries no capability");
}

BOOST_AUTO_TEST_CASE(everyone_who_waits_for_room_is_told) {
  GuardedAlone g;
  g.unsent = kMaxUnsentBytes + 1;
  auto first = g.guard.roomToSend();
  auto second = g.guard.roomToSend();
  g.answer(1, false);
  BOOST_TEST(!first.poll(g.scope));
  BOOST_TEST(!second.poll(g.scope));
  g.unsent = kMaxUnsentBytes;
  g.answer(2, false);
  BOOST_TEST(first.poll(g.scope));
  BOOST_TEST(second.poll(g.scope));
}

BOOST_AUTO_TEST_CASE(the_order_of_a_session_is_kept) {
  {
    GuardedAlone g;
    g.addCall(1);
    BOOST_TEST(!g.next());
    BOOST_TEST(g.offence == "a call before the bootstrap message");
  }
  {
    GuardedAlone g;
    g.addBootstrap(0);
    g.addBootstrap(1);
    BOOST_TEST(g.next());
    BOOST_TEST(!g.next());
    BOOST_TEST(g.offence == "a second bootstrap message");
  }
  {
    GuardedAlone g;
    g.addBootstrap(0);
    g.addCall(0);
    BOOST_TEST(g.next());
    BOOST_TEST(!g.next());
    BOOST_TEST(g.offence == "a question number in use");
  }
}

BOOST_AUTO_TEST_CASE(a_malformed_message_is_an_offence) {
  GuardedAlone g;
  auto words = kj::heapArray<capnp::word>(3);
  memset(words.begin(), 0xff, words.asBytes().size());
  reinterpret_cast<uint32_t*>(words.begin())[0] = 0;
  reinterpret_cast<uint32_t*>(words.begin())[1] = 2;
  g.inner.messages.push_back(kj::mv(words));
  BOOST_TEST(!g.next());
  BOOST_TEST(g.offence == "a malformed message");
}

BOOST_AUTO_TEST_CASE(a_message_over_its_bounds_is_an_offence_also_where_it_is_there_already) {
  GuardedAlone g;
  g.inner.overBounds = true;
  BOOST_TEST(!g.next());
  BOOST_TEST(g.offence == "a message over its bounds");
}

BOOST_AUTO_TEST_CASE(a_worker_that_does_not_read_is_not_read_from) {
  GuardedAlone g;
  g.addBootstrap(0);
  g.addCall(1);
  BOOST_TEST(g.next());
  g.unsent = kMaxUnsentBytes + 1;
  auto waiting = g.guard.tryReadMessage(nullptr, {}, nullptr);
  BOOST_TEST(!waiting.poll(g.scope));
  g.answer(1, false);  // one reply was taken, but not enough
  BOOST_TEST(!waiting.poll(g.scope));
  g.unsent = 0;
  g.answer(2, false);
  BOOST_TEST(waiting.poll(g.scope));
  BOOST_TEST((waiting.wait(g.scope) != nullptr));
}

kj::Promise<void> readAll(MessageGuard& guard, size_t& read) {
  for (; (co_await guard.tryReadMessage(nullptr, {}, nullptr)) != nullptr; ++read) {
  }
}

// What the loop does last of all is done beside workers that always have something to say; the RPC system writes so.
BOOST_AUTO_TEST_CASE(two_floods_leave_each_other_and_the_loop_their_turns) {
  GuardedAlone one;
  Guarded other(one.io);
  for (Guarded* each : std::initializer_list<Guarded*>{&one, &other}) {
    each->addBootstrap(0);
    for (uint32_t i = 0; i < 1000; ++i) each->addFinish(1'000'000);
  }
  size_t readOfOne = 0, readOfOther = 0;
  auto floods = kj::joinPromises(kj::arr(readAll(one.guard, readOfOne), readAll(other.guard, readOfOther)));
  kj::evalLast([] {}).wait(one.scope);
  BOOST_TEST(readOfOne <= 2 * kMaxMessagesPerTurn);
  BOOST_TEST(readOfOther <= 2 * kMaxMessagesPerTurn);
  for (int turn = 0; turn < 20; ++turn) {
    other.io.provider->getTimer().afterDelay(0 * kj::NANOSECONDS).wait(one.scope);
    kj::evalLast([] {}).wait(one.scope);
  }
  BOOST_TEST(readOfOne >= 10 * kMaxMessagesPerTurn);
  BOOST_TEST(readOfOther >= 10 * kMaxMessagesPerTurn);
  BOOST_TEST(readOfOne < 100 * kMaxMessagesPerTurn);
  BOOST_TEST(readOfOther < 100 * kMaxMessagesPerTurn);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace runtime::ipc
