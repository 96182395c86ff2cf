#include "loader/import_map.h"

#include <algorithm>
#include <functional>

#include "loader/location.h"
#include "loader/utf8.h"

namespace runtime::loader {
namespace {

std::string sentenceFor(LocationError error) {
  switch (error) {
    case LocationError::kClimbs:
      return "leads out of modules.root";
    case LocationError::kEncodedSeparator:
      return "must not hold an encoded slash or backslash";
    case LocationError::kMalformed:
      return "holds a broken percent escape, or is not UTF-8";
    case LocationError::kHost:
      return "names a host";
  }
  return "is not a path";
}

bool endsInSlash(std::string_view text) { return text.ends_with('/'); }

}  // namespace

std::expected<void, std::string> ImportMap::add(std::string_view key, std::string_view target) {
  if (key.empty()) return std::unexpected("the name of an import must not be empty");
  if (key.contains('\0')) return std::unexpected("the name of an import must not hold NUL");
  std::string match(key);
  if (const ReferenceKind kind = kindOf(key); kind == ReferenceKind::kPath || kind == ReferenceKind::kFile) {
    const auto location = locate("", key);
    if (!location) return std::unexpected("the name of this import " + sentenceFor(location.error()));
    match = urlOf(*location);
  }
  if (!target.starts_with("./")) {
    return std::unexpected("the target of an import must start with \"./\": it is relative to modules.root");
  }
  if (target.find_first_of("?#\\") != target.npos) {
    return std::unexpected("the target of an import is a path: write `?`, `#` and `\\` percent-encoded");
  }
  const auto location = locate("", target);
  if (!location) return std::unexpected("the target of this import " + sentenceFor(location.error()));
  if (endsInSlash(key) != endsInSlash(target)) {
    return std::unexpected(endsInSlash(key) ? "the name of this import ends in a slash, so its target must too"
                                            : "the target of this import ends in a slash, so its name must too");
  }
  if (location->folder != endsInSlash(target)) return std::unexpected("the target of this import is a folder");
  if (std::ranges::contains(entries_, match, &Entry::match)) {
    return std::unexpected("another entry of the import map means the same name");
  }
  std::string path = location->path;
  if (location->folder && !path.empty()) path += '/';
  entries_.push_back({std::string(key), std::string(target), std::move(match), std::move(path)});
  return {};
}

std::expected<ImportMap*, std::string> ImportMap::addScope(std::string_view key) {
  if (!key.starts_with("./")) {
    return std::unexpected("the name of a scope must start with \"./\": it is relative to modules.root");
  }
  if (key.find_first_of("?#\\") != key.npos) {
    return std::unexpected("the name of a scope is a path: write `?`, `#` and `\\` percent-encoded");
  }
  const auto location = locate("", key);
  if (!location) return std::unexpected("the name of this scope " + sentenceFor(location.error()));
  if (location->folder != endsInSlash(key)) return std::unexpected("the name of a folder's scope ends in a slash");
  std::string url = urlOf(*location);
  if (std::ranges::contains(scopes_, url, &Scope::url)) {
    return std::unexpected("another scope means the same modules");
  }
  std::string path = location->path;
  if (location->folder && !path.empty()) path += '/';
  scopes_.push_back({std::string(key), std::move(url), std::move(path), {}});
  return &scopes_.back().imports;
}

std::expected<std::optional<std::string>, ResolveError> ImportMap::find(std::string_view referrer,
                                                                        std::string_view normalized) const {
  std::vector<const Scope*> around;
  for (const Scope& scope : scopes_) {
    const bool isFolder = scope.url.ends_with('/');
    if (!referrer.empty() && (isFolder ? referrer.starts_with(scope.path) : referrer == scope.path)) {
      around.push_back(&scope);
    }
  }
  std::ranges::sort(around, std::greater(), [](const Scope* scope) { return scope->path.size(); });
  for (const Scope* scope : around) {
    auto found = scope->imports.findOwn(normalized);
    if (!found || *found) return found;
  }
  return findOwn(normalized);
}

std::expected<std::optional<std::string>, ResolveError> ImportMap::findOwn(std::string_view normalized) const {
  const Entry* best = nullptr;
  for (const Entry& entry : entries_) {
    if (entry.match == normalized) return entry.path;
    if (!entry.match.ends_with('/') || !normalized.starts_with(entry.match)) continue;
    if (best == nullptr || entry.match.size() > best->match.size()) best = &entry;
  }
  if (best == nullptr) return std::nullopt;
  const auto location = locate(best->path, "./" + std::string(normalized.substr(best->match.size())));
  if (!location || !(location->path + '/').starts_with(best->path)) {
    return std::unexpected(ResolveError{"ERR_INVALID_MODULE_SPECIFIER", std::string(clipped(normalized, 200)),
                                        "The import map's entry \"" + best->key +
                                            "\" cannot take what follows it: a broken escape or a climb out of it"});
  }
  std::string path = location->path;
  if (location->folder && !path.empty()) path += '/';
  return path;
}

}  // namespace runtime::loader
