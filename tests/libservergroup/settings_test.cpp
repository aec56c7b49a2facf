// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include <sys/resource.h>
#include <vnf/servergroup.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <cstdlib>
#include <functional>
#include <string>

#include "libservergroup/src/settings.hpp"

using namespace vnf;
using libservergroup::Settings;

namespace {

vnf_sg_config valid_config() {
    vnf_sg_config config;
    vnf_sg_config_init(&config);
    config.name = "app1";
    config.socket_path = "/tmp/nobody-listens";
    return config;
}

vnf_sg_error with(const std::function<void(vnf_sg_config&)>& change) {
    vnf_sg_config config = valid_config();
    change(config);
    vnf_sg* handle = nullptr;
    const vnf_sg_error error = vnf_sg_open(&config, nullptr, nullptr, &handle);
    CHECK((handle != nullptr) == (error == VNF_SG_OK));
    vnf_sg_close(handle);
    return error;
}

}  // namespace

TEST_CASE("zeroes give the documented defaults") {
    Settings settings;
    REQUIRE(libservergroup::parse_settings(valid_config(), settings) == VNF_SG_OK);
    CHECK(settings.status_timeout.count() == 5000);
    CHECK(settings.back_off.shortest.count() == 100);
    CHECK(settings.back_off.longest.count() == 2000);
}

TEST_CASE("a name is 1 to 63 bytes of printable UTF-8") {
    const std::string longest(63, 'n');
    const std::string too_long(64, 'n');
    CHECK(with([](auto& config) { config.name = nullptr; }) == VNF_SG_ERROR_BAD_NAME);
    CHECK(with([](auto& config) { config.name = ""; }) == VNF_SG_ERROR_BAD_NAME);
    CHECK(with([](auto& config) { config.name = "a\nb"; }) == VNF_SG_ERROR_BAD_NAME);
    CHECK(with([](auto& config) { config.name = "\xff"; }) == VNF_SG_ERROR_BAD_NAME);
    CHECK(with([&](auto& config) { config.name = longest.c_str(); }) == VNF_SG_OK);
    CHECK(with([&](auto& config) { config.name = too_long.c_str(); }) == VNF_SG_ERROR_BAD_NAME);
}

TEST_CASE("the socket's path comes from the call, else the environment, else the run directory") {
    Settings settings;
    vnf_sg_config config = valid_config();
    config.socket_path = "relative";
    CHECK(libservergroup::parse_settings(config, settings) == VNF_SG_ERROR_BAD_SOCKET_PATH);
    config.socket_path = nullptr;
    ::unsetenv("VNF_SERVERGROUP_SOCKET");
    REQUIRE(libservergroup::parse_settings(config, settings) == VNF_SG_OK);
    CHECK(settings.socket_path == "/run/vnf-guest-sdk/server-group.sock");
    ::setenv("VNF_SERVERGROUP_SOCKET", "/tmp/of-the-environment", 1);
    REQUIRE(libservergroup::parse_settings(config, settings) == VNF_SG_OK);
    CHECK(settings.socket_path == "/tmp/of-the-environment");
    ::unsetenv("VNF_SERVERGROUP_SOCKET");
}

TEST_CASE("times are within their ranges") {
    CHECK(with([](auto& config) { config.status_timeout_ms = 1; }) == VNF_SG_OK);
    CHECK(with([](auto& config) { config.status_timeout_ms = 600000; }) == VNF_SG_OK);
    CHECK(with([](auto& config) { config.status_timeout_ms = 600001; }) == VNF_SG_ERROR_BAD_TIMEOUT);
    CHECK(with([](auto& config) { config.back_off_max_ms = 60001; }) == VNF_SG_ERROR_BAD_BACK_OFF);
    CHECK(with([](auto& config) { config.back_off_min_ms = 3000; }) == VNF_SG_OK);
    CHECK(with([](auto& config) {
              config.back_off_min_ms = 51;
              config.back_off_max_ms = 50;
          }) == VNF_SG_ERROR_BAD_BACK_OFF);
}

