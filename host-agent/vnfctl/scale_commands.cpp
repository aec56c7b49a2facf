// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See scale_commands.hpp.
#include "host-agent/vnfctl/scale_commands.hpp"

#include <boost/json.hpp>
#include <cstdio>

#include "host-agent/vnfctl/answers.hpp"
#include "host-agent/vnfctl/rendering.hpp"
#include "runtime/http_client.hpp"
#include "wire/cpu_list.hpp"

namespace vnf::vnfctl {

namespace json = boost::json;

namespace {

using runtime::HttpClient;
using runtime::HttpResult;

/// The settings bound an operation at ten minutes.
constexpr std::chrono::seconds longest_operation{610};

std::string path_of(const std::string& id, std::string_view verb) {
    return "/v1/instances/" + HttpClient::encode(id) + "/" + std::string(verb);
}

bool has_text(const json::object* object, std::string_view key, std::string_view wanted) {
    const json::value* value = object != nullptr ? object->if_contains(key) : nullptr;
    return value != nullptr && value->is_string() && value->get_string() == wanted;
}

Exit exit_of(const HttpResult& result, Exit shown) {
    boost::system::error_code error;
    const json::value answer = json::parse(result.body, error);
    const json::object* object = error ? nullptr : answer.if_object();
    if (shown == Exit::Done) {
        return has_text(object, "result", "partial") ? Exit::NoAnswer : Exit::Done;
    }
    const json::value* inner = object != nullptr ? object->if_contains("error") : nullptr;
    const bool refused = inner != nullptr && has_text(inner->if_object(), "code", "refused");
    return shown == Exit::Error && refused ? Exit::Rejected : shown;
}

Exit operate(const Connection& to, const std::string& path, const json::object& body) {
    const HttpResult result =
        HttpClient(to.socket).request("POST", path, json::serialize(body), longest_operation);
    return exit_of(result, show_answer(to, result, scaled_text));
}

Exit set(const Connection& to, const ScaleArguments& arguments) {
    if (!arguments.offline) {
        std::fputs("vnfctl: set needs --offline LIST\n", stderr);
        return Exit::Usage;
    }
    const auto cpus = wire::parse_cpu_list(*arguments.offline);
    if (const auto* wrong = std::get_if<wire::CpuListError>(&cpus)) {
        std::fprintf(stderr, "vnfctl: --offline: %s\n", std::string(to_string(*wrong)).c_str());
        return Exit::Usage;
    }
    json::array numbers;
    for (const wire::Cpu cpu : std::get<wire::CpuSet>(cpus)) {
        numbers.emplace_back(cpu.number());
    }
    const json::object body{{"offline_cpus", std::move(numbers)}};
    return show_answer(
        to,
        HttpClient(to.socket).request("PUT", path_of(arguments.id, "scale"), json::serialize(body), usual),
        value_list);
}

}  // namespace

Exit scale(const Connection& to, const ScaleArguments& arguments) {
    const std::string path = path_of(arguments.id, "scale");
    if (arguments.what == "show") {
        return show_answer(to, HttpClient(to.socket).request("GET", path, {}, usual), value_list);
    }
    if (arguments.what == "set") {
        return set(to, arguments);
    }
    if (arguments.what == "reconcile") {
        return operate(to, path + "/reconcile", {});
    }
    return operate(to, path, {{"direction", arguments.what}});
}

}  // namespace vnf::vnfctl
