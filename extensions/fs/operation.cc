#include "extensions/fs/operation.h"

namespace runtime::extensions::fs {

ipc::WireError toWire(const Failure& failure, const std::vector<std::string>& guests) {
  ipc::WireError error =
      ipc::fromErrno(failure.error, failure.subject < guests.size() ? guests[failure.subject] : std::string());
  if (!failure.code.empty()) error.code = failure.code;
  if (failure.refused) {
    error.capability = "fs";
    error.right = capabilities::name(*failure.refused);
  }
  error.message = failure.message;
  error.reason = failure.reason;
  return error;
}

Result<capabilities::Token> Operation::mint(std::shared_ptr<capabilities::Object> object,
                                            capabilities::Attenuation added) {
  const auto token = call_.job().table().mint(std::move(object), argument(0).token, std::move(added));
  if (!token) return capabilities::failedBecause(EMFILE, "the job has been given too many files and capabilities");
  return *token;
}

capabilities::StopSign Operation::stopSign() {
  std::vector<std::shared_ptr<const capabilities::Term>> terms;
  for (const Argument& argument : call_.arguments) {
    if (argument.lease != nullptr) terms.push_back(argument.lease->term());
  }
  return {call_.job().lane().stopped(), std::move(terms)};
}

std::vector<std::string> Operation::guests() const {
  std::vector<std::string> guests;
  for (const Argument& argument : call_.arguments) {
    if (argument.path) {
      guests.push_back(argument.path->guest);
    } else {
      guests.push_back(argument.object == nullptr ? std::string() : argument.object->resource());
    }
  }
  return guests;
}

}  // namespace runtime::extensions::fs
