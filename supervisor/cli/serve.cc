#include "supervisor/cli/serve.h"

#include <unistd.h>

#include "supervisor/cli/standard_streams.h"
#include "supervisor/serve/service.h"

namespace runtime::cli {

int serve(const ServeCommand& command) {
  serve::holdServiceSignals();
  const auto served = serve::serve(command.configuration, Options{});
  if (served) return 0;
  const serve::StartFault& fault = served.error();
  static_cast<void>(writeAll(STDERR_FILENO, policies::render(fault.diagnostics)));
  if (!fault.message.empty()) complain("secure-runtime: " + fault.message);
  return fault.exitCode;
}

}  // namespace runtime::cli
