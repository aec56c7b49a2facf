// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The codec alone: every length that is wrong is refused, with the field's name.
#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <cstring>

#include "avp-host/presentation/vfio_user_message.hpp"

using namespace vnf::avp::vfio_user;

namespace {

std::variant<Header, Refusal> parsed(const avp_vfio_user_header& header) {
    return parse_header(std::span<const std::byte, kMessageHeaderBytes>(bytes_of(header)));
}

/// Who refuses, or "" if it is taken.
std::string_view refused_field(std::uint16_t command, Bytes payload, std::size_t descriptors = 0) {
    const Header header{1, command, payload.size(), true};
    const auto request = parse_request(header, payload, descriptors);
    const auto* refusal = std::get_if<Refusal>(&request);
    if (refusal != nullptr)
        CHECK(refusal->error > 0);
    return refusal != nullptr ? refusal->field : "";
}

template <typename Structure>
Message with_data(const Structure& structure, std::size_t data) {
    const Bytes head = bytes_of(structure);
    Message message(head.begin(), head.end());
    message.resize(message.size() + data);
    return message;
}

}  // namespace

TEST_CASE("a vfio-user header of an impossible size, or that is no command, is refused") {
    avp_vfio_user_header header{7, AVP_VFIO_USER_RESET, 16, 0, 0};
    const auto good = parsed(header);
    REQUIRE(std::holds_alternative<Header>(good));
    CHECK(std::get<Header>(good).id == 7);
    CHECK(std::get<Header>(good).payload_bytes == 0);
    CHECK(std::get<Header>(good).wants_reply);
    for (const std::uint32_t size : {0U, 15U, AVP_VFIO_USER_MAX_MESSAGE + 1U, 0xFFFFFFFFU}) {
        header.size = size;
        CHECK(std::get<Refusal>(parsed(header)).field == "size");
    }
    header.size = AVP_VFIO_USER_MAX_MESSAGE;
    CHECK(std::holds_alternative<Header>(parsed(header)));
    for (const std::uint32_t flags : {AVP_VFIO_USER_TYPE_REPLY, 2U, AVP_VFIO_USER_ERROR}) {
        header.flags = flags;
        CHECK(std::get<Refusal>(parsed(header)).field == "flags");
    }
    header.flags = AVP_VFIO_USER_NO_REPLY;
    CHECK_FALSE(std::get<Header>(parsed(header)).wants_reply);
}

TEMPLATE_TEST_CASE("a structure that is cut, understates itself or is longer than it says is refused", "",
                   avp_vfio_user_dma_map, avp_vfio_user_dma_unmap, avp_vfio_user_device_info,
                   avp_vfio_user_region_info, avp_vfio_user_irq_info) {
    TestType structure{};
    structure.argsz = sizeof structure;
    std::uint16_t command = AVP_VFIO_USER_GET_INFO;
    if constexpr (std::is_same_v<TestType, avp_vfio_user_dma_map>) {
        command = AVP_VFIO_USER_DMA_MAP;
        structure.size = 4096;
    } else if constexpr (std::is_same_v<TestType, avp_vfio_user_dma_unmap>) {
        command = AVP_VFIO_USER_DMA_UNMAP;
        structure.size = 4096;
    } else if constexpr (std::is_same_v<TestType, avp_vfio_user_region_info>) {
        command = AVP_VFIO_USER_GET_REGION_INFO;
    } else if constexpr (std::is_same_v<TestType, avp_vfio_user_irq_info>) {
        command = AVP_VFIO_USER_GET_IRQ_INFO;
    }
    CHECK(refused_field(command, bytes_of(structure)).empty());
    for (std::size_t bytes = 0; bytes < sizeof structure; ++bytes)
        CHECK(refused_field(command, bytes_of(structure).first(bytes)) == "size");
    CHECK(refused_field(command, with_data(structure, 1)) == "size");
    structure.argsz += 8;
    CHECK(refused_field(command, bytes_of(structure)).empty());
    CHECK(refused_field(command, with_data(structure, 8)).empty());
    CHECK(refused_field(command, with_data(structure, 9)) == "size");
    structure.argsz = sizeof structure - 1;
    CHECK(refused_field(command, bytes_of(structure)) == "argsz");
}

