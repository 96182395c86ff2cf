# Everything outside this project, as imported targets in the namespace `deps`.
find_package(Threads REQUIRED)

function(runtime_dependency name)
  cmake_parse_arguments(arg "" "HEADER;FOLDER" "LIBRARIES;DEFINITIONS" ${ARGN})
  add_library(deps_${name} INTERFACE)
  add_library(deps::${name} ALIAS deps_${name})
  if(arg_HEADER)
    find_path(RUNTIME_${name}_INCLUDE ${arg_HEADER} PATH_SUFFIXES ${arg_FOLDER} REQUIRED)
    if(NOT RUNTIME_${name}_INCLUDE MATCHES "/usr/include$")
      target_include_directories(deps_${name} SYSTEM INTERFACE "${RUNTIME_${name}_INCLUDE}")
    endif()
  endif()
  foreach(library IN LISTS arg_LIBRARIES)
    find_library(RUNTIME_LIBRARY_${library} NAMES ${library} REQUIRED)
    target_link_libraries(deps_${name} INTERFACE "${RUNTIME_LIBRARY_${library}}")
  endforeach()
  target_compile_definitions(deps_${name} INTERFACE ${arg_DEFINITIONS})
endfunction()

runtime_dependency(kj HEADER kj/async.h LIBRARIES kj-async kj)
runtime_dependency(capnp HEADER capnp/rpc.h LIBRARIES capnp-rpc capnp)
target_link_libraries(deps_capnp INTERFACE deps::kj Threads::Threads)
runtime_dependency(seccomp HEADER seccomp.h LIBRARIES seccomp)
runtime_dependency(cap HEADER sys/capability.h LIBRARIES cap)
runtime_dependency(tomlplusplus HEADER toml++/toml.hpp LIBRARIES tomlplusplus
                   DEFINITIONS TOML_SHARED_LIB=1 TOML_HEADER_ONLY=0)
runtime_dependency(json HEADER nlohmann/json.hpp)
runtime_dependency(cli11 HEADER CLI/CLI.hpp)
runtime_dependency(crypto HEADER openssl/evp.h LIBRARIES crypto)
runtime_dependency(boost_test HEADER boost/test/unit_test.hpp LIBRARIES boost_unit_test_framework
                   DEFINITIONS BOOST_TEST_DYN_LINK)
runtime_dependency(ada HEADER ada.h LIBRARIES ada-url0)
runtime_dependency(simdutf HEADER simdutf.h LIBRARIES simdutf)

# V8 as Debian ships it, inside libnode.
runtime_dependency(v8 HEADER v8.h FOLDER node LIBRARIES node)
