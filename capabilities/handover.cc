#include "capabilities/handover.h"

#include <string>

namespace runtime::capabilities {

// Stands in the sender's table, derived from what was passed on, under a token that nobody is told: when that ends, so
// does this, and with it the receiver's token.
class Handover::Envoy final : public Object {
 public:
  Envoy(std::shared_ptr<Handover> handover, std::shared_ptr<Object> object, std::weak_ptr<Table> table, Token token)
      : handover_(std::move(handover)), object_(std::move(object)), table_(std::move(table)), token_(token) {}
  ~Envoy() override { handover_->end(std::move(table_), token_); }
  Envoy(const Envoy&) = delete;
  Envoy& operator=(const Envoy&) = delete;

  RightSet rights() const override { return {}; }
  const std::string& resource() const override { return object_->resource(); }
  const std::string& module() const override { return object_->module(); }
  const std::string& rule() const override { return object_->rule(); }

 private:
  const std::shared_ptr<Handover> handover_;
  const std::shared_ptr<Object> object_;
  std::weak_ptr<Table> table_;
  const Token token_;
};

std::expected<Token, Table::MintError> Handover::pass(const std::weak_ptr<Table>& from, Token token,
                                                      const std::shared_ptr<Table>& to) {
  const auto sender = from.lock();
  const auto object = sender == nullptr ? nullptr : sender->find(token).value_or(nullptr);
  const auto minted = to->mint(object);
  if (!minted || object == nullptr) return minted;
  // Where it finds no room, the envoy is gone at once.
  static_cast<void>(sender->mint(std::make_shared<Envoy>(shared_from_this(), object, to, *minted), token));
  return minted;
}

void Handover::end(std::weak_ptr<Table> table, Token token) {
  ending_.emplace_back(std::move(table), token);
  if (std::exchange(busy_, true)) return;
  while (!ending_.empty()) {
    const auto [next, ended] = std::move(ending_.front());
    ending_.pop_front();
    if (const auto to = next.lock()) to->end(ended);  // the objects go, and envoys among them come back here
  }
  busy_ = false;
}

}  // namespace runtime::capabilities
