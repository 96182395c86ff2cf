#pragma once
// `[modules] integrity` written into the text of a policy file, all else of which stays as it is, to the byte. Pure;
// any thread.
#include <expected>
#include <map>
#include <string>
#include <string_view>

namespace runtime::policies {

// What the text has, by path under root; what is no integrity of a file is left out.
std::map<std::string, std::string> integrityIn(std::string_view text);

// `text` is a policy that parses, but for its integrity; `digests` by path under root, as loader::Integrity has them,
// take the place of what the text has. The error is a sentence: the text has its modules, or its integrity, in a form
// that is not written to.
std::expected<std::string, std::string> withIntegrity(std::string_view text,
                                                      const std::map<std::string, std::string>& digests);

}  // namespace runtime::policies
