// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A client's own mapping of one region, from the descriptor that came over the socket.
#pragma once

#include <sys/mman.h>

#include <catch2/catch.hpp>
#include <span>

#include "tests/avp-host/presentation/vfio_user_client.hpp"

namespace vnf::avp::test {

class MappedRegion {
  public:
    MappedRegion(VfioUserClient& client, std::uint32_t index) {
        avp_vfio_user_region_info info{};
        info.argsz = sizeof info;
        info.index = index;
        const auto reply = client.ask(AVP_VFIO_USER_GET_REGION_INFO, as_payload(info));
        info = reply.as<avp_vfio_user_region_info>();
        REQUIRE(reply.descriptors.size() == 1);
        void* where =
            ::mmap(nullptr, info.size, PROT_READ | PROT_WRITE, MAP_SHARED, reply.descriptors[0].get(), 0);
        REQUIRE(where != MAP_FAILED);
        bytes = {static_cast<std::byte*>(where), info.size};
    }
    MappedRegion(const MappedRegion&) = delete;
    MappedRegion& operator=(const MappedRegion&) = delete;
    ~MappedRegion() { ::munmap(bytes.data(), bytes.size()); }

    std::span<std::byte> bytes;
};

}  // namespace vnf::avp::test
