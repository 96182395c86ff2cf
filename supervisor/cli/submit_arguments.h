#pragma once
// The command line of `submit`. Values only: nothing is opened here.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace runtime::cli {

enum class Format : uint8_t;

struct SubmitCommand {
  std::string service;    // "unix:/path" or "http://host:port"; empty: this user's own service
  std::string tokenFile;  // host path; empty: the variable SECURE_RUNTIME_TOKEN, or none
  std::string folder;     // host path of what is sent; empty: the entry alone
  std::string policy;     // host path of a policy's text; empty: none
  std::string policyName;
  std::vector<std::string> limits;  // "wall=2s"
  std::string key;
  std::string deadline;
  int priority = 0;
  enum class Until : uint8_t { kStored, kEnd } until = Until::kEnd;
  enum class Output : uint8_t { kAtEnd, kAsItComes } output = Output::kAtEnd;
  enum class Stdin : uint8_t { kEmpty, kSent } input = Stdin::kEmpty;
  Format format{};
  std::string entry;
  std::vector<std::string> arguments;
};

// `submit` on a command line of CLI11, which must not outlive it.
class SubmitArguments {
 public:
  explicit SubmitArguments(CLI::App& app);
  bool parsed() const;
  // After a command line was parsed that names `submit`. Without entry and arguments.
  SubmitCommand command() const;
  // Whether the word after this option is its value.
  static bool takesValue(std::string_view option);

 private:
  CLI::App* submit_;
  SubmitCommand command_;
  bool follow_ = false, detach_ = false, json_ = false, stdin_ = false;
};

}  // namespace runtime::cli
