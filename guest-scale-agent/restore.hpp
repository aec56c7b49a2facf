// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// After a boot all vCPUs are online: which of them were not, and away with those. Blocking, for a program that runs once.
//
// Policy. The first source that knows decides, also if its set is empty: the host, by way of guest-client, for as long as
// an answer of it may still come; the metadata service; what was last taken away. A source whose text is not exactly what
// it should be knows nothing: no part of it counts (B-34). Nothing is ever brought online, vCPU 0 is left alone, and one
// vCPU that can't go keeps no other from going.
#pragma once

#include <string>
#include <vector>

#include "guest-scale-agent/settings.hpp"
#include "libguestscale/src/cpu_tree.hpp"

namespace vnf::scale {

struct Restoration {
    std::string source;  ///< "host", "metadata", "state file"; empty: nobody knew
    wire::CpuSet wanted, done;
    std::vector<std::string> problems;  ///< of sources and vCPUs, a line each
};

/// Asks the sources. Nothing is changed yet: `done` is empty.
Restoration find_offline_set(const Settings& settings);
/// Takes offline what is wanted.
void take_offline(const guestscale::CpuTree& tree, Restoration& restoration);

}  // namespace vnf::scale
