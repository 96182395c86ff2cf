#include "supervisor/serve/strict_json.h"

#include <algorithm>
#include <format>
#include <set>
#include <vector>

namespace runtime::serve {
namespace {

// "body:LINE:COLUMN", in bytes from 1.
std::string placeOf(std::string_view body, size_t offset) {
  const std::string_view before = body.substr(0, offset);
  const auto line = std::ranges::count(before, '\n') + 1;
  const size_t start = before.rfind('\n');
  return std::format("body:{}:{}", line, before.size() - (start == std::string_view::npos ? 0 : start + 1) + 1);
}

struct Refused {
  std::string message;
};

}  // namespace

std::expected<Json, ApiFault> parseStrictJson(std::string_view body) {
  std::vector<std::set<std::string>> keys;
  const auto watch = [&keys](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > kMaxJsonDepth) throw Refused{"the body is nested too deep"};
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second) {
      throw Refused{"a key stands twice in one object of the body"};
    }
    return true;
  };
  try {
    return Json::parse(body, watch);
  } catch (const Refused& refused) {
    return std::unexpected(ApiFault{400, "bad-json", refused.message, "", {}});
  } catch (const Json::parse_error& error) {
    const size_t at = std::min(error.byte == 0 ? 0 : error.byte - 1, body.size());
    return std::unexpected(
        ApiFault{400,
                 "bad-json",
                 body.empty() ? "the body is empty: send a JSON object" : "the body is not JSON in UTF-8 from here on",
                 placeOf(body, at),
                 {}});
  } catch (const Json::exception&) {  // a number that no double holds
    return std::unexpected(ApiFault{400, "bad-json", "the body holds a number that is out of range", "", {}});
  }
}

std::string dumped(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace runtime::serve
