# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""What the AVP driver and its host are meant to reach, as ratios of one run's paired rounds."""

import statistics
from dataclasses import dataclass

from paths import Setting
from rounds import ratios

OURS = "AVP, our driver"
DISTRIBUTION = "AVP, distribution's driver"
SCATTERED = ", scattered"
MEMIF_ZERO_COPY = "memif, zero copy"
VIRTIO_PACKED = "virtio-user, packed"
SWITCH, SWITCH_FLOOR = "AVP, two ports on our switch", "memif, two ports on testpmd"
DIRECTION_TEXT = {"send": "guest sends", "receive": "guest receives", "bounce": "bounce"}


@dataclass(frozen=True)
class Aim:
    """`left` at least `least` times `right`, in one direction, at 64 bytes and one queue."""
    left: str
    right: str
    direction: str
    least: float = 1.0

    def wanted(self, names):
        return self.left in names and self.right in names

    def keys(self):
        """Of the two figures."""
        setting = Setting(self.direction, "64", 1)
        return (self.left, setting), (self.right, setting)

    def judge(self, figures):
        """(text, met); met is None where no round has both figures."""
        text = f"{self.left} over {self.right}, {DIRECTION_TEXT[self.direction]}: "
        left, right = self.keys()
        paired = ratios(figures[left], figures[right]) if left in figures and right in figures else []
        if not paired:
            return text + "not measured", None
        ratio = statistics.median(paired)
        return text + f"{ratio:.2f} in {len(paired)} rounds (aim {self.least:g})", ratio >= self.least


AIMS = (
    [Aim(OURS, right, direction) for direction in DIRECTION_TEXT
     for right in (DISTRIBUTION, MEMIF_ZERO_COPY, VIRTIO_PACKED)]
    + [Aim(OURS + SCATTERED, DISTRIBUTION + SCATTERED, direction, 1.5) for direction in DIRECTION_TEXT]
    + [Aim(SWITCH, SWITCH_FLOOR, "bounce")]
)
