#include "extensions/fs/host.h"

#include <array>

#include "extensions/fs/fs.capnp.h"
#include "extensions/fs/operation.h"
#include "extensions/needs.h"

namespace runtime::extensions::fs {
namespace {

constexpr unsigned char kFace[] = {
#embed "plans.js"
    ,
#embed "status.js"
    ,
#embed "files.js"
    ,
#embed "fs.js"
};

// By ordinal, as in fs.capnp.
constexpr std::array<Handler, 42> kHandlers = {
    readFile,      stat,      lstat,         access,     readlink,       realpath,   readdir, readdirMore, openRead,
    openReadWrite, openWrite, openWriteRead, openAppend, openAppendRead, read,       write,   fileStat,    fileTruncate,
    fileUtimes,    sync,      datasync,      close,      writeFile,      beginWrite, commit,  appendFile,  truncate,
    utimes,        copyFile,  mkdir,         mkdtemp,    unlink,         rmdir,      rm,      rename,      dir,
    only,          readOnly,  rights,        revoke,     until,          budget,
};

class FsExtension final : public Extension {
 public:
  std::string_view name() const override { return "fs"; }
  std::vector<std::string_view> specifiers() const override {
    return {"runtime:fs", "node:fs", "fs", "node:fs/promises", "fs/promises"};
  }
  capnp::InterfaceSchema schema() const override { return capnp::Schema::from<Fs>(); }
  std::string_view face() const override { return {reinterpret_cast<const char*>(kFace), sizeof kFace}; }
  kj::Promise<Outcome> invoke(uint16_t method, Call& call) override {
    return kHandlers.at(method)(Operation(call, needs_.at(method)));
  }

 private:
  const std::vector<std::vector<Needs>> needs_ = readNeeds(capnp::Schema::from<Fs>());
};

}  // namespace

std::unique_ptr<Extension> makeExtension() { return std::make_unique<FsExtension>(); }

}  // namespace runtime::extensions::fs
