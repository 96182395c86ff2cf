#include "capabilities/handover.h"

#include <optional>
#include <string>

namespace runtime::capabilities {

// Stands in the sender's table, derived from what was passed on, under a token that nobody is told: when that ends, so
// does this, and with it the receiver's token.
class Handover::Envoy final : public Object {
 public:
  Envoy(std::shared_ptr<Handover> handover, std::shared_ptr<Object> object, std::weak_ptr<Table> table, Token token)
      : handover_(std::move(handover)), object_(std::move(object)), table_(std::move(table)), token_(token) {}
  ~Envoy() override { handover_->end(std::move(table_), token_, told_ == nullptr ? Ended::kRevoked : told_->ended()); }
  Envoy(const Envoy&) = delete;
  Envoy& operator=(const Envoy&) = delete;

  // Of the token that it is known by: how that ended.
  void listen(std::shared_ptr<Lease> lease) { told_ = std::move(lease); }

  RightSet rights() const override { return {}; }
  const std::string& resource() const override { return object_->resource(); }
  const std::string& module() const override { return object_->module(); }
  const std::string& rule() const override { return object_->rule(); }

 private:
  const std::shared_ptr<Handover> handover_;
  const std::shared_ptr<Object> object_;
  std::weak_ptr<Table> table_;
  const Token token_;
  std::shared_ptr<Lease> told_;
};

std::expected<Token, Table::MintError> Handover::pass(const std::weak_ptr<Table>& from, Token token,
                                                      const std::shared_ptr<Table>& to) {
  const auto sender = from.lock();
  const Held held = sender == nullptr ? Held{} : sender->hold(token).value_or(Held{});
  const auto until = held.lease == nullptr ? std::nullopt : held.lease->term()->until();
  const auto minted = to->mint(held.object, {}, {.until = until, .budget = held.budget, .mayEnd = true});
  if (!minted || held.object == nullptr) return minted;
  const auto envoy = std::make_shared<Envoy>(shared_from_this(), held.object, to, *minted);
  // Where it finds no room, the envoy is gone at once.
  if (const auto own = sender->mint(envoy, token)) envoy->listen(sender->hold(*own).value_or(Held{}).lease);
  return minted;
}

// Whose lease has not ended was closed, or its table is gone: what was asked before is still answered.
void Handover::end(std::weak_ptr<Table> table, Token token, Ended how) {
  ending_.emplace_back(std::move(table), token, how == Ended::kNot ? Ended::kClosed : how);
  if (std::exchange(busy_, true)) return;
  while (!ending_.empty()) {
    const auto [next, ended, reason] = std::move(ending_.front());
    ending_.pop_front();
    if (const auto to = next.lock()) to->end(ended, reason);  // the objects go, and envoys among them come back here
  }
  busy_ = false;
}

}  // namespace runtime::capabilities
