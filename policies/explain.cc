#include "policies/explain.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "capabilities/guest_path.h"
#include "policies/decide.h"
#include "policies/samples.h"
#include "policies/write.h"

namespace runtime::policies {
namespace {

using capabilities::covers;
using capabilities::Right;
using capabilities::RightSet;
using Reason = Decision::Reason;
using How = Turn::How;

constexpr size_t kMostSteps = 20'000'000;

bool anyMatches(const std::vector<Glob>& globs, std::string_view module) {
  return std::ranges::any_of(globs, [&](const Glob& glob) { return glob.matches(module); });
}

void addGlobs(const Policy& policy, const std::string& prefix, std::vector<PrefixedGlob>& globs) {
  const auto add = [&](const std::vector<Glob>& to) {
    for (const Glob& glob : to) {
      const bool known = std::ranges::any_of(globs, [&](const PrefixedGlob& each) {
        return each.prefix == prefix && each.glob->pattern() == glob.pattern();
      });
      if (!known) globs.push_back({&glob, prefix});
    }
  };
  for (const Grant& grant : policy.grants) add(grant.to);
  for (const Deny& deny : policy.denies) add(deny.to);
  if (policy.within != nullptr) addGlobs(*policy.within, policy.withinPrefix + prefix, globs);
}

// The rule that gives the module the right at `at`.
Place giverOf(const Policy& policy, const std::string& module, const std::string& at, Right right) {
  for (const Grant& grant : policy.grants) {
    if (!anyMatches(grant.to, module)) continue;
    for (const FsGrant& entry : grant.fs) {
      if (entry.at == at && entry.rights.has(right)) return entry.place;
    }
  }
  return {};
}

void addException(Row& row, const Decision& decision) {
  Exception exception;
  if (decision.deny) {
    exception = {Exception::Kind::kDeny, decision.deny->at.pattern(), decision.deny->place};
  } else {
    exception = {Exception::Kind::kCeiling, decision.ceiling, {}};
  }
  if (!std::ranges::contains(row.exceptions, exception)) row.exceptions.push_back(std::move(exception));
}

// Rows of one module, under the name `modules`.
void addRows(const Policy& policy, const std::string& modules, const std::string& module, Work& work, Table& table) {
  const auto grants = grantsOf(policy, module);
  if (!grants) {
    table.contradicted.push_back(modules);
    return;
  }
  const Binding binding(*grants);
  std::vector<Showing> showings = {{&grants->fs, &grants->denies}};
  for (const Ceiling& ceiling : grants->ceilings) showings.push_back({&ceiling.fs, &ceiling.denies});
  const auto hosts = hostSamples(showings, {}, work);
  for (const FsGrant& entry : grants->fs) {
    for (int i = 0; i < capabilities::kRightCount; ++i) {
      const auto right = static_cast<Right>(i);
      if (!entry.rights.has(right)) continue;
      Row row{modules, module, right, entry.at, Row::Extent::kUndecided, {}, giverOf(policy, module, entry.at, right)};
      if (hosts) {
        size_t had = 0, refused = 0;
        for (const std::string& host : *hosts) {
          const auto relative = capabilities::relativeTo(entry.path, host);
          if (!relative || !work.spend(1)) continue;
          const Decision decision = decide(*grants, binding, right, capabilities::join(entry.at, *relative));
          if (decision.entry->at != entry.at) continue;
          ++(decision.allowed() ? had : refused);
          if (!decision.allowed()) addException(row, decision);
        }
        row.extent = refused == 0 ? Row::Extent::kAll : had == 0 ? Row::Extent::kNothing : Row::Extent::kPart;
      }
      table.rows.push_back(std::move(row));
    }
  }
  for (const std::string& name : grants->env) {
    const Answer found = answer(policy, {module, std::nullopt, name});
    table.rows.push_back({modules, module, std::nullopt, name, Row::Extent::kAll, {}, found.rule});
  }
}

// A policy and its ceilings, each to be changed in place.
class Chain {
 public:
  explicit Chain(const Policy& policy) {
    const Policy* from = &policy;
    for (std::shared_ptr<Policy> below; from != nullptr; from = from->within.get()) {
      auto copy = std::make_shared<Policy>(*from);
      if (below != nullptr) below->within = copy;
      levels_.push_back(copy);
      below = std::move(copy);
    }
  }
  Policy& operator[](size_t level) { return *levels_[level]; }
  size_t size() const { return levels_.size(); }

