#pragma once
// What the service tells its operator: JSON lines on standard error, one for each event. Any thread.
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace runtime::serve {

enum class Level : bool { kInfo, kError };

// {"time":"...","level":"...","event":"...", and the fields}. Lines are written whole; where nobody reads them they are
// dropped, for the service waits for nobody.
void log(Level level, std::string_view event,
         std::initializer_list<std::pair<std::string_view, std::string>> fields = {});

}  // namespace runtime::serve
