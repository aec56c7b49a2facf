# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""What a test run consists of: packages, configure, build, ctest, clang-tidy. Each step logs to a file under build/."""

import json
import os
import platform
import re
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from results import Results, failure, read_junit

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LOGS = os.path.join(ROOT, "build", "test-results")
JOBS = str(len(os.sched_getaffinity(0)))
# Tests wait more than they compute.
TEST_JOBS = str(2 * len(os.sched_getaffinity(0)))
PROGRESS_SECONDS = 15
# What was compiled before, also in another clone on this machine, is not compiled again. Paths are taken relative to
# the clone, which is why the folder that debug information names is left out of the comparison.
COMPILER_CACHE = {
    "CMAKE_C_COMPILER_LAUNCHER": "ccache",
    "CMAKE_CXX_COMPILER_LAUNCHER": "ccache",
    "CCACHE_BASEDIR": ROOT,
    "CCACHE_NOHASHDIR": "1",
}
# GCC 12's ThreadSanitizer can't map its shadow when addresses are randomised over more bits than this.
TSAN_RANDOM_BITS = 28
SANITIZER_OPTIONS = {
    "ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1:check_initialization_order=1",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1",
}
_started = time.monotonic()


def say(text):
    minutes, seconds = divmod(int(time.monotonic() - _started), 60)
    print(f"[{minutes:2}:{seconds:02}] {text}", flush=True)


def install(groups):
    """scripts/setup; whether it worked."""
    return subprocess.run([os.path.join(ROOT, "scripts/setup"), *groups], check=False).returncode == 0


def configure(preset):
    """A Results with the failure, or None."""
    return _logged(["cmake", "--preset", preset], f"configure {preset}")


def build(preset):
    """A Results with the failure, or None."""
    command = [*_fixed_addresses(preset), "nice", "-n", "19", "cmake", "--build", "--preset", preset, "-j", JOBS]
    return _logged(command, f"build {preset}")


def run_ctest(suite):
    """Runs the suite's tests; its Results."""
    junit = os.path.join(LOGS, f"{suite.name}.xml")
    if os.path.exists(junit):
        os.remove(junit)
    command = [*_fixed_addresses(suite.preset), "ctest", "--test-dir", f"build/{suite.preset}", "--output-on-failure",
               "--output-junit", junit, "--no-tests=error", "-j", TEST_JOBS if suite.parallel else "1"]
    if suite.labels:
        command += ["-L", f"^({'|'.join(suite.labels)})$"]
    _watched(command, suite.name)
    return read_junit(junit, suite.name)


def run_tidy(suite):
    """clang-tidy on every source of ours; one result a file."""
    with open(os.path.join(ROOT, "build", suite.preset, "compile_commands.json"), encoding="utf-8") as file:
        sources = sorted({entry["file"] for entry in json.load(file)})
    ours = [name for name in sources if name.startswith(ROOT) and "/build/" not in name]
    results = Results()
    with ThreadPoolExecutor(int(JOBS)) as pool:
        for name, done in zip(ours, pool.map(lambda name: _tidy(suite.preset, name), ours)):
            label = f"{suite.name}: {os.path.relpath(name, ROOT)}"
            if done.returncode == 0:
                results.passed += 1
            else:
                say(f"failed: {label}")
                results.add(failure(label, done.stdout))
    return results if ours else failure(suite.name, "no source file to check")


def _tidy(preset, name):
    command = ["clang-tidy-14", "--quiet", "-p", f"build/{preset}", name]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)


def _logged(command, name):
    os.makedirs(LOGS, exist_ok=True)
    log = os.path.join(LOGS, name.replace(" ", "-") + ".log")
    say(name)
    environment = {**os.environ, **(COMPILER_CACHE if shutil.which("ccache") else {})}
    with open(log, "w", encoding="utf-8") as file:
        done = subprocess.run(command, cwd=ROOT, stdout=file, stderr=subprocess.STDOUT, env=environment, check=False)
    if done.returncode == 0:
        return None
    with open(log, encoding="utf-8", errors="replace") as file:
        return failure(name, file.read())


def _watched(command, name):
    """Runs ctest; says now and then how far it is, and each failure at once."""
    os.makedirs(LOGS, exist_ok=True)
    said = time.monotonic()
    environment = {**SANITIZER_OPTIONS, **os.environ}
    with open(os.path.join(LOGS, f"{name}.log"), "w", encoding="utf-8") as log, subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            env=environment) as process:
        for line in process.stdout:
            log.write(line)
            test = re.match(r"\s*(\d+/\d+) Test\s+#\d+: (.*?) \.*\s*(\*\*\*\S+|Passed)", line)
            if test and test.group(3).startswith("***") and "Skipped" not in test.group(3):
                say(f"{test.group(3).strip('*').lower()}: {name}: {test.group(2)}")
            elif test and time.monotonic() - said > PROGRESS_SECONDS:
                said = time.monotonic()
                say(f"{name}: {test.group(1)}")


def _fixed_addresses(preset):
    """A prefix that switches address randomisation off where ThreadSanitizer needs it."""
    try:
        with open("/proc/sys/vm/mmap_rnd_bits", encoding="ascii") as file:
            bits = int(file.read())
    except OSError:
        bits = 0
    return ["setarch", platform.machine(), "-R"] if preset == "tsan" and bits > TSAN_RANDOM_BITS else []
