#include "loader/packages.h"

#include <boost/test/unit_test.hpp>
#include <map>
#include <memory>
#include <string>

namespace runtime::loader {
namespace {

const ExtensionSpecifiers kExtensions = {"runtime:fs", "node:fs", "fs"};

// Files by path, folders by what is in them.
class Tree final : public PackageFiles {
 public:
  explicit Tree(std::map<std::string, std::string> files) : files_(std::move(files)) {}

  bool isFolder(const std::string& path) override {
    const auto next = files_.lower_bound(path + "/");
    return next != files_.end() && next->first.starts_with(path + "/");
  }
  bool isFile(const std::string& path) override {
    asked.push_back(path);
    return files_.contains(path);
  }
  std::expected<const PackageJson*, ResolveError> packageIn(const std::string& folder) override {
    const auto found = files_.find(folder.empty() ? "package.json" : folder + "/package.json");
    if (found == files_.end()) return nullptr;
    auto parsed = parsePackageJson(found->second);
    if (!parsed) {
      return std::unexpected(ResolveError{"ERR_INVALID_PACKAGE_CONFIG", "/" + found->first, parsed.error()});
    }
    return kept_.emplace_back(std::make_unique<PackageJson>(std::move(*parsed))).get();
  }

  std::vector<std::string> asked;

