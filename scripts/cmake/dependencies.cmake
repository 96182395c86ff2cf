# Everything outside this project, as imported targets in the namespace `deps`. Archives are preferred to shared
# libraries: a program without them starts in a third of the time, and the supervisor is linked wholly static.
find_package(Threads REQUIRED)

# runtime_dependency(NAME HEADER h [FOLDER f] [LIBRARIES shared...] [ARCHIVES archive, else shared...] [DEFINITIONS ...])
function(runtime_dependency name)
  cmake_parse_arguments(arg "" "HEADER;FOLDER" "LIBRARIES;ARCHIVES;DEFINITIONS" ${ARGN})
  add_library(deps_${name} INTERFACE)
  add_library(deps::${name} ALIAS deps_${name})
  if(arg_HEADER)
    find_path(RUNTIME_${name}_INCLUDE ${arg_HEADER} PATH_SUFFIXES ${arg_FOLDER} REQUIRED)
    if(NOT RUNTIME_${name}_INCLUDE MATCHES "/usr/include$")
      target_include_directories(deps_${name} SYSTEM INTERFACE "${RUNTIME_${name}_INCLUDE}")
    endif()
  endif()
  foreach(library IN LISTS arg_ARCHIVES)
    find_library(RUNTIME_ARCHIVE_${library} NAMES lib${library}.a ${library} NAMES_PER_DIR REQUIRED)
    target_link_libraries(deps_${name} INTERFACE "${RUNTIME_ARCHIVE_${library}}")
  endforeach()
  foreach(library IN LISTS arg_LIBRARIES)
    find_library(RUNTIME_LIBRARY_${library} NAMES ${library} REQUIRED)
    target_link_libraries(deps_${name} INTERFACE "${RUNTIME_LIBRARY_${library}}")
  endforeach()
  target_compile_definitions(deps_${name} INTERFACE ${arg_DEFINITIONS})
endfunction()

# runtime_version(OUT FILE MACRO...)   "13.6" from the macros of a header, in their order.
function(runtime_version out file)
  set(parts)
  foreach(macro IN LISTS ARGN)
    file(STRINGS "${file}" line REGEX "^#define[ \t]+${macro}[ \t]+[0-9]+")
    if(NOT line MATCHES "([0-9]+)[^0-9]*$")
      message(FATAL_ERROR "${file} does not define ${macro}; is it the header it should be?")
    endif()
    list(APPEND parts "${CMAKE_MATCH_1}")
  endforeach()
  list(JOIN parts "." version)
  set(${out} "${version}" PARENT_SCOPE)
endfunction()

runtime_dependency(kj HEADER kj/async.h ARCHIVES kj-async kj)
runtime_dependency(capnp HEADER capnp/rpc.h ARCHIVES capnp-rpc capnp)
target_link_libraries(deps_capnp INTERFACE deps::kj Threads::Threads)
runtime_dependency(kj_http HEADER kj/compat/http.h ARCHIVES kj-http z)
target_link_libraries(deps_kj_http INTERFACE deps::kj)
runtime_dependency(sqlite HEADER sqlite3.h ARCHIVES sqlite3 LIBRARIES m)
runtime_dependency(seccomp HEADER seccomp.h ARCHIVES seccomp)
runtime_dependency(cap HEADER sys/capability.h ARCHIVES cap)
runtime_dependency(json HEADER nlohmann/json.hpp)
runtime_dependency(cli11 HEADER CLI/CLI.hpp)
runtime_dependency(crypto HEADER openssl/evp.h ARCHIVES crypto z zstd)
runtime_dependency(boost_test HEADER boost/test/unit_test.hpp LIBRARIES boost_unit_test_framework
                   DEFINITIONS BOOST_TEST_DYN_LINK)
runtime_dependency(ada HEADER ada.h LIBRARIES ada-url0)
runtime_dependency(simdutf HEADER simdutf.h LIBRARIES simdutf)

# toml++ is packaged as a shared library only; its headers hold the whole implementation, compiled once here.
runtime_dependency(tomlplusplus HEADER toml++/toml.hpp DEFINITIONS TOML_HEADER_ONLY=0)
file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/tomlplusplus.cc"
     CONTENT "#define TOML_IMPLEMENTATION\n#include <toml++/toml.hpp>\n")
add_library(runtime_tomlplusplus STATIC "${CMAKE_BINARY_DIR}/tomlplusplus.cc")
target_compile_definitions(runtime_tomlplusplus PRIVATE TOML_HEADER_ONLY=0)
target_compile_features(runtime_tomlplusplus PRIVATE cxx_std_23)
set_target_properties(runtime_tomlplusplus PROPERTIES POSITION_INDEPENDENT_CODE ON)
target_link_libraries(deps_tomlplusplus INTERFACE runtime_tomlplusplus)

# V8 as Debian ships it, inside libnode.
runtime_dependency(v8 HEADER v8.h FOLDER node LIBRARIES node)

# The zygote depends on facts of V8 that no interface promises (what it maps, which flags it freezes, that a forked
# isolate runs): they were established for this range, and a V8 outside it is refused rather than tried.
set(RUNTIME_V8_TESTED_FROM 13.6)
set(RUNTIME_V8_TESTED_BELOW 13.7)
runtime_version(RUNTIME_V8_VERSION "${RUNTIME_v8_INCLUDE}/v8-version.h" V8_MAJOR_VERSION V8_MINOR_VERSION)
if(RUNTIME_V8_VERSION VERSION_LESS RUNTIME_V8_TESTED_FROM OR
   RUNTIME_V8_VERSION VERSION_GREATER_EQUAL RUNTIME_V8_TESTED_BELOW)
  message(FATAL_ERROR
    "V8 ${RUNTIME_V8_VERSION} (${RUNTIME_v8_INCLUDE}/v8-version.h) is outside the range that secure-runtime is tested "
    "with: ${RUNTIME_V8_TESTED_FROM} up to, but not, ${RUNTIME_V8_TESTED_BELOW}. Run scripts/setup, which brings a V8 "
    "of that range.")
endif()

# Before 1.4 the segment count of a message overflows.
set(RUNTIME_CAPNP_REQUIRED 1.4)
runtime_version(RUNTIME_CAPNP_VERSION "${RUNTIME_capnp_INCLUDE}/capnp/common.h"
                CAPNP_VERSION_MAJOR CAPNP_VERSION_MINOR)
if(RUNTIME_CAPNP_VERSION VERSION_LESS RUNTIME_CAPNP_REQUIRED)
  message(FATAL_ERROR
    "Cap'n Proto ${RUNTIME_CAPNP_VERSION} (${RUNTIME_capnp_INCLUDE}) is too old: ${RUNTIME_CAPNP_REQUIRED} or newer is "
    "required. Run scripts/setup.")
endif()
