// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// ThreadSanitizer knows memory by its address, and a region has two: the device model's and the driver's. Under it, what
// the process maps of a memfd a second time is the mapping that is there, so that both sides of a ring are seen; and what
// was done before a message was sent, or a socket closed, is known to come before what follows its receipt.
//
// A host that lies, or takes its memory away unasked, writes where the driver reads, by design: its tests switch that off.
#pragma once

namespace vnf::avp::test {

/// For mappings made from here on. Without ThreadSanitizer nothing ever changes.
void set_one_mapping(bool is_on);

}  // namespace vnf::avp::test
