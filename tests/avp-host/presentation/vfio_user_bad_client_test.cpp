// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Clients that lie, stall, flood, come twice or die: what they do costs their own port only, and the next one finds it
// whole.
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>

#include "tests/avp-host/presentation/presented_port.hpp"
#include "tests/avp-host/presentation/vfio_user_client.hpp"
#include "tests/harness/unix_socket.hpp"

using namespace vnf::avp;
using namespace vnf::avp::test;
using vnf::runtime::Milliseconds;

namespace {

constexpr auto assign = AVP_VFIO_USER_IRQ_SET_EVENTFD | AVP_VFIO_USER_IRQ_SET_TRIGGER;

int error_of_access(VfioUserClient& client, std::uint32_t region, std::uint64_t offset, std::uint32_t count) {
    const avp_vfio_user_region_access head{offset, region, count};
    const auto read = client.ask(AVP_VFIO_USER_REGION_READ, as_payload(head));
    const auto write = client.ask(AVP_VFIO_USER_REGION_WRITE, as_payload(head, std::string(count, 'x')));
    CHECK(read.header.error == write.header.error);
    CHECK(read.is_error());
    CHECK(read.payload.empty());
    return static_cast<int>(read.header.error);
}

/// The port serves a fresh client.
void check_serves(PresentedPort& port) {
    VfioUserClient client(port.io, port.path());
    CHECK_FALSE(client.ask_version().is_error());
    CHECK(client.read_register(AVP_REGISTER_MIGRATION_STATUS) == AVP_MIGRATION_NONE);
}

}  // namespace

TEST_CASE("an access beyond a region's end, or of part of a register, is refused") {
    PresentedPort port;
    VfioUserClient client(port.io, port.path());
    client.ask_version();
    const std::uint64_t memory = port.device.regions().memory.bytes().size();
    const std::uint64_t far = ~std::uint64_t{0} - 3;
    for (const auto& [region, bytes] : {std::pair<std::uint32_t, std::uint64_t>{0, 4096},
                                        {1, 4096},
                                        {2, memory},
                                        {4, 65536},
                                        {5, 4096},
                                        {7, 256}}) {
        CHECK(error_of_access(client, region, bytes, 4) == EINVAL);
        CHECK(error_of_access(client, region, bytes - 4, 8) == EINVAL);
        CHECK(error_of_access(client, region, far, 4) == EINVAL);
        CHECK(error_of_access(client, region, far, 8) == EINVAL);
    }
    for (const std::uint32_t region : {3U, 6U, 8U})
        CHECK(error_of_access(client, region, 0, 4) == EINVAL);
    CHECK(error_of_access(client, 0, 1, 4) == EINVAL);
    CHECK(error_of_access(client, 0, 0, 2) == EINVAL);
    CHECK(error_of_access(client, 0, 4, 6) == EINVAL);
    CHECK(client.read_register(AVP_REGISTER_MIGRATION_STATUS) == 0);
    CHECK(port.server.counters().refused_messages == 60);
}

TEST_CASE("a region that the device does not have is what the refusal names") {
    PresentedPort port;
    VfioUserDialogue dialogue({port.device, port.gate, port.interrupts});
    dialogue.resume({});
    const avp_vfio_user_region_access head{0, 3, 4};
    const vfio_user::Header header{1, AVP_VFIO_USER_REGION_READ, sizeof head, true};
    const auto answer = dialogue.answer(header, vfio_user::bytes_of(head), {});
    REQUIRE(answer.refusal);
    CHECK(answer.refusal->field == "region");
}

