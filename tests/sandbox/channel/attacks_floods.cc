// Too much of what is allowed. Those that take a duration in milliseconds end by themselves, with exit code 0.
#include "tests/sandbox/channel/attacks.h"

namespace runtime::tests {
namespace {

using Arguments = std::vector<std::string>;

struct Until {
  explicit Until(const std::string& milliseconds) : end(monotonicNs() + std::stoull(milliseconds) * 1'000'000) {}
  bool passed() const { return monotonicNs() >= end; }
  uint64_t end;
};

// `make(question)` gives a call; as many as are allowed are under way at any time.
template <typename Make>
void keepBusy(Peer& peer, const Until& until, Make make) {
  constexpr uint32_t kAtOnce = 100;
  uint64_t rounds = 0;
  while (!until.passed()) {
    std::string all;
    const uint32_t first = peer.nextQuestion();
    for (uint32_t i = 0; i < kAtOnce; ++i) all += make(i == 0 ? first : peer.nextQuestion());
    peer.write(all);
    for (uint32_t i = 0; i < kAtOnce; ++i) peer.wait(first + i);
    ++rounds;
  }
  peer.print("calls " + std::to_string(rounds * kAtOnce) + "\n");
  peer.done(0);
}

// Answers that carry no capability need no finish: these are over when they are answered.
void unfinished(Peer& peer, const Arguments& arguments) {
  const int count = std::stoi(arguments.at(0));
  const Token view = peer.view();
  for (int i = 0; i < count; ++i) {
    peer.call<Fs::StatParams>(kFs, kStat, statOf(view, "/data/known"));
    peer.discard();
  }
  peer.done(0);
}

// Calls that fail: such an answer stays until it is finished.
void answeredAndUnfinished(Peer& peer, const Arguments& arguments) {
  const int count = std::stoi(arguments.at(0));
  const Token view = peer.view();
  for (int i = 0; i < count; ++i) {
    if (i == 250) peer.announceOffence();  // of 256
    peer.call<Fs::StatParams>(kFs, kStat, statOf(view, "/nothing/here"));
    peer.discard();
  }
}

// Each is finished in the same breath, so that only the supervisor knows that it is there.
void finishedAtOnce(Peer& peer, const Arguments& arguments) {
  const int count = std::stoi(arguments.at(0));
  const Token view = peer.view();
  for (int i = 0; i < count; i += 50) {
    std::string all;
    std::vector<uint32_t> questions;
    for (int j = 0; j < 50; ++j) {
      questions.push_back(peer.nextQuestion());
      all += peer.packedCall<Fs::StatParams>(questions.back(), kFs, kStat, statOf(view, "/data/known"));
      all += Peer::packed([&](rpc::Message::Builder message) { message.initFinish().setQuestionId(questions.back()); });
    }
    peer.write(all);
    for (const uint32_t question : questions) peer.wait(question);
  }
  peer.done(0);
}

void exports(Peer& peer, const Arguments& arguments) {
  const auto count = static_cast<uint32_t>(std::stoul(arguments.at(0)));
  peer.announceOffence();
  for (uint32_t i = 0; i < count; ++i) {
    peer.send([&](rpc::Message::Builder message) {
      auto call = message.initCall();
      call.setQuestionId(peer.nextQuestion());
      call.initTarget().setImportedCap(kDoor);
      call.setInterfaceId(kSession);
      call.setMethodId(kWait);
      call.initParams().initCapTable(1)[0].setSenderHosted(i);
    });
  }
}

// Small answers that nobody reads.
void unreadSmall(Peer& peer, const Arguments&) {
  const Token view = peer.view();
  for (;;) peer.call<Fs::StatParams>(kFs, kStat, statOf(view, "/data/known"));
}

// Answers of 256 KiB that nobody reads: from the page cache, then of a file where each waits for the one before it.
void unreadLarge(Peer& peer, const Arguments&) {
  const Token view = peer.view();
  for (;;) {
    peer.call<Fs::ReadFileParams>(kFs, kReadFile, [&](auto params) {
      setToken(params.initPath().initBase(), view);
      params.getPath().setText("/data/large");
    });
  }
}
void unreadOfOneFile(Peer& peer, const Arguments&) {
  const Token view = peer.view();
  Reply opened = peer.wait(peer.call<Fs::OpenWriteReadParams>(kFs, kOpenWriteRead, [&](auto params) {
    setToken(params.initPath().initBase(), view);
    params.getPath().setText("/data/scratch");
  }));
  const auto result = opened.as<Fs::OpenWriteReadResults>().getFile();
  const Token file{result.getHigh(), result.getLow()};
  const std::string piece(256 << 10, 'x');
  const auto write = [&] {
    return peer.call<Fs::WriteParams>(kFs, kWrite, [&](auto params) {
      setToken(params.initFile().initToken(), file);
      params.setBytes(kj::StringPtr(piece.c_str(), piece.size()).asBytes());
    });
  };
  peer.wait(write());
  // On the lane, and all that follows behind it.
  for (int i = 0; i < 8; ++i) write();
  for (int i = 0; i < 230; ++i) {
    peer.call<Fs::ReadParams>(kFs, kRead, [&](auto params) {
      setToken(params.initFile().initToken(), file);
      params.setLength(256 << 10);
      params.setPosition(0);
    });
  }
}

// Parameters of a mebibyte that are held for as long as their calls are.
void heldParameters(Peer& peer, const Arguments&) {
  const std::string huge((1 << 20) - 4096, 'x');
  for (int i = 0; i < 8; ++i) {
    capnp::MallocMessageBuilder builder;
    auto call = builder.initRoot<rpc::Message>().initCall();
    call.setQuestionId(peer.nextQuestion());
    call.initTarget().setImportedCap(kDoor);
    call.setInterfaceId(kSession);
    call.setMethodId(kWait);
    // wait() with a text that its schema does not have.
    auto params = call.initParams().getContent().initAsAnyStruct(1, 1);
    *reinterpret_cast<uint64_t*>(params.getDataSection().begin()) = ~uint64_t{0};
    params.getPointerSection()[0].setAs<capnp::Text>(kj::StringPtr(huge.c_str(), huge.size()));
    peer.write(Peer::flat(builder));
  }
}

void stats(Peer& peer, const Arguments& arguments) {
  const Until until(arguments.at(0));
  const Token view = peer.view();
  keepBusy(peer, until, [&](uint32_t question) {
    return peer.packedCall<Fs::StatParams>(question, kFs, kStat, statOf(view, "/data/known"));
  });
}

void reads(Peer& peer, const Arguments& arguments) {
  const Until until(arguments.at(0));
  const Token view = peer.view();
  // Fewer at once: each answer is 256 KiB.
  while (!until.passed()) {
    for (int i = 0; i < 2; ++i) {
      peer.call<Fs::ReadFileParams>(kFs, kReadFile, [&](auto params) {
        setToken(params.initPath().initBase(), view);
        params.getPath().setText("/data/large");
      });
    }
    for (int i = 0; i < 2; ++i) peer.takeAny();
  }
  peer.done(0);
}

void writes(Peer& peer, const Arguments& arguments) {
  const Until until(arguments.at(0));
  const Token view = peer.view();
  const std::string bytes(4096, 'x');
  keepBusy(peer, until, [&](uint32_t question) {
    return peer.packedCall<Fs::WriteFileParams>(question, kFs, kWriteFile, [&](auto params) {
      setToken(params.initPath().initBase(), view);
      params.getPath().setText("/data/written");
      params.setBytes(kj::StringPtr(bytes.c_str(), bytes.size()).asBytes());
    });
  });
}

void loads(Peer& peer, const Arguments& arguments) {
  const Until until(arguments.at(0));
  peer.loadEntry();
  keepBusy(peer, until, [&](uint32_t question) {
    return peer.packedCall<Session::LoadParams>(question, kSession, kLoad,
                                                [](auto params) { params.setSpecifier("file:///main.mjs"); });
  });
}

void specifiers(Peer& peer, const Arguments& arguments) {
  const auto count = static_cast<uint32_t>(std::stoul(arguments.at(0)));
  peer.loadEntry();
  constexpr uint32_t kAtOnce = 100;
  const std::string tail(200, 'x');
  for (uint32_t done = 0; done < count; done += kAtOnce) {
    std::string all;
    std::vector<uint32_t> questions;
    for (uint32_t i = 0; i < kAtOnce; ++i) {
      const std::string name = "file:///none/" + std::to_string(done + i) + tail + ".mjs";
      questions.push_back(peer.nextQuestion());
      all += peer.packedCall<Session::LoadParams>(questions.back(), kSession, kLoad, [&](auto params) {
        params.setSpecifier(kj::StringPtr(name.c_str(), name.size()));
      });
    }
    peer.write(all);
    for (const uint32_t question : questions) {
      if (peer.wait(question).reason().find("ERR_MODULE_NOT_FOUND") == std::string::npos) peer.done(1);
    }
  }
  peer.done(0);
}

// Each of them is refused, and each refusal is a record of the audit log.
void deniedModules(Peer& peer, const Arguments& arguments) {
  const auto count = static_cast<uint32_t>(std::stoul(arguments.at(0)));
  peer.loadEntry();
  const std::string tail(3000, 'x');
  for (uint32_t i = 0; i < count; ++i) {
    const std::string name = "file:///data/private/" + std::to_string(i) + tail + ".mjs";
    const uint32_t question = peer.call<Session::LoadParams>(
        kSession, kLoad, [&](auto params) { params.setSpecifier(kj::StringPtr(name.c_str(), name.size())); });
    if (peer.wait(question).reason().find("EACCES") == std::string::npos) peer.done(1);
  }
  peer.done(0);
}

// Modules as large as one may be, by many names, asked for all at once and never fetched.
void largeModules(Peer& peer, const Arguments& arguments) {
  const int count = std::stoi(arguments.at(0));
  peer.loadEntry();
  int held = 0, refused = 0;
  std::vector<uint32_t> questions;
  for (int i = 0; i < count; ++i) {
    const std::string name = "file:///large-" + std::to_string(i) + ".mjs";
    questions.push_back(peer.call<Session::LoadParams>(
        kSession, kLoad, [&](auto params) { params.setSpecifier(kj::StringPtr(name.c_str(), name.size())); }));
    if (questions.size() < 100 && i + 1 < count) continue;
    for (const uint32_t question : questions) {
      Reply reply = peer.wait(question);
      if (!reply.failed()) ++held;
      if (reply.reason().find("ENOMEM") != std::string::npos) ++refused;
    }
    questions.clear();
  }
  peer.print("held " + std::to_string(held) + ", refused " + std::to_string(refused) + "\n");
  peer.done(held + refused == count ? 0 : 1);
}

// One file by a new name each time, through a link that leads back to its own folder.
void aliases(Peer& peer, const Arguments& arguments) {
  const auto count = static_cast<uint32_t>(std::stoul(arguments.at(0)));
  peer.loadEntry();
  for (uint32_t i = 0; i < count; ++i) {
    std::string name = "file:///";
    for (uint32_t bit = 0; bit < 20; ++bit) name += (i >> bit & 1) != 0 ? "here/" : "there/";
    name += "main.mjs";
    Reply reply = peer.wait(peer.call<Session::LoadParams>(
        kSession, kLoad, [&](auto params) { params.setSpecifier(kj::StringPtr(name.c_str(), name.size())); }));
    if (reply.failed() || !reply.as<Session::LoadResults>().getModule().getKnown()) peer.done(1);
  }
  peer.done(0);
}

void output(Peer& peer, const Arguments&) {
  const std::string bytes(65536, 'o');
  peer.announceOffence();
  for (;;) {
    peer.call<Session::OutputParams>(
        kSession, kOutput, [&](auto params) { params.setBytes(kj::StringPtr(bytes.c_str(), bytes.size()).asBytes()); });
    peer.takeAny();
  }
}

// Output without a byte in it counts for nothing.
void emptyOutput(Peer& peer, const Arguments& arguments) {
  const Until until(arguments.at(0));
  keepBusy(peer, until, [&](uint32_t question) {
    return peer.packedCall<Session::OutputParams>(question, kSession, kOutput, [](auto) {});
  });
}

// Messages that are not answered, so that nothing holds the worker up but the supervisor's reading.
void unanswered(Peer& peer, const Arguments& arguments) {
  const Until until(arguments.at(1));
  std::string all;
  for (int i = 0; i < 500; ++i) {
    all += Peer::packed([&](rpc::Message::Builder message) {
      if (arguments.at(0) == "finish") message.initFinish().setQuestionId(1'000'000);
      if (arguments.at(0) == "release") message.initRelease().setId(kDoor);
    });
  }
  while (!until.passed()) peer.write(all);
  peer.done(0);
}

void waits(Peer& peer, const Arguments& arguments) {
  const Until until(arguments.at(0));
  while (!until.passed()) {
    std::vector<uint32_t> questions;
    for (int i = 0; i < 8; ++i) questions.push_back(peer.call<Session::WaitParams>(kSession, kWait, [](auto) {}));
    for (const uint32_t question : questions) peer.wait(question);
  }
  peer.done(0);
}

constexpr Attack kAttacks[] = {{"unfinished", unfinished},
                               {"answered-and-unfinished", answeredAndUnfinished},
                               {"finished-at-once", finishedAtOnce},
                               {"exports", exports},
                               {"unread-small", unreadSmall},
                               {"unread-large", unreadLarge},
                               {"unread-of-one-file", unreadOfOneFile},
                               {"held-parameters", heldParameters},
                               {"stats", stats},
                               {"reads", reads},
                               {"writes", writes},
                               {"loads", loads},
                               {"specifiers", specifiers},
                               {"denied-modules", deniedModules},
                               {"large-modules", largeModules},
                               {"aliases", aliases},
                               {"output", output},
                               {"empty-output", emptyOutput},
                               {"unanswered", unanswered},
                               {"wait-flood", waits}};

}  // namespace

std::span<const Attack> floodAttacks() { return kAttacks; }

}  // namespace runtime::tests
