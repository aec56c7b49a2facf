// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include <sys/resource.h>
#include <vnf/heartbeat.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <cstdlib>
#include <functional>
#include <string>

#include "libheartbeat/src/settings.hpp"

using namespace vnf;
using libheartbeat::Settings;

namespace {

vnf_heartbeat_config valid_config() {
    vnf_heartbeat_config config;
    vnf_heartbeat_config_init(&config);
    config.name = "app1";
    config.socket_path = "/tmp/nobody-listens";
    return config;
}

vnf_heartbeat_error open_error(const vnf_heartbeat_config& config) {
    vnf_heartbeat* handle = nullptr;
    const vnf_heartbeat_error error = vnf_heartbeat_open(&config, nullptr, nullptr, &handle);
    CHECK((handle != nullptr) == (error == VNF_HEARTBEAT_OK));
    vnf_heartbeat_close(handle);
    return error;
}

vnf_heartbeat_error with(const std::function<void(vnf_heartbeat_config&)>& change) {
    vnf_heartbeat_config config = valid_config();
    change(config);
    return open_error(config);
}

}  // namespace

TEST_CASE("zeroes give the documented defaults") {
    Settings settings;
    REQUIRE(libheartbeat::parse_settings(valid_config(), settings) == VNF_HEARTBEAT_OK);
    CHECK(settings.interval_ms == 1000);
    CHECK(settings.vote_ms == 8000);
    CHECK(settings.shutdown_notice_ms == 5000);
    CHECK(settings.suspend_notice_ms == 5000);
    CHECK(settings.resume_notice_ms == 5000);
    CHECK(settings.corrective_action == wire::CorrectiveAction::Log);
    CHECK(settings.silent_close == wire::SilentClose::DaemonDefault);
    CHECK(settings.back_off.shortest.count() == 100);
    CHECK(settings.back_off.longest.count() == 2000);
    CHECK_FALSE(settings.require_version_3);
}

TEST_CASE("a name is 1 to 63 bytes of printable UTF-8") {
    CHECK(with([](auto& config) { config.name = nullptr; }) == VNF_HEARTBEAT_ERROR_BAD_NAME);
    CHECK(with([](auto& config) { config.name = ""; }) == VNF_HEARTBEAT_ERROR_BAD_NAME);
    CHECK(with([](auto& config) { config.name = "a\nb"; }) == VNF_HEARTBEAT_ERROR_BAD_NAME);
    CHECK(with([](auto& config) { config.name = "\xff"; }) == VNF_HEARTBEAT_ERROR_BAD_NAME);
    const std::string longest(63, 'n');
    const std::string too_long(64, 'n');
    CHECK(with([&](auto& config) { config.name = longest.c_str(); }) == VNF_HEARTBEAT_OK);
    CHECK(with([&](auto& config) { config.name = too_long.c_str(); }) == VNF_HEARTBEAT_ERROR_BAD_NAME);
}

TEST_CASE("a socket path is absolute and fits a socket's address") {
    const std::string longest = "/" + std::string(106, 'p');
    const std::string too_long = longest + "p";
    CHECK(with([](auto& config) { config.socket_path = ""; }) == VNF_HEARTBEAT_ERROR_BAD_SOCKET_PATH);
    CHECK(with([](auto& config) { config.socket_path = "api"; }) == VNF_HEARTBEAT_ERROR_BAD_SOCKET_PATH);
    CHECK(with([&](auto& config) { config.socket_path = longest.c_str(); }) == VNF_HEARTBEAT_OK);
    CHECK(with([&](auto& config) { config.socket_path = too_long.c_str(); }) ==
          VNF_HEARTBEAT_ERROR_BAD_SOCKET_PATH);
}

