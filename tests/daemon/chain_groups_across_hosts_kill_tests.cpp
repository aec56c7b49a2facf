// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One server group on two hosts with one etcd, and a host-agent killed around each commit and around each delivery. It
// is back before its lease ends, so that nobody is told of a loss.
//
// What nobody can tell: a broadcast that the dead had taken and not committed is unknown to the other host. Its sender is
// told that the link broke. Members on the dead one's host may have heard it: they don't wait for etcd.
#include <catch2/catch.hpp>

#include "host-agent/etcd/etcd_messages.hpp"
#include "tests/daemon/group_chain.hpp"
#include "tests/daemon/group_stream.hpp"
#include "tests/harness/kill_point.hpp"
#include "tests/harness/own_network.hpp"
#include "tests/host-agent/etcd_cluster.hpp"

namespace vnf::test {
namespace {

using Names = std::vector<std::string>;
using Call = KillPlan::Call;
using When = KillPlan::When;

const std::string one = "instance-00000001", two = "instance-00000002", three = "instance-00000003";
/// What only a commit, its answer, and an event of the watch have in them.
const std::string commit = "/v3/kv/txn", answer = "\"succeeded\"", event = "\"events\"";

/// The left host has two members, the right one the third.
class TwoHosts {
  public:
    const host::EtcdCluster etcd{1};
    KillPoint left_point, right_point;
    GroupChain left{
        {.groups = {"g", "g"}, .settings = settings("left"), .agent_environment = left_point.environment()}};
    GroupChain right{{.groups = {"g"},
                      .settings = settings("right"),
                      .first = 3,
                      .agent_environment = right_point.environment()}};
    const std::unique_ptr<GroupApplication> first = left[0].application(), second = left[1].application(),
                                            third = right[0].application();

    TwoHosts() { await_members(); }

    void until(const std::function<bool()>& condition, std::string_view what) {
        left.stage.until(
            [&] {
                right.stage.settle();
                return condition();
            },
            what);
    }
    void await_members() {
        await_members(left.stage, *first);
        await_members(left.stage, *second);
        await_members(right.stage, *third);
    }
    void forget() {
        for (GroupApplication* application : {first.get(), second.get(), third.get()})
            application->forget();
    }
    /// Whether etcd has what a member said, until its host's next commit overwrites it.
    bool is_in_etcd(const std::string& text) const {
        const auto all = host::parse_etcd_keys(
            etcd.ask("kv/range", host::encode(host::EtcdRange{"/", host::end_of_prefix("/"), 0, 0})));
        REQUIRE(all);
        return std::any_of(all->keys.begin(), all->keys.end(), [&text](const host::EtcdKey& key) {
            return key.value.find(text) != std::string::npos;
        });
    }
    void await_kill(
        GroupChain& chain, const std::function<void()>& meanwhile = [] {}) {
        const auto dead = [&] {
            meanwhile();
            return !chain.agent.process().running();
        };
        until(dead, "the kill");
        CHECK(chain.agent.process().wait() == ExitStatus{true, SIGKILL});
    }
    /// The dead one is back as soon as its members know of its death.
    void come_back(GroupChain& chain) {
        const auto members = members_of(chain);
        for (GroupApplication* member : members)
            member->await(VNF_SG_STATE_NO_LINK);
        left_point.cancel();
        right_point.cancel();
        chain.agent.restart();
        for (GroupApplication* member : members)
            member->await();
        await_members();
    }
    void check_told(const GroupChain& dead) {
        const auto concerned = members_of(dead);
        for (GroupApplication* application : {first.get(), second.get(), third.get()}) {
            if (std::find(concerned.begin(), concerned.end(), application) != concerned.end()) {
                CHECK(application->states ==
                      std::vector<vnf_sg_state>{VNF_SG_STATE_NO_LINK, VNF_SG_STATE_LINKED});
                CHECK(application->gaps.size() >= 1);
            } else {
                CHECK(application->states.empty());
                CHECK(application->unsent_in_all() == 0);
            }
            CHECK(application->failed.empty());
            CHECK(application->count_cause("host_lost") == 0);
            CHECK(application->refusals.empty());
        }
    }

