# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""The files of the project: what git tracks or would track, or, outside a repository, everything but build folders."""

import os
import subprocess


def project_files(root):
    """Paths relative to root, sorted; files only."""
    names = _from_git(root) or _from_disk(root)
    return sorted(name for name in names if os.path.isfile(os.path.join(root, name)))


def read_lines(root, name):
    """Lines of a text file, or None for a binary one."""
    with open(os.path.join(root, name), "rb") as file:
        data = file.read()
    if b"\0" in data:
        return None
    return data.decode("utf-8", "replace").splitlines()


def _from_git(root):
    # Asked only of the tree's own repository: a copy of the tree inside another one must be walked instead.
    if not os.path.exists(os.path.join(root, ".git")):
        return None
    command = ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return [name for name in done.stdout.decode().split("\0") if name]


def _from_disk(root):
    names = []
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in (".git", "build", "__pycache__")]
        names += [os.path.relpath(os.path.join(folder, name), root) for name in files]
    return names
