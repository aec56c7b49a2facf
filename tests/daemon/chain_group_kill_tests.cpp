// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A server group while guest-client, host-agent or an application is killed right before and right after each read and
// each write. Killed after a read and killed before the write that follows are the two ends of the time in which the
// message is in the victim's queue only: those points stand for "before and after each enqueue".
//
// What nobody can tell: how much died with a process. A message that a dead process had read, or that lay unread in its
// socket, was taken as far as its sender could know. What can be told is that the link broke: to the sender as a state
// (and `unsent` for what was still on its side), to the listeners behind the break as a gap of unknown size.
#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

#include "tests/daemon/group_chain.hpp"
#include "tests/daemon/group_stream.hpp"
#include "tests/harness/kill_point.hpp"
#include "tests/harness/own_network.hpp"

namespace vnf::test {
namespace {

using Names = std::vector<std::string>;
using Call = KillPlan::Call;
using When = KillPlan::When;

const std::string one = "instance-00000001", two = "instance-00000002", three = "instance-00000003";

enum class Victim { SendingGuest, HostAgent, ReceivingGuest };

/// Three machines, an application in each, one of the daemons between them to be killed.
struct KillChain {
    explicit KillChain(Victim who) : victim(who), chain(spec()) {}

    const Victim victim;
    KillPoint point;
    GroupChain chain;
    const std::unique_ptr<GroupApplication> sender = chain[0].application(), peer = chain[1].application(),
                                            bystander = chain[2].application();
    Stage& stage = chain.stage;

    GroupChainSpec spec() const {
        GroupChainSpec spec{.groups = {"g", "g", "g"}};
        spec.guest_environments.resize(2);
        if (victim == Victim::HostAgent)
            spec.agent_environment = point.environment();
        else
            spec.guest_environments[victim == Victim::SendingGuest ? 0 : 1] = point.environment();
        return spec;
    }
    GroupMachine& machine() { return chain[victim == Victim::SendingGuest ? 0 : 1]; }
    Process& process() {
        return victim == Victim::HostAgent ? chain.agent.process() : machine().guest().process();
    }
    /// Whose link the victim takes with it.
    std::vector<GroupApplication*> cut_off() const {
        if (victim == Victim::HostAgent)
            return {sender.get(), peer.get(), bystander.get()};
        return {victim == Victim::SendingGuest ? sender.get() : peer.get()};
    }
    bool is_cut_off(const GroupApplication& application) const {
        const auto all = cut_off();
        return std::find(all.begin(), all.end(), &application) != all.end();
    }
    vnf_sg_state state_without() const {
        return victim == Victim::HostAgent ? VNF_SG_STATE_NO_LINK : VNF_SG_STATE_DISCONNECTED;
    }

