#include "supervisor/registry.h"

#include <capnp/schema.capnp.h>
#include <capnp/serialize.h>

#include <set>
#include <stdexcept>

namespace runtime::supervisor {
namespace {

// The nodes of `schema` and of all it depends on, dependencies first.
class NodeCollector {
 public:
  void addInterface(capnp::InterfaceSchema interface) {
    if (!seen_.insert(interface.getProto().getId()).second) return;
    for (const auto method : interface.getMethods()) {
      addStruct(method.getParamType());
      addStruct(method.getResultType());
    }
    nodes_.push_back(interface.getProto());
  }
  const std::vector<capnp::schema::Node::Reader>& nodes() const { return nodes_; }

 private:
  void addStruct(capnp::StructSchema type) {
    if (!seen_.insert(type.getProto().getId()).second) return;
    for (const auto field : type.getFields()) {
      if (field.getProto().isGroup()) {
        addStruct(field.getType().asStruct());
      } else {
        addType(field.getType());
      }
    }
    nodes_.push_back(type.getProto());
  }
  void addType(capnp::Type type) {
    if (type.isList()) return addType(type.asList().getElementType());
    if (type.isStruct()) return addStruct(type.asStruct());
    if (type.isEnum() && seen_.insert(type.asEnum().getProto().getId()).second) {
      nodes_.push_back(type.asEnum().getProto());
    }
  }

  std::set<uint64_t> seen_;
  std::vector<capnp::schema::Node::Reader> nodes_;
};

}  // namespace

Registry::Registry(std::vector<std::unique_ptr<extensions::Extension>> extensions) {
  for (auto& extension : extensions) {
    auto methods = readRules(extension->schema());
    if (!methods) throw std::logic_error(methods.error());
    byInterface_.emplace(extension->schema().getProto().getId(), entries_.size());
    for (const std::string_view specifier : extension->specifiers()) {
      bySpecifier_.emplace(specifier, entries_.size());
      specifiers_.emplace(specifier);
    }
    entries_.push_back(Entry{.extension = std::move(extension), .methods = std::move(*methods)});
  }
}

const Registry::Entry* Registry::byInterface(uint64_t interfaceId) const {
  const auto found = byInterface_.find(interfaceId);
  return found == byInterface_.end() ? nullptr : &entries_[found->second];
}

const Registry::Entry* Registry::bySpecifier(std::string_view specifier) const {
  const auto found = bySpecifier_.find(std::string(specifier));
  return found == bySpecifier_.end() ? nullptr : &entries_[found->second];
}

void Registry::fill(ipc::Boot::Builder boot) const {
  auto list = boot.initExtensions(static_cast<capnp::uint>(entries_.size()));
  for (size_t i = 0; i < entries_.size(); ++i) {
    const extensions::Extension& extension = *entries_[i].extension;
    auto item = list[static_cast<capnp::uint>(i)];
    item.setName(kj::heapString(extension.name().data(), extension.name().size()));
    item.setFace(kj::heapString(extension.face().data(), extension.face().size()));
    const auto specifiers = extension.specifiers();
    auto modules = item.initModules(static_cast<capnp::uint>(specifiers.size()));
    for (size_t j = 0; j < specifiers.size(); ++j) {
      modules.set(static_cast<capnp::uint>(j), kj::heapString(specifiers[j].data(), specifiers[j].size()));
    }
    item.setInterfaceId(extension.schema().getProto().getId());
    NodeCollector collector;
    collector.addInterface(extension.schema());
    auto schema = item.initSchema(static_cast<capnp::uint>(collector.nodes().size()));
    for (size_t j = 0; j < collector.nodes().size(); ++j) {
      capnp::MallocMessageBuilder message;
      message.setRoot(collector.nodes()[j]);
      const auto words = capnp::messageToFlatArray(message);
      schema.set(static_cast<capnp::uint>(j), words.asBytes());
    }
  }
}

}  // namespace runtime::supervisor
