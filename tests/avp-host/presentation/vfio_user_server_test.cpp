// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What an honest client finds: a scripted one over the real socket, a real device behind it.
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <cstring>

#include "tests/avp-host/presentation/presented_port.hpp"
#include "tests/avp-host/presentation/vfio_user_client.hpp"

using namespace vnf::avp;
using namespace vnf::avp::test;

namespace {

avp_vfio_user_region_info ask_region(VfioUserClient& client, std::uint32_t index,
                                     std::vector<FileDescriptor>& descriptors) {
    avp_vfio_user_region_info info{};
    info.argsz = sizeof info;
    info.index = index;
    auto reply = client.ask(AVP_VFIO_USER_GET_REGION_INFO, as_payload(info));
    REQUIRE_FALSE(reply.is_error());
    descriptors = std::move(reply.descriptors);
    return reply.as<avp_vfio_user_region_info>();
}

std::uint64_t taken(const FileDescriptor& eventfd) {
    std::uint64_t count = 0;
    return ::read(eventfd.get(), &count, sizeof count) == sizeof count ? count : 0;
}

constexpr auto assign = AVP_VFIO_USER_IRQ_SET_EVENTFD | AVP_VFIO_USER_IRQ_SET_TRIGGER;

}  // namespace

TEST_CASE("a client learns version, device, regions and interrupts as QEMU asks for them") {
    PresentedPort port;
    VfioUserClient client(port.io, port.path());
    const auto version = client.ask_version();
    REQUIRE_FALSE(version.is_error());
    CHECK((version.as<avp_vfio_user_version>().major == 0 && version.as<avp_vfio_user_version>().minor == 0));
    const std::string able(reinterpret_cast<const char*>(version.payload.data()) + 4);
    CHECK(
        able ==
        R"({"capabilities":{"max_msg_fds":16,"max_data_xfer_size":4096,"max_dma_maps":65535,"pgsizes":4096}})");

    avp_vfio_user_device_info device{};
    device.argsz = 24;  // a newer kernel's
    device = client.ask(AVP_VFIO_USER_GET_INFO, as_payload(device)).as<avp_vfio_user_device_info>();
    CHECK((device.argsz == 16 && device.flags == 3 && device.regions == 9 && device.irqs == 5));

    for (std::uint32_t index = 0; index < AVP_VFIO_USER_IRQS; ++index) {
        avp_vfio_user_irq_info irq{sizeof irq, 0, index, 0};
        irq = client.ask(AVP_VFIO_USER_GET_IRQ_INFO, as_payload(irq)).as<avp_vfio_user_irq_info>();
        CHECK((irq.index == index && irq.flags == 9));
        CHECK(irq.count == (index == AVP_VFIO_USER_IRQ_MSIX ? 9U : 0U));
    }
}

TEST_CASE("regions 2, 4 and 5 come as sealed memory, the others without a descriptor") {
    PresentedPort port;
    VfioUserClient client(port.io, port.path());
    client.ask_version();
    const std::uint64_t memory = port.device.regions().memory.bytes().size();
    const std::array<std::uint64_t, AVP_VFIO_USER_REGIONS> sizes{4096, 4096, memory, 0, 65536,
                                                                 4096, 0,    256,    0};
    for (std::uint32_t index = 0; index < AVP_VFIO_USER_REGIONS; ++index) {
        std::vector<FileDescriptor> descriptors;
        const auto info = ask_region(client, index, descriptors);
        const bool is_mapped = index == 2 || index == 4 || index == 5;
        CHECK((info.index == index && info.size == sizes.at(index) && info.offset == 0));
        CHECK(info.flags == (is_mapped ? 7U : sizes.at(index) != 0 ? 3U : 0U));
        REQUIRE(descriptors.size() == (is_mapped ? 1U : 0U));
        if (is_mapped) {
            struct stat file {};
            REQUIRE(::fstat(descriptors[0].get(), &file) == 0);
            CHECK(static_cast<std::uint64_t>(file.st_size) == info.size);
            const int seals = F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
            CHECK((::fcntl(descriptors[0].get(), F_GET_SEALS) & seals) == seals);
        }
    }
}

