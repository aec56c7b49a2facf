# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
#
# Installs the SDK to a prefix of its own and builds the installed examples with nothing but that: by the Makefile
# and pkg-config, and by CMake's find_package.

if(SANITIZE)
  message("SKIPPED: a sanitized library is not for other people's programs")
  return()
endif()

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
endfunction()

# What an example says of itself proves that it found and loaded the installed library.
function(expect_version program library)
  execute_process(COMMAND ${CMAKE_COMMAND} -E env LD_LIBRARY_PATH=${prefix}/${LIBRARIES} ${program} --version
    OUTPUT_VARIABLE said COMMAND_ERROR_IS_FATAL ANY)
  if(NOT said MATCHES "\\(${library} 0\\.1\\.0\\)")
    message(FATAL_ERROR "${program} said: ${said}")
  endif()
endfunction()

function(expect_versions folder)
  foreach(program heartbeat-c heartbeat-cpp)
    expect_version(${folder}/${program} libheartbeat)
  endforeach()
  foreach(program servergroup-c servergroup-cpp standby-pair)
    expect_version(${folder}/${program} libservergroup)
  endforeach()
  expect_version(${folder}/worker-pool libguestscale)
endfunction()

file(REMOVE_RECURSE ${SCRATCH})
set(prefix ${SCRATCH}/prefix)
set(examples ${prefix}/${DOCUMENTS}/examples)
foreach(component libheartbeat libheartbeat-dev libservergroup libservergroup-dev libguestscale libguestscale-dev examples)
  run(${CMAKE_COMMAND} --install ${BUILD_DIRECTORY} --prefix ${prefix} --component ${component})
endforeach()

file(COPY ${examples} DESTINATION ${SCRATCH})
run(${CMAKE_COMMAND} -E env PKG_CONFIG_PATH=${prefix}/${LIBRARIES}/pkgconfig make -C ${SCRATCH}/examples)
expect_versions(${SCRATCH}/examples)

run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/installed_consumer -B ${SCRATCH}/consumer
  -DCMAKE_PREFIX_PATH=${prefix} -DEXAMPLES=${examples})
run(${CMAKE_COMMAND} --build ${SCRATCH}/consumer)
expect_versions(${SCRATCH}/consumer)
