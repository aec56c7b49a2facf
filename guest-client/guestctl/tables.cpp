// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Columns and lines.
#include "guest-client/guestctl/tables.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <string_view>
#include <vector>

namespace vnf::guestctl {
namespace {

namespace json = boost::json;

/// The field at a JSON pointer as text.
std::string at(const json::value& document, std::string_view pointer) {
    boost::system::error_code missing;
    const json::value* value = document.find_pointer(pointer, missing);
    if (value == nullptr || value->is_null()) {
        return "-";
    }
    return value->is_string() ? json::value_to<std::string>(*value) : json::serialize(*value);
}

const json::array& array_at(const json::value& document, std::string_view pointer) {
    static const json::array none;
    boost::system::error_code missing;
    const json::value* value = document.find_pointer(pointer, missing);
    return value != nullptr && value->is_array() ? value->get_array() : none;
}

std::string joined(const json::array& words) {
    std::string text;
    for (const json::value& word : words) {
        text += (text.empty() ? "" : " ") +
                (word.is_string() ? json::value_to<std::string>(word) : json::serialize(word));
    }
    return text.empty() ? "-" : text;
}

/// What applications and scripts say can't move the cursor or forge a line.
std::string printable(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; },
        ' ');
    return text;
}

using Row = std::vector<std::string>;

std::string columns(const std::vector<Row>& rows) {
    std::vector<std::size_t> widths;
    for (const Row& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], row[i].size());
        }
    }
    std::string text;
    for (const Row& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += printable(row[i]) + std::string(widths[i] - row[i].size() + 2, ' ');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

}  // namespace

std::string link_table(const json::value& document) {
    return columns({{"state", at(document, "/state")},
                    {"port", at(document, "/port")},
                    {"host", at(document, "/host")},
                    {"capabilities", joined(array_at(document, "/capabilities"))},
                    {"interval", at(document, "/interval_ms") + " ms"},
                    {"last challenge", at(document, "/last_challenge_ms_ago") + " ms ago"},
                    {"challenges", at(document, "/session/challenges")},
                    {"inits", at(document, "/session/inits")},
                    {"watchdog expiries", at(document, "/session/watchdog_expiries")},
                    {"rejected", at(document, "/rejected")}});
}

std::string health_table(const json::value& document) {
    std::string text =
        columns({{"health", at(document, "/health")},
                 {"action", at(document, "/action")},
                 {"cause", at(document, "/cause")},
                 {"application", at(document, "/application")},
                 {"reason", at(document, "/reason")},
                 {"script", at(document, "/script/path")},
                 {"script said", at(document, "/script/last") + " " + at(document, "/script/text")}});
    std::vector<Row> rows{{"CAUSE", "APPLICATION", "ACTION", "FOR MS", "REASON"}};
    for (const json::value& one : array_at(document, "/ailments")) {
        rows.push_back({at(one, "/cause"), at(one, "/application"), at(one, "/action"), at(one, "/for_ms"),
                        at(one, "/reason")});
    }
    return rows.size() > 1 ? text + "\n" + columns(rows) : text;
}

std::string applications_table(const json::value& document) {
    std::vector<Row> rows{
        {"NAME", "STATE", "HEALTH", "VERSION", "PID", "UID", "INTERVAL MS", "ACTION", "ANSWERED MS AGO"}};
    for (const json::value& one : array_at(document, "/applications")) {
        rows.push_back({at(one, "/name"), at(one, "/state"), at(one, "/health"), at(one, "/version"),
                        at(one, "/pid"), at(one, "/uid"), at(one, "/interval_ms"),
                        at(one, "/corrective_action"), at(one, "/last_answer_ms_ago")});
    }
    for (const json::value& one : array_at(document, "/dead")) {
        rows.push_back({at(one, "/name"), "dead", "failed", "-", "-", at(one, "/uid"), "-", "-", "-"});
    }
    return columns(rows);
}

std::string status_table(const json::value& document) {
    std::string text =
        columns({{"name", at(document, "/name")},
                 {"version", at(document, "/version")},
                 {"state", at(document, "/state")},
                 {"port", at(document, "/link/port")},
                 {"host", at(document, "/link/host")},
                 {"health", at(document, "/health/health") + " " + at(document, "/health/reason")},
                 {"applications", std::to_string(array_at(document, "/applications/applications").size())},
                 {"dead", std::to_string(array_at(document, "/applications/dead").size())},
                 {"uptime", at(document, "/uptime_ms") + " ms"},
                 {"settings", at(document, "/settings")}});
    if (at(document, "/last_action") != "-") {
        text += "last action  " +
                printable(at(document, "/last_action/notification") + " " +
                          at(document, "/last_action/event") + ": " + at(document, "/last_action/result") +
                          " " + at(document, "/last_action/reason")) +
                "\n";
    }
    return text;
}

