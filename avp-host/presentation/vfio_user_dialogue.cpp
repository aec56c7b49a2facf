// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "avp-host/presentation/vfio_user_dialogue.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace vnf::avp {
namespace {

using namespace vfio_user;
using runtime::FileDescriptor;

constexpr std::size_t register_bytes = 4;

template <typename... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

Message copy_of(Bytes bytes) {
    return {bytes.begin(), bytes.end()};
}

Message device_info() {
    avp_vfio_user_device_info info{};
    info.argsz = sizeof info;
    info.flags = AVP_VFIO_USER_DEVICE_FLAGS;
    info.regions = AVP_VFIO_USER_REGIONS;
    info.irqs = AVP_VFIO_USER_IRQS;
    return copy_of(bytes_of(info));
}

Message irq_info(std::uint32_t index, unsigned vectors) {
    avp_vfio_user_irq_info info{};
    info.argsz = sizeof info;
    info.flags = AVP_VFIO_USER_IRQ_EVENTFD | AVP_VFIO_USER_IRQ_NO_RESIZE;
    info.index = index;
    info.count = vectors;
    return copy_of(bytes_of(info));
}

/// The echo of what was asked, as the protocol wants it.
Message unmapped(const UnmapMemory& request) {
    avp_vfio_user_dma_unmap done{};
    done.argsz = sizeof done;
    done.flags = request.all ? AVP_VFIO_USER_UNMAP_ALL : 0;
    done.address = request.address;
    done.size = request.size;
    return copy_of(bytes_of(done));
}

}  // namespace

VfioUserDialogue::VfioUserDialogue(PresentedDevice presented, std::size_t most_maps, bool has_msix)
    : presented_(presented),
      vectors_(has_msix ? InterruptEvents::kMostVectors : 0),
      config_(presented.device.regions().memory.bytes().size(), vectors_),
      maps_(most_maps) {}

void VfioUserDialogue::resume(Bytes config) {
    config_.write(0, config.first(std::min(config.size(), PciConfigSpace::kBytes)));
    version_agreed_ = true;
}

VfioUserDialogue::Answer VfioUserDialogue::answer(const Header& header, Bytes payload,
                                                  std::vector<FileDescriptor> descriptors) {
    const auto request = parse_request(header, payload, descriptors.size());
    Outcome outcome;
    if (const auto* refusal = std::get_if<Refusal>(&request))
        outcome.refusal = *refusal;
    else if (version_agreed_ == std::holds_alternative<Version>(std::get<Request>(request)))
        outcome.refusal = Refusal{EPROTO, "command: VERSION comes first, and once"};
    else
        outcome = serve(std::get<Request>(request), payload, std::move(descriptors));
    Answer answer;
    answer.refusal = outcome.refusal;
    answer.ends = outcome.refusal && !version_agreed_;
    if (!header.wants_reply)
        return answer;
    answer.descriptor = outcome.descriptor;
    if (outcome.refusal)
        answer.message = error_reply(header, outcome.refusal->error);
    else if (header.command == AVP_VFIO_USER_VERSION)
        answer.message = version_reply(header, maps_.most());
    else
        answer.message = reply(header, outcome.payload);
    return answer;
}

