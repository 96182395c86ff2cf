#pragma once
// The measurements that need the host's side, each a command of `runtime-bench`. Every one returns its figures as name
// and value, units in the name; they throw std::runtime_error with a sentence where something cannot be measured.
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace runtime::bench {

using Figures = std::vector<std::pair<std::string, double>>;
using Clock = std::chrono::steady_clock;

double microsecondsSince(Clock::time_point start);
// Of the middle one. Empty: an error.
double median(std::vector<double> samples);
// The number after `field` ("Private_Dirty:", "VmRSS:") in a file of /proc, in KiB.
double kibibytes(const std::string& file, const std::string& field);
[[noreturn]] void failWith(const std::string& what);  // with errno's text

// fork + exit + wait of an empty process, as it is and with the seven namespaces of a zygote.
Figures measureFork(int rounds);
// 64 bytes there and back between two processes over two pipes.
Figures measurePipe(int rounds);
// Two commands run in turn to their end: argument vectors separated by "--".
Figures measureCommands(int rounds, const std::vector<std::string>& arguments);
// From the request for a worker to its first word to the supervisor, when it is confined and waits for a job; what such
// a worker holds of its own; and `crowd` of them at once.
Figures measureWorkers(const std::string& zygote, int rounds, int crowd);
// `count` jobs one after another in one Runtime: what is left behind.
Figures measureJobs(const std::string& zygote, const std::string& entry, int count);

}  // namespace runtime::bench
