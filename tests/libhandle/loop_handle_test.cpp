// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a handle of any library does, whatever its session says: here the session is what the test wrote into it, the
// link a real packet socket with a real agent behind it.
#include "libhandle/loop_handle.hpp"

#include <catch2/catch.hpp>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "libhandle/packet_socket.hpp"
#include "tests/harness/scratch_directory.hpp"
#include "tests/harness/unix_socket.hpp"

using namespace vnf;

namespace {

using TimePoint = std::chrono::steady_clock::time_point;

class ScriptedSession {
  public:
    ScriptedSession(const std::string& /*settings*/, std::uint32_t /*seed*/) {}

    std::size_t event_count() const { return events.size(); }
    std::optional<std::string> next_event() {
        std::string event = std::move(events.front());
        events.pop_front();
        return event;
    }
    std::optional<TimePoint> deadline() const { return std::nullopt; }
    bool has_connection() const { return true; }
    bool wants_connection(TimePoint /*now*/) const { return false; }
    void tick(TimePoint /*now*/) {}
    std::deque<std::string>& outbox() { return packets; }

    std::deque<std::string> events, packets;
};

/// A packet that is refused is gone: what is written after it is another one.
class PacketLink {
  public:
    bool create() { return waiting_.create(); }
    int wait_descriptor() const { return waiting_.descriptor(); }
    int connect(const std::string& path) { return socket_.connect(path); }
    bool is_open() const { return socket_.is_open(); }
    void close() { socket_.close(); }
    void abandon() { socket_.abandon(); }
    int write(std::deque<std::string>& packets) {
        int error = 0;
        for (; !packets.empty() && error == 0; packets.pop_front())
            error = socket_.send(packets.front());
        return error;
    }
    void wake() { waiting_.wake(); }
    void clear_wake() { waiting_.clear_wake(); }

  private:
    libhandle::WaitSet waiting_;
    libhandle::PacketSocket socket_{waiting_, 64};
};

struct Types {
    using Session = ScriptedSession;
    using Settings = std::string;
    using Event = std::string;
    using Link = PacketLink;
    using Callbacks = std::function<void(const std::string&)>;
    enum class Error { Ok, Closed, InDispatch, System };
    static constexpr Error ok = Error::Ok;
    static constexpr Error closed = Error::Closed;
    static constexpr Error in_dispatch = Error::InDispatch;
    static constexpr Error system = Error::System;
};

class Handle : public libhandle::LoopHandle<Types> {
  public:
    Handle(const Types::Callbacks& callback, bool& is_freed)
        : LoopHandle("", callback, nullptr), is_freed_(is_freed) {}
    ~Handle() override { is_freed_ = true; }

    bool open(const std::string& path) { return link_.create() && link_.connect(path) == 0; }
    void send(const std::string& packet) {
        session_.packets.push_back(packet);
        settle_request();
    }
    void happen(const std::string& event) { session_.events.push_back(event); }
    int write_error() const { return write_error_; }

  private:
    void connect(TimePoint /*now*/) override {}
    void read_link(TimePoint /*now*/) override {}
    void call_back(Lock& lock, const std::string& event) override {
        const libhandle::Unlocked unlocked(lock);
        callbacks_(event);
    }

    bool& is_freed_;
};

struct Stage {
    Stage() {
        REQUIRE(handle->open(directory / "s"));
        agent = harness::accept_one(listener);
        REQUIRE(agent);
    }
    ~Stage() {
        if (!is_closed)
            handle->close();
    }
    void close() {
        is_closed = true;
        handle->close();
    }
    bool agent_sees_end() const {
        char byte = 0;
        return ::recv(agent.get(), &byte, 1, MSG_DONTWAIT) == 0;
    }

    harness::ScratchDirectory directory;
    harness::FileDescriptor listener = harness::listen_unix(directory / "s", 8, SOCK_SEQPACKET), agent;
    std::function<void()> on_event = [] {
    };
    bool is_freed = false, is_closed = false;
    Handle* handle = new Handle([this](const std::string& /*event*/) { on_event(); }, is_freed);
};

}  // namespace

TEST_CASE("a handle that its callback closes hangs up at once, and is freed when the dispatch ends") {
    Stage stage;
    bool saw_end = false, was_freed = true;
    stage.on_event = [&stage, &saw_end, &was_freed] {
        stage.close();
        saw_end = stage.agent_sees_end();
        was_freed = stage.is_freed;
    };
    stage.handle->happen("closing");
    CHECK_FALSE(stage.agent_sees_end());
    CHECK(stage.handle->dispatch() == Types::closed);
    CHECK(saw_end);
    CHECK_FALSE(was_freed);
    CHECK(stage.is_freed);
}

TEST_CASE("the first errno that a lost connection gave is the one that is told") {
    Stage stage;
    stage.handle->send("never read");
    stage.agent.reset();
    stage.handle->send("lost");
    CHECK(stage.handle->write_error() == ECONNRESET);
    stage.handle->send("lost as well");
    CHECK(stage.handle->write_error() == ECONNRESET);
    CHECK(stage.handle->dispatch() == Types::ok);
    CHECK(stage.handle->write_error() == ECONNRESET);
}

TEST_CASE("an event that waits is due now, also where no time is set and no descriptor is readable") {
    Stage stage;
    CHECK(stage.handle->next_timeout() == -1);
    stage.handle->happen("waits");
    CHECK(stage.handle->next_timeout() == 0);
    CHECK(stage.handle->dispatch() == Types::ok);
    CHECK(stage.handle->next_timeout() == -1);
}