 private:
  std::map<std::string, std::string> files_;
  std::vector<std::unique_ptr<PackageJson>> kept_;
};

std::string outcome(Tree& tree, std::string_view referrer, std::string_view specifier, std::string_view type = "") {
  const auto found = resolvePackage({referrer, specifier, type}, kExtensions, tree);
  return found ? found->name : found.error().code;
}

// Of a package "p" with this package.json, as root's main.mjs imports it.
std::string ofPackage(const std::string& json, std::string_view specifier) {
  Tree tree({{"node_modules/p/package.json", json},
             {"node_modules/p/index.js", ""},
             {"node_modules/p/lib/index.js", ""},
             {"node_modules/p/lib/a.js", ""},
             {"node_modules/p/lib/data.json", ""}});
  return outcome(tree, "main.mjs", specifier);
}

BOOST_AUTO_TEST_CASE(packagesAreFoundFromTheInnermostFolderUp) {
  Tree tree({{"node_modules/a/index.js", ""},
             {"node_modules/@s/b/index.js", ""},
             {"node_modules/a/node_modules/@s/b/index.js", ""},
             {"app/node_modules/c/index.js", ""},
             {"node_modules/a/x.mjs", ""}});
  BOOST_TEST(outcome(tree, "main.mjs", "a") == "node_modules/a/index.js");
  BOOST_TEST(outcome(tree, "app/deep/main.mjs", "a") == "node_modules/a/index.js");
  BOOST_TEST(outcome(tree, "main.mjs", "@s/b") == "node_modules/@s/b/index.js");
  BOOST_TEST(outcome(tree, "node_modules/a/index.js", "@s/b") == "node_modules/a/node_modules/@s/b/index.js");
  BOOST_TEST(outcome(tree, "app/deep/main.mjs", "c") == "app/node_modules/c/index.js");
  BOOST_TEST(outcome(tree, "main.mjs", "c") == "ERR_MODULE_NOT_FOUND");
  BOOST_TEST(outcome(tree, "main.mjs", "a/x.mjs") == "node_modules/a/x.mjs");
  BOOST_TEST(outcome(tree, "main.mjs", "a/%78.mjs") == "node_modules/a/x.mjs");
  BOOST_TEST(outcome(tree, "main.mjs", "a/gone.mjs") == "node_modules/a/gone.mjs");
  BOOST_TEST(outcome(tree, "main.mjs", "a/x") == "ERR_UNKNOWN_FILE_EXTENSION");
  BOOST_TEST(outcome(tree, "main.mjs", "a/x.mjs", "json") == "ERR_IMPORT_ATTRIBUTE_TYPE_INCOMPATIBLE");
  for (const std::string_view climb :
       {"a/../../main.mjs", "a/../b.mjs", "a/%2e%2e/b.mjs", "a/..\\b.mjs", "a/%2f.mjs"}) {
    BOOST_TEST(outcome(tree, "main.mjs", climb) == "ERR_INVALID_MODULE_SPECIFIER", climb);
  }
  for (const std::string_view name : {"@s", "@s/", "@/b", ".a", "a%2fb", "a\\b", "@s\\b/c", "#", "#/x", "/"}) {
    BOOST_TEST(outcome(tree, "main.mjs", name) == "ERR_INVALID_MODULE_SPECIFIER", name);
  }
}

BOOST_AUTO_TEST_CASE(mainsOfPackagesWithoutExports) {
  BOOST_TEST(ofPackage("{}", "p") == "node_modules/p/index.js");
  BOOST_TEST(ofPackage(R"({"main": "lib/a.js"})", "p") == "node_modules/p/lib/a.js");
  BOOST_TEST(ofPackage(R"({"main": "./lib/a"})", "p") == "node_modules/p/lib/a.js");
  BOOST_TEST(ofPackage(R"({"main": "lib"})", "p") == "node_modules/p/lib/index.js");
  BOOST_TEST(ofPackage(R"({"main": "lib/"})", "p") == "node_modules/p/lib/index.js");
  BOOST_TEST(ofPackage(R"({"main": "gone"})", "p") == "node_modules/p/index.js");
  BOOST_TEST(ofPackage(R"({"main": 1})", "p") == "node_modules/p/index.js");
  BOOST_TEST(ofPackage(R"({"main": "../../main.mjs"})", "p") == "node_modules/p/index.js");
  BOOST_TEST(ofPackage(R"({"exports": null, "main": "lib"})", "p") == "node_modules/p/lib/index.js");
}

// Whether a file is there that does not load is not even asked.
BOOST_AUTO_TEST_CASE(onlyWhatLoadsIsAskedFor) {
  Tree tree({{"node_modules/p/package.json", R"({"main": ".env"})"}, {"node_modules/p/.env", ""}});
  BOOST_TEST(outcome(tree, "main.mjs", "p") == "ERR_MODULE_NOT_FOUND");
  for (const std::string& path : tree.asked) BOOST_TEST((path.ends_with(".js") || path.ends_with(".json")), path);
}

BOOST_AUTO_TEST_CASE(exportsOfOnePath) {
  BOOST_TEST(ofPackage(R"({"exports": "./lib/a.js"})", "p") == "node_modules/p/lib/a.js");
  BOOST_TEST(ofPackage(R"({"exports": {".": "./lib/a.js"}})", "p") == "node_modules/p/lib/a.js");
  BOOST_TEST(ofPackage(R"({"exports": ["../x.js", "./lib/a.js"]})", "p") == "node_modules/p/lib/a.js");
  BOOST_TEST(ofPackage(R"({"exports": "./lib/a.js"})", "p/lib/a.js") == "ERR_PACKAGE_PATH_NOT_EXPORTED");
  BOOST_TEST(ofPackage(R"({"exports": {}})", "p") == "ERR_PACKAGE_PATH_NOT_EXPORTED");
  BOOST_TEST(ofPackage(R"({"exports": false})", "p") == "ERR_INVALID_PACKAGE_TARGET");
  BOOST_TEST(ofPackage(R"({"exports": {".": "./a.js", "import": "./b.js"}})", "p") == "ERR_INVALID_PACKAGE_CONFIG");
}

BOOST_AUTO_TEST_CASE(conditionsInTheOrderOfTheFile) {
  BOOST_TEST(ofPackage(R"({"exports": {"node": "./n.js", "import": "./i.js", "default": "./d.js"}})", "p") ==
             "node_modules/p/i.js");
  BOOST_TEST(ofPackage(R"({"exports": {"default": "./d.js", "import": "./i.js"}})", "p") == "node_modules/p/d.js");
  BOOST_TEST(ofPackage(R"({"exports": {"require": "./r.js", "default": "./d.js"}})", "p") == "node_modules/p/d.js");
  BOOST_TEST(ofPackage(R"({"exports": {"require": "./r.js"}})", "p") == "ERR_PACKAGE_PATH_NOT_EXPORTED");
  BOOST_TEST(ofPackage(R"({"exports": {".": {"import": {"types": "./t.d.ts", "default": "./i.mjs"}}}})", "p") ==
             "node_modules/p/i.mjs");
  // An inner choice that chooses nothing goes on; null does not.
  BOOST_TEST(ofPackage(R"({"exports": {"import": {"node": "./n.js"}, "default": "./d.js"}})", "p") ==
             "node_modules/p/d.js");
  BOOST_TEST(ofPackage(R"({"exports": {"import": null, "default": "./d.js"}})", "p") ==
             "ERR_PACKAGE_PATH_NOT_EXPORTED");
  BOOST_TEST(ofPackage(R"({"exports": {"0": "./a.js", "default": "./d.js"}})", "p") == "ERR_INVALID_PACKAGE_CONFIG");
}

BOOST_AUTO_TEST_CASE(subpathsAndPatterns) {
  const std::string json = R"({"exports": {
    "./a": "./lib/a.js", "./f/*": "./lib/*.js", "./f/internal/*": null, "./f/*.json": "./lib/*.json",
    "./twice/*": "./lib/*/*.js", "./*/x": "./lib/x-*.js", "./package.json": "./package.json"}})";
  BOOST_TEST(ofPackage(json, "p/a") == "node_modules/p/lib/a.js");
  BOOST_TEST(ofPackage(json, "p/f/a") == "node_modules/p/lib/a.js");
  BOOST_TEST(ofPackage(json, "p/f/a/b") == "node_modules/p/lib/a/b.js");
  BOOST_TEST(ofPackage(json, "p/f/internal/a") == "ERR_PACKAGE_PATH_NOT_EXPORTED");
  BOOST_TEST(ofPackage(json, "p/f/data.json") == "ERR_IMPORT_ATTRIBUTE_MISSING");
  BOOST_TEST(ofPackage(json, "p/twice/a") == "node_modules/p/lib/a/a.js");
  BOOST_TEST(ofPackage(json, "p/y/x") == "node_modules/p/lib/x-y.js");
  BOOST_TEST(ofPackage(json, "p/b") == "ERR_PACKAGE_PATH_NOT_EXPORTED");
  BOOST_TEST(ofPackage(json, "p/f/") == "ERR_PACKAGE_PATH_NOT_EXPORTED");
  BOOST_TEST(ofPackage(json, "p") == "ERR_PACKAGE_PATH_NOT_EXPORTED");
  for (const std::string_view climb : {"p/f/../a", "p/f/..", "p/f/%2e%2e/%2e%2e/x", "p/f/./a", "p/f/a\\..\\b",
                                       "p/f/node_modules/x", "p/f/NODE_%6dodules/x"}) {
    BOOST_TEST(ofPackage(json, climb) == "ERR_INVALID_MODULE_SPECIFIER", climb);
  }
}

