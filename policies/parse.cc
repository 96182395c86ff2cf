#include "policies/parse.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>

#include "policies/document.h"
#include "policies/host_path.h"
#include "policies/reader.h"
#include "policies/sections.h"
#include "policies/within.h"

namespace runtime::policies {
namespace {

using Faults = std::vector<Diagnostic>;

std::string sha256Of(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 cannot be computed");
  }
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex += kHex[digest[i] >> 4];
    hex += kHex[digest[i] & 15];
  }
  return hex;
}

// One file of a policy.
struct PolicyDocument : Document {
  PolicyDocument(std::string content, const std::string& name, Surroundings around)
      : Document(std::move(content), name), surroundings(std::move(around)) {}

  // False, with the fault among the diagnostics, where there is nothing to read sections of.
  bool parse(uint64_t mostBytes) { return Document::parse(mostBytes, "policy") && readVersion(table(), reader()); }

  Surroundings surroundings;
  std::string hostPath;  // absolute; empty where the text came from no file
};

constexpr std::string_view kSections[] = {"version", "include", "within", "limits",
                                          "engine",  "modules", "grant",  "deny"};

// `written`, in a file that the user named `includer`, as the user would name it.
std::string nameBeside(std::string_view includer, const std::string& written) {
  const size_t slash = includer.rfind('/');
  if (written.starts_with('/') || slash == includer.npos) return written;
  return std::string(includer.substr(0, slash + 1)) + written;
}

// Reads a policy file and what it includes. Each file is read once, whichever files include it.
class Assembly {
 public:
  // `ceilings`: how many policies this one stands above.
  explicit Assembly(PathNotation paths = PathNotation::kHost, uint64_t mostBytes = kMaxPolicyBytes, size_t ceilings = 0)
      : paths_(paths), mostBytes_(mostBytes), ceilings_(ceilings) {}

  // `name` is what the user calls the file; `instead` stands for what it holds.
  std::expected<Policy, Faults> ofFile(const std::string& path, const std::string& name,
                                       std::optional<std::string_view> instead = std::nullopt) {
    auto content = readRegularFile(path, mostBytes_, "policy");
    if (!content) return std::unexpected(wholeFile(name, content.error()));
    if (instead) content->text = *instead;
    const auto folder = folderOf(path);
    if (!folder) return std::unexpected(wholeFile(name, "its folder cannot be found: " + folder.error()));
    return read(add(*content, name, path, *folder), Files::kMayBeNamed);
  }

  std::expected<Policy, Faults> ofText(std::string_view text, const std::string& name, const std::string& baseFolder) {
    documents_.push_back(
        std::make_unique<PolicyDocument>(std::string(text), name, Surroundings{baseFolder, {}, paths_}));
    return read(*documents_.back(), Files::kMayNotBeNamed);
  }

 private:
  enum class Files : uint8_t { kMayBeNamed, kMayNotBeNamed };

  PolicyDocument& add(const FileContent& content, const std::string& name, const std::string& path,
                      const std::string& folder) {
    auto document = std::make_unique<PolicyDocument>(content.text, name, Surroundings{folder, {}, paths_});
    document->hostPath = (folder == "/" ? "" : folder) + "/" + path.substr(path.rfind('/') + 1);
    identities_.push_back(content.identity);
    documents_.push_back(std::move(document));
    return *documents_.back();
  }

  std::expected<Policy, Faults> read(PolicyDocument& main, Files files) {
    Policy policy;
    Faults below;  // what the ceiling has to say
    if (main.parse(mostBytes_)) {
      main.reader().checkKeys(main.table(), "a policy file", {std::begin(kSections), std::end(kSections)});
      include(main, files, 1);
      policy.limits = readLimits(main.table(), main.reader());
      policy.engine = readEngine(main.table(), main.reader());
      policy.modules = readModules(main.table(), main.surroundings, main.reader());
      std::vector<RulesOfFile> rules;
      for (const auto& document : documents_) {
        document->surroundings.policyFiles = identities_;
        rules.push_back({document->table(), document->surroundings, document->reader()});
      }
      readRules(rules, policy);
      below = putBelow(main, files, policy);
    }
    bool faulty = std::ranges::contains(below, Severity::kFault, &Diagnostic::severity);
    Faults diagnostics;
    for (const auto& document : documents_) {
      for (Diagnostic& diagnostic : document->sorted()) {
        faulty = faulty || diagnostic.severity == Severity::kFault;
        diagnostics.push_back(std::move(diagnostic));
      }
    }
    std::ranges::move(below, std::back_inserter(diagnostics));
    if (faulty) return std::unexpected(std::move(diagnostics));
    if (policy.modules.place.line == 0) policy.modules.place.file = main.fileName();
    policy.sha256 = sha256(policy);
    policy.warnings = std::move(diagnostics);
    std::vector<std::string> own;
    for (const auto& document : documents_) {
      if (!document->hostPath.empty()) own.push_back(document->hostPath);
    }
    policy.files.insert(policy.files.begin(), own.begin(), own.end());
    return policy;
  }

