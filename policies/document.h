#pragma once
// A TOML file as policies and the service's configuration are written: read as a regular file, parsed, its faults
// gathered in the order of the file. Blocks on the file system; any thread.
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <toml++/toml.hpp>
#include <vector>

#include "policies/diagnostic.h"
#include "policies/reader.h"
#include "policies/source.h"

namespace runtime::policies {

struct FileIdentity {
  uint64_t device = 0;
  uint64_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};

struct FileContent {
  std::string text;
  FileIdentity identity;
};

// Of at most `most` bytes. `what` is how messages call the file: "policy". The error is the end of a sentence that
// begins with the file's name.
std::expected<FileContent, std::string> readRegularFile(const std::string& path, uint64_t most, std::string_view what);

// A fault that has no place within the file.
std::vector<Diagnostic> wholeFile(const std::string& fileName, std::string message);

// Stays where it is made: its parts refer to each other.
class Document {
 public:
  // `name` is what the user calls the file.
  Document(std::string content, const std::string& name)
      : text_(std::move(content)), source_(text_, name), reader_(source_, diagnostics_) {}
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  // False, with the fault among the diagnostics, where there is nothing to read sections of.
  bool parse(uint64_t mostBytes, std::string_view what);

  const std::string& text() const { return text_; }
  const std::string& fileName() const { return source_.fileName(); }
  const toml::table& table() const { return table_; }
  Reader& reader() { return reader_; }
  const Reader& reader() const { return reader_; }
  // In the order of the file.
  std::vector<Diagnostic> sorted() const;

 private:
  const std::string text_;
  const Source source_;
  std::vector<Diagnostic> diagnostics_;
  Reader reader_;
  toml::table table_;
};

}  // namespace runtime::policies
