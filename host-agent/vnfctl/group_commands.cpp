// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See group_commands.hpp.
#include "host-agent/vnfctl/group_commands.hpp"

#include <boost/json.hpp>

#include "host-agent/vnfctl/answers.hpp"
#include "host-agent/vnfctl/rendering.hpp"
#include "runtime/http_client.hpp"

namespace vnf::vnfctl {

namespace json = boost::json;

namespace {

using runtime::HttpClient;

/// A sweep waits for the store.
constexpr std::chrono::seconds longest_sweep{15};

std::string group_path(const std::string& group) {
    return "/v1/groups/" + HttpClient::encode(group);
}

std::string member_path(const GroupArguments& of) {
    return group_path(of.group) + "/members/" + HttpClient::encode(of.id);
}

}  // namespace

Exit group_list(const Connection& to) {
    return show_answer(to, HttpClient(to.socket).request("GET", "/v1/groups", {}, usual), groups_table);
}

Exit group_show(const Connection& to, const GroupArguments& arguments) {
    return show_answer(to, HttpClient(to.socket).request("GET", group_path(arguments.group), {}, usual),
                       group_table);
}

Exit group_join(const Connection& to, const GroupArguments& arguments) {
    json::object body;
    if (!arguments.name.empty()) {
        body.emplace("name", arguments.name);
    }
    return show_answer(
        to, HttpClient(to.socket).request("PUT", member_path(arguments), json::serialize(body), usual),
        value_list);
}

Exit group_leave(const Connection& to, const GroupArguments& arguments) {
    return show_answer(to, HttpClient(to.socket).request("DELETE", member_path(arguments), {}, usual),
                       value_list);
}

Exit group_event(const Connection& to, const GroupArguments& arguments) {
    json::object body{{"event", arguments.event}};
    if (!arguments.cause.empty()) {
        body.emplace("cause", arguments.cause);
    }
    const std::string path = "/v1/instances/" + HttpClient::encode(arguments.id) + "/event";
    return show_answer(to, HttpClient(to.socket).request("POST", path, json::serialize(body), usual),
                       value_list);
}

Exit group_sweep(const Connection& to) {
    return show_answer(to, HttpClient(to.socket).request("POST", "/v1/groups/sweep", {}, longest_sweep),
                       value_list);
}

}  // namespace vnf::vnfctl
