// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See handover.hpp.
#include "avp-host/daemon/handover.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <charconv>
#include <cstdlib>
#include <stdexcept>

#include "runtime/log.hpp"

namespace vnf::avp {
namespace {

namespace json = boost::json;
using runtime::FileDescriptor;

constexpr const char* variable = "AVP_HOST_HANDOVER";
constexpr off_t most_bytes = 4 << 20;

json::array bytes_document(std::span<const std::byte> bytes) {
    json::array all;
    for (const std::byte byte : bytes)
        all.emplace_back(std::to_integer<unsigned>(byte));
    return all;
}

json::object port_document(const PortHandover& port) {
    return {{"name", port.name},
            {"memory", port.memory},
            {"memory_map", port.memory_map},
            {"device_info", port.device_info},
            {"socket", port.client.socket},
            {"eventfds", json::array(port.client.eventfds.begin(), port.client.eventfds.end())},
            {"config", bytes_document(port.client.config)},
            {"interrupt_mask", port.interrupt_mask},
            {"had_driver", port.had_driver}};
}

PortHandover port_of(const json::object& document) {
    PortHandover port;
    port.name = json::value_to<std::string>(document.at("name"));
    port.memory = json::value_to<int>(document.at("memory"));
    port.memory_map = json::value_to<int>(document.at("memory_map"));
    port.device_info = json::value_to<int>(document.at("device_info"));
    port.client.socket = json::value_to<int>(document.at("socket"));
    const json::array& eventfds = document.at("eventfds").as_array();
    for (std::size_t vector = 0; vector < port.client.eventfds.size(); ++vector)
        port.client.eventfds[vector] = vector < eventfds.size() ? json::value_to<int>(eventfds[vector]) : -1;
    for (const json::value& byte : document.at("config").as_array())
        port.client.config.push_back(static_cast<std::byte>(json::value_to<std::uint8_t>(byte)));
    port.interrupt_mask = json::value_to<std::uint32_t>(document.at("interrupt_mask"));
    port.had_driver = document.at("had_driver").as_bool();
    return port;
}

void set_close_on_exec(std::span<const PortHandover> ports, bool is_on) {
    for (const PortHandover& port : ports) {
        for (const int descriptor : descriptors_of(port))
            ::fcntl(descriptor, F_SETFD, is_on ? FD_CLOEXEC : 0);
    }
}

std::string read_all(int descriptor) {
    struct stat file {};
    if (::fstat(descriptor, &file) != 0 || !S_ISREG(file.st_mode) || file.st_size > most_bytes)
        throw std::runtime_error("it is no handover");
    std::string text(static_cast<std::size_t>(file.st_size), '\0');
    if (::pread(descriptor, text.data(), text.size(), 0) != file.st_size)
        throw std::runtime_error("it can't be read");
    return text;
}

}  // namespace

std::string text_of(std::span<const PortHandover> ports) {
    json::array all;
    for (const PortHandover& port : ports)
        all.push_back(port_document(port));
    return json::serialize(json::object{{"version", 1}, {"ports", std::move(all)}});
}

std::vector<PortHandover> parse_handover(std::string_view text) {
    try {
        const json::value document = json::parse(text);
        if (document.at("version") != 1)
            throw std::runtime_error("another version's");
        std::vector<PortHandover> ports;
        for (const json::value& port : document.at("ports").as_array())
            ports.push_back(port_of(port.as_object()));
        return ports;
    } catch (const std::exception& error) {
        throw std::runtime_error(std::string("handover: ") + error.what());
    }
}

std::vector<int> descriptors_of(const PortHandover& port) {
    std::vector<int> all{port.memory, port.memory_map, port.device_info, port.client.socket};
    for (const int eventfd : port.client.eventfds) {
        if (eventfd >= 0)
            all.push_back(eventfd);
    }
    return all;
}

void leave(std::span<const PortHandover> ports) {
    const std::string text = text_of(ports);
    FileDescriptor left(::memfd_create("avp-host-handover", 0));
    if (!left || ::write(left.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        throw std::system_error(runtime::last_error(), "handover");
    set_close_on_exec(ports, false);
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the workers are stopped, and this thread is the only one
    ::setenv(variable, std::to_string(left.release()).c_str(), 1);
}

void take_back(std::span<const PortHandover> ports) {
    set_close_on_exec(ports, true);
    take_handover();
}

std::vector<PortHandover> take_handover() {
    // NOLINTBEGIN(concurrency-mt-unsafe): no worker runs yet, or they are stopped
    const char* value = std::getenv(variable);
    if (value == nullptr)
        return {};
    const std::string_view text(value);
    int number = -1;
    const bool is_number = std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc();
    ::unsetenv(variable);
    // NOLINTEND(concurrency-mt-unsafe)
    if (!is_number)
        return {};
    const FileDescriptor left(number);
    try {
        auto ports = parse_handover(read_all(left.get()));
        set_close_on_exec(ports, true);
        return ports;
    } catch (const std::exception& error) {
        runtime::log_error("guests of the predecessor are lost", {{"error", error.what()}});
        return {};
    }
}

}  // namespace vnf::avp