TEST_CASE("configuration, registers and memory are read and written over the socket too") {
    PresentedPort port;
    VfioUserClient client(port.io, port.path());
    client.ask_version();
    std::uint32_t identity = 0;
    std::memcpy(&identity, client.read_region(AVP_VFIO_USER_CONFIG_REGION, 0, 4).data(), 4);
    CHECK(identity == 0x1110'1AF4);
    CHECK(client.read_region(AVP_VFIO_USER_CONFIG_REGION, 0, 256).size() == 256);
    client.write_region(AVP_VFIO_USER_CONFIG_REGION, 4, "\x06");
    CHECK(client.read_region(AVP_VFIO_USER_CONFIG_REGION, 4, 1)[0] == std::byte{6});

    client.write_register(AVP_REGISTER_INTERRUPT_MASK, AVP_INTERRUPTS_ON);
    {
        const auto held = port.gate.hold();
        port.device.detach();
    }
    CHECK(client.read_register(AVP_REGISTER_INTERRUPT_STATUS) == AVP_INTERRUPT_MIGRATION);
    CHECK(client.read_register(AVP_REGISTER_INTERRUPT_STATUS) == 0);
    CHECK(client.read_register(AVP_REGISTER_MIGRATION_STATUS) == AVP_MIGRATION_DETACHED);
    client.write_register(AVP_REGISTER_MIGRATION_ACK, AVP_MIGRATION_DETACHED);
    CHECK(port.device.state() == DeviceState::Detached);

    const auto memory = port.device.regions().memory.bytes();
    memory[memory.size() - 1] = std::byte{0x5A};
    CHECK(client.read_region(AVP_BAR_MEMORY, memory.size() - 1, 1)[0] == std::byte{0x5A});
    client.write_region(AVP_BAR_MEMORY, memory.size() - 2, "xy");
    CHECK(memory[memory.size() - 1] == std::byte{'y'});
    MessageBytes msix(4096);
    msix[0x800] =
        std::byte{1};  // latched by detach(): the table is the client's own affair, what is pending is not
    CHECK((client.read_region(AVP_BAR_MSIX, 0, 4096) == msix));
    client.write_region(AVP_BAR_MSIX, 0, "z");
}

TEST_CASE("interrupts go to the client's eventfds, and those before it had any are latched") {
    PresentedPort port;
    VfioUserClient client(port.io, port.path());
    client.ask_version();
    port.interrupts.raise(0);
    CHECK(client.read_region(AVP_BAR_MSIX, 0x800, 1)[0] == std::byte{1});
    const FileDescriptor first(::eventfd(0, EFD_NONBLOCK));
    const FileDescriptor second(::eventfd(0, EFD_NONBLOCK));
    const std::array<int, 2> both{first.get(), second.get()};
    REQUIRE_FALSE(client.set_irqs(assign, AVP_VFIO_USER_IRQ_MSIX, 0, 2, both).is_error());
    CHECK(taken(first) == 1);
    CHECK(taken(second) == 0);
    port.interrupts.raise(1);
    CHECK(taken(second) == 1);
    REQUIRE_FALSE(client.set_irqs(assign, AVP_VFIO_USER_IRQ_MSIX, 1, 1).is_error());
    port.interrupts.raise(1);
    CHECK(taken(second) == 0);
    CHECK(port.interrupts.latched() == 2);
    // As a kernel's vfio does for its own tests: the client triggers them itself.
    const auto flags = AVP_VFIO_USER_IRQ_SET_BOOL | AVP_VFIO_USER_IRQ_SET_TRIGGER;
    REQUIRE_FALSE(
        client.set_irqs(flags, AVP_VFIO_USER_IRQ_MSIX, 0, 2, {}, std::string_view("\1\0", 2)).is_error());
    CHECK(taken(first) == 1);
    const auto none = AVP_VFIO_USER_IRQ_SET_NONE | AVP_VFIO_USER_IRQ_SET_TRIGGER;
    REQUIRE_FALSE(client.set_irqs(none, AVP_VFIO_USER_IRQ_MSIX, 0, 1).is_error());
    CHECK(taken(first) == 1);
    REQUIRE_FALSE(client.set_irqs(none, AVP_VFIO_USER_IRQ_MSIX, 0, 0).is_error());
    port.interrupts.raise(0);
    CHECK(taken(first) == 0);
}

TEST_CASE("a client's memory is taken note of and its descriptors are closed, not kept") {
    PresentedPort port(vnf::runtime::Milliseconds(60000), 20);
    VfioUserClient client(port.io, port.path());
    client.ask_version();
    const FileDescriptor memory(::memfd_create("guest", MFD_CLOEXEC));
    const std::size_t before = vnf::test::open_descriptors();
    avp_vfio_user_dma_map map{sizeof map, 3, 0, 0, 4096};
    for (int i = 0; i < 20; ++i) {
        REQUIRE_FALSE(
            client.ask(AVP_VFIO_USER_DMA_MAP, as_payload(map), std::array{memory.get()}).is_error());
        map.address += 4096;
    }
    CHECK(client.ask(AVP_VFIO_USER_DMA_MAP, as_payload(map), std::array{memory.get()}).header.error ==
          ENOSPC);
    map.address -= 4096;
    CHECK(client.ask(AVP_VFIO_USER_DMA_MAP, as_payload(map)).header.error == EEXIST);
    CHECK(vnf::test::open_descriptors() == before);
    const avp_vfio_user_dma_unmap unmap{sizeof unmap, 0, map.address, map.size};
    const auto reply = client.ask(AVP_VFIO_USER_DMA_UNMAP, as_payload(unmap));
    CHECK(std::memcmp(reply.payload.data(), &unmap, sizeof unmap) == 0);
    const avp_vfio_user_dma_unmap cut{sizeof unmap, 0, 1, 4094};
    CHECK(client.ask(AVP_VFIO_USER_DMA_UNMAP, as_payload(cut)).header.error == EINVAL);
    const avp_vfio_user_dma_unmap all{sizeof unmap, AVP_VFIO_USER_UNMAP_ALL, 0, 0};
    CHECK_FALSE(client.ask(AVP_VFIO_USER_DMA_UNMAP, as_payload(all)).is_error());
    CHECK_FALSE(client.ask(AVP_VFIO_USER_DMA_MAP, as_payload(map)).is_error());
}

TEST_CASE("a message that wants no reply gets none, not even an error") {
    PresentedPort port;
    VfioUserClient client(port.io, port.path());
    client.ask_version();
    const avp_vfio_user_region_access head{AVP_REGISTER_INTERRUPT_MASK, AVP_BAR_REGISTERS, 4};
    client.send(AVP_VFIO_USER_REGION_WRITE, as_payload(head, "\xFF\xFF\xFF\xFF"), {}, AVP_VFIO_USER_NO_REPLY);
    client.send(99, {}, {}, AVP_VFIO_USER_NO_REPLY);
    CHECK(client.read_register(AVP_REGISTER_INTERRUPT_MASK) == AVP_INTERRUPTS_ON);
    CHECK(port.server.counters().refused_messages == 1);
}

TEST_CASE("a reset makes the device as at the start, and its client stays") {
    PresentedPort port;
    VfioUserClient client(port.io, port.path());
    client.ask_version();
    client.write_region(AVP_VFIO_USER_CONFIG_REGION, 4, "\x06");
    client.write_register(AVP_REGISTER_INTERRUPT_MASK, AVP_INTERRUPTS_ON);
    port.interrupts.raise(2);
    const auto resets = port.device.statistics().resets;
    REQUIRE_FALSE(client.ask(AVP_VFIO_USER_RESET, {}).is_error());
    CHECK(port.device.statistics().resets == resets + 1);
    CHECK(client.read_register(AVP_REGISTER_INTERRUPT_MASK) == 0);
    CHECK(client.read_region(AVP_VFIO_USER_CONFIG_REGION, 4, 1)[0] == std::byte{0});
    CHECK(port.interrupts.latched() == 0);
}

TEST_CASE("many messages in one write are answered in their order") {
    PresentedPort port;
    VfioUserClient client(port.io, port.path());
    client.ask_version();
    MessageBytes stream;
    for (std::uint16_t i = 0; i < 500; ++i) {
        avp_vfio_user_region_info info{};
        info.argsz = sizeof info;
        info.index = i % AVP_VFIO_USER_REGIONS;
        const avp_vfio_user_header header{i, AVP_VFIO_USER_GET_REGION_INFO, sizeof header + sizeof info, 0,
                                          0};
        const auto head = as_payload(header);
        const auto payload = as_payload(info);
        stream.insert(stream.end(), head.begin(), head.end());
        stream.insert(stream.end(), payload.begin(), payload.end());
    }
    client.send_bytes(stream);
    for (std::uint32_t i = 0; i < 500; ++i) {
        const auto reply = client.receive();
        REQUIRE(reply);
        const std::uint32_t index = i % AVP_VFIO_USER_REGIONS;
        REQUIRE((reply->header.id == i && reply->as<avp_vfio_user_region_info>().index == index));
        REQUIRE(reply->descriptors.size() == (index == 2 || index == 4 || index == 5 ? 1U : 0U));
    }
}