  private:
    std::string settings(const std::string& host) const {
        return "  broadcasts_per_s: 100000\n  engine: etcd\n  etcd: {endpoints: [" + etcd.endpoint(0) +
               "], host: " + host + ", lease_s: 30}\n";
    }
    std::vector<GroupApplication*> members_of(const GroupChain& chain) const {
        return &chain == &right ? std::vector{third.get()} : std::vector{first.get(), second.get()};
    }
    static void await_members(Stage& stage, GroupApplication& asker) {
        stage.until(
            [&] {
                const HeardStatus status = asker.status();
                return status.complete && status.members == Names{one, two, three};
            },
            "all members");
    }
};

/// One broadcast of the left host, whose agent dies by the plan, and one after it. Whether etcd had the first.
bool kill_in_commit(TwoHosts& hosts, GroupStream& stream, const KillPlan& plan) {
    INFO(plan);
    hosts.forget();
    stream.begin_round();
    const std::string text = stream.next_text();
    hosts.left_point.plan(plan);
    REQUIRE(stream.say_next() == VNF_SG_OK);
    hosts.await_kill(hosts.left);
    const bool was_in_etcd = hosts.is_in_etcd(text);
    hosts.come_back(hosts.left);
    REQUIRE(stream.say_next() == VNF_SG_OK);
    hosts.until([&] { return stream.last_heard_by(*hosts.second) && stream.last_heard_by(*hosts.third); },
                "the next one");
    const std::size_t lost = stream.lost_to(*hosts.third);
    // What was written and not there yet etcd may still do, or drop, as its client has gone.
    const bool may_come_later = plan.call == Call::Write && plan.when == When::After;
    if (was_in_etcd || !may_come_later)
        CHECK(lost == (was_in_etcd ? 0 : 1));
    CHECK((stream.lost_to(*hosts.second) == 0 || !was_in_etcd));
    hosts.check_told(hosts.left);
    CHECK(hosts.third->gaps.empty());
    return was_in_etcd;
}

TEST_CASE("host-agent killed around each step of a commit: the other host hears it once if etcd has it") {
    if (!enter_own_network())
        return;
    TwoHosts hosts;
    GroupStream stream(*hosts.first, one, "number");
    CHECK_FALSE(kill_in_commit(hosts, stream, {Call::Write, When::Before, 1, commit}));
    kill_in_commit(hosts, stream, {Call::Write, When::After, 1, commit});
    // The other host may hear a broadcast before its own agent has the answer, so that the answer at which it dies can
    // be that of an earlier commit.
    for (const When when : {When::Before, When::After}) {
        int attempts = 1;
        while (!kill_in_commit(hosts, stream, {Call::Read, when, 1, answer}))
            REQUIRE(++attempts <= 10);
    }
}

TEST_CASE("host-agent killed around each step of a delivery from etcd: it is heard once if it was written") {
    if (!enter_own_network())
        return;
    TwoHosts hosts;
    GroupStream stream(*hosts.first, one, "number");
    for (const When when : {When::Before, When::After})
        for (const Call call : {Call::Read, Call::Write}) {
            const KillPlan plan{call, when, 1, call == Call::Read ? event : stream.next_text()};
            INFO(plan);
            hosts.forget();
            stream.begin_round();
            hosts.right_point.plan(plan);
            REQUIRE(stream.say_next() == VNF_SG_OK);
            hosts.await_kill(hosts.right);
            hosts.come_back(hosts.right);
            REQUIRE(stream.say_next() == VNF_SG_OK);
            hosts.until(
                [&] { return stream.last_heard_by(*hosts.second) && stream.last_heard_by(*hosts.third); },
                "the next one");
            const bool was_out = call == Call::Write && when == When::After;
            CHECK(stream.lost_to(*hosts.third) == (was_out ? 0 : 1));
            CHECK(stream.lost_to(*hosts.second) == 0);
            hosts.check_told(hosts.right);
        }
}

/// Streams in both directions, and the left agent dies.
void kill_in_traffic(TwoHosts& hosts, GroupStream& there, GroupStream& back, const KillPlan& plan) {
    INFO(plan);
    hosts.forget();
    there.begin_round();
    back.begin_round();
    hosts.left_point.plan(plan);
    hosts.await_kill(hosts.left, [&] {
        there.keep_going(*hosts.third);
        back.keep_going(*hosts.first);
    });
    hosts.come_back(hosts.left);
    REQUIRE(there.say_next() == VNF_SG_OK);
    REQUIRE(back.say_next() == VNF_SG_OK);
    const auto all_heard = [&] {
        return there.last_heard_by(*hosts.second) && there.last_heard_by(*hosts.third) &&
               back.last_heard_by(*hosts.first) && back.last_heard_by(*hosts.second);
    };
    hosts.until(all_heard, "everybody to go on");
    CHECK(hosts.first->unsent_in_all() <= there.lost_to(*hosts.third));
    there.lost_to(*hosts.second);
    back.lost_to(*hosts.first);
    back.lost_to(*hosts.second);
    hosts.check_told(hosts.left);
}

TEST_CASE(
    "host-agent on etcd killed around its n-th commit, event or other call: order kept, nothing twice") {
    if (!enter_own_network())
        return;
    TwoHosts hosts;
    GroupStream there(*hosts.first, one, "there"), back(*hosts.third, three, "back");
    for (const When when : {When::Before, When::After}) {
        for (unsigned number = 1; number <= 6; ++number) {
            kill_in_traffic(hosts, there, back, {Call::Write, when, number, commit});
            kill_in_traffic(hosts, there, back, {Call::Read, when, number, answer});
            kill_in_traffic(hosts, there, back, {Call::Read, when, number, event});
        }
        for (unsigned number = 1; number <= 16; ++number) {
            kill_in_traffic(hosts, there, back, {Call::Read, when, number, {}});
            kill_in_traffic(hosts, there, back, {Call::Write, when, number, {}});
        }
    }
}

}  // namespace
}  // namespace vnf::test
