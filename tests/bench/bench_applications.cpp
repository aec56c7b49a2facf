// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// bench_applications SOCKET COUNT INTERVAL_MS: COUNT version-3 applications on connections of their own,
// registered one after the other, then answering challenges (healthy) and actions (accept) by patching one
// number into prepared bytes. Serves guest-client and the floor's relay alike. Prints "ready" when all are
// registered.
#include <poll.h>

#include <cstring>
#include <string>
#include <vector>

#include "tests/bench/epoll_loop.hpp"
#include "tests/harness/unix_socket.hpp"
#include "wire/application_record.hpp"

namespace {

using namespace vnf;

constexpr std::size_t type_offset = 10;
constexpr std::size_t number_offset =
    wire::record_header_size;  // challenge or invocation id, first in both bodies
constexpr std::uint16_t type_challenge = 3;
constexpr std::uint16_t type_action = 5;

template <typename Number>
Number number_at(std::string_view bytes, std::size_t offset) {
    Number value = 0;
    std::memcpy(&value, bytes.data() + offset, sizeof(value));
    return value;
}

/// Waits until `size` bytes of the daemon's first answers were read.
void await_bytes(int fd, std::size_t size) {
    std::vector<char> bytes(size);
    for (std::size_t have = 0; have < size;) {
        pollfd waiting{fd, POLLIN, 0};
        ::poll(&waiting, 1, -1);
        const ssize_t got = ::read(fd, bytes.data(), size - have);
        if (got <= 0)
            std::perror("registration"), std::_Exit(1);
        have += static_cast<std::size_t>(got);
    }
}

class Applications {
  public:
    Applications(const std::string& socket, std::size_t count, std::uint32_t interval_ms) {
        for (std::size_t i = 0; i < count; ++i)
            join(socket, "app" + std::to_string(i), interval_ms);
    }

    [[noreturn]] void run() {
        loop_.run([this](std::uint64_t tag) { answer(sockets_[tag].get()); });
    }

  private:
    void join(const std::string& socket, const std::string& name, std::uint32_t interval_ms) {
        using wire::RecordVersion;
        harness::FileDescriptor fd = harness::connect_unix(socket);
        const wire::RecordInit init{2, name, 1000, 8, 5, 5, 5, wire::CorrectiveAction::Log};
        bench::write_whole(fd.get(), wire::encode(wire::ApplicationRecord(init), 1, RecordVersion::V2));
        await_bytes(fd.get(), wire::record_v2_size);
        const wire::RecordRegister registration{name,
                                                interval_ms,
                                                8000,
                                                5000,
                                                5000,
                                                5000,
                                                wire::CorrectiveAction::Log,
                                                wire::SilentClose::Failed};
        bench::write_whole(fd.get(),
                           wire::encode(wire::ApplicationRecord(registration), 2, RecordVersion::V3));
        await_bytes(fd.get(), register_ack_size_);
        loop_.add(fd.get(), sockets_.size());
        sockets_.push_back(std::move(fd));
    }

    void answer(int fd) {
        const std::string_view bytes = read_.from(fd);
        if (read_.ended())
            std::_Exit(0);
        for (std::size_t at = 0; at + wire::record_header_size < bytes.size();) {
            const std::string_view record = bytes.substr(at);
            const auto type = number_at<std::uint16_t>(record, type_offset);
            std::string* reply = type == type_challenge ? &healthy_
                                 : type == type_action  ? &accept_
                                                        : nullptr;
            if (reply != nullptr) {
                std::memcpy(reply->data() + number_offset, record.data() + number_offset,
                            sizeof(std::uint32_t));
                bench::write_whole(fd, *reply);
            }
            at += number_at<std::uint32_t>(record, 16);
        }
    }

    std::string healthy_ =
        wire::encode(wire::ApplicationRecord(wire::RecordChallengeResponse{}), 3, wire::RecordVersion::V3);
    std::string accept_ =
        wire::encode(wire::ApplicationRecord(wire::RecordActionResponse{
                         0, wire::Event::Unknown, wire::Notification::Unknown, wire::VoteResult::Accept, {}}),
                     3, wire::RecordVersion::V3);
    std::size_t register_ack_size_ =
        wire::encode(wire::DaemonRecord(wire::RecordRegisterAck{true, 0, {}}), 1, wire::RecordVersion::V3)
            .size();
    bench::SmallRead read_{};
    bench::EpollLoop loop_;
    std::vector<harness::FileDescriptor> sockets_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4)
        return 2;
    bench::raise_descriptor_limit(100000);
    Applications applications(argv[1], std::strtoul(argv[2], nullptr, 10),
                              static_cast<std::uint32_t>(std::strtoul(argv[3], nullptr, 10)));
    bench::say_ready();
    applications.run();
}
