// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Groups on an etcd that is killed, stopped, cut off, compacted, full, wiped: no duplicate, every gap told, members
// converge. Agents that end in the middle are former runs of their host.
#include <catch2/catch.hpp>

#include "tests/host-agent/etcd_stage.hpp"

using namespace vnf;
using namespace vnf::host;

namespace {

std::vector<std::string> numbered(const std::string& from, std::size_t first, std::size_t end) {
    std::vector<std::string> texts;
    for (std::size_t i = first; i < end; ++i)
        texts.push_back(from + ": " + std::to_string(i));
    return texts;
}

void send(TestMember& from, std::size_t first, std::size_t end) {
    for (std::size_t i = first; i < end; ++i)
        from.broadcast(std::to_string(i));
}

/// Two members, "a" on host 0 and "b" on host 1, who know each other; and what has been told so far is forgotten.
struct Pair {
    explicit Pair(EtcdStage& with) : stage(with), a(with, 0, "g", "a"), b(with, 1, "g", "b") {
        REQUIRE(a.sees(2));
        REQUIRE(b.sees(2));
        a.box->notified.clear();
        b.box->notified.clear();
    }
    bool b_lost_a() const {
        return stage.until([this] { return !b.box->notified.empty(); });
    }
    EtcdStage& stage;
    TestMember a, b;
};

std::string lost_notice(const std::string& name) {
    return lost_body(entry_of(name, "active"), {}).text();
}

bool unreachable(EtcdStage& stage, std::size_t which) {
    return stage.until([&stage, which] { return !stage.service(which).session().is_live(); });
}

}  // namespace

TEST_CASE(
    "etcd killed and started again: what was accepted arrives once and in order, and no member is lost") {
    EtcdCluster cluster(1);
    EtcdStage stage(cluster, 2);
    Pair pair(stage);
    send(pair.a, 0, 50);
    cluster.kill(0);
    REQUIRE(unreachable(stage, 0));
    cluster.start(0);
    send(pair.a, 50, 100);
    REQUIRE(pair.b.hears(100));
    send(pair.b, 0, 1);
    REQUIRE(pair.a.hears(1));
    CHECK(pair.b.box->heard == numbered("a", 0, 100));
    CHECK(pair.b.box->gaps.empty());
    CHECK(pair.a.sees(2));
    CHECK(pair.b.box->lost.empty());
}

TEST_CASE("One of three nodes killed, its agent goes on at another one") {
    EtcdCluster cluster(3);
    EtcdStage stage(cluster, 2);
    stage.settings(0).endpoints = cluster.endpoints();
    stage.crash(0);
    stage.begin(0);
    REQUIRE(stage.all_live());
    Pair pair(stage);
    send(pair.a, 0, 20);
    cluster.kill(0);
    send(pair.a, 20, 40);
    REQUIRE(pair.b.hears(40));
    CHECK(pair.b.box->heard == numbered("a", 0, 40));
    CHECK(pair.b.box->gaps.empty());
    CHECK(pair.a.sees(2));
}

TEST_CASE(
    "A stopped etcd is a slow one: senders are told when it takes too long, and nothing is lost or doubled") {
    EtcdCluster cluster(1);
    EtcdStage stage(cluster, 2);
    Pair pair(stage);
    send(pair.a, 0, 10);
    cluster.pause(0);
    send(pair.a, 10, 20);
    const auto refused = [&pair] {
        return pair.a.service.broadcast(pair.a.key,
                                        std::get<wire::BroadcastText>(wire::BroadcastText::of("no"))) ==
               GroupSending::Unavailable;
    };
    // What is taken until then is queued, and arrives too.
    std::size_t taken = 0;
    REQUIRE(stage.until([&] { return refused() || (++taken, false); }));
    CHECK(stage.service(0).engine().find("etcd: unreachable since") == 0);
    cluster.go_on(0);
    REQUIRE(stage.all_live());
    send(pair.a, 20, 30);
    REQUIRE(pair.b.hears(30 + taken));
    std::vector<std::string> numbers;
    for (const std::string& one : pair.b.box->heard)
        if (one != "a: no")
            numbers.push_back(one);
    CHECK(numbers == numbered("a", 0, 30));
    CHECK(pair.b.box->heard.size() == 30 + taken);
    CHECK(pair.b.box->gaps.empty());
}