 private:
  std::vector<std::shared_ptr<Policy>> levels_;
};

Glob globFor(const std::string& module) { return Glob::parse(globOf(module), Glob::Over::kModules).value(); }

// Visits every way of changing one rule for the question, in the order of nearness within each level. `visit` is
// called while the change is made, with what it is; it says whether to go on.
class Turns {
 public:
  Turns(Chain& chain, const Question& question) : chain_(chain), question_(question) {
    std::string module = question.module;
    for (size_t level = 0; level < chain.size(); ++level) {
      modules_.push_back(module);
      module = chain[level].withinPrefix + module;
    }
    if (!question.right) return;
    if (const auto grants = grantsOf(chain[0], question.module)) host_ = Binding(*grants).hostOf(question.resource);
  }

  template <typename Visit>
  void each(const Visit& visit) {
    bool more = true;
    const auto changed = [&](How how, const Place& rule, auto& part, auto value) {
      std::swap(part, value);
      more = visit(Turn{how, rule});
      if (more) std::swap(part, value);
      return more;
    };
    for (size_t level = 0; more && level < chain_.size(); ++level) {
      for (Deny& deny : chain_[level].denies) {
        if (!more || !eachOfDeny(level, deny, changed)) return;
      }
      for (Grant& grant : chain_[level].grants) {
        if (!more || !eachOfGrant(level, grant, changed)) return;
      }
    }
  }

 private:
  // For the globs as they stand in a rule: with the module's own.
  std::vector<Glob> with(std::vector<Glob> globs, size_t level) const {
    globs.push_back(globFor(modules_[level]));
    return globs;
  }

  template <typename Changed>
  bool eachOfDeny(size_t level, Deny& deny, const Changed& changed) {
    const bool matches = anyMatches(deny.to, modules_[level]);
    if (!question_.right) {
      if (!std::ranges::contains(deny.env, question_.resource)) return true;
      if (!matches) return changed(How::kRuleForModule, deny.place, deny.to, with(deny.to, level));
      auto names = deny.env;
      std::erase(names, question_.resource);
      return changed(How::kWithoutDeny, deny.place, deny.env, std::move(names));
    }
    if (!matches) {
      const bool would = std::ranges::any_of(deny.fs, [&](const FsDeny& each) {
        return each.rights.has(*question_.right) && (level > 0 || each.at.matches(question_.resource));
      });
      return !would || changed(How::kRuleForModule, deny.place, deny.to, with(deny.to, level));
    }
    for (FsDeny& each : deny.fs) {
      if (level == 0 && !each.at.couldMatchBeneath("/") && !each.at.matches(question_.resource)) continue;
      const RightSet own{*question_.right};
      const bool has = each.rights.has(*question_.right);
      if (!changed(has ? How::kWithoutDeny : How::kDenyOfRight, each.place, each.rights,
                   has ? each.rights - own : each.rights | own))
        return false;
    }
    return true;
  }

  template <typename Changed>
  bool eachOfGrant(size_t level, Grant& grant, const Changed& changed) {
    const bool matches = anyMatches(grant.to, modules_[level]);
    if (!question_.right) {
      if (!std::ranges::contains(grant.env, question_.resource)) return true;
      if (!matches) return changed(How::kRuleForModule, grant.place, grant.to, with(grant.to, level));
      auto names = grant.env;
      std::erase(names, question_.resource);
      return changed(How::kEntryLacked, grant.place, grant.env, std::move(names));
    }
    const auto concerns = [&](const FsGrant& entry) {
      return level == 0 ? covers(entry.at, question_.resource) : host_ && covers(entry.path, *host_);
    };
    if (!matches) {
      const auto would = std::ranges::find_if(
          grant.fs, [&](const FsGrant& entry) { return entry.rights.has(*question_.right) && concerns(entry); });
      return would == grant.fs.end() || changed(How::kRuleForModule, would->place, grant.to, with(grant.to, level));
    }
    for (size_t i = 0; i < grant.fs.size(); ++i) {
      FsGrant& entry = grant.fs[i];
      if (!concerns(entry)) continue;
      const RightSet own{*question_.right};
      const bool has = entry.rights.has(*question_.right);
      const Place place = entry.place;
      if (!changed(has ? How::kEntryLacked : How::kEntryHadRight, place, entry.rights,
                   has ? entry.rights - own : entry.rights | own))
        return false;
      auto others = grant.fs;
      others.erase(others.begin() + static_cast<ptrdiff_t>(i));
      if (!changed(How::kWithoutEntry, place, grant.fs, std::move(others))) return false;
    }
    return true;
  }

