// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The clients' side: who they are, what they say, and what waits for the host. What the host says is in
// group_broker_host.cpp.
#include "guest-client/group_broker.hpp"

#include <algorithm>

namespace vnf::guest {

using runtime::TimePoint;

GroupBroker::GroupBroker(Settings settings, std::int32_t first_sequence)
    : settings_(settings), queries_(first_sequence) {}

// ---- coming and going -------------------------------------------------------------------------------------

GroupClientKey GroupBroker::opened(GroupPeer peer, TimePoint now) {
    const auto of_user = std::count_if(clients_.begin(), clients_.end(),
                                       [&peer](const auto& one) { return one.second.peer.uid == peer.uid; });
    if (clients_.size() >= settings_.limits.clients ||
        static_cast<std::size_t>(of_user) >= settings_.limits.per_user) {
        ++counters_.refused_clients;
        return 0;
    }
    Client& client = clients_[++last_key_];
    client.peer = peer;
    client.hello_by = now + hello_within;
    return last_key_;
}

void GroupBroker::leaves(GroupClientKey key) {
    if (Client* client = find(key)) {
        client->leaves = true;
        leave_behind(key);
    }
}

void GroupBroker::closed(GroupClientKey key) {
    if (clients_.erase(key) == 0) {
        return;
    }
    queries_.drop_all_of(key);
    touched_.erase(key);
    leave_behind(key);
}

void GroupBroker::leave_behind(GroupClientKey key) {
    for (wire::Broadcast& broadcast : to_host_.remove(key)) {
        if (!to_host_.push(departed, std::move(broadcast))) {
            ++counters_.departed_dropped;
        }
    }
}

void GroupBroker::expel(GroupClientKey key) {
    if (std::find(expelled_.begin(), expelled_.end(), key) == expelled_.end()) {
        expelled_.push_back(key);
    }
}

GroupBroker::Client* GroupBroker::find(GroupClientKey key) {
    const auto place = clients_.find(key);
    return place == clients_.end() ? nullptr : &place->second;
}

const std::string* GroupBroker::packet(GroupClientKey key) {
    Client* client = find(key);
    return client == nullptr || client->outbox.empty() ? nullptr : &client->outbox.front();
}

void GroupBroker::packet_taken(GroupClientKey key) {
    if (Client* client = find(key)) {
        client->outbox.pop();
    }
}

// ---- what handles say -------------------------------------------------------------------------------------

void GroupBroker::record(GroupClientKey key, const wire::GroupClientRecord& record, TimePoint now) {
    Client* client = find(key);
    if (client == nullptr) {
        return;
    }
    const auto* hello = std::get_if<wire::GroupHello>(&record);
    if (client->greeted == (hello != nullptr)) {
        bad_record(key);
    } else if (hello != nullptr) {
        take(key, *client, *hello);
    } else if (const auto* send = std::get_if<wire::GroupSend>(&record)) {
        take(key, *client, *send);
    } else {
        take(key, *client, std::get<wire::GroupAsk>(record), now);
    }
}

void GroupBroker::bad_record(GroupClientKey key) {
    ++counters_.unexpected_records;
    if (const Client* client = find(key); client != nullptr && !client->greeted) {
        expel(key);
    }
}

void GroupBroker::take(GroupClientKey key, Client& client, const wire::GroupHello& hello) {
    client.greeted = true;
    client.name = hello.name;
    client.hello_by = runtime::never;
    client.outbox.link({up_, up_ ? std::string() : reason_});
    touched_.insert(key);
}

void GroupBroker::take(GroupClientKey key, Client& client, const wire::GroupSend& send) {
    auto checked = wire::BroadcastText::of(send.text);
    if (const auto* refusal = std::get_if<wire::BroadcastRefusal>(&checked)) {
        ++counters_.refused_messages;
        tell(key, client, packet_of(wire::GroupRefusal{"broadcast", std::string(to_string(*refusal))}));
        return;
    }
    const GroupClientKey sender = client.leaves ? departed : key;
    if (!up_) {
        return tell_unsent(sender, 1, reason_);
    }
    ++client.sends;
    ++counters_.sends;
    if (!to_host_.push(sender, wire::Broadcast{std::get<wire::BroadcastText>(std::move(checked))})) {
        tell_unsent(sender, 1, "too many messages wait for the host");
    }
}

void GroupBroker::take(GroupClientKey key, Client& client, const wire::GroupAsk& ask, TimePoint now) {
    if (client.query) {
        queries_.drop(*std::exchange(client.query, std::nullopt));
    }
    if (!up_) {
        ++counters_.unanswered;
        client.outbox.query_ended(packet_of(wire::GroupUnanswered{ask.query, reason_}));
        touched_.insert(key);
        return;
    }
    client.query = queries_.ask(key, ask.query, now);
    ++client.queries;
    ++counters_.queries;
}

// ---- what the old client says -----------------------------------------------------------------------------

void GroupBroker::old_client_said(const wire::JsonText& data, TimePoint now) {
    const auto parsed = wire::parse_group_request(data);
    if (const auto* error = std::get_if<wire::GroupRequestError>(&parsed)) {
        ++counters_.refused_messages;
        nack_old_client(error->msg_type, error->log);
        return;
    }
    const auto& request = std::get<wire::GroupRequest>(parsed);
    if (!up_) {
        ++counters_.old_client_dropped;
    } else if (const auto* query = std::get_if<wire::StatusQuery>(&request)) {
        old_client_asks(query->seq, now);
    } else {
        old_client_sends(std::get<wire::Broadcast>(request));
    }
}

void GroupBroker::old_client_asks(std::int32_t sequence, TimePoint now) {
    const auto by_old_client = [](const auto& one) {
        return one.second.asker == old_client;
    };
    const StatusQueries::Queries& open = queries_.open();
    if (std::count_if(open.begin(), open.end(), by_old_client) >=
        static_cast<std::ptrdiff_t>(old_client_queries)) {
        end_query(std::find_if(open.begin(), open.end(), by_old_client)->first, "too many queries");
    }
    queries_.ask(old_client, static_cast<std::uint32_t>(sequence), now);
    ++counters_.queries;
}

void GroupBroker::old_client_sends(const wire::Broadcast& broadcast) {
    if (to_host_.push(old_client, broadcast)) {
        ++counters_.sends;
    } else {
        ++counters_.old_client_dropped;
    }
}

void GroupBroker::nack_old_client(std::string msg_type, std::string log) {
    for_old_client_.push_back(
        {wire::encode(wire::GroupEvent{wire::GroupNack{std::move(msg_type), std::move(log)}}), {}});
}

void GroupBroker::old_client_missed(const ForOldClient& message) {
    if (message.part_of) {
        if (StatusQueries::Query* query = queries_.find(*message.part_of)) {
            query->incomplete = true;
        }
    }
}

// ---- queries ----------------------------------------------------------------------------------------------

void GroupBroker::end_query(std::int32_t sequence, std::string_view why_not) {
    const StatusQueries::Query query = queries_.open().at(sequence);
    queries_.drop(sequence);
    ++counters_.unanswered;
    if (Client* client = find(query.asker)) {
        client->query.reset();
        client->outbox.query_ended(packet_of(wire::GroupUnanswered{query.number, std::string(why_not)}));
        touched_.insert(query.asker);
    }
}

void GroupBroker::timer(TimePoint now) {
    for (const auto& [key, client] : clients_) {
        if (client.hello_by <= now) {
            ++counters_.silent_clients;
            expel(key);
        }
    }
    queries_.timer(now);
    for (auto place = queries_.open().begin(); place != queries_.open().end();) {
        const auto [sequence, query] = *place++;
        if (query.answer_by <= now) {
            end_query(sequence, "the host did not answer in time");
        }
    }
    for (const GroupClientKey key : expelled_) {
        if (Client* client = find(key)) {
            client->hello_by = runtime::never;  // once
        }
    }
}

TimePoint GroupBroker::next_deadline() const {
    TimePoint next = queries_.next_deadline();
    for (const auto& [key, client] : clients_) {
        next = std::min(next, client.hello_by);
    }
    return next;
}

}  // namespace vnf::guest