TEST_CASE("the socket's path comes from the call, else the environment, else the old SDK") {
    Settings settings;
    vnf_heartbeat_config config = valid_config();
    config.socket_path = nullptr;
    ::unsetenv("VNF_HEARTBEAT_SOCKET");
    libheartbeat::parse_settings(config, settings);
    CHECK(settings.socket_path == "/var/run/.guest_heartbeat_api");
    ::setenv("VNF_HEARTBEAT_SOCKET", "/run/other", 1);
    libheartbeat::parse_settings(config, settings);
    CHECK(settings.socket_path == "/run/other");
    libheartbeat::parse_settings(valid_config(), settings);
    CHECK(settings.socket_path == "/tmp/nobody-listens");
    ::unsetenv("VNF_HEARTBEAT_SOCKET");
}

TEST_CASE("each number out of range is refused by its own error") {
    CHECK(with([](auto& config) { config.interval_ms = 9; }) == VNF_HEARTBEAT_ERROR_BAD_INTERVAL);
    CHECK(with([](auto& config) { config.interval_ms = 10; }) == VNF_HEARTBEAT_OK);
    CHECK(with([](auto& config) { config.interval_ms = 60000; }) == VNF_HEARTBEAT_OK);
    CHECK(with([](auto& config) { config.interval_ms = 60001; }) == VNF_HEARTBEAT_ERROR_BAD_INTERVAL);
    CHECK(with([](auto& config) { config.vote_ms = 600001; }) == VNF_HEARTBEAT_ERROR_BAD_TIMEOUT);
    CHECK(with([](auto& config) { config.shutdown_notice_ms = 600001; }) == VNF_HEARTBEAT_ERROR_BAD_TIMEOUT);
    CHECK(with([](auto& config) { config.suspend_notice_ms = 600001; }) == VNF_HEARTBEAT_ERROR_BAD_TIMEOUT);
    CHECK(with([](auto& config) { config.resume_notice_ms = 600001; }) == VNF_HEARTBEAT_ERROR_BAD_TIMEOUT);
    CHECK(with([](auto& config) { config.back_off_max_ms = 60001; }) == VNF_HEARTBEAT_ERROR_BAD_BACK_OFF);
    CHECK(with([](auto& config) { config.back_off_min_ms = 3000; }) == VNF_HEARTBEAT_OK);
    CHECK(with([](auto& config) { config.back_off_max_ms = 50; }) == VNF_HEARTBEAT_OK);
    CHECK(with([](auto& config) {
              config.back_off_min_ms = 51;
              config.back_off_max_ms = 50;
          }) == VNF_HEARTBEAT_ERROR_BAD_BACK_OFF);
}

TEST_CASE("a choice outside its enumeration is an invalid argument") {
    CHECK(with([](auto& config) { config.corrective_action = 5; }) == VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT);
    CHECK(with([](auto& config) { config.corrective_action = -1; }) == VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT);
    CHECK(with([](auto& config) { config.silent_close = 3; }) == VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT);
    CHECK(with([](auto& config) { config.require = 2; }) == VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT);
    CHECK(with([](auto& config) { config.reserved = 1; }) == VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT);
}

TEST_CASE("a struct of an older or newer header is told by its size") {
    CHECK(with([](auto& config) { config.size = 0; }) == VNF_HEARTBEAT_ERROR_STRUCT_SIZE);
    CHECK(with([](auto& config) { --config.size; }) == VNF_HEARTBEAT_ERROR_STRUCT_SIZE);
    CHECK(with([](auto& config) { config.size = 1U << 31U; }) == VNF_HEARTBEAT_ERROR_STRUCT_SIZE);
    struct Newer {
        vnf_heartbeat_config known;
        std::uint64_t unknown;
    } newer{valid_config(), 0};
    newer.known.size = sizeof newer;
    CHECK(open_error(newer.known) == VNF_HEARTBEAT_OK);
    newer.unknown = 1;
    CHECK(open_error(newer.known) == VNF_HEARTBEAT_ERROR_STRUCT_SIZE);
}

