# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""The test suites: which CMake preset each is built with, which CTest labels it runs, which packages it needs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Suite:
    name: str
    about: str
    preset: str
    labels: tuple = ()        # CTest labels; none: every test of the preset
    packages: tuple = ()      # groups of scripts/setup beside "build" and "test"
    build: bool = True        # False: the tests read the tree and need no binaries
    parallel: bool = True
    tidy: bool = False
    default: bool = True


SANITIZED = ("unit", "daemon", "compat")

SUITES = (
    Suite("structure", "rules about the source tree", "release", ("structure",), build=False),
    Suite("unit", "parsers, state machines, libraries, in one process", "release", ("unit",)),
    Suite("daemon", "the shipped binaries over sockets and ptys", "release", ("daemon",)),
    Suite("compat", "binaries and bytes of the old SDK", "release", ("compat",)),
    Suite("dpdk", "the DPDK driver with its host: in one process, and testpmd", "release", ("dpdk",), ("dpdk",)),
    Suite("vm", "real guests under QEMU", "release", ("vm",), ("vm",), parallel=False),
    Suite("asan", "unit, daemon, compat, dpdk under AddressSanitizer and UBSan", "asan", (*SANITIZED, "dpdk")),
    Suite("tsan", "unit, daemon, compat under ThreadSanitizer", "tsan", SANITIZED),
    # Some of what it reports is none: DPDK's own libraries are not instrumented, so that a buffer which goes from thread
    # to thread through a mempool is taken for a race.
    Suite("tsan-dpdk", "dpdk under ThreadSanitizer (to be read by people; not by default)", "tsan", ("dpdk",), ("dpdk",),
          default=False),
    Suite("fuzz", "each parser's fuzzer, its corpus and a short run", "fuzz", (), ("fuzz", "dpdk")),
    Suite("tidy", "clang-tidy on every source file (slow; not by default)", "tidy", (), ("tidy",), build=False,
          tidy=True, default=False),
)


def by_name(name):
    """The suite, or None."""
    return next((suite for suite in SUITES if suite.name == name), None)
