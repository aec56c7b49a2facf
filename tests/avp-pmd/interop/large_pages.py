# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""Large pages for as long as a run takes: reserved if root runs it and too few are free, and given back at its end."""

import contextlib
import os
import subprocess

COUNT = "/proc/sys/vm/nr_hugepages"


def free_megabytes():
    with open("/proc/meminfo", encoding="ascii") as file:
        fields = dict(line.split(":") for line in file)
    return int(fields["HugePages_Free"]) * int(fields["Hugepagesize"].split()[0]) // 1024


def _count():
    with open(COUNT, encoding="ascii") as file:
        return int(file.read())


def _set_count(pages):
    with open(COUNT, "w", encoding="ascii") as file:
        file.write(str(pages))


@contextlib.contextmanager
def reserved(megabytes):
    """As a context: how many megabytes are free then, which may be fewer."""
    before = None
    try:
        missing = megabytes - free_megabytes()
        if missing > 0:
            count = _count()
            _set_count(count + (missing + 1) // 2)  # of 2 MiB
            before = count
    except (OSError, KeyError, ValueError):
        pass  # not root, or none to be had
    try:
        yield free_megabytes()
    finally:
        if before is not None:
            _set_count(before)


@contextlib.contextmanager
def mounted(folder):
    """As a context: `folder` with a hugetlbfs in it, or None where that can't be."""
    os.makedirs(folder)
    done = subprocess.run(["mount", "-t", "hugetlbfs", "none", folder], capture_output=True, check=False)
    try:
        yield folder if done.returncode == 0 else None
    finally:
        if done.returncode == 0:
            subprocess.run(["umount", folder], check=False)
