#include "supervisor/cli/submit.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <format>
#include <nlohmann/json.hpp>
#include <variant>

#include "loader/utf8.h"
#include "policies/document.h"
#include "supervisor/cli/arguments.h"
#include "supervisor/cli/standard_streams.h"
#include "supervisor/cli/terminal_text.h"
#include "supervisor/serve/base64.h"
#include "supervisor/serve/client.h"
#include "supervisor/serve/configuration.h"
#include "supervisor/serve/strict_json.h"
#include "supervisor/serve/submission.h"

namespace runtime::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct Refused {
  std::string message;
};

[[noreturn]] void refuse(std::string message) { throw Refused{std::move(message)}; }

std::string readFile(const std::string& path, std::string_view what) {
  auto content = policies::readRegularFile(path, serve::kMaxBodyBytes, what);
  if (!content) refuse(std::format("{}: {}", path, content.error()));
  return std::move(content->text);
}

std::string readInput() {
  std::string input;
  std::string piece(64 << 10, '\0');
  while (true) {
    const ssize_t count = ::read(STDIN_FILENO, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) refuse(std::format("standard input cannot be read: {}", strerror(errno)));
    if (count == 0) return input;
    input.append(piece, 0, static_cast<size_t>(count));
    if (input.size() > serve::kMaxBodyBytes) refuse("standard input is larger than 8 MiB");
  }
}

// As the API takes it: text, or {"base64"} where it is none.
Json contentOf(const std::string& bytes) {
  if (loader::wellFormedPrefix(bytes) == bytes.size()) return bytes;
  return {{"base64", serve::encodeBase64(bytes)}};
}

// Files of the folder by their paths in it. What is no file is left out.
Json filesBeneath(const std::string& folder) {
  Json files = Json::object();
  std::error_code error;
  fs::recursive_directory_iterator walk(folder, error);
  if (error) refuse(std::format("{}: {}", folder, error.message()));
  size_t bytes = 0;
  for (; walk != fs::recursive_directory_iterator(); walk.increment(error)) {
    if (error) refuse(std::format("{}: {}", folder, error.message()));
    if (!walk->is_regular_file(error)) continue;
    const std::string content = readFile(walk->path().string(), "file");
    bytes += content.size();
    if (files.size() >= serve::kMaxFiles || bytes > serve::kMaxBodyBytes) {
      refuse(std::format("{} holds more than {} files or 8 MiB: send a smaller folder", folder, serve::kMaxFiles));
    }
    files[walk->path().lexically_relative(folder).generic_string()] = contentOf(content);
  }
  return files;
}

std::string bodyOf(const SubmitCommand& command) {
  Json body;
  if (command.folder.empty()) {
    const std::string name = fs::path(command.entry).filename().string();
    body["files"] = {{name, contentOf(readFile(command.entry, "module"))}};
    body["entry"] = name;
  } else {
    body["files"] = filesBeneath(command.folder);
    body["entry"] = fs::path(command.entry).lexically_normal().generic_string();
    if (!body["files"].contains(body["entry"]))
      refuse(std::format("{} is no file beneath {}", command.entry, command.folder));
  }
  if (!command.policy.empty()) body["policy"] = readFile(command.policy, "policy");
  if (!command.policyName.empty()) body["policyName"] = command.policyName;
  if (!command.arguments.empty()) body["args"] = command.arguments;
  if (command.input == SubmitCommand::Stdin::kSent) body["stdin"] = contentOf(readInput());
  for (const std::string& limit : command.limits) {
    const size_t equals = limit.find('=');
    if (equals == std::string::npos) refuse(std::format("--limit {} is not of the form NAME=VALUE", limit));
    const std::string name = limit.substr(0, equals), value = limit.substr(equals + 1);
    const bool isCount = name == "handles" || name == "entries";
    const Json count = isCount ? Json::parse(value, nullptr, false) : Json();
    body["limits"][name] = count.is_number() ? count : Json(value);
  }
  if (!command.key.empty()) body["idempotencyKey"] = command.key;
  if (!command.deadline.empty()) body["deadline"] = command.deadline;
  if (command.priority != 0) body["priority"] = command.priority;
  return serve::dumped(body);
}

