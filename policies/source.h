#pragma once
// The text of a policy file, by lines. Pure; any thread. It refers to the text, which must outlive it.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/diagnostic.h"

namespace runtime::policies {

class Source {
 public:
  Source(std::string_view text, std::string fileName);

  // Without a byte order mark.
  std::string_view text() const { return text_; }
  const std::string& fileName() const { return fileName_; }
  // Without its end; empty where there is no such line.
  std::string_view line(uint32_t number) const;

  Place atOffset(size_t offset) const;
  // `character` counts from 1, as toml++ does.
  Place atCharacter(uint32_t line, uint32_t character) const;
  Diagnostic diagnose(Severity severity, Place place, std::string message, std::string_view suggestion = {}) const;

  // What the TOML parser must not see: text that is not UTF-8, NUL, keys of more parts than it survives.
  std::optional<Diagnostic> unreadable() const;

 private:
  std::optional<size_t> overlongKey() const;

  std::string_view text_;
  std::string fileName_;
  std::vector<size_t> lineStarts_;
};

}  // namespace runtime::policies