BOOST_AUTO_TEST_CASE(targetsStayInTheirPackage) {
  for (const std::string_view target :
       {"../x.js", "/x.js", "x.js", "./../x.js", "./lib/../../x.js", "./%2e%2e/x.js", "./lib\\..\\..\\x.js",
        "./node_modules/q/x.js", "file:///x.js", "https://x/x.js", "node:fs", "fs", ".", "./.", "./%2f/x.js"}) {
    BOOST_TEST(ofPackage(R"({"exports": ")" +
                             (target.contains('\\') ? "./lib\\\\..\\\\..\\\\x.js" : std::string(target)) + R"("})",
                         "p") == "ERR_INVALID_PACKAGE_TARGET",
               target);
  }
}

BOOST_AUTO_TEST_CASE(namesOfPrototypesAreNoMembers) {
  for (const std::string_view name : {"p/__proto__", "p/constructor", "p/toString", "__proto__", "constructor"}) {
    const std::string code = ofPackage(R"({"exports": {".": "./lib/a.js"}})", name);
    BOOST_TEST(code == (name.starts_with("p/") ? "ERR_PACKAGE_PATH_NOT_EXPORTED" : "ERR_MODULE_NOT_FOUND"), name);
  }
  BOOST_TEST(ofPackage(R"({"exports": {"./__proto__": "./lib/a.js"}})", "p/__proto__") == "node_modules/p/lib/a.js");
}

BOOST_AUTO_TEST_CASE(aPackageMayNameItself) {
  Tree tree({{"package.json", R"({"name": "self", "exports": {"./a": "./lib/a.js"}})"},
             {"sub/package.json", R"({"name": "inner"})"},
             {"node_modules/inner/index.js", ""},
             {"node_modules/self/index.js", ""}});
  BOOST_TEST(outcome(tree, "lib/x.mjs", "self/a") == "lib/a.js");
  BOOST_TEST(outcome(tree, "lib/x.mjs", "self") == "ERR_PACKAGE_PATH_NOT_EXPORTED");
  // Not without exports, nor from another package.
  BOOST_TEST(outcome(tree, "sub/x.mjs", "inner") == "node_modules/inner/index.js");
  BOOST_TEST(outcome(tree, "sub/x.mjs", "self") == "node_modules/self/index.js");
}

