@0xd6f1c6a1b7e0a010;
# The file system as a job sees it: guest paths beneath the entries of a grant, opened files as tokens.
#
# Which rights a call needs stands on its Path and Handle parameters; the door checks them before the operation
# starts, and before the file system is touched. What is said about errors below comes on top of that: any other
# failure carries Node's code (ENOENT, EISDIR, ELOOP, EROFS, ...) and the guest path.
#
# Bounds: one call carries at most 256 KiB of data in either direction (EINVAL for more in a parameter; a longer read
# is answered short), a name has at most 4,096 bytes (ENAMETOOLONG) and no NUL (EINVAL). Quotas: EMFILE beyond the
# limit `handles`, ENOSPC beyond `storage` or `entries`, decided before anything beyond it is written.
#
# Only regular files and folders can be reached; anything else (FIFO, socket, device) is refused with EACCES, except
# by lstat, unlink, rm and rename, which act on the name. A link that leads outside its entry is refused with EACCES,
# by readlink and realpath too. Times are milliseconds since 1970, rounded down to the job's clock.
using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("runtime::extensions::fs");
using Door = import "/ipc/door.capnp";
using Path = Door.Path;
using Handle = Door.Handle;
using Token = Door.Token;
using Right = Door.Right;

enum FileType { unknown @0; file @1; directory @2; symlink @3; fifo @4; socket @5; characterDevice @6; blockDevice @7; }

struct Stat {
  type @0 :FileType;
  mode @1 :UInt32;
  # With the type's bits, as of stat(2).
  device @2 :UInt64;
  inode @3 :UInt64;
  links @4 :UInt64;
  size @5 :UInt64;
  blockSize @6 :UInt32;
  blocks @7 :UInt64;
  accessedMs @8 :Float64;
  modifiedMs @9 :Float64;
  changedMs @10 :Float64;
  bornMs @11 :Float64;
  # Owners and rdev are not told: a face shows 0.
}

struct Entry {
  name @0 :Text;
  # Relative to the folder that was listed: "a.md", in a recursive listing also "sub/a.md". Bytes that are not UTF-8
  # are shown as U+FFFD.
  type @1 :FileType;
  # Of the name itself: a symlink is a symlink.
}

interface Fs {
  # --- Looking ---

  readFile @0 (path :Path $Door.needs(all = [read])) -> (bytes :Data, size :UInt64, rest :Token);
  # readFile in one round trip: open, fstat, the first 256 KiB, close. `size` is the file's size when it was opened.
  # Where there is more, `rest` is an open file (one of the job's `handles`), else no token: read() it from offset
  # bytes.length on, several calls in flight, until an answer is empty, then close() it. A face keeps few such files open
  # at a time and lets other callers wait, so that many readFile() at once do not end in EMFILE. EISDIR for a folder.

  stat @1 (path :Path $Door.needs(all = [read])) -> (stat :Stat);
  # stat: follows a symlink at the end of the path. Also existsSync, by way of access.

  lstat @2 (path :Path $Door.needs(all = [read])) -> (stat :Stat);
  # lstat: the symlink itself.

  access @3 (path :Path $Door.needs(all = [read]), mode :UInt8) -> ();
  # access: `mode` of F_OK 0, X_OK 1, W_OK 2, R_OK 4. EACCES where the file's mode or owner forbids it, or, for W_OK,
  # where neither `write` nor `append` is held (then with `right`).

  readlink @4 (path :Path $Door.needs(all = [read])) -> (target :Text);
  # readlink: the text of the link. EINVAL where it is none.

  realpath @5 (path :Path $Door.needs(all = [read])) -> (path :Text);
  # realpath: absolute, without links and "..", as the view of `path` names it.

  readdir @6 (path :Path $Door.needs(all = [list]), recursive :Bool) -> (entries :List(Entry), rest :Token);
  # readdir: sorted by name's bytes, as Node does; recursive ones folder by folder, breadth first, links not followed.
  # A recursive listing leaves out what a deny takes `list` from. Where there is more than one answer holds, `rest` is a
  # live listing (one of the job's `handles`), else no token. A folder of more than about 1 MiB of names comes in pieces,
  # each sorted. ENOTDIR. ENOMEM where the folders still to be listed take more than 4 MiB of names.

  readdirMore @7 (listing :Handle $Door.needs(all = [list])) -> (entries :List(Entry), done :Bool);
  # The next piece of a listing, one call at a time (EBUSY). When `done`, the listing has been closed; close() ends it
  # before.

