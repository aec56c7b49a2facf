# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""The distribution's etcd, one node on loopback, for groups across hosts."""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request

from host_side import HostError
from machine import die_with_parent

READY_SECONDS = 20


class Etcd:
    """A started etcd with its files in `folder`."""

    def __init__(self, folder):
        os.makedirs(folder)
        client, peer = free_ports(2)
        self.endpoint = f"http://127.0.0.1:{client}"
        peer_url = f"http://127.0.0.1:{peer}"
        self._log = os.path.join(folder, "etcd.log")
        command = ["etcd", "--name=one", f"--data-dir={folder}/data", "--unsafe-no-fsync", "--logger=zap",
                   f"--listen-client-urls={self.endpoint}", f"--advertise-client-urls={self.endpoint}",
                   f"--listen-peer-urls={peer_url}", f"--initial-advertise-peer-urls={peer_url}",
                   f"--initial-cluster=one={peer_url}"]
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                             preexec_fn=die_with_parent)
        self._wait_ready(time.monotonic() + READY_SECONDS)

    def kill(self):
        """Ends it, by its pid."""
        self._process.kill()
        self._process.wait()

    def _wait_ready(self, deadline):
        while True:
            try:
                with urllib.request.urlopen(f"{self.endpoint}/health", timeout=1) as answer:
                    if b"true" in answer.read():
                        return
            except (urllib.error.URLError, OSError):
                pass
            if self._process.poll() is not None or time.monotonic() > deadline:
                with open(self._log, encoding="utf-8", errors="replace") as log:
                    raise HostError(f"etcd did not start: {log.read()[-2000:]}")
            time.sleep(0.02)


def free_ports(count):
    """Ports that nobody has now; all are held until all are known, so that they differ."""
    holders = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [holder.getsockname()[1] for holder in holders]
    for holder in holders:
        holder.close()
    return ports
