// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include <vnf/guestscale.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <functional>
#include <string>

#include "libguestscale/src/settings.hpp"

using namespace vnf;
using guestscale::Settings;

namespace {

vnf_gs_config valid_config() {
    vnf_gs_config config;
    vnf_gs_config_init(&config);
    config.name = "pool1";
    config.socket_path = "/tmp/nobody-listens";
    return config;
}

vnf_gs_error with(const std::function<void(vnf_gs_config&)>& change) {
    vnf_gs_config config = valid_config();
    change(config);
    vnf_gs* handle = nullptr;
    const vnf_gs_error error = vnf_gs_open(&config, nullptr, nullptr, &handle);
    CHECK((handle != nullptr) == (error == VNF_GS_OK));
    vnf_gs_close(handle);
    return error;
}

}  // namespace

TEST_CASE("zeroes give the documented defaults") {
    Settings settings;
    REQUIRE(guestscale::parse_settings(valid_config(), settings) == VNF_GS_OK);
    CHECK(settings.back_off.shortest.count() == 100);
    CHECK(settings.back_off.longest.count() == 2000);
    CHECK(settings.keeps_affinity);
    CHECK_FALSE(settings.answers_later);
}

TEST_CASE("a name is 1 to 63 bytes of printable UTF-8") {
    const std::string longest(63, 'n');
    const std::string too_long(64, 'n');
    CHECK(with([](auto& config) { config.name = nullptr; }) == VNF_GS_ERROR_BAD_NAME);
    CHECK(with([](auto& config) { config.name = ""; }) == VNF_GS_ERROR_BAD_NAME);
    CHECK(with([](auto& config) { config.name = "a\nb"; }) == VNF_GS_ERROR_BAD_NAME);
    CHECK(with([&longest](auto& config) { config.name = longest.c_str(); }) == VNF_GS_OK);
    CHECK(with([&too_long](auto& config) { config.name = too_long.c_str(); }) == VNF_GS_ERROR_BAD_NAME);
}

TEST_CASE("the socket's path comes from the call, else the environment, else the run directory") {
    Settings settings;
    vnf_gs_config config = valid_config();
    config.socket_path = "relative";
    CHECK(guestscale::parse_settings(config, settings) == VNF_GS_ERROR_BAD_SOCKET_PATH);
    config.socket_path = nullptr;
    ::unsetenv("VNF_GUESTSCALE_SOCKET");
    REQUIRE(guestscale::parse_settings(config, settings) == VNF_GS_OK);
    CHECK(settings.socket_path == "/run/vnf-guest-sdk/guest-scale.sock");
    ::setenv("VNF_GUESTSCALE_SOCKET", "/tmp/of-the-environment", 1);
    REQUIRE(guestscale::parse_settings(config, settings) == VNF_GS_OK);
    CHECK(settings.socket_path == "/tmp/of-the-environment");
    ::unsetenv("VNF_GUESTSCALE_SOCKET");
}

TEST_CASE("flags and times are within their ranges") {
    CHECK(with([](auto& config) { config.answer = VNF_GS_ANSWER_LATER; }) == VNF_GS_OK);
    CHECK(with([](auto& config) { config.answer = 2; }) == VNF_GS_ERROR_INVALID_ARGUMENT);
    CHECK(with([](auto& config) { config.keep_affinity = 1; }) == VNF_GS_OK);
    CHECK(with([](auto& config) { config.keep_affinity = -1; }) == VNF_GS_ERROR_INVALID_ARGUMENT);
    CHECK(with([](auto& config) { config.back_off_max_ms = 60001; }) == VNF_GS_ERROR_BAD_BACK_OFF);
    CHECK(with([](auto& config) {
              config.back_off_min_ms = 51;
              config.back_off_max_ms = 50;
          }) == VNF_GS_ERROR_BAD_BACK_OFF);
}

