#pragma once
// Calls of fs in short.
#include <string>
#include <vector>

#include "tests/unit/extensions/driver.h"

namespace runtime::test {

using capabilities::Right;
using capabilities::RightSet;
using capabilities::Token;
using extensions::fs::Fs;

struct FsFixture : Driver {
  std::string readFile(const std::string& path) { return readFileIn(view(), path); }
  // The content, or what went wrong in brackets.
  std::string readFileIn(Token base, const std::string& path) {
    auto answer = call<Fs::ReadFileParams>("readFile", [&](auto params) { set(params.initPath(), path, base); });
    if (answer.outcome != "ok") return "[" + answer.outcome + "]";
    const auto results = answer.as<Fs::ReadFileResults>();
    std::string content(results.getBytes().asChars().begin(), results.getBytes().size());
    const Token rest = token(results.getRest());
    if (rest == Token{}) return content;
    while (true) {
      const std::string piece = read(rest, 256 * 1024, static_cast<int64_t>(content.size()));
      if (piece.empty()) break;
      content += piece;
    }
    close(rest);
    return content;
  }
  std::string writeFile(const std::string& path, const std::string& content, bool exclusive = false) {
    return call<Fs::WriteFileParams>("writeFile",
                                     [&](auto params) {
                                       set(params.initPath(), path);
                                       params.setBytes(bytes(content));
                                       params.setExclusive(exclusive);
                                     })
        .outcome;
  }
  std::string appendFile(const std::string& path, const std::string& content) {
    return call<Fs::AppendFileParams>("appendFile",
                                      [&](auto params) {
                                        set(params.initPath(), path);
                                        params.setBytes(bytes(content));
                                      })
        .outcome;
  }
  // A token, or none with `outcome` set.
  template <typename Params, typename Results>
  Token open(kj::StringPtr method, const std::string& path) {
    auto answer = onPath<Params>(method, path);
    outcome = answer.outcome;
    return outcome == "ok" ? token(answer.template as<Results>().getFile()) : Token{};
  }
  std::string read(Token file, uint32_t length, int64_t position = -1) {
    auto answer = call<Fs::ReadParams>("read", [&](auto params) {
      set(params.initFile().initToken(), file);
      params.setLength(length);
      params.setPosition(position);
    });
    if (answer.outcome != "ok") return "[" + answer.outcome + "]";
    const auto data = answer.as<Fs::ReadResults>().getBytes();
    return {data.asChars().begin(), data.size()};
  }
  Started startWrite(Token file, const std::string& content, int64_t position = -1) {
    return start<Fs::WriteParams>("write", [&](auto params) {
      set(params.initFile().initToken(), file);
      params.setBytes(bytes(content));
      params.setPosition(position);
    });
  }
  std::string write(Token file, const std::string& content, int64_t position = -1) {
    return finish(startWrite(file, content, position)).outcome;
  }
  std::string close(Token handle) {
    return call<Fs::CloseParams>("close", [&](auto params) { set(params.initHandle().initToken(), handle); }).outcome;
  }
  std::string commit(Token file) {
    return call<Fs::CommitParams>("commit", [&](auto params) { set(params.initFile().initToken(), file); }).outcome;
  }
  // Names in the order they came, or what went wrong.
  std::vector<std::string> list(const std::string& path, bool recursive = false) {
    auto answer = call<Fs::ReaddirParams>("readdir", [&](auto params) {
      set(params.initPath(), path);
      params.setRecursive(recursive);
    });
    if (answer.outcome != "ok") return {"[" + answer.outcome + "]"};
    std::vector<std::string> names;
    const auto take = [&](auto entries) {
      for (const auto entry : entries) names.emplace_back(entry.getName().cStr());
    };
    take(answer.as<Fs::ReaddirResults>().getEntries());
    const Token rest = token(answer.as<Fs::ReaddirResults>().getRest());
    bool done = rest == Token{};
    while (!done) {
      ++pieces;
      auto more =
          call<Fs::ReaddirMoreParams>("readdirMore", [&](auto params) { set(params.initListing().initToken(), rest); });
      take(more.as<Fs::ReaddirMoreResults>().getEntries());
      done = more.as<Fs::ReaddirMoreResults>().getDone();
    }
    return names;
  }
  std::string rename(const std::string& from, const std::string& to) {
    return call<Fs::RenameParams>("rename",
                                  [&](auto params) {
                                    set(params.initFrom(), from);
                                    set(params.initTo(), to);
                                  })
        .outcome;
  }
  std::string copyFile(const std::string& from, const std::string& to, bool exclusive = false) {
    return call<Fs::CopyFileParams>("copyFile",
                                    [&](auto params) {
                                      set(params.initFrom(), from);
                                      set(params.initTo(), to);
                                      params.setExclusive(exclusive);
                                    })
        .outcome;
  }
  std::string rm(const std::string& path, bool recursive = false, bool force = false) {
    return call<Fs::RmParams>("rm",
                              [&](auto params) {
                                set(params.initPath(), path);
                                params.setRecursive(recursive);
                                params.setForce(force);
                              })
        .outcome;
  }
  // The first folder made in brackets, or what went wrong.
  std::string mkdir(const std::string& path, bool recursive = false) {
    auto answer = call<Fs::MkdirParams>("mkdir", [&](auto params) {
      set(params.initPath(), path);
      params.setRecursive(recursive);
    });
    if (answer.outcome != "ok") return answer.outcome;
    return std::string("(") + answer.as<Fs::MkdirResults>().getFirst().cStr() + ")";
  }
  Token dir(const std::string& path) { return dirIn(view(), path); }
  Token dirIn(Token base, const std::string& path) {
    auto answer = call<Fs::DirParams>("dir", [&](auto params) { set(params.initPath(), path, base); });
    outcome = answer.outcome;
    return outcome == "ok" ? token(answer.as<Fs::DirResults>().getView()) : Token{};
  }

  static kj::ArrayPtr<const kj::byte> bytes(const std::string& text) {
    return kj::arrayPtr(reinterpret_cast<const kj::byte*>(text.data()), text.size());
  }

  std::string outcome;
  int pieces = 0;
};

}  // namespace runtime::test
