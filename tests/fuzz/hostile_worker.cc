#include "tests/fuzz/hostile_worker.h"

#include <capnp/any.h>
#include <capnp/serialize.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "ipc/door.capnp.h"
#include "ipc/message_guard.h"
#include "ipc/session.capnp.h"
#include "ipc/wire_error.h"
#include "supervisor/module_store.h"

namespace runtime::fuzz {
namespace {

namespace rpc = capnp::rpc;

constexpr size_t kMaxWaits = 8;
constexpr int kMaxDepth = 4;
// Beyond these a run takes too long to be one of many.
constexpr size_t kMaxListItems = 4;

// Paths and specifiers that lead somewhere in the scene, or ought not to.
constexpr std::string_view kTexts[] = {
    "/data/a.txt",
    "/data/sub/b.txt",
    "/data/private/key.txt",
    "/data/sub",
    "/data",
    "/",
    "/out/new.txt",
    "/out/new",
    "/out/link",
    "/data/out",
    "/data/absolute",
    "/data/../../secret",
    "/sub/b.txt",
    "/out",
    "/data/to-private",
    "/nowhere",
    "/out/XXXXXX",
    "/data/sub/../private/key.txt",
    "file:///main.mjs",
    "./lib.mjs",
    "./data.json",
    "runtime:fs",
    "fs",
    "runtime:job",
    "../outside.mjs",
    "./missing.mjs",
    "json",
    "./denied/d.mjs",
    "./link.mjs",
    "/data/private/../a.txt",
    "pack",
    "pack/inner",
    "pack/../../../secret/secret.txt",
    "out",
    "#own",
    "./lib",
    "./data",
};

bool isToken(capnp::StructSchema schema) { return schema.getProto().getId() == capnp::typeId<ipc::Token>(); }

}  // namespace

void HostileWorker::act(char operation, Input& input, const std::function<void()>& letSupervisorRun) {
  letSupervisorRun_ = &letSupervisorRun;
  switch (operation) {
    case 'b':
      return bootstrap(input);
    case 's':
      return callSession(input);
    case 'e':
      return callExtension(input);
    case 'f':
      return finish(input);
    case 'k':
      return otherKind(input);
    case 'r':
      return raw(input);
    default:
      return;
  }
}

size_t HostileWorker::unanswered() const {
  return static_cast<size_t>(std::ranges::count_if(
      questions_, [](const auto& one) { return !one.second.answered && !one.second.isWait && !one.second.isDone; }));
}

void HostileWorker::bootstrap(Input& input) {
  capnp::MallocMessageBuilder message;
  message.initRoot<rpc::Message>().initBootstrap().setQuestionId(nextQuestion_);
  questions_[nextQuestion_++] = {};
  const Offence offence = bootstrapped_ ? Offence::kSurely : Offence::kNone;
  bootstrapped_ = true;
  send(message, input, offence);
}

rpc::Call::Builder HostileWorker::beginCall(Input& input, capnp::MallocMessageBuilder& message, uint64_t interface,
                                            uint16_t method) {
  tokenOffence_ = Offence::kNone;
  firstToken_ = true;
  auto call = message.initRoot<rpc::Message>().initCall();
  call.setQuestionId(nextQuestion_);
  questions_[nextQuestion_++] = {interface, method};
  // Mostly the door itself, else the answer that will bring it.
  if (input.below(4) == 3) {
    call.initTarget().initPromisedAnswer().setQuestionId(0);
    if (questions_[0].finished || questions_[0].interface != 0) tokenOffence_ = Offence::kPerhaps;
  } else {
    call.initTarget().setImportedCap(0);
  }
  call.setInterfaceId(interface);
  call.setMethodId(method);
  if (!bootstrapped_) tokenOffence_ = Offence::kSurely;
  const auto open =
      std::ranges::count_if(questions_, [](const auto& one) { return !one.second.answered || !one.second.finished; });
  if (static_cast<size_t>(open) > ipc::kMaxOpenAnswers) tokenOffence_ = Offence::kPerhaps;
  return call;
}

void HostileWorker::callSession(Input& input) {
  const auto schema = capnp::Schema::from<ipc::Session>();
  const auto method = schema.getMethods()[static_cast<unsigned>(input.below(schema.getMethods().size()))];
  capnp::MallocMessageBuilder message;
  auto call = beginCall(input, message, schema.getProto().getId(), static_cast<uint16_t>(method.getOrdinal()));
  auto params = call.initParams().getContent().initAs<capnp::DynamicStruct>(method.getParamType());
  fill(params, input, 0);
  Offence offence = tokenOffence_;
  const auto worst = [&](Offence other) { offence = std::max(offence, other); };
  switch (method.getOrdinal()) {
    case 0:
      if (begun_) worst(Offence::kSurely);
      begun_ = true;
      break;
    case 1: {
      const uint32_t known = modules_.empty() ? 0 : modules_[input.below(modules_.size())];
      auto load = params.as<ipc::Session::LoadParams>();
      if (input.below(4) != 3) load.setReferrer(known);
      const bool given = load.getReferrer() == 0 || std::ranges::contains(modules_, load.getReferrer());
      if (!given) worst(saidDone_ ? Offence::kPerhaps : Offence::kSurely);
      if (!begun_) worst(Offence::kSurely);
      break;
    }
    case 2: {
      auto read = params.as<ipc::Session::ReadSourceParams>();
      if (input.below(4) != 3 && !modules_.empty()) {
        read.setModule(modules_[input.below(modules_.size())]);
        read.setOffset(supervisor::kSourcePieceBytes);
      }
      // Honest code asks for the second piece of a source that has two, once.
      if (read.getOffset() != supervisor::kSourcePieceBytes || undelivered_.erase(read.getModule()) == 0) {
        worst(Offence::kPerhaps);
      }
      break;
    }
    case 3:
      if (++waits_ > kMaxWaits) worst(Offence::kPerhaps);
      questions_[nextQuestion_ - 1].isWait = true;
      break;
    case 5:
      if (saidDone_) worst(Offence::kSurely);
      saidDone_ = true;
      questions_[nextQuestion_ - 1].isDone = true;
      break;
    default:
      break;
  }
  if (!begun_) worst(Offence::kSurely);
  send(message, input, offence);
}

void HostileWorker::callExtension(Input& input) {
  const auto* entry = registry_.bySpecifier(input.below(4) == 3 ? "runtime:job" : "runtime:fs");
  const auto methods = entry->extension->schema().getMethods();
  // One more than there are.
  const size_t method = input.below(methods.size() + 1);
  const uint64_t interface = entry->extension->schema().getProto().getId();
  capnp::MallocMessageBuilder message;
  auto call = beginCall(input, message, interface, static_cast<uint16_t>(method));
  auto content = call.initParams().getContent();
  if (method < methods.size()) {
    fill(content.initAs<capnp::DynamicStruct>(methods[static_cast<unsigned>(method)].getParamType()), input, 0);
  } else {
    tokenOffence_ = Offence::kSurely;
  }
  send(message, input, saidDone_ ? std::min(tokenOffence_, Offence::kPerhaps) : tokenOffence_);
}

void HostileWorker::finish(Input& input) {
  capnp::MallocMessageBuilder message;
  const auto question = static_cast<uint32_t>(input.below(nextQuestion_ + 1));
  auto finish = message.initRoot<rpc::Message>().initFinish();
  finish.setQuestionId(question);
  finish.setReleaseResultCaps(false);
  const auto known = questions_.find(question);
  Offence offence = Offence::kNone;
  if (known == questions_.end() || known->second.finished || !known->second.answered) {
    // A call that is finished before its turn has come is never looked at.
    offence = Offence::kPerhaps;
    mustDie_ = false;
  }
  if (known != questions_.end()) known->second.finished = true;
  send(message, input, offence);
}

// What no worker sends: every other kind of message, and calls with what none may hold.
void HostileWorker::otherKind(Input& input) {
  capnp::MallocMessageBuilder message;
  auto root = message.initRoot<rpc::Message>();
  Offence offence = Offence::kSurely;
  switch (input.below(10)) {
    case 0:
      root.initResolve().initCap().setSenderHosted(static_cast<uint32_t>(input.byte()));
      break;
    case 1:
      root.initReturn().initResults();
      break;
    case 2:
      root.initDisembargo().initContext().setSenderLoopback(input.byte());
      break;
    case 3:
      root.initProvide().initTarget().setImportedCap(0);
      break;
    case 4:
      root.initAccept();
      break;
    case 5:
      root.initAbort().setReason("hostile");
      break;
    case 6:
      root.initUnimplemented().initCall().initTarget().setImportedCap(0);
      break;
    case 7: {
      auto call = root.initCall();
      call.setQuestionId(nextQuestion_++);
      call.initTarget().setImportedCap(0);
      call.setInterfaceId(capnp::typeId<ipc::Session>());
      call.setMethodId(4);
      call.initParams().initCapTable(1)[0].setSenderHosted(0);
      call.getParams().getContent().initAs<ipc::Session::OutputParams>();
      break;
    }
    case 8: {
      auto call = root.initCall();
      call.setQuestionId(nextQuestion_++);
      call.initTarget().setImportedCap(1 + input.byte());
      break;
    }
    default: {
      auto release = root.initRelease();
      release.setId(input.byte());
      release.setReferenceCount(static_cast<uint32_t>(input.number()));
      offence = Offence::kPerhaps;
    }
  }
  send(message, input, offence);
}

void HostileWorker::raw(Input& input) {
  offend(Offence::kPerhaps);
  const std::string_view bytes = input.take(input.byte());
  write(kj::arrayPtr(reinterpret_cast<const kj::byte*>(bytes.data()), bytes.size()));
}

void HostileWorker::fill(capnp::DynamicStruct::Builder target, Input& input, int depth) {
  if (isToken(target.getSchema())) return fillToken(target, input);
  for (const auto field : target.getSchema().getNonUnionFields()) fillField(target, field, input, depth);
  const auto variants = target.getSchema().getUnionFields();
  if (variants.size() > 0) {
    fillField(target, variants[static_cast<unsigned>(input.below(variants.size()))], input, depth);
  }
}

// One that the schema does not know is an offence where it is looked at.
capnp::DynamicEnum HostileWorker::enumerant(capnp::EnumSchema schema, Input& input) {
  const auto number = static_cast<uint16_t>(input.byte() & 7);
  if (number >= schema.getEnumerants().size()) tokenOffence_ = std::max(tokenOffence_, Offence::kPerhaps);
  return {schema, number};
}

void HostileWorker::fillField(capnp::DynamicStruct::Builder target, capnp::StructSchema::Field field, Input& input,
                              int depth) {
  using capnp::DynamicValue;
  const auto type = field.getType();
  switch (type.which()) {
    case capnp::schema::Type::STRUCT:
      if (depth < kMaxDepth) fill(target.init(field).as<capnp::DynamicStruct>(), input, depth + 1);
      break;
    case capnp::schema::Type::TEXT: {
      const std::string value = text(input);
      target.set(field, DynamicValue::Reader(capnp::Text::Reader(value.c_str(), value.size())));
      break;
    }
    case capnp::schema::Type::DATA: {
      // Short ones are of the input, long ones of nothing.
      const size_t size = input.byte();
      std::string value(input.take(size & 31));
      if (size >= 128) value.resize((size - 127) * 4096);
      target.set(field, DynamicValue::Reader(
                            capnp::Data::Reader(reinterpret_cast<const kj::byte*>(value.data()), value.size())));
      break;
    }
    case capnp::schema::Type::LIST: {
      const auto size = static_cast<unsigned>(input.below(kMaxListItems));
      auto list = target.init(field, size).as<capnp::DynamicList>();
      if (!type.asList().getElementType().isEnum()) break;
      for (unsigned i = 0; i < size; ++i) {
        list.set(i, enumerant(type.asList().getEnumElementType(), input));
      }
      break;
    }
    case capnp::schema::Type::ENUM:
      target.set(field, enumerant(type.asEnum(), input));
      break;
    case capnp::schema::Type::BOOL:
      target.set(field, (input.byte() & 1) != 0);
      break;
    case capnp::schema::Type::FLOAT32:
    case capnp::schema::Type::FLOAT64: {
      const uint64_t bits = input.number();
      double value = 0;
      memcpy(&value, &bits, sizeof value);
      target.set(field, value);
      break;
    }
    case capnp::schema::Type::VOID:
      target.set(field, capnp::VOID);
      break;
    case capnp::schema::Type::INT64:
    case capnp::schema::Type::UINT64: {
      const auto value = input.below(2) == 0 ? input.byte() : input.number();
      if (type.isInt64()) {
        target.set(field, static_cast<int64_t>(value) - 1);
      } else {
        target.set(field, value);
      }
      break;
    }
    case capnp::schema::Type::UINT32:
      target.set(field, input.below(2) == 0 ? uint32_t{input.byte()} : static_cast<uint32_t>(input.number()));
      break;
    case capnp::schema::Type::UINT16:
      target.set(field, static_cast<uint16_t>(input.byte() << 8 | input.byte()));
      break;
    case capnp::schema::Type::UINT8:
      target.set(field, input.byte());
      break;
    default:
      require(false, "every type of a parameter is made");
  }
}

// One that was given, live or ended, or one that never was.
void HostileWorker::fillToken(capnp::DynamicStruct::Builder target, Input& input) {
  const size_t choice = input.below(64);
  capabilities::Token token;
  if (choice < 56 && !tokens_.empty()) {
    token = tokens_[choice % tokens_.size()];
  } else {
    token = {choice, input.byte()};
    if (choice == 63 && !tokens_.empty()) {  // near one that was given
      token = tokens_[0];
      token.low ^= uint64_t{1} << (input.byte() & 63);
    }
    // The door looks at one parameter after the other and ends at the first that is refused.
    tokenOffence_ = std::max(tokenOffence_, firstToken_ ? Offence::kSurely : Offence::kPerhaps);
  }
  firstToken_ = false;
  target.set("high", token.high);
  target.set("low", token.low);
}

std::string HostileWorker::text(Input& input) {
  const uint8_t choice = input.byte();
  if (choice >= 0x80) return std::string(input.take(choice & 31));
  return std::string(kTexts[static_cast<uint8_t>(choice - '0') % std::size(kTexts)]);
}

void HostileWorker::send(capnp::MessageBuilder& message, Input& input, Offence offence) {
  auto words = capnp::messageToFlatArray(message);
  auto bytes = words.asBytes();
  // How many bytes to change: mostly none.
  const uint8_t choice = input.byte();
  if (choice >= 0xe0) {
    for (int i = 0; i < (choice & 7) + 1; ++i) {
      const size_t at = (size_t{input.byte()} << 8 | input.byte()) % bytes.size();
      bytes[at] = input.byte();
    }
    offence = Offence::kPerhaps;
  }
  offend(offence);
  write(bytes);
}

void HostileWorker::offend(Offence offence) {
  if (offence == Offence::kSurely && honest_) mustDie_ = true;
  if (offence != Offence::kNone) honest_ = false;
}

void HostileWorker::write(kj::ArrayPtr<const kj::byte> bytes) {
  while (writeEnd_ && bytes.size() > 0) {
    const ssize_t n = ::write(writeEnd_.get(), bytes.begin(), bytes.size());
    if (n > 0) {
      bytes = bytes.slice(static_cast<size_t>(n), bytes.size());
    } else if (errno == EAGAIN) {
      (*letSupervisorRun_)();
      const ssize_t again = ::write(writeEnd_.get(), bytes.begin(), bytes.size());
      if (again <= 0) return hangUp();  // it has stopped listening
      bytes = bytes.slice(static_cast<size_t>(again), bytes.size());
    } else {
      return hangUp();
    }
  }
}

size_t HostileWorker::listen() {
  size_t total = 0;
  std::array<char, 65536> buffer;
  for (ssize_t n = 0; (n = ::read(readEnd_.get(), buffer.data(), buffer.size())) > 0;) {
    heard_.append(buffer.data(), static_cast<size_t>(n));
    total += static_cast<size_t>(n);
  }
  // Secrets are looked for in what is whole; a message may have come in pieces.
  while (heard_.size() >= sizeof(capnp::word)) {
    auto words = kj::heapArray<capnp::word>(heard_.size() / sizeof(capnp::word));
    memcpy(words.begin(), heard_.data(), words.asBytes().size());
    const size_t size = capnp::expectedSizeInWordsFromPrefix(words);
    if (size > words.size()) break;
    const std::string_view message = std::string_view(heard_).substr(0, size * sizeof(capnp::word));
    for (const std::string& secret : secrets_) require(!message.contains(secret), "a secret crosses:", secret);
    hear(words.slice(0, size));
    heard_.erase(0, size * sizeof(capnp::word));
  }
  return total;
}

void HostileWorker::hear(kj::ArrayPtr<const capnp::word> message) {
  capnp::ReaderOptions options;
  options.traversalLimitInWords = uint64_t{1} << 22;
  capnp::FlatArrayMessageReader reader(message, options);
  const auto root = reader.getRoot<rpc::Message>();
  if (root.isReturn()) return hearReturn(root.getReturn());
  require(root.isFinish() || root.isRelease(), "nothing but answers crosses");
}

void HostileWorker::hearReturn(rpc::Return::Reader answer) {
  const auto found = questions_.find(answer.getAnswerId());
  if (found == questions_.end()) return require(!honest_, "what is answered was asked");
  Question& question = found->second;
  require(!honest_ || !question.answered, "a question is answered once");
  question.answered = true;
  if (answer.getNoFinishNeeded()) question.finished = true;
  if (question.isWait) --waits_;
  if (answer.isException()) {
    const kj::Exception exception(kj::Exception::Type::FAILED, "", 0,
                                  kj::heapString(answer.getException().getReason()));
    require(ipc::fromException(exception).has_value(),
            "only errors of our own form cross:", answer.getException().getReason().cStr());
    return;
  }
  if (!answer.isResults() || question.interface == 0) return;
  const auto content = answer.getResults().getContent();
  require(answer.getResults().getCapTable().size() == 0, "no answer but the first brings a capability");
  if (question.interface == capnp::typeId<ipc::Session>()) {
    if (question.method != 1) return;
    const auto module = content.getAs<ipc::Session::LoadResults>().getModule();
    if (module.getFormat() == ipc::Module::Format::EXTENSION) {
      tokens_.push_back({module.getView().getHigh(), module.getView().getLow()});
    } else {
      modules_.push_back(module.getId());
      if (!module.getKnown() && module.getSize() > module.getSource().size()) undelivered_.insert(module.getId());
    }
    return;
  }
  const auto* entry = registry_.byInterface(question.interface);
  if (entry == nullptr || question.method >= entry->methods.size()) return;
  const auto method = entry->extension->schema().getMethods()[question.method];
  collect(content.getAs<capnp::DynamicStruct>(method.getResultType()));
}

void HostileWorker::collect(capnp::DynamicStruct::Reader results) {
  for (const auto field : results.getSchema().getFields()) {
    if (!field.getType().isStruct() || !isToken(field.getType().asStruct())) continue;
    const auto token = results.get(field).as<capnp::DynamicStruct>().as<ipc::Token>();
    if (token.getHigh() != 0 || token.getLow() != 0) tokens_.push_back({token.getHigh(), token.getLow()});
  }
}

}  // namespace runtime::fuzz