  # --- Opening: one method for each set of rights ---
  # Each returns an open file, one of the job's `handles`, for read(), write(), ... and close(). The token carries the
  # rights that are stated for the method, no more. `exclusive` is the "x" of Node's flags: EEXIST where the name exists.
  # `mode` is that of a file that is made, less the supervisor's umask; its permission bits only. EISDIR for a folder.

  openRead @8 (path :Path $Door.needs(all = [read])) -> (file :Token);
  # "r". Carries `read`.

  openReadWrite @9 (path :Path $Door.needs(all = [read, write])) -> (file :Token);
  # "r+". Carries `read` and `write`.

  openWrite @10 (path :Path $Door.needs(all = [write], ifAbsent = [create]), exclusive :Bool, mode :UInt16 = 0x1b6)
      -> (file :Token);
  # "w", "wx": made or truncated. Carries `write`.

  openWriteRead @11 (path :Path $Door.needs(all = [read, write], ifAbsent = [create]), exclusive :Bool,
                     mode :UInt16 = 0x1b6) -> (file :Token);
  # "w+", "wx+". Carries `read` and `write`.

  openAppend @12 (path :Path $Door.needs(any = [append, write], ifAbsent = [create]), exclusive :Bool,
                  mode :UInt16 = 0x1b6) -> (file :Token);
  # "a", "ax": made where absent; every write goes to the end. Carries those of `append` and `write` that are held.

  openAppendRead @13 (path :Path $Door.needs(all = [read], any = [append, write], ifAbsent = [create]), exclusive :Bool,
                      mode :UInt16 = 0x1b6) -> (file :Token);
  # "a+", "ax+". As openAppend, and `read`.

  # --- Open files ---
  # Calls on one file act in the order in which they were made. A token that was closed is answered EBADF. A face that
  # knows the flags it opened with answers EBADF itself where Node would (a read of a "w" file), and does not call.

  read @14 (file :Handle $Door.needs(all = [read]), length :UInt32, position :Int64 = -1) -> (bytes :Data);
  # FileHandle.read: at most `length` and at most 256 KiB, from `position`, or, where that is negative, from the file's
  # own position, which then moves on. May be short; empty at the end of the file and for no other reason, if length > 0.

  write @15 (file :Handle $Door.needs(any = [write, append]), bytes :Data, position :Int64 = -1) -> (written :UInt32);
  # FileHandle.write: all of `bytes`, or an error; then a part may have been written. At `position`, or, where that is
  # negative, at the file's own position, which then moves on. A file opened for append ignores `position`.

  fileStat @16 (file :Handle $Door.needs()) -> (stat :Stat);
  # FileHandle.stat

  fileTruncate @17 (file :Handle $Door.needs(all = [write]), length :UInt64) -> ();
  # FileHandle.truncate: growth counts as storage.

  fileUtimes @18 (file :Handle $Door.needs(all = [write]), accessedMs :Float64, modifiedMs :Float64) -> ();
  # FileHandle.utimes

  sync @19 (file :Handle $Door.needs()) -> ();
  # FileHandle.sync

  datasync @20 (file :Handle $Door.needs()) -> ();
  # FileHandle.datasync

  close @21 (handle :Handle $Door.needs()) -> () $Door.free;
  # FileHandle.close, the end of a readFile or a listing. Waits for the calls that were made on it before. One of
  # beginWrite() that was not committed leaves no new file behind. EBADF for what is not a file or a listing (a view).

  # --- Writing by path ---

  writeFile @22 (path :Path $Door.needs(all = [write], ifAbsent = [create]), bytes :Data, exclusive :Bool,
                 mode :UInt16 = 0x1b6) -> ();
  # writeFile in one round trip, flags "w" and "wx", at most 256 KiB. A new file gets its name when its content is
  # complete; an existing one is truncated in place, as Node does. Longer content, other flags and `flush`:
  # beginWrite() or an open method.

  beginWrite @23 (path :Path $Door.needs(all = [write], ifAbsent = [create]), exclusive :Bool, mode :UInt16 = 0x1b6)
      -> (file :Token);
  # writeFile of longer content: as openWrite(), but a new file has no name until commit(). Then write() in pieces,
  # several in flight, sync() where asked for, commit().

  commit @24 (file :Handle $Door.needs(any = [write, append])) -> () $Door.free;
  # Ends what beginWrite() began, after the writes made before it, and closes the file. If a write failed, close()
  # instead. EEXIST where `exclusive` was asked for and the name has come to exist meanwhile. EBADF for other files.

