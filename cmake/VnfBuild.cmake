# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
#
# How every target is compiled: language level, warnings, hardening, sanitizers, include root,
# and the two precompiled headers. Nothing that belongs to one component lives here.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 99)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)

add_library(vnf_build INTERFACE)
target_compile_features(vnf_build INTERFACE cxx_std_20)
target_compile_options(vnf_build INTERFACE
  -Wall -Wextra -Wconversion -Wshadow -fno-common
  # Sections are for the linker to drop what nobody calls: the headers of Boost leave much of it.
  "$<$<CONFIG:Release,RelWithDebInfo>:-fstack-protector-strong;-ffunction-sections;-fdata-sections>")
if(NOT VNF_SANITIZE)
  # Instrumented code makes GCC 12 warn of what is not there; the other builds are where a warning is an error.
  target_compile_options(vnf_build INTERFACE -Werror)
endif()
# Optimised, GCC 12 takes the alternatives that a moved std::variant does not hold for read.
target_compile_options(vnf_build INTERFACE
  $<$<AND:$<COMPILE_LANG_AND_ID:CXX,GNU>,$<NOT:$<CONFIG:Debug>>>:-Wno-maybe-uninitialized>)
target_compile_definitions(vnf_build INTERFACE _GNU_SOURCE)
if(NOT VNF_SANITIZE)
  set(VNF_NO_UNDEFINED -Wl,-z,defs)  # for shared libraries; a sanitizer's symbols are the executable's
  target_compile_definitions(vnf_build INTERFACE $<$<CONFIG:Release,RelWithDebInfo>:_FORTIFY_SOURCE=2>)
endif()
target_include_directories(vnf_build INTERFACE ${PROJECT_SOURCE_DIR})
target_link_options(vnf_build INTERFACE -Wl,-z,relro,-z,now $<$<CONFIG:Release,RelWithDebInfo>:-Wl,--gc-sections>)

if(VNF_SANITIZE)
  add_compile_options(-fsanitize=${VNF_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${VNF_SANITIZE})
  # GCC loses track of initialisation behind the sanitizers' calls, first in its own <regex>.
  add_compile_options(-Wno-maybe-uninitialized)
  if(VNF_SANITIZE MATCHES undefined)
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
  if(VNF_SANITIZE MATCHES thread)
    # Asio's fences are inside its own atomics, which TSan understands; GCC warns all the same.
    add_compile_options(-Wno-tsan)
  endif()
endif()

# Boost's implementation is compiled once, in runtime/boost_implementation.cpp.
add_library(vnf_boost INTERFACE)
target_link_libraries(vnf_boost INTERFACE vnf_build Threads::Threads)
# Optimised, GCC 12 inlines one half of Asio's coroutine frame allocation and takes the other for a mismatch.
target_compile_options(vnf_boost INTERFACE $<$<NOT:$<CONFIG:Debug>>:-Wno-mismatched-new-delete>)
target_compile_definitions(vnf_boost INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)

# vnf_precompile(target KIND): reuse the one precompiled header of that kind (ASIO or CATCH).
function(vnf_precompile target kind)
  if(NOT VNF_PCH)
    return()
  endif()
  string(TOLOWER ${kind} lower)
  set(owner vnf_pch_${lower})
  if(NOT TARGET ${owner})
    file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/${owner}.cpp CONTENT "")
    add_library(${owner} OBJECT ${CMAKE_BINARY_DIR}/${owner}.cpp)
    target_link_libraries(${owner} PRIVATE vnf_boost)
    if(kind STREQUAL ASIO)
      target_precompile_headers(${owner} PRIVATE <boost/asio.hpp> <string> <vector> <variant>)
    else()
      target_link_libraries(${owner} PRIVATE Catch2::Catch2)
      target_precompile_headers(${owner} PRIVATE <catch2/catch.hpp> <boost/asio.hpp>)
    endif()
  endif()
  target_link_libraries(${target} PRIVATE vnf_boost)
  get_target_property(type ${target} TYPE)
  if(type STREQUAL EXECUTABLE)
    # The header's own statics want Asio's error categories, whether the program uses Asio or not.
    target_link_libraries(${target} PRIVATE vnf_boost_implementation)
    # CMake would say -fPIE here and -fPIC for the owner, and GCC wants the same of both.
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    target_compile_options(${target} PRIVATE -fPIC)
  endif()
  target_precompile_headers(${target} REUSE_FROM ${owner})
endfunction()
