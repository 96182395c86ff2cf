#pragma once
// internals.rpc: the calls of one extension's face.
#include <v8.h>

#include "worker/realm.h"

namespace runtime::worker {

// In the zygote. `face` lives as long as the process.
v8::Local<v8::Object> makeRpcObject(Realm& realm, Face& face);

}  // namespace runtime::worker
