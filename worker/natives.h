#pragma once
// internals.native, by subject: what only C++ can do for the runtime's JavaScript. README.md states each function. In
// the zygote; the functions act in the worker.
#include <v8.h>

#include "worker/realm.h"

namespace runtime::worker {

void addLoopNatives(Realm& realm, v8::Local<v8::Object> native);
void addEncodingNatives(Realm& realm, v8::Local<v8::Object> native);
void addUrlNatives(Realm& realm, v8::Local<v8::Object> native);
void addInspectNatives(Realm& realm, v8::Local<v8::Object> native);
void addCloneNatives(Realm& realm, v8::Local<v8::Object> native);

}  // namespace runtime::worker
