@0xd6f1c6a1b7e0a020;
# What a job was started with: its arguments, its standard input, the environment its modules were granted.
using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("runtime::extensions::job");
using Door = import "/ipc/door.capnp";
using Handle = Door.Handle;
using Session = import "/ipc/session.capnp";

interface Job {
  arguments @0 (view :Handle $Door.needs()) -> (arguments :List(Text));

  environment @1 (view :Handle $Door.needs()) -> (variables :List(Session.Variable));
  # The variables that the grants of the module behind `view` name, where they are set.

  readStdin @2 (view :Handle $Door.needs(), max :UInt32) -> (bytes :Data);
  # At most `max` bytes and at most 64 KiB; none at the end of standard input. One call at a time: EBUSY.
}
