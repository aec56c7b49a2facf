# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""QEMU's machine protocol over its Unix socket: commands with an answer, and the events in between."""

import json
import socket
import time


class QmpError(Exception):
    """QEMU refused a command, or went away."""


class Qmp:
    """One connection, capabilities negotiated."""

    def __init__(self, path, deadline):
        self._socket = _connect(path, deadline)
        self._buffer = b""
        self.events = []
        self._next(deadline)
        self.command("qmp_capabilities", deadline)

    def close(self):
        self._socket.close()

    def command(self, execute, deadline=None, /, **arguments):
        """The value QEMU returns. Keys with '-' are given with '_'."""
        deadline = deadline or time.monotonic() + 10
        request = {"execute": execute, "arguments": {key.replace("_", "-"): value for key, value in arguments.items()}}
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        while True:
            message = self._next(deadline)
            if "return" in message:
                return message["return"]
            if "error" in message:
                raise QmpError(f"{execute}: {message['error']['desc']}")
            self.events.append(message)

    def wait_event(self, name, seconds=10, **data):
        """The next (or an already seen) event of that name whose data has these values; it is taken off the list."""
        deadline = time.monotonic() + seconds
        while True:
            for event in self.events:
                found = event.get("data", {})
                if event["event"] == name and all(found.get(key) == value for key, value in data.items()):
                    self.events.remove(event)
                    return event
            message = self._next(deadline)
            if "event" in message:
                self.events.append(message)

    def _next(self, deadline):
        while b"\n" not in self._buffer:
            self._socket.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                data = self._socket.recv(65536)
            except TimeoutError as error:
                raise QmpError("no answer from QEMU in time") from error
            if not data:
                raise QmpError("QEMU closed its QMP socket")
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\n")
        return json.loads(line)


def _connect(path, deadline):
    while True:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(path)
            return connection
        except OSError as error:
            connection.close()
            if time.monotonic() > deadline:
                raise QmpError(f"no QMP socket at {path}: {error}") from error
            time.sleep(0.02)
