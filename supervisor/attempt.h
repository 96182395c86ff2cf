#pragma once
// Trying something that cannot be undone, in a child that ends with it.
#include <functional>
#include <optional>
#include <string>

namespace runtime::supervisor {

// What became of an attempt. Nothing in `failure`: it worked.
struct Attempt {
  std::optional<std::string> failure;  // for a person: "Operation not permitted"
  int error = 0;                       // the errno behind it, where there is one
  bool worked() const { return !failure.has_value(); }
};

// In a forked child: `act` answers 0 or an errno. A child that dies has failed, one that takes seconds is killed. `act`
// must be async-signal-safe where this process has other threads.
Attempt attemptInChild(const std::function<int()>& act);

// In a forked child that is to die of this signal; anything else has failed.
Attempt attemptToDie(int signal, const std::function<void()>& act);

// In a process made as a zygote is: in seven namespaces, unprivileged on the host, with all capabilities within. `act`
// ends it through sandbox::dieAt() where it fails. Async-signal-safe as above.
Attempt attemptInNamespaces(const std::function<void()>& act);

}  // namespace runtime::supervisor
