#pragma once
// Drives an extension as the door does: resolves annotated parameters in a table of tokens, checks their rights, starts
// the operation, waits for it. No RPC, no worker.
#include <capnp/dynamic.h>
#include <capnp/message.h>
#include <kj/async-io.h>

#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "extensions/extension.h"
#include "extensions/fs/fs.capnp.h"
#include "extensions/fs/host.h"
#include "extensions/needs.h"
#include "tests/unit/capabilities/scene.h"

namespace runtime::test {

class FakeJob final : public extensions::JobServices {
 public:
  FakeJob() = default;
  ~FakeJob() noexcept override {}
  capabilities::Lane& lane() override { return *lane_; }
  capabilities::Table& table() override { return table_; }
  kj::Promise<std::string> readStdin(size_t max) override {
    if (holdStdin) {
      auto paf = kj::newPromiseAndFulfiller<std::string>();
      waiting = kj::mv(paf.fulfiller);
      return kj::mv(paf.promise);
    }
    std::string piece = stdinText.substr(0, max);
    stdinText.erase(0, max);
    return piece;
  }
  const std::vector<std::string>& arguments() const override { return arguments_; }
  std::vector<std::pair<std::string, std::string>> environment(const std::string& module) const override {
    return {{"LANG", "C"}, {"MODULE", module}};
  }

  std::string stdinText = "input";
  bool holdStdin = false;
  kj::Own<kj::PromiseFulfiller<std::string>> waiting;

 private:
  std::vector<std::string> arguments_{"one", "two words", ""};
  capabilities::Table table_;
  std::unique_ptr<capabilities::Lane> lane_ = std::make_unique<capabilities::Lane>();
};

class FakeCall final : public extensions::Call {
 public:
  explicit FakeCall(FakeJob& job) : job_(job) {}
  ~FakeCall() noexcept override {}
  capnp::AnyStruct::Reader params() override { return request.getRoot<capnp::AnyPointer>().getAs<capnp::AnyStruct>(); }
  capnp::AnyPointer::Builder results(uint64_t) override { return response.getRoot<capnp::AnyPointer>(); }
  extensions::JobServices& job() override { return job_; }

  capnp::MallocMessageBuilder request;
  capnp::MallocMessageBuilder response;

 private:
  FakeJob& job_;
};

// What came of a call. "ok", the code of a failure, or "EACCES right" of a refusal.
struct Answer {
  std::string outcome;
  ipc::WireError error;
  std::unique_ptr<FakeCall> call;

  template <typename Results>
  typename Results::Reader as() {
    if (outcome != "ok") throw std::runtime_error("the call failed: " + outcome);
    return call->response.getRoot<Results>().asReader();
  }
};

// A call that has been started.
struct Started {
  std::unique_ptr<FakeCall> call;
  kj::Promise<extensions::Outcome> promise;
};

class Driver {
 public:
  explicit Driver(std::unique_ptr<extensions::Extension> extension = extensions::fs::makeExtension())
      : extension_(std::move(extension)), needs_(extensions::readNeeds(extension_->schema())) {}

  Scene scene;
  FakeJob job;

  // The module's own authority over the scene's entries, minted at first need.
  capabilities::Token view() {
    if (view_ == capabilities::Token{}) view_ = job.table().mint(scene.view()).value();
    return view_;
  }

  template <typename Params, typename Fill>
  Started start(kj::StringPtr method, Fill fill) {
    auto call = std::make_unique<FakeCall>(job);
    fill(call->request.initRoot<Params>());
    const auto found = extension_->schema().getMethodByName(method);
    auto refusal = resolve(*call, found);
    if (refusal) return {std::move(call), extensions::Outcome(std::unexpected(*refusal))};
    auto promise = extension_->invoke(static_cast<uint16_t>(found.getOrdinal()), *call);
    return {std::move(call), kj::mv(promise)};
  }
  Answer finish(Started started) {
    auto outcome = started.promise.wait(io_.waitScope);
    Answer answer{"ok", {}, std::move(started.call)};
    if (!outcome) {
      answer.error = outcome.error();
      answer.outcome = answer.error.code;
      if (!answer.error.right.empty()) answer.outcome += " " + answer.error.right;
    }
    return answer;
  }
  template <typename Params, typename Fill>
  Answer call(kj::StringPtr method, Fill fill) {
    return finish(start<Params>(method, std::move(fill)));
  }
  template <typename Params>
  Answer onPath(kj::StringPtr method, const std::string& path) {
    return call<Params>(method, [&](auto params) { set(params.initPath(), path); });
  }

  void set(ipc::Path::Builder builder, const std::string& text) { set(builder, text, view()); }
  static void set(ipc::Path::Builder builder, const std::string& text, capabilities::Token base) {
    set(builder.initBase(), base);
    builder.setText(text);
  }
  static void set(ipc::Token::Builder builder, capabilities::Token token) {
    builder.setHigh(token.high);
    builder.setLow(token.low);
  }
  static capabilities::Token token(ipc::Token::Reader reader) { return {reader.getHigh(), reader.getLow()}; }

 private:
  // As the door: the error where a token has ended or a right is missing.
  std::optional<ipc::WireError> resolve(FakeCall& call, capnp::InterfaceSchema::Method method) {
    const auto params = call.request.getRoot<capnp::DynamicStruct>(method.getParamType()).asReader();
    size_t index = 0;
    for (const auto field : method.getParamType().getFields()) {
      if (!field.getType().isStruct()) continue;
      const uint64_t type = field.getType().asStruct().getProto().getId();
      const bool isPath = type == capnp::typeId<ipc::Path>();
      if (!isPath && type != capnp::typeId<ipc::Handle>()) continue;
      const capabilities::Needs& needs = needs_.at(method.getOrdinal()).at(index++);
      extensions::Argument argument;
      argument.parameter = field.getProto().getName().cStr();
      const auto value = params.get(field).as<capnp::DynamicStruct>();
      const auto wire = isPath ? value.as<ipc::Path>().getBase() : value.as<ipc::Handle>().getToken();
      argument.token = token(wire);
      auto object = job.table().find(argument.token);
      if (!object) return ipc::fromErrno(object.error() == capabilities::Table::Miss::kEnded ? EBADF : ENOTSUP, "");
      argument.object = *object;
      argument.held = (*object)->rights();
      std::string resource = (*object)->resource();
      if (isPath) {
        const auto* view = dynamic_cast<const capabilities::View*>(object->get());
        if (view == nullptr) return ipc::fromErrno(EBADF, "");
        auto path = view->resolve(value.as<ipc::Path>().getText().cStr());
        if (!path) return ipc::fromErrno(path.error(), value.as<ipc::Path>().getText().cStr());
        argument.held = path->rights;
        resource = path->guest;
        argument.path = std::move(*path);
      }
      const auto make = needs.missing(argument.held, capabilities::Effect::kMake);
      const auto replace = needs.missing(argument.held, capabilities::Effect::kReplace);
      argument.mayMake = !make;
      argument.mayReplace = !replace;
      if (make && replace) {
        return ipc::WireError{"EACCES", std::string(extension_->name()), std::string(name(*make)), resource, ""};
      }
      call.arguments.push_back(std::move(argument));
    }
    return std::nullopt;
  }

  kj::AsyncIoContext io_ = kj::setupAsyncIo();
  std::unique_ptr<extensions::Extension> extension_;
  std::vector<std::vector<capabilities::Needs>> needs_;
  capabilities::Token view_;
};

}  // namespace runtime::test
