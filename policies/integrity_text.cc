#include "policies/integrity_text.h"

#include <algorithm>
#include <toml++/toml.hpp>
#include <vector>

#include "loader/integrity.h"
#include "loader/resolve.h"
#include "policies/source.h"
#include "policies/write.h"

namespace runtime::policies {
namespace {

using Lines = std::vector<std::string>;

// "./lib/a.mjs" = "sha256-...", one for each file.
Lines entriesOf(const std::map<std::string, std::string>& digests) {
  static constexpr std::string_view kRoot = "file:///";
  Lines lines;
  for (const auto& [path, digest] : digests) {
    lines.push_back(tomlString("./" + loader::urlOf(path).substr(kRoot.size())) + " = " + tomlString(digest));
  }
  return lines;
}

size_t offsetOf(const Source& source, const toml::source_position& at) {
  const Place place = source.atCharacter(at.line, at.column);
  return static_cast<size_t>(source.line(place.line).data() - source.text().data()) + place.column - 1;
}

// Behind the brace that closes the one at `begin`; npos where the text does not hold together.
size_t endOfInlineTable(std::string_view text, size_t begin) {
  size_t depth = 0;
  for (size_t i = begin; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' || c == '\'') {
      for (++i; i < text.size() && text[i] != c; ++i) {
        if (c == '"' && text[i] == '\\') ++i;
      }
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && --depth == 0) {
      return i + 1;
    } else if (c == '\n' || c == '#') {
      break;
    }
  }
  return std::string_view::npos;
}

class Editor {
 public:
  Editor(const Source& source, Lines entries) : source_(source), entries_(std::move(entries)) {
    if (source.text().contains("\r\n")) lineEnd_ = "\r\n";
  }

  std::string append() const {
    std::string text(source_.text());
    if (entries_.empty()) return text;
    if (!text.empty() && !text.ends_with('\n')) text += lineEnd_;
    return text + lineEnd_ + section();
  }

  std::string replaceInline(size_t begin, size_t end) const {
    std::string table = "{";
    for (const std::string& entry : entries_) table += (table.size() > 1 ? ", " : " ") + entry;
    return replace(begin, end, table + (entries_.empty() ? "}" : " }"));
  }

  // From the line of the header to that of the last entry.
  std::string replaceSection(const toml::table& table) const {
    const uint32_t first = table.source().begin.line;
    uint32_t last = first;
    for (const auto& [key, node] : table) last = std::max(last, node.source().end.line);
    const auto startOf = [&](uint32_t line) {
      return static_cast<size_t>(source_.line(line).data() - source_.text().data());
    };
    const size_t lineEnd = source_.text().find('\n', startOf(last));
    return replace(startOf(first), lineEnd == std::string_view::npos ? source_.text().size() : lineEnd + 1, section());
  }

 private:
  std::string section() const {
    if (entries_.empty()) return "";
    std::string text = "[modules.integrity]" + lineEnd_;
    for (const std::string& entry : entries_) text += entry + lineEnd_;
    return text;
  }

  std::string replace(size_t begin, size_t end, const std::string& by) const {
    return std::string(source_.text().substr(0, begin)) + by + std::string(source_.text().substr(end));
  }

  const Source& source_;
  Lines entries_;
  std::string lineEnd_ = "\n";
};

}  // namespace

std::map<std::string, std::string> integrityIn(std::string_view text) {
  toml::table file;
  try {
    file = toml::parse(Source(text, "").text());
  } catch (const toml::parse_error&) {
    return {};
  }
  loader::Integrity integrity;
  if (const toml::table* table = file["modules"]["integrity"].as_table()) {
    for (const auto& [key, node] : *table) {
      if (const auto digest = node.value<std::string>()) static_cast<void>(integrity.add(key.str(), *digest));
    }
  }
  std::map<std::string, std::string> digests;
  for (const auto& entry : integrity.entries()) digests.emplace(entry.path, entry.digest);
  return digests;
}

std::expected<std::string, std::string> withIntegrity(std::string_view text,
                                                      const std::map<std::string, std::string>& digests) {
  const Source source(text, "");
  const std::string mark(text.substr(0, text.size() - source.text().size()));  // the byte order mark, if there is one
  const Editor editor(source, entriesOf(digests));
  toml::table file;
  try {
    file = toml::parse(source.text());
  } catch (const toml::parse_error&) {
    return std::unexpected("it is not TOML");
  }
  const toml::table* modules = file["modules"].as_table();
  const toml::table* integrity = file["modules"]["integrity"].as_table();
  if (integrity == nullptr) {
    if (modules != nullptr && modules->is_inline()) {
      return std::unexpected("`modules` is an inline table: write it as a section, [modules]");
    }
    return mark + editor.append();
  }
  const size_t begin = offsetOf(source, integrity->source().begin);
  const char first = begin < source.text().size() ? source.text()[begin] : '\0';
  if (first == '{') {
    const size_t end = endOfInlineTable(source.text(), begin);
    if (end != std::string_view::npos) return mark + editor.replaceInline(begin, end);
  } else if (first == '[') {
    return mark + editor.replaceSection(*integrity);
  }
  return std::unexpected("its `integrity` is neither a section, [modules.integrity], nor an inline table of one line");
}

}  // namespace runtime::policies
