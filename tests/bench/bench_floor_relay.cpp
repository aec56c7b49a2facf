// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// bench_floor_relay HOST_SOCKET APPLICATION_SOCKET: guest-client's place in the chain with nothing of its
// work. It accepts one host and any number of applications, answers a challenge line by a prepared line, fans
// an action out as prepared records and answers when as many replies came as were asked, and tells the host
// when an application is gone. Nothing is parsed; which line it is, is seen from one byte.
#include <string>
#include <unordered_map>

#include "tests/bench/epoll_loop.hpp"
#include "tests/harness/unix_socket.hpp"
#include "wire/application_record.hpp"
#include "wire/heartbeat_message.hpp"

namespace {

using namespace vnf;

/// LF{"version":3,"revision":1,"msg_type":" is 39 bytes; the next one tells `challenge` from `action_notify`.
constexpr std::size_t telling_byte = 39;

enum class Phase { Init, Register, Member };

class Relay {
  public:
    Relay(const char* host_socket, const char* application_socket)
        : host_listener_(harness::listen_unix(host_socket)),
          application_listener_(harness::listen_unix(application_socket)) {
        loop_.add(host_listener_.get(), tag_host_listener);
        loop_.add(application_listener_.get(), tag_application_listener);
    }

    [[noreturn]] void run() {
        loop_.run([this](std::uint64_t tag) {
            if (tag == tag_host_listener)
                take_host();
            else if (tag == tag_application_listener)
                take_application();
            else if (tag == tag_host)
                from_host();
            else
                from_application(tag);
        });
    }

  private:
    static constexpr std::uint64_t tag_host_listener = 0, tag_application_listener = 1, tag_host = 2,
                                   first_application = 3;

    struct Application {
        harness::FileDescriptor fd;
        Phase phase = Phase::Init;
    };

    void take_host() {
        host_ = harness::accept_one(host_listener_);
        loop_.add(host_.get(), tag_host);
    }

    void take_application() {
        while (harness::FileDescriptor fd = harness::accept_one(application_listener_)) {
            loop_.add(fd.get(), next_);
            applications_[next_++].fd = std::move(fd);
        }
    }

    void from_host() {
        const std::string_view line = read_.from(host_.get());
        if (read_.ended())
            host_.reset();
        else if (line.size() > telling_byte && line[telling_byte] == 'a')
            ask_all();
        else
            bench::write_whole(host_.get(), challenge_response_);
    }

    void ask_all() {
        open_ = applications_.size();
        for (const auto& [tag, application] : applications_)
            bench::write_whole(application.fd.get(), action_);
    }

    void from_application(std::uint64_t tag) {
        Application& application = applications_.at(tag);
        read_.from(application.fd.get());
        if (read_.ended()) {
            applications_.erase(tag);
            tell_host_of_death();
        } else if (application.phase == Phase::Member) {
            if (--open_ == 0)
                bench::write_whole(host_.get(), action_response_);
        } else {
            admit(application);
        }
    }

    /// Dropped if the host does not read: a daemon's queue would be bounded as well.
    void tell_host_of_death() const {
        if (host_ && ::write(host_.get(), health_.data(), health_.size()) < 0 && errno != EAGAIN)
            std::perror("health"), std::_Exit(1);
    }

    void admit(Application& application) {
        const bool init = application.phase == Phase::Init;
        bench::write_whole(application.fd.get(), init ? init_ack_ : register_ack_);
        application.phase = init ? Phase::Register : Phase::Member;
    }

    static std::string record(const wire::DaemonRecord& value, wire::RecordVersion version) {
        return wire::encode(value, 1, version);
    }
    static std::string line(const wire::GuestMessage& value) {
        return wire::encode(value, 1000, wire::PeerRules::OurPeer);
    }

    bench::EpollLoop loop_;
    bench::SmallRead read_{};
    harness::FileDescriptor host_listener_, application_listener_, host_;
    std::unordered_map<std::uint64_t, Application> applications_;
    std::uint64_t next_ = first_application;
    std::size_t open_ = 0;
    const std::string init_ack_ = record(wire::RecordInitAck{2, true}, wire::RecordVersion::V2);
    const std::string register_ack_ =
        record(wire::RecordRegisterAck{true, 1000, {}}, wire::RecordVersion::V3);
    const std::string action_ =
        record(wire::RecordActionNotify{7, wire::Event::Stop, wire::Notification::Revocable, 8000, "bench"},
               wire::RecordVersion::V3);
    const std::string challenge_response_ =
        line(wire::ChallengeResponse{1000, wire::Health::Healthy, wire::CorrectiveAction::Reboot, {}});
    const std::string action_response_ = line(wire::ActionResponse{
        1000, wire::Event::Stop, wire::Notification::Revocable, wire::VoteResult::Accept, {}});
    const std::string health_ =
        line(wire::HealthPush{wire::Health::Unhealthy, wire::CorrectiveAction::Log,
                              wire::HealthCause::ApplicationDied, "app0", "Application app0 died."});
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3)
        return 2;
    bench::raise_descriptor_limit(100000);
    Relay relay(argv[1], argv[2]);
    bench::say_ready();
    relay.run();
}