TEST_CASE("interrupts that there are not, and descriptors that are no eventfds, are refused and closed") {
    PresentedPort port;
    VfioUserClient client(port.io, port.path());
    client.ask_version();
    const FileDescriptor event(::eventfd(0, EFD_NONBLOCK));
    const FileDescriptor file(::open("/dev/null", O_RDWR | O_CLOEXEC));
    const std::size_t before = vnf::test::open_descriptors();
    const auto error = [&client](std::uint32_t flags, std::uint32_t index, std::uint32_t start,
                                 std::span<const int> descriptors) {
        const auto count = static_cast<std::uint32_t>(descriptors.size());
        return client.set_irqs(flags, index, start, count, descriptors).header.error;
    };
    CHECK(error(assign, AVP_VFIO_USER_IRQ_MSIX, 9, std::array{event.get()}) == EINVAL);
    CHECK(error(assign, AVP_VFIO_USER_IRQ_MSIX, 0xFFFFFFFF, std::array{event.get()}) == EINVAL);
    CHECK(error(assign, AVP_VFIO_USER_IRQ_MSIX, 8, std::array{event.get(), event.get()}) == EINVAL);
    CHECK(error(assign, 0, 0, std::array{event.get()}) == EINVAL);
    CHECK(error(assign, AVP_VFIO_USER_IRQ_MSIX, 0, std::array{file.get()}) == EINVAL);
    CHECK(client.set_irqs(AVP_VFIO_USER_IRQ_SET_NONE | AVP_VFIO_USER_IRQ_SET_MASK, 2, 0, 1).header.error ==
          EINVAL);
    CHECK(client.set_irqs(AVP_VFIO_USER_IRQ_SET_NONE | AVP_VFIO_USER_IRQ_SET_TRIGGER, 0, 0, 0).header.error ==
          0);
    const std::vector<int> too_many(20, event.get());
    avp_vfio_user_irq_set set{sizeof set, assign, AVP_VFIO_USER_IRQ_MSIX, 0, 20};
    CHECK(client.ask(AVP_VFIO_USER_SET_IRQS, as_payload(set), too_many).header.error == EMFILE);
    CHECK(client
              .ask(AVP_VFIO_USER_GET_INFO, as_payload(avp_vfio_user_device_info{16, 0, 0, 0}),
                   std::array{event.get()})
              .header.error == EINVAL);
    CHECK(vnf::test::open_descriptors() == before);
    CHECK_FALSE(client.set_irqs(assign, AVP_VFIO_USER_IRQ_MSIX, 0, 1, std::array{event.get()}).is_error());
}

TEST_CASE("a client that does not begin with a version of ours is told so and let go") {
    PresentedPort port;
    VfioUserClient eager(port.io, port.path());
    CHECK(eager.ask(AVP_VFIO_USER_RESET, {}).header.error == EPROTO);
    CHECK(eager.server_has_ended());
    VfioUserClient other(port.io, port.path());
    CHECK(other.ask(AVP_VFIO_USER_VERSION, as_payload(avp_vfio_user_version{1, 0})).header.error == EINVAL);
    CHECK(other.server_has_ended());
    CHECK(port.server.counters().broken_clients == 2);
    VfioUserClient twice(port.io, port.path());
    CHECK_FALSE(twice.ask_version().is_error());
    CHECK(twice.ask_version().header.error == EPROTO);
    CHECK(twice.read_register(AVP_REGISTER_MIGRATION_STATUS) == 0);
}

TEST_CASE("a header that can't be is the end of its connection") {
    PresentedPort port;
    const avp_vfio_user_header too_long{1, AVP_VFIO_USER_VERSION, AVP_VFIO_USER_MAX_MESSAGE + 1, 0, 0};
    const avp_vfio_user_header too_short{1, AVP_VFIO_USER_VERSION, 15, 0, 0};
    const avp_vfio_user_header a_reply{1, AVP_VFIO_USER_VERSION, 16, AVP_VFIO_USER_TYPE_REPLY, 0};
    for (const auto& header : {too_long, too_short, a_reply}) {
        VfioUserClient client(port.io, port.path());
        client.ask_version();
        client.send_bytes(as_payload(header));
        CHECK(client.server_has_ended());
    }
    CHECK(port.server.counters().broken_clients == 3);
    check_serves(port);
}