std::string scale_table(const json::value& document) {
    return columns(
        {{"messaging channel", at(document, "/channel")},
         {"scale agent listens", at(document, "/agent")},
         {"offered to the host", at(document, "/offered")},
         {"host", at(document, "/host")},
         {"offline by the host",
          at(document, "/offline_cpus") == "-" ? "-" : joined(array_at(document, "/offline_cpus"))},
         {"host takes metrics", at(document, "/takes_metrics")}});
}

std::string scale_agent_table(const json::value& document) {
    std::string text = columns(
        {{"vCPUs online", joined(array_at(document, "/cpus/online"))},
         {"vCPUs present", joined(array_at(document, "/cpus/present"))},
         {"would go next", at(document, "/cpus/next_to_go")},
         {"phase", at(document, "/phase")},
         {"requests waiting", at(document, "/waiting")},
         {"last change", at(document, "/last_change/direction") + " " + at(document, "/last_change/cpu") +
                             ", chosen by " + at(document, "/last_change/chosen_by") + ": " +
                             at(document, "/last_change/result")},
         {"address problem", at(document, "/requests/problem")},
         {"state file problem", at(document, "/state_file_problem")},
         {"changed by others", at(document, "/counters/changed_elsewhere")}});
    std::vector<Row> rows{{"APPLICATION", "PID", "UID", "ANSWER", "REFUSALS", "SILENCES"}};
    for (const json::value& one : array_at(document, "/applications")) {
        rows.push_back({at(one, "/name"), at(one, "/pid"), at(one, "/uid"), at(one, "/answer"),
                        at(one, "/refusals"), at(one, "/silences")});
    }
    return rows.size() > 1 ? text + "\n" + columns(rows) : text;
}

std::string group_table(const json::value& document) {
    std::string text = columns({{"link", at(document, "/state") + " " + at(document, "/reason")},
                                {"port", at(document, "/channel/port")},
                                {"address", at(document, "/services/address")},
                                {"address problem", at(document, "/services/problem")},
                                {"broadcasts", at(document, "/counters/broadcasts")},
                                {"notifications", at(document, "/counters/notifications")},
                                {"sent", at(document, "/counters/sends")},
                                {"queries", at(document, "/counters/queries")},
                                {"missed", at(document, "/counters/missed")},
                                {"unsent", at(document, "/counters/unsent")},
                                {"refused", at(document, "/services/refused")}});
    std::vector<Row> clients{{"CLIENT", "PID", "UID", "SENT", "QUERIES", "TO HOST", "TO CLIENT", "MISSED"}};
    for (const json::value& one : array_at(document, "/clients")) {
        clients.push_back({at(one, "/name"), at(one, "/pid"), at(one, "/uid"), at(one, "/sends"),
                           at(one, "/queries"), at(one, "/waiting_for_host"), at(one, "/waiting_for_client"),
                           at(one, "/missed")});
    }
    std::vector<Row> services{{"SERVICE", "SAID", "DELIVERED", "QUEUED", "ABSENT", "OVERFLOW", "TOO LONG"}};
    boost::system::error_code missing;
    const json::value* known = document.find_pointer("/services/known", missing);
    if (known != nullptr && known->is_object()) {
        for (const auto& [name, one] : known->get_object()) {
            services.push_back({std::string(name), at(one, "/said"), at(one, "/delivered"),
                                at(one, "/queued"), at(one, "/absent"), at(one, "/overflow"),
                                at(one, "/too_long")});
        }
    }
    return text + "\n" + columns(clients) + "\n" + columns(services);
}

std::string members_table(const json::value& document) {
    std::vector<Row> rows{{"NAME", "STATE", "HOST", "ID"}};
    for (const json::value& one : array_at(document, "/members")) {
        rows.push_back(
            {at(one, "/display_name"), at(one, "/state"), at(one, "/host"), at(one, "/instance_id")});
    }
    return columns(rows);
}

std::string sent_table(const json::value&) {
    return "accepted\n";
}

std::string reload_table(const json::value& document) {
    std::string text = "reloaded\n";
    for (const json::value& key : array_at(document, "/needs_restart")) {
        text += "needs a restart: " + json::value_to<std::string>(key) + "\n";
    }
    for (const json::value& warning : array_at(document, "/warnings")) {
        text += "warning: " + json::value_to<std::string>(warning) + "\n";
    }
    if (at(document, "/host_informed") == "false") {
        text += "the host learns of it with the next init\n";
    }
    return text;
}

}  // namespace vnf::guestctl
