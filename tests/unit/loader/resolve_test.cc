#include "loader/resolve.h"

#include <boost/test/unit_test.hpp>

#include <string>

namespace runtime::loader {
namespace {

const ExtensionSpecifiers kExtensions = {"runtime:fs", "node:fs", "fs", "fs/promises", "runtime:job"};

// "lib/b.mjs" for what resolves, the code for what does not.
std::string outcome(std::string_view referrer, std::string_view specifier, std::string_view type = "",
                    const ImportMap& imports = {}) {
  const auto resolved = resolve({referrer, specifier, type}, imports, kExtensions);
  return resolved ? resolved->name : resolved.error().code;
}

ImportMap mapOf(std::initializer_list<std::pair<std::string_view, std::string_view>> pairs) {
  ImportMap imports;
  for (const auto& [key, target] : pairs) {
    const auto added = imports.add(key, target);
    BOOST_REQUIRE_MESSAGE(added, (added ? "" : added.error()));
  }
  return imports;
}

BOOST_AUTO_TEST_CASE(relativePathsAreRelativeToTheReferrer) {
  BOOST_TEST(outcome("", "./main.mjs") == "main.mjs");
  BOOST_TEST(outcome("main.mjs", "./lib/a.mjs") == "lib/a.mjs");
  BOOST_TEST(outcome("lib/a.mjs", "./b.mjs") == "lib/b.mjs");
  BOOST_TEST(outcome("lib/a.mjs", "../c.mjs") == "c.mjs");
  BOOST_TEST(outcome("lib/deep/a.mjs", "../../c.js") == "c.js");
  BOOST_TEST(outcome("lib/a.mjs", "./../lib/./b.mjs") == "lib/b.mjs");
  BOOST_TEST(outcome("lib/a.mjs", ".//b.mjs") == "lib/b.mjs");
  BOOST_TEST(outcome("a.mjs", "./x/..//y/../z.mjs") == "z.mjs");
}

BOOST_AUTO_TEST_CASE(absolutePathsAndFileUrlsAreUnderRoot) {
  BOOST_TEST(outcome("lib/a.mjs", "/b.mjs") == "b.mjs");
  BOOST_TEST(outcome("lib/a.mjs", "/etc/b.mjs") == "etc/b.mjs");
  BOOST_TEST(outcome("lib/a.mjs", "file:///x/b.mjs") == "x/b.mjs");
  BOOST_TEST(outcome("lib/a.mjs", "FILE:///x/b.mjs") == "x/b.mjs");
  BOOST_TEST(outcome("lib/a.mjs", "file:/b.mjs") == "b.mjs");
  BOOST_TEST(outcome("lib/a.mjs", "file:b.mjs") == "b.mjs");
  BOOST_TEST(outcome("lib/a.mjs", "file://LocalHost/b.mjs") == "b.mjs");
  BOOST_TEST(outcome("lib/a.mjs", "file://host/b.mjs") == "ERR_INVALID_FILE_URL_HOST");
  BOOST_TEST(outcome("lib/a.mjs", "//host/b.mjs") == "ERR_INVALID_FILE_URL_HOST");
  BOOST_TEST(outcome("lib/a.mjs", "/\\host/b.mjs") == "ERR_INVALID_FILE_URL_HOST");
}

BOOST_AUTO_TEST_CASE(aClimbAboveRootIsAnErrorWhicheverWayItIsWritten) {
  for (const std::string_view specifier :
       {"../../b.mjs", "./../../lib/b.mjs", "/../b.mjs", "file:///../b.mjs", "..\\..\\b.mjs", "./..\\../b.mjs",
        "./%2e%2e/%2E%2E/b.mjs", "./.%2e/../b.mjs", "file:../b.mjs", "../\t../b.mjs", "../.\n./b.mjs"}) {
    // "..\" at the start is no path in Node either: a bare name.
    const std::string expected = specifier.starts_with("..\\") ? "ERR_MODULE_NOT_FOUND" : "ERR_MODULE_OUTSIDE_ROOT";
    BOOST_TEST(outcome("lib/a.mjs", specifier) == expected, specifier);
  }
}

BOOST_AUTO_TEST_CASE(percentEscapesAreDecodedOnce) {
  BOOST_TEST(outcome("a.mjs", "./a%20b.mjs") == "a b.mjs");
  BOOST_TEST(outcome("a.mjs", "./%61.mjs") == "a.mjs");
  BOOST_TEST(outcome("a.mjs", "./%2561.mjs") == "%61.mjs");
  BOOST_TEST(outcome("a.mjs", "./%252e%252e/b.mjs") == "%2e%2e/b.mjs");
  BOOST_TEST(outcome("a.mjs", "./%C3%A9.mjs") == "é.mjs");
  BOOST_TEST(outcome("a.mjs", "./é.mjs") == "é.mjs");
  BOOST_TEST(outcome("a.mjs", "./a%3Fb.mjs") == "a?b.mjs");
  for (const std::string_view specifier : {"./a%2Fb.mjs", "./a%2fb.mjs", "./a%5Cb.mjs", "./a%5cb.mjs", "./%00.mjs",
                                           "./%.mjs", "./%4", "./%zz.mjs", "./%ff.mjs", "./%C3.mjs"}) {
    BOOST_TEST(outcome("a.mjs", specifier) == "ERR_INVALID_MODULE_SPECIFIER", specifier);
  }
}

BOOST_AUTO_TEST_CASE(queriesAndFragmentsDoNotMakeAnotherModule) {
  BOOST_TEST(outcome("a.mjs", "./b.mjs?x=../../y") == "b.mjs");
  BOOST_TEST(outcome("a.mjs", "./b.mjs#x") == "b.mjs");
  BOOST_TEST(outcome("a.mjs", "./b.mjs#?x") == "b.mjs");
  BOOST_TEST(outcome("lib/a.mjs", "file:///b.mjs?%zz") == "b.mjs");
}

BOOST_AUTO_TEST_CASE(malformedSpecifiers) {
  using namespace std::string_literals;
  BOOST_TEST(outcome("a.mjs", "") == "ERR_INVALID_MODULE_SPECIFIER");
  BOOST_TEST(outcome("a.mjs", "./a\0.mjs"s) == "ERR_INVALID_MODULE_SPECIFIER");
  BOOST_TEST(outcome("a.mjs", "./\xff.mjs") == "ERR_INVALID_MODULE_SPECIFIER");
  BOOST_TEST(outcome("a.mjs", "./\xc0\xae\xc0\xae/b.mjs") == "ERR_INVALID_MODULE_SPECIFIER");
  BOOST_TEST(outcome("a.mjs", "./" + std::string(4090, 'a') + ".mjs") == std::string(4090, 'a') + ".mjs");
  BOOST_TEST(outcome("a.mjs", "./" + std::string(4091, 'a') + ".mjs") == "ERR_INVALID_MODULE_SPECIFIER");
}

BOOST_AUTO_TEST_CASE(foldersAreNoModules) {
  for (const std::string_view specifier : {".", "..", "./", "../", "/", "./x/", "./x/.", "./x/..", "file:///"}) {
    BOOST_TEST(outcome("lib/a.mjs", specifier) == "ERR_UNSUPPORTED_DIR_IMPORT", specifier);
  }
}

BOOST_AUTO_TEST_CASE(extensionsAreExactNames) {
  for (const std::string_view specifier : {"runtime:fs", "node:fs", "fs", "fs/promises"}) {
    const auto resolved = resolve({"a.mjs", specifier, ""}, {}, kExtensions);
    BOOST_REQUIRE(resolved);
    BOOST_TEST((resolved->format == Format::kExtension));
    BOOST_TEST(resolved->name == specifier);
  }
  BOOST_TEST(outcome("a.mjs", "fs", "json") == "ERR_IMPORT_ATTRIBUTE_TYPE_INCOMPATIBLE");
  BOOST_TEST(outcome("a.mjs", "node:child_process") == "ERR_UNKNOWN_BUILTIN_MODULE");
  BOOST_TEST(outcome("a.mjs", "runtime:nothing") == "ERR_UNKNOWN_BUILTIN_MODULE");
  BOOST_TEST(outcome("a.mjs", "./fs.mjs") == "fs.mjs");
}

BOOST_AUTO_TEST_CASE(otherSchemesAndBareNamesDoNotLoad) {
  for (const std::string_view specifier :
       {"data:text/javascript,1", "http://x/a.mjs", "https://x/a.mjs", "blob:x", "javascript:1", "c:\\a.mjs", "x:"}) {
    BOOST_TEST(outcome("a.mjs", specifier) == "ERR_UNSUPPORTED_ESM_URL_SCHEME", specifier);
  }
  for (const std::string_view specifier : {"marked", "@a/b", "lib/b.mjs", "#internal", "...", "a b", "\\x", "%66s"}) {
    BOOST_TEST(outcome("a.mjs", specifier) == "ERR_MODULE_NOT_FOUND", specifier);
  }
  const auto missing = resolve({"lib/a.mjs", "marked", ""}, {}, kExtensions);
  BOOST_TEST(missing.error().resource == "marked");
  BOOST_TEST(missing.error().message.contains("'marked' imported from /lib/a.mjs"));
}

BOOST_AUTO_TEST_CASE(anErrorIsBounded) {
  const auto error = resolve({"a.mjs", std::string(4000, 'a'), ""}, {}, kExtensions).error();
  BOOST_TEST(error.resource.size() <= 200u);
  BOOST_TEST(error.message.size() < 400u);
}

BOOST_AUTO_TEST_CASE(formatsComeFromTheNameAndTheAttribute) {
  const auto format = [](std::string_view path, std::string_view type = "") {
    const auto found = formatOf(path, type);
    return found ? std::to_string(static_cast<int>(*found)) : found.error().code;
  };
  BOOST_TEST(format("a.mjs") == "0");
  BOOST_TEST(format("a.js") == "5");
  BOOST_TEST(format("a.json", "json") == "1");
  BOOST_TEST(format("a.wasm") == "2");
  BOOST_TEST(format("a.cjs") == "3");
  BOOST_TEST(format("a.json") == "ERR_IMPORT_ATTRIBUTE_MISSING");
  BOOST_TEST(format("a.mjs", "json") == "ERR_IMPORT_ATTRIBUTE_TYPE_INCOMPATIBLE");
  BOOST_TEST(format("a.mjs", "css") == "ERR_IMPORT_ATTRIBUTE_UNSUPPORTED");
  for (const std::string_view path : {"a", "a.ts", "a.MJS", "a.mjs.txt", ".mjs", "lib.mjs/a", "lib/.json", "a."}) {
    BOOST_TEST(format(path) == "ERR_UNKNOWN_FILE_EXTENSION", path);
  }
}

BOOST_AUTO_TEST_CASE(importMapsMapExactNamesAndPrefixes) {
  const ImportMap imports = mapOf({{"marked", "./node_modules/marked/lib/marked.esm.js"},
                                   {"lib/", "./vendor/lib/"},
                                   {"lib/deep/", "./deep/"},
                                   {"lib/one.mjs", "./one.mjs"},
                                   {"./old.mjs", "./new.mjs"},
                                   {"/folder/", "./elsewhere/"},
                                   {"https://x/y.mjs", "./y.mjs"},
                                   {"fs", "./fs-shim.mjs"},
                                   {"all/", "./"}});
  const auto mapped = [&](std::string_view referrer, std::string_view specifier) {
    return outcome(referrer, specifier, "", imports);
  };
  BOOST_TEST(mapped("a.mjs", "marked") == "node_modules/marked/lib/marked.esm.js");
  BOOST_TEST(mapped("a.mjs", "marked/x.mjs") == "ERR_MODULE_NOT_FOUND");
  BOOST_TEST(mapped("a.mjs", "lib/x.mjs") == "vendor/lib/x.mjs");
  BOOST_TEST(mapped("a.mjs", "lib/deep/x.mjs") == "deep/x.mjs");
  BOOST_TEST(mapped("a.mjs", "lib/one.mjs") == "one.mjs");
  BOOST_TEST(mapped("a.mjs", "all/x.mjs") == "x.mjs");
  BOOST_TEST(mapped("a.mjs", "./old.mjs") == "new.mjs");
  BOOST_TEST(mapped("lib/a.mjs", "../old.mjs") == "new.mjs");
  BOOST_TEST(mapped("lib/a.mjs", "./old.mjs") == "lib/old.mjs");
  BOOST_TEST(mapped("a.mjs", "file:///%6fld.mjs?x") == "new.mjs");
  BOOST_TEST(mapped("a.mjs", "./folder/a b.mjs") == "elsewhere/a b.mjs");
  BOOST_TEST(mapped("a.mjs", "./folder/%25.mjs") == "elsewhere/%.mjs");
  BOOST_TEST(mapped("a.mjs", "./folder/../b.mjs") == "b.mjs");
  BOOST_TEST(mapped("a.mjs", "https://x/y.mjs") == "y.mjs");
  BOOST_TEST(mapped("a.mjs", "fs") == "fs-shim.mjs");
  BOOST_TEST(mapped("a.mjs", "node:fs") == "node:fs");
  BOOST_TEST(mapped("a.mjs", "lib/") == "ERR_UNSUPPORTED_DIR_IMPORT");
  BOOST_TEST(mapped("a.mjs", "lib/x/") == "ERR_UNSUPPORTED_DIR_IMPORT");
  for (const std::string_view specifier : {"lib/../x.mjs", "lib/../../x.mjs", "lib/a/../../libx/x.mjs",
                                           "lib/%2e%2e/x.mjs", "all/../x.mjs", "lib/a%2fb.mjs", "lib/..\\x.mjs"}) {
    BOOST_TEST(mapped("a.mjs", specifier) == "ERR_INVALID_MODULE_SPECIFIER", specifier);
  }
}

BOOST_AUTO_TEST_CASE(scopesGoFirstForTheirModules) {
  ImportMap imports = mapOf({{"a", "./a.mjs"}, {"b", "./b.mjs"}, {"lib/", "./lib/"}});
  ImportMap& outer = **imports.addScope("./vendor/");
  BOOST_REQUIRE(outer.add("a", "./vendor/a.mjs"));
  BOOST_REQUIRE(outer.add("lib/", "./vendor/lib/"));
  BOOST_REQUIRE(outer.add("./vendor/own.mjs", "./other.mjs"));
  BOOST_REQUIRE((*imports.addScope("./vendor/inner/"))->add("a", "./inner.mjs"));
  BOOST_REQUIRE((*imports.addScope("./one.mjs"))->add("fs", "./fs-shim.mjs"));
  const auto mapped = [&](std::string_view referrer, std::string_view specifier) {
    return outcome(referrer, specifier, "", imports);
  };
  BOOST_TEST(mapped("x.mjs", "a") == "a.mjs");
  BOOST_TEST(mapped("vendorx/x.mjs", "a") == "a.mjs");
  BOOST_TEST(mapped("vendor/x.mjs", "a") == "vendor/a.mjs");
  BOOST_TEST(mapped("vendor/x.mjs", "b") == "b.mjs");
  BOOST_TEST(mapped("vendor/inner/x.mjs", "a") == "inner.mjs");
  BOOST_TEST(mapped("vendor/inner/x.mjs", "lib/c.mjs") == "vendor/lib/c.mjs");
  BOOST_TEST(mapped("vendor/inner/x.mjs", "../own.mjs") == "other.mjs");
  BOOST_TEST(mapped("x.mjs", "./vendor/own.mjs") == "vendor/own.mjs");
  BOOST_TEST(mapped("vendor/x.mjs", "lib/../a.mjs") == "ERR_INVALID_MODULE_SPECIFIER");
  BOOST_TEST(mapped("one.mjs", "fs") == "fs-shim.mjs");
  BOOST_TEST(mapped("lib/one.mjs", "fs") == "fs");
  BOOST_TEST(mapped("one.mjs/x.mjs", "fs") == "fs");
  BOOST_TEST(mapped("", "a") == "a.mjs");
  for (const std::string_view key :
       {"vendor/", "/vendor/", "./../x/", "./vendor", "./a%2fb/", "./x/?", "", "https://x/", "./vendor/"}) {
    BOOST_TEST((imports.addScope(key).has_value() == (key == "./vendor")), key);
  }
  // The root itself is a scope of all.
  BOOST_REQUIRE((*imports.addScope("./"))->add("b", "./of-all.mjs"));
  BOOST_TEST(mapped("x.mjs", "b") == "of-all.mjs");
}

BOOST_AUTO_TEST_CASE(importMapsRefuseWhatCannotBeMeant) {
  const auto fault = [](std::string_view key, std::string_view target) {
    ImportMap imports;
    const auto added = imports.add(key, target);
    return added ? std::string() : added.error();
  };
  BOOST_TEST(fault("a", "./a.mjs").empty());
  BOOST_TEST(fault("a", "a.mjs").contains("start with \"./\""));
  BOOST_TEST(fault("a", "/a.mjs").contains("start with \"./\""));
  BOOST_TEST(fault("a", "https://x/a.mjs").contains("start with \"./\""));
  BOOST_TEST(fault("a", "./../a.mjs").contains("out of modules.root"));
  BOOST_TEST(fault("a", "./x/%2e%2e/../a.mjs").contains("out of modules.root"));
  BOOST_TEST(fault("a", "./a%2fb.mjs").contains("encoded slash"));
  BOOST_TEST(fault("a", "./%zz.mjs").contains("escape"));
  BOOST_TEST(fault("a", "./a.mjs?x").contains("percent-encoded"));
  BOOST_TEST(fault("a/", "./a").contains("its target must too"));
  BOOST_TEST(fault("a", "./a/").contains("its name must too"));
  BOOST_TEST(fault("a", "./a/..").contains("folder"));
  BOOST_TEST(fault("", "./a.mjs").contains("empty"));
  BOOST_TEST(fault("../a.mjs", "./a.mjs").contains("out of modules.root"));
  ImportMap imports = mapOf({{"./a.mjs", "./b.mjs"}});
  BOOST_TEST(!imports.add("/a.mjs", "./c.mjs").has_value());
  BOOST_TEST(imports.entries().size() == 1u);
}

BOOST_AUTO_TEST_CASE(urlsAreWrittenAsNodeDoes) {
  BOOST_TEST(urlOf("lib/a.mjs") == "file:///lib/a.mjs");
  BOOST_TEST(urlOf("a b#?%\\.mjs") == "file:///a%20b%23%3F%25%5C.mjs");
  BOOST_TEST(urlOf("é.mjs") == "file:///%C3%A9.mjs");
  BOOST_TEST(urlOf("@scope/x~$&'()*+,;=:!.mjs") == "file:///@scope/x~$&'()*+,;=:!.mjs");
}

// Whatever is written, what resolves is a normal path beneath root.
BOOST_AUTO_TEST_CASE(noSpecifierLeavesRoot) {
  static constexpr std::string_view kPieces[] = {"..", ".", "/",  "a",     "%2e", "%2f",  "\\", "lib", "?",
                                                 "#",  " ", "\t", "file:", "//",  ".mjs", "%",  "%25", "lib/"};
  const ImportMap imports = mapOf({{"lib/", "./lib/"}, {"a", "./a.mjs"}, {"/a/", "./"}});
  uint64_t state = 1;
  size_t resolvedCount = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string specifier;
    for (int i = 0; i < 7; ++i) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      specifier += kPieces[(state >> 33) % std::size(kPieces)];
    }
    specifier += ".mjs";
    const auto resolved = resolve({"lib/x/a.mjs", specifier, ""}, imports, kExtensions);
    if (!resolved) continue;
    ++resolvedCount;
    const std::string guarded = "/" + resolved->name + "/";
    BOOST_REQUIRE_MESSAGE(!guarded.contains("//") && !guarded.contains("/../") && !guarded.contains("/./"),
                          specifier + " -> " + resolved->name);
  }
  BOOST_TEST(resolvedCount > 1000u);
}

}  // namespace
}  // namespace runtime::loader