    void forget() {
        for (GroupApplication* application : {sender.get(), peer.get(), bystander.get()})
            application->forget();
    }
    /// Until it is dead, and everybody whom that concerns has seen it; `meanwhile` is done in every turn.
    void await_kill(const std::function<void()>& meanwhile = [] {}) {
        const auto dead = [&] {
            meanwhile();
            return !process().running();
        };
        stage.until(dead, "the kill");
        CHECK(process().wait() == ExitStatus{true, SIGKILL});
        for (GroupApplication* application : cut_off())
            application->await(state_without());
    }
    void start_again() {
        point.cancel();
        if (victim == Victim::HostAgent)
            chain.agent.restart();
        else
            machine().restart();
    }
    void restart() {
        start_again();
        for (GroupApplication* application : cut_off())
            application->await();
    }
    void await_members(GroupApplication& asker) const {
        stage.until(
            [&] {
                const HeardStatus status = asker.status();
                return status.complete && status.members == Names{one, two, three};
            },
            "a status of all members");
    }
    /// Who is behind the break was told of it, and nobody else.
    void check_told() {
        for (GroupApplication* application : {sender.get(), peer.get(), bystander.get()}) {
            if (is_cut_off(*application)) {
                const auto& states = application->states;
                CHECK(std::find(states.begin(), states.end(), state_without()) != states.end());
                CHECK(application->gaps.size() >= 1);
            } else {
                CHECK(application->states.empty());
                CHECK(application->gaps.empty());
                CHECK(application->unsent_in_all() == 0);
            }
            // host-agent sees its guest's end, and says so; its own is no end of a guest.
            for (const std::string& name : application->failed)
                CHECK((victim != Victim::HostAgent && name == machine().name()));
            CHECK(application->refusals.empty());
        }
    }
};

// ---- one message, each point ------------------------------------------------------------------------------

/// One broadcast is under way. Only after the victim's write it is out of its hands.
void kill_around_one_broadcast(Victim victim) {
    if (!enter_own_network())
        return;
    KillChain k(victim);
    GroupStream stream(*k.sender, one, "number");
    for (const KillPlan::Call call : {Call::Read, Call::Write})
        for (const KillPlan::When when : {When::Before, When::After}) {
            // A receiving guest-client first offers it to the old client, whose name nobody has here.
            const bool is_second = victim == Victim::ReceivingGuest && call == Call::Write;
            const KillPlan plan{call, when, is_second ? 2U : 1U, stream.next_text()};
            INFO(plan);
            k.forget();
            stream.begin_round();
            k.point.plan(plan);
            REQUIRE(stream.say_next() == VNF_SG_OK);
            k.await_kill();
            k.restart();
            REQUIRE(stream.say_next() == VNF_SG_OK);
            k.stage.until([&] { return stream.last_heard_by(*k.peer); }, "the next one");
            const bool was_out = call == Call::Write && when == When::After;
            CHECK(stream.lost_to(*k.peer) == (was_out ? 0 : 1));
            CHECK(k.sender->unsent_in_all() == 0);  // taken by the dead, not left with the living
            k.check_told();
            k.await_members(*k.sender);
            k.await_members(*k.peer);
        }
}

TEST_CASE(
    "The sending guest-client killed around each step of one broadcast: it is heard once if it was written") {
    kill_around_one_broadcast(Victim::SendingGuest);
}

TEST_CASE("host-agent killed around each step of one broadcast: it is heard once if it was written") {
    kill_around_one_broadcast(Victim::HostAgent);
}

TEST_CASE(
    "The receiving guest-client killed around each step of one broadcast: it is heard once if it was "
    "written") {
    kill_around_one_broadcast(Victim::ReceivingGuest);
}

/// The question and the end of its answer pass the victim by these calls.
void kill_around_one_status(Victim victim, const KillPlan& plan, bool answered) {
    KillChain k(victim);
    INFO(plan);
    k.point.plan(plan);
    REQUIRE(k.sender->ask() == VNF_SG_OK);
    k.await_kill();
    k.stage.until([&] { return !k.sender->statuses.empty(); }, "the end of the status");
    k.restart();
    CHECK(k.sender->statuses.size() == 1);
    CHECK(k.sender->statuses.front().complete == answered);
    CHECK((answered || k.sender->statuses.front().error != VNF_SG_OK));
    k.check_told();
    k.await_members(*k.sender);
}

TEST_CASE(
    "A status whose guest-client or host-agent is killed at each step ends once, complete or with an error") {
    if (!enter_own_network())
        return;
    const std::string query = "status_query", done = "status_response_done";
    for (const When when : {When::Before, When::After}) {
        kill_around_one_status(Victim::SendingGuest, {Call::Write, when, 1, query}, false);
        kill_around_one_status(Victim::SendingGuest, {Call::Read, when, 1, done}, false);
        kill_around_one_status(Victim::HostAgent, {Call::Read, when, 1, query}, false);
        kill_around_one_status(Victim::HostAgent, {Call::Write, when, 1, done}, when == When::After);
    }
}

// ---- many messages, every call ----------------------------------------------------------------------------

/// Two streams against each other, and a sibling that asks for the status again and again, while the victim dies at its
/// n-th call; the first calls see each kind of message through.
class Traffic {
  public:
    explicit Traffic(KillChain& k) : k_(k), sibling_(k.chain[0].application("sibling")) {}

    void round(const KillPlan& plan) {
        INFO(plan);
        begin();
        kill(plan);
        k_.restart();
        speak_again();
        check(1);
    }
    /// The plan is for the one that comes after the first to die, from its first call on.
    void round_of_two(const KillPlan& plan) {
        INFO("again, " << plan);
        begin();
        kill({Call::Read, When::After, 3, {}});
        k_.start_again();
        kill(plan);
        k_.restart();
        speak_again();
        check(2);
    }