TEST_CASE("A host that is cut off hears afterwards what was said meanwhile, once and in order") {
    EtcdCluster cluster(1);
    EtcdStage stage(cluster, 2);
    Pair pair(stage);
    send(pair.a, 0, 10);
    REQUIRE(pair.b.hears(10));
    stage.wire(1).cut();
    send(pair.a, 10, 60);
    REQUIRE(stage.until([&stage] { return stage.service(0).settled(); }));
    stage.wire(1).mend();
    REQUIRE(pair.b.hears(60));
    CHECK(pair.b.box->heard == numbered("a", 0, 60));
    CHECK(pair.b.box->gaps.empty());
    CHECK(pair.b.box->lost.empty());
}

TEST_CASE(
    "A partition longer than the lease: the others lose its members once, and have them again afterwards") {
    EtcdCluster cluster(1);
    EtcdStage stage(cluster, 2);
    Pair pair(stage);
    const bool silent = GENERATE(false, true);
    silent ? stage.wire(0).silence() : stage.wire(0).cut();
    REQUIRE(pair.b_lost_a());
    CHECK(pair.b.box->notified == std::vector{lost_notice("a")});
    CHECK(pair.b.sees(1));
    pair.a.change("paused");
    stage.wire(0).mend();
    REQUIRE(pair.b.sees(2));
    REQUIRE(pair.a.sees(2));
    REQUIRE(pair.b.is_notified(3));
    CHECK(pair.b.box->notified[1] == notice_of("joined", "a").text());
    CHECK(pair.b.box->notified[2] == notice_of("paused", "a").text());
    CHECK(pair.b.status() == std::vector{entry_of("a", "paused").text(), entry_of("b", "active").text()});
    CHECK(pair.b.box->notified.size() == 3);
    CHECK(pair.a.box->lost.empty());
}

TEST_CASE("A name that was taken during a partition is lost to the one that was cut off") {
    EtcdCluster cluster(1);
    EtcdStage stage(cluster, 2);
    Pair pair(stage);
    stage.wire(0).cut();
    REQUIRE(pair.b_lost_a());
    TestMember other(stage, 1, "g", "a");
    REQUIRE(stage.until([&stage] { return stage.service(1).settled(); }));
    stage.wire(0).mend();
    REQUIRE(stage.until([&pair] { return !pair.a.box->lost.empty(); }));
    CHECK(pair.a.box->lost == std::vector<std::string>{"name taken on host host1"});
    CHECK(other.box->lost.empty());
    CHECK(pair.b.sees(2));
}

TEST_CASE("An agent that ends before its members left: the others hear once that they are lost") {
    EtcdCluster cluster(1);
    EtcdStage stage(cluster, 2);
    Mailbox box;
    TestMember b(stage, 1, "g", "b");
    const auto name = wire::SourceInstance::of("a").value();
    stage.service(0).join("g", name, entry_of("a", "active"), notice_of("joined", "a"), box);
    REQUIRE(b.is_notified(1));
    const bool before_commit = GENERATE(true, false);
    const MemberKey c = stage.service(0).join("g", wire::SourceInstance::of("c").value(),
                                              entry_of("c", "active"), notice_of("joined", "c"), box);
    stage.service(0).broadcast(c, std::get<wire::BroadcastText>(wire::BroadcastText::of("last words")));
    if (!before_commit)
        REQUIRE(stage.until([&stage] { return stage.service(0).settled(); }));
    stage.crash(0);
    const std::size_t told = before_commit ? 2 : 4;
    REQUIRE(b.is_notified(told));
    REQUIRE(b.sees(1));
    CHECK(b.box->notified[0] == notice_of("joined", "a").text());
    CHECK(std::count(b.box->notified.begin(), b.box->notified.end(), lost_notice("a")) == 1);
    CHECK(std::count(b.box->notified.begin(), b.box->notified.end(), lost_notice("c")) ==
          (before_commit ? 0 : 1));
    CHECK(b.box->heard.size() == (before_commit ? 0 : 1));
    CHECK(b.box->gaps.empty());
    CHECK(stage.until([&stage] { return stage.keys().size() == 4; }));  // store, host1, member b, its mail
}