TEST_CASE("a version is 0, and its capabilities end with a NUL") {
    const avp_vfio_user_version version{0, 3};
    auto message = with_data(version, 2);
    message[4] = std::byte{'{'};
    CHECK(refused_field(AVP_VFIO_USER_VERSION, message).empty());
    message[5] = std::byte{'}'};
    CHECK(refused_field(AVP_VFIO_USER_VERSION, message) == "capabilities");
    CHECK(refused_field(AVP_VFIO_USER_VERSION, bytes_of(version)).empty());
    CHECK(refused_field(AVP_VFIO_USER_VERSION, bytes_of(version).first(3)) == "size");
    CHECK(refused_field(AVP_VFIO_USER_VERSION, bytes_of(avp_vfio_user_version{1, 0})) == "major");
}

TEST_CASE("a range that is empty or wraps around is refused") {
    avp_vfio_user_dma_map map{sizeof map, 3, 0, 0x1000, 0};
    CHECK(refused_field(AVP_VFIO_USER_DMA_MAP, bytes_of(map), 1) == "size of the range");
    map.size = ~std::uint64_t{0};
    CHECK(refused_field(AVP_VFIO_USER_DMA_MAP, bytes_of(map), 1) == "address");
    map.size -= 0x1000 - 1;
    CHECK(refused_field(AVP_VFIO_USER_DMA_MAP, bytes_of(map), 1).empty());
    avp_vfio_user_dma_unmap unmap{sizeof unmap, 0, 1, ~std::uint64_t{0}};
    CHECK(refused_field(AVP_VFIO_USER_DMA_UNMAP, bytes_of(unmap)).empty());
    unmap.address = 2;
    CHECK(refused_field(AVP_VFIO_USER_DMA_UNMAP, bytes_of(unmap)) == "address");
    unmap.flags = AVP_VFIO_USER_UNMAP_ALL;
    CHECK(refused_field(AVP_VFIO_USER_DMA_UNMAP, bytes_of(unmap)).empty());
    unmap.flags = 1;
    CHECK(refused_field(AVP_VFIO_USER_DMA_UNMAP, bytes_of(unmap)) == "flags");
}

TEST_CASE("an index of a region or of an interrupt that there is not is refused") {
    avp_vfio_user_region_info region{};
    region.argsz = sizeof region;
    region.index = AVP_VFIO_USER_REGIONS - 1;
    CHECK(refused_field(AVP_VFIO_USER_GET_REGION_INFO, bytes_of(region)).empty());
    region.index = AVP_VFIO_USER_REGIONS;
    CHECK(refused_field(AVP_VFIO_USER_GET_REGION_INFO, bytes_of(region)) == "index");
    const avp_vfio_user_irq_info irq{sizeof irq, 0, AVP_VFIO_USER_IRQS, 0};
    CHECK(refused_field(AVP_VFIO_USER_GET_IRQ_INFO, bytes_of(irq)) == "index");
    const avp_vfio_user_region_access access{0, AVP_VFIO_USER_REGIONS, 4};
    CHECK(refused_field(AVP_VFIO_USER_REGION_READ, bytes_of(access)) == "region");
}

TEST_CASE("an access is of 1 to 4096 bytes, and a write's data are all there") {
    for (const std::uint32_t count : {1U, 4U, std::uint32_t{AVP_VFIO_USER_MAX_DATA}}) {
        const avp_vfio_user_region_access access{0, 2, count};
        CHECK(refused_field(AVP_VFIO_USER_REGION_READ, bytes_of(access)).empty());
        CHECK(refused_field(AVP_VFIO_USER_REGION_READ, with_data(access, 1)) == "size");
        CHECK(refused_field(AVP_VFIO_USER_REGION_WRITE, with_data(access, count)).empty());
        CHECK(refused_field(AVP_VFIO_USER_REGION_WRITE, with_data(access, count - 1)) == "size");
        CHECK(refused_field(AVP_VFIO_USER_REGION_WRITE, with_data(access, count + 1)) == "size");
    }
    for (const std::uint32_t count : {0U, AVP_VFIO_USER_MAX_DATA + 1U, 0xFFFFFFFFU}) {
        const avp_vfio_user_region_access access{0, 2, count};
        CHECK(refused_field(AVP_VFIO_USER_REGION_READ, bytes_of(access)) == "count");
        CHECK(refused_field(AVP_VFIO_USER_REGION_WRITE, with_data(access, 4)) == "count");
    }
    const avp_vfio_user_region_access access{0, 2, 4};
    CHECK(refused_field(AVP_VFIO_USER_REGION_READ, bytes_of(access).first(15)) == "size");
}

