// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// host-agent's place in the chain with nothing of its work. Two uses:
//   bench_floor_host chain API_SOCKET GUEST_SOCKET   any request on the API socket is passed to the guest as
//   one
//       prepared action line, and its answer, whatever it says, back as one prepared HTTP answer. A
//       connection whose first bytes ask for events gets one prepared event line per line that the guest
//       sends unasked.
//   bench_floor_host beat DIRECTORY COUNT            challenges the COUNT guests of that directory once a
//   second.
// "ready" when connected.
#include <sys/timerfd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/bench/epoll_loop.hpp"
#include "tests/harness/unix_socket.hpp"
#include "wire/heartbeat_message.hpp"

namespace {

using namespace vnf;

constexpr std::string_view http_body =
    "{\"id\":\"vm1\",\"event\":\"stop\",\"notification\":\"revocable\",\"invocation_id\":100000,\"result\":"
    "\"accept\","
    "\"allowed\":true,\"reasons\":[\"                                    \"],\"latency_ms\":0.100}";
constexpr std::string_view event_line =
    "{\"sequence\":1000,\"time\":\"2026-01-01T00:00:00.000Z\",\"event\":\"corrective_started\",\"id\":"
    "\"vm1\",\"action\":\"log\","
    "\"cause\":\"application_died\",\"application\":\"app0\",\"reason\":\"Application app0 died.\"}\n";

std::string line(const wire::HostMessage& message) {
    return wire::encode(message, 1000, wire::PeerRules::OurPeer);
}

class Chain {
  public:
    Chain(const char* api_socket, const char* guest_socket)
        : listener_(harness::listen_unix(api_socket)), guest_(harness::connect_unix(guest_socket)) {
        loop_.add(listener_.get(), tag_listener);
        loop_.add(guest_.get(), tag_guest);
    }

    [[noreturn]] void run() {
        loop_.run([this](std::uint64_t tag) {
            if (tag == tag_listener)
                take_client();
            else if (tag == tag_guest)
                from_guest();
            else
                from_client(clients_[tag - first_client]);
        });
    }

  private:
    static constexpr std::uint64_t tag_listener = 0, tag_guest = 1, first_client = 2;

    void take_client() {
        clients_.push_back(harness::accept_one(listener_));
        loop_.add(clients_.back().get(), first_client + clients_.size() - 1);
    }

    void from_client(harness::FileDescriptor& client) {
        const std::string_view request = read_.from(client.get());
        if (read_.ended())
            client.reset();
        else if (request.substr(0, 3) == "GET")
            watcher_ = client.get();
        else {
            asking_ = client.get();
            bench::write_whole(guest_.get(), action_);
        }
    }

    void from_guest() {
        read_.from(guest_.get());
        if (read_.ended())
            std::_Exit(0);
        if (asking_ >= 0)
            bench::write_whole(std::exchange(asking_, -1), http_answer_);
        else if (watcher_ >= 0)
            bench::write_whole(watcher_, event_line);
    }

    bench::EpollLoop loop_;
    bench::SmallRead read_{};
    harness::FileDescriptor listener_, guest_;
    std::vector<harness::FileDescriptor> clients_;
    int asking_ = -1, watcher_ = -1;
    const std::string http_answer_ =
        "HTTP/1.1 200 OK\r\nServer: floor\r\nContent-Type: application/json\r\nContent-Length: " +
        std::to_string(http_body.size()) + "\r\n\r\n" + std::string(http_body);
    const std::string action_ = line(wire::ActionNotify{
        1000, wire::Event::Stop, wire::Notification::Revocable, std::chrono::seconds(8), "bench"});
};

class Beat {
  public:
    Beat(const char* directory, std::size_t count) : timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC)) {
        for (const auto& entry : std::filesystem::directory_iterator(directory)) {
            if (guests_.size() == count)
                break;
            guests_.push_back(harness::connect_unix(entry.path()));
            loop_.add(guests_.back().get(), guests_.size());
        }
        const itimerspec each_second{{1, 0}, {1, 0}};
        ::timerfd_settime(timer_.get(), 0, &each_second, nullptr);
        loop_.add(timer_.get(), tag_timer);
    }

    [[noreturn]] void run() {
        loop_.run([this](std::uint64_t tag) {
            if (tag == tag_timer)
                challenge_all();
            else
                read_.from(guests_[tag - 1].get());
        });
    }

  private:
    static constexpr std::uint64_t tag_timer = 0;

    void challenge_all() {
        read_.from(timer_.get());
        for (const harness::FileDescriptor& guest : guests_)
            bench::write_whole(guest.get(), challenge_);
    }

    bench::EpollLoop loop_;
    bench::SmallRead read_{};
    harness::FileDescriptor timer_;
    std::vector<harness::FileDescriptor> guests_;
    const std::string challenge_ = line(wire::Challenge{1234567890});
};

}  // namespace

int main(int argc, char** argv) {
    const std::string_view use = argc == 4 ? argv[1] : "";
    bench::raise_descriptor_limit(100000);
    if (use == "chain") {
        Chain chain(argv[2], argv[3]);
        bench::say_ready();
        chain.run();
    }
    if (use == "beat") {
        Beat beat(argv[2], std::strtoul(argv[3], nullptr, 10));
        bench::say_ready();
        beat.run();
    }
    return 2;
}
