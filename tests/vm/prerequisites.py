# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""What a guest needs on this machine. Something that is not installed skips what needs guests; a program that is not
built is a mistake."""

import os
import shutil


class Unavailable(Exception):
    """What a guest was to have can't be had here: why. Not a failure of what is tested."""


def cannot_run(binaries, programs):
    """Why no guest can be run here; None if one can. Puts the folders of system programs on the path."""
    os.environ["PATH"] = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    for program in ("qemu-system-x86_64", "modprobe", "depmod", "apt-get", "dpkg"):
        if shutil.which(program) is None:
            return f"{program} is not installed (scripts/setup vm)"
    if not os.path.exists("/bin/busybox"):
        return "busybox-static is not installed (scripts/setup vm)"
    for program in programs:
        if not os.access(os.path.join(binaries, program), os.X_OK):
            raise SystemExit(f"{binaries}/{program} is not built")
    return None
