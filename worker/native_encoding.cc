// TextEncoder, TextDecoder, base64. Strings are V8's; bytes are any Uint8Array, of any buffer.
#include <simdutf.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "worker/natives.h"
#include "worker/strings.h"

namespace runtime::worker {
namespace {

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_";

using Info = v8::FunctionCallbackInfo<v8::Value>;

// The bytes of a view. A small view has no buffer of its own until it is asked for one: those are copied here.
class Bytes {
 public:
  explicit Bytes(v8::Local<v8::Value> value) {
    if (!value->IsArrayBufferView()) return;
    v8::Local<v8::ArrayBufferView> view = value.As<v8::ArrayBufferView>();
    const v8::MemorySpan<uint8_t> span = view->GetContents({small_, sizeof small_});
    data_ = reinterpret_cast<const char*>(span.data());
    size_ = span.size();
    valid_ = true;
  }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;
  bool valid() const { return valid_; }
  const char* data() const { return data_; }
  size_t size() const { return size_; }

 private:
  uint8_t small_[64];
  const char* data_ = nullptr;
  size_t size_ = 0;
  bool valid_ = false;
};

void needBytes(Realm& realm) { throwTypeError(realm.isolate, "not a Uint8Array"); }
void needString(Realm& realm) { throwTypeError(realm.isolate, "not a string"); }

// Throws a RangeError where there is no memory for it.
v8::MaybeLocal<v8::Uint8Array> newBytes(Realm& realm, size_t size) {
  v8::Local<v8::ArrayBuffer> buffer;
  if (!v8::ArrayBuffer::MaybeNew(realm.isolate, size, v8::BackingStoreInitializationMode::kUninitialized)
           .ToLocal(&buffer)) {
    throwRangeError(realm.isolate, "Array buffer allocation failed");
    return {};
  }
  return v8::Uint8Array::New(buffer, 0, size);
}

char* start(v8::Local<v8::Uint8Array> array) { return static_cast<char*>(array->Buffer()->Data()); }

v8::MaybeLocal<v8::String> oneByte(Realm& realm, const char* data, size_t size) {
  if (size > static_cast<size_t>(v8::String::kMaxLength)) {
    throwRangeError(realm.isolate, "Invalid string length");
    return {};
  }
  return v8::String::NewFromOneByte(realm.isolate, reinterpret_cast<const uint8_t*>(data), v8::NewStringType::kNormal,
                                    static_cast<int>(size));
}

void giveString(const Info& info, v8::MaybeLocal<v8::String> string) {
  v8::Local<v8::String> result;
  if (string.ToLocal(&result)) info.GetReturnValue().Set(result);
}

void encodeUtf8(Realm& realm, const Info& info) {
  if (!info[0]->IsString()) return needString(realm);
  v8::Local<v8::String> string = info[0].As<v8::String>();
  const size_t size = string->Utf8LengthV2(realm.isolate);
  v8::Local<v8::Uint8Array> bytes;
  if (!newBytes(realm, size).ToLocal(&bytes)) return;
  if (size > 0) {
    string->WriteUtf8V2(realm.isolate, start(bytes), size, v8::String::WriteFlags::kReplaceInvalidUtf8);
  }
  info.GetReturnValue().Set(bytes);
}

void encodeUtf8Into(Realm& realm, const Info& info) {
  if (!info[0]->IsString()) return needString(realm);
  if (!info[1]->IsUint8Array() || !info[2]->IsUint32Array() || info[2].As<v8::Uint32Array>()->Length() < 2) {
    return needBytes(realm);
  }
  v8::Local<v8::Uint8Array> bytes = info[1].As<v8::Uint8Array>();
  size_t read = 0;
  const size_t written = bytes->ByteLength() == 0
                             ? 0
                             : info[0].As<v8::String>()->WriteUtf8V2(
                                   realm.isolate, start(bytes) + bytes->ByteOffset(), bytes->ByteLength(),
                                   v8::String::WriteFlags::kReplaceInvalidUtf8, &read);
  v8::Local<v8::Uint32Array> result = info[2].As<v8::Uint32Array>();
  const uint32_t counts[] = {static_cast<uint32_t>(read), static_cast<uint32_t>(written)};
  std::memcpy(static_cast<char*>(result->Buffer()->Data()) + result->ByteOffset(), counts, sizeof counts);
}

void decodeUtf8(Realm& realm, const Info& info) {
  const Bytes bytes(info[0]);
  if (!bytes.valid()) return needBytes(realm);
  if (simdutf::validate_ascii(bytes.data(), bytes.size())) {
    return giveString(info, oneByte(realm, bytes.data(), bytes.size()));
  }
  if (info[1]->IsTrue() && !simdutf::validate_utf8(bytes.data(), bytes.size())) return;
  giveString(info, toV8(realm.isolate, {bytes.data(), bytes.size()}));
}

void decodeLatin1(Realm& realm, const Info& info) {
  const Bytes bytes(info[0]);
  if (!bytes.valid()) return needBytes(realm);
  giveString(info, oneByte(realm, bytes.data(), bytes.size()));
}

void encodeLatin1(Realm& realm, const Info& info) {
  if (!info[0]->IsString()) return needString(realm);
  v8::Local<v8::String> string = info[0].As<v8::String>();
  const auto length = static_cast<uint32_t>(string->Length());
  v8::Local<v8::Uint8Array> bytes;
  if (!newBytes(realm, length).ToLocal(&bytes)) return;
  if (length > 0) string->WriteOneByteV2(realm.isolate, 0, length, reinterpret_cast<uint8_t*>(start(bytes)));
  info.GetReturnValue().Set(bytes);
}

void decodeUtf16(Realm& realm, const Info& info) {
  const Bytes bytes(info[0]);
  if (!bytes.valid()) return needBytes(realm);
  const size_t length = bytes.size() / 2;
  if (length > static_cast<size_t>(v8::String::kMaxLength)) {
    return throwRangeError(realm.isolate, "Invalid string length");
  }
  // A view may begin at an odd address.
  std::u16string units(length, u'\0');
  if (length > 0) std::memcpy(units.data(), bytes.data(), length * 2);
  giveString(info, v8::String::NewFromTwoByte(realm.isolate, reinterpret_cast<const uint16_t*>(units.data()),
                                              v8::NewStringType::kNormal, static_cast<int>(length)));
}

std::string latin1Of(Realm& realm, v8::Local<v8::String> string) {
  std::string text(static_cast<size_t>(string->Length()), '\0');
  string->WriteOneByteV2(realm.isolate, 0, static_cast<uint32_t>(text.size()), reinterpret_cast<uint8_t*>(text.data()));
  return text;
}

std::string toBase64(const char* data, size_t size, simdutf::base64_options options) {
  std::string text(simdutf::base64_length_from_binary(size, options), '\0');
  text.resize(simdutf::binary_to_base64(data, size, text.data(), options));
  return text;
}

void encodeBase64(Realm& realm, const Info& info) {
  const Bytes bytes(info[0]);
  if (!bytes.valid()) return needBytes(realm);
  const std::string text =
      toBase64(bytes.data(), bytes.size(), info[1]->IsTrue() ? simdutf::base64_url : simdutf::base64_default);
  giveString(info, oneByte(realm, text.data(), text.size()));
}

void decodeBase64(Realm& realm, const Info& info) {
  if (!info[0]->IsString()) return needString(realm);
  // What is beyond Latin-1 is foreign, but must not be taken for what its low byte is.
  std::string text = toUtf8(realm.isolate, info[0].As<v8::String>());
  text.resize(std::min(text.find('='), text.size()));
  std::erase_if(text, [](char c) { return std::string_view(kAlphabet).find(c) == std::string_view::npos; });
  if (text.size() % 4 == 1) text.pop_back();  // one letter is no byte
  std::string decoded(simdutf::maximal_binary_length_from_base64(text.data(), text.size()), '\0');
  const simdutf::result result =
      simdutf::base64_to_binary(text.data(), text.size(), decoded.data(), simdutf::base64_default_or_url);
  decoded.resize(result.error == simdutf::SUCCESS ? result.count : 0);
  v8::Local<v8::Uint8Array> bytes;
  if (!newBytes(realm, decoded.size()).ToLocal(&bytes)) return;
  if (!decoded.empty()) std::memcpy(start(bytes), decoded.data(), decoded.size());
  info.GetReturnValue().Set(bytes);
}

void atob(Realm& realm, const Info& info) {
  if (!info[0]->IsString()) return needString(realm);
  v8::Local<v8::String> string = info[0].As<v8::String>();
  if (!string->ContainsOnlyOneByte()) return;
  const std::string text = latin1Of(realm, string);
  std::string decoded(simdutf::maximal_binary_length_from_base64(text.data(), text.size()), '\0');
  const simdutf::result result = simdutf::base64_to_binary(text.data(), text.size(), decoded.data());
  if (result.error == simdutf::SUCCESS) giveString(info, oneByte(realm, decoded.data(), result.count));
}

void btoa(Realm& realm, const Info& info) {
  if (!info[0]->IsString()) return needString(realm);
  v8::Local<v8::String> string = info[0].As<v8::String>();
  if (!string->ContainsOnlyOneByte()) return;
  const std::string text = latin1Of(realm, string);
  const std::string encoded = toBase64(text.data(), text.size(), simdutf::base64_default);
  giveString(info, oneByte(realm, encoded.data(), encoded.size()));
}

}  // namespace

void addEncodingNatives(Realm& realm, v8::Local<v8::Object> object) {
  define(realm, object, "encodeUtf8", native<encodeUtf8>);
  define(realm, object, "encodeUtf8Into", native<encodeUtf8Into>);
  define(realm, object, "decodeUtf8", native<decodeUtf8>);
  define(realm, object, "decodeLatin1", native<decodeLatin1>);
  define(realm, object, "encodeLatin1", native<encodeLatin1>);
  define(realm, object, "decodeUtf16", native<decodeUtf16>);
  define(realm, object, "encodeBase64", native<encodeBase64>);
  define(realm, object, "decodeBase64", native<decodeBase64>);
  define(realm, object, "atob", native<atob>);
  define(realm, object, "btoa", native<btoa>);
}

}  // namespace runtime::worker