  private:
    void begin() {
        k_.forget();
        sibling_->forget();
        asked_ = 0;
        there_.begin_round();
        back_.begin_round();
    }
    void kill(const KillPlan& plan) {
        k_.point.plan(plan);
        k_.await_kill([this] { go_on(); });
        sibling_->await(k_.state_without());
    }
    void go_on() {
        there_.keep_going(*k_.peer);
        back_.keep_going(*k_.sender);
        if (sibling_->statuses.size() == asked_)
            asked_ += sibling_->ask() == VNF_SG_OK ? 1 : 0;
    }
    void speak_again() {
        sibling_->await();
        REQUIRE(there_.say_next() == VNF_SG_OK);
        REQUIRE(back_.say_next() == VNF_SG_OK);
        const auto all_heard = [this] {
            return there_.last_heard_by(*k_.peer) && there_.last_heard_by(*k_.bystander) &&
                   back_.last_heard_by(*k_.sender) && back_.last_heard_by(*sibling_) &&
                   back_.last_heard_by(*k_.bystander) && sibling_->statuses.size() >= asked_;
        };
        k_.stage.until(all_heard, "everybody to go on");
    }
    void check(std::size_t deaths) {
        const std::size_t lost_there = there_.lost_to(*k_.peer, deaths),
                          lost_back = back_.lost_to(*k_.sender, deaths);
        back_.lost_to(*sibling_, deaths);
        CHECK(k_.sender->unsent_in_all() <= lost_there);
        CHECK(k_.peer->unsent_in_all() <= lost_back);
        // Between two machines neither of which is concerned nothing is lost.
        const std::size_t lost_aside = back_.lost_to(*k_.bystander, deaths);
        CHECK((k_.victim == Victim::HostAgent || lost_aside == 0));
        CHECK((k_.victim == Victim::HostAgent || there_.lost_to(*k_.bystander, deaths) == lost_there));
        CHECK(sibling_->statuses.size() == asked_);
        for (const HeardStatus& status : sibling_->statuses)
            CHECK((!status.complete || status.members == Names{one, two, three}));
        k_.check_told();
        k_.await_members(*sibling_);
        k_.await_members(*k_.bystander);
    }

    KillChain& k_;
    const std::unique_ptr<GroupApplication> sibling_;
    GroupStream there_{*k_.sender, one, "there"}, back_{*k_.peer, two, "back"};
    std::size_t asked_ = 0;
};

void kill_at_every_call(Victim victim) {
    if (!enter_own_network())
        return;
    KillChain k(victim);
    Traffic traffic(k);
    for (unsigned number = 1; number <= 30; ++number)
        for (const KillPlan& plan : four_kill_plans(number))
            traffic.round(plan);
}

/// What it says and hears first: the greetings of both channels, the clients' hellos, the first status.
void kill_while_it_comes_up(Victim victim) {
    if (!enter_own_network())
        return;
    KillChain k(victim);
    Traffic traffic(k);
    for (unsigned number = 1; number <= 12; ++number)
        for (const KillPlan& plan : four_kill_plans(number))
            traffic.round_of_two(plan);
}

TEST_CASE(
    "guest-client killed before and after every call of a busy time: order kept, nothing twice, all go on") {
    kill_at_every_call(Victim::SendingGuest);
}

TEST_CASE(
    "host-agent killed before and after every call of a busy time: order kept, nothing twice, all go on") {
    kill_at_every_call(Victim::HostAgent);
}

TEST_CASE("guest-client killed again while it comes up: order kept, nothing twice, all go on") {
    kill_while_it_comes_up(Victim::SendingGuest);
}

TEST_CASE("host-agent killed again while it comes up: order kept, nothing twice, all go on") {
    kill_while_it_comes_up(Victim::HostAgent);
}

// ---- applications -----------------------------------------------------------------------------------------

/// A sender in a process of its own beside a sibling in its guest, and a peer that both hear.
struct DyingSender {
    GroupChain chain;
    KillPoint point;
    const std::unique_ptr<GroupApplication> sibling = chain[0].application("sibling"),
                                            peer = chain[1].application();
    GroupStream from_peer{*peer, two, "to all"}, from_sibling{*sibling, one, "sibling"};
    const std::string program =
        std::filesystem::read_symlink("/proc/self/exe").parent_path() / "group_sender";

