#pragma once
// Failures as JavaScript sees them, and JavaScript's as the supervisor is told. Worker and zygote.
#include <kj/exception.h>
#include <v8.h>

#include <string>

#include "worker/realm.h"

namespace runtime::worker {

// The error for a call that the door answered so: internals.makeError(wire, context), or a plain Error without that.
v8::Local<v8::Value> toError(Realm& realm, const kj::Exception& exception, v8::Local<v8::Value> context);

// Remembers on the exception of a syntax error what a person needs: file:line:column, the line, a caret.
void noteSourceLine(Realm& realm, const v8::TryCatch& caught);
// Makes "    at file:///main.mjs:1:8" the first frame of an error that has none.
void noteLocation(Realm& realm, v8::Local<v8::Value> error, const std::string& url, v8::Location location);

struct ExceptionText {
  std::string name;
  std::string message;
  std::string stack;
};
// Runs JavaScript (getters, the inspector); what that throws is passed over.
ExceptionText describe(Realm& realm, v8::Local<v8::Value> value);

}  // namespace runtime::worker
