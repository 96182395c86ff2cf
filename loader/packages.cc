#include "loader/packages.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "loader/location.h"
#include "loader/utf8.h"

namespace runtime::loader {
namespace {

constexpr size_t kMaxQuotedBytes = 200;
// `imports` may name a package whose exports are asked for; that one cannot go back to `imports`.
constexpr std::string_view kModulesFolder = "node_modules";

std::string quoted(std::string_view text) { return "'" + std::string(clipped(text, kMaxQuotedBytes)) + "'"; }

std::unexpected<ResolveError> fail(std::string code, std::string_view resource, std::string message) {
  return std::unexpected(
      ResolveError{std::move(code), std::string(clipped(resource, kMaxQuotedBytes)), std::move(message)});
}

std::string join(const std::string& folder, std::string_view name) {
  return folder.empty() ? std::string(name) : folder + "/" + std::string(name);
}

std::string folderOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  return std::string(slash == path.npos ? std::string_view() : path.substr(0, slash));
}

std::string_view lastOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

std::string guest(const std::string& folder) { return "/" + join(folder, "package.json"); }

bool isIndex(std::string_view key) {
  return !key.empty() && key.size() <= 10 && std::ranges::all_of(key, [](char c) { return c >= '0' && c <= '9'; }) &&
         (key.size() == 1 || key[0] != '0');
}

// "%6e" and "N" are "n" here; what is no escape stays.
std::string plain(std::string_view segment) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  std::string out;
  for (size_t i = 0; i < segment.size(); ++i) {
    if (segment[i] == '%' && i + 2 < segment.size()) {
      const size_t high = kHex.find(lower(segment[i + 1]));
      const size_t low = kHex.find(lower(segment[i + 2]));
      if (high != kHex.npos && low != kHex.npos) {
        out += lower(static_cast<char>(high * 16 + low));
        i += 2;
        continue;
      }
    }
    out += lower(segment[i]);
  }
  return out;
}

// Whether some segment is ".", ".." or "node_modules".
bool hasInvalidSegment(std::string_view path) {
  while (true) {
    const size_t slash = path.find_first_of("/\\");
    const std::string segment = plain(path.substr(0, slash));
    if (segment == "." || segment == ".." || segment == kModulesFolder) return true;
    if (slash == path.npos) return false;
    path.remove_prefix(slash + 1);
  }
}

// Text that is no URL, as one: require() takes nothing in a path for an escape, a query or a fragment.
std::string literal(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '%') {
      out += "%25";
    } else if (c == '?') {
      out += "%3f";
    } else if (c == '#') {
      out += "%23";
    } else {
      out += c;
    }
  }
  return out;
}

std::string replaceStars(std::string_view text, std::string_view by) {
  std::string out;
  for (const char c : text) {
    if (c == '*') {
      out += by;
    } else {
      out += c;
    }
  }
  return out;
}

// The nearest folder from `folder` up that holds a package.json, short of a node_modules.
std::expected<std::optional<std::pair<std::string, const PackageJson*>>, ResolveError> scopeFrom(std::string folder,
                                                                                                 PackageFiles& files) {
  while (lastOf(folder) != kModulesFolder) {
    const auto found = files.packageIn(folder);
    if (!found) return std::unexpected(found.error());
    if (*found != nullptr) return std::pair(folder, *found);
    if (folder.empty()) break;
    folder = folderOf(folder);
  }
  return std::nullopt;
}

class Resolution {
 public:
  Resolution(const Request& request, const ExtensionSpecifiers& extensions, PackageFiles& files)
      : request_(request), extensions_(extensions), files_(files) {}

  std::expected<Resolved, ResolveError> run() {
    const std::string folder = folderOf(request_.referrer);
    const std::string specifier(request_.specifier);
    if (specifier.starts_with('#')) return internal(specifier, folder);
    if (isRequired() && kindOf(specifier) == ReferenceKind::kPath) return path(specifier);
    return package(specifier, folder);
  }

 private:
  // What a target names. Undefined: nothing that these conditions choose; null: what is meant not to be there.
  struct Found {
    enum class Kind : uint8_t { kUndefined, kNull, kResolved } kind = Kind::kUndefined;
    Resolved resolved;
  };
  using Result = std::expected<Resolved, ResolveError>;
  using Search = std::expected<Found, ResolveError>;

  // Where a target stands, for what is told of it.
  struct Place {
    const std::string& folder;  // of the package
    std::string_view key;       // "./x/*", "#x"
    std::string_view wanted;    // what was asked for: "./x/a"
    bool isInternal;
  };

  std::string from() const {
    return request_.referrer.empty() ? std::string() : " imported from /" + std::string(request_.referrer);
  }

