# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""Large pages for as long as a run takes: reserved and mounted if root runs it, and given back at its end."""

import os
import subprocess

PAGES = 512  # of 2 MiB: 256 MiB for each end, and what it rounds up
COUNT = "/proc/sys/vm/nr_hugepages"


class LargePages:
    """As a context: the folder of a hugetlbfs, or None."""

    def __init__(self, scratch):
        self.folder = os.path.join(scratch, "huge")
        self.before = None
        self.is_mounted = False

    def __enter__(self):
        try:
            with open(COUNT, encoding="ascii") as file:
                before = int(file.read())
            if before < PAGES:
                self._reserve(PAGES)
                self.before = before
                with open(COUNT, encoding="ascii") as file:
                    if int(file.read()) < PAGES:
                        return None
            os.makedirs(self.folder)
            subprocess.run(["mount", "-t", "hugetlbfs", "none", self.folder], check=True, capture_output=True)
            self.is_mounted = True
            return self.folder
        except (OSError, ValueError, subprocess.CalledProcessError):
            return None

    def __exit__(self, *_):
        if self.is_mounted:
            subprocess.run(["umount", self.folder], check=False)
        if self.before is not None:
            self._reserve(self.before)

    @staticmethod
    def _reserve(pages):
        with open(COUNT, "w", encoding="ascii") as file:
            file.write(str(pages))