  // The files that `includer` names, and those that they name. Depth first.
  void include(PolicyDocument& includer, Files files, size_t depth) {
    const toml::node* node = includer.table().get("include");
    if (node == nullptr) return;
    if (files == Files::kMayNotBeNamed) {
      includer.reader().fault(*node, "a policy that is not a file of its own cannot include files");
      return;
    }
    includer.reader().eachText(
        *node, "include", Reader::Alone::kRefused, [&](const std::string& written, const toml::node& at) {
          if (includer.reader().full()) return;
          const auto refuse = [&](const std::string& why) { includer.reader().fault(at, quoted(written) + " " + why); };
          if (written.empty() || written.contains('\0')) return refuse("is no path of a policy file");
          if (depth >= kMaxIncludeDepth)
            return refuse("is included too deep: at most 8 files may include each other in a row");
          const auto path = absoluteHostPath(includer.surroundings.baseFolder, written);
          if (!path) return refuse("cannot be found: " + path.error());
          const auto content = readRegularFile(*path, mostBytes_, "policy");
          if (!content) return refuse(content.error());
          if (std::ranges::contains(open_, content->identity) || content->identity == identities_.front()) {
            return refuse("includes this file: remove one of the two");
          }
          if (std::ranges::contains(identities_, content->identity)) return;
          if (documents_.size() >= kMaxPolicyFiles) return refuse("is one file too many: a policy has at most 64");
          const auto folder = folderOf(*path);
          if (!folder) return refuse("is in a folder that cannot be found: " + folder.error());
          PolicyDocument& included = add(*content, nameBeside(includer.fileName(), written), *path, *folder);
          if (!included.parse(mostBytes_)) return;
          included.reader().checkKeys(included.table(), "a policy file", {std::begin(kSections), std::end(kSections)});
          for (const std::string_view section : {"limits", "engine", "modules", "within"}) {
            if (const toml::node* given = included.table().get(section)) {
              included.reader().fault(*given, quoted(section) +
                                                  " does not belong in an included file, which adds rules only: "
                                                  "write it in the policy that includes it");
            }
          }
          open_.push_back(content->identity);
          include(included, files, depth + 1);
          open_.pop_back();
        });
  }

  // Of the one file, or of the digests of all.
  std::string sha256(const Policy& policy) const {
    if (documents_.size() == 1 && policy.within == nullptr) return sha256Of(documents_.front()->text());
    std::string digests;
    for (const auto& document : documents_) digests += sha256Of(document->text()) + "\n";
    if (policy.within != nullptr) digests += "within " + policy.within->sha256 + "\n";
    return sha256Of(digests);
  }

  // Puts the policy under the ceiling it names. What comes of it, and of reading the ceiling.
  Faults putBelow(PolicyDocument& main, Files files, Policy& policy) {
    const toml::node* node = main.table().get("within");
    if (node == nullptr) return {};
    const auto written = main.reader().text(*node, "within");
    if (!written) return {};
    const auto refuse = [&](const std::string& why) {
      main.reader().fault(*node, quoted(*written) + " " + why);
      return Faults();
    };
    if (paths_ == PathNotation::kHostOrJob)
      return refuse(
          "cannot stand above a policy of the service, which is put beneath its tenant's ceiling: write there "
          "what it should bind");
    if (files == Files::kMayNotBeNamed)
      return refuse("is a file, and a policy that is not a file of its own names none");
    if (written->empty() || written->contains('\0')) return refuse("is no path of a policy file");
    if (ceilings_ >= kMaxCeilings)
      return refuse("is one ceiling too many: at most 4 may stand above each other, and none above itself");
    const auto path = absoluteHostPath(main.surroundings.baseFolder, *written);
    if (!path) return refuse("cannot be found: " + path.error());
    Assembly above(PathNotation::kHost, kMaxPolicyBytes, ceilings_ + 1);
    auto ceiling = above.ofFile(*path, nameBeside(main.fileName(), *written));
    if (!ceiling) return std::move(ceiling.error());
    if (std::ranges::any_of(identities_,
                            [&](const FileIdentity& own) { return std::ranges::contains(above.identities_, own); })) {
      return refuse("is this policy itself, or shares a file with it: a ceiling stands apart");
    }
    // The rest is not comparable where this policy has faults of its own.
    if (std::ranges::any_of(documents_, [](const auto& document) { return document->reader().faults() > 0; }))
      return {};
    auto warnings = std::move(ceiling->warnings);
    auto lost = putWithin(policy, *std::move(ceiling), main.reader().placeOf(*node));
    if (!lost) return {std::move(lost.error())};
    std::ranges::move(*lost, std::back_inserter(warnings));
    return warnings;
  }

  static constexpr size_t kMaxIncludeDepth = 8;
  static constexpr size_t kMaxPolicyFiles = 64;
  static constexpr size_t kMaxCeilings = 4;

  const PathNotation paths_;
  const uint64_t mostBytes_;
  const size_t ceilings_;

  std::vector<std::unique_ptr<PolicyDocument>> documents_;  // the policy itself first
  std::vector<FileIdentity> identities_;                    // of those that are files
  std::vector<FileIdentity> open_;                          // of those that are being read, without the policy itself
};

}  // namespace

std::expected<Policy, Faults> parseFile(const std::string& path) {
  if (path.empty() || path.contains('\0')) return std::unexpected(wholeFile(path, "is no path of a policy file"));
  return Assembly().ofFile(path, path);
}

std::expected<Policy, Faults> parseFileWith(const std::string& path, std::string_view text) {
  if (path.empty() || path.contains('\0')) return std::unexpected(wholeFile(path, "is no path of a policy file"));
  return Assembly().ofFile(path, path, text);
}

std::expected<Policy, Faults> parseText(std::string_view text, const std::string& fileName,
                                        const std::string& baseFolder) {
  return Assembly().ofText(text, fileName, baseFolder);
}

std::expected<Policy, Faults> parseJobText(std::string_view text, const std::string& name) {
  return Assembly(PathNotation::kJob, kMaxJobPolicyBytes).ofText(text, name, "/");
}

std::expected<Policy, Faults> parseNamedFile(const std::string& path, const std::string& name) {
  return Assembly(PathNotation::kHostOrJob).ofFile(path, name);
}

Policy emptyPolicy(const std::string& rootFolder) {
  Policy policy;
  policy.modules.root = rootFolder;
  policy.sha256 = sha256Of("");
  return policy;
}

}  // namespace runtime::policies
