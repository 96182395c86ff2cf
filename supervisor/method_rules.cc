#include "supervisor/method_rules.h"

#include <capnp/dynamic.h>

#include <optional>
#include <set>

#include "extensions/needs.h"
#include "ipc/door.capnp.h"
#include "ipc/needs.h"
#include "supervisor/content.h"

namespace runtime::supervisor {
namespace {

bool isType(capnp::Type type, uint64_t id) { return type.isStruct() && type.asStruct().getProto().getId() == id; }

std::optional<ParameterRule::Kind> kindOf(capnp::Type type) {
  if (isType(type, capnp::typeId<ipc::Path>())) return ParameterRule::Kind::kPath;
  if (isType(type, capnp::typeId<ipc::Handle>())) return ParameterRule::Kind::kHandle;
  if (type.isList() && isType(type.asList().getElementType(), capnp::typeId<ipc::Handle>())) {
    return ParameterRule::Kind::kHandles;
  }
  return std::nullopt;
}

// Whether a Path or Handle, which the door would not see, is somewhere within the type.
bool hides(capnp::Type type, std::set<uint64_t>& seen) {
  if (kindOf(type)) return true;
  if (type.isList()) return hides(type.asList().getElementType(), seen);
  if (!type.isStruct() || !seen.insert(type.asStruct().getProto().getId()).second) return false;
  for (const auto field : type.asStruct().getFields()) {
    if (hides(field.getType(), seen)) return true;
  }
  return false;
}

std::expected<std::vector<ParameterRule>, std::string> readParameters(capnp::StructSchema params) {
  std::vector<ParameterRule> rules;
  for (const auto field : params.getFields()) {
    const std::string name = field.getProto().getName().cStr();
    const auto kind = kindOf(field.getType());
    bool annotated = false;
    for (const auto annotation : field.getProto().getAnnotations()) {
      if (annotation.getId() != ipc::kNeedsAnnotation) continue;
      annotated = true;
      if (!kind) return std::unexpected(name + " has rights but is neither a Path nor a Handle");
      rules.push_back({*kind, field, name, extensions::needsOf(annotation.getValue().getStruct().getAs<ipc::Needs>())});
    }
    if (kind && !annotated) return std::unexpected(name + " is a Path or a Handle without its rights");
    std::set<uint64_t> seen;
    if (!kind && hides(field.getType(), seen)) return std::unexpected(name + " hides a Path or a Handle");
  }
  return rules;
}

}  // namespace

std::expected<std::vector<MethodRules>, std::string> readRules(capnp::InterfaceSchema interface) {
  std::vector<MethodRules> methods;
  for (const auto method : interface.getMethods()) {
    const std::string name = method.getProto().getName().cStr();
    auto parameters = readParameters(method.getParamType());
    if (!parameters) {
      return std::unexpected(std::string(interface.getShortDisplayName().cStr()) + "." + name + ": parameter " +
                             parameters.error());
    }
    MethodRules rules{name, method.getParamType(), method.getResultType(), std::move(*parameters)};
    for (const auto annotation : method.getProto().getAnnotations()) {
      if (annotation.getId() == ipc::kFreeAnnotation) rules.isFree = true;
    }
    rules.answersContent = holdsContent(rules.results);
    methods.push_back(std::move(rules));
  }
  return methods;
}

}  // namespace runtime::supervisor
