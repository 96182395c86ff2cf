#include "loader/package_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace runtime::loader {
namespace {

bool isKept(std::string_view member) { return member == "exports" || member == "imports"; }

// Takes the events of the parser, which does not recurse. Kept are the texts of the top and the trees of what
// resolution reads; all else is passed over.
class Taker final : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return put({}); }
  bool boolean(bool) override { return put(other()); }
  bool number_integer(number_integer_t) override { return put(other()); }
  bool number_unsigned(number_unsigned_t) override { return put(other()); }
  bool number_float(number_float_t, const string_t&) override { return put(other()); }
  bool binary(binary_t&) override { return put(other()); }
  bool string(string_t& value) override {
    Target target;
    target.kind = Target::Kind::kText;
    target.text = std::move(value);
    return put(std::move(target));
  }
  bool start_object(std::size_t) override { return open(Target::Kind::kObject); }
  bool start_array(std::size_t) override { return open(Target::Kind::kList); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& value) override {
    if (depth_ == 1) top_ = value;
    if (!open_.empty()) open_.back().key = std::move(value);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override { return false; }

  PackageJson package;
  bool isObject = false;
  std::string tooMuch;

 private:
  struct Open {
    Target target;
    std::string key;
  };

  static Target other() {
    Target target;
    target.kind = Target::Kind::kOther;
    return target;
  }

  bool open(Target::Kind kind) {
    ++depth_;
    if (depth_ == 1) isObject = kind == Target::Kind::kObject;
    if (depth_ == 1 || !isObject || !isKept(top_)) return true;
    if (open_.size() >= kMaxPackageJsonDepth) return fail("its exports or imports are nested too deep");
    if (!count()) return false;
    open_.emplace_back().target.kind = kind;
    return true;
  }

  bool close() {
    --depth_;
    if (open_.empty()) return true;
    Target target = std::move(open_.back().target);
    open_.pop_back();
    return place(std::move(target));
  }

  bool put(Target target) {
    if (depth_ == 0 || !isObject) return true;
    if (depth_ > 1 && open_.empty()) return true;
    return count() && place(std::move(target));
  }

  bool place(Target target) {
    if (open_.empty()) {
      if (depth_ == 1) take(std::move(target));
      return true;
    }
    Open& parent = open_.back();
    if (parent.target.kind == Target::Kind::kList) {
      parent.target.items.push_back(std::move(target));
      return true;
    }
    auto& members = parent.target.members;
    // Most objects are small; a large one is not searched for each of its members.
    const auto known = members.size() < 64 ? std::ranges::find(members, parent.key, &Member::key) : members.end();
    if (known != members.end()) {
      known->value = std::move(target);
    } else {
      members.push_back({std::move(parent.key), std::move(target)});
    }
    return true;
  }

  void take(Target target) {
    const bool isText = target.kind == Target::Kind::kText;
    const auto text = [&] { return isText ? std::optional(std::move(target.text)) : std::nullopt; };
    if (top_ == "name") {
      package.name = text();
    } else if (top_ == "main") {
      package.main = text();
    } else if (top_ == "type") {
      package.type = isText && target.text == "module"     ? PackageJson::Type::kModule
                     : isText && target.text == "commonjs" ? PackageJson::Type::kCommonJs
                                                           : PackageJson::Type::kNone;
    } else if (top_ == "exports") {
      package.exports = target.kind == Target::Kind::kNull ? std::nullopt : std::optional(std::move(target));
    } else if (top_ == "imports") {
      package.imports = target.kind == Target::Kind::kObject ? std::optional(std::move(target)) : std::nullopt;
    }
  }

  bool count() { return ++values_ <= kMaxPackageJsonValues || fail("its exports or imports hold too many values"); }

  bool fail(std::string why) {
    tooMuch = std::move(why);
    return false;
  }

  std::vector<Open> open_;  // of what is kept
  std::string top_;         // the member of the whole that is being read
  size_t depth_ = 0;
  size_t values_ = 0;
};

}  // namespace

const Target* Target::member(std::string_view name) const {
  const Target* found = nullptr;
  for (const auto& [key, value] : members) {
    if (key == name) found = &value;
  }
  return found;
}

std::expected<PackageJson, std::string> parsePackageJson(std::string_view text) {
  if (text.size() > kMaxPackageJsonBytes) return std::unexpected("it is larger than 1 MiB");
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  Taker taker;
  if (!nlohmann::json::sax_parse(text, &taker)) {
    return std::unexpected(taker.tooMuch.empty() ? "it is not JSON" : taker.tooMuch);
  }
  if (!taker.isObject) return std::unexpected("it is no object");
  return std::move(taker.package);
}

}  // namespace runtime::loader
