#pragma once
// Standard input, output and error of the command. Main thread.
#include <expected>
#include <string_view>

namespace runtime::cli {

// Opens /dev/null for each standard descriptor that the caller left closed, unwritable where it is an output, so that
// no other file ever gets its number. First thing in main().
void holdStandardDescriptors();

// Writes all of it; the error is errno. SIGPIPE must be ignored.
std::expected<void, int> writeAll(int descriptor, std::string_view bytes);

// A line for a person on standard error, control sequences made visible on a terminal. Failures are nobody's to hear.
void complain(std::string_view line);

// "cannot write standard output: ..." for the error of writeAll().
void complainOfStdout(int error);
// What the command exits with then: 141 as a shell shows it for SIGPIPE where the reader went away, else 1.
int exitCodeOfStdout(int error);

}  // namespace runtime::cli