TEST_CASE(
    "interrupts are set with one kind of data, one action and as many descriptors as there are interrupts") {
    const auto field = [](std::uint32_t flags, std::uint32_t count, std::size_t data,
                          std::size_t descriptors) {
        const avp_vfio_user_irq_set set{static_cast<std::uint32_t>(sizeof set + data), flags, 2, 0, count};
        return refused_field(AVP_VFIO_USER_SET_IRQS, with_data(set, data), descriptors);
    };
    constexpr auto none = AVP_VFIO_USER_IRQ_SET_NONE, flags = AVP_VFIO_USER_IRQ_SET_BOOL,
                   eventfd = AVP_VFIO_USER_IRQ_SET_EVENTFD, trigger = AVP_VFIO_USER_IRQ_SET_TRIGGER,
                   mask = AVP_VFIO_USER_IRQ_SET_MASK;
    CHECK(field(eventfd | trigger, 3, 0, 3).empty());
    CHECK(field(eventfd | trigger, 3, 0, 0).empty());
    CHECK(field(eventfd | trigger, 3, 0, 2) == "descriptors");
    CHECK(field(eventfd | trigger, 3, 0, 17) == "descriptors");
    CHECK(field(none | trigger, 1, 0, 1) == "descriptors");
    CHECK(field(eventfd | mask, 1, 0, 1) == "descriptors");
    CHECK(field(eventfd | trigger, 3, 12, 3) == "count");
    CHECK(field(flags | trigger, 3, 3, 0).empty());
    CHECK(field(flags | trigger, 3, 2, 0) == "count");
    CHECK(field(flags | trigger, 0xFFFFFFFF, 2, 0) == "count");
    CHECK(field(none | flags | trigger, 3, 3, 0) == "flags");
    CHECK(field(trigger, 3, 0, 0) == "flags");
    CHECK(field(none, 3, 0, 0) == "flags");
    CHECK(field(none | trigger | mask, 3, 0, 0) == "flags");
    CHECK(field(none | trigger | 0x40, 3, 0, 0) == "flags");
    const avp_vfio_user_irq_set set{sizeof set, none | trigger, AVP_VFIO_USER_IRQS, 0, 0};
    CHECK(refused_field(AVP_VFIO_USER_SET_IRQS, bytes_of(set)) == "index");
}

TEST_CASE(
    "a command that we do not know is refused, and descriptors come only with commands that take them") {
    for (const auto command : std::array<std::uint16_t, 8>{0, 6, 11, 12, 14, 15, 16, 0xFFFF})
        CHECK(refused_field(command, {}) == "command");
    CHECK(refused_field(AVP_VFIO_USER_RESET, {}).empty());
    CHECK(refused_field(AVP_VFIO_USER_RESET, {}, 1) == "descriptors");
    CHECK(refused_field(AVP_VFIO_USER_RESET, Message(1)) == "size");
    const avp_vfio_user_dma_map map{sizeof map, 3, 0, 0, 4096};
    CHECK(refused_field(AVP_VFIO_USER_DMA_MAP, bytes_of(map), 2) == "descriptors");
}

TEST_CASE("a reply repeats id and command, and an error has no payload") {
    const Header to{9, AVP_VFIO_USER_GET_INFO, 0, true};
    avp_vfio_user_header header{};
    const auto error = error_reply(to, EBUSY);
    REQUIRE(error.size() == sizeof header);
    std::memcpy(&header, error.data(), sizeof header);
    CHECK((header.id == 9 && header.command == AVP_VFIO_USER_GET_INFO && header.size == sizeof header));
    CHECK(header.flags == (AVP_VFIO_USER_TYPE_REPLY | AVP_VFIO_USER_ERROR));
    CHECK(header.error == EBUSY);
    const auto version = version_reply(to, 65535);
    std::memcpy(&header, version.data(), sizeof header);
    CHECK((header.size == version.size() && header.flags == AVP_VFIO_USER_TYPE_REPLY && header.error == 0));
    CHECK(version.back() == std::byte{0});
}
