// Every extension's schema states the rights of every Path and Handle, and of nothing else.
#include <capnp/schema.h>

#include <boost/test/unit_test.hpp>

#include "extensions/fs/host.h"
#include "extensions/isolate/host.h"
#include "extensions/job/host.h"
#include "extensions/needs.h"
#include "ipc/door.capnp.h"
#include "ipc/needs.h"

using namespace runtime;
using capabilities::Needs;
using capabilities::Right;

namespace {

// A Path, a Handle, or a List(Handle).
bool isGuarded(capnp::Type type) {
  if (type.isList()) {
    const auto element = type.asList().getElementType();
    return element.isStruct() && element.asStruct().getProto().getId() == capnp::typeId<ipc::Handle>();
  }
  if (!type.isStruct()) return false;
  const uint64_t id = type.asStruct().getProto().getId();
  return id == capnp::typeId<ipc::Path>() || id == capnp::typeId<ipc::Handle>();
}

void examine(const extensions::Extension& extension) {
  unsigned ordinal = 0;
  const auto needs = extensions::readNeeds(extension.schema());
  for (const auto method : extension.schema().getMethods()) {
    BOOST_TEST(method.getOrdinal() == ordinal);
    size_t guarded = 0;
    for (const auto field : method.getParamType().getFields()) {
      size_t annotated = 0;
      for (const auto annotation : field.getProto().getAnnotations()) {
        if (annotation.getId() == ipc::kNeedsAnnotation) ++annotated;
      }
      const std::string where = std::string(extension.name()) + "." + method.getProto().getName().cStr() + "." +
                                field.getProto().getName().cStr();
      BOOST_TEST(annotated == (isGuarded(field.getType()) ? 1u : 0u), where);
      guarded += annotated;
      auto type = field.getType();
      while (type.isList() && !isGuarded(type)) type = type.asList().getElementType();
      BOOST_TEST(!(field.getType().isList() && annotated == 0 && isGuarded(type)),
                 where + " hides what the door must see");
    }
    BOOST_TEST(guarded > 0u, method.getProto().getName().cStr());
    BOOST_TEST(needs.at(ordinal).size() == guarded);
    ++ordinal;
  }
}

const Needs& of(const std::vector<std::vector<Needs>>& needs, capnp::InterfaceSchema schema, kj::StringPtr method,
                size_t index = 0) {
  return needs.at(schema.getMethodByName(method).getOrdinal()).at(index);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(schema)

BOOST_AUTO_TEST_CASE(every_path_and_handle_states_its_rights) {
  examine(*extensions::fs::makeExtension());
  examine(*extensions::job::makeExtension());
  examine(*extensions::isolate::makeExtension());
}

BOOST_AUTO_TEST_CASE(the_rights_of_fs_are_those_promised) {
  const auto extension = extensions::fs::makeExtension();
  const auto schema = extension->schema();
  const auto needs = extensions::readNeeds(schema);
  const Needs read{.all = {Right::kRead}};
  const Needs write{.all = {Right::kWrite}};
  const Needs make{.all = {Right::kCreate}};
  const Needs remove{.all = {Right::kDelete}};
  for (const auto* method : {"readFile", "stat", "lstat", "access", "readlink", "realpath", "openRead"}) {
    BOOST_TEST((of(needs, schema, method) == read), method);
  }
  BOOST_TEST((of(needs, schema, "readdir") == Needs{.all = {Right::kList}}));
  BOOST_TEST((of(needs, schema, "openReadWrite") == Needs{.all = {Right::kRead, Right::kWrite}}));
  for (const auto* method : {"openWrite", "writeFile", "beginWrite"}) {
    BOOST_TEST((of(needs, schema, method) == Needs{.all = {Right::kWrite}, .ifAbsent = {Right::kCreate}}), method);
  }
  for (const auto* method : {"openAppend", "appendFile"}) {
    BOOST_TEST(
        (of(needs, schema, method) ==
         Needs{.any = {Right::kAppend, Right::kWrite}, .ifAbsent = {Right::kCreate}, .firstOfAny = Right::kAppend}),
        method);
  }
  for (const auto* method : {"truncate", "utimes", "fileTruncate", "fileUtimes"}) {
    BOOST_TEST((of(needs, schema, method) == write), method);
  }
  for (const auto* method : {"mkdir", "mkdtemp"}) BOOST_TEST((of(needs, schema, method) == make), method);
  for (const auto* method : {"unlink", "rm", "rmdir"}) BOOST_TEST((of(needs, schema, method) == remove), method);
  BOOST_TEST((of(needs, schema, "rename") == remove));
  BOOST_TEST((of(needs, schema, "rename", 1) == Needs{.all = {Right::kCreate}, .ifPresent = {Right::kDelete}}));
  BOOST_TEST((of(needs, schema, "copyFile") == read));
  BOOST_TEST((of(needs, schema, "copyFile", 1) == Needs{.ifAbsent = {Right::kCreate}, .ifPresent = {Right::kWrite}}));
}

BOOST_AUTO_TEST_CASE(faces_are_embedded) {
  BOOST_TEST(extensions::fs::makeExtension()->face().size() > 100u);
  BOOST_TEST(extensions::job::makeExtension()->face().size() > 100u);
  BOOST_TEST(extensions::isolate::makeExtension()->face().size() > 100u);
}

BOOST_AUTO_TEST_SUITE_END()
