#pragma once
// What binds a line of the log to the one before, and the form in which a line carries it: README.md. One thread at a
// time.
#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace runtime::audit {

// A secret that makes a log one that nobody without it can rewrite.
struct Key {
  std::string bytes;
};
inline constexpr size_t kLeastKeyBytes = 32;
inline constexpr size_t kMostKeyBytes = 4'096;
// All bytes of the file, as they are. The error is a sentence for a person.
std::expected<Key, std::string> readKey(const std::string& path);

inline constexpr size_t kDigits = 64;  // of a hash or mac, in lower-case hexadecimal
using Digits = std::array<char, kDigits>;
inline std::string_view view(const Digits& digits) { return {digits.data(), digits.size()}; }
// Before the first record.
inline constexpr std::string_view kNoHash = "0000000000000000000000000000000000000000000000000000000000000000";
bool isHash(std::string_view text);

// No line of ours is longer, its newline not counted: three texts of kMaxFieldBytes, six bytes for each at most.
inline constexpr size_t kMaxLineBytes = 128 << 10;

// The parts of a line that has the form. Views into it.
struct Framed {
  uint64_t seq = 0;
  std::string_view prev, mac, hash;  // no mac: empty
  std::string_view unsealed;         // up to and with `prev`
  std::string_view unhashed;         // up to and with `mac`, or `prev`
};
std::optional<Framed> frame(std::string_view line);

// How every line begins, as far as its sequence number: {"v":1,"seq":7,
std::string opening(uint64_t seq);
// Whether `text` could be the beginning of some line.
bool couldBegin(std::string_view text);

class Chain {
 public:
  explicit Chain(std::optional<Key> key = std::nullopt);
  ~Chain();
  Chain(Chain&&) noexcept;
  Chain& operator=(Chain&&) noexcept;

  bool hasKey() const;
  // Appends a line with its newline to `text` and makes `head` its hash.
  void append(std::string& text, uint64_t seq, std::string_view body, Digits& head);
  // Of a framed line, by what it says comes before it.
  Digits hashOf(const Framed& line);
  // The same of its mac. hasKey() only.
  Digits macOf(const Framed& line);
  // SHA-256 of anything.
  Digits digest(std::string_view bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace runtime::audit
