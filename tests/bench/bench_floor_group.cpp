// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A broadcast's way with nothing of the daemons' work: bytes go on as they came. Two uses:
//   bench_floor_group guest PORT_SOCKET CLIENT_SOCKET   guest-client's place: a client's packet is written to the port's
//       stream, and each record on the stream, cut by the length in its head, to every client as a packet. A new client
//       gets one packet, so that it knows that it is heard.
//   bench_floor_group host PORT_SOCKET...               host-agent's place: what one port gives is written to all others.
// "ready" when listening or connected.
#include <fcntl.h>

#include <cstring>
#include <string>
#include <vector>

#include "tests/bench/epoll_loop.hpp"
#include "tests/harness/unix_socket.hpp"

namespace {

using namespace vnf;

/// Of a broadcast's record: the length of its only text stands behind the header.
constexpr std::size_t length_offset = 8;
constexpr std::size_t text_offset = length_offset + sizeof(std::uint32_t);

/// Its writes wait for room; a relay that loses bytes would be no floor.
void wait_for_room(int fd) {
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) & ~O_NONBLOCK);
}

class GuestRelay {
  public:
    GuestRelay(const char* port_socket, const char* client_socket)
        : port_listener_(harness::listen_unix(port_socket)),
          client_listener_(harness::listen_unix(client_socket, 1024, SOCK_SEQPACKET)) {
        loop_.add(port_listener_.get(), tag_port_listener);
        loop_.add(client_listener_.get(), tag_client_listener);
    }

    [[noreturn]] void run() {
        loop_.run([this](std::uint64_t tag) {
            if (tag == tag_port_listener)
                take_port();
            else if (tag == tag_client_listener)
                take_client();
            else if (tag == tag_port)
                from_port();
            else
                from_client(tag - first_client);
        });
    }

  private:
    static constexpr std::uint64_t tag_port_listener = 0, tag_client_listener = 1, tag_port = 2,
                                   first_client = 3;

    void take_port() {
        port_ = harness::accept_one(port_listener_);
        wait_for_room(port_.get());
        loop_.add(port_.get(), tag_port);
    }

    void take_client() {
        clients_.push_back(harness::accept_one(client_listener_));
        wait_for_room(clients_.back().get());
        loop_.add(clients_.back().get(), first_client + clients_.size() - 1);
        bench::write_whole(clients_.back().get(), "welcome");
    }

    /// All that are there: a turn of the loop for each would make this the slower one.
    void from_client(std::size_t index) {
        for (std::string_view packet = take(index); !packet.empty(); packet = take(index))
            bench::write_whole(port_.get(), packet);
        if (read_.ended())
            clients_[index].reset();
    }

    std::string_view take(std::size_t index) {
        read_.size = ::recv(clients_[index].get(), read_.buffer.data(), read_.buffer.size(), MSG_DONTWAIT);
        return {read_.buffer.data(), read_.size > 0 ? static_cast<std::size_t>(read_.size) : 0};
    }

    void from_port() {
        rest_.append(read_.from(port_.get()));
        if (read_.ended())
            std::_Exit(0);
        std::size_t at = 0;
        for (std::size_t size = size_at(at); size != 0; size = size_at(at)) {
            for (const harness::FileDescriptor& client : clients_)
                bench::write_whole(client.get(), std::string_view(rest_).substr(at, size));
            at += size;
        }
        rest_.erase(0, at);
    }

    /// Of the record there; 0 if it is not whole yet.
    std::size_t size_at(std::size_t at) const {
        std::uint32_t length = 0;
        if (rest_.size() < at + text_offset)
            return 0;
        std::memcpy(&length, rest_.data() + at + length_offset, sizeof length);
        return rest_.size() < at + text_offset + length ? 0 : text_offset + length;
    }

    bench::EpollLoop loop_;
    bench::SmallRead read_{};
    harness::FileDescriptor port_listener_, client_listener_, port_;
    std::vector<harness::FileDescriptor> clients_;
    std::string rest_;
};

class HostRelay {
  public:
    HostRelay(char** first, char** last) {
        for (; first != last; ++first) {
            ports_.push_back(harness::connect_unix(*first));
            wait_for_room(ports_.back().get());
            loop_.add(ports_.back().get(), ports_.size() - 1);
        }
    }

    [[noreturn]] void run() {
        loop_.run([this](std::uint64_t from) {
            const std::string_view bytes = read_.from(ports_[from].get());
            if (read_.ended())
                std::_Exit(0);
            for (std::uint64_t to = 0; to < ports_.size(); ++to) {
                if (to != from)
                    bench::write_whole(ports_[to].get(), bytes);
            }
        });
    }

  private:
    bench::EpollLoop loop_;
    bench::SmallRead read_{};
    std::vector<harness::FileDescriptor> ports_;
};

}  // namespace

int main(int argc, char** argv) {
    const std::string_view use = argc > 1 ? argv[1] : "";
    bench::raise_descriptor_limit(100000);
    if (use == "guest" && argc == 4) {
        GuestRelay relay(argv[2], argv[3]);
        bench::say_ready();
        relay.run();
    }
    if (use == "host") {
        HostRelay relay(argv + 2, argv + argc);
        bench::say_ready();
        relay.run();
    }
    return 2;
}
