// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The host's side: the link, what goes out on it, and whom it concerns what comes in.
#include <algorithm>
#include <utility>

#include "guest-client/group_broker.hpp"

namespace vnf::guest {

using runtime::TimePoint;

// ---- the link ---------------------------------------------------------------------------------------------

void GroupBroker::link_up() {
    up_ = true;
    reason_.clear();
    for (auto& [key, client] : clients_) {
        if (client.greeted) {
            client.outbox.link({true, {}});
            touched_.insert(key);
        }
    }
}

void GroupBroker::link_down(std::string_view reason) {
    up_ = false;
    reason_ = reason;
    for (const auto& [key, broadcasts] : to_host_.clear()) {
        tell_unsent(key, static_cast<std::uint32_t>(broadcasts.size()), reason_);
    }
    queries_.host_away();
    while (!queries_.open().empty()) {
        end_query(queries_.open().begin()->first, reason_);
    }
    for (auto& [key, client] : clients_) {
        if (client.greeted) {
            client.outbox.link({false, reason_});
        }
        touched_.insert(key);  // its share is free again
    }
}

std::optional<GroupBroker::ForHost> GroupBroker::take_for_host(TimePoint now) {
    if (!up_) {
        return std::nullopt;
    }
    const bool query_turn = std::exchange(query_turn_, !query_turn_);
    auto next = query_turn ? next_query(now) : next_broadcast(now);
    return next ? std::move(next) : query_turn ? next_broadcast(now) : next_query(now);
}

std::optional<GroupBroker::ForHost> GroupBroker::next_query(TimePoint now) {
    const auto sequence = queries_.take_for_host(now);
    if (!sequence) {
        return std::nullopt;
    }
    const GroupClientKey key = queries_.open().at(*sequence).asker;
    Client* client = find(key);
    (client != nullptr ? client->sent_query : old_sent_query_) = now;
    return ForHost{key, wire::StatusQuery{*sequence, settings_.tells_gap}};
}

std::optional<GroupBroker::ForHost> GroupBroker::next_broadcast(TimePoint now) {
    auto next = to_host_.take();
    if (!next) {
        return std::nullopt;
    }
    const GroupClientKey key = next->first;
    if (Client* client = find(key)) {
        client->sent_broadcast = now;
        if (to_host_.size(key) == share - 1) {
            touched_.insert(key);
        }
    } else if (key == old_client) {
        old_sent_broadcast_ = now;
    }
    return ForHost{key, std::move(next->second)};
}

void GroupBroker::not_written(const ForHost& message) {
    if (std::holds_alternative<wire::Broadcast>(message.request)) {
        tell_unsent(message.from, 1, "the link to the host was lost");
    }
}

// ---- what the host says -----------------------------------------------------------------------------------

std::optional<wire::ParseError> GroupBroker::host_said(const wire::JsonText& data, TimePoint now) {
    const auto parsed = wire::parse_group_event(data);
    if (const auto* error = std::get_if<wire::ParseError>(&parsed)) {
        ++counters_.rejected.at(static_cast<std::size_t>(error->reason));
        return *error;
    }
    std::visit([&](const auto& event) { heard(event, data, now); }, std::get<wire::GroupEvent>(parsed));
    return std::nullopt;
}

void GroupBroker::heard(const wire::StatusResponse& response, const wire::JsonText&, TimePoint) {
    StatusQueries::Query* query = find_answered(response.seq);
    if (query == nullptr) {
        return;
    }
    ++counters_.entries;
    if (query->asker == old_client) {
        const wire::StatusResponse entry{static_cast<std::int32_t>(query->number), response.entry};
        for_old_client_.push_back({wire::encode(wire::GroupEvent{entry}), response.seq});
    } else if (Client* client = find(query->asker)) {
        const auto packet = packet_of(wire::GroupEntry{query->number, response.entry.value.text()});
        query->incomplete |= !client->outbox.entry(packet);
        touched_.insert(query->asker);
    }
}

void GroupBroker::heard(const wire::StatusDone& done, const wire::JsonText&, TimePoint) {
    queries_.answered(done.seq);
    const StatusQueries::Query* answered = find_answered(done.seq);
    if (answered == nullptr) {
        return;
    }
    const StatusQueries::Query query = *answered;
    if (query.incomplete) {
        return end_query(done.seq, "more members than this client had room for");
    }
    queries_.drop(done.seq);
    ++counters_.answers;
    if (query.asker == old_client) {
        const wire::StatusDone end{static_cast<std::int32_t>(query.number)};
        for_old_client_.push_back({wire::encode(wire::GroupEvent{end}), done.seq});
    } else if (Client* client = find(query.asker)) {
        client->query.reset();
        client->outbox.query_ended(packet_of(wire::GroupAnswered{query.number}));
        touched_.insert(query.asker);
    }
}

void GroupBroker::heard(const wire::GroupNotification& notification, const wire::JsonText& data, TimePoint) {
    ++counters_.notifications;
    tell_everybody(wire::GroupNotified{notification.body.value.text()});
    for_old_client_.push_back({data, {}});
}

void GroupBroker::heard(const wire::GroupBroadcast& broadcast, const wire::JsonText& data, TimePoint) {
    ++counters_.broadcasts;
    tell_everybody(wire::GroupHeard{broadcast.source_instance, broadcast.text});
    for_old_client_.push_back({data, {}});
}

/// A type that the host could not read may be either.
void GroupBroker::heard(const wire::GroupNack& nack, const wire::JsonText& data, TimePoint now) {
    ++counters_.nacks;
    if (nack.orig_msg_type == "status_query") {
        queries_.refused();
    }
    const auto concerns = [&](const auto& sent_broadcast, const auto& sent_query) {
        const auto lately = [now](const std::optional<TimePoint>& sent) {
            return sent && now < *sent + nack_window;
        };
        return (nack.orig_msg_type != "status_query" && lately(sent_broadcast)) ||
               (nack.orig_msg_type != "broadcast" && lately(sent_query));
    };
    const auto packet = packet_of(wire::GroupRefusal{nack.orig_msg_type, nack.log});
    for (auto& [key, client] : clients_) {
        if (concerns(client.sent_broadcast, client.sent_query)) {
            tell(key, client, packet);
        }
    }
    if (concerns(old_sent_broadcast_, old_sent_query_)) {
        for_old_client_.push_back({data, {}});
    }
}

void GroupBroker::heard(const wire::GroupGap& gap, const wire::JsonText&, TimePoint) {
    ++counters_.gaps;
    for (auto& [key, client] : clients_) {
        if (client.greeted) {
            client.outbox.missed(static_cast<std::uint32_t>(std::max(gap.missed, 0)));
            touched_.insert(key);
        }
    }
}

StatusQueries::Query* GroupBroker::find_answered(std::int32_t sequence) {
    StatusQueries::Query* query = queries_.find(sequence);
    if (query == nullptr) {
        ++(queries_.is_late(sequence) ? counters_.late_answers : counters_.unknown_sequences);
    }
    return query;
}

// ---- telling clients --------------------------------------------------------------------------------------

void GroupBroker::tell_everybody(const wire::GroupDaemonRecord& record) {
    const auto packet = packet_of(record);
    for (auto& [key, client] : clients_) {
        if (client.greeted) {
            tell(key, client, packet);
        }
    }
}

void GroupBroker::tell(GroupClientKey key, Client& client, const SharedPacket& packet) {
    if (!client.outbox.message(packet)) {
        ++counters_.missed;
    }
    touched_.insert(key);
}

void GroupBroker::tell_unsent(GroupClientKey key, std::uint32_t messages, const std::string& reason) {
    if (messages == 0) {
        return;
    }
    if (key == old_client) {
        counters_.old_client_dropped += messages;
    } else if (Client* client = find(key)) {
        counters_.unsent += messages;
        client->outbox.unsent(messages, reason);
        touched_.insert(key);
    } else {
        counters_.departed_dropped += messages;
    }
}

}  // namespace vnf::guest
