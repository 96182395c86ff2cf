#include "supervisor/audit/chain.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "ipc/os/unique_fd.h"

namespace runtime::audit {
namespace {

constexpr std::string_view kOpening = R"({"v":1,"seq":)";
constexpr std::string_view kPrev = R"(,"prev":")";
constexpr std::string_view kMac = R"(,"mac":")";
constexpr std::string_view kHash = R"(,"hash":")";
constexpr std::string_view kEnd = "}";
constexpr size_t kDigestBytes = kDigits / 2;

void require(bool done) {
  if (!done) throw std::runtime_error("SHA-256 is not available");
}

Digits hex(const unsigned char* digest) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  Digits digits;
  for (size_t i = 0; i < kDigestBytes; ++i) {
    digits[2 * i] = kHex[digest[i] >> 4];
    digits[2 * i + 1] = kHex[digest[i] & 15];
  }
  return digits;
}

// Takes `,"name":"HASH"` off the end of `rest`; empty where it does not end so.
std::string_view takeMember(std::string_view& rest, std::string_view name) {
  const size_t size = name.size() + kDigits + 1;
  if (rest.size() < size) return {};
  const std::string_view member = rest.substr(rest.size() - size);
  if (!member.starts_with(name) || member.back() != '"') return {};
  const std::string_view digits = member.substr(name.size(), kDigits);
  if (!isHash(digits)) return {};
  rest.remove_suffix(size);
  return digits;
}

}  // namespace

std::expected<Key, std::string> readKey(const std::string& path) {
  const auto fault = [&](std::string_view what) { return std::unexpected(path + ": " + std::string(what)); };
  const os::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status;
  if (!file || ::fstat(file.get(), &status) != 0) {
    return fault(std::string("the audit key cannot be read: ") + ::strerror(errno));
  }
  if (!S_ISREG(status.st_mode)) return fault("the audit key is not a regular file");
  Key key;
  key.bytes.resize(kMostKeyBytes + 1);
  const ssize_t n = ::read(file.get(), key.bytes.data(), key.bytes.size());
  if (n < 0) return fault(std::string("the audit key cannot be read: ") + ::strerror(errno));
  key.bytes.resize(static_cast<size_t>(n));
  if (key.bytes.size() < kLeastKeyBytes || key.bytes.size() > kMostKeyBytes) {
    return fault("an audit key has 32 to 4,096 bytes; make one with: head -c 32 /dev/urandom > FILE");
  }
  return key;
}

bool isHash(std::string_view text) {
  return text.size() == kDigits &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::optional<Framed> frame(std::string_view line) {
  if (line.size() > kMaxLineBytes || !line.starts_with(kOpening) || !line.ends_with(kEnd)) return std::nullopt;
  Framed framed;
  const char* const number = line.data() + kOpening.size();
  const auto [end, error] = std::from_chars(number, line.data() + line.size(), framed.seq);
  if (error != std::errc() || *end != ',' || (*number == '0' && end != number + 1)) return std::nullopt;
  std::string_view rest = line.substr(0, line.size() - kEnd.size());
  framed.hash = takeMember(rest, kHash);
  framed.unhashed = rest;
  framed.mac = takeMember(rest, kMac);
  framed.unsealed = rest;
  framed.prev = takeMember(rest, kPrev);
  if (framed.hash.empty() || framed.prev.empty() || rest.data() + rest.size() < end) return std::nullopt;
  return framed;
}

std::string opening(uint64_t seq) { return std::string(kOpening) + std::to_string(seq) + ","; }

bool couldBegin(std::string_view text) {
  const size_t size = std::min(text.size(), kOpening.size());
  return text.substr(0, size) == kOpening.substr(0, size);
}

// An algorithm is looked up once, a context is used for all lines: with short lines both cost as much as the hash.
struct Chain::State {
  std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm{EVP_MD_fetch(nullptr, "SHA256", nullptr), EVP_MD_free};
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
  std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> keyed{nullptr, EVP_MAC_CTX_free};

  explicit State(const std::optional<Key>& key) {
    require(algorithm != nullptr && context != nullptr);
    if (!key) return;
    const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> hmac(EVP_MAC_fetch(nullptr, "HMAC", nullptr), EVP_MAC_free);
    require(hmac != nullptr);
    keyed.reset(EVP_MAC_CTX_new(hmac.get()));
    char name[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                                     OSSL_PARAM_construct_end()};
    require(keyed != nullptr && EVP_MAC_init(keyed.get(), reinterpret_cast<const unsigned char*>(key->bytes.data()),
                                             key->bytes.size(), parameters) == 1);
  }

  template <typename... Parts>
  Digits hash(Parts... parts) {
    unsigned char digest[kDigestBytes];
    require(EVP_DigestInit_ex2(context.get(), algorithm.get(), nullptr) == 1);
    (require(EVP_DigestUpdate(context.get(), parts.data(), parts.size()) == 1), ...);
    require(EVP_DigestFinal_ex(context.get(), digest, nullptr) == 1);
    return hex(digest);
  }

  template <typename... Parts>
  Digits mac(Parts... parts) {
    unsigned char digest[kDigestBytes];
    size_t size = 0;
    require(EVP_MAC_init(keyed.get(), nullptr, 0, nullptr) == 1);
    (require(EVP_MAC_update(keyed.get(), reinterpret_cast<const unsigned char*>(parts.data()), parts.size()) == 1),
     ...);
    require(EVP_MAC_final(keyed.get(), digest, &size, sizeof digest) == 1 && size == sizeof digest);
    return hex(digest);
  }
};

Chain::Chain(std::optional<Key> key) : state_(std::make_unique<State>(key)) {}
Chain::~Chain() = default;
Chain::Chain(Chain&&) noexcept = default;
Chain& Chain::operator=(Chain&&) noexcept = default;

bool Chain::hasKey() const { return state_->keyed != nullptr; }

void Chain::append(std::string& text, uint64_t seq, std::string_view body, Digits& head) {
  const size_t begin = text.size();
  text += opening(seq);
  text += body;
  const auto add = [&text](std::string_view name, const Digits& digits) {
    text += name;
    text += view(digits);
    text += '"';
  };
  add(kPrev, head);
  const auto line = [&] { return std::string_view(text).substr(begin); };
  if (hasKey()) add(kMac, state_->mac(view(head), line(), kEnd));
  const Digits hash = state_->hash(view(head), line(), kEnd);
  add(kHash, hash);
  text += kEnd;
  text += '\n';
  head = hash;
}

Digits Chain::hashOf(const Framed& line) { return state_->hash(line.prev, line.unhashed, kEnd); }

Digits Chain::macOf(const Framed& line) { return state_->mac(line.prev, line.unsealed, kEnd); }

Digits Chain::digest(std::string_view bytes) { return state_->hash(bytes); }

}  // namespace runtime::audit
