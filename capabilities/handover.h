#pragma once
// Capabilities that pass from the worker that holds them to another of the same job. The receiver has a token of its
// own, which derives from the sender's: it ends with it, whoever ends that, and with the sender, and has its terms, the
// budget in common with it. One for each job; loop thread.
#include <deque>
#include <expected>
#include <memory>
#include <tuple>
#include <utility>

#include "capabilities/table.h"

namespace runtime::capabilities {

class Handover : public std::enable_shared_from_this<Handover> {
 public:
  // A token in `to` for what `token` names in `from`. Where that has ended, or either table is full, it is born ended.
  // The error: `to` is full.
  std::expected<Token, Table::MintError> pass(const std::weak_ptr<Table>& from, Token token,
                                              const std::shared_ptr<Table>& to);

 private:
  class Envoy;
  // Ends what was passed on, and what was passed on from there: in turn, for such a chain may be as long as two workers
  // like.
  void end(std::weak_ptr<Table> table, Token token, Ended how);

  std::deque<std::tuple<std::weak_ptr<Table>, Token, Ended>> ending_;
  bool busy_ = false;
};

}  // namespace runtime::capabilities