  bool isRequired() const { return request_.kind == ImportKind::kRequire; }

  Result file(std::string path) {
    if (path.empty() || path.ends_with('/')) {
      return fail("ERR_UNSUPPORTED_DIR_IMPORT", "/" + path,
                  "A folder is not a module: " + quoted(request_.specifier) + from());
    }
    const auto format = formatOf(path, request_.type, request_.kind);
    if (!format) return std::unexpected(format.error());
    return Resolved{*format, std::move(path)};
  }

  // Beneath `folder`, or nothing.
  std::optional<std::string> beneath(const std::string& folder, std::string_view relative) {
    const auto location = locate(join(folder, "package.json"), relative);
    if (!location) return std::nullopt;
    std::string path = location->path;
    if (location->folder && !path.empty()) path += '/';
    if (!folder.empty() && !path.starts_with(folder + "/")) return std::nullopt;
    return path;
  }

  Result package(const std::string& specifier, std::string folder) {
    if (extensions_.contains(specifier)) return Resolved{Format::kExtension, specifier};
    size_t end = specifier.find('/');
    bool valid = true;
    if (specifier.starts_with('@')) {
      valid = end != specifier.npos && end > 1 && end + 1 < specifier.size();
      if (valid) end = specifier.find('/', end + 1);
    }
    const std::string name = specifier.substr(0, end);
    if (!valid || name.empty() || name.ends_with('/') || name.starts_with('.') || name.contains('\\') ||
        name.contains('%')) {
      return fail("ERR_INVALID_MODULE_SPECIFIER", specifier,
                  quoted(specifier) + " is not the name of a package, nor of what is in one" + from());
    }
    const std::string subpath = "." + (end == specifier.npos ? std::string() : specifier.substr(end));

    const auto own = scopeFrom(folder, files_);
    if (!own) return std::unexpected(own.error());
    if (*own && (*own)->second->exports && (*own)->second->name == name) {
      return exported((*own)->first, *(*own)->second, subpath);
    }
    while (true) {
      const std::string candidate = join(folder, std::string(kModulesFolder) + "/" + name);
      const bool isFolder = files_.isFolder(candidate);
      if (isFolder && !isRequired()) return inPackage(candidate, subpath);
      if (isRequired()) {
        // Looked for further up as well.
        auto found = requiredIn(candidate, isFolder, subpath);
        if (!found) return std::unexpected(found.error());
        if (*found) return std::move(**found);
      }
      if (folder.empty()) break;
      folder = folderOf(folder);
    }
    return fail("ERR_MODULE_NOT_FOUND", specifier,
                "Cannot find package " + quoted(name) + from() +
                    ": it is in no node_modules, and no entry of the policy's modules.imports names it");
  }

  using Maybe = std::expected<std::optional<Resolved>, ResolveError>;

  // What require() takes for the path `name`, with its endings.
  Maybe asFile(const std::string& name) {
    for (const std::string_view ending : {"", ".js", ".json"}) {
      const std::string path = name + std::string(ending);
      // What does not load is not asked for, so whether it is there is not told.
      if (const auto format = formatOf(path, "", ImportKind::kRequire); format && files_.isFile(path)) {
        return Resolved{*format, path};
      }
    }
    return std::nullopt;
  }

  Maybe asFolder(const std::string& folder) {
    if (!folder.empty() && !files_.isFolder(folder)) return std::nullopt;
    const auto found = files_.packageIn(folder);
    if (!found) return std::unexpected(found.error());
    if (const PackageJson* json = *found; json != nullptr && json->main && !json->main->empty()) {
      if (const auto main = locate(join(folder, "package.json"), "./" + literal(*json->main)); main) {
        if (!main->folder) {
          auto file = asFile(main->path);
          if (!file || *file) return file;
        }
        auto file = asFile(join(main->path, "index"));
        if (!file || *file) return file;
      }
    }
    return asFile(join(folder, "index"));
  }

  Result path(const std::string& specifier) {
    const auto location = locate(request_.referrer, literal(specifier));
    if (location) {
      Maybe found = std::nullopt;
      if (!location->folder) found = asFile(location->path);
      if (found && !*found) found = asFolder(location->path);
      if (!found) return std::unexpected(found.error());
      if (*found) return std::move(**found);
    }
    return fail("ERR_MODULE_NOT_FOUND", specifier, "Cannot find module " + quoted(specifier) + from());
  }

