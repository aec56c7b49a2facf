# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""avp-host as the other end of a path: one polling worker on one processor, its ports as the path wants them."""

import os
import select
import socket
import subprocess

from ends import EndFailed

START_SECONDS, END_SECONDS = 20, 10


class AvpHost:
    """Started with `ports`, lines of YAML; ready once it has told so."""

    def __init__(self, program, processor, scratch, ports, switches=()):
        settings = os.path.join(scratch, "avp-host.yaml")
        lines = ["log_level: error", f"control: {{socket: {scratch}/avp-host.sock}}",
                 f"workers: [{{name: bench, cpu: {processor}, idle: poll}}]"]
        lines += ["switches:", *switches] if switches else []
        with open(settings, "w", encoding="utf-8") as file:
            file.write("\n".join(lines + ["ports:", *ports]) + "\n")
        told = os.path.join(scratch, "told.sock")
        if os.path.exists(told):
            os.unlink(told)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(told)
            self.log = open(os.path.join(scratch, "avp-host.log"), "w+", encoding="utf-8")  # pylint: disable=consider-using-with
            self.process = subprocess.Popen(  # pylint: disable=consider-using-with
                [program, "--config", settings], stdout=self.log, stderr=self.log,
                env={**os.environ, "NOTIFY_SOCKET": told})
            self._wait(manager)

    def _wait(self, manager):
        while True:
            if not select.select([manager], [], [], START_SECONDS)[0] or self.process.poll() is not None:
                self.end()
                raise EndFailed(f"avp-host did not start: see {self.log.name}")
            if b"READY=1" in manager.recv(4096):
                return

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
