#include "supervisor/file_integrity.h"

#include <openssl/evp.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace runtime::supervisor {

using Algorithm = loader::Integrity::Algorithm;

struct Digest::State {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

namespace {

void require(int done) {
  if (done != 1) throw std::runtime_error("a hash function is not available");
}

}  // namespace

Digest::Digest(Algorithm algorithm) : state_(std::make_unique<State>()) {
  const EVP_MD* function = algorithm == Algorithm::kSha256 ? EVP_sha256() : EVP_sha384();
  require(state_->context != nullptr ? EVP_DigestInit_ex(state_->context.get(), function, nullptr) : 0);
}

Digest::~Digest() = default;
Digest::Digest(Digest&&) noexcept = default;

void Digest::add(std::string_view bytes) {
  require(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()));
}

std::string Digest::finish() {
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  require(EVP_DigestFinal_ex(state_->context.get(), reinterpret_cast<unsigned char*>(digest.data()), &size));
  digest.resize(size);
  return digest;
}

std::string FileDigests::sha256Hex() const {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const char c : sha256) {
    hex += kDigits[static_cast<unsigned char>(c) >> 4];
    hex += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return hex;
}

FileIntegrity::Reading::Reading(bool withSha384) : sha256_(Algorithm::kSha256) {
  if (withSha384) sha384_.emplace(Algorithm::kSha384);
}

void FileIntegrity::Reading::add(std::string_view bytes) {
  sha256_.add(bytes);
  if (sha384_) sha384_->add(bytes);
}

FileDigests FileIntegrity::Reading::finish() { return {sha256_.finish(), sha384_ ? sha384_->finish() : std::string()}; }

FileIntegrity::FileIntegrity(std::multimap<std::string, loader::Integrity::Entry> rules, OnPassed onPassed)
    : rules_(std::move(rules)), onPassed_(std::move(onPassed)) {
  needsSha384_ =
      std::ranges::any_of(rules_, [](const auto& rule) { return rule.second.algorithm == Algorithm::kSha384; });
}

FileDigests FileIntegrity::of(std::string_view bytes) const {
  Reading reading = begin();
  reading.add(bytes);
  return reading.finish();
}

bool FileIntegrity::holds(const std::string& path, const FileDigests& digests) const {
  const auto [begin, end] = rules_.equal_range(path);
  return std::all_of(begin, end, [&](const auto& rule) {
    const loader::Integrity::Entry& entry = rule.second;
    return entry.algorithm == Algorithm::kSha256 ? entry.digest == "sha256-" + loader::base64(digests.sha256)
                                                 : entry.digest == "sha384-" + loader::base64(digests.sha384);
  });
}

std::optional<std::string> FileIntegrity::refuse(const std::string& named, const std::string& real,
                                                 const FileDigests& digests) {
  if (!holds(named, digests) || !holds(real, digests)) {
    return "the file does not hold what `integrity` of the policy says";
  }
  const std::lock_guard lock(mutex_);
  if (const auto before = passed_.find(real); before != passed_.end()) {
    if (before->second == digests.sha256) return std::nullopt;
    return "the file is not what it was when this job loaded it";
  }
  if (passed_.size() >= kMaxFiles || pathBytes_ + real.size() > kMaxPathBytes) {
    return "this job has loaded too many files";
  }
  passed_.emplace(real, digests.sha256);
  pathBytes_ += real.size();
  if (onPassed_) onPassed_(real, digests);
  return std::nullopt;
}

}  // namespace runtime::supervisor