  // LOAD_NODE_MODULES for one folder of that name; `candidate` is the package's place in it.
  Maybe requiredIn(const std::string& candidate, bool isFolder, const std::string& subpath) {
    const PackageJson* json = nullptr;
    if (isFolder) {
      const auto found = files_.packageIn(candidate);
      if (!found) return std::unexpected(found.error());
      json = *found;
    }
    if (json != nullptr && json->exports) {
      auto found = exported(candidate, *json, subpath);
      if (!found) return std::unexpected(found.error());
      return std::move(*found);
    }
    const auto location = locate(candidate + "/package.json", subpath == "." ? "." : literal(subpath));
    if (!location || !(location->path == candidate || location->path.starts_with(candidate + "/"))) {
      return fail("ERR_INVALID_MODULE_SPECIFIER", request_.specifier,
                  quoted(request_.specifier) + " leads out of its package, or is malformed" + from());
    }
    if (!location->folder || subpath == ".") {
      auto file = asFile(location->path);
      if (!file || *file) return file;
    }
    return isFolder ? asFolder(location->path) : Maybe(std::nullopt);
  }

  Result inPackage(const std::string& folder, const std::string& subpath) {
    const auto found = files_.packageIn(folder);
    if (!found) return std::unexpected(found.error());
    const PackageJson* json = *found;
    if (json != nullptr && json->exports) return exported(folder, *json, subpath);
    if (subpath == ".") return mainOf(folder, json);
    auto path = beneath(folder, subpath);
    if (!path) {
      return fail("ERR_INVALID_MODULE_SPECIFIER", request_.specifier,
                  quoted(request_.specifier) + " leads out of its package, or is malformed" + from());
    }
    return file(*std::move(path));
  }

  // As packages are found that have no `exports`.
  Result mainOf(const std::string& folder, const PackageJson* json) {
    std::vector<std::string> names;
    if (json != nullptr && json->main) {
      for (const std::string_view ending : {"", ".js", ".json", "/index.js", "/index.json"}) {
        names.push_back("./" + *json->main + std::string(ending));
      }
    }
    names.insert(names.end(), {"./index.js", "./index.json"});
    for (const std::string& name : names) {
      const auto path = beneath(folder, name);
      // What does not load is not asked for, so whether it is there is not told.
      if (path && formatOf(*path, "json").error_or({}).code != "ERR_UNKNOWN_FILE_EXTENSION" && files_.isFile(*path)) {
        return file(*path);
      }
    }
    return fail("ERR_MODULE_NOT_FOUND", "/" + folder,
                "Cannot find the main module of package /" + folder + ", " + quoted(request_.specifier) + from());
  }

  Result exported(const std::string& folder, const PackageJson& json, const std::string& subpath) {
    const Target& exports = *json.exports;
    size_t dotted = 0;
    for (const auto& [key, value] : exports.members) dotted += key.starts_with('.') ? 1 : 0;
    if (dotted != 0 && dotted != exports.members.size()) {
      return fail("ERR_INVALID_PACKAGE_CONFIG", guest(folder),
                  "\"exports\" cannot hold some keys that start with \".\" and some that do not");
    }
    Search search = Found{};
    if (subpath == ".") {
      const Target* main = dotted == 0 ? &exports : exports.member(".");
      if (main != nullptr) search = target(*main, std::nullopt, {folder, ".", ".", false});
    } else if (dotted != 0) {
      search = match(exports, {folder, "", subpath, false});
    }
    if (!search) return std::unexpected(search.error());
    if (search->kind == Found::Kind::kResolved) return std::move(search->resolved);
    return fail("ERR_PACKAGE_PATH_NOT_EXPORTED", request_.specifier,
                (subpath == "." ? "No \"exports\" main is defined in "
                                : "Package subpath " + quoted(subpath) + " is not defined by \"exports\" in ") +
                    guest(folder) + from());
  }

  Result internal(const std::string& specifier, const std::string& folder) {
    if (specifier == "#" || specifier.starts_with("#/")) {
      return fail("ERR_INVALID_MODULE_SPECIFIER", specifier,
                  quoted(specifier) + " is not a valid internal imports specifier name" + from());
    }
    const auto own = scopeFrom(folder, files_);
    if (!own) return std::unexpected(own.error());
    if (*own && (*own)->second->imports) {
      auto search = match(*(*own)->second->imports, {(*own)->first, "", specifier, true});
      if (!search) return std::unexpected(search.error());
      if (search->kind == Found::Kind::kResolved) return std::move(search->resolved);
    }
    return fail("ERR_PACKAGE_IMPORT_NOT_DEFINED", specifier,
                "Package import specifier " + quoted(specifier) + " is not defined" +
                    (*own ? " in package " + guest((*own)->first) : "") + from());
  }