TEST_CASE("An agent that comes back within its lease takes its members over, and nobody hears of a loss") {
    EtcdCluster cluster(1);
    EtcdStage stage(cluster, 2);
    Pair pair(stage);
    send(pair.a, 0, 3);
    REQUIRE(pair.b.hears(3));
    pair.a.abandoned = true;
    stage.crash(0);
    stage.begin(0);
    Mailbox box;
    GroupService& again = stage.service(0);
    const auto name = wire::SourceInstance::of("a").value();
    const MemberKey key = again.join("g", name, entry_of("a", "again"), notice_of("back", "a"), box);
    REQUIRE(pair.b.is_notified(1));
    CHECK(pair.b.box->notified == std::vector{notice_of("back", "a").text()});
    REQUIRE(stage.until([&] {
        return again.broadcast(key, std::get<wire::BroadcastText>(wire::BroadcastText::of("3"))) ==
               GroupSending::Accepted;
    }));
    REQUIRE(pair.b.hears(4));
    CHECK(pair.b.box->heard == numbered("a", 0, 4));
    CHECK(pair.b.box->gaps.empty());
    CHECK(box.lost.empty());
    // The former run's lease ends: what it left is ours by then.
    const auto hosts = [&stage] {
        const auto keys = stage.keys();
        return std::count_if(keys.begin(), keys.end(), [](const EtcdKey& one) {
            return one.key.find("/mail/host0") != std::string::npos || one.key.ends_with("/members/a");
        });
    };
    CHECK(hosts() == 2);
    CHECK(pair.b.sees(2));
    again.leave(key, notice_of("left", "a"));
    CHECK(pair.b.is_notified(2));
}

TEST_CASE(
    "History compacted behind a watcher: each gap is told with its size, and members are what they are") {
    EtcdCluster cluster(1);
    EtcdStage stage(cluster, 2);
    Pair pair(stage);
    TestMember gone(stage, 0, "g", "gone"), lost_farewell(stage, 0, "g", "quiet");
    REQUIRE(pair.b.sees(4));
    send(pair.a, 0, 5);
    REQUIRE(pair.b.hears(5));
    pair.b.box->notified.clear();
    stage.wire(1).cut();
    // Each in a transaction of its own, so that all but the last are history.
    for (std::size_t i = 5; i < 9; ++i) {
        send(pair.a, i, i + 1);
        REQUIRE(stage.until([&stage] { return stage.service(0).settled(); }));
    }
    lost_farewell.leave();
    REQUIRE(stage.until([&stage] { return stage.service(0).settled(); }));
    gone.leave();
    REQUIRE(stage.until([&stage] { return stage.service(0).settled(); }));
    cluster.compact();
    stage.wire(1).mend();
    REQUIRE(pair.b.sees(2));
    send(pair.a, 9, 12);
    REQUIRE(pair.b.hears(8));
    std::vector<std::string> wanted = numbered("a", 0, 5);
    for (const std::string& one : numbered("a", 9, 12))
        wanted.push_back(one);
    CHECK(pair.b.box->heard == wanted);
    CHECK(pair.b.box->gaps == std::vector<std::uint32_t>{5});  // four broadcasts and a farewell
    std::vector<std::string> told = pair.b.box->notified;
    std::sort(told.begin(), told.end());
    std::vector<std::string> notices{notice_of("left", "gone").text(), lost_notice("quiet")};
    std::sort(notices.begin(), notices.end());
    CHECK(told == notices);
}

