// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A guest's own address for scaling, "scale-<hex>" (server-group specification, sections 4.1 and 4.6). No guest reaches
// another's: an address counts only on the port of the guest whose it is (B-02), so two equal ones do no harm.
#pragma once

#include <string>
#include <string_view>

namespace vnf::host {

/// Of "instance-0000001f": "scale-0000001f", cut to the old host's 15 characters. Of any other name: eight hex digits of
/// its FNV-1a hash.
std::string scale_address_of(std::string_view instance);

}  // namespace vnf::host
