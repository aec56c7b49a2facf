// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What waits for one guest: room, gaps, and answers that go out as it reads.
#include "host-agent/messaging_outbox.hpp"

#include <catch2/catch.hpp>

#include "wire/messaging_envelope.hpp"

using namespace vnf;
using namespace vnf::host;

namespace {

/// A port whose peer takes nothing until it is told to.
struct Line : OutgoingLines {
    bool open() const override { return up; }
    std::size_t queued() const override { return waiting; }
    bool write(std::string_view bytes) override {
        if (!up)
            return false;
        waiting += reading ? 0 : bytes.size();
        written.emplace_back(bytes);
        return true;
    }
    void report(JournalKind kind, const JournalFields& fields) override {
        reported.emplace_back(kind, fields);
    }
    std::vector<std::pair<JournalKind, JournalFields>> reported;
    bool up = true, reading = true;
    std::size_t waiting = 0;
    std::vector<std::string> written;
};

SharedMail mail(std::size_t size = 10) {
    return std::make_shared<const GroupMail>(wire::GroupBroadcast{"vm1", std::string(size, 'x')});
}

class OutboxStage {
  public:
    explicit OutboxStage(std::size_t limit = 10000) : outbox(line, totals, limit) {
        outbox.connected();
        line.written.clear();
    }
    void drain() {
        line.waiting = 0;
        outbox.drained();
    }
    std::size_t count(const std::string& what) const {
        std::size_t found = 0;
        for (const std::string& one : line.written)
            found += one.find("\"msg_type\":\"" + what + "\"") != std::string::npos ? 1 : 0;
        return found;
    }
    std::string last() const { return line.written.empty() ? std::string() : line.written.back(); }
    void ask(std::int32_t seq) { REQUIRE(outbox.query(seq, "cgcs.server_grp")); }

    Line line;
    GroupCounters totals;
    MessagingOutbox outbox;
};

std::vector<wire::JsonText> entries(std::size_t count, std::size_t size = 1000) {
    const std::string text = R"({"x":")" + std::string(size, 'x') + R"("})";
    return std::vector<wire::JsonText>(count, std::get<wire::JsonText>(wire::JsonText::parse(text)));
}

}  // namespace

TEST_CASE("B-10: the first bytes of a connection resynchronise an old parser") {
    Line line;
    GroupCounters totals;
    MessagingOutbox outbox(line, totals, 1000);
    outbox.connected();
    CHECK(line.written == std::vector<std::string>{" \n"});
}

TEST_CASE("B-31: mail without room is missed, and told as one gap in front of what follows") {
    OutboxStage at(1000);
    at.outbox.understands_gap(true);
    at.line.reading = false;
    for (int i = 0; i < 20; ++i)
        at.outbox.mail(mail(100));
    const std::size_t taken = at.line.written.size();
    CHECK(taken < 20);
    CHECK(at.outbox.untold() == 20 - taken);
    CHECK(at.count("gap") == 0);
    at.drain();
    CHECK(at.count("gap") == 1);
    CHECK_THAT(at.last(), Catch::Contains("\"missed\":" + std::to_string(20 - taken)));
    at.outbox.mail(mail());
    CHECK_THAT(at.last(), Catch::Contains("broadcast"));
    CHECK(at.outbox.untold() == 0);
    CHECK(at.totals.missed == 20 - taken);
}

TEST_CASE("A guest that does not understand a gap is never told one; what it missed is counted") {
    OutboxStage at(500);
    at.line.reading = false;
    for (int i = 0; i < 10; ++i)
        at.outbox.mail(mail(100));
    at.line.reading = true;
    at.drain();
    at.outbox.mail(mail());
    CHECK(at.count("gap") == 0);
    CHECK(at.count("broadcast") >= 2);
    CHECK(at.totals.missed > 0);
    at.outbox.understands_gap(true);
    CHECK(at.count("gap") == 1);
}

TEST_CASE("What comes while nobody is connected is told after the next connect") {
    OutboxStage at;
    at.line.up = false;
    at.outbox.disconnected();
    at.outbox.mail(mail());
    at.outbox.mail(mail());
    at.line.up = true;
    at.outbox.connected();
    at.outbox.understands_gap(true);
    CHECK_THAT(at.last(), Catch::Contains("\"missed\":2"));
}

TEST_CASE("A loss of nobody knows how many is told as 0") {
    OutboxStage at;
    at.outbox.understands_gap(true);
    at.outbox.missed(0);
    CHECK_THAT(at.last(), Catch::Contains("\"missed\":0"));
    at.outbox.missed(7);
    CHECK_THAT(at.last(), Catch::Contains("\"missed\":7"));
}