TEST_CASE("a message that comes byte by byte is as good as one that comes whole") {
    PresentedPort port;
    VfioUserClient client(port.io, port.path());
    client.ask_version();
    const FileDescriptor event(::eventfd(0, EFD_NONBLOCK));
    const avp_vfio_user_header header{5, AVP_VFIO_USER_SET_IRQS, 36, 0, 0};
    const avp_vfio_user_irq_set set{sizeof set, assign, AVP_VFIO_USER_IRQ_MSIX, 0, 1};
    auto message = as_payload(header);
    const auto payload = as_payload(set);
    message.insert(message.end(), payload.begin(), payload.end());
    for (std::size_t i = 0; i < message.size(); ++i) {
        client.send_bytes(std::span(message).subspan(i, 1),
                          i == 0 ? std::span<const int>(std::array{event.get()}) : std::span<const int>());
        vnf::test::run_ready(port.io);
    }
    const auto reply = client.receive();
    REQUIRE(reply);
    CHECK_FALSE(reply->is_error());
    CHECK(reply->header.id == 5);
}

TEST_CASE("descriptors that come with each byte of a message do not pile up, and the message is refused") {
    PresentedPort port;
    VfioUserClient client(port.io, port.path());
    client.ask_version();
    const FileDescriptor event(::eventfd(0, EFD_NONBLOCK));
    const std::vector<int> sixteen(16, event.get());
    const std::size_t before = vnf::test::open_descriptors();
    const avp_vfio_user_header header{5, AVP_VFIO_USER_REGION_WRITE, 1000, 0, 0};
    auto message = as_payload(header);
    message.resize(header.size);
    for (std::size_t i = 0; i < message.size(); ++i) {
        client.send_bytes(std::span(message).subspan(i, 1), sixteen);
        vnf::test::run_ready(port.io);
        REQUIRE(vnf::test::open_descriptors() - before <= 16);
    }
    const auto reply = client.receive();
    REQUIRE(reply);
    CHECK(reply->header.error == EMFILE);
    CHECK(vnf::test::open_descriptors() == before);
    CHECK(client.read_register(AVP_REGISTER_MIGRATION_STATUS) == 0);
}

TEST_CASE("a client that stays silent, stops within a message or reads nothing is let go after a time") {
    PresentedPort port(Milliseconds(50));
    {
        const VfioUserClient silent(port.io, port.path());
        CHECK(port.run_until([&port] { return port.server.counters().broken_clients == 1; }));
    }
    {
        VfioUserClient halting(port.io, port.path());
        halting.ask_version();
        halting.send_bytes(as_payload(avp_vfio_user_header{1, AVP_VFIO_USER_REGION_READ, 32, 0, 0}));
        CHECK(halting.server_has_ended());
    }
    VfioUserClient deaf(port.io, port.path());
    deaf.ask_version();
    const auto read = as_payload(avp_vfio_user_region_access{0, AVP_BAR_MEMORY, AVP_VFIO_USER_MAX_DATA});
    std::uint64_t asked = 0;
    while (port.server.counters().broken_clients < 3) {
        avp_vfio_user_header header{1, AVP_VFIO_USER_REGION_READ, 32, 0, 0};
        auto message = as_payload(header);
        message.insert(message.end(), read.begin(), read.end());
        if (::send(deaf.descriptor(), message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT) > 0)
            ++asked;
        port.io.restart();
        port.io.run_one_for(Milliseconds(1));
    }
    CHECK(asked > 10);
    check_serves(port);
}

TEST_CASE("an idle client is left in peace, however long the deadline of a message is past") {
    PresentedPort port(Milliseconds(20));
    VfioUserClient client(port.io, port.path());
    client.ask_version();
    VfioUserClient other(port.io, port.path());
    // The silent second one is let go: by then the first one's deadline would have passed as well.
    CHECK(other.server_has_ended());
    CHECK(client.read_register(AVP_REGISTER_MIGRATION_STATUS) == 0);
    CHECK(port.server.counters().broken_clients == 0);
}

