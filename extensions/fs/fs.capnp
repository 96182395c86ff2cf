@0xd6f1c6a1b7e0a010;
# draft: the owner of extensions/fs completes it
using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("runtime::extensions::fs");
using Door = import "/ipc/door.capnp";
using Path = Door.Path;
using Handle = Door.Handle;

struct Stat { size @0 :UInt64; }

interface Fs {
  stat @0 (path :Path $Door.needs(all = [read])) -> (stat :Stat);
}
