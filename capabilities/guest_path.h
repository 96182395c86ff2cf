#pragma once
// Text of paths: whole components, joined and compared. Paths are absolute and normal ("/" or no slash at the end)
// unless said otherwise. Pure; any thread.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runtime::capabilities {

// `path` is `folder` or beneath it.
bool covers(std::string_view folder, std::string_view path);
// `path` is beneath `folder` and not `folder` itself.
bool isStrictlyBeneath(std::string_view folder, std::string_view path);
// What of `path` comes after `folder`, without a slash at its start: "" for `folder` itself. Nothing where `folder`
// does not cover it.
std::optional<std::string> relativeTo(std::string_view folder, std::string_view path);
// `relative` beneath `folder`; `folder` where it is empty.
std::string join(std::string_view folder, std::string_view relative);
// join() of a path that is given up: a path is built from its components in linear time.
std::string extend(std::string folder, std::string_view relative);
// The components of a path in any form; "." and empty ones dropped, ".." kept.
std::vector<std::string_view> components(std::string_view path);
// With each ".." and the component before it taken out, as text: what comes after "/" or nothing.
std::string lexicallyNormal(std::string_view relative);

}  // namespace runtime::capabilities