VfioUserDialogue::Outcome VfioUserDialogue::serve(const Request& request, Bytes payload,
                                                  std::vector<FileDescriptor> descriptors) {
    const auto refused = [](int error, std::string_view field) {
        return error == 0 ? Outcome{} : Outcome{{}, -1, Refusal{error, field}};
    };
    return std::visit(
        Overloaded{
            [this](const Version&) {
                version_agreed_ = true;
                return Outcome{};
            },
            [this, &refused](const MapMemory& map) {
                return refused(maps_.add(map.address, map.size), "address");
            },
            [this, &refused](const UnmapMemory& unmap) {
                if (unmap.all)
                    maps_.clear();
                else if (const int error = maps_.remove(unmap.address, unmap.size); error != 0)
                    return refused(error, "address");
                return Outcome{unmapped(unmap), -1, {}};
            },
            [](const GetInfo&) {
                return Outcome{device_info(), -1, {}};
            },
            [this](const GetRegionInfo& info) { return serve(info); },
            [this](const GetIrqInfo& info) {
                return Outcome{irq_info(info.index, vectors_of(info.index)), -1, {}};
            },
            [this, &descriptors](const SetIrqs& set) { return serve(set, std::move(descriptors)); },
            [this](const ReadRegion& read) { return serve(read); },
            [this, payload](const WriteRegion& write) {
                auto outcome = serve(write);
                if (!outcome.refusal)  // the head of what was asked, without its data
                    outcome.payload = copy_of(payload.first(sizeof(avp_vfio_user_region_access)));
                return outcome;
            },
            [this](const Reset&) {
                reset();
                return Outcome{};
            },
        },
        request);
}

VfioUserDialogue::Outcome VfioUserDialogue::serve(const GetRegionInfo& request) const {
    avp_vfio_user_region_info info{};
    info.argsz = sizeof info;
    info.index = request.index;
    info.size = region_bytes(request.index);
    if (info.size != 0)
        info.flags = AVP_VFIO_USER_REGION_READABLE | AVP_VFIO_USER_REGION_WRITABLE;
    int descriptor = -1;
    if (const Region* region = mapped_region(request.index)) {
        info.flags |= AVP_VFIO_USER_REGION_MAPPABLE;
        descriptor = region->descriptor();
    }
    return {copy_of(bytes_of(info)), descriptor, {}};
}

VfioUserDialogue::Outcome VfioUserDialogue::serve(const SetIrqs& request,
                                                  std::vector<FileDescriptor> descriptors) {
    const std::uint32_t vectors = vectors_of(request.index);
    if (request.start > vectors || request.count > vectors - request.start)
        return {{}, -1, Refusal{EINVAL, "start"}};
    InterruptEvents& interrupts = presented_.interrupts;
    if (request.data == IrqData::None && request.action == IrqAction::Trigger && request.count == 0) {
        for (unsigned vector = 0; vector < vectors; ++vector)
            interrupts.release(vector);
        return {};
    }
    // GET_IRQ_INFO offers no masking: the client masks by not handing on.
    if (request.action != IrqAction::Trigger)
        return {{}, -1, Refusal{EINVAL, "flags"}};
    for (std::uint32_t i = 0; i < request.count; ++i) {
        const unsigned vector = request.start + i;
        const bool is_asked = request.data == IrqData::None ||
                              (request.data == IrqData::Flags && request.flags[i] != std::byte{0});
        if (request.data != IrqData::Eventfds) {
            if (is_asked)
                interrupts.raise(vector);
        } else if (descriptors.empty()) {
            interrupts.release(vector);
        } else if (!interrupts.assign(vector, std::move(descriptors[i]))) {
            return {{}, -1, Refusal{EINVAL, "descriptors: one is no eventfd"}};
        }
    }
    return {};
}

VfioUserDialogue::Outcome VfioUserDialogue::serve(const ReadRegion& request) {
    if (const auto fault = access_fault(request.region, request.offset, request.count))
        return {{}, -1, fault};
    avp_vfio_user_region_access head{request.offset, request.region, request.count};
    Message message(sizeof head + request.count);
    std::memcpy(message.data(), &head, sizeof head);
    const auto into = std::span(message).subspan(sizeof head);
    const auto offset = static_cast<std::size_t>(request.offset);
    if (request.region == AVP_VFIO_USER_CONFIG_REGION) {
        std::ranges::copy(config_.read(offset, request.count), into.begin());
    } else if (request.region == AVP_BAR_REGISTERS) {
        read_registers(offset, into);
    } else if (const Region* region = mapped_region(request.region)) {
        const auto held = presented_.gate.hold();
        std::ranges::copy(region->bytes().subspan(offset, request.count), into.begin());
    } else if (offset <= kMsixPendingOffset && kMsixPendingOffset < offset + request.count) {
        // The table is the client's own affair and reads 0; what is latched is pending.
        const std::uint64_t latched = presented_.interrupts.latched();
        const std::size_t at = kMsixPendingOffset - offset;
        std::memcpy(into.data() + at, &latched, std::min(sizeof latched, into.size() - at));
    }
    return {std::move(message), -1, {}};
}

