@0xd6f1c6a1b7e0a001;
# What every call through the door is made of. A worker holds one RPC reference, the bootstrap capability ("the
# door"). It answers to the interface `Session` (session.capnp) and to the interface of every extension
# (extensions/<name>/<name>.capnp). It exports nothing and receives no capability: what a worker may use is named
# by tokens.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("runtime::ipc");

struct Token {
  # 128 random bits that name an object in the live table of one worker. Zero is no token.
  # A token that was never minted for the worker that presents it is proof of compromise: it kills the worker.
  # One that was minted once and has ended since is answered and audited: EBADF where it was closed or revoked, EACCES
  # with the reason "expired" where its time is over.
  high @0 :UInt64;
  low @1 :UInt64;
}

struct Path {
  # A guest path, looked up in the view (a module's grants, or a directory capability) that `base` names.
  base @0 :Token;
  text @1 :Text;
}

struct Handle {
  # A live object: a view, an open file, a job's standard input.
  token @0 :Token;
}

enum Right {
  read @0;
  list @1;
  write @2;
  append @3;
  create @4;
  delete @5;
}

struct Needs {
  # The rights that a Path or Handle parameter must carry before the operation is started. The door checks them,
  # operations never do.
  all @0 :List(Right);
  # Every one of these, always. The first one missing is the `right` of the error.
  any @1 :List(Right);
  # At least one of these.
  ifAbsent @2 :List(Right);
  # Every one of these, when the operation makes what the path names.
  ifPresent @3 :List(Right);
  # Every one of these, when the operation replaces what the path names.
  # The door refuses before the file system is touched when neither `ifAbsent` nor `ifPresent` can hold; otherwise
  # the operation is told which of the two outcomes it may bring about.
}

annotation needs @0xd6f1c6a1b7e0a0ff (param) :Needs;
# On every Path and Handle parameter, nowhere else. A method that leaves it out fails the build's schema test, and
# the door refuses to start with it. `$needs()` states that holding the token is enough.

annotation free @0xd6f1c6a1b7e0a0fe (method) :Void;
# On methods that do nothing with files: no budget is charged for them, and they are performed when one is used up. All
# others cost a call of every budget that what they name is within, and the bytes of each Data, also of a result.
