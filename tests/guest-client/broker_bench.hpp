// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A group broker on a virtual clock, with clients that read when the test says so.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "guest-client/group_broker.hpp"

namespace vnf::guest {

using runtime::Milliseconds;
using namespace std::chrono_literals;

class BrokerBench {
  public:
    explicit BrokerBench(GroupBroker::Settings settings = {}, std::int32_t first_sequence = 1000)
        : broker(settings, first_sequence) {}

    void pass(Milliseconds by) {
        now += by;
        broker.timer(now);
    }
    GroupClientKey join(const std::string& name = "app", GroupPeer peer = {7, 100}) {
        const GroupClientKey key = broker.opened(peer, now);
        REQUIRE(key != 0);
        broker.record(key, wire::GroupHello{name}, now);
        REQUIRE(read<wire::GroupLink>(key).size() == 1);
        return key;
    }
    void send(GroupClientKey key, const std::string& text) { broker.record(key, wire::GroupSend{text}, now); }
    void ask(GroupClientKey key, std::uint32_t query) { broker.record(key, wire::GroupAsk{query}, now); }
    void old(const std::string& data) { broker.old_client_said(json(data), now); }
    void old_asks(std::int32_t seq) {
        old(R"({"version":2,"msg_type":"status_query","seq":)" + std::to_string(seq) + "}");
    }
    void host(const wire::GroupEvent& event) { CHECK_FALSE(broker.host_said(wire::encode(event), now)); }
    void answer(std::int32_t seq, const std::string& entry) {
        host(wire::StatusResponse{seq, {json(entry)}});
    }
    void done(std::int32_t seq) { host(wire::StatusDone{seq}); }
    void nack(const std::string& msg_type) { host(wire::GroupNack{msg_type, "no"}); }

    /// Everything that waits for the host, in its order.
    std::vector<GroupBroker::ForHost> for_host() {
        std::vector<GroupBroker::ForHost> all;
        while (auto next = broker.take_for_host(now)) {
            all.push_back(std::move(*next));
        }
        return all;
    }
    std::vector<std::string> texts_for_host() {
        std::vector<std::string> texts;
        for (const auto& one : for_host()) {
            texts.push_back(std::get<wire::Broadcast>(one.request).text.text());
        }
        return texts;
    }
    /// The sequence of the only query that waits for the host.
    std::int32_t sequence_for_host() {
        const auto all = for_host();
        REQUIRE(all.size() == 1);
        return std::get<wire::StatusQuery>(all[0].request).seq;
    }

    std::vector<wire::GroupDaemonRecord> read(GroupClientKey key) {
        std::vector<wire::GroupDaemonRecord> all;
        while (const std::string* packet = broker.packet(key)) {
            all.push_back(std::get<wire::GroupDaemonRecord>(wire::parse_group_daemon_record(*packet)));
            broker.packet_taken(key);
        }
        return all;
    }
    /// Everything for a client, which must all be of this type.
    template <typename Record>
    std::vector<Record> read(GroupClientKey key) {
        std::vector<Record> all;
        for (const auto& record : read(key)) {
            REQUIRE(std::holds_alternative<Record>(record));
            all.push_back(std::get<Record>(record));
        }
        return all;
    }
    std::vector<std::string> read_old() {
        std::vector<std::string> all;
        for (const auto& message : broker.take_for_old_client()) {
            all.push_back(message.data.text());
        }
        return all;
    }
    /// As if its queue were full.
    std::size_t drop_for_old() {
        const auto all = broker.take_for_old_client();
        for (const auto& message : all) {
            broker.old_client_missed(message);
        }
        return all.size();
    }
    static wire::JsonText json(const std::string& text) {
        return std::get<wire::JsonText>(wire::JsonText::parse(text));
    }

    runtime::TimePoint now{std::chrono::hours(1)};
    GroupBroker broker;
};

/// With a link.
struct LinkedBench : BrokerBench {
    explicit LinkedBench(GroupBroker::Settings settings = {}) : BrokerBench(settings) { broker.link_up(); }
};

}  // namespace vnf::guest
