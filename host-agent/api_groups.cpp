// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The part of ApiServer that is about server groups: /v1/groups, and what a manager of machines tells of an instance.
#include <utility>

#include "host-agent/api_answers.hpp"
#include "host-agent/api_server.hpp"
#include "host-agent/awaited_outcome.hpp"

namespace vnf::host {

namespace {

namespace asio = boost::asio;
using runtime::http_error;
using runtime::HttpReply;
using runtime::HttpRequest;
using runtime::HttpResponse;

constexpr std::string_view groups_path = "/v1/groups";

/// What is between the slashes: "GROUP", "members", "ID".
std::vector<std::string> segments(std::string_view rest) {
    std::vector<std::string> parts;
    while (!rest.empty()) {
        rest.remove_prefix(1);  // the slash
        const std::size_t slash = std::min(rest.find('/'), rest.size());
        parts.emplace_back(rest.substr(0, slash));
        rest.remove_prefix(slash);
    }
    return parts;
}

}  // namespace

asio::awaitable<HttpReply> ApiServer::groups(HttpRequest request) {
    const auto parts = segments(std::string_view(request.path).substr(groups_path.size()));
    const bool get = request.method == "GET";
    if (parts.empty()) {
        co_return get ? ok(groups_document(agent_)) : wrong_method();
    }
    if (!is_instance_id(parts[0])) {
        co_return http_error(400, "bad_request", "a group is 1 to 64 of A-Z, a-z, 0-9, '.', '_', '-'");
    }
    if (parts.size() == 1 && parts[0] == "sweep" && request.method == "POST") {
        co_return co_await sweep();
    }
    if (parts.size() == 1) {
        const auto document = group_document(agent_, parts[0]);
        co_return !get ? wrong_method()
        : document     ? ok(*document)
                       : http_error(404, "unknown_group", "nobody is in such a group");
    }
    if (parts.size() == 3 && parts[1] == "members") {
        co_return group_member(parts[0], parts[2], request);
    }
    co_return no_path();
}

HttpResponse ApiServer::group_member(const std::string& group, const std::string& id,
                                     const HttpRequest& request) {
    if (request.method == "PUT") {
        return join(group, id, request.body);
    }
    if (request.method != "DELETE") {
        return wrong_method();
    }
    return agent_.groups().leave(id, group)
               ? ok(left_document(id, group))
               : http_error(404, "not_a_member", "that group has no such member here");
}

HttpResponse ApiServer::join(const std::string& group, const std::string& id, const std::string& body) {
    const auto name = read_join_request(body);
    if (const auto* wrong = std::get_if<BodyError>(&name)) {
        return bad_body(*wrong);
    }
    switch (agent_.groups().join(id, group, std::get<std::string>(name))) {
        case ServerGroups::Joining::Joined:
            return ok(member_document(*agent_.groups().find(id)));
        case ServerGroups::Joining::UnknownInstance:
            return unknown_instance();
        case ServerGroups::Joining::NoName:
            return http_error(400, "no_name", "the id is too long for a member's name: give one");
    }
    return unknown_instance();
}

HttpResponse ApiServer::tell_event(const std::string& id, const HttpRequest& request) {
    if (request.method != "POST") {
        return wrong_method();
    }
    const auto change = read_event_request(request.body);
    if (const auto* wrong = std::get_if<BodyError>(&change)) {
        return bad_body(*wrong);
    }
    if (!agent_.groups().tell(id, std::get<MemberChange>(change))) {
        return unknown_instance();
    }
    return ok(instance_document(agent_.find(id).get(), agent_.groups().find(id)));
}

/// A guest that has a messaging port alone.
HttpResponse ApiServer::without_heartbeat(const std::string& id, std::string_view verb,
                                          const HttpRequest& request) {
    const GroupMember* member = agent_.groups().find(id);
    if (member == nullptr) {
        return unknown_instance();
    }
    if (!verb.empty()) {
        return http_error(409, "no_heartbeat", "this instance has no heartbeat channel");
    }
    if (request.method == "DELETE") {
        agent_.remove(id);
        return ok(removed_document(id));
    }
    return request.method == "GET" ? ok(instance_document(nullptr, member)) : wrong_method();
}

asio::awaitable<HttpReply> ApiServer::sweep() {
    const auto waiting = std::make_shared<AwaitedOutcome<GroupService::Swept>>(io_);
    agent_.groups().service().sweep([waiting](const GroupService::Swept& swept) { waiting->decided(swept); });
    const auto swept = co_await waiting->outcome();
    co_return swept ? ok(swept_document(*swept)) : http_error(503, "cancelled", "the request was abandoned");
}

}  // namespace vnf::host