TEST_CASE("a struct says its size, and what this library does not know is zero") {
    CHECK(with([](auto& config) { config.size = 0; }) == VNF_SG_ERROR_STRUCT_SIZE);
    CHECK(with([](auto& config) { config.size -= 1; }) == VNF_SG_ERROR_STRUCT_SIZE);
    CHECK(with([](auto& config) { config.reserved = 1; }) == VNF_SG_ERROR_INVALID_ARGUMENT);
    CHECK(with([](auto& config) { config.reserved_too = 1; }) == VNF_SG_ERROR_INVALID_ARGUMENT);
    struct {
        vnf_sg_config known;
        std::uint64_t unknown;
    } later{valid_config(), 0};
    later.known.size = sizeof later;
    Settings settings;
    CHECK(libservergroup::parse_settings(later.known, settings) == VNF_SG_OK);
    later.unknown = 1;
    CHECK(libservergroup::parse_settings(later.known, settings) == VNF_SG_ERROR_STRUCT_SIZE);
    vnf_sg_callbacks callbacks{};
    vnf_sg_callbacks parsed{};
    CHECK(libservergroup::parse_callbacks(&callbacks, parsed) == VNF_SG_ERROR_STRUCT_SIZE);
}

TEST_CASE("null pointers are refused by name") {
    const vnf_sg_config config = valid_config();
    vnf_sg* handle = nullptr;
    CHECK(vnf_sg_open(nullptr, nullptr, nullptr, &handle) == VNF_SG_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_sg_open(&config, nullptr, nullptr, nullptr) == VNF_SG_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_sg_dispatch(nullptr) == VNF_SG_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_sg_broadcast(nullptr, "x", 1) == VNF_SG_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_sg_request_status(nullptr) == VNF_SG_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_sg_get_fd(nullptr) == -VNF_SG_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_sg_next_timeout(nullptr) == -1);
    CHECK(vnf_sg_close(nullptr) == VNF_SG_OK);
    REQUIRE(vnf_sg_open(&config, nullptr, nullptr, &handle) == VNF_SG_OK);
    CHECK(vnf_sg_broadcast(handle, nullptr, 0) == VNF_SG_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_sg_get_state(handle, nullptr) == VNF_SG_ERROR_INVALID_ARGUMENT);
    vnf_sg_state_info info{};
    CHECK(vnf_sg_get_state(handle, &info) == VNF_SG_ERROR_STRUCT_SIZE);
    vnf_sg_close(handle);
}

TEST_CASE("every number of an enumeration has a word, and any other is unknown") {
    CHECK(std::string(vnf_sg_state_name(VNF_SG_STATE_OLD_AGENT)) == "old_agent");
    CHECK(std::string(vnf_sg_state_name(-1)) == "unknown");
    CHECK(std::string(vnf_sg_change_kind_name(VNF_SG_MEMBER_FAILED)) == "failed");
    CHECK(std::string(vnf_sg_change_kind_name(5)) == "unknown");
    CHECK(std::string(vnf_sg_change_reason_name(VNF_SG_REASON_UPDATED)) == "updated");
    CHECK(std::string(vnf_sg_change_reason_name(VNF_SG_REASON_HOST_LOST)) == "host_lost");
    CHECK(std::string(vnf_sg_change_reason_name(VNF_SG_REASON_GONE)) == "gone");
    CHECK(std::string(vnf_sg_strerror(VNF_SG_OK)) == "success");
    CHECK(std::string(vnf_sg_strerror(VNF_SG_ERROR_TOO_MANY)) == "the status has too many members");
    CHECK(std::string(vnf_sg_strerror(26)) == "unknown error");
    CHECK(std::string(vnf_sg_version()) == "0.1.0");
    CHECK(vnf_sg_version_number() == 0x000100);
}
