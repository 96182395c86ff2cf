// Calls that no worker makes, and calls that one may make however odd they are.
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/sandbox/channel/attacks.h"

namespace runtime::tests {
namespace {

using Arguments = std::vector<std::string>;

constexpr auto kNoParameters = [](auto) {};

// A wait() of no time with something about the call changed.
template <typename Change>
void oddCall(Peer& peer, Change change) {
  peer.announceOffence();
  peer.send([&](rpc::Message::Builder message) {
    auto call = message.initCall();
    call.setQuestionId(peer.nextQuestion());
    call.initTarget().setImportedCap(kDoor);
    call.setInterfaceId(kSession);
    call.setMethodId(kWait);
    call.initParams().getContent().initAs<Session::WaitParams>();
    change(call);
  });
}

uint32_t longWait(Peer& peer) {
  return peer.call<Session::WaitParams>(kSession, kWait, [](auto params) { params.setNanoseconds(~uint64_t{0}); });
}

void capability(Peer& peer, const Arguments& arguments) {
  const std::string& which = arguments.at(0);
  oddCall(peer, [&](rpc::Call::Builder call) {
    auto descriptor = call.getParams().initCapTable(1)[0];
    if (which == "sender-hosted") descriptor.setSenderHosted(7);
    if (which == "sender-promise") descriptor.setSenderPromise(7);
    if (which == "receiver-hosted") descriptor.setReceiverHosted(kDoor);
    if (which == "receiver-answer") descriptor.initReceiverAnswer().setQuestionId(0);
    if (which == "third-party") descriptor.initThirdPartyHosted().setVineId(7);
    if (which == "descriptor") {
      descriptor.setSenderHosted(7);
      descriptor.setAttachedFd(0);
    }
    if (which == "a-thousand") call.getParams().initCapTable(1000);
  });
}

void importThatDoesNotExist(Peer& peer, const Arguments& arguments) {
  oddCall(peer,
          [&](auto call) { call.getTarget().setImportedCap(static_cast<uint32_t>(std::stoul(arguments.at(0)))); });
}
void resultWithTransform(Peer& peer, const Arguments&) {
  const uint32_t question = longWait(peer);
  oddCall(peer, [&](rpc::Call::Builder call) {
    auto target = call.getTarget().initPromisedAnswer();
    target.setQuestionId(question);
    target.initTransform(1)[0].setGetPointerField(0);
  });
}
void resultThatIsToCome(Peer& peer, const Arguments&) {
  const uint32_t question = longWait(peer);
  oddCall(peer, [&](rpc::Call::Builder call) { call.getTarget().initPromisedAnswer().setQuestionId(question); });
}
void resultOfNoQuestion(Peer& peer, const Arguments&) {
  oddCall(peer, [&](rpc::Call::Builder call) { call.getTarget().initPromisedAnswer().setQuestionId(4'000'000); });
}
void targetOfNoKind(Peer& peer, const Arguments&) {
  std::string message = peer.packedCall<Session::WaitParams>(peer.nextQuestion(), kSession, kWait, kNoParameters);
  // The target is the first struct behind the call's: its second 32 bits say which kind it is.
  message[(1 + 9) * 8 + 4] = 9;
  peer.announceOffence();
  peer.write(message);
}
void resultsTo(Peer& peer, const Arguments& arguments) {
  oddCall(peer, [&](rpc::Call::Builder call) {
    if (arguments.at(0) == "yourself") call.getSendResultsTo().setYourself();
    if (arguments.at(0) == "third-party") call.getSendResultsTo().initThirdParty();
  });
}
void noAnswerWanted(Peer& peer, const Arguments&) {
  oddCall(peer, [&](rpc::Call::Builder call) { call.setOnlyPromisePipeline(true); });
}
void questionInUse(Peer& peer, const Arguments&) {
  const uint32_t question = longWait(peer);
  oddCall(peer, [&](rpc::Call::Builder call) { call.setQuestionId(question); });
}
// A question that was finished and is not yet answered is in use, too.
void questionInUseThatWasFinished(Peer& peer, const Arguments&) {
  const uint32_t question = longWait(peer);
  peer.print("so the wait has begun\n");
  peer.finish(question);
  oddCall(peer, [&](rpc::Call::Builder call) { call.setQuestionId(question); });
}

void method(Peer& peer, const Arguments& arguments) {
  const uint64_t interfaceId = std::stoull(arguments.at(0), nullptr, 16);
  const auto number = static_cast<uint16_t>(std::stoul(arguments.at(1)));
  oddCall(peer, [&](rpc::Call::Builder call) {
    call.setInterfaceId(interfaceId == 1 ? kSession : interfaceId == 2 ? kFs : interfaceId);
    call.setMethodId(number);
  });
}

// No parameters at all, of each method of both interfaces: what is not there has its default, and no token is no token.
void nullParameters(Peer& peer, const Arguments& arguments) {
  const auto number = static_cast<uint16_t>(std::stoul(arguments.at(1)));
  peer.announceOffence();
  peer.send([&](rpc::Message::Builder message) {
    auto call = message.initCall();
    call.setQuestionId(peer.nextQuestion());
    call.initTarget().setImportedCap(kDoor);
    call.setInterfaceId(arguments.at(0) == "session" ? kSession : kFs);
    call.setMethodId(number);
  });
}

void beginTwice(Peer& peer, const Arguments&) {
  peer.announceOffence();
  peer.call<Session::BeginParams>(kSession, kBegin, kNoParameters);
}
void doneTwice(Peer& peer, const Arguments&) {
  peer.announceOffence();
  for (int i = 0; i < 2; ++i) {
    peer.call<Session::DoneParams>(kSession, kDone, [](auto params) { params.initOutcome().setExited(3); });
  }
}
void outcomeOfNoKind(Peer& peer, const Arguments&) {
  peer.announceOffence();
  peer.call<Session::DoneParams>(kSession, kDone, [](auto params) {
    auto outcome = params.initOutcome();
    *reinterpret_cast<uint16_t*>(capnp::toAny(outcome).getDataSection().begin()) = 99;
  });
}
// What is asked for after the end is not done; what was said before it counts.
// What is called before is done; what stands behind the last word, in the same piece of bytes, is not.
void callsAfterDone(Peer& peer, const Arguments&) {
  const Token view = peer.view();
  const auto write = [&](uint32_t question, const char* path) {
    return peer.packedCall<Fs::WriteFileParams>(question, kFs, kWriteFile, [&](auto params) {
      setToken(params.initPath().initBase(), view);
      params.getPath().setText(path);
    });
  };
  const uint32_t before = peer.nextQuestion();
  peer.write(write(before, "/data/before-done"));
  peer.wait(before);
  std::string all = peer.packedCall<Session::DoneParams>(peer.nextQuestion(), kSession, kDone,
                                                         [](auto params) { params.initOutcome().setExited(3); });
  all += peer.packedCall<Session::OutputParams>(peer.nextQuestion(), kSession, kOutput, [](auto params) {
    params.setBytes(kj::StringPtr("after done").asBytes());
  });
  const uint32_t after = peer.nextQuestion();
  peer.write(all + write(after, "/data/after-done"));
  peer.wait(after);
  peer.print("answered");
}

void waits(Peer& peer, const Arguments& arguments) {
  const int count = std::stoi(arguments.at(0));
  peer.announceOffence();
  for (int i = 0; i < count; ++i) longWait(peer);
}

void sourceThatIsNotThere(Peer& peer, const Arguments& arguments) {
  const uint32_t entry = peer.loadEntry();
  peer.announceOffence();
  peer.call<Session::ReadSourceParams>(kSession, kReadSource, [&](auto params) {
    params.setModule(arguments.at(0) == "module" ? 999 : entry);
    params.setOffset(~uint64_t{0});
  });
}
void referrerThatIsNotThere(Peer& peer, const Arguments&) {
  peer.announceOffence();
  peer.call<Session::LoadParams>(kSession, kLoad, [](auto params) {
    params.setReferrer(12345);
    params.setSpecifier("./a.mjs");
  });
}

// As much as a message holds, in each text and each data: refused in the form that the call has for it.
void hugeTexts(Peer& peer, const Arguments&) {
  const Token view = peer.view();
  const std::string huge((1 << 20) - 4096, 'a');
  const kj::StringPtr text(huge.c_str(), huge.size());
  const auto reason = [&](uint32_t question) { return peer.wait(question).reason(); };
  const auto expect = [&](const std::string& got, std::string_view code) {
    if (got.find(code) == got.npos || got.size() > 4096) {
      peer.print("expected " + std::string(code) + ", got " + got.substr(0, 200) + "\n");
      peer.done(1);
    }
  };
  expect(reason(peer.call<Fs::StatParams>(kFs, kStat, statOf(view, huge))), "ENAMETOOLONG");
  expect(reason(peer.call<Fs::WriteFileParams>(kFs, kWriteFile,
                                               [&](auto params) {
                                                 setToken(params.initPath().initBase(), view);
                                                 params.getPath().setText("/data/huge");
                                                 params.setBytes(text.asBytes());
                                               })),
         "EINVAL");
  expect(reason(peer.call<Session::LoadParams>(kSession, kLoad, [&](auto params) { params.setSpecifier(text); })),
         "ERR_INVALID_MODULE_SPECIFIER");
  expect(reason(peer.call<Session::LoadParams>(kSession, kLoad,
                                               [&](auto params) {
                                                 params.setSpecifier("file:///main.mjs");
                                                 params.setType(text);
                                               })),
         "ERR_");
  peer.done(0);
}

// A pipe passes no descriptor, and the system calls that would are not there.
void descriptor(Peer& peer, const Arguments& arguments) {
  peer.announceOffence();
  const bool down = arguments.at(0) == "sendmsg";
  ::syscall(down ? SYS_sendmsg : SYS_recvmsg, down ? peer.writeFd() : peer.readFd(), nullptr, 0);
  peer.done(1);
}

constexpr Attack kAttacks[] = {{"capability", capability},
                               {"import-that-does-not-exist", importThatDoesNotExist},
                               {"result-with-transform", resultWithTransform},
                               {"result-that-is-to-come", resultThatIsToCome},
                               {"result-of-no-question", resultOfNoQuestion},
                               {"target-of-no-kind", targetOfNoKind},
                               {"results-to", resultsTo},
                               {"no-answer-wanted", noAnswerWanted},
                               {"question-in-use", questionInUse},
                               {"question-in-use-that-was-finished", questionInUseThatWasFinished},
                               {"method", method},
                               {"null-parameters", nullParameters},
                               {"begin-twice", beginTwice},
                               {"done-twice", doneTwice},
                               {"outcome-of-no-kind", outcomeOfNoKind},
                               {"calls-after-done", callsAfterDone},
                               {"waits", waits},
                               {"source-that-is-not-there", sourceThatIsNotThere},
                               {"referrer-that-is-not-there", referrerThatIsNotThere},
                               {"huge-texts", hugeTexts},
                               {"descriptor", descriptor}};

// --- before the worker has asked for its job ---

void earlyCall(Peer& peer, const Arguments&) { peer.call<Session::WaitParams>(kSession, kWait, kNoParameters); }
void earlyWait(Peer& peer, const Arguments& arguments) {
  peer.bootstrap();
  earlyCall(peer, arguments);
}
void earlyLoad(Peer& peer, const Arguments&) {
  peer.bootstrap();
  peer.call<Session::LoadParams>(kSession, kLoad, [](auto params) { params.setSpecifier("file:///main.mjs"); });
}
void earlyOutput(Peer& peer, const Arguments&) {
  peer.bootstrap();
  peer.call<Session::OutputParams>(kSession, kOutput,
                                   [](auto params) { params.setBytes(kj::StringPtr("x").asBytes()); });
}
void earlyDone(Peer& peer, const Arguments&) {
  peer.bootstrap();
  peer.call<Session::DoneParams>(kSession, kDone, [](auto params) { params.initOutcome().setExited(0); });
}
void earlyToken(Peer& peer, const Arguments&) {
  peer.bootstrap();
  peer.call<Fs::StatParams>(kFs, kStat, statOf({1, 2}, "/data/known"));
}
void earlySource(Peer& peer, const Arguments&) {
  peer.bootstrap();
  peer.call<Session::ReadSourceParams>(kSession, kReadSource, [](auto params) { params.setModule(1); });
}
void earlyHeader(Peer& peer, const Arguments&) { peer.write(std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff")); }
void earlySecondBootstrap(Peer& peer, const Arguments&) {
  for (uint32_t i = 0; i < 2; ++i) {
    peer.send([&](rpc::Message::Builder message) { message.initBootstrap().setQuestionId(i); });
  }
}
void earlyEnd(Peer&, const Arguments&) { ::_exit(0); }

constexpr Attack kEarly[] = {{"early-call", earlyCall},     {"early-wait", earlyWait},
                             {"early-load", earlyLoad},     {"early-output", earlyOutput},
                             {"early-done", earlyDone},     {"early-token", earlyToken},
                             {"early-source", earlySource}, {"early-header", earlyHeader},
                             {"early-end", earlyEnd},       {"early-second-bootstrap", earlySecondBootstrap}};

}  // namespace

std::span<const Attack> callAttacks() { return kAttacks; }
std::span<const Attack> earlyAttacks() { return kEarly; }

}  // namespace runtime::tests
