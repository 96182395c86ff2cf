#include "capabilities/guest_path.h"

#include <utility>

namespace runtime::capabilities {

bool covers(std::string_view folder, std::string_view path) {
  if (folder == "/") return path.starts_with('/');
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

bool isStrictlyBeneath(std::string_view folder, std::string_view path) {
  return path != folder && covers(folder, path);
}

std::optional<std::string> relativeTo(std::string_view folder, std::string_view path) {
  if (!covers(folder, path)) return std::nullopt;
  if (folder == "/") return std::string(path.substr(1));
  return std::string(path.size() == folder.size() ? std::string_view() : path.substr(folder.size() + 1));
}

std::string join(std::string_view folder, std::string_view relative) { return extend(std::string(folder), relative); }

std::string extend(std::string folder, std::string_view relative) {
  if (relative.empty()) return folder;
  if (!folder.empty() && !folder.ends_with('/')) folder += '/';
  folder += relative;
  return folder;
}

std::vector<std::string_view> components(std::string_view path) {
  std::vector<std::string_view> list;
  for (size_t begin = 0; begin < path.size();) {
    size_t end = path.find('/', begin);
    if (end == std::string_view::npos) end = path.size();
    const auto component = path.substr(begin, end - begin);
    if (!component.empty() && component != ".") list.push_back(component);
    begin = end + 1;
  }
  return list;
}

std::string lexicallyNormal(std::string_view relative) {
  std::vector<std::string_view> kept;
  for (const auto component : components(relative)) {
    if (component != "..") {
      kept.push_back(component);
    } else if (!kept.empty()) {
      kept.pop_back();
    }
  }
  std::string path;
  for (const auto component : kept) path = extend(std::move(path), component);
  return path;
}

}  // namespace runtime::capabilities