    void run_until_killed(const KillPlan& plan) {
        peer->forget();
        sibling->forget();
        from_peer.begin_round();
        from_sibling.begin_round();
        point.plan(plan);
        Process sender({.argv = {program, chain[0].group_socket()}, .environment = point.environment()});
        const auto dead = [&] {
            from_peer.keep_going(*sibling);
            return !sender.running();
        };
        chain.stage.until(dead, "the kill");
        CHECK(sender.wait() == ExitStatus{true, SIGKILL});
    }
    /// Nobody but the dead has lost anything, and both others go on.
    void check_others() {
        check_going_on();
        CHECK(from_peer.lost_to(*sibling) == 0);
        CHECK(from_sibling.lost_to(*peer) == 0);
        for (const GroupApplication* other : {sibling.get(), peer.get()})
            CHECK(other->gaps.empty());
    }
    /// The others go on, and what they lost they were told.
    void check_going_on() {
        REQUIRE(from_sibling.say_next() == VNF_SG_OK);
        REQUIRE(from_peer.say_next() == VNF_SG_OK);
        chain.stage.until(
            [this] { return from_sibling.last_heard_by(*peer) && from_peer.last_heard_by(*sibling); },
            "the others to go on");
        CHECK((from_peer.lost_to(*sibling) == 0 || !sibling->gaps.empty()));
        CHECK((from_sibling.lost_to(*peer) == 0 || !peer->gaps.empty()));
        for (GroupApplication* other : {sibling.get(), peer.get()}) {
            CHECK(other->states.empty());
            CHECK(other->unsent_counts.empty());
            CHECK(other->failed.empty());
            CHECK(other->status().members == Names{one, two});
        }
    }
    /// The numbers that the peer heard of the dead.
    std::vector<unsigned long> heard() const {
        std::vector<unsigned long> numbers;
        for (const HeardBroadcast& broadcast : peer->broadcasts)
            if (broadcast.text.size() == 300)
                numbers.push_back(std::stoul(broadcast.text));
        return numbers;
    }
};

std::vector<unsigned long> up_to(unsigned long last) {
    std::vector<unsigned long> numbers;
    for (unsigned long number = 1; number <= last; ++number)
        numbers.push_back(number);
    return numbers;
}

TEST_CASE(
    "An application killed before and after each write: what it wrote is heard, all of it and no more") {
    if (!enter_own_network())
        return;
    DyingSender d;
    for (unsigned number = 1; number <= 10; ++number)
        for (const When when : {When::Before, When::After}) {
            const KillPlan plan{Call::Write, when, number, {}};
            INFO(plan);
            d.run_until_killed(plan);
            // The first thing written is its hello.
            const unsigned long written = number - (when == When::Before ? 1 : 0);
            const auto expected = up_to(written == 0 ? 0 : written - 1);
            d.chain.stage.until([&] { return d.heard().size() >= expected.size(); }, "what was written");
            d.check_others();
            d.chain.await_all_sent();
            CHECK(d.peer->status().complete);  // what was sent before has arrived then
            CHECK(d.heard() == expected);
        }
}

TEST_CASE(
    "An application killed before and after each read: the others don't notice, what it said is heard") {
    if (!enter_own_network())
        return;
    DyingSender d;
    for (unsigned number = 1; number <= 5; ++number)
        for (const When when : {When::Before, When::After}) {
            const KillPlan plan{Call::Read, when, number, {}};
            INFO(plan);
            d.run_until_killed(plan);
            // It said more than a busy test may have heard in time: what was missed is told, and the rest is in order.
            d.chain.await_all_sent();
            d.peer->status();
            d.sibling->status();
            d.check_going_on();
            const auto heard = d.heard();
            CHECK(std::is_sorted(heard.begin(), heard.end()));
            CHECK(std::adjacent_find(heard.begin(), heard.end()) == heard.end());
            CHECK((heard == up_to(heard.size()) || !d.peer->gaps.empty()));
        }
}

}  // namespace
}  // namespace vnf::test