  appendFile @25 (path :Path $Door.needs(any = [append, write], ifAbsent = [create]), bytes :Data,
                  mode :UInt16 = 0x1b6) -> ();
  # appendFile in one round trip, at most 256 KiB; longer content: openAppend().

  truncate @26 (path :Path $Door.needs(all = [write]), length :UInt64) -> ();
  # truncate

  utimes @27 (path :Path $Door.needs(all = [write]), accessedMs :Float64, modifiedMs :Float64) -> ();
  # utimes: follows a symlink.

  copyFile @28 (from :Path $Door.needs(all = [read]), to :Path $Door.needs(ifAbsent = [create], ifPresent = [write]),
                exclusive :Bool) -> ();
  # copyFile; `exclusive` is COPYFILE_EXCL. From a folder it fails (EISDIR) before the target is touched. A new target gets
  # its name when it is complete, and the permission bits of the source.

  # --- Folders and names ---

  mkdir @29 (path :Path $Door.needs(all = [create]), recursive :Bool, mode :UInt16 = 0x1ff) -> (first :Text);
  # mkdir. Recursive: makes what is missing; `first` is the first folder made, as the view of `path` names it, empty
  # where none was. Otherwise EEXIST, ENOENT; `first` is empty.

  mkdtemp @30 (path :Path $Door.needs(all = [create])) -> (path :Text);
  # mkdtemp: the face appends "XXXXXX" to the prefix; these six characters are replaced. `path` is the text that was
  # given, with them replaced. EINVAL where it does not end so.

  unlink @31 (path :Path $Door.needs(all = [delete])) -> ();
  # unlink: the link itself where it is one. EISDIR for a folder.

  rmdir @32 (path :Path $Door.needs(all = [delete])) -> ();
  # rmdir: an empty folder.

  rm @33 (path :Path $Door.needs(all = [delete]), recursive :Bool, force :Bool) -> ();
  # rm: `force` ignores that the path does not exist. ERR_FS_EISDIR for a folder that is not removed recursively. A
  # folder beneath which a deny of `delete` could match is refused before anything is removed.

  rename @34 (from :Path $Door.needs(all = [delete]), to :Path $Door.needs(all = [create], ifPresent = [delete])) -> ();
  # rename: EXDEV across entries. A folder beneath which a deny could match is refused.

  # --- Authority as objects ---

  dir @35 (path :Path $Door.needs(any = [read, list, write, append, create, delete])) -> (view :Token);
  # dir, subdir: a view whose "/" is that folder, with what is held there. It ends with the view it was made from.
  # ENOTDIR.

  only @36 (view :Handle $Door.needs(), rights :List(Right)) -> (view :Token) $Door.free;
  # only: a narrower copy, derived from `view`. EACCES with `right` where one of `rights` is not held.

  readOnly @37 (view :Handle $Door.needs()) -> (view :Token) $Door.free;
  # readOnly: as only(), with those of `read` and `list` that are held.

  rights @38 (view :Handle $Door.needs()) -> (rights :List(Right)) $Door.free;
  # What is held at the view's "/".

  revoke @39 (view :Handle $Door.needs()) -> () $Door.free;
  # revoke: ends the view and all that was made from it, open files too, at once. The grant remains.

  until @40 (view :Handle $Door.needs(), milliseconds :UInt32) -> (view :Token) $Door.free;
  # until: the same view for so long, counted by the supervisor's clock. Then it ends with all that was made from it, open
  # files too, and calls under way: EACCES with the reason "expired". Never later than `view` does.

  budget @41 (view :Handle $Door.needs(), calls :UInt64 = 0xffffffffffffffff, bytes :UInt64 = 0xffffffffffffffff,
              perSecond :UInt32 = 0xffffffff) -> (view :Token) $Door.free;
  # budget: the same view, of which all that is done through it and what is made from it is charged, as it is to the
  # budgets that `view` is within: EACCES with the reason "calls", "bytes" or "perSecond". The defaults: not limited. At
  # most 1,000,000 calls a second; EINVAL for more or where nothing is limited. EMLINK for more than 32 budgets within
  # each other.
  #
  # A call costs one before the file system is touched, and the bytes of content that it takes, then, or that it gives,
  # before they are given; copyFile() costs what it reads and what it writes, before it writes it. Names and what stat()
  # tells are no content. What continues a call (the rest of readFile(), readdirMore(), the writes of beginWrite()) costs
  # bytes only. A read is answered short where fewer bytes are left, readFile() refused. Nothing is refunded.
}
