#include "extensions/needs.h"

#include "ipc/door.capnp.h"
#include "ipc/needs.h"

namespace runtime::extensions {
namespace {

capabilities::RightSet toSet(capnp::List<ipc::Right>::Reader list) {
  capabilities::RightSet rights;
  for (const ipc::Right right : list) {
    rights = rights | capabilities::RightSet{static_cast<capabilities::Right>(right)};
  }
  return rights;
}

}  // namespace

capabilities::Needs needsOf(ipc::Needs::Reader needs) {
  const auto any = needs.getAny();
  return {toSet(needs.getAll()), toSet(any), toSet(needs.getIfAbsent()), toSet(needs.getIfPresent()),
          any.size() == 0 ? std::nullopt : std::optional(static_cast<capabilities::Right>(any[0]))};
}

std::vector<std::vector<capabilities::Needs>> readNeeds(capnp::InterfaceSchema schema) {
  std::vector<std::vector<capabilities::Needs>> methods;
  for (const auto method : schema.getMethods()) {
    auto& parameters = methods.emplace_back();
    for (const auto field : method.getParamType().getFields()) {
      for (const auto annotation : field.getProto().getAnnotations()) {
        if (annotation.getId() != ipc::kNeedsAnnotation) continue;
        parameters.push_back(needsOf(annotation.getValue().getStruct().getAs<ipc::Needs>()));
      }
    }
  }
  return methods;
}

}  // namespace runtime::extensions
