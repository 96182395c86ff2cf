#include "supervisor/sha256.h"

#include "supervisor/file_integrity.h"

namespace runtime::supervisor {

std::string sha256Hex(std::string_view bytes) {
  Digest digest(loader::Integrity::Algorithm::kSha256);
  digest.add(bytes);
  return FileDigests{digest.finish(), {}}.sha256Hex();
}

}  // namespace runtime::supervisor
