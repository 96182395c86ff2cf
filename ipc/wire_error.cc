#include "ipc/wire_error.h"

#include <errno.h>
#include <string.h>

#include <array>

namespace runtime::ipc {
namespace {

// The description of the exception: the mark, then six fields that each end in a unit separator. Separators within a
// field are replaced, so that a guest path cannot forge a field.
constexpr std::string_view kMark = "secure-runtime-error:";
constexpr char kSeparator = '\x1f';

void append(std::string& text, std::string_view field) {
  for (const char c : field) text += c == kSeparator || c == '\0' ? '?' : c;
  text += kSeparator;
}

}  // namespace

std::string_view errnoName(int error) {
  const char* name = strerrorname_np(error);
  return name == nullptr ? std::string_view("EIO") : std::string_view(name);
}

WireError fromErrno(int error, std::string resource) {
  return WireError{std::string(errnoName(error)), "", "", std::move(resource), ""};
}

kj::Exception toException(const WireError& error) {
  std::string text(kMark);
  append(text, error.code);
  append(text, error.capability);
  append(text, error.right);
  append(text, error.resource);
  append(text, error.message);
  append(text, error.reason);
  return kj::Exception(kj::Exception::Type::FAILED, "", 0, kj::heapString(text.data(), text.size()));
}

std::optional<WireError> fromException(const kj::Exception& exception) {
  std::string_view text(exception.getDescription().begin(), exception.getDescription().size());
  const size_t mark = text.find(kMark);  // the RPC system puts words of its own before it
  if (mark == std::string_view::npos) return std::nullopt;
  text.remove_prefix(mark + kMark.size());
  std::array<std::string, 6> fields;
  for (std::string& field : fields) {
    const size_t end = text.find(kSeparator);
    if (end == std::string_view::npos) return std::nullopt;
    field = text.substr(0, end);
    text.remove_prefix(end + 1);
  }
  return WireError{std::move(fields[0]), std::move(fields[1]), std::move(fields[2]),
                   std::move(fields[3]), std::move(fields[4]), std::move(fields[5])};
}

}  // namespace runtime::ipc