BOOST_AUTO_TEST_CASE(internalNames) {
  Tree tree({{"node_modules/p/package.json", R"({"imports": {
                "#a": "./lib/a.js", "#q": "q", "#q/*": "q/*", "#fs": "fs", "#url": "node:fs", "#out": "../x.js",
                "#again": "#a", "#none": null, "#f/*": "./lib/*.js", "#c": {"node": "./n.js", "default": "./d.js"}}})"},
             {"node_modules/q/package.json", R"({"exports": {".": "./q.js", "./sub": "./sub.js"}})"},
             {"node_modules/p/node_modules/r/x.mjs", ""}});
  const auto from = [&](std::string_view specifier) { return outcome(tree, "node_modules/p/lib/x.mjs", specifier); };
  BOOST_TEST(from("#a") == "node_modules/p/lib/a.js");
  BOOST_TEST(from("#q") == "node_modules/q/q.js");
  BOOST_TEST(from("#q/sub") == "node_modules/q/sub.js");
  BOOST_TEST(from("#q/other") == "ERR_PACKAGE_PATH_NOT_EXPORTED");
  BOOST_TEST(from("#fs") == "fs");
  BOOST_TEST(from("#f/b") == "node_modules/p/lib/b.js");
  BOOST_TEST(from("#c") == "node_modules/p/d.js");
  for (const std::string_view bad : {"#url", "#out", "#again"})
    BOOST_TEST(from(bad) == "ERR_INVALID_PACKAGE_TARGET", bad);
  for (const std::string_view bad : {"#none", "#other"}) BOOST_TEST(from(bad) == "ERR_PACKAGE_IMPORT_NOT_DEFINED", bad);
  // A package's own, and of no package within it or around it.
  BOOST_TEST(outcome(tree, "node_modules/p/node_modules/r/x.mjs", "#a") == "ERR_PACKAGE_IMPORT_NOT_DEFINED");
  BOOST_TEST(outcome(tree, "main.mjs", "#a") == "ERR_PACKAGE_IMPORT_NOT_DEFINED");
}

