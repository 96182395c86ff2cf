#include "supervisor/cli/audit_timeline.h"

#include <boost/test/unit_test.hpp>

namespace runtime::cli {
namespace {

const std::string kHostile =
    "</title></style><script>alert(1)</script><img src=x onerror=alert(2)>\"'&\x1b[31m\n\xE2\x80\xAE";

audit::ReadRecord of(audit::Record record, uint64_t seq, uint64_t ms) {
  record.timeMs = 1'700'000'000'000 + ms;
  return {seq, std::move(record), {"1", 1, "abc"}};
}

audit::ReadRecord call(std::string module, std::string resource, uint64_t seq, uint64_t ms, bool allowed = true) {
  audit::Record record;
  record.module = std::move(module);
  record.capability = "fs";
  record.right = "read";
  record.resource = std::move(resource);
  record.allowed = allowed;
  return of(std::move(record), seq, ms);
}

size_t occurrences(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

BOOST_AUTO_TEST_CASE(a_timeline_marks_what_modules_did) {
  AuditTimeline timeline;
  timeline.add(of(audit::beginning("/main.mjs"), 0, 0));
  timeline.add(call("main.mjs", "/docs/a", 1, 10));
  timeline.add(call("lib/b.mjs", "/etc/passwd", 2, 50, false));
  timeline.add(of(audit::seal("exit"), 3, 100));
  const std::string page = timeline.page("log", std::nullopt);
  BOOST_TEST(page.contains("Run 1: /main.mjs"));
  BOOST_TEST(page.contains("100 ms, ended with exit"));
  BOOST_TEST(page.contains("refused: 1<"));
  BOOST_TEST(page.contains("<title>1 \xC3\x97\nfs read /docs/a</title>"));
  BOOST_TEST(page.contains("<td>/etc/passwd</td>"));
  // One mark each, beside the legend.
  BOOST_TEST(occurrences(page, "<rect class=\"refused\"") == 2);
  BOOST_TEST(occurrences(page, "<rect class=\"read\"") == 2);
  // The refused one is in the middle.
  BOOST_TEST(page.contains("<rect class=\"refused\" x=\"758\""));
}

BOOST_AUTO_TEST_CASE(hostile_names_stay_text) {
  AuditTimeline timeline;
  timeline.add(of(audit::beginning(kHostile), 0, 0));
  timeline.add(call(kHostile, kHostile, 1, 1));
  timeline.add(call(kHostile, kHostile, 2, 2, false));
  timeline.add(of(audit::seal(kHostile), 3, 3));
  const std::string page = timeline.page(
      kHostile,
      audit::Finding{
          .kind = audit::Finding::Kind::kAltered, .file = kHostile, .line = 1, .seq = std::nullopt, .what = kHostile});
  for (const char* markup : {"<script", "<img", "</style><", "onerror=alert(2)>", "\x1b", "\xE2\x80\xAE"}) {
    BOOST_TEST(!page.contains(markup), markup);
  }
  BOOST_TEST(occurrences(page, "<style>") == 1);
  BOOST_TEST(page.contains("&lt;script&gt;alert(1)"));
}

BOOST_AUTO_TEST_CASE(a_page_is_bounded_by_what_can_be_drawn) {
  AuditTimeline timeline;
  timeline.add(of(audit::beginning("/main.mjs"), 0, 0));
  for (uint64_t i = 0; i < 50'000; ++i) timeline.add(call("main.mjs", "/" + std::to_string(i), i, i, i % 2 == 0));
  BOOST_TEST(timeline.page("log", std::nullopt).size() < 1 << 20);
  AuditTimeline runs;
  for (uint64_t i = 0; i < 70; ++i) runs.add(of(audit::beginning("/main.mjs"), i, i));
  const std::string page = runs.page("log", std::nullopt);
  BOOST_TEST(page.contains("20 runs before these are not drawn"));
  BOOST_TEST(page.contains("Run 70:"));
  BOOST_TEST(!page.contains("Run 20:"));
  BOOST_TEST(page.contains("no seal"));
}

}  // namespace
}  // namespace runtime::cli
