// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One epoll descriptor holds the handle's and a timer for vnf_sg_next_timeout(), so that the stage needs no clock.
#include "tests/daemon/group_application.hpp"

#include <sys/epoll.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <stdexcept>

namespace vnf::test {
namespace {

void require(bool condition, const std::string& what) {
    if (!condition)
        throw std::runtime_error(what);
}

void watch(int epoll, int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    require(::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
}

std::uint64_t sum(const std::vector<std::uint32_t>& numbers) {
    return std::accumulate(numbers.begin(), numbers.end(), std::uint64_t{0});
}

}  // namespace

GroupApplication::GroupApplication(harness::Stage& stage, const std::string& socket, const std::string& name)
    : Actor(stage),
      timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)),
      due_(::epoll_create1(EPOLL_CLOEXEC)) {
    vnf_sg_config config;
    vnf_sg_config_init(&config);
    config.name = name.c_str();
    config.socket_path = socket.c_str();
    config.status_timeout_ms = 15000;
    config.back_off_min_ms = 10;
    config.back_off_max_ms = 100;
    require(membership_.open(config, *this) == VNF_SG_OK, "vnf_sg_open");
    watch(due_.get(), membership_.fd());
    watch(due_.get(), timer_.get());
    set_timer();
}

void GroupApplication::readable() {
    const vnf_sg_error error = membership_.dispatch();
    require(error == VNF_SG_OK, std::string("vnf_sg_dispatch: ") + vnf_sg_strerror(error));
    set_timer();
}

void GroupApplication::set_timer() {
    const int timeout = membership_.next_timeout();
    itimerspec when{};
    if (timeout >= 0) {
        when.it_value.tv_sec = timeout / 1000;
        when.it_value.tv_nsec = std::max(timeout % 1000 * 1000000L, timeout == 0 ? 1L : 0L);
    }
    ::timerfd_settime(timer_.get(), 0, &when, nullptr);
}

void GroupApplication::await(vnf_sg_state wanted) {
    stage().until([this, wanted] { return state() == wanted; },
                  std::string("an application to be ") + vnf_sg_state_name(wanted));
}

vnf_sg_error GroupApplication::say(std::string_view text) {
    const vnf_sg_error error = membership_.broadcast(text.data(), text.size());
    set_timer();
    return error;
}

void GroupApplication::say_patiently(std::string_view text) {
    vnf_sg_error error = VNF_SG_ERROR_QUEUE_FULL;
    stage().until(
        [&] {
            error = say(text);
            return error != VNF_SG_ERROR_QUEUE_FULL;
        },
        "room for a broadcast");
    require(error == VNF_SG_OK, std::string("a broadcast: ") + vnf_sg_strerror(error));
}

vnf_sg_error GroupApplication::ask() {
    const vnf_sg_error error = membership_.request_status();
    set_timer();
    return error;
}

HeardStatus GroupApplication::status() {
    const std::size_t before = statuses.size();
    require(ask() == VNF_SG_OK, "vnf_sg_request_status");
    stage().until([this, before] { return statuses.size() > before; }, "a status");
    return statuses.back();
}

void GroupApplication::await_broadcasts(std::size_t count) {
    stage().until([this, count] { return broadcasts.size() >= count; },
                  std::to_string(count) + " broadcasts");
}

HeardNotification GroupApplication::expect_cause(std::string_view cause) {
    auto found = notifications.end();
    const auto arrived = [&] {
        found = std::find_if(notifications.begin(), notifications.end(),
                             [cause](const HeardNotification& one) { return one.cause == cause; });
        return found != notifications.end();
    };
    stage().until(arrived, "a notification of " + std::string(cause));
    HeardNotification notification = *found;
    notifications.erase(found);
    return notification;
}

std::size_t GroupApplication::count_cause(std::string_view cause) const {
    return static_cast<std::size_t>(
        std::count_if(notifications.begin(), notifications.end(),
                      [cause](const HeardNotification& one) { return one.cause == cause; }));
}

void GroupApplication::forget() {
    broadcasts.clear();
    notifications.clear();
    statuses.clear();
    refusals.clear();
    failed.clear();
    states.clear();
    gaps.clear();
    unsent_counts.clear();
}

std::uint64_t GroupApplication::missed_in_all() const {
    return sum(gaps);
}

std::uint64_t GroupApplication::unsent_in_all() const {
    return sum(unsent_counts);
}

void GroupApplication::broadcast(const char* source, const char* text, size_t length) {
    broadcasts.push_back({source, {text, length}});
}

void GroupApplication::notification(const vnf_sg_notification& told) {
    notifications.push_back(
        {told.event_type, told.member->display_name, told.member->state, told.member->cause});
}

void GroupApplication::status(const vnf_sg_status& told) {
    HeardStatus heard{told.complete != 0, told.error, told.reason, {}};
    for (std::uint32_t i = 0; i < told.count; ++i)
        heard.members.emplace_back(told.members[i]->display_name);
    statuses.push_back(std::move(heard));
    if (on_status)
        on_status();
}

void GroupApplication::membership(const vnf_sg_change& change) {
    if (change.kind == VNF_SG_MEMBER_FAILED)
        failed.emplace_back(change.member->display_name);
}

void GroupApplication::refused(const char* message_type, const char* reason) {
    refusals.push_back({message_type, reason});
}

}  // namespace vnf::test