TEST_CASE("null pointers and callbacks of the wrong size are refused by every function") {
    const vnf_heartbeat_config config = valid_config();
    vnf_heartbeat* handle = nullptr;
    vnf_heartbeat_callbacks callbacks{};
    std::uint32_t left = 0;
    vnf_heartbeat_state_info info{};
    CHECK(vnf_heartbeat_open(nullptr, nullptr, nullptr, &handle) == VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_heartbeat_open(&config, nullptr, nullptr, nullptr) == VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_heartbeat_open(&config, &callbacks, nullptr, &handle) == VNF_HEARTBEAT_ERROR_STRUCT_SIZE);
    CHECK(vnf_heartbeat_close(nullptr) == VNF_HEARTBEAT_OK);
    CHECK(vnf_heartbeat_get_fd(nullptr) == -VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_heartbeat_next_timeout(nullptr) == -1);
    CHECK(vnf_heartbeat_dispatch(nullptr) == VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_heartbeat_register(nullptr) == VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_heartbeat_deregister(nullptr, "") == VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_heartbeat_report_health(nullptr, 1, 1, "") == VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_heartbeat_respond(nullptr, 1, 1, "") == VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_heartbeat_extend(nullptr, 1, 1, "") == VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_heartbeat_action_remaining(nullptr, 1, &left) == VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT);
    REQUIRE(vnf_heartbeat_open(&config, nullptr, nullptr, &handle) == VNF_HEARTBEAT_OK);
    CHECK(vnf_heartbeat_get_state(handle, nullptr) == VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_heartbeat_get_state(handle, &info) == VNF_HEARTBEAT_ERROR_STRUCT_SIZE);
    CHECK(vnf_heartbeat_action_remaining(handle, 1, nullptr) == VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT);
    vnf_heartbeat_close(handle);
}

TEST_CASE("a process without descriptors left is told so, with errno") {
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    const rlimit none{0, before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
    const vnf_heartbeat_config config = valid_config();
    vnf_heartbeat* handle = nullptr;
    const vnf_heartbeat_error error = vnf_heartbeat_open(&config, nullptr, nullptr, &handle);
    const int system_error = errno;
    ::setrlimit(RLIMIT_NOFILE, &before);
    CHECK(error == VNF_HEARTBEAT_ERROR_SYSTEM);
    CHECK(system_error == EMFILE);
    CHECK(handle == nullptr);
}

TEST_CASE("every error and every number has a text of its own, and unknown ones have one too") {
    std::vector<std::string> texts;
    for (vnf_heartbeat_error error = 0; error <= VNF_HEARTBEAT_ERROR_REFUSED; ++error)
        texts.emplace_back(vnf_heartbeat_strerror(error));
    std::sort(texts.begin(), texts.end());
    CHECK(std::adjacent_find(texts.begin(), texts.end()) == texts.end());
    CHECK(std::string(vnf_heartbeat_strerror(VNF_HEARTBEAT_ERROR_REFUSED + 1)) == "unknown error");
    CHECK(std::string(vnf_heartbeat_strerror(-1)) == "unknown error");
    CHECK(std::string(vnf_heartbeat_event_name(9)) == "live_migrate_begin");
    CHECK(std::string(vnf_heartbeat_event_name(-1)) == "unknown");
    CHECK(std::string(vnf_heartbeat_corrective_action_name(2)) == "reboot");
    CHECK(std::string(vnf_heartbeat_notification_name(1)) == "revocable");
    CHECK(std::string(vnf_heartbeat_vote_name(0)) == "later");
    CHECK(std::string(vnf_heartbeat_vote_name(3)) == "complete");
    CHECK(std::string(vnf_heartbeat_cancel_reason_name(2)) == "deadline_passed");
    CHECK(std::string(vnf_heartbeat_cancel_reason_name(256)) == "connection_lost");
    CHECK(std::string(vnf_heartbeat_cancel_reason_name(257)) == "superseded");
    CHECK(std::string(vnf_heartbeat_cancel_reason_name(99)) == "unknown");
    CHECK(std::string(vnf_heartbeat_state_name(4)) == "deregistered");
    CHECK(std::string(vnf_heartbeat_state_name(9)) == "unknown");
    CHECK(std::string(vnf_heartbeat_version()) == "0.1.0");
    CHECK(vnf_heartbeat_version_number() == 0x000100);
}