VfioUserDialogue::Outcome VfioUserDialogue::serve(const WriteRegion& request) {
    if (const auto fault = access_fault(request.region, request.offset, request.data.size()))
        return {{}, -1, fault};
    const auto offset = static_cast<std::size_t>(request.offset);
    if (request.region == AVP_VFIO_USER_CONFIG_REGION) {
        config_.write(offset, request.data);
    } else if (request.region == AVP_BAR_REGISTERS) {
        write_registers(offset, request.data);
    } else if (const Region* region = mapped_region(request.region)) {
        const auto held = presented_.gate.hold();
        std::ranges::copy(request.data, region->bytes().subspan(offset).begin());
    }
    return {};
}

void VfioUserDialogue::reset() {
    config_.reset();
    {
        const auto held = presented_.gate.hold();
        presented_.device.reset();
    }
    presented_.interrupts.forget_latched();
}

std::uint64_t VfioUserDialogue::region_bytes(std::uint32_t region) const {
    if (const Region* mapped = mapped_region(region))
        return mapped->bytes().size();
    switch (region) {
        case AVP_BAR_REGISTERS:
            return AVP_REGISTERS_BAR_BYTES;
        case AVP_BAR_MSIX:
            return AVP_MSIX_BAR_BYTES;
        case AVP_VFIO_USER_CONFIG_REGION:
            return PciConfigSpace::kBytes;
        default:
            return 0;
    }
}

const Region* VfioUserDialogue::mapped_region(std::uint32_t region) const {
    const DeviceRegions& regions = presented_.device.regions();
    switch (region) {
        case AVP_BAR_MEMORY:
            return &regions.memory;
        case AVP_BAR_MEMORY_MAP:
            return &regions.memory_map;
        case AVP_BAR_DEVICE_INFO:
            return &regions.device_info;
        default:
            return nullptr;
    }
}

std::optional<Refusal> VfioUserDialogue::access_fault(std::uint32_t region, std::uint64_t offset,
                                                      std::size_t count) const {
    const std::uint64_t bytes = region_bytes(region);
    if (bytes == 0)
        return Refusal{EINVAL, "region"};
    if (offset > bytes)
        return Refusal{EINVAL, "offset"};
    if (count > bytes - offset)
        return Refusal{EINVAL, "count"};
    if (region == AVP_BAR_REGISTERS && offset % register_bytes != 0)
        return Refusal{EINVAL, "offset"};
    if (region == AVP_BAR_REGISTERS && count % register_bytes != 0)
        return Refusal{EINVAL, "count"};
    return std::nullopt;
}

void VfioUserDialogue::read_registers(std::uint64_t offset, std::span<std::byte> into) {
    const auto held = presented_.gate.hold();
    for (std::size_t at = 0; at < into.size(); at += register_bytes) {
        const std::uint32_t value = presented_.device.read_register(offset + at);
        std::memcpy(into.data() + at, &value, sizeof value);
    }
}

void VfioUserDialogue::write_registers(std::uint64_t offset, Bytes data) {
    const auto held = presented_.gate.hold();
    for (std::size_t at = 0; at < data.size(); at += register_bytes) {
        std::uint32_t value = 0;
        std::memcpy(&value, data.data() + at, sizeof value);
        presented_.device.write_register(offset + at, value);
    }
}

}  // namespace vnf::avp