BOOST_AUTO_TEST_CASE(hostilePackageJson) {
  const auto fault = [](const std::string& text) {
    const auto parsed = parsePackageJson(text);
    return parsed ? std::string() : parsed.error();
  };
  BOOST_TEST(fault("{}").empty());
  BOOST_TEST(fault("\xef\xbb\xbf{}").empty());
  for (const std::string_view text : {"", "{", "[]", "null", "1", "\"x\"", "{} {}", "{\"a\":\"\xff\"}", "{'a':1}"}) {
    BOOST_TEST(!fault(std::string(text)).empty(), text);
  }
  BOOST_TEST(fault(std::string(kMaxPackageJsonBytes + 1, ' ')).contains("1 MiB"));
  const auto nested = [](size_t depth) {
    return "{\"exports\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  BOOST_TEST(fault(nested(kMaxPackageJsonDepth)).empty());
  BOOST_TEST(fault(nested(kMaxPackageJsonDepth + 1)).contains("deep"));
  // What is not read may be as deep as the file is long.
  BOOST_TEST(fault("{\"x\":" + std::string(400'000, '[') + std::string(400'000, ']') + "}").empty());
  std::string many = "{\"exports\":[0";
  for (size_t i = 0; i < kMaxPackageJsonValues; ++i) many += ",0";
  BOOST_TEST(fault(many + "]}").contains("too many"));
  const auto twice =
      parsePackageJson(R"({"name":"a","type":"module","name":"b","exports":{".":"./a","x":1,".":"./c"}})");
  BOOST_REQUIRE(twice);
  BOOST_TEST(*twice->name == "b");
  BOOST_TEST(twice->exports->members.size() == 2u);
  BOOST_TEST(twice->exports->member(".")->text == "./c");
  BOOST_TEST((twice->type == PackageJson::Type::kModule));
  BOOST_TEST(!parsePackageJson(R"({"name":1,"exports":null,"imports":"x"})")->name);
}

std::string required(Tree& tree, std::string_view referrer, std::string_view specifier) {
  const Request request{referrer, specifier, "", ImportKind::kRequire};
  const auto found = resolvePackage(request, kExtensions, tree);
  return found ? found->name : found.error().code;
}

BOOST_AUTO_TEST_CASE(requireLooksForEndingsAndFolders) {
  Tree tree({{"a/x.js", ""},
             {"a/x.json", ""},
             {"a/x/index.js", ""},
             {"a/y.json", ""},
             {"a/y/index.js", ""},
             {"a/z/package.json", R"({"main": "lib"})"},
             {"a/z/lib.js", ""},
             {"a/z/lib/index.js", ""},
             {"a/v/package.json", R"({"main": "lib/"})"},
             {"a/v/lib/index.json", ""},
             {"a/w/package.json", R"({"main": "gone"})"},
             {"a/w/index.js", ""},
             {"a/p%41 q#?.js", ""},
             {"a/exact.cjs", ""},
             {"a/index.js", ""},
             {"index.js", ""}});
  BOOST_TEST(required(tree, "a/m.js", "./x") == "a/x.js");
  BOOST_TEST(required(tree, "a/m.js", "./x.js") == "a/x.js");
  BOOST_TEST(required(tree, "a/m.js", "./x/") == "a/x/index.js");
  BOOST_TEST(required(tree, "a/m.js", "./y") == "a/y.json");
  BOOST_TEST(required(tree, "a/m.js", "./z") == "a/z/lib.js");
  BOOST_TEST(required(tree, "a/m.js", "./v") == "a/v/lib/index.json");
  BOOST_TEST(required(tree, "a/m.js", "./w") == "a/w/index.js");
  BOOST_TEST(required(tree, "a/m.js", "./p%41 q#?") == "a/p%41 q#?.js");
  BOOST_TEST(required(tree, "a/m.js", "./exact") == "ERR_MODULE_NOT_FOUND");
  BOOST_TEST(required(tree, "a/m.js", "./exact.cjs") == "a/exact.cjs");
  BOOST_TEST(required(tree, "a/m.js", ".") == "a/index.js");
  BOOST_TEST(required(tree, "a/m.js", "..") == "index.js");
  BOOST_TEST(required(tree, "a/m.js", "/a/x") == "a/x.js");
  BOOST_TEST(required(tree, "a/m.js", "../../b") == "ERR_MODULE_NOT_FOUND");
  tree.asked.clear();
  BOOST_TEST(required(tree, "a/m.js", "./secret.txt") == "ERR_MODULE_NOT_FOUND");
  for (const std::string& path : tree.asked) BOOST_TEST((path.ends_with(".js") || path.ends_with(".json")), path);
}

BOOST_AUTO_TEST_CASE(requireTakesItsOwnConditionAndLooksFurtherUp) {
  Tree tree({{"node_modules/p/package.json", R"({"exports": {"import": "./m.mjs", "require": "./c.cjs"}})"},
             {"node_modules/p/m.mjs", ""},
             {"node_modules/p/c.cjs", ""},
             {"node_modules/file.js", ""},
             {"node_modules/@s/q/index.js", ""},
             {"node_modules/q/lib/deep.js", ""},
             {"app/node_modules/q/other.js", ""},
             {"app/node_modules/fs/index.js", ""},
             {"app/package.json", R"({"imports": {"#own": {"require": "./own.js", "default": "./no.js"}}})"}});
  BOOST_TEST(required(tree, "app/m.js", "p") == "node_modules/p/c.cjs");
  BOOST_TEST(outcome(tree, "app/m.js", "p") == "node_modules/p/m.mjs");
  BOOST_TEST(required(tree, "app/m.js", "file") == "node_modules/file.js");
  BOOST_TEST(required(tree, "app/m.js", "@s/q") == "node_modules/@s/q/index.js");
  // The inner one has no such file.
  BOOST_TEST(required(tree, "app/m.js", "q/lib/deep") == "node_modules/q/lib/deep.js");
  BOOST_TEST(required(tree, "app/m.js", "q/../p/c.cjs") == "ERR_INVALID_MODULE_SPECIFIER");
  BOOST_TEST(required(tree, "app/m.js", "#own") == "app/own.js");
  BOOST_TEST(required(tree, "app/m.js", "p/c.cjs") == "ERR_PACKAGE_PATH_NOT_EXPORTED");
  BOOST_TEST(required(tree, "app/m.js", "fs") == "fs");
  for (const char* odd : {"__proto__", "constructor", "absent", "file:///app/own.js", "http://x/y.js", "c:\\x"}) {
    BOOST_TEST(required(tree, "app/m.js", odd) != "", odd);
    BOOST_TEST(required(tree, "app/m.js", odd).starts_with("ERR_"), odd);
  }
}

}  // namespace
}  // namespace runtime::loader