TEST_CASE("a second client is told that the device is taken, and the first one does not notice") {
    PresentedPort port;
    VfioUserClient first(port.io, port.path());
    first.ask_version();
    first.write_register(AVP_REGISTER_INTERRUPT_MASK, AVP_INTERRUPTS_ON);
    VfioUserClient second(port.io, port.path());
    CHECK(second.ask_version().header.error == EBUSY);
    CHECK(second.server_has_ended());
    CHECK(first.read_register(AVP_REGISTER_INTERRUPT_MASK) == AVP_INTERRUPTS_ON);
    CHECK(port.server.counters().refused_clients == 1);
    first.close();
    CHECK(port.run_until([&port] { return !port.server.client(); }));
    check_serves(port);
}

TEST_CASE("a flood of further clients is bounded") {
    PresentedPort port;
    VfioUserClient first(port.io, port.path());
    first.ask_version();
    const std::size_t before = vnf::test::open_descriptors();
    std::vector<VfioUserClient> others;
    for (int i = 0; i < 40; ++i)
        others.emplace_back(port.io, port.path());
    CHECK(port.run_until([&port] { return port.server.counters().refused_clients == 40; }));
    CHECK(vnf::test::open_descriptors() - before == 40 + 8);
    CHECK(others.back().server_has_ended());
    CHECK(others.front().ask_version().header.error == EBUSY);
    CHECK(first.read_register(AVP_REGISTER_MIGRATION_STATUS) == 0);
}

TEST_CASE("however a client ends, the device is reset and nothing of it is left") {
    PresentedPort port;
    {
        VfioUserClient first(port.io, port.path());  // with whose arrival the log is opened
        first.ask_version();
    }
    REQUIRE(port.run_until([&port] { return !port.server.client(); }));
    const std::size_t before = vnf::test::open_descriptors();
    const auto resets = port.device.statistics().resets;
    for (unsigned round = 1; round <= 5; ++round) {
        VfioUserClient client(port.io, port.path());
        client.ask_version();
        CHECK(port.server.client()->pid == ::getpid());
        client.write_register(AVP_REGISTER_INTERRUPT_MASK, AVP_INTERRUPTS_ON);
        {
            const FileDescriptor event(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
            const std::vector<int> all(9, event.get());
            CHECK_FALSE(client.set_irqs(assign, AVP_VFIO_USER_IRQ_MSIX, 0, 9, all).is_error());
        }
        if (round % 2 == 0)
            client.send_bytes(as_payload(avp_vfio_user_header{1, AVP_VFIO_USER_REGION_READ, 32, 0, 0}));
        client.close();
        REQUIRE(port.run_until([&port] { return !port.server.client(); }));
        CHECK(port.device.statistics().resets == resets + round);
        CHECK(port.device.state() == DeviceState::Waiting);
        CHECK(vnf::test::open_descriptors() == before);
    }
    check_serves(port);
}

TEST_CASE("a new client right after a dead one is served, not refused") {
    PresentedPort port;
    auto dead = std::make_unique<VfioUserClient>(port.io, port.path());
    dead->ask_version();
    // Both are there before the loop turns again.
    VfioUserClient next(port.io, port.path());
    dead.reset();
    CHECK_FALSE(next.ask_version().is_error());
    CHECK(port.server.counters().refused_clients == 0);
}

TEST_CASE("a server that stops resets the device and takes its socket file away") {
    PresentedPort port;
    VfioUserClient client(port.io, port.path());
    client.ask_version();
    const auto resets = port.device.statistics().resets;
    port.server.stop();
    CHECK(port.device.statistics().resets == resets + 1);
    CHECK(client.server_has_ended());
    CHECK_FALSE(std::filesystem::exists(port.path()));
}
