# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""apt with lists of our own, for packages that are downloaded and unpacked and never installed: the system's own lists
and sources stay as they are. What can't be reached is an Unavailable with apt's reason."""

import os
import subprocess

from prerequisites import Unavailable

DOWNLOAD_SECONDS = 300
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


def lists_of_suites(cache, *suites):
    """Options for apt under which it knows the packages of these suites, from where the machine's own come."""
    site = _site()
    name = "+".join(suites)
    sources = os.path.join(cache, f"{name}.list")
    with open(sources, "w", encoding="utf-8") as file:
        file.writelines(f"deb [signed-by={KEYRING}] {site} {suite} main\n" for suite in suites)
    return own_lists(cache, f"apt-{name}", "-o", f"Dir::Etc::sourcelist={sources}", "-o", "Dir::Etc::sourceparts=-")


def own_lists(cache, name, *options):
    """apt's options for lists of our own, which are fetched."""
    lists = os.path.join(cache, f"{name}-lists")
    archives = os.path.join(cache, f"{name}-archives")
    for folder in (lists, os.path.join(archives, "archives")):
        os.makedirs(os.path.join(folder, "partial"), exist_ok=True)
    options = [*options, "-o", f"Dir::State::lists={lists}", "-o", f"Dir::Cache={archives}"]
    run(["apt-get", *options, "update", "-q"])
    return options


def run(command, cwd=None, may_fail=False):
    """What the program prints; a failure is an Unavailable with the last line of its complaint."""
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS, check=False,
                              env={**os.environ, "LC_ALL": "C"})
    except FileNotFoundError as error:
        raise Unavailable(f"{command[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"{command[0]} took more than {DOWNLOAD_SECONDS} s") from error
    if done.returncode != 0 and not may_fail:
        reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise Unavailable(f"{command[0]}: {reason}")
    return done.stdout


def _site():
    """The archive of Debian in the machine's own sources."""
    sites = run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(COMPONENT)", "Created-By: Packages",
                 "Origin: Debian", "Label: Debian"], may_fail=True)
    sites = sites or run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(COMPONENT)", "Created-By: Packages"])
    archive = [line.split()[0] for line in sites.splitlines() if line.endswith("/debian/ main")]
    if not archive:
        raise Unavailable("apt's sources name no archive of Debian")
    return archive[0]
