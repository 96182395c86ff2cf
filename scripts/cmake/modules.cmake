# runtime_library(NAME [PUBLIC ...] [PRIVATE ...]) one library a folder: every .cc in it. PUBLIC is what its headers
#   show, PRIVATE what only its sources use.
# runtime_schema(NAME FILES ...)   Cap'n Proto schemas of the folder as a library of their own.
# runtime_program(NAME [STATIC] SOURCES ... LINK ...)   an executable, in the top of the build folder. STATIC: without
#   a loader, for the shortest start.
# runtime_tests(NAME [UNSANITIZED] LINK ...)   every *_test.cc of a folder under tests/ as one Boost.Test program.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# Programs that load shared libraries do so with the sysroot's loader and from the sysroot. DT_RPATH, not DT_RUNPATH:
# only the former is searched for the libraries of libraries.
define_property(TARGET PROPERTY RUNTIME_STATIC BRIEF_DOCS "The program is linked without a loader")
if(CMAKE_SYSROOT)
  set(CMAKE_BUILD_RPATH "${RUNTIME_SYSROOT}/usr/lib/x86_64-linux-gnu")
  add_link_options("$<$<NOT:$<BOOL:$<TARGET_PROPERTY:RUNTIME_STATIC>>>:-Wl,--disable-new-dtags,--dynamic-linker=${RUNTIME_SYSROOT}/lib64/ld-linux-x86-64.so.2>")
endif()

add_library(runtime_options INTERFACE)
target_include_directories(runtime_options INTERFACE "${CMAKE_SOURCE_DIR}" "${CMAKE_BINARY_DIR}/schemas")
target_compile_options(runtime_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wimplicit-fallthrough
  -Wno-c23-extensions -Wno-unused-parameter -fstack-protector-strong -ftrivial-auto-var-init=zero)
