# Clang 19 against .sysroot/ where there is one (scripts/setup makes it); against the system's own
# packages where there is none, as on Debian 14. Nothing else in the build knows of the difference.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_C_COMPILER clang-19)
set(CMAKE_CXX_COMPILER clang++-19)
set(CMAKE_LINKER_TYPE LLD)
set(CMAKE_EXE_LINKER_FLAGS_INIT "-fuse-ld=lld")
set(CMAKE_CROSSCOMPILING FALSE)

get_filename_component(runtime_source "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
set(RUNTIME_SYSROOT "${runtime_source}/.sysroot")
if(EXISTS "${RUNTIME_SYSROOT}/usr/include")
  set(CMAKE_SYSROOT "${RUNTIME_SYSROOT}")
  # The version of GCC's library in the sysroot is found, not fixed.
  file(GLOB runtime_gcc "${RUNTIME_SYSROOT}/usr/lib/gcc/x86_64-linux-gnu/*")
  list(SORT runtime_gcc COMPARE NATURAL)
  list(POP_BACK runtime_gcc runtime_gcc)
  set(runtime_compile "--gcc-install-dir=${runtime_gcc}")
  set(CMAKE_C_FLAGS_INIT "${runtime_compile}")
  set(CMAKE_CXX_FLAGS_INIT "${runtime_compile}")
  # DT_RPATH, not DT_RUNPATH: only the former is searched for the libraries of libraries.
  string(APPEND CMAKE_EXE_LINKER_FLAGS_INIT
         " -Wl,--disable-new-dtags -Wl,-rpath,${RUNTIME_SYSROOT}/usr/lib/x86_64-linux-gnu"
         " -Wl,--dynamic-linker=${RUNTIME_SYSROOT}/lib64/ld-linux-x86-64.so.2")
  set(CMAKE_FIND_ROOT_PATH "${RUNTIME_SYSROOT}")
  set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
  set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
  set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
  set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
  set(CMAKE_LIBRARY_ARCHITECTURE x86_64-linux-gnu)
  set(RUNTIME_CAPNP "${RUNTIME_SYSROOT}/tools/capnp")
  set(RUNTIME_CAPNPC_CXX "${RUNTIME_SYSROOT}/tools/capnpc-c++")
endif()
