# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""A host made of bare bytes, for what host-agent would never do: leave at once, never read, speak half a line."""

import json
import socket
import time


class RawHost:
    """One connection to a guest's port socket. Speaks the old wire unless its init_ack names capabilities."""

    def __init__(self, path):
        # Blocking: with a time limit, a full backlog would be an error instead of a wait.
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(path)
        self._buffer = b""
        self._sequence = 0

    def close(self):
        self.socket.close()

    def send(self, msg_type, **keys):
        """One whole message."""
        self.socket.sendall(self.encode(msg_type, **keys))

    def encode(self, msg_type, **keys):
        self._sequence += 1
        head = {"version": 3, "revision": 1, "msg_type": msg_type, "sequence": self._sequence}
        return b"\n" + json.dumps({**head, **keys}, separators=(",", ":")).encode() + b"\n"

    def receive(self, seconds=20):
        """The next message of the guest."""
        deadline = time.monotonic() + seconds
        while True:
            line, newline, rest = self._buffer.partition(b"\n")
            if newline:
                self._buffer = rest
                if line.strip():
                    return json.loads(line)
                continue
            self.socket.settimeout(max(0.001, deadline - time.monotonic()))
            data = self.socket.recv(65536)
            if not data:
                raise ConnectionError("QEMU closed the port's socket")
            self._buffer += data

    def receive_of(self, msg_type, seconds=20):
        """The next message of that type; others are passed over. Returns it and the types passed over."""
        passed = []
        deadline = time.monotonic() + seconds
        while True:
            message = self.receive(deadline - time.monotonic())
            if message["msg_type"] == msg_type:
                return message, passed
            passed.append(message["msg_type"])

    def handshake(self, challenge=1, **ack_keys):
        """Answers the guest's init, and has one challenge answered."""
        init, _ = self.receive_of("init")
        self.send("init_ack", invocation_id=init["invocation_id"], **ack_keys)
        self.send("challenge", heartbeat_challenge=challenge)
        answer, _ = self.receive_of("challenge_response")
        if answer["heartbeat_response"] != challenge:
            raise AssertionError(f"challenge {challenge} was answered with {answer}")
        return init
