// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One handle client's connection at a real socket.
#include "guest-client/group_session.hpp"

#include <sys/socket.h>

#include <catch2/catch.hpp>

using namespace vnf;
using namespace vnf::guest;

namespace {

/// A client that answers every rejection with another packet that is no record.
class Babbler : public GroupSession::Owner {
  public:
    static constexpr int enough = 100000;

    Babbler() {
        int ends[2] = {};
        REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
        client_ = runtime::FileDescriptor(ends[0]);
        key_ = broker_.opened({}, runtime::Clock::now());
        session_ =
            std::make_shared<GroupSession>(io_, runtime::FileDescriptor(ends[1]), key_, broker_, *this);
        session_->start();
    }
    ~Babbler() override { session_->close(); }

    void say(const std::string& packet) const {
        CHECK(::send(client_.get(), packet.data(), packet.size(), MSG_NOSIGNAL) > 0);
    }
    void run_ready() {
        do {
            io_.restart();
        } while (io_.poll() != 0);
    }
    void reads_no_more() const { REQUIRE(::shutdown(client_.get(), SHUT_RD) == 0); }
    void link_goes_up() {
        broker_.link_up();
        session_->progress();
    }
    int rejections() const { return rejections_; }
    bool ended() const { return ended_; }

  private:
    void session_rejected(GroupClientKey, const wire::ParseError&) override {
        if (++rejections_ < enough) {
            say("x");
        }
    }
    void session_ended(GroupClientKey key) override {
        ended_ = true;
        broker_.closed(key);
    }
    void session_turn_ends() override {}

    boost::asio::io_context io_;
    GroupBroker broker_{{}, 1};
    GroupClientKey key_ = 0;
    runtime::FileDescriptor client_;
    std::shared_ptr<GroupSession> session_;
    int rejections_ = 0;
    bool ended_ = false;
};

}  // namespace

TEST_CASE("A client that reads no more but talks on is cut off, and does not keep the loop") {
    Babbler at;
    at.say(wire::encode(wire::GroupClientRecord{wire::GroupHello{"babbler"}}));
    at.run_ready();
    at.reads_no_more();
    at.say("x");
    at.link_goes_up();
    at.run_ready();
    CHECK(at.ended());
    CHECK(at.rejections() < 5000);
}
