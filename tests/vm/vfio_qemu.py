# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""A QEMU that has vfio-user-pci (10.1 and later), which the machine's own suite may not have yet: fetched from a later
suite of Debian with all that it links to, unpacked into the cache, and run by its own dynamic linker. About 40 MB."""

import fcntl
import glob
import os
import shutil
import subprocess

from debian_packages import lists_of_suites, run
from prerequisites import Unavailable

SUITE = "trixie"
NEWER = "trixie-backports"
PACKAGE = "qemu-system-x86"
DEVICE = "vfio-user-pci"


def fetch(cache):
    """The words of a command that starts it; downloaded if it is not there yet."""
    own = shutil.which("qemu-system-x86_64")
    if own and _has_device([own]):
        return [own]
    os.makedirs(cache, exist_ok=True)
    tree = os.path.join(cache, "vfio-qemu")
    with open(os.path.join(cache, "lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(os.path.join(tree, ".complete")):
            _download(cache, tree)
    return _command(tree)


def _download(cache, tree):
    shutil.rmtree(tree, ignore_errors=True)
    os.makedirs(tree)
    nothing_installed = os.path.join(tree, ".status")
    with open(nothing_installed, "w", encoding="ascii"):
        pass
    options = [*lists_of_suites(cache, SUITE, NEWER), "-o", f"Dir::State::status={nothing_installed}",
               "-o", f"Dir::State::extended_states={tree}/.extended", "-o", "Dir::Etc::preferencesparts=-"]
    archives = next(word.split("=")[1] for word in options if word.startswith("Dir::Cache=")) + "/archives"
    # As if for an empty system: then all that it links to comes along.
    run(["apt-get", *options, "install", "-y", "-q", "--no-install-recommends", "--download-only", "-t", NEWER, PACKAGE])
    for archive in glob.glob(f"{archives}/*.deb"):
        run(["dpkg", "-x", archive, tree])
        os.remove(archive)
    if not _has_device(_command(tree)):
        raise Unavailable(f"{PACKAGE} of {NEWER} has no {DEVICE}")
    with open(os.path.join(tree, ".complete"), "w", encoding="ascii"):
        pass


def _command(tree):
    linkers = glob.glob(f"{tree}/usr/lib/*/ld-linux-x86-64.so.2")
    if not linkers:
        raise Unavailable(f"no dynamic linker in {tree}")
    libraries = os.path.dirname(linkers[0])
    # It would load the modules of the machine's own QEMU, and refuse them.
    return ["env", f"QEMU_MODULE_DIR={libraries}/qemu", linkers[0], "--library-path", libraries,
            f"{tree}/usr/bin/qemu-system-x86_64", "-L", f"{tree}/usr/share/qemu",
            "-L", f"{tree}/usr/share/seabios", "-L", f"{tree}/usr/lib/ipxe/qemu"]


def _has_device(command):
    done = subprocess.run([*command, "-device", f"{DEVICE},help"], capture_output=True, timeout=60, check=False)
    return b"socket=" in done.stdout
