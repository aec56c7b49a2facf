// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The old functions in several threads of one process. What they do in one is tests/compat's, with a binary of the old
// library.

#include <cgcs/server_group.h>
#include <poll.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <string>
#include <thread>
#include <vector>

#include "scripted_agent.hpp"
#include "tests/harness/own_network.hpp"

using namespace vnf;

namespace {

int heard = 0;

void on_broadcast(char*, void*, unsigned short) {
    ++heard;
    sg_request_status();
}

}  // namespace

TEST_CASE("B-24: the old functions may be called from several threads, and each has its own last error") {
    if (!harness::enter_own_network())
        return;
    constexpr int messages = 200;
    const test::AbstractSocket agent("cgcs.messaging");
    const int fd = init_sg(on_broadcast, nullptr, nullptr);
    REQUIRE(fd >= 0);
    std::atomic<bool> stop{false};
    std::vector<std::thread> threads;
    std::atomic<int> wrong_texts{0};
    for (int number = 0; number < 2; ++number)
        threads.emplace_back([&stop, &wrong_texts] {
            while (!stop) {
                sg_msg_broadcast(nullptr, 0);
                wrong_texts += std::string(sg_get_error()) == "no message to broadcast" ? 0 : 1;
                std::string text = "text";
                sg_msg_broadcast(text.data(), 0);
                std::this_thread::yield();
            }
        });
    const std::string data = R"({"version":2,"msg_type":"broadcast","source_instance":"i","data":"x"})";
    while (heard < messages) {
        while (agent.receive()) {
        }
        agent.send_to("cgcs.server_grp", test::delivery(data));
        pollfd waiting{fd, POLLIN, 0};
        REQUIRE(::poll(&waiting, 1, 20000) == 1);
        process_sg_msg();
    }
    stop = true;
    for (std::thread& thread : threads)
        thread.join();
    CHECK(wrong_texts == 0);
}
