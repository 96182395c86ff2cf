# cmake --install build/release --prefix PREFIX
#
#   bin/secure-runtime                            static: needs nothing
#   libexec/secure-runtime/secure-runtime-zygote  the program that the supervisor starts (beside ../bin)
#   lib/systemd/system/secure-runtime.service     the service as a unit of systemd
#
# Built against a sysroot, the zygote needs that root's C library, which no machine has: the installation then carries
# the loader and every library the zygote needs in lib/secure-runtime/, and the name in libexec is a small program that
# starts the zygote with them (launcher.c). Checkout and sysroot may go, and the prefix may be moved.
include(GNUInstallDirs)
install(TARGETS secure-runtime DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/secure-runtime")

install(CODE "
  set(unit [[${CMAKE_SOURCE_DIR}/supervisor/serve/secure-runtime.service.in]])
  set(folder [[${CMAKE_INSTALL_BINDIR}]])")
install(CODE [[
  set(RUNTIME_BINDIR "${CMAKE_INSTALL_PREFIX}/${folder}")
  set(installed "${CMAKE_INSTALL_PREFIX}/lib/systemd/system/secure-runtime.service")
  message(STATUS "Installing: ${installed}")
  configure_file("${unit}" "$ENV{DESTDIR}${installed}" @ONLY)
]])

if(NOT CMAKE_SYSROOT)
  install(TARGETS secure-runtime-zygote DESTINATION libexec/secure-runtime)
  return()
endif()

add_executable(zygote_launcher scripts/cmake/launcher.c)
set_target_properties(zygote_launcher PROPERTIES RUNTIME_STATIC ON SKIP_BUILD_RPATH ON
                      RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/launcher" OUTPUT_NAME secure-runtime-zygote)
target_compile_options(zygote_launcher PRIVATE -Os -Wall -Wextra -Werror -fstack-protector-strong)
target_link_options(zygote_launcher PRIVATE -static-pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
install(TARGETS zygote_launcher DESTINATION libexec/secure-runtime)

# The libraries are found by the loader's --library-path, not by a run path.
set_target_properties(secure-runtime-zygote PROPERTIES INSTALL_RPATH "")
install(TARGETS secure-runtime-zygote DESTINATION lib/secure-runtime)

set(RUNTIME_LOADER "${RUNTIME_SYSROOT}/lib64/ld-linux-x86-64.so.2")
install(CODE "
  set(loader [[${RUNTIME_LOADER}]])
  set(root [[${RUNTIME_SYSROOT}]])
  set(zygote [[$<TARGET_FILE:secure-runtime-zygote>]])")
install(CODE [[
  set(folder "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/lib/secure-runtime")
  execute_process(COMMAND "${loader}" --list "${zygote}" OUTPUT_VARIABLE list COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[^\n\t ]+ => [^\n ]+" entries "${list}")
  if(NOT entries OR list MATCHES "not found")
    message(FATAL_ERROR "the libraries of ${zygote} cannot be told:\n${list}")
  endif()
  foreach(entry IN LISTS entries)
    string(REGEX MATCH "^(.*) => (.*)$" entry "${entry}")
    set(name "${CMAKE_MATCH_1}")
    set(path "${CMAKE_MATCH_2}")
    if(NOT name MATCHES "/")  # the loader itself has its path for a name
      file(REAL_PATH "${path}" path)
      file(REAL_PATH "${root}" real_root)
      if(NOT path MATCHES "^${real_root}/")
        message(FATAL_ERROR "the zygote would load ${path}, which is not of ${root}")
      endif()
      message(STATUS "Installing: ${folder}/${name}")
      file(COPY_FILE "${path}" "${folder}/${name}" ONLY_IF_DIFFERENT)
      file(CHMOD "${folder}/${name}" FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
    endif()
  endforeach()
  file(REAL_PATH "${loader}" path)
  file(COPY_FILE "${path}" "${folder}/loader" ONLY_IF_DIFFERENT)
  file(CHMOD "${folder}/loader" FILE_PERMISSIONS
       OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
]])