TEST_CASE(
    "etcd's data wiped: everybody is told of a gap, nobody of a loss, and all members are there again") {
    EtcdCluster cluster(1);
    EtcdStage stage(cluster, 2, [](EtcdSettings& settings) { settings.lease = std::chrono::seconds(6); });
    Pair pair(stage);
    send(pair.a, 0, 40);
    REQUIRE(pair.b.hears(40));
    // A new store that has as many revisions as the old one can't be told by their number.
    const bool grown = GENERATE(false, true);
    stage.wire(0).cut();
    stage.wire(1).cut();
    REQUIRE(unreachable(stage, 0));
    REQUIRE(unreachable(stage, 1));
    cluster.kill(0);
    cluster.wipe(0);
    cluster.start(0);
    cluster.wait_ready();
    for (int i = 0; grown && i < 200; ++i)
        cluster.ask("kv/put", encode_put({"/junk", "x", 0}));
    // The second host has read the empty store before the first one writes its member again.
    stage.wire(1).mend();
    REQUIRE(stage.until([&pair] { return !pair.b.box->gaps.empty(); }));
    CHECK(pair.b.sees(2));
    CHECK(pair.b.box->notified.empty());
    stage.wire(0).mend();
    REQUIRE(stage.all_live());
    REQUIRE(stage.until([&pair] { return !pair.a.box->gaps.empty(); }));
    REQUIRE(pair.b.is_notified(1));
    CHECK(pair.b.box->notified == std::vector{notice_of("joined", "a").text()});
    CHECK(pair.a.sees(2));
    CHECK(pair.b.sees(2));
    CHECK(stage.service(0).groups().at(0).members.size() == 2);
    send(pair.a, 40, 50);
    REQUIRE(pair.b.hears(50));
    CHECK(pair.b.box->heard == numbered("a", 0, 50));
    CHECK(stage.until([&stage] { return stage.keys().size() == 7; }));  // store, 2 hosts, 2 members, 2 mails
}

TEST_CASE("A host that is gone when etcd's data is wiped is lost when it has had a lease's time") {
    EtcdCluster cluster(1);
    EtcdStage stage(cluster, 2);
    Pair pair(stage);
    stage.wire(1).cut();
    pair.a.abandoned = true;
    stage.crash(0);
    cluster.kill(0);
    cluster.wipe(0);
    cluster.start(0);
    cluster.wait_ready();
    stage.wire(1).mend();
    REQUIRE(stage.until([&pair] { return !pair.b.box->gaps.empty(); }));
    REQUIRE(pair.b_lost_a());
    CHECK(pair.b.box->notified == std::vector{lost_notice("a")});
    CHECK(pair.b.sees(1));
}

TEST_CASE("A full etcd: senders are told, operators see it, and it goes on when there is room") {
    EtcdCluster cluster(1, {.arguments = {"--quota-backend-bytes=1000000"}});
    EtcdStage stage(cluster, 2);
    Pair pair(stage);
    const std::string junk(400000, 'x');
    for (int i = 0; i < 6; ++i)
        cluster.try_ask("kv/put", encode_put({"/junk", junk, 0}));
    TestMember& a = pair.a;
    const auto text = std::get<wire::BroadcastText>(wire::BroadcastText::of("x"));
    std::size_t taken = 0;
    REQUIRE(stage.until([&] {
        const bool told = a.service.broadcast(a.key, text) == GroupSending::Unavailable;
        taken += told ? 0 : 1;
        return told;
    }));
    CHECK(a.service.engine().find("but full") != std::string::npos);
    cluster.compact();
    cluster.try_ask("maintenance/defragment", "{}");
    const std::string alarms = cluster.ask("maintenance/alarm", R"({"action":"GET"})");
    const std::size_t member = alarms.find("\"memberID\":\"");
    REQUIRE(member != std::string::npos);
    const std::string id = alarms.substr(member + 12, alarms.find('"', member + 12) - member - 12);
    cluster.ask("maintenance/alarm", R"({"action":"DEACTIVATE","alarm":"NOSPACE","memberID":")" + id + "\"}");
    REQUIRE(pair.b.hears(taken));
    CHECK(pair.b.box->heard.size() == taken);
    CHECK(pair.b.box->gaps.empty());
    CHECK(stage.until([&a] { return a.service.engine().find("full") == std::string::npos; }));
}

TEST_CASE("A join whose answer was lost has happened once") {
    EtcdCluster cluster(1);
    EtcdStage stage(cluster, 2);
    Pair pair(stage);
    stage.wire(0).swallow_answers();
    TestMember c(stage, 0, "g", "c");
    c.broadcast("hello");
    REQUIRE(pair.b.is_notified(1));
    REQUIRE(unreachable(stage, 0));
    REQUIRE(pair.b.hears(1));
    send(pair.a, 0, 1);
    REQUIRE(pair.b.hears(2));
    CHECK(pair.b.box->notified == std::vector{notice_of("joined", "c").text()});
    CHECK(pair.b.box->heard == std::vector<std::string>{"c: hello", "a: 0"});
    CHECK(pair.b.box->gaps.empty());
    CHECK(c.box->lost.empty());
    CHECK(pair.b.sees(3));
    CHECK(stage.service(0).counters().refused_commits == 1);
}

