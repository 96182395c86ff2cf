// A hole made on purpose: the path of fs.unlink needs no right. Linked with --wrap into the test of the door.
#include "supervisor/method_rules.h"

namespace runtime::supervisor {

using Rules = std::expected<std::vector<MethodRules>, std::string>;

Rules soundReadRules(capnp::InterfaceSchema interface) asm(
    "__real__ZN7runtime10supervisor9readRulesB5cxx11EN5capnp15InterfaceSchemaE");
Rules holedReadRules(capnp::InterfaceSchema interface) asm(
    "__wrap__ZN7runtime10supervisor9readRulesB5cxx11EN5capnp15InterfaceSchemaE");
Rules holedReadRules(capnp::InterfaceSchema interface) {
  Rules rules = soundReadRules(interface);
  if (rules) {
    for (MethodRules& method : *rules)
      if (method.name == "unlink") method.parameters.front().needs = {};
  }
  return rules;
}

}  // namespace runtime::supervisor
