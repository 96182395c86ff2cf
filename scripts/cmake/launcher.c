// The zygote's name in an installation that carries its own loader and libraries: the kernel wants an absolute path of
// the loader in a program, so this program, which needs no loader, starts it from the place it was itself started from:
//
//   PREFIX/libexec/secure-runtime/secure-runtime-zygote      this
//   PREFIX/lib/secure-runtime/{loader,secure-runtime-zygote,lib*.so.*}
//
// Process, descriptors, arguments and environment pass unchanged. The installation can be moved as a whole.
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

enum { kMaxPath = 4096, kMaxArguments = 32, kCannotExecute = 127 };

static const char kLibraries[] = "/../../lib/secure-runtime";

// `folder` + the libraries' place + `name`. False where it does not fit.
static int join(char* out, const char* folder, size_t length, const char* name) {
  if (length + sizeof kLibraries + strlen(name) > kMaxPath) return 0;
  memcpy(out, folder, length);
  strcpy(out + length, kLibraries);
  strcat(out, name);
  return 1;
}

int main(int argc, char** argv, char** environment) {
  const char* self = (const char*)getauxval(AT_EXECFN);
  const char* slash = self == NULL ? NULL : strrchr(self, '/');
  if (slash == NULL || argc < 1 || argc > kMaxArguments) return kCannotExecute;
  const size_t length = (size_t)(slash - self);

  static char loader[kMaxPath], libraries[kMaxPath], program[kMaxPath];
  if (!join(loader, self, length, "/loader") || !join(libraries, self, length, "") ||
      !join(program, self, length, "/secure-runtime-zygote"))
    return kCannotExecute;

  // --inhibit-cache: the system's /etc/ld.so.cache knows other libraries of the same names.
  char* arguments[kMaxArguments + 8] = {loader,    "--inhibit-cache", "--library-path", libraries,
                                        "--argv0", argv[0],           program};
  for (int i = 1; i < argc; i++) arguments[6 + i] = argv[i];
  execve(loader, arguments, environment);
  return kCannotExecute;
}