TEST_CASE("A watch that tells nothing of what is written is given up, though its connection stays") {
    EtcdCluster cluster(1);
    EtcdStage stage(cluster, 2);
    Pair pair(stage);
    // Keep-alives go on, the watch does not.
    stage.wire(1).silence_watches();
    send(pair.a, 0, 10);
    REQUIRE(pair.b.hears(10));
    CHECK(pair.b.box->heard == numbered("a", 0, 10));
    CHECK(pair.b.box->gaps.empty());
    CHECK(pair.b.box->lost.empty());
}

TEST_CASE("A watch that ends whenever it has begun is begun anew ever more slowly, until it holds") {
    EtcdCluster cluster(1);
    EtcdStage stage(cluster, 2);
    Pair pair(stage);
    stage.wire(1).end_watches();
    send(pair.a, 0, 1);  // the first news
    const EtcdSession& session = stage.service(1).session();
    REQUIRE(stage.until([&session] { return session.failures() >= 4; }));
    stage.wire(1).mend();
    REQUIRE(stage.all_live());
    send(pair.a, 1, 5);
    REQUIRE(pair.b.hears(5));
    send(pair.b, 0, 1);
    REQUIRE(pair.a.hears(1));
    CHECK(stage.until([&session] { return session.failures() == 0; }));
    CHECK(pair.b.box->heard == numbered("a", 0, 5));
    CHECK(pair.b.box->gaps.empty());
}

TEST_CASE(
    "A slow etcd, with answers just before the deadline or just after it, costs, doubles and swaps nothing") {
    EtcdCluster cluster(1);
    EtcdStage stage(cluster, 2);
    Pair pair(stage);
    const int percent = GENERATE(75, 120);
    const auto late = stage.settings(0).deadline * percent / 100;
    for (std::size_t i = 0; i < 2; ++i)
        stage.wire(i).delay(late);
    if (percent < 100) {
        // All steps of a new connection take longer than the lease.
        stage.wire(1).cut();
        REQUIRE(unreachable(stage, 1));
        stage.wire(1).mend();
        REQUIRE(stage.all_live());
    }
    send(pair.a, 0, 20);
    send(pair.b, 0, 20);
    if (percent > 100) {
        REQUIRE(unreachable(stage, 0));
        REQUIRE(unreachable(stage, 1));
        for (std::size_t i = 0; i < 2; ++i)
            stage.wire(i).delay(std::chrono::milliseconds(0));
    }
    REQUIRE(pair.b.hears(20));
    REQUIRE(pair.a.hears(20));
    send(pair.a, 20, 40);
    REQUIRE(pair.b.hears(40));
    CHECK(pair.b.box->heard == numbered("a", 0, 40));
    CHECK(pair.a.box->heard == numbered("b", 0, 20));
    CHECK(pair.b.box->gaps.empty());
    CHECK(pair.b.box->notified.empty());
    CHECK(pair.a.box->notified.empty());
    CHECK(stage.service(0).session().is_live());
}

TEST_CASE("What etcd refuses for good: a member that can't join is told so, and all others go on") {
    EtcdCluster cluster(1, {.arguments = {"--max-request-bytes=6000"}});
    EtcdStage stage(cluster, 2);
    Pair pair(stage);
    Mailbox box;
    GroupService& service = stage.service(0);
    const auto name = wire::SourceInstance::of("large").value();
    const MemberKey key =
        service.join("g", name, entry_of("large", std::string(8000, 'x')), notice_of("joined", "large"), box);
    pair.a.broadcast("beside it");
    REQUIRE(stage.until([&box] { return !box.lost.empty(); }));
    REQUIRE(box.lost.size() == 1);
    CHECK(box.lost[0].find("etcd refuses it: ") == 0);
    REQUIRE(pair.b.hears(1));
    CHECK(service.broadcast(key, std::get<wire::BroadcastText>(wire::BroadcastText::of("x"))) ==
          GroupSending::Unavailable);
    CHECK(pair.a.sees(2));
    CHECK(pair.b.sees(2));
}

