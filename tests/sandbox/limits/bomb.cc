#include "tests/sandbox/limits/bomb.h"

#include <algorithm>
#include <format>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

namespace runtime::tests {
namespace {

std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

// The lines "// key: value" before the first that is none.
std::map<std::string, std::string> readHead(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::map<std::string, std::string> head{{"verdict", ""}, {"prints", ""},  {"memory", "32MiB"},
                                          {"jit", "true"}, {"wall", "60s"}, {"cpu", "60s"},
                                          {"output", ""},  {"eval", ""},    {"long", ""}};
  for (std::string line; std::getline(in, line) && line.starts_with("// ");) {
    const size_t colon = line.find(": ");
    const auto key = head.find(line.substr(3, colon - 3));
    if (colon == std::string::npos || key == head.end()) continue;  // prose
    key->second = line.substr(colon + 2);
  }
  return head;
}

Bomb read(const std::filesystem::path& file) {
  auto head = readHead(file);
  Bomb bomb;
  bomb.file = file;
  bomb.kind = file.parent_path().filename();
  bomb.name = bomb.kind + "/" + file.stem().string();
  bomb.verdict = head["verdict"];
  for (const std::string& line : words(head["prints"])) bomb.prints += line + "\n";
  bomb.output = head["output"];
  bomb.onlyLong = head["long"] == "only";
  bomb.eval = !head["eval"].empty();
  for (const std::string& memory : words(head["memory"])) {
    for (const std::string& jit : words(head["jit"])) {
      bomb.settings.push_back({memory, head["wall"], head["cpu"], jit});
    }
  }
  if (bomb.verdict.empty() || bomb.settings.empty()) throw std::runtime_error(file.string() + ": no verdict");
  return bomb;
}

}  // namespace

Job Bomb::job(const Setting& setting, const std::filesystem::path& data) const {
  std::string policy =
      std::format("version = 1\n[modules]\nroot = \"{}\"\n[limits]\nmemory = \"{}\"\nwall = \"{}\"\ncpu = \"{}\"\n",
                  file.parent_path().string(), setting.memory, setting.wall, setting.cpu);
  if (!output.empty()) policy += std::format("output = \"{}\"\n", output);
  policy += std::format("[engine]\njit = {}\n", setting.jit);
  if (eval) policy += "eval = true\n";
  policy +=
      std::format("[[grant]]\nto = \"**\"\nfs = [{{ path = \"{}\", at = \"/data\", rights = [\"read\", \"list\"] }}]\n",
                  data.string());
  Job made;
  made.policy = PolicyText{policy, file.parent_path()};
  made.entry = file;
  return made;
}

std::vector<Bomb> readBombs(const std::filesystem::path& folder) {
  std::vector<Bomb> bombs;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".mjs") bombs.push_back(read(entry.path()));
  }
  std::ranges::sort(bombs, {}, &Bomb::name);
  if (bombs.empty()) throw std::runtime_error(folder.string() + ": no bombs");
  return bombs;
}

}  // namespace runtime::tests
