// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the shared libraries export and need, as the loader sees it.

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <fstream>
#include <memory>
#include <regex>
#include <set>
#include <sstream>

#include "compat_paths.hpp"

namespace {

std::string output_of(const std::string& command) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), &::pclose);
    REQUIRE(pipe);
    std::string all;
    std::array<char, 4096> buffer;
    for (std::size_t count = 0; (count = ::fread(buffer.data(), 1, buffer.size(), pipe.get())) > 0;)
        all.append(buffer.data(), count);
    return all;
}

std::string library(const std::string& name) {
    std::string path(shim_directory);
    path.append("/").append(name);
    return path;
}

/// "name" or "name@@VERSION", each with its type letter: "T name".
std::set<std::string> exports(const std::string& name) {
    std::istringstream lines(output_of("nm -D --defined-only " + library(name)));
    std::set<std::string> found;
    std::string address;
    std::string type;
    std::string symbol;
    while (lines >> address >> type >> symbol)
        found.insert(type + " " + symbol);
    return found;
}

std::string dynamic_section(const std::string& name) {
    return output_of("readelf -dW " + library(name));
}

std::set<std::string> functions(const std::string& prefix, std::initializer_list<const char*> names,
                                const std::string& suffix = "") {
    std::set<std::string> all;
    for (const char* name : names)
        all.insert("T " + prefix + name + suffix);
    return all;
}

/// Every function that a public header declares with this macro and prefix.
std::set<std::string> declared_functions(const std::string& file, const std::string& macro,
                                         const std::string& prefix, const std::string& suffix) {
    std::ifstream header(std::string(source_directory) + "/" + file);
    std::stringstream text;
    text << header.rdbuf();
    const std::string content = text.str();
    const std::regex declaration(macro + R"(\s+[\w\s]+?\*?\s*()" + prefix + R"(\w+)\()");
    std::set<std::string> all;
    for (std::sregex_iterator one(content.begin(), content.end(), declaration), end; one != end; ++one)
        all.insert("T " + one->str(1) + suffix);
    return all;
}

}  // namespace

TEST_CASE("libguest_heartbeat_api.so.3 exports the old functions and nothing else") {
    CHECK(exports("libguest_heartbeat_api.so.3") ==
          functions("guest_heartbeat_api_",
                    {"initialize", "finalize", "register", "deregister", "send_action_response", "dispatch",
                     "get_selobj", "action_str", "event_str", "notify_str", "vote_result_str"}));
}

TEST_CASE("libguest_common_api.so.3 exports the old functions that applications use and nothing else") {
    std::set<std::string> expected = functions(
        "guest_api_debug_", {"initialize", "finalize", "set_log_level", "want_log", "log", "log_level_str"});
    expected.insert("T guest_api_error_str");
    CHECK(exports("libguest_common_api.so.3") == expected);
}

TEST_CASE("libheartbeat.so.1 exports what its header declares, in one version node, and nothing else") {
    std::set<std::string> expected = declared_functions(
        "libheartbeat/include/vnf/heartbeat.h", "VNF_HEARTBEAT_API", "vnf_heartbeat_", "@@LIBHEARTBEAT_0.1");
    CHECK(expected.size() == 21);
    expected.insert("A LIBHEARTBEAT_0.1");
    CHECK(exports("libheartbeat.so.1") == expected);
}

TEST_CASE("libservergroup.so.2 exports the old five functions, what its header declares, and nothing else") {
    const std::string node = "@@LIBSERVERGROUP_0.1";
    std::set<std::string> expected =
        declared_functions("libservergroup/include/vnf/servergroup.h", "VNF_SG_API", "vnf_sg_", node);
    CHECK(expected.size() == 14);
    expected.merge(functions(
        "", {"init_sg", "process_sg_msg", "sg_msg_broadcast", "sg_request_status", "sg_get_error"}, node));
    expected.insert("A LIBSERVERGROUP_0.1");
    CHECK(exports("libservergroup.so.2") == expected);
}

TEST_CASE("libguestscale.so.1 exports what its header declares, in one version node, and nothing else") {
    std::set<std::string> expected = declared_functions("libguestscale/include/vnf/guestscale.h",
                                                        "VNF_GS_API", "vnf_gs_", "@@LIBGUESTSCALE_0.1");
    CHECK(expected.size() == 16);
    expected.insert("A LIBGUESTSCALE_0.1");
    CHECK(exports("libguestscale.so.1") == expected);
}

TEST_CASE("each library has its SONAME and needs nothing of Boost") {
    const auto name = GENERATE("libheartbeat.so.1", "libservergroup.so.2", "libguestscale.so.1",
                               "libguest_heartbeat_api.so.3", "libguest_common_api.so.3");
    const std::string section = dynamic_section(name);
    CHECK_THAT(section, Catch::Contains("Library soname: [" + std::string(name) + "]"));
    CHECK_THAT(section, !Catch::Contains("boost"));
    CHECK_THAT(output_of("nm -C " + library(name)), !Catch::Contains("boost::"));
}

TEST_CASE("no library can ask for an executable stack or text relocations") {
    const auto name = GENERATE("libheartbeat.so.1", "libservergroup.so.2", "libguestscale.so.1",
                               "libguest_heartbeat_api.so.3", "libguest_common_api.so.3");
    CHECK_THAT(dynamic_section(name), !Catch::Contains("TEXTREL"));
    CHECK_THAT(output_of("readelf -lW " + library(name) + " | grep GNU_STACK"), !Catch::Contains("RWE"));
}