TEST_CASE("a struct says its size, and what this library does not know is zero") {
    CHECK(with([](auto& config) { config.size = 0; }) == VNF_GS_ERROR_STRUCT_SIZE);
    CHECK(with([](auto& config) { config.size -= 1; }) == VNF_GS_ERROR_STRUCT_SIZE);
    CHECK(with([](auto& config) { config.reserved = 1; }) == VNF_GS_ERROR_INVALID_ARGUMENT);
    struct {
        vnf_gs_config known;
        std::uint64_t unknown;
    } later{valid_config(), 0};
    later.known.size = sizeof later;
    Settings settings;
    CHECK(guestscale::parse_settings(later.known, settings) == VNF_GS_OK);
    later.unknown = 1;
    CHECK(guestscale::parse_settings(later.known, settings) == VNF_GS_ERROR_STRUCT_SIZE);
    vnf_gs_callbacks callbacks{};
    vnf_gs_callbacks parsed{};
    CHECK(guestscale::parse_callbacks(&callbacks, parsed) == VNF_GS_ERROR_STRUCT_SIZE);
}

TEST_CASE("null pointers are refused by name") {
    const vnf_gs_config config = valid_config();
    vnf_gs* handle = nullptr;
    CHECK(vnf_gs_open(nullptr, nullptr, nullptr, &handle) == VNF_GS_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_gs_open(&config, nullptr, nullptr, nullptr) == VNF_GS_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_gs_dispatch(nullptr) == VNF_GS_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_gs_ready(nullptr, 1) == VNF_GS_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_gs_refuse(nullptr, 1, "x") == VNF_GS_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_gs_choose(nullptr, 1, 1) == VNF_GS_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_gs_record_affinity(nullptr) == VNF_GS_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_gs_restore_affinity(nullptr, nullptr) == VNF_GS_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_gs_get_fd(nullptr) == -VNF_GS_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_gs_next_timeout(nullptr) == -1);
    CHECK(vnf_gs_close(nullptr) == VNF_GS_OK);
    REQUIRE(vnf_gs_open(&config, nullptr, nullptr, &handle) == VNF_GS_OK);
    CHECK(vnf_gs_get_state(handle, nullptr) == VNF_GS_ERROR_INVALID_ARGUMENT);
    vnf_gs_state_info info{};
    CHECK(vnf_gs_get_state(handle, &info) == VNF_GS_ERROR_STRUCT_SIZE);
    vnf_gs_close(handle);
}

TEST_CASE("every number of an enumeration has a word, and any other is unknown") {
    CHECK(std::string(vnf_gs_state_name(VNF_GS_STATE_CONNECTED)) == "connected");
    CHECK(std::string(vnf_gs_state_name(-1)) == "unknown");
    CHECK(std::string(vnf_gs_direction_name(VNF_GS_DOWN)) == "down");
    CHECK(std::string(vnf_gs_direction_name(VNF_GS_UP)) == "up");
    CHECK(std::string(vnf_gs_direction_name(0)) == "unknown");
    CHECK(std::string(vnf_gs_strerror(VNF_GS_OK)) == "success");
    CHECK(std::string(vnf_gs_strerror(VNF_GS_ERROR_PROTOCOL)) == "guest-scale-agent sent what is no record");
    CHECK(std::string(vnf_gs_strerror(21)) == "unknown error");
    CHECK(std::string(vnf_gs_version()) == "0.1.0");
    CHECK(vnf_gs_version_number() == 0x000100);
}

TEST_CASE("a set is asked, counted and walked through within its bounds") {
    vnf_gs_cpus cpus{};
    CHECK(vnf_gs_cpus_next(&cpus, 0) == -1);
    cpus.bits[0] = 5;
    cpus.bits[63] = std::uint64_t{1} << 63U;
    CHECK(vnf_gs_cpus_count(&cpus) == 3);
    CHECK(vnf_gs_cpus_has(&cpus, 2) == 1);
    CHECK(vnf_gs_cpus_has(&cpus, 4095) == 1);
    for (const std::int32_t cpu : {-1, 1, 4096, INT32_MAX, INT32_MIN}) {
        CHECK(vnf_gs_cpus_has(&cpus, cpu) == 0);
    }
    CHECK(vnf_gs_cpus_next(&cpus, -5) == 0);
    CHECK(vnf_gs_cpus_next(&cpus, 3) == 4095);
    CHECK(vnf_gs_cpus_next(&cpus, 4096) == -1);
}
