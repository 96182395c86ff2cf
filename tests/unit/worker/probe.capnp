@0xd6f1c6a1b7e0a0f0;
# An extension for the tests of the worker: every type that a schema may use, failures, delays.
using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("runtime::worker::test");
using Door = import "/ipc/door.capnp";

enum Kind { plain @0; fancy @1; }

struct Item {
  name @0 :Text;
  children @1 :List(Item);
}

struct Everything {
  text @0 :Text;
  signed @1 :Int64;
  unsigned @2 :UInt64;
  small @3 :UInt8;
  tiny @4 :Int8;
  flag @5 :Bool;
  ratio @6 :Float64;
  bytes @7 :Data;
  kind @8 :Kind;
  names @9 :List(Text);
  numbers @10 :List(UInt32);
  items @11 :List(Item);
  token @12 :Door.Token;
  defaulted @13 :UInt32 = 7;
  choice :union {
    none @14 :Void;
    left @15 :Text;
    right @16 :UInt32;
  }
}

interface Probe {
  echo @0 (value :Everything) -> (value :Everything);
  fail @1 (code :Text, capability :Text, right :Text, resource :Text) -> ();
  mint @2 () -> (token :Door.Token);
  check @3 (handle :Door.Handle) -> (text :Text);
  # The bits of the token, in hexadecimal.
  slow @4 (milliseconds :UInt32, value :UInt32) -> (value :UInt32);
  read @5 (size :UInt32) -> (bytes :Data);
  never @6 () -> ();
  write @7 (bytes :Data) -> (size :UInt32);
}
