#include "policies/host_path.h"
#include "policies/notation.h"
#include "policies/parse.h"
#include "policies/sections.h"

namespace runtime::policies {
namespace {

// The table `name` of the file with only known keys, or nothing.
const toml::table* section(const toml::table& file, std::string_view name, Reader& reader,
                           const std::vector<std::string_view>& known) {
  const toml::node* node = file.get(name);
  if (node == nullptr) return nullptr;
  const toml::table* table = reader.table(*node, name);
  if (table != nullptr) reader.checkKeys(*table, "[" + std::string(name) + "]", known);
  return table;
}

// That the path under root is a folder, where it ends in a slash, or else a file; `what` is how messages call it.
void checkStands(const std::string& root, const std::string& path, bool wantsFolder, std::string_view what,
                 const toml::source_region& where, Reader& reader) {
  const HostLook look = lookAt(root + "/" + path);
  if (look.kind == (wantsFolder ? HostKind::kFolder : HostKind::kFile)) return;
  reader.fault(where, std::string(what) + " is no " + (wantsFolder ? "folder" : "file") + " beneath modules.root" +
                          (look.reason.empty() ? "" : ": " + look.reason));
}

// `root` is null where it is not known.
void readImports(const toml::table& table, loader::ImportMap& imports, const std::string* root, Reader& reader) {
  for (const auto& [key, node] : table) {
    if (reader.full()) return;
    const auto target = reader.text(node, key.str());
    if (!target) continue;
    // What is wrong with the name stands at the name.
    if (const auto asName = loader::ImportMap().add(key.str(), key.str().ends_with('/') ? "./" : "./x"); !asName) {
      reader.fault(key.source(), asName.error());
    } else if (const auto added = imports.add(key.str(), *target); !added) {
      reader.fault(node, added.error());
    } else if (root != nullptr) {
      const auto& entry = imports.entries().back();
      checkStands(*root, entry.path, entry.target.ends_with('/'), "the target of this import", node.source(), reader);
    }
  }
}

void readScopes(const toml::table& table, loader::ImportMap& imports, const std::string* root, Reader& reader) {
  for (const auto& [key, node] : table) {
    if (reader.full()) return;
    const toml::table* inner = reader.table(node, key.str());
    if (inner == nullptr) continue;
    const auto scope = imports.addScope(key.str());
    if (!scope) {
      reader.fault(key.source(), scope.error());
      continue;
    }
    if (root != nullptr) {
      checkStands(*root, imports.scopes().back().path, key.str().ends_with('/'), "this scope", key.source(), reader);
    }
    readImports(*inner, **scope, root, reader);
  }
}

void readIntegrity(const toml::table& table, loader::Integrity& integrity, const std::string* root, Reader& reader) {
  for (const auto& [key, node] : table) {
    if (reader.full()) return;
    const auto digest = reader.text(node, key.str());
    if (!digest) continue;
    if (const auto added = integrity.add(key.str(), *digest); !added) {
      reader.fault(node, added.error());
    } else if (root != nullptr) {
      checkStands(*root, integrity.entries().back().path, false, "this", key.source(), reader);
    }
  }
}

}  // namespace

bool readVersion(const toml::table& file, Reader& reader) {
  const toml::node* node = file.get("version");
  if (node == nullptr) {
    reader.faultAtStart("the key `version` is missing: write `version = 1`");
    return true;
  }
  if (!node->is_integer()) {
    reader.fault(*node, "`version` must be the integer 1");
    return true;
  }
  if (node->as_integer()->get() == 1) return true;
  reader.fault(*node, "this version of the format is not known: only `version = 1` is");
  return false;
}

Limits readLimits(const toml::table& file, Reader& reader) {
  Limits limits;
  const toml::table* table =
      section(file, "limits", reader, {"wall", "cpu", "memory", "output", "handles", "storage", "entries", "audit"});
  if (table == nullptr) return limits;
  const auto amount = [&](std::string_view name, uint64_t& limit, auto parse) {
    const toml::node* node = table->get(name);
    if (node == nullptr) return;
    if (const auto value = reader.amount(*node, name, parse)) limit = *value;
  };
  const auto count = [&](std::string_view name, uint64_t& limit, uint64_t most) {
    const toml::node* node = table->get(name);
    if (node == nullptr) return;
    if (const auto value = reader.count(*node, name, most)) limit = *value;
  };
  amount("wall", limits.wallNs, parseDuration);
  amount("cpu", limits.cpuNs, parseDuration);
  amount("memory", limits.memoryBytes, parseSize);
  amount("output", limits.outputBytes, parseSize);
  amount("storage", limits.storageBytes, parseSize);
  amount("audit", limits.auditBytes, parseSize);
  count("handles", limits.handles, kMostHandles);
  count("entries", limits.entries, INT64_MAX);
  if (limits.memoryBytes < kLeastMemoryBytes) {
    reader.fault(*table->get("memory"), "`memory` must be at least " + formatSize(kLeastMemoryBytes));
  }
  return limits;
}

Engine readEngine(const toml::table& file, Reader& reader) {
  Engine engine;
  const toml::table* table = section(file, "engine", reader, {"jit", "wasm", "eval", "clock"});
  if (table == nullptr) return engine;
  const auto flag = [&](std::string_view name, bool& setting) {
    const toml::node* node = table->get(name);
    if (node == nullptr) return;
    if (const auto value = reader.boolean(*node, name)) setting = *value;
  };
  flag("jit", engine.jit);
  flag("wasm", engine.wasm);
  flag("eval", engine.eval);
  if (const toml::node* clock = table->get("clock")) {
    if (clock->is_string() && clock->as_string()->get() == "frozen") {
      engine.clockResolutionNs = 0;
    } else if (!clock->is_string()) {
      reader.fault(*clock, "`clock` must be a string: a duration such as \"1ms\", or \"frozen\"");
    } else if (const auto value = reader.amount(*clock, "clock", parseDuration)) {
      engine.clockResolutionNs = *value;
    }
  }
  if (!engine.jit && engine.wasm && table->contains("wasm")) {
    reader.fault(*table->get("wasm"),
                 "`wasm = true` contradicts `jit = false`, which leaves nothing to run it: drop one");
  }
  engine.wasm = engine.wasm && engine.jit;
  return engine;
}

Modules readModules(const toml::table& file, const Surroundings& surroundings, Reader& reader) {
  Modules modules;
  modules.root = surroundings.baseFolder;
  const toml::table* table = section(file, "modules", reader, {"root", "imports", "scopes", "integrity"});
  if (table == nullptr) return modules;
  bool rootIsKnown = surroundings.paths == PathNotation::kHost;
  if (const toml::node* node = table->get("root")) {
    rootIsKnown = false;
    modules.place = reader.placeOf(*node);
    if (surroundings.paths != PathNotation::kHost) {
      reader.fault(*node, "`root` cannot be set: the files of the job are its root");
      return modules;
    }
    if (const auto written = reader.text(*node, "root")) {
      const auto path = absoluteHostPath(surroundings.baseFolder, *written);
      const HostLook look = path ? lookAt(*path) : HostLook{HostKind::kUnreachable, path.error()};
      if (look.kind != HostKind::kFolder) {
        reader.fault(*node, "`root` is no folder" + (look.reason.empty() ? "" : ": " + look.reason));
      } else if (isForbiddenFileSystem(look.fileSystem)) {
        reader.fault(*node, "`root` stands on a file system of the kernel's own, from which nothing loads");
      } else {
        modules.root = *path;
        rootIsKnown = true;
      }
    }
  }
  const std::string* root = rootIsKnown ? &modules.root : nullptr;
  const auto part = [&](std::string_view name) {
    const toml::node* node = table->get(name);
    return node != nullptr ? reader.table(*node, name) : nullptr;
  };
  if (const toml::table* imports = part("imports")) readImports(*imports, modules.imports, root, reader);
  if (const toml::table* scopes = part("scopes")) readScopes(*scopes, modules.imports, root, reader);
  if (const toml::table* integrity = part("integrity")) readIntegrity(*integrity, modules.integrity, root, reader);
  return modules;
}

}  // namespace runtime::policies