  // PACKAGE_IMPORTS_EXPORTS_RESOLVE.
  Search match(const Target& object, Place where) {
    if (!where.wanted.contains('*') && !where.wanted.ends_with('/')) {
      if (const Target* exact = object.member(where.wanted)) {
        where.key = where.wanted;
        return target(*exact, std::nullopt, where);
      }
    }
    // The longest before its star, then the longest.
    const Member* best = nullptr;
    size_t bestBase = 0;
    for (const auto& member : object.members) {
      const std::string& key = member.key;
      const size_t star = key.find('*');
      if (star == key.npos || key.find('*', star + 1) != key.npos) continue;
      if (!where.wanted.starts_with(std::string_view(key).substr(0, star)) || where.wanted.size() <= star) continue;
      const std::string_view trailer = std::string_view(key).substr(star + 1);
      if (!trailer.empty() && (where.wanted.size() < key.size() || !where.wanted.ends_with(trailer))) continue;
      if (best != nullptr && (star < bestBase || (star == bestBase && key.size() <= best->key.size()))) continue;
      best = &member;
      bestBase = star;
    }
    if (best == nullptr) return Found{};
    const size_t rest = best->key.size() - bestBase - 1;
    where.key = best->key;
    return target(best->value, where.wanted.substr(bestBase, where.wanted.size() - bestBase - rest), where);
  }

  // PACKAGE_TARGET_RESOLVE. As deep as the file is nested, which is bounded.
  Search target(const Target& value, std::optional<std::string_view> matched, const Place& where) {
    switch (value.kind) {
      case Target::Kind::kNull:
        return Found{Found::Kind::kNull, {}};
      case Target::Kind::kText:
        return named(value.text, matched, where);
      case Target::Kind::kObject:
        for (const auto& [condition, inner] : value.members) {
          if (isIndex(condition)) {
            return fail("ERR_INVALID_PACKAGE_CONFIG", guest(where.folder),
                        "\"exports\" cannot contain numeric property keys");
          }
        }
        for (const auto& [condition, inner] : value.members) {
          if (condition != (isRequired() ? "require" : "import") && condition != "default") continue;
          auto found = target(inner, matched, where);
          if (!found || found->kind != Found::Kind::kUndefined) return found;
        }
        return Found{};
      case Target::Kind::kList: {
        // The first that is valid.
        Search last = Found{Found::Kind::kNull, {}};
        for (const Target& item : value.items) {
          auto found = target(item, matched, where);
          if (!found && found.error().code != "ERR_INVALID_PACKAGE_TARGET") return found;
          if (found && found->kind == Found::Kind::kUndefined) continue;
          if (found && found->kind == Found::Kind::kResolved) return found;
          last = std::move(found);
        }
        return last;
      }
      case Target::Kind::kOther:
        break;
    }
    return invalid("a value that is neither text, list nor object", where);
  }

  std::unexpected<ResolveError> invalid(std::string_view text, const Place& where) {
    return fail("ERR_INVALID_PACKAGE_TARGET", guest(where.folder),
                std::string("Invalid \"") + (where.isInternal ? "imports" : "exports") + "\" target " + quoted(text) +
                    " defined for " + quoted(where.key) + " in the package config " + guest(where.folder));
  }

  Search named(const std::string& text, std::optional<std::string_view> matched, const Place& where) {
    const std::string by(matched.value_or(""));
    if (!text.starts_with("./")) {
      if (!where.isInternal || kindOf(text) != ReferenceKind::kBare || text.starts_with('#')) {
        return invalid(text, where);
      }
      auto found = package(matched ? replaceStars(text, by) : text, where.folder);
      if (!found) return std::unexpected(found.error());
      return Found{Found::Kind::kResolved, std::move(*found)};
    }
    if (hasInvalidSegment(std::string_view(text).substr(2))) return invalid(text, where);
    if (matched && hasInvalidSegment(*matched)) {
      return fail("ERR_INVALID_MODULE_SPECIFIER", request_.specifier,
                  quoted(where.wanted) + " is not a valid match of the pattern " + quoted(where.key) + " in " +
                      guest(where.folder));
    }
    auto path = beneath(where.folder, matched ? replaceStars(text, by) : text);
    if (!path) return invalid(text, where);
    auto found = file(*std::move(path));
    if (!found) return std::unexpected(found.error());
    return Found{Found::Kind::kResolved, std::move(*found)};
  }

  const Request& request_;
  const ExtensionSpecifiers& extensions_;
  PackageFiles& files_;
};

}  // namespace

std::expected<Resolved, ResolveError> resolvePackage(const Request& request, const ExtensionSpecifiers& extensions,
                                                     PackageFiles& files) {
  return Resolution(request, extensions, files).run();
}

std::expected<const PackageJson*, ResolveError> scopeOf(const std::string& path, PackageFiles& files) {
  const auto scope = scopeFrom(folderOf(path), files);
  if (!scope) return std::unexpected(scope.error());
  return *scope ? (*scope)->second : nullptr;
}

}  // namespace runtime::loader
