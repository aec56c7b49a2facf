// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/daemon/group_stream.hpp"

#include <catch2/catch.hpp>
#include <utility>

namespace vnf::test {

GroupStream::GroupStream(GroupApplication& speaker, std::string source, std::string word)
    : speaker_(speaker), source_(std::move(source)), word_(std::move(word)) {}

std::string GroupStream::text_of(std::size_t number) const {
    return word_ + ' ' + std::to_string(number) + '.';
}

vnf_sg_error GroupStream::say_next() {
    const vnf_sg_error error = speaker_.say(next_text());
    said_ += error == VNF_SG_OK ? 1 : 0;
    return error;
}

void GroupStream::keep_going(const GroupApplication& listener, std::size_t under_way) {
    if (said_ + 1 < first_ + heard_by(listener).size() + under_way)
        say_next();
}

std::vector<std::size_t> GroupStream::heard_by(const GroupApplication& listener) const {
    std::vector<std::size_t> numbers;
    for (const HeardBroadcast& broadcast : listener.broadcasts)
        if (broadcast.source == source_ && broadcast.text.starts_with(word_ + ' '))
            numbers.push_back(std::stoul(broadcast.text.substr(word_.size() + 1)));
    return numbers;
}

bool GroupStream::last_heard_by(const GroupApplication& listener) const {
    const auto heard = heard_by(listener);
    return !heard.empty() && heard.back() == said_;
}

std::size_t GroupStream::lost_to(const GroupApplication& listener, std::size_t deaths) const {
    std::size_t lost = 0, pieces = 0, expected = first_;
    for (const std::size_t number : heard_by(listener)) {
        INFO(word_ << ' ' << number << " after " << expected - 1 << ", said " << first_ << " to " << said_);
        CHECK(number >= expected);  // neither twice nor before its time
        CHECK(number <= said_);
        pieces += number > expected ? 1 : 0;
        lost += number > expected ? number - expected : 0;
        expected = number + 1;
    }
    CHECK(expected == said_ + 1);
    CHECK(pieces <= deaths);
    return lost;
}

}  // namespace vnf::test
