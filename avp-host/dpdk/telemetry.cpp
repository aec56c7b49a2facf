// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "avp-host/dpdk/telemetry.hpp"

#include <rte_common.h>
#include <rte_config.h>
#include <rte_telemetry.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "avp-host/dpdk/host_port.hpp"

namespace vnf::avp::dpdk {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::uint32_t usual_timeout = 5000, longest_timeout = 60000;  // ms, as avp-host's
constexpr milliseconds look_interval{1};

/// Ports by ethdev's number, each with a serial number, so that a port under an old number is not taken for the old one.
struct ShownPorts {
    struct Shown {
        HostPort* port;
        std::uint64_t serial;
    };
    std::mutex mutex;
    std::map<std::uint16_t, Shown> ports;
    std::uint64_t serial = 0;
};

ShownPorts& shown() {
    static ShownPorts all;
    return all;
}

struct Request {
    std::uint16_t port = 0;
    std::uint32_t timeout = usual_timeout;
    bool by_force = false;
};

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    for (std::size_t comma = 0; comma != std::string_view::npos;) {
        comma = text.find(',');
        words.push_back(text.substr(0, comma));
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    }
    return words;
}

bool read_number(std::string_view text, std::uint32_t most, std::uint32_t& into) {
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, into);
    return parsed.ec == std::errc() && parsed.ptr == end && into <= most;
}

/// PORT, of a migration also TIMEOUT_MS, of an attachment also "force". What is wrong, or nothing.
std::optional<std::string> read_request(const char* params, std::size_t most_words, Request& request) {
    auto words = words_of(params == nullptr ? "" : params);
    if (most_words == 3 && words.size() > 1 && words.back() == "force") {
        request.by_force = true;
        words.pop_back();
    }
    std::uint32_t port = 0;
    if (!read_number(words[0], RTE_MAX_ETHPORTS - 1, port))
        return "port: must be the number of a port, 0 to " + std::to_string(RTE_MAX_ETHPORTS - 1);
    request.port = static_cast<std::uint16_t>(port);
    if (words.size() > std::min<std::size_t>(most_words, 2))
        return "\"" + std::string(words.back()) + "\": more than this command takes";
    if (words.size() == 2 && !read_number(words[1], longest_timeout, request.timeout))
        return "timeout: must be 0 to " + std::to_string(longest_timeout) + " ms";
    return std::nullopt;
}

int answer(rte_tel_data* data, const PortMigration& now) {
    rte_tel_data_start_dict(data);
    rte_tel_data_add_dict_string(data, "state", std::string(name_of(now.state)).c_str());
    rte_tel_data_add_dict_string(data, "link", now.link_is_up ? "up" : "down");
    rte_tel_data_add_dict_string(data, "migration", std::string(name_of(now.answer)).c_str());
    rte_tel_data_add_dict_int(data, "guest_tx_queues", now.guest ? now.guest->tx_queues : 0);
    rte_tel_data_add_dict_int(data, "guest_rx_queues", now.guest ? now.guest->rx_queues : 0);
    return 0;
}

int refuse(rte_tel_data* data, const std::string& why) {
    rte_tel_data_start_dict(data);
    rte_tel_data_add_dict_string(data, "error", why.c_str());
    return 0;
}

/// One step on a port that is there and still the same; `serial` 0 takes any. False if it is gone.
template <typename Step>
bool on_shown_port(std::uint16_t id, std::uint64_t& serial, const Step& step) {
    const std::lock_guard lock(shown().mutex);
    const auto found = shown().ports.find(id);
    if (found == shown().ports.end() || (serial != 0 && found->second.serial != serial))
        return false;
    serial = found->second.serial;
    step(*found->second.port);
    return true;
}

/// `begin` is false if the port's state does not allow it.
template <typename Begin>
int migrate(rte_tel_data* data, const Request& request, const Begin& begin) {
    std::uint64_t serial = 0;
    bool has_begun = false;
    PortMigration now;
    const auto first = [&](HostPort& port) {
        has_begun = begin(port);
        now = port.migration();
    };
    bool is_there = on_shown_port(request.port, serial, first);
    if (is_there && !has_begun)
        return refuse(data, "the guest has not let go: detach first, or force it");
    const auto deadline = Clock::now() + milliseconds(request.timeout);
    while (is_there && now.answer == MigrationAnswer::Awaited && Clock::now() < deadline) {
        std::this_thread::sleep_for(look_interval);
        is_there = on_shown_port(request.port, serial, [&now](HostPort& port) { now = port.migration(); });
    }
    return is_there ? answer(data, now) : refuse(data, "no net_avp_host port with this number");
}

template <typename Command>
int run(const char* params, std::size_t most_words, rte_tel_data* data, const Command& command) {
    try {
        Request request;
        if (const auto fault = read_request(params, most_words, request))
            return refuse(data, *fault);
        return command(request);
    } catch (const std::exception& error) {
        return refuse(data, error.what());
    }
}

int show(const char* /*command*/, const char* params, rte_tel_data* data) {
    return run(params, 1, data, [data](Request request) {
        request.timeout = 0;
        return migrate(data, request, [](HostPort&) { return true; });
    });
}

int detach(const char* /*command*/, const char* params, rte_tel_data* data) {
    return run(params, 2, data, [data](const Request& request) {
        return migrate(data, request, [](HostPort& port) {
            port.detach();
            return true;
        });
    });
}

int attach(const char* /*command*/, const char* params, rte_tel_data* data) {
    return run(params, 3, data, [data](const Request& request) {
        return migrate(data, request, [&request](HostPort& port) { return port.attach(request.by_force); });
    });
}

}  // namespace

void show_port(std::uint16_t id, HostPort& port) {
    const std::lock_guard lock(shown().mutex);
    shown().ports[id] = {&port, ++shown().serial};
}

void hide_port(std::uint16_t id) {
    const std::lock_guard lock(shown().mutex);
    shown().ports.erase(id);
}

// Named as DPDK's drivers do; telemetry itself begins later.
RTE_INIT(register_net_avp_host_commands) {
    rte_telemetry_register_cmd("/net_avp_host/show", show,
                               "State of a net_avp_host port's guest. Parameters: port");
    rte_telemetry_register_cmd("/net_avp_host/detach", detach,
                               "Asks the guest to let the device go. Parameters: port[,timeout in ms]");
    rte_telemetry_register_cmd("/net_avp_host/attach", attach,
                               "Lays the device out anew. Parameters: port[,timeout in ms][,force]");
}

}  // namespace vnf::avp::dpdk