std::string tokenOf(const SubmitCommand& command) {
  if (command.tokenFile.empty()) {
    const char* token = ::getenv("SECURE_RUNTIME_TOKEN");
    return token == nullptr ? "" : token;
  }
  std::string token = readFile(command.tokenFile, "token");
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
  return token;
}

serve::ServiceAddress addressOf(const SubmitCommand& command) {
  if (!command.service.empty()) {
    auto address = serve::parseServiceAddress(command.service);
    if (!address) refuse(address.error());
    return std::move(*address);
  }
  auto configuration = serve::defaultConfiguration();
  if (!configuration) refuse(configuration.error() + " (--service ADDRESS)");
  return {std::get<serve::UnixAddress>(*configuration->http).path, ""};
}

// What a job printed, on our own streams; on a terminal without what would obey it.
class Screen {
 public:
  void show(OutputStream stream, std::string_view text) {
    Part& part = stream == OutputStream::kStderr ? error_ : output_;
    static_cast<void>(writeAll(part.descriptor, part.isTerminal ? part.text.show(text) : std::string(text)));
  }
  ~Screen() {
    for (Part* part : {&output_, &error_}) {
      if (part->isTerminal) static_cast<void>(writeAll(part->descriptor, part->text.finish()));
    }
  }

 private:
  struct Part {
    explicit Part(int to) : descriptor(to), isTerminal(::isatty(to) == 1) {}
    int descriptor;
    bool isTerminal;
    TerminalText text;
  };
  Part output_{STDOUT_FILENO}, error_{STDERR_FILENO};
};

int reportEnd(const std::string& job, const SubmitCommand& command, Screen& screen) {
  if (command.format == Format::kJson) return writeAll(STDOUT_FILENO, job + "\n") ? 0 : 1;
  const Json json = Json::parse(job, nullptr, false);
  if (!json.is_object()) refuse("the service answered what is no job");
  if (!json.contains("result")) {
    complain(std::format("secure-runtime: {}: {}", json.value("state", ""), json.value("reason", "")));
    return 1;
  }
  const Json& result = json["result"];
  if (command.output == SubmitCommand::Output::kAtEnd) {
    screen.show(OutputStream::kStdout, result.value("stdout", ""));
    screen.show(OutputStream::kStderr, result.value("stderr", ""));
  }
  const std::string verdict = result.value("verdict", "");
  if (result.contains("exception")) {
    const Json& exception = result["exception"];
    const std::string stack = exception.value("stack", "");
    complain(stack.empty() ? exception.value("name", "") + ": " + exception.value("message", "") : stack);
  } else if (result.contains("error")) {
    const Json& error = result["error"];
    complain(std::format("secure-runtime: {}: {}", error.value("code", ""), error.value("message", "")));
  } else if (verdict != "ok" && verdict != "exit") {
    complain(std::format("secure-runtime: {}: {}", verdict, result.value("reason", json.value("reason", ""))));
  }
  return result.value("exitCode", 1);
}

}  // namespace

int submit(const SubmitCommand& command) {
  try {
    Screen screen;
    serve::ClientRequest request{addressOf(command), tokenOf(command), bodyOf(command), {}};
    if (command.output == SubmitCommand::Output::kAsItComes) {
      request.onOutput = [&screen](OutputStream stream, std::string_view text) { screen.show(stream, text); };
    }
    const bool detach = command.until == SubmitCommand::Until::kStored;
    const auto answer = detach ? serve::submitJob(request) : serve::submitAndFollow(request);
    if (!answer) {
      complain("secure-runtime: " + answer.error().message);
      return answer.error().exitCode;
    }
    if (detach) return writeAll(STDOUT_FILENO, *answer + "\n") ? 0 : 1;
    return reportEnd(*answer, command, screen);
  } catch (const Refused& refused) {
    complain("secure-runtime: " + refused.message);
    return 2;
  }
}

}  // namespace runtime::cli
