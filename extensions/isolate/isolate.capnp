@0xd6f1c6a1b7e0a030;
# Workers that a module starts beside its own, and what is said between them.
using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("runtime::extensions::isolate");
using Door = import "/ipc/door.capnp";
using Handle = Door.Handle;
using Token = Door.Token;

interface Isolate {
  spawn @0 (view :Handle $Door.needs(), specifier :Text, names :List(Text), grants :List(Handle) $Door.needs(),
            wallNs :UInt64, cpuNs :UInt64, memoryBytes :UInt64) -> (child :Token) $Door.free;
  # Starts what `specifier` names to the module behind `view`, a module's own, in a worker of its own. It is handed the
  # folders `grants`, each under its name. A limit of 0 is not said; one that is more than there is, is lowered.
  # Errors: those of an import; EAGAIN: too many workers, too deep, or too much that ended ones said is not received;
  # ENOMEM: too little memory is left for one.

  send @1 (peer :Handle $Door.needs(), bytes :Data, capabilities :List(Handle) $Door.needs()) -> () $Door.free;
  # Answers when the message has its place in the queue of the other side. At most 256 KiB and 64 folders (EMSGSIZE),
  # one call at a time (EBUSY). EPIPE: the other side has ended.

  receive @2 (peer :Handle $Door.needs()) -> (ended :Bool, bytes :Data, capabilities :List(Token));
  # The next message; waits for it, one call at a time (EBUSY). `ended`: the other side has, and all was received. What
  # was revoked on the way is a token that has ended.

  ended @3 (peer :Handle $Door.needs()) -> (end :End);
  # By the parent: what came of the child, once it has ended.

  terminate @4 (peer :Handle $Door.needs()) -> ();
  # By the parent: ends the child, as cancelled.

  parent @5 (view :Handle $Door.needs()) -> (peer :Token, names :List(Text), grants :List(Token));
  # What the parent gave: to the module that a child was started with. To any other nothing, and the token is zero.
}

struct End {
  verdict @0 :Text;
  exitCode @1 :UInt8;
  exception @2 :Exception;
  # Where the verdict is "exception".
  usage @3 :Usage;

  struct Exception {
    name @0 :Text;
    message @1 :Text;
    stack @2 :Text;
  }
  struct Usage {
    wallNs @0 :UInt64;
    cpuNs @1 :UInt64;
    # Both in steps of the policy's clock; 0 where that is frozen.
    peakMemoryBytes @2 :UInt64;
    calls @3 :UInt64;
    deniedCalls @4 :UInt64;
    bytesRead @5 :UInt64;
    bytesWritten @6 :UInt64;
  }
}
