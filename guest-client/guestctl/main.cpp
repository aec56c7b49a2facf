// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// guestctl: asks guest-client what it knows, over its control socket. Exit status: 0 done, 1 the daemon refused,
// 2 wrong usage, 6 the daemon can't be reached.
#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <charconv>
#include <cstdio>
#include <string>
#include <vector>

#include "guest-client/guestctl/tables.hpp"
#include "guest-client/version.hpp"
#include "runtime/http_client.hpp"
#include "runtime/run_directory.hpp"
#include "wire/text.hpp"

namespace {

using namespace vnf;
namespace json = boost::json;

constexpr int exit_refused = 1, exit_usage = 2, exit_unreachable = 6;

struct Command {
    const char* name;
    const char* help;
    const char* method;
    const char* path;
    /// Its answer for people; none: as it came.
    std::string (*table)(const json::value& document);
};

constexpr Command commands[] = {
    {"status", "everything at a glance", "GET", "/v1/status", guestctl::status_table},
    {"apps", "the applications", "GET", "/v1/apps", guestctl::applications_table},
    {"link", "the channel to the host", "GET", "/v1/link", guestctl::link_table},
    {"health", "what ails, and the verdict", "GET", "/v1/health", guestctl::health_table},
    {"metrics", "Prometheus text", "GET", "/metrics", nullptr},
    {"group", "the server group: link, clients, services", "GET", "/v1/group", guestctl::group_table},
    {"reload", "read the settings again", "POST", "/v1/reload", guestctl::reload_table},
    {"scale", "vCPU scaling: what the host knows, and the agent", "GET", "/v1/scale", guestctl::scale_table},
};

constexpr Command members_command{"status", "its members, as the host says", "GET", "/v1/group/members",
                                  guestctl::members_table};
constexpr Command send_command{"send", "a broadcast to all others", "POST", "/v1/group/send",
                               guestctl::sent_table};

constexpr Command metric_command{"metric", "numbers for the host's scaling rules", "PUT", "/v1/metrics",
                                 guestctl::sent_table};
constexpr Command agent_command{"agent", "guest-scale-agent alone", "GET", "/v1/status",
                                guestctl::scale_agent_table};

std::string error_text(const runtime::HttpResult& result) {
    boost::system::error_code bad;
    const json::value document = json::parse(result.body, bad);
    if (!bad && document.is_object()) {
        if (const json::value* message = document.find_pointer("/error/message", bad)) {
            return json::value_to<std::string>(*message);
        }
    }
    return result.body;
}

int print(const Command& command, const std::string& body, bool as_json) {
    boost::system::error_code bad;
    const json::value document = json::parse(body, bad);
    const bool raw = as_json || command.table == nullptr || bad;
    const std::string text = raw ? body : command.table(document);
    std::fputs(text.c_str(), stdout);
    if (text.empty() || text.back() != '\n') {
        std::fputc('\n', stdout);
    }
    return 0;
}

int run(const Command& command, const std::string& socket, bool as_json, const std::string& body) {
    const runtime::HttpClient client(socket);
    const runtime::HttpResult result = client.request(command.method, command.path, body);
    if (result.status == 0) {
        std::fprintf(stderr, "guestctl: guest-client at %s: %s\n", socket.c_str(), result.error.c_str());
        return exit_unreachable;
    }
    if (result.status != 200) {
        std::fprintf(stderr, "guestctl: %s\n", error_text(result).c_str());
        return exit_refused;
    }
    return print(command, result.body, as_json);
}

/// {"name": number, ...} of NAME=VALUE; empty if one is none. Which names are good is the daemon's to say.
std::string metrics_body(const std::vector<std::string>& assignments) {
    json::object values;
    for (const std::string& one : assignments) {
        const auto equals = one.find('=');
        if (equals == std::string::npos || equals == 0) {
            return {};
        }
        const char* const end = one.data() + one.size();
        double number = 0;
        const auto [stop, error] = std::from_chars(one.data() + equals + 1, end, number);
        if (error != std::errc() || stop != end) {
            return {};
        }
        values[one.substr(0, equals)] = number;
    }
    return json::serialize(values);
}

/// Beside guest-client's word what the agent says of itself, where it can be reached.
void print_agent(const std::string& socket) {
    const runtime::HttpResult result = runtime::HttpClient(socket).request("GET", agent_command.path);
    std::fputs("\n", stdout);
    if (result.status == 200) {
        print(agent_command, result.body, false);
    } else {
        std::printf("guest-scale-agent  %s\n",
                    (result.status == 0 ? result.error : error_text(result)).c_str());
    }
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Looks into guest-client."};
    std::string socket = runtime::default_guest_control_socket();
    bool as_json = false;
    const Command* chosen = nullptr;
    app.set_version_flag("--version", std::string(guest::program_version));
    app.add_option("--socket", socket, "control socket of guest-client")->capture_default_str();
    app.add_flag("--json", as_json, "the daemon's answer as it is");
    app.require_subcommand(1);
    for (const Command& command : commands) {
        // The program's options are welcome behind the command too.
        app.add_subcommand(command.name, command.help)->fallthrough()->callback([&chosen, &command] {
            chosen = &command;
        });
    }
    std::string text;
    CLI::App* group = app.get_subcommand("group");
    group->add_subcommand(members_command.name, members_command.help)->fallthrough();
    CLI::App* send = group->add_subcommand(send_command.name, send_command.help)->fallthrough();
    send->add_option("text", text, "at most 3050 bytes")->required();
    group->require_subcommand(0, 1);
    std::string agent_socket = runtime::default_scale_control_socket();
    CLI::App* scale = app.get_subcommand("scale");
    scale->add_option("--agent-socket", agent_socket, "control socket of guest-scale-agent")
        ->capture_default_str();
    CLI::App* agent = scale->add_subcommand(agent_command.name, agent_command.help)->fallthrough();
    scale->require_subcommand(0, 1);
    std::vector<std::string> assignments;
    CLI::App* metric = app.add_subcommand(metric_command.name, metric_command.help)->fallthrough();
    metric->add_option("NAME=VALUE", assignments, "a name as Prometheus has them, a number")->required();
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : exit_usage;
    }
    if (group->got_subcommand(members_command.name)) {
        chosen = &members_command;
    } else if (send->parsed()) {
        chosen = &send_command;
        if (!wire::is_utf8(text)) {
            std::fprintf(stderr, "guestctl: the text is not UTF-8\n");
            return exit_usage;
        }
    }
    if (metric->parsed()) {
        const std::string values = metrics_body(assignments);
        if (values.empty()) {
            std::fprintf(stderr, "guestctl: a metric is NAME=NUMBER\n");
            return exit_usage;
        }
        return run(metric_command, socket, as_json, values);
    }
    if (agent->parsed()) {
        return run(agent_command, agent_socket, as_json, {});
    }
    if (scale->parsed()) {
        const int status = run(*chosen, socket, as_json, {});
        if (status == 0 && !as_json) {
            print_agent(agent_socket);
        }
        return status;
    }
    const std::string body = send->parsed() ? json::serialize(json::object{{"text", text}}) : std::string();
    return run(*chosen, socket, as_json, body);
}
