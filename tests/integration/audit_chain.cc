#include "tests/integration/audit_chain.h"

#include <openssl/evp.h>

#include <array>
#include <format>
#include <fstream>

namespace runtime::integration {
namespace {

std::string sha256(const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::string out;
  for (unsigned int at = 0; at < size; ++at) out += std::format("{:02x}", digest[at]);
  return out;
}

// The line as it was before its last member, `"hash":"..."`, was added; empty where it does not end with one.
std::string withoutHash(const std::string& line, const std::string& hash) {
  const std::string member = std::format(",\"hash\":\"{}\"}}", hash);
  return line.ends_with(member) ? line.substr(0, line.size() - member.size()) + "}" : std::string();
}

}  // namespace

AuditLog readAuditLog(const std::filesystem::path& file) {
  AuditLog log;
  std::ifstream stream(file);
  if (!stream) log.faults.push_back("there is no audit log");
  std::string previous(64, '0');
  size_t number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    const Json record = Json::parse(line, nullptr, false);
    if (!record.is_object() || !record.contains("hash") || !record.contains("prev")) {
      log.faults.push_back(std::format("audit line {}: not a record: {}", number, line));
      return log;
    }
    const std::string hash = record["hash"];
    if (record["prev"] != previous)
      log.faults.push_back(std::format("audit line {}: prev is not the last hash", number));
    if (sha256(previous + withoutHash(line, hash)) != hash) {
      log.faults.push_back(std::format("audit line {}: the hash does not match", number));
    }
    previous = hash;
    log.records.push_back(record);
  }
  return log;
}

}  // namespace runtime::integration
