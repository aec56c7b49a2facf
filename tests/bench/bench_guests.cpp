// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// bench_guests DIRECTORY COUNT INTERVAL_MS: COUNT guests behind sockets named as libvirt would. Each sends
// init to whoever connects and answers challenges by copying the number into a prepared line. "ready" when
// all listen; then a line on standard input is answered by "CONNECTED CHALLENGES", the numbers since the
// start.
#include <fmt/core.h>

#include <string>
#include <vector>

#include "tests/bench/epoll_loop.hpp"
#include "tests/harness/unix_socket.hpp"
#include "wire/heartbeat_message.hpp"

namespace {

using namespace vnf;

constexpr std::string_view challenge_key = "\"heartbeat_challenge\":";

class Guests {
  public:
    Guests(const std::string& directory, std::size_t count, std::chrono::milliseconds interval) {
        wire::Init init;
        init.name = "bench";
        init.interval = interval;
        init.corrective_action = wire::CorrectiveAction::Log;
        init_ = wire::encode(wire::GuestMessage(init), 1, wire::PeerRules::OldPeer);
        loop_.add(STDIN_FILENO, tag_stdin);
        for (std::size_t i = 0; i < count; ++i)
            listen(fmt::format("{}/cgcs.heartbeat.{:08x}-0000-4000-8000-000000000000.sock", directory, i));
    }

    [[noreturn]] void run() {
        loop_.run([this](std::uint64_t tag) {
            if (tag == tag_stdin)
                report();
            else if (connections_[tag - 1])
                from_host(connections_[tag - 1]);
            else
                take_host(tag);
        });
    }

  private:
    static constexpr std::uint64_t tag_stdin = 0;

    void listen(const std::string& socket) {
        listeners_.push_back(harness::listen_unix(socket, 1));
        connections_.emplace_back();
        loop_.add(listeners_.back().get(), listeners_.size());
    }

    /// The listener is closed: one host a guest, and half the descriptors.
    void take_host(std::uint64_t tag) {
        harness::FileDescriptor& connection = connections_[tag - 1];
        connection = harness::accept_one(listeners_[tag - 1]);
        if (!connection)
            return;
        listeners_[tag - 1].reset();
        loop_.add(connection.get(), tag);
        bench::write_whole(connection.get(), init_);
        ++connected_;
    }

    void from_host(harness::FileDescriptor& connection) {
        const std::string_view bytes = read_.from(connection.get());
        if (read_.ended()) {
            connection.reset();
            --connected_;
            return;
        }
        for (std::size_t at = bytes.find(challenge_key); at != std::string_view::npos;
             at = bytes.find(challenge_key, at + 1))
            respond(connection.get(), bytes.substr(at + challenge_key.size()));
    }

    void respond(int fd, std::string_view number) {
        reply_.assign(before_number_);
        reply_.append(number.substr(0, number.find('}')));
        reply_.append(after_number_);
        bench::write_whole(fd, reply_);
        ++challenges_;
    }

    void report() {
        if (read_.from(STDIN_FILENO).empty())
            std::_Exit(0);
        bench::write_whole(STDOUT_FILENO, fmt::format("{} {}\n", connected_, challenges_));
    }

    bench::EpollLoop loop_;
    bench::SmallRead read_{};
    std::vector<harness::FileDescriptor> listeners_, connections_;
    std::string init_, reply_;
    const std::string before_number_ =
        "\n{\"version\":3,\"revision\":1,\"msg_type\":\"challenge_response\",\"sequence\":2,\"heartbeat_"
        "response\":";
    const std::string after_number_ =
        ",\"heartbeat_health\":\"healthy\",\"corrective_action\":\"none\",\"log_msg\":\"\"}\n";
    std::size_t connected_ = 0;
    std::uint64_t challenges_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4)
        return 2;
    bench::raise_descriptor_limit(100000);
    Guests guests(argv[1], std::strtoul(argv[2], nullptr, 10),
                  std::chrono::milliseconds(std::strtoul(argv[3], nullptr, 10)));
    bench::say_ready();
    guests.run();
}
