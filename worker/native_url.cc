// URL by ada. `components` is a Uint32Array(9), see README.md.
#include <ada.h>

#include <cstring>
#include <string>

#include "worker/natives.h"
#include "worker/strings.h"

namespace runtime::worker {
namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

std::string textOf(Realm& realm, v8::Local<v8::Value> value) {
  return value->IsString() ? toUtf8(realm.isolate, value.As<v8::String>()) : std::string();
}

void give(Realm& realm, const Info& info, const ada::url_aggregator& url, v8::Local<v8::Value> to) {
  if (!to->IsUint32Array() || to.As<v8::Uint32Array>()->Length() < 9) {
    return throwTypeError(realm.isolate, "components are a Uint32Array(9)");
  }
  const ada::url_components& parts = url.get_components();
  const uint32_t values[] = {parts.protocol_end, parts.username_end, parts.host_start,
                             parts.host_end,     parts.port,         parts.pathname_start,
                             parts.search_start, parts.hash_start,   static_cast<uint32_t>(url.type)};
  v8::Local<v8::Uint32Array> array = to.As<v8::Uint32Array>();
  std::memcpy(static_cast<char*>(array->Buffer()->Data()) + array->ByteOffset(), values, sizeof values);
  v8::Local<v8::String> href;
  if (toV8(realm.isolate, url.get_href()).ToLocal(&href)) info.GetReturnValue().Set(href);
}

ada::result<ada::url_aggregator> parse(Realm& realm, v8::Local<v8::Value> input, v8::Local<v8::Value> base) {
  const std::string text = textOf(realm, input);
  if (!base->IsString()) return ada::parse<ada::url_aggregator>(text);
  auto parsed = ada::parse<ada::url_aggregator>(textOf(realm, base));
  if (!parsed) return parsed;
  return ada::parse<ada::url_aggregator>(text, &*parsed);
}

void urlParse(Realm& realm, const Info& info) {
  if (const auto url = parse(realm, info[0], info[1])) give(realm, info, *url, info[2]);
}

void urlCanParse(Realm& realm, const Info& info) {
  info.GetReturnValue().Set(parse(realm, info[0], info[1]).has_value());
}

void urlUpdate(Realm& realm, const Info& info) {
  auto url = ada::parse<ada::url_aggregator>(textOf(realm, info[0]));
  if (!url || !info[1]->IsUint32()) return;
  const std::string value = textOf(realm, info[2]);
  bool accepted = true;
  switch (info[1].As<v8::Uint32>()->Value()) {
    case 0:
      accepted = url->set_href(value);
      break;
    case 1:
      url->set_hash(value);
      break;
    case 2:
      accepted = url->set_port(value);
      break;
    case 3:
      accepted = url->set_host(value);
      break;
    case 4:
      accepted = url->set_hostname(value);
      break;
    case 5:
      accepted = url->set_pathname(value);
      break;
    case 6:
      url->set_search(value);
      break;
    case 7:
      accepted = url->set_protocol(value);
      break;
    case 8:
      accepted = url->set_username(value);
      break;
    case 9:
      accepted = url->set_password(value);
      break;
    default:
      return throwTypeError(realm.isolate, "no such field of a URL");
  }
  if (accepted) give(realm, info, *url, info[3]);
}

}  // namespace

void addUrlNatives(Realm& realm, v8::Local<v8::Object> object) {
  define(realm, object, "urlParse", native<urlParse>);
  define(realm, object, "urlCanParse", native<urlCanParse>);
  define(realm, object, "urlUpdate", native<urlUpdate>);
}

}  // namespace runtime::worker
