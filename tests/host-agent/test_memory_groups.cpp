// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The conformance suite's engine in memory: one agent, whose loop is a list of tasks.
#include <catch2/catch.hpp>

#include <deque>

#include "host-agent/memory_group_service.hpp"
#include "tests/host-agent/group_conformance.hpp"

namespace vnf::host {
namespace {

class MemoryEngine final : public GroupEngine {
  public:
    std::size_t hosts() const override { return 1; }
    GroupService& host(std::size_t) override { return service_; }
    bool until(const std::function<bool()>& happened) override {
        // Everything is done in one turn; a second look is for what that turn began.
        for (int turn = 0; turn < 4; ++turn) {
            if (happened())
                return true;
            run();
        }
        return false;
    }
    bool lose_messages(const std::string&) override { return false; }

  private:
    void run() {
        const auto tasks = std::exchange(tasks_, {});
        for (const auto& task : tasks)
            task();
    }

    std::deque<std::function<void()>> tasks_;
    MemoryGroupService service_{[this](std::function<void()> task) {
        tasks_.push_back(std::move(task));
    }};
};

TEST_CASE("What a service still had to say is forgotten with it") {
    std::deque<std::function<void()>> tasks;
    Mailbox box;
    {
        MemoryGroupService service(
            [&tasks](std::function<void()> task) { tasks.push_back(std::move(task)); });
        const auto name = wire::SourceInstance::of("vm1").value();
        service.join("g", name, entry_of("vm1", "active"), notice_of("joined", "vm1"), box);
        const MemberKey key =
            service.join("g", name, entry_of("vm1", "active"), notice_of("joined", "vm1"), box);
        service.status(key, [](const GroupService::Status&) { FAIL("answered by nobody"); });
    }
    for (const auto& task : tasks)
        task();
    CHECK(box.lost.empty());
}

TEST_CASE("A message for many is encoded once") {
    const GroupMail mail(wire::GroupBroadcast{"vm1", "x"});
    CHECK(&mail.port_line() == &mail.port_line());
    CHECK(mail.port_line() ==
          "\n{\"data\":{\"version\":2,\"msg_type\":\"broadcast\",\"source_instance\":\"vm1\",\"data\":\"x\"},"
          "\"version\":2,\"dest_addr\":\"cgcs.server_grp\",\"source_addr\":\"cgcs.server_grp\"}\n");
}

}  // namespace

std::unique_ptr<GroupEngine> make_group_engine() {
    return std::make_unique<MemoryEngine>();
}

}  // namespace vnf::host
