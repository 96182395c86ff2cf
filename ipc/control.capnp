@0xd6f1c6a1b7e0a003;
# Between the supervisor and a zygote, over a SOCK_SEQPACKET pair: one packet is one flat message
# (capnp::messageToFlatArray), at most 64 KiB, with descriptors beside it where said. Both ends are trusted: no
# worker holds this socket.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("runtime::ipc");

struct Boot {
  # What a zygote is given at its start: the content of a sealed memfd, descriptor 1 of the zygote. The control
  # socket is its descriptor 0. No other is open.
  buildId @0 :Text;
  jit @1 :Bool;
  extensions @2 :List(Extension);
  manyWorkers @4 :Bool;
  # Whether what is done once in the zygote, and spares each worker something, is worth its while.
  hugePages @3 :Bool;
  # Whether to copy the code to memory that workers inherit, on huge pages where the kernel has some: for many workers.

  struct Extension {
    name @0 :Text;
    # "fs"
    face @1 :Text;
    # JavaScript source of the face, see worker/README.md
    modules @2 :List(Text);
    # The specifiers it answers to: "runtime:fs", "node:fs", ...
    interfaceId @3 :UInt64;
    schema @4 :List(Data);
    # The nodes (schema.capnp, Node, one flat message each) of the interface and of all it depends on,
    # dependencies first.
  }
}

struct ToZygote {
  union {
    fork @0 :Fork;
    # With two descriptors: the worker's end of the pipe it reads, then of the pipe it writes.
    retire @1 :Void;
    # Fork no more; end when the last worker has ended.
  }

  struct Fork {
    sequence @0 :UInt64;
    memoryBytes @1 :UInt64;
    # RLIMIT_DATA is what the zygote uses at the fork and this.
    cpuSeconds @2 :UInt64;
    # RLIMIT_CPU, the backstop of the supervisor's own sampling. The supervisor may lower both until the worker has a
    # job.
    ahead @3 :Bool;
    # It will wait for its job: what a first job would have it touch, it touches before.
  }
}

struct FromZygote {
  union {
    hello @0 :Hello;
    forked @1 :Forked;
    # With one descriptor, the worker's pidfd, unless `error` is set.
    ended @2 :Ended;
    failed @3 :Text;
    # The zygote could not be set up (step and errno); it ends after this.
  }

  struct Hello {
    buildId @0 :Text;
    v8 @1 :Text;
    namespaces @2 :List(Namespace);
    # In which it is. The supervisor sees for itself that they are not its own.
    dataBytes @3 :UInt64;
    # Private writable memory of the zygote when it was ready: what every worker is born with.
    mdwe @4 :Bool;
    landlockAbi @5 :UInt32;
    # 0: not in force
    ownKeyring @6 :Bool;
    noStoreBypass @7 :Bool;
    noIndirectBranch @8 :Bool;
    # Optional layers, as far as they are in force.
    codeBytes @9 :UInt64;
    # Of code that workers inherit: counted into the peak of each, though they share it.
  }
  struct Namespace {
    name @0 :Text;
    # "user", "mount", ...
    id @1 :UInt64;
    # The kernel's number for it.
  }
  struct Forked {
    sequence @0 :UInt64;
    error @1 :Int32;
    dataBytes @2 :UInt64;
    # What counted into RLIMIT_DATA at the fork, without what the worker may use; and, into RLIMIT_AS:
    addressBytes @3 :UInt64;
  }
  struct Ended {
    sequence @0 :UInt64;
    status @1 :Int32;
    # As of waitpid(2).
    userNs @2 :UInt64;
    systemNs @3 :UInt64;
    peakBytes @4 :UInt64;
    # ru_maxrss
  }
}
