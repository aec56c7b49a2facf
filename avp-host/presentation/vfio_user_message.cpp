// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Structures are copied out of the bytes before they are looked at. A payload may be longer than its structure only as
// far as its argsz says: that is how the kernel's own interface grows.
#include "avp-host/presentation/vfio_user_message.hpp"

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

namespace vnf::avp::vfio_user {
namespace {

using Parsed = std::variant<Request, Refusal>;

constexpr Refusal too_short_or_long{EINVAL, "size"};

template <typename Structure>
std::optional<Structure> front_of(Bytes payload) {
    Structure structure;
    if (payload.size() < sizeof structure)
        return std::nullopt;
    std::memcpy(&structure, payload.data(), sizeof structure);
    return structure;
}

/// A structure that says itself how long it may be; `more` bytes of data follow it.
template <typename Structure>
std::variant<Structure, Refusal> sized(Bytes payload) {
    const auto structure = front_of<Structure>(payload);
    if (!structure)
        return too_short_or_long;
    if (structure->argsz < sizeof(Structure))
        return Refusal{EINVAL, "argsz"};
    if (payload.size() > structure->argsz)
        return too_short_or_long;
    return *structure;
}

Parsed parse_version(Bytes payload) {
    const auto version = front_of<avp_vfio_user_version>(payload);
    if (!version)
        return too_short_or_long;
    // What a client is able to changes nothing here: no message of ours is longer than what all of them take.
    const Bytes capabilities = payload.subspan(sizeof *version);
    if (!capabilities.empty() && capabilities.back() != std::byte{0})
        return Refusal{EINVAL, "capabilities"};
    if (version->major != AVP_VFIO_USER_MAJOR)
        return Refusal{EINVAL, "major"};
    return Version{version->major, version->minor};
}

std::optional<Refusal> range_fault(std::uint64_t address, std::uint64_t size) {
    if (size == 0)
        return Refusal{EINVAL, "size of the range"};
    if (address + (size - 1) < address)
        return Refusal{EINVAL, "address"};
    return std::nullopt;
}

Parsed parse_map(Bytes payload) {
    const auto map = sized<avp_vfio_user_dma_map>(payload);
    if (const auto* refusal = std::get_if<Refusal>(&map))
        return *refusal;
    const auto& found = std::get<avp_vfio_user_dma_map>(map);
    if (const auto fault = range_fault(found.address, found.size))
        return *fault;
    return MapMemory{found.address, found.size};
}

Parsed parse_unmap(Bytes payload) {
    const auto unmap = sized<avp_vfio_user_dma_unmap>(payload);
    if (const auto* refusal = std::get_if<Refusal>(&unmap))
        return *refusal;
    const auto& found = std::get<avp_vfio_user_dma_unmap>(unmap);
    if ((found.flags & ~AVP_VFIO_USER_UNMAP_ALL) != 0)
        return Refusal{EINVAL, "flags"};
    const bool all = (found.flags & AVP_VFIO_USER_UNMAP_ALL) != 0;
    if (!all) {
        if (const auto fault = range_fault(found.address, found.size))
            return *fault;
    }
    return UnmapMemory{all, found.address, found.size};
}

Parsed parse_get_info(Bytes payload) {
    const auto info = sized<avp_vfio_user_device_info>(payload);
    if (const auto* refusal = std::get_if<Refusal>(&info))
        return *refusal;
    return GetInfo{};
}

template <typename Structure, typename Value>
Parsed parse_index(Bytes payload, std::uint32_t end) {
    const auto info = sized<Structure>(payload);
    if (const auto* refusal = std::get_if<Refusal>(&info))
        return *refusal;
    const std::uint32_t index = std::get<Structure>(info).index;
    if (index >= end)
        return Refusal{EINVAL, "index"};
    return Value{index};
}

std::optional<IrqData> irq_data(std::uint32_t flags) {
    switch (flags &
            (AVP_VFIO_USER_IRQ_SET_NONE | AVP_VFIO_USER_IRQ_SET_BOOL | AVP_VFIO_USER_IRQ_SET_EVENTFD)) {
        case AVP_VFIO_USER_IRQ_SET_NONE:
            return IrqData::None;
        case AVP_VFIO_USER_IRQ_SET_BOOL:
            return IrqData::Flags;
        case AVP_VFIO_USER_IRQ_SET_EVENTFD:
            return IrqData::Eventfds;
        default:
            return std::nullopt;
    }
}

std::optional<IrqAction> irq_action(std::uint32_t flags) {
    switch (flags &
            (AVP_VFIO_USER_IRQ_SET_MASK | AVP_VFIO_USER_IRQ_SET_UNMASK | AVP_VFIO_USER_IRQ_SET_TRIGGER)) {
        case AVP_VFIO_USER_IRQ_SET_MASK:
            return IrqAction::Mask;
        case AVP_VFIO_USER_IRQ_SET_UNMASK:
            return IrqAction::Unmask;
        case AVP_VFIO_USER_IRQ_SET_TRIGGER:
            return IrqAction::Trigger;
        default:
            return std::nullopt;
    }
}

Parsed parse_set_irqs(Bytes payload, std::size_t descriptors) {
    const auto set = sized<avp_vfio_user_irq_set>(payload);
    if (const auto* refusal = std::get_if<Refusal>(&set))
        return *refusal;
    const auto& found = std::get<avp_vfio_user_irq_set>(set);
    const auto data = irq_data(found.flags);
    const auto action = irq_action(found.flags);
    if (!data || !action || (found.flags >> 6) != 0)
        return Refusal{EINVAL, "flags"};
    if (found.index >= AVP_VFIO_USER_IRQS)
        return Refusal{EINVAL, "index"};
    const Bytes flags = payload.subspan(sizeof found);
    if (flags.size() != (data == IrqData::Flags ? found.count : 0))
        return Refusal{EINVAL, "count"};
    // With descriptors there is one for each interrupt; without, those interrupts are taken off theirs.
    const bool may_have_descriptors = data == IrqData::Eventfds && action == IrqAction::Trigger;
    if (descriptors != 0 && (!may_have_descriptors || descriptors != found.count))
        return Refusal{EINVAL, "descriptors"};
    return SetIrqs{*data, *action, found.index, found.start, found.count, flags};
}

Parsed parse_access(Bytes payload, bool is_write) {
    const auto access = front_of<avp_vfio_user_region_access>(payload);
    if (!access)
        return too_short_or_long;
    if (access->region >= AVP_VFIO_USER_REGIONS)
        return Refusal{EINVAL, "region"};
    if (access->count == 0 || access->count > AVP_VFIO_USER_MAX_DATA)
        return Refusal{EINVAL, "count"};
    const Bytes data = payload.subspan(sizeof *access);
    if (data.size() != (is_write ? access->count : 0))
        return too_short_or_long;
    if (is_write)
        return WriteRegion{access->offset, access->region, data};
    return ReadRegion{access->offset, access->region, access->count};
}

std::size_t most_descriptors(std::uint16_t command) {
    switch (command) {
        case AVP_VFIO_USER_DMA_MAP:
            return 1;
        case AVP_VFIO_USER_SET_IRQS:
            return AVP_VFIO_USER_MAX_FDS;
        default:
            return 0;
    }
}

Message message(const Header& to, std::uint32_t flags, int error, Bytes payload) {
    avp_vfio_user_header header{};
    header.id = to.id;
    header.command = to.command;
    header.size = static_cast<std::uint32_t>(kMessageHeaderBytes + payload.size());
    header.flags = AVP_VFIO_USER_TYPE_REPLY | flags;
    header.error = static_cast<std::uint32_t>(error);
    Message bytes(header.size);
    std::memcpy(bytes.data(), &header, kMessageHeaderBytes);
    if (!payload.empty())
        std::memcpy(bytes.data() + kMessageHeaderBytes, payload.data(), payload.size());
    return bytes;
}

}  // namespace

std::variant<Header, Refusal> parse_header(std::span<const std::byte, kMessageHeaderBytes> bytes) {
    avp_vfio_user_header header;
    std::memcpy(&header, bytes.data(), kMessageHeaderBytes);
    if (header.size < kMessageHeaderBytes || header.size > AVP_VFIO_USER_MAX_MESSAGE)
        return Refusal{EMSGSIZE, "size"};
    // We ask nothing, so nothing can be a reply.
    if ((header.flags & (AVP_VFIO_USER_TYPE_MASK | AVP_VFIO_USER_ERROR)) != AVP_VFIO_USER_TYPE_COMMAND)
        return Refusal{EPROTO, "flags"};
    return Header{header.id, header.command, header.size - kMessageHeaderBytes,
                  (header.flags & AVP_VFIO_USER_NO_REPLY) == 0};
}

std::variant<Request, Refusal> parse_request(const Header& header, Bytes payload, std::size_t descriptors) {
    if (descriptors > most_descriptors(header.command))
        return Refusal{EINVAL, "descriptors"};
    switch (header.command) {
        case AVP_VFIO_USER_VERSION:
            return parse_version(payload);
        case AVP_VFIO_USER_DMA_MAP:
            return parse_map(payload);
        case AVP_VFIO_USER_DMA_UNMAP:
            return parse_unmap(payload);
        case AVP_VFIO_USER_GET_INFO:
            return parse_get_info(payload);
        case AVP_VFIO_USER_GET_REGION_INFO:
            return parse_index<avp_vfio_user_region_info, GetRegionInfo>(payload, AVP_VFIO_USER_REGIONS);
        case AVP_VFIO_USER_GET_IRQ_INFO:
            return parse_index<avp_vfio_user_irq_info, GetIrqInfo>(payload, AVP_VFIO_USER_IRQS);
        case AVP_VFIO_USER_SET_IRQS:
            return parse_set_irqs(payload, descriptors);
        case AVP_VFIO_USER_REGION_READ:
            return parse_access(payload, false);
        case AVP_VFIO_USER_REGION_WRITE:
            return parse_access(payload, true);
        case AVP_VFIO_USER_RESET:
            return payload.empty() ? Parsed(Reset{}) : Parsed(too_short_or_long);
        default:
            return Refusal{ENOSYS, "command"};
    }
}

std::string_view name_of_command(std::uint16_t command) {
    switch (command) {
        case AVP_VFIO_USER_VERSION:
            return "VERSION";
        case AVP_VFIO_USER_DMA_MAP:
            return "DMA_MAP";
        case AVP_VFIO_USER_DMA_UNMAP:
            return "DMA_UNMAP";
        case AVP_VFIO_USER_GET_INFO:
            return "GET_INFO";
        case AVP_VFIO_USER_GET_REGION_INFO:
            return "GET_REGION_INFO";
        case AVP_VFIO_USER_GET_IRQ_INFO:
            return "GET_IRQ_INFO";
        case AVP_VFIO_USER_SET_IRQS:
            return "SET_IRQS";
        case AVP_VFIO_USER_REGION_READ:
            return "REGION_READ";
        case AVP_VFIO_USER_REGION_WRITE:
            return "REGION_WRITE";
        case AVP_VFIO_USER_RESET:
            return "RESET";
        default:
            return "unknown";
    }
}

Message reply(const Header& to, Bytes payload) {
    return message(to, 0, 0, payload);
}

Message error_reply(const Header& to, int error) {
    return message(to, AVP_VFIO_USER_ERROR, error, {});
}

Message version_reply(const Header& to, std::size_t most_maps) {
    const avp_vfio_user_version version{AVP_VFIO_USER_MAJOR, AVP_VFIO_USER_MINOR};
    const std::string able = "{\"capabilities\":{\"max_msg_fds\":" + std::to_string(AVP_VFIO_USER_MAX_FDS) +
                             ",\"max_data_xfer_size\":" + std::to_string(AVP_VFIO_USER_MAX_DATA) +
                             ",\"max_dma_maps\":" + std::to_string(most_maps) + ",\"pgsizes\":4096}}";
    Message payload(sizeof version + able.size() + 1);
    std::memcpy(payload.data(), &version, sizeof version);
    std::memcpy(payload.data() + sizeof version, able.c_str(), able.size() + 1);
    return reply(to, payload);
}

}  // namespace vnf::avp::vfio_user
