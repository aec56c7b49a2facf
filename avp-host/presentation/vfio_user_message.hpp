// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The messages of vfio-user that a device's process takes and gives: bytes in, values out. Pure: no socket, no device.
// A header that is refused ends its connection, since nobody knows where the next one begins; a payload that is refused
// costs its message only. What is parsed has every length checked against the bytes that are there. Specification 4.3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "avp-abi/avp_vfio_user.h"

namespace vnf::avp::vfio_user {

using Bytes = std::span<const std::byte>;

constexpr std::size_t kMessageHeaderBytes = sizeof(avp_vfio_user_header);

struct Refusal {
    int error = 0;           ///< errno, for the client
    std::string_view field;  ///< what was wrong
};

struct Header {
    std::uint16_t id = 0;
    std::uint16_t command = 0;
    std::size_t payload_bytes = 0;
    bool wants_reply = true;
};

struct Version {
    std::uint16_t major = 0;
    std::uint16_t minor = 0;
};
struct MapMemory {
    std::uint64_t address = 0;
    std::uint64_t size = 0;
};
struct UnmapMemory {
    bool all = false;
    std::uint64_t address = 0;
    std::uint64_t size = 0;
};
struct GetInfo {};
struct GetRegionInfo {
    std::uint32_t index = 0;  ///< below AVP_VFIO_USER_REGIONS
};
struct GetIrqInfo {
    std::uint32_t index = 0;  ///< below AVP_VFIO_USER_IRQS
};
enum class IrqData { None, Flags, Eventfds };
enum class IrqAction { Mask, Unmask, Trigger };
struct SetIrqs {
    IrqData data = IrqData::None;
    IrqAction action = IrqAction::Trigger;
    std::uint32_t index = 0;  ///< below AVP_VFIO_USER_IRQS
    std::uint32_t start = 0;
    std::uint32_t count = 0;
    Bytes flags;  ///< one byte an interrupt, with IrqData::Flags
};
struct ReadRegion {
    std::uint64_t offset = 0;
    std::uint32_t region = 0;  ///< below AVP_VFIO_USER_REGIONS
    std::uint32_t count = 0;   ///< 1 to AVP_VFIO_USER_MAX_DATA
};
struct WriteRegion {
    std::uint64_t offset = 0;
    std::uint32_t region = 0;
    Bytes data;  ///< 1 to AVP_VFIO_USER_MAX_DATA
};
struct Reset {};

using Request = std::variant<Version, MapMemory, UnmapMemory, GetInfo, GetRegionInfo, GetIrqInfo, SetIrqs,
                             ReadRegion, WriteRegion, Reset>;

std::variant<Header, Refusal> parse_header(std::span<const std::byte, kMessageHeaderBytes> bytes);

/// `payload` is what the header announced, `descriptors` how many came with it. The result points into `payload`.
std::variant<Request, Refusal> parse_request(const Header& header, Bytes payload, std::size_t descriptors);

/// For logs: "REGION_READ"; "unknown" if it is none that we know.
std::string_view name_of_command(std::uint16_t command);

using Message = std::vector<std::byte>;

Message reply(const Header& to, Bytes payload);
Message error_reply(const Header& to, int error);
/// With what we are able to, as JSON.
Message version_reply(const Header& to, std::size_t most_maps);

/// The bytes of a structure of the protocol.
template <typename Structure>
Bytes bytes_of(const Structure& structure) {
    return std::as_bytes(std::span(&structure, 1));
}

}  // namespace vnf::avp::vfio_user
