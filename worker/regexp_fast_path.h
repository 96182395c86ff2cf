#pragma once
// V8 takes the quick way through replace, split, match and search where the map of RegExp.prototype is the one that the
// context was made with. Freezing gives the prototype another, for good; text is then split a hundred times slower.
#include <v8.h>

namespace runtime::worker {

// While it lives, RegExp.prototype may be frozen; afterwards the frozen one is what V8 compares with. In the zygote, on
// the one thread, with no garbage collection under way. Where V8 keeps the map in another way than is known here,
// nothing is changed, and regular expressions are slow.
class RegExpFastPath {
 public:
  explicit RegExpFastPath(v8::Local<v8::Context> context);
  ~RegExpFastPath();
  RegExpFastPath(const RegExpFastPath&) = delete;
  RegExpFastPath& operator=(const RegExpFastPath&) = delete;

 private:
  v8::internal::Address* slot_ = nullptr;
  v8::Local<v8::Object> prototype_;
};

}  // namespace runtime::worker