TEST_CASE("More than may wait for etcd is refused for broadcasts, and told as a gap for notifications") {
    EtcdCluster cluster(1);
    EtcdStage stage(cluster, 2);
    stage.settings(0).queue_per_member = 4;
    stage.crash(0);
    stage.begin(0);
    REQUIRE(stage.all_live());
    Pair pair(stage);
    cluster.pause(0);
    const auto text = std::get<wire::BroadcastText>(wire::BroadcastText::of("x"));
    for (int i = 0; i < 4; ++i)
        CHECK(pair.a.service.broadcast(pair.a.key, text) == GroupSending::Accepted);
    CHECK(pair.a.service.broadcast(pair.a.key, text) == GroupSending::QueueFull);
    for (int i = 0; i < 10; ++i)
        pair.a.change("state" + std::to_string(i));
    cluster.go_on(0);
    REQUIRE(pair.b.hears(4));
    REQUIRE(stage.until([&pair] { return !pair.b.box->gaps.empty(); }));
    CHECK(pair.b.box->gaps == std::vector<std::uint32_t>{10});
    CHECK(pair.b.status()[0] == entry_of("a", "state9").text());
}

TEST_CASE("A sweep removes what no lease will, and nothing else") {
    EtcdCluster cluster(1);
    EtcdStage stage(cluster, 2);
    Pair pair(stage);
    const std::size_t before = stage.keys().size();
    for (int i = 0; i < 250; ++i)
        cluster.ask("kv/put", encode_put({stage.settings(0).base() + "old/" + std::to_string(i), "x", 0}));
    cluster.ask("kv/put", encode_put({"/elsewhere", "x", 0}));
    std::optional<GroupService::Swept> swept;
    stage.service(0).sweep([&swept](const GroupService::Swept& done) { swept = done; });
    REQUIRE(stage.until([&swept] { return swept.has_value(); }));
    CHECK(swept->removed == 250);
    CHECK(swept->error.empty());
    CHECK(stage.keys().size() == before);
    CHECK(parse_etcd_keys(cluster.ask("kv/range", encode(EtcdRange{"/elsewhere", {}, 0, 0})))->keys.size() ==
          1);
    CHECK(pair.a.sees(2));
}

TEST_CASE("History is compacted by one of the hosts at intervals") {
    EtcdCluster cluster(1);
    EtcdStage stage(cluster, 2);
    for (std::size_t i = 0; i < 2; ++i) {
        stage.settings(i).compaction = std::chrono::seconds(1);
        stage.crash(i);
        stage.begin(i);
    }
    REQUIRE(stage.all_live());
    Pair pair(stage);
    send(pair.a, 0, 10);
    REQUIRE(pair.b.hears(10));
    const std::string first = encode(EtcdRange{"a", {}, 2, 0});
    CHECK(stage.until(
        [&] { return cluster.try_ask("kv/range", first).body.find("compacted") != std::string::npos; }));
    send(pair.a, 10, 20);
    REQUIRE(pair.b.hears(20));
    CHECK(pair.b.box->gaps.empty());
}

TEST_CASE("What others put under our keys by mistake disturbs nobody") {
    EtcdCluster cluster(1);
    EtcdStage stage(cluster, 2);
    Pair pair(stage);
    const std::string base = stage.settings(0).base();
    for (const char* key : {"groups/g/members/x", "groups/g/mail/h", "groups/g/mail/", "groups//members/x",
                            "groups/%zz/members/x", "groups/g/other/x", "hosts/", "nothing"})
        for (const char* value : {"", "{}", "[]", "null", "{\"host\":1}", "\xff",
                                  "{\"host\":\"h\",\"run\":\"r\",\"n\":1,\"mail\":[7]}"})
            cluster.ask("kv/put", encode_put({base + key, value, 0}));
    send(pair.a, 0, 2);
    REQUIRE(pair.b.hears(2));
    CHECK(pair.b.sees(2));
    CHECK(pair.b.box->notified.empty());
}
