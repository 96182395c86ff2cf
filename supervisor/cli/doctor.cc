#include "supervisor/cli/doctor.h"

#include <unistd.h>

#include <algorithm>
#include <format>

#include "supervisor/cli/standard_streams.h"
#include "supervisor/result_json.h"
#include "supervisor/runtime.h"

namespace runtime::cli {
namespace {

constexpr int kExitUnconfined = 3;

std::string table(const std::vector<Layer>& layers) {
  size_t width = 0;
  for (const Layer& layer : layers) width = std::max(width, layer.name.size());
  std::string out;
  for (const Layer& layer : layers) {
    const std::string_view state = layer.available ? "yes" : layer.required ? "MISSING" : "no";
    out += std::format("{:<{}}  {:<8}  {:<7}  {}\n", layer.name, width, layer.required ? "required" : "optional", state,
                       layer.detail);
  }
  return out;
}

int print(std::string text, int exitCode) {
  const auto written = writeAll(STDOUT_FILENO, text);
  if (written) return exitCode;
  complainOfStdout(written.error());
  return exitCodeOfStdout(written.error());
}

}  // namespace

int doctor(const DoctorCommand& command) {
  const std::vector<Layer> layers = examineHost(Options{});
  const bool confined =
      !layers.empty() && std::ranges::all_of(layers, [](const Layer& l) { return l.available || !l.required; });
  std::string text = command.format == Format::kJson ? toJson(layers) + "\n" : table(layers);
  if (command.format == Format::kText) {
    text += confined ? "\nJobs can be confined on this host.\n"
                     : "\nA required layer is missing: nothing will be run on this host (exit code 3).\n";
  }
  return print(std::move(text), confined ? 0 : kExitUnconfined);
}

int printVersions() {
  const Versions found = versions(Options{});
  return print(std::format("secure-runtime {}\nV8 {}\nCap'n Proto {}\nlibseccomp {}\n", found.self, found.v8,
                           found.capnp, found.libseccomp),
               0);
}

}  // namespace runtime::cli
