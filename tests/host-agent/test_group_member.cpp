// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One member with its guest at a real socket, and a group service whose answers come when the test wants them.
#include "host-agent/group_member.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include "host-agent/memory_group_service.hpp"
#include "runtime/log.hpp"
#include "tests/host-agent/agent_loop.hpp"

using namespace vnf;
using namespace vnf::host;

namespace {

namespace asio = boost::asio;
using asio::local::stream_protocol;

class Stage : private MemberOwner {
  public:
    Stage() : acceptor_(io_, stream_protocol::endpoint(directory_.at("port"))), guest_(io_) {
        runtime::set_log_level(runtime::LogLevel::Error);
        context_.service = std::make_unique<MemoryGroupService>(
            [this](std::function<void()> task) { held_.push_back(std::move(task)); });
        GuestSpec spec;
        spec.id = "vm1";
        MemberOwner& owner = *this;
        member = std::make_unique<GroupMember>(context_, owner, spec);
        bool connected = false;
        acceptor_.async_accept(guest_, [&connected](const auto& error) { connected = !error; });
        member->open_port({runtime::PortAddress::Kind::Path, directory_.at("port")}, GuestOrigin::Settings);
        REQUIRE(run_until(io_, [&connected, this] { return connected && member->port()->up(); }));
        hear();
    }

    void ask(int seq) {
        const auto before = context_.counters.status_queries;
        asio::write(guest_, asio::buffer("\n{\"data\":{\"version\":2,\"msg_type\":\"status_query\",\"seq\":" +
                                         std::to_string(seq) +
                                         "},\"version\":2,\"dest_addr\":\"cgcs.server_grp\",\"source_addr\":"
                                         "\"cgcs.server_grp\"}\n"));
        REQUIRE(run_until(io_, [before, this] { return context_.counters.status_queries > before; }));
    }
    std::unique_ptr<GroupMember> another(const GuestSpec& spec) {
        MemberOwner& owner = *this;
        return std::make_unique<GroupMember>(context_, owner, spec);
    }
    /// What the service has to say is said now.
    void release() {
        for (const auto& task : std::exchange(held_, {})) {
            task();
        }
        run_ready(io_);
    }
    /// Told to the group.
    std::uint64_t events() const { return context_.counters.events; }
    std::size_t recorded(const std::string& kind) {
        std::size_t found = 0;
        recorder_.journal().read_since(0, [&](std::string_view line) {
            found += line.find("\"kind\":\"" + kind + "\"") != std::string_view::npos ? 1 : 0;
        });
        return found;
    }
    const GroupCounters& count() const { return context_.counters; }
    GroupService& service() { return *context_.service; }
    bool until(const std::function<bool()>& happened) { return run_until(io_, happened); }
    bool hears(const std::string& text) const { return heard_.find(text) != std::string::npos; }

  private:
    bool has_heartbeat(const std::string&) const override { return false; }
    bool understands_gap(const std::string&) const override { return false; }
    void port_ended(const std::string&) override {}

    void hear() {
        guest_.async_read_some(asio::buffer(buffer_), [this](const auto& error, std::size_t count) {
            if (!error) {
                heard_.append(buffer_.data(), count);
                hear();
            }
        });
    }

    OwnDirectory directory_;
    asio::io_context io_;
    EventRecorder recorder_{100};
    DeadlineTimer deadlines_{io_};
    std::vector<std::function<void()>> held_;
    GroupContext context_{io_, recorder_, deadlines_, {}, 256 * 1024, "host", nullptr, {}, {}, nullptr};
    stream_protocol::acceptor acceptor_;
    stream_protocol::socket guest_;
    std::array<char, 65536> buffer_{};
    std::string heard_;

  public:
    std::unique_ptr<GroupMember> member;  ///< goes first
};

struct Neighbour final : GroupSubscriber {
    void group_mail(const SharedMail&) override {}
    void group_gap(std::uint32_t) override {}
    void group_membership_confirmed() override {}
    void group_membership_lost(std::string_view) override {}
};

}  // namespace

TEST_CASE("A member has joined when the engine says so, and a refusal that repeats itself is no news") {
    Stage at;
    Neighbour neighbour;
    const wire::JsonText body = std::get<wire::JsonText>(wire::JsonText::parse("{}"));
    at.service().join("group", wire::SourceInstance::of("vm1").value(), body, body, neighbour);
    at.member->move("group", "vm1");
    at.release();
    CHECK(at.count().refusals == 1);
    const std::string trouble = at.member->trouble();
    CHECK_FALSE(trouble.empty());
    REQUIRE(at.until([&at, &trouble] {
        CHECK(at.member->trouble() == trouble);
        at.release();
        return at.count().refusals == 2;
    }));
    CHECK(at.count().joins == 0);
    CHECK(at.recorded("group_joined") == 0);
    CHECK(at.recorded("group_refused") == 1);

    at.member->move("other", "vm1");
    CHECK(at.recorded("group_left") == 0);
    CHECK(at.count().joins == 0);
    at.release();
    CHECK(at.count().joins == 1);
    CHECK(at.recorded("group_joined") == 1);
    CHECK(at.member->trouble().empty());
    at.member->leave("an operator's request");
    CHECK(at.recorded("group_left") == 1);
}

TEST_CASE("A status that is too long is reported, not only counted") {
    Stage at;
    GuestSpec spec;
    spec.id = "long";
    MemberStatus status;
    status.set_text("display_name", std::string(5000, 'x'));
    spec.status = std::make_shared<const MemberStatus>(status);
    const auto member = at.another(spec);
    member->move("group", "long");
    CHECK(at.count().too_long == 1);
    CHECK(at.recorded("group_too_long") == 1);
}

TEST_CASE("A status that was asked before the guest moved to another group is answered from the new one") {
    Stage at;
    at.member->move("before", "vm1");
    at.ask(1);
    at.member->move("after", "vm1");
    at.release();
    CHECK(at.hears(R"("msg_type":"status_response_done","seq":1)"));
    at.ask(3);
    at.release();
    CHECK(at.hears(R"("msg_type":"status_response_done","seq":3)"));
}

TEST_CASE("A status that was asked before the guest left its group is answered with the guest alone") {
    Stage at;
    at.member->move("before", "vm1");
    at.ask(1);
    at.member->leave("an operator's request");
    at.release();
    CHECK(at.hears(R"("msg_type":"status_response","seq":1)"));
    CHECK(at.hears(R"("msg_type":"status_response_done","seq":1)"));
}

TEST_CASE(
    "A further init of a guest that is up is no event of its group; after a loss or a restart it is one") {
    Stage at;
    const JournalFields first{{"again", false}}, again{{"again", true}};
    at.member->move("group", "vm1");
    at.member->guest_event(JournalKind::Initialized, first);
    CHECK(at.events() == 1);
    at.member->guest_event(JournalKind::Initialized, again);
    at.member->guest_event(JournalKind::Initialized, again);
    CHECK(at.events() == 1);
    at.member->guest_event(JournalKind::Lost, {{"reason", std::string("silent")}});
    at.member->guest_event(JournalKind::Initialized, again);
    CHECK(at.events() == 3);
    at.member->tell({MemberEvent::Rebooting, {}});
    at.member->guest_event(JournalKind::Initialized, again);
    CHECK(at.events() == 5);
    at.member->guest_event(JournalKind::Initialized, first);
    CHECK(at.events() == 6);
}
