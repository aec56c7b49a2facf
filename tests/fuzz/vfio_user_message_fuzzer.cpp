// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Input: one byte for the number of descriptors, then a header and what follows it. Whatever it is, what is parsed lies
// within the bytes, within the limits, and what is refused names its field.
#include <span>

#include "avp-host/presentation/vfio_user_message.hpp"
#include "tests/fuzz/promise.hpp"

using namespace vnf::fuzz;
using namespace vnf::avp::vfio_user;

namespace {

void check_within(Bytes part, Bytes payload) {
    promise(part.empty() || (part.data() >= payload.data() &&
                             part.data() + part.size() <= payload.data() + payload.size()),
            "data lie in the payload");
}

void check(const Request& request, Bytes payload, std::size_t descriptors) {
    if (const auto* read = std::get_if<ReadRegion>(&request)) {
        promise(read->region < AVP_VFIO_USER_REGIONS, "a region that there is");
        promise(read->count >= 1 && read->count <= AVP_VFIO_USER_MAX_DATA, "a count within the limit");
    }
    if (const auto* write = std::get_if<WriteRegion>(&request)) {
        promise(write->region < AVP_VFIO_USER_REGIONS, "a region that there is");
        promise(!write->data.empty() && write->data.size() <= AVP_VFIO_USER_MAX_DATA,
                "data within the limit");
        check_within(write->data, payload);
    }
    if (const auto* set = std::get_if<SetIrqs>(&request)) {
        promise(set->index < AVP_VFIO_USER_IRQS, "an interrupt that there is");
        promise(set->data != IrqData::Flags || set->flags.size() == set->count, "a flag for each interrupt");
        promise(descriptors == 0 || descriptors == set->count, "a descriptor for each interrupt");
        check_within(set->flags, payload);
    }
    if (const auto* map = std::get_if<MapMemory>(&request))
        promise(map->size != 0 && map->address + (map->size - 1) >= map->address, "a range that can be");
    if (const auto* unmap = std::get_if<UnmapMemory>(&request))
        promise(unmap->all || (unmap->size != 0 && unmap->address + (unmap->size - 1) >= unmap->address),
                "a range that can be");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto input = text_of(data, size);
    const std::size_t descriptors = take_byte(input) % 20U;
    const auto bytes = std::as_bytes(std::span(input));
    if (bytes.size() < kMessageHeaderBytes)
        return 0;
    const auto header = parse_header(bytes.first<kMessageHeaderBytes>());
    if (const auto* refusal = std::get_if<Refusal>(&header)) {
        promise(!refusal->field.empty() && refusal->error > 0, "a refusal names its field");
        return 0;
    }
    const auto& good = std::get<Header>(header);
    promise(good.payload_bytes <= AVP_VFIO_USER_MAX_MESSAGE - kMessageHeaderBytes,
            "a message within the limit");
    const Bytes payload = bytes.subspan(kMessageHeaderBytes);
    const auto request = parse_request(good, payload, descriptors);
    if (const auto* refusal = std::get_if<Refusal>(&request))
        promise(!refusal->field.empty() && refusal->error > 0, "a refusal names its field");
    else
        check(std::get<Request>(request), payload, descriptors);
    promise(error_reply(good, 22).size() == kMessageHeaderBytes, "an error has no payload");
    return 0;
}