TEST_CASE("What no old guest can take is not sent, but told as missed") {
    OutboxStage at(100000);
    at.outbox.understands_gap(true);
    at.outbox.mail(mail(5000));
    CHECK(at.count("broadcast") == 0);
    CHECK(at.count("gap") == 1);
    CHECK(at.totals.too_long == 1);
    at.ask(1);
    REQUIRE(at.outbox.wants_status());
    at.outbox.answer(entries(2, 5000));
    CHECK(at.count("status_response") == 0);
    CHECK(at.count("status_response_done") == 1);
    CHECK(at.totals.too_long == 3);
    const auto& reported = at.line.reported;
    REQUIRE(reported.size() == 4);
    const JournalFields of_mail{{"what", std::string("broadcast")},
                                {"bytes", static_cast<std::int64_t>(mail(5000)->port_line().size())}};
    CHECK(reported[0] == std::pair(JournalKind::GroupTooLong, of_mail));
    CHECK(reported[1] == std::pair(JournalKind::GroupMissed, JournalFields{{"messages", std::int64_t{1}}}));
    CHECK(reported[2].first == JournalKind::GroupTooLong);
    CHECK(std::get<std::string>(reported[2].second[0].second) == "status entry");
}

TEST_CASE("A nack without room is not taken, and says so") {
    OutboxStage at(1000);
    at.line.reading = false;
    while (at.outbox.untold() == 0)
        at.outbox.mail(mail(100));
    const wire::GroupNack nack{"broadcast", std::string(200, 'x')};
    CHECK_FALSE(at.outbox.nack(nack, "my.app"));
    CHECK(at.totals.nacks == 0);
    at.drain();
    CHECK(at.outbox.nack(nack, "my.app"));
    CHECK(at.totals.nacks == 1);
}

TEST_CASE("All queries that wait are answered from one look, each with its own number and end") {
    OutboxStage at(100000);
    for (const std::int32_t seq : {1, 1, 7})
        at.ask(seq);
    REQUIRE(at.outbox.wants_status());
    CHECK_FALSE(at.outbox.wants_status());
    at.outbox.answer(entries(3, 10));
    CHECK(at.count("status_response") == 9);
    CHECK(at.count("status_response_done") == 3);
    CHECK_THAT(at.last(), Catch::Contains("\"seq\":7"));
    CHECK_FALSE(at.outbox.wants_status());
}

TEST_CASE("A long answer goes out piece by piece as the guest reads, and mail finds its room meanwhile") {
    OutboxStage at(256 * 1024);
    at.line.reading = false;
    at.ask(1);
    REQUIRE(at.outbox.wants_status());
    at.outbox.answer(entries(500));
    CHECK(at.line.waiting < MessagingOutbox::answer_mark + 2000);
    CHECK(at.count("status_response") < 100);
    at.outbox.mail(mail());
    CHECK(at.totals.missed == 0);
    for (int i = 0; i < 20; ++i)
        at.drain();
    CHECK(at.count("status_response") == 500);
    CHECK(at.count("status_response_done") == 1);
}

TEST_CASE("Mail without end does not keep an answer, nor does the answer outgrow its room") {
    constexpr std::size_t limit = 100 * 1024;
    OutboxStage at(limit);
    at.line.reading = false;
    while (at.totals.missed == 0)
        at.outbox.mail(mail(1000));
    at.ask(1);
    REQUIRE(at.outbox.wants_status());
    at.outbox.answer(entries(100));
    CHECK(at.count("status_response") == 0);
    for (int i = 0; i < 200; ++i)
        at.outbox.mail(mail(1000));
    CHECK(at.line.waiting > limit);
    CHECK(at.line.waiting < limit + MessagingOutbox::answer_mark + 2000);
    CHECK(at.count("status_response_done") == 0);
    // A guest that reads a little each time: the port is never empty.
    for (int i = 0; i < 200; ++i) {
        at.outbox.mail(mail(1000));
        at.line.waiting = std::min(at.line.waiting, limit);
    }
    CHECK(at.count("status_response") == 100);
    CHECK(at.count("status_response_done") == 1);
}

TEST_CASE("The end of an answer comes even when mail has taken all its room") {
    OutboxStage at(1000);
    at.line.reading = false;
    for (int i = 0; i < 20; ++i)
        at.outbox.mail(mail(100));
    at.ask(1);
    REQUIRE(at.outbox.wants_status());
    at.outbox.answer(entries(2, 10));
    CHECK(at.count("status_response") == 2);
    CHECK(at.count("status_response_done") == 1);
}

TEST_CASE("Queries beyond the most are refused, and a connection's end forgets them all") {
    OutboxStage at;
    for (std::size_t i = 0; i < MessagingOutbox::most_queries; ++i)
        at.ask(1);
    CHECK_FALSE(at.outbox.query(1, "cgcs.server_grp"));
    CHECK(at.totals.queries_refused == 1);
    REQUIRE(at.line.reported.size() == 1);
    CHECK(at.line.reported[0].first == JournalKind::GroupQueryRefused);
    CHECK(at.outbox.wants_status());
    at.outbox.disconnected();
    CHECK_FALSE(at.outbox.wants_status());
    at.outbox.answer(entries(1));
    CHECK(at.count("status_response") == 0);
}

TEST_CASE("A group that can't be had is a nack for every query, and never an empty answer") {
    OutboxStage at;
    at.ask(1);
    at.ask(3);
    REQUIRE(at.outbox.wants_status());
    at.outbox.answer_refused("etcd can't be reached");
    CHECK(at.count("nack") == 2);
    CHECK(at.count("status_response_done") == 0);
    CHECK_THAT(at.last(), Catch::Contains("\"orig_msg_type\":\"status_query\"") &&
                              Catch::Contains("etcd can't be reached"));
}
