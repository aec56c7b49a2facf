// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See group_documents.hpp, and api_documents.hpp for the documents.
#include "host-agent/group_documents.hpp"

#include <boost/json.hpp>
#include <map>

#include "host-agent/api_documents.hpp"

namespace vnf::host {

namespace json = boost::json;

namespace {

std::string line(const json::value& value) {
    return json::serialize(value) + '\n';
}

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value() : json::value(text);
}

/// The guests of this agent that are in this group, by their names there.
std::map<std::string_view, const GroupMember*> local_members(const HostAgent& agent,
                                                             const std::string& group) {
    std::map<std::string_view, const GroupMember*> members;
    for (const auto& [id, member] : agent.groups().members()) {
        if (member->group() == group && member->trouble().empty()) {
            members.emplace(member->name(), member.get());
        }
    }
    return members;
}

json::value entry_value(const wire::JsonText& entry) {
    boost::system::error_code error;
    json::value value = json::parse(entry.text(), error);
    return error ? json::value() : value;
}

json::array members_of(const HostAgent& agent, const GroupView& view) {
    json::array members;
    members.reserve(view.members.size());
    const auto local = local_members(agent, view.group);
    for (const GroupMemberView& one : view.members) {
        const auto found = one.local ? local.find(one.name.text()) : local.end();
        const GroupMember* member = found != local.end() ? found->second : nullptr;
        const std::string& host = one.host.empty() ? agent.groups().context().host : one.host;
        members.push_back(
            {{"name", one.name.text()},
             {"host", host},
             {"id", member != nullptr ? json::value(member->id()) : json::value()},
             {"connected", member != nullptr && member->port() != nullptr && member->port()->up()},
             {"status", entry_value(one.entry)}});
    }
    return members;
}

}  // namespace

json::object member_object(const GroupMember& member) {
    json::object object{{"id", member.id()},
                        {"name", text_or_null(member.name())},
                        {"group", text_or_null(member.group())},
                        {"trouble", member.trouble()},
                        {"state", member.status().state()},
                        {"task_state", member.status().task_state()},
                        {"messaging", nullptr}};
    if (const MessagingSession* port = member.port()) {
        object["messaging"] = {{"socket", to_string(port->address())},
                               {"connected", port->up()},
                               {"port", port->port_text()},
                               {"queued_bytes", port->port_queued()},
                               {"messages", port->channel().messages()},
                               {"rejected", port->channel().rejected()},
                               {"broadcasts", port->channel().broadcasts()},
                               {"missed", port->outbox().missed_ever()}};
    }
    return object;
}

std::string groups_document(const HostAgent& agent) {
    const GroupService& service = *agent.groups().context().service;
    json::array groups;
    for (const GroupView& view : service.groups()) {
        json::array names;
        for (const GroupMemberView& member : view.members) {
            names.emplace_back(member.name.text());
        }
        groups.push_back({{"name", view.group}, {"members", std::move(names)}});
    }
    json::array guests;
    for (const auto& [id, member] : agent.groups().members()) {
        guests.push_back(member_object(*member));
    }
    return line(json::object{
        {"engine", service.engine()}, {"groups", std::move(groups)}, {"guests", std::move(guests)}});
}

std::optional<std::string> group_document(const HostAgent& agent, std::string_view name) {
    for (const GroupView& view : agent.groups().context().service->groups()) {
        if (view.group == name) {
            return line(json::object{{"name", view.group}, {"members", members_of(agent, view)}});
        }
    }
    return std::nullopt;
}

std::string member_document(const GroupMember& member) {
    return line(member_object(member));
}

std::string left_document(std::string_view id, std::string_view group) {
    return line(json::object{{"left", group}, {"id", id}});
}

std::string swept_document(const GroupService::Swept& swept) {
    return line(json::object{{"removed", swept.removed}, {"error", swept.error}});
}

}  // namespace vnf::host
