# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""scripts/test: chooses suites, builds each preset once, runs, sums."""

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from results import Results, failure, tell
from steps import build, configure, install, run_ctest, run_tidy, say
from suites import SUITES, by_name


def arguments():
    names = "\n".join(f"  {suite.name:10} {suite.about}" for suite in SUITES)
    parser = argparse.ArgumentParser(
        prog="scripts/test", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Installs missing packages, builds and runs test suites. The last line of output is\n"
                    "'N passed, N failed, N skipped'; the exit status is 0 only if nothing failed.",
        epilog=f"suites:\n{names}\n\nLogs and JUnit files lie in build/test-results.")
    parser.add_argument("suites", nargs="*", metavar="suite", help="which to run (all but tidy if none is named)")
    parser.add_argument("--list", action="store_true", help="print the names of the suites")
    chosen = parser.parse_args()
    for name in chosen.suites:
        if by_name(name) is None:
            parser.error(f"no suite '{name}'; there are {', '.join(suite.name for suite in SUITES)}")
    return chosen


def run_suites(suites):
    """Every suite, each preset configured and built at most once: in the background, while suites run whose preset is
    ready. Tests wait more than they compute, and builds yield to them."""
    results = Results()
    with ThreadPoolExecutor(1) as pool:
        steps = _begin_steps(suites, pool)
        for suite in suites:
            failures = [step.result() for key, step in steps.items() if key in _steps_of(suite)]
            if any(failure is not None for failure in failures):
                say(f"{suite.name}: not run, its preset could not be built")
                continue
            begun = time.monotonic()
            own = run_tidy(suite) if suite.tidy else run_ctest(suite)
            say(f"{suite.name}: {own.line()} in {time.monotonic() - begun:.0f} s")
            results.add(own)
    for step in steps.values():
        results.add(step.result() or Results())
    return results


def _steps_of(suite):
    """What comes before a suite, in order."""
    return [(suite.preset, configure)] + ([(suite.preset, build)] if suite.build else [])


def _begin_steps(suites, pool):
    """Future of each step: what failed, or None."""
    steps = {}
    for suite in suites:
        before = None
        for key in _steps_of(suite):
            if key not in steps:
                steps[key] = pool.submit(_run_step, *key, before)
            before = steps[key]
    return steps


def _run_step(preset, step, before):
    if before is not None and before.result() is not None:
        return Results()  # that one is told
    failed = step(preset)
    if failed is not None:
        say(f"failed: {step.__name__} {preset}")
    return failed


def main():
    chosen = arguments()
    if chosen.list:
        print("\n".join(suite.name for suite in SUITES))
        return 0
    suites = [suite for suite in SUITES if suite.name in chosen.suites or (suite.default and not chosen.suites)]
    groups = ["build", "test"] + [group for suite in suites for group in suite.packages]
    if install(list(dict.fromkeys(groups))):
        results = run_suites(suites)
    else:
        results = failure("setup", "a package is missing and could not be installed")
    tell(results)
    return 1 if results.failed else 0


if __name__ == "__main__":
    sys.exit(main())
