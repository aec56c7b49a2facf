# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
#
# The distribution's DPDK, if it is installed: target PkgConfig::VNF_DPDK, whose headers warn of nothing. Only what
# drives or is a DPDK port needs it; all else builds without, and the configuration says so.
if(NOT TARGET PkgConfig::VNF_DPDK)
  find_package(PkgConfig QUIET)
  if(PkgConfig_FOUND)
    pkg_check_modules(VNF_DPDK QUIET IMPORTED_TARGET GLOBAL libdpdk>=22.11)
  endif()
  if(NOT TARGET PkgConfig::VNF_DPDK)
    message(STATUS "DPDK 22.11 is not installed (scripts/setup dpdk): no AVP driver, example and benchmark")
  endif()
endif()
