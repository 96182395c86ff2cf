#include "extensions/job/host.h"

#include <algorithm>
#include <unordered_set>

#include "extensions/job/job.capnp.h"

namespace runtime::extensions::job {
namespace {

constexpr size_t kMaxStdinBytes = 64 * 1024;

constexpr unsigned char kFace[] = {
#embed "job.js"
};

class JobExtension final : public Extension {
 public:
  std::string_view name() const override { return "job"; }
  std::vector<std::string_view> specifiers() const override { return {"runtime:job"}; }
  capnp::InterfaceSchema schema() const override { return capnp::Schema::from<Job>(); }
  std::string_view face() const override { return {reinterpret_cast<const char*>(kFace), sizeof kFace}; }

  kj::Promise<Outcome> invoke(uint16_t method, Call& call) override {
    switch (method) {
      case 0:
        return arguments(call);
      case 1:
        return environment(call);
      case 2:
        return readStdin(call);
      default:
        throw std::out_of_range("runtime:job has no such method");
    }
  }

 private:
  static kj::Promise<Outcome> arguments(Call& call) {
    const auto& values = call.job().arguments();
    uint64_t words = 16;
    for (const auto& value : values) words += value.size() / sizeof(capnp::word) + 2;
    auto list = call.results(words).initAs<Job::ArgumentsResults>().initArguments(static_cast<unsigned>(values.size()));
    for (unsigned i = 0; i < list.size(); ++i) list.set(i, values[i]);
    return Outcome();
  }

  static kj::Promise<Outcome> environment(Call& call) {
    // A folder has its module's name, too, and may have come from another worker.
    const auto* view = dynamic_cast<const capabilities::View*>(call.argument(0).object.get());
    if (view == nullptr || view->isFolder()) return Outcome(std::unexpected(ipc::fromErrno(EBADF, "")));
    const auto variables = call.job().environment(view->module());
    auto list =
        call.results(64).initAs<Job::EnvironmentResults>().initVariables(static_cast<unsigned>(variables.size()));
    for (unsigned i = 0; i < list.size(); ++i) {
      list[i].setName(variables[i].first);
      list[i].setValue(variables[i].second);
    }
    return Outcome();
  }

  kj::Promise<Outcome> readStdin(Call& call) {
    const size_t max = std::min<size_t>(call.as<Job::ReadStdinParams>().getMax(), kMaxStdinBytes);
    if (max == 0) return Outcome(std::unexpected(ipc::fromErrno(EINVAL, "")));
    JobServices* services = &call.job();
    if (!reading_.insert(services).second) return Outcome(std::unexpected(ipc::fromErrno(EBUSY, "")));
    return services->readStdin(max)
        .then([&call, max](const std::string& bytes) -> Outcome {
          const auto* data = reinterpret_cast<const kj::byte*>(bytes.data());
          call.results(bytes.size() / sizeof(capnp::word) + 8)
              .initAs<Job::ReadStdinResults>()
              .setBytes(kj::arrayPtr(data, std::min(bytes.size(), max)));
          return {};
        })
        .attach(kj::defer([this, services] { reading_.erase(services); }));
  }

  std::unordered_set<const JobServices*> reading_;  // jobs that wait for their standard input
};

}  // namespace

std::unique_ptr<Extension> makeExtension() { return std::make_unique<JobExtension>(); }

}  // namespace runtime::extensions::job
