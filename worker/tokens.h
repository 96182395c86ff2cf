#pragma once
// Tokens as JavaScript sees them: opaque, frozen objects without properties or prototype. The 128 bits stay here.
#include <v8.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace runtime::worker {

struct TokenBits {
  uint64_t high = 0;
  uint64_t low = 0;
};

class Tokens {
 public:
  // In the zygote.
  explicit Tokens(v8::Isolate* isolate);

  v8::Local<v8::Object> wrap(v8::Local<v8::Context> context, TokenBits bits);
  // Nothing for what wrap() did not make.
  std::optional<TokenBits> unwrap(v8::Local<v8::Value> value) const;

 private:
  v8::Isolate* isolate_;
  v8::Global<v8::FunctionTemplate> template_;
  // At most as many as the supervisor mints for one worker.
  std::vector<TokenBits> bits_;
};

}  // namespace runtime::worker
