# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""Runs one scenario of the driver as a plug-in of testpmd, with avp-host or its small sibling as another process.

    python3 tests/avp-pmd/interop --build build/release SCENARIO
    python3 tests/avp-pmd/interop --build build/release --list

Exit status 4: it can't run here, and the last line says why.
"""

import argparse
import os
import sys
import tempfile

sys.dont_write_bytecode = True
import scenarios
from files_scenarios import MEGABYTES
from large_pages import reserved
from stage import Skipped, Stage

SKIPPED = 4


def main():
    parser = argparse.ArgumentParser(prog="interop")
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("scenario", nargs="?")
    options = parser.parse_args()
    if options.list:
        print("\n".join(scenarios.ALL))
        return 0
    if options.scenario not in scenarios.ALL:
        parser.error(f"no scenario {options.scenario!r}; --list names them")
    with tempfile.TemporaryDirectory(prefix="avp-", dir=os.environ.get("TMPDIR")) as folder:
        try:
            with reserved(MEGABYTES if options.scenario in scenarios.ON_LARGE_PAGES else 0), \
                    Stage(os.path.abspath(options.build), folder) as stage:
                scenarios.ALL[options.scenario](stage)
        except Skipped as reason:
            print(f"SKIPPED: {reason}")
            return SKIPPED
    print("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