target_compile_definitions(runtime_options INTERFACE RUNTIME_VERSION="${PROJECT_VERSION}")
target_link_options(runtime_options INTERFACE
  "$<$<NOT:$<BOOL:$<TARGET_PROPERTY:RUNTIME_STATIC>>>:-pie>" -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
if(RUNTIME_DEVELOPER)
  target_compile_options(runtime_options INTERFACE -Werror -UNDEBUG)
  target_compile_definitions(runtime_options INTERFACE _GLIBCXX_ASSERTIONS)
else()
  target_compile_definitions(runtime_options INTERFACE _FORTIFY_SOURCE=2)
endif()

# Sanitizers cannot live behind a system-call filter or across V8's fork: the worker is built without them, and what it
# shares with the supervisor is built twice, the second time as NAME_unsanitized.
add_library(runtime_sanitizers INTERFACE)
if(RUNTIME_SANITIZE)
  target_compile_options(runtime_sanitizers INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(runtime_sanitizers INTERFACE -fsanitize=address,undefined)
endif()
# Of one test, in seconds; against hanging only.
set(RUNTIME_TEST_TIMEOUT 120)
if(RUNTIME_SANITIZE)
  set(RUNTIME_TEST_TIMEOUT 600)
endif()
if(RUNTIME_FUZZ)
  target_compile_options(runtime_sanitizers INTERFACE -fsanitize=fuzzer-no-link)
endif()

# The unsanitized form of each library that has one.
function(runtime_unsanitized out)
  set(names)
  foreach(name IN LISTS ARGN)
    if(TARGET ${name}_unsanitized)
      list(APPEND names ${name}_unsanitized)
    else()
      list(APPEND names ${name})
    endif()
  endforeach()
  set(${out} "${names}" PARENT_SCOPE)
endfunction()

function(runtime_library name)
  cmake_parse_arguments(arg "UNSANITIZED" "" "PUBLIC;PRIVATE;SOURCES" ${ARGN})
  if(NOT arg_SOURCES)
    file(GLOB arg_SOURCES CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cc")
    list(FILTER arg_SOURCES EXCLUDE REGEX "_main\\.cc$")
  endif()
  if(arg_SOURCES)
    runtime_unsanitized(public ${arg_PUBLIC})
    runtime_unsanitized(private ${arg_PRIVATE})
    add_library(${name} STATIC ${arg_SOURCES})
    if(arg_UNSANITIZED)
      target_link_libraries(${name} PUBLIC runtime_options ${public} PRIVATE ${private})
      return()
    endif()
    target_link_libraries(${name} PUBLIC runtime_options runtime_sanitizers ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
    if(RUNTIME_SANITIZE)
      add_library(${name}_unsanitized STATIC EXCLUDE_FROM_ALL ${arg_SOURCES})
      target_link_libraries(${name}_unsanitized PUBLIC runtime_options ${public} PRIVATE ${private})
    endif()
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE runtime_options ${arg_PUBLIC} ${arg_PRIVATE})
  endif()
endfunction()

if(NOT RUNTIME_CAPNP)
  find_program(RUNTIME_CAPNP capnp REQUIRED)
  find_program(RUNTIME_CAPNPC_CXX capnpc-c++ REQUIRED)
endif()
find_path(RUNTIME_CAPNP_INCLUDE capnp/c++.capnp REQUIRED)

# Every header that is generated.
add_custom_target(schemas)

function(runtime_schema name)
  cmake_parse_arguments(arg "" "" "FILES;DEPENDS" ${ARGN})
  set(generated)
  file(RELATIVE_PATH folder "${CMAKE_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}")
  foreach(file IN LISTS arg_FILES)
    set(output "${CMAKE_BINARY_DIR}/schemas/${folder}/${file}")
    add_custom_command(
      OUTPUT "${output}.c++" "${output}.h"
      COMMAND ${RUNTIME_CAPNP} compile "-I${CMAKE_SOURCE_DIR}" "-I${RUNTIME_CAPNP_INCLUDE}"
              "--src-prefix=${CMAKE_SOURCE_DIR}" "-o${RUNTIME_CAPNPC_CXX}:${CMAKE_BINARY_DIR}/schemas"
              "${CMAKE_CURRENT_SOURCE_DIR}/${file}"
      DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${file}" ${arg_DEPENDS}
      COMMENT "Schema ${folder}/${file}"
      VERBATIM)
    list(APPEND generated "${output}.c++")
  endforeach()
  file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/schemas")
  add_custom_target(${name}_generated DEPENDS ${generated})
  add_dependencies(schemas ${name}_generated)
  add_library(${name} STATIC ${generated})
  target_include_directories(${name} SYSTEM PUBLIC "${CMAKE_BINARY_DIR}/schemas")
  target_link_libraries(${name} PUBLIC deps::capnp)
  target_compile_features(${name} PUBLIC cxx_std_23)
endfunction()

# A static program must carry no run path: it has no loader, and its start code fails on the entry. The sanitizers need
# a loader.
function(runtime_program name)
  cmake_parse_arguments(arg "STATIC" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE runtime_options ${arg_LINK})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")
  if(arg_STATIC AND NOT RUNTIME_SANITIZE)
    set_target_properties(${name} PROPERTIES RUNTIME_STATIC ON SKIP_BUILD_RPATH ON)
    target_link_options(${name} PRIVATE -static-pie)
  endif()
endfunction()

function(runtime_tests name)
  cmake_parse_arguments(arg "UNSANITIZED" "" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${name}/*_test.cc")
  if(sources)
    add_executable(${name}_test ${sources})
    # Boost.Test puts main() into each file that is compiled with this.
    list(GET sources 0 first)
    set_source_files_properties("${first}" PROPERTIES COMPILE_DEFINITIONS BOOST_TEST_MODULE=${name})
    set(sanitizers runtime_sanitizers)
    if(arg_UNSANITIZED)
      runtime_unsanitized(arg_LINK ${arg_LINK})
      set(sanitizers)
    endif()
    target_link_libraries(${name}_test PRIVATE runtime_options ${sanitizers} ${arg_LINK} deps::boost_test)
    add_test(NAME ${name} COMMAND ${name}_test)
    set_tests_properties(${name} PROPERTIES TIMEOUT ${RUNTIME_TEST_TIMEOUT})
  endif()
endfunction()