  Chain& chain_;
  const Question& question_;
  std::vector<std::string> modules_;  // its path in each level
  std::optional<std::string> host_;
};

bool allows(const Policy& policy, const Question& question) {
  const auto grants = grantsOf(policy, question.module);
  if (!grants) return false;
  if (!question.right) return std::ranges::contains(grants->env, question.resource);
  return decide(*grants, *question.right, question.resource).allowed();
}

Answer answerOfFs(const Policy& policy, const Question& question) {
  Answer result;
  const auto grants = grantsOf(policy, question.module);
  if (!grants) {
    result.contradicted = true;
    result.rule = grants.error().place;
    return result;
  }
  const Decision decision = decide(*grants, *question.right, question.resource);
  result.reason = decision.reason;
  result.ceiling = decision.ceiling;
  if (decision.allowed()) {
    result.rule = giverOf(policy, question.module, decision.entry->at, *question.right);
  } else if (decision.deny) {
    result.rule = decision.deny->place;
  } else if (decision.entry) {
    result.rule = decision.entry->place;
  }
  return result;
}

Answer answerOfEnvironment(const Policy& policy, const Question& question) {
  Answer result;
  const auto grants = grantsOf(policy, question.module);
  result.contradicted = !grants;
  if (!grants) {
    result.rule = grants.error().place;
    return result;
  }
  std::string module = question.module;
  for (const Policy* level = &policy; level != nullptr; level = level->within.get()) {
    const bool isCeiling = level != &policy;
    if (isCeiling) result.ceiling = level->modules.place.file;
    for (const Deny& deny : level->denies) {
      if (!anyMatches(deny.to, module) || !std::ranges::contains(deny.env, question.resource)) continue;
      result.reason = Reason::kDenied;
      result.rule = deny.place;
      return result;
    }
    const auto giver = std::ranges::find_if(level->grants, [&](const Grant& grant) {
      return anyMatches(grant.to, module) && std::ranges::contains(grant.env, question.resource);
    });
    if (giver == level->grants.end()) {
      result.reason = isCeiling ? Reason::kCeiling : Reason::kNoEntry;
      return result;
    }
    if (!isCeiling) result.rule = giver->place;
    module = level->withinPrefix + module;
  }
  result.ceiling.clear();
  if (std::ranges::contains(grants->env, question.resource)) result.reason = Reason::kGranted;
  return result;
}

// Those that say less of the policy come first.
int rank(const Turn& turn) {
  switch (turn.how) {
    case How::kWithoutDeny:
      return 0;
    case How::kRuleForModule:
      return 1;
    case How::kEntryHadRight:
    case How::kDenyOfRight:
      return 2;
    case How::kEntryLacked:
      return 3;
    case How::kWithoutEntry:
      return 4;
  }
  return 5;
}

}  // namespace

std::optional<std::vector<std::string>> modulesOf(const Policy& policy) {
  std::vector<PrefixedGlob> globs;
  addGlobs(policy, "", globs);
  Work work(kMostSteps);
  return moduleSamples(globs, work);
}

Table tableOf(const Policy& policy, const std::string& module) {
  Table table;
  Work work(kMostSteps);
  if (!module.empty()) {
    addRows(policy, module, module, work, table);
    return table;
  }
  std::vector<PrefixedGlob> globs;
  addGlobs(policy, "", globs);
  const auto samples = moduleSamples(globs, work);
  if (!samples) {
    table.tooLarge = true;
    return table;
  }
  std::map<std::string, size_t> others;  // how many globs match a sample
  for (const std::string& sample : *samples) {
    others[sample] = static_cast<size_t>(std::ranges::count_if(
        globs, [&](const PrefixedGlob& each) { return each.glob->matches(each.prefix + sample); }));
  }
  std::set<std::string_view> shown;
  for (const Grant& grant : policy.grants) {
    for (const Glob& glob : grant.to) {
      if (!shown.insert(glob.pattern()).second) continue;
      const std::string* best = nullptr;
      for (const std::string& sample : *samples) {
        if (glob.matches(sample) && (best == nullptr || others[sample] < others[*best])) best = &sample;
      }
      if (best != nullptr) {
        addRows(policy, glob.pattern(), *best, work, table);
        continue;
      }
      for (const FsGrant& entry : grant.fs) {
        for (int i = 0; i < capabilities::kRightCount; ++i) {
          const auto right = static_cast<Right>(i);
          if (entry.rights.has(right))
            table.rows.push_back({glob.pattern(), "", right, entry.at, Row::Extent::kNothing, {}, entry.place});
        }
      }
    }
  }
  return table;
}

Answer answer(const Policy& policy, const Question& question) {
  Answer result = question.right ? answerOfFs(policy, question) : answerOfEnvironment(policy, question);
  if (result.contradicted) return result;
  Chain chain(policy);
  Turns(chain, question).each([&](const Turn& turn) {
    const bool nearer = !result.nearest || rank(turn) < rank(*result.nearest);
    if (nearer && allows(chain[0], question) != result.allowed()) result.nearest = turn;
    return true;
  });
  return result;
}

Policy turned(const Policy& policy, const Question& question, const Turn& turn) {
  Chain chain(policy);
  Turns(chain, question).each([&](const Turn& each) { return each != turn; });
  return chain[0];
}

}  // namespace runtime::policies
