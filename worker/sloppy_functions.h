#pragma once
// What functions of sloppy mode tell of those that call them.
#include <v8.h>

namespace runtime::worker {

// From here on `caller` and `arguments` of every function of sloppy mode are null: a module that is called by another's
// could else take the other's functions and what they were called with, `require` among it. V8 has no switch for it;
// the getters of the two properties, which all such functions share, are replaced. Ends the process where they are not
// found or it did not help. In the zygote, once.
void hideCallers(v8::Local<v8::Context> context);

}  // namespace runtime::worker
