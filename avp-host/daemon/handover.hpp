// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a process leaves to the one that it turns into, so that guests keep their devices: for each port with a client the
// descriptors of its memory, socket and eventfds, which stay open over exec(), and what must be known beside. It goes
// as JSON in a memfd whose number is in the environment.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "avp-host/presentation/vfio_user_server.hpp"

namespace vnf::avp {

struct PortHandover {
    std::string name;
    int memory = -1, memory_map = -1, device_info = -1;
    HandedClient client;
    std::uint32_t interrupt_mask = 0;
    bool had_driver = false;  ///< that has let go of the memory and waits for its return
};

std::string text_of(std::span<const PortHandover> ports);
/// Throws std::runtime_error that says what is wrong.
std::vector<PortHandover> parse_handover(std::string_view text);

/// All descriptors that a port's handover names.
std::vector<int> descriptors_of(const PortHandover& port);

/// Into the environment of whoever this process turns into; the descriptors survive from here on. Throws
/// std::system_error.
void leave(std::span<const PortHandover> ports);
/// It came to nothing: as before leave().
void take_back(std::span<const PortHandover> ports);
/// What a predecessor left, once; nothing if there was none. What can't be read is logged, and the guests are lost.
std::vector<PortHandover> take_handover();

}  // namespace vnf::avp
