@0xd6f1c6a1b7e0a002;
# The life of one job in one worker: what it runs, its modules, its timers, its output and its end. The supervisor
# never calls a worker; a worker asks.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("runtime::ipc");
using Door = import "door.capnp";

interface Session {
  begin @0 () -> (job :Job);
  # Once, first. Answers when there is a job to run.

  load @1 (referrer :UInt32, specifier :Text, type :Text, kind :ImportKind) -> (module :Module);
  # Resolves `specifier` as module `referrer` (an id given by an earlier `load`; 0 for the entry, whose specifier is
  # empty) wrote it, and returns what it names. The entry may be asked for together with the job: it is answered after
  # `begin`. `type` is the import attribute of that name, or empty; `kind` says
  # whether it was imported or required.
  # Errors: ERR_MODULE_NOT_FOUND, ERR_UNSUPPORTED_DIR_IMPORT, ERR_UNSUPPORTED_ESM_URL_SCHEME,
  # ERR_IMPORT_ATTRIBUTE_MISSING, ERR_UNKNOWN_FILE_EXTENSION, EACCES; `resource` is the guest path.

  readSource @2 (module :UInt32, offset :UInt64) -> (bytes :Data);
  # The rest of a source that did not fit into the answer of `load`: the 256 KiB from `offset` on, a multiple of that, or
  # what there is of them. Each once; the last piece is asked for last. EIO where the file has changed since `load`.

  wait @3 (nanoseconds :UInt64) -> ();
  # Answers after that time. A worker's only way to sleep with an end. At most 8 at once.

  output @4 (stream :OutputStream, bytes :Data) -> ();
  # Pushed, in order. Counted against the limit `output`.

  done @5 (outcome :Outcome) -> ();
  # Once, last. It is not answered: the supervisor ends the worker.
}

enum ImportKind { import @0; require @1; }

enum OutputStream { stdout @0; stderr @1; }

struct Job {
  entry @0 :Text;
  # The specifier of the entry, a URL: "file:///main.mjs".
  arguments @1 :List(Text);
  environment @2 :List(Variable);
  # For the global `process.env`: only the names that the policy grants to every module.
  eval @3 :Bool;
  wasm @4 :Bool;
  clockResolutionNs @5 :UInt64;
  # 0: the clock stands still at `startedNs`.
  startedNs @6 :UInt64;
  # Wall clock at the job's start, since 1970.
  memoryBytes @7 :UInt64;
}

struct Variable { name @0 :Text; value @1 :Text; }

struct Module {
  id @0 :UInt32;
  # The same for the same file, however it was named; above 2^31 for an extension, one for each importing module, for
  # each has a view of its own.
  url @1 :Text;
  # "file:///lib/a.mjs": its path under root. "runtime:fs" for an extension.
  format @2 :Format;
  known @3 :Bool;
  # This worker has been given this module before; `source` is empty.
  size @4 :UInt64;
  # Bytes of the whole source.
  source @5 :Data;
  # The first 256 KiB of it.
  extension @6 :Text;
  # Format.extension: its name ("fs"). The module is made of its face and of `view`.
  view @7 :Door.Token;
  # Format.extension: the importing module's authority over that extension. Never shared between modules.

  enum Format { javaScript @0; json @1; wasm @2; commonJs @3; extension @4; bySyntax @5; }
  # bySyntax: CommonJS, unless it reads as an ECMAScript module only. The worker tells, for only it parses JavaScript.
}

struct Outcome {
  union {
    completed @0 :Void;
    exited @1 :UInt8;
    # exit(code)
    exception @2 :Exception;
  }
}

struct Exception {
  name @0 :Text;
  message @1 :Text;
  stack @2 :Text;
  # What a person reads, guest paths only: for an Error its stack, else the value inspected.
}
