# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""Stock Debian cloud kernels and their modules, downloaded once and unpacked, never installed.

The package comes through apt, as the machine's own sources say. Where apt has no lists (a trimmed container), and for
another suite of the distribution, a private set of lists is fetched beside the kernel; the system's own state is not
touched. Not reachable is not a failure of what is tested: it is an Unavailable, and the tests say SKIPPED with its
text.
"""

import fcntl
import glob
import os
import re

from debian_packages import lists_of_suites, own_lists, run
from prerequisites import Unavailable

META_PACKAGE = "linux-image-cloud-amd64"


class Kernel:
    """An unpacked kernel package."""

    def __init__(self, tree):
        images = glob.glob(f"{tree}/boot/vmlinuz-*") + glob.glob(f"{tree}/usr/lib/modules/*/vmlinuz")
        versions = glob.glob(f"{tree}/lib/modules/*")
        if len(images) != 1 or len(versions) != 1:
            raise Unavailable(f"no kernel image, or no modules, in {tree}")
        self.tree = tree
        self.image = images[0]
        self.version = os.path.basename(versions[0])

    def modules_for(self, *names):
        """Paths of the modules `names` and of all they need, in the order to load them."""
        ordered = []
        for name in names:
            done = run(["modprobe", "-d", self.tree, "-S", self.version, "--show-depends", name])
            for line in done.splitlines():
                kind, _, rest = line.partition(" ")
                if kind == "insmod" and rest.split()[0] not in ordered:
                    ordered.append(rest.split()[0])
        return ordered


def fetch(cache, suite=None):
    """The kernel in folder `cache`, of the machine's own suite or of another one; downloaded if it is not there yet."""
    os.makedirs(cache, exist_ok=True)
    with open(os.path.join(cache, "lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _fetch_locked(cache, suite)


def _fetch_locked(cache, suite):
    tree = os.path.join(cache, f"kernel-{suite}" if suite else "kernel")
    if not os.path.exists(os.path.join(tree, ".complete")):
        _download(cache, tree, lists_of_suites(cache, suite) if suite else _apt_with_lists(cache))
    return Kernel(tree)


def _download(cache, tree, apt_options):
    os.makedirs(tree, exist_ok=True)
    for package in _packages(apt_options):
        run(["apt-get", *apt_options, "download", "-q", package], cwd=cache)
        archives = glob.glob(f"{cache}/{package}_*.deb")
        if not archives:
            raise Unavailable(f"apt-get downloaded no {package}")
        run(["dpkg", "-x", archives[0], tree])
        os.remove(archives[0])
    # Packages of merged systems have their modules below /usr only.
    if not os.path.exists(f"{tree}/lib"):
        os.symlink("usr/lib", f"{tree}/lib")
    version = Kernel(tree).version
    run(["depmod", "-b", tree, version])
    with open(os.path.join(tree, ".complete"), "w", encoding="utf-8") as mark:
        mark.write(version + "\n")


def _packages(apt_options):
    """The newest kernel's: newer ones keep image and modules in packages behind the one that is named."""
    image = _newest_package(apt_options)
    behind = run(["apt-cache", *apt_options, "depends", image])
    return [image, *re.findall(r"Depends: (linux-(?:base|binary|modules)-\S+-cloud-amd64)", behind)]


def _newest_package(apt_options):
    text = run(["apt-cache", *apt_options, "depends", META_PACKAGE])
    found = re.search(r"Depends: (linux-image-\S+-cloud-amd64)", text)
    if not found:
        raise Unavailable(f"apt knows no kernel behind {META_PACKAGE}")
    return found.group(1)


def _apt_with_lists(cache):
    """Options for apt under which it knows the kernel package; none if the system's own lists do."""
    if "linux-image" in run(["apt-cache", "depends", META_PACKAGE], may_fail=True):
        return []
    return own_lists(cache, "apt")
