#pragma once
// Text that a job chose, on its way into a page.
#include <string>
#include <string_view>

namespace runtime::cli {

// As text of an element or within quotes of an attribute: nothing in it is markup, and what would hide or reorder it is
// made visible, as on a terminal.
std::string htmlText(std::string_view text);

// A page of its own that loads and runs nothing, whatever is in `body`: `style` is all that its policy allows.
std::string htmlPage(std::string_view title, std::string_view style, std::string_view body);

}  // namespace runtime::cli
