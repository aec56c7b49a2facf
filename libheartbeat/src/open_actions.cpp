// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "open_actions.hpp"

#include <algorithm>

namespace vnf::libheartbeat {

std::optional<std::uint64_t> OpenActions::add(OpenAction action) {
    std::optional<std::uint64_t> displaced;
    if (erase(action.id)) {
        displaced = action.id;
    } else if (actions_.size() == limit) {
        displaced = actions_.front().id;
        actions_.erase(actions_.begin());
    }
    actions_.push_back(std::move(action));
    return displaced;
}

OpenAction* OpenActions::find(std::uint64_t id) {
    const auto found =
        std::find_if(actions_.begin(), actions_.end(), [id](const OpenAction& one) { return one.id == id; });
    return found == actions_.end() ? nullptr : &*found;
}

bool OpenActions::erase(std::uint64_t id) {
    return std::erase_if(actions_, [id](const OpenAction& one) { return one.id == id; }) != 0;
}

std::optional<std::uint64_t> OpenActions::take_expired(TimePoint time) {
    for (const OpenAction& action : actions_) {
        if (action.deadline > time)
            continue;
        const std::uint64_t id = action.id;
        erase(id);
        return id;
    }
    return std::nullopt;
}

std::optional<TimePoint> OpenActions::first_deadline() const {
    const auto earlier = [](const OpenAction& left, const OpenAction& right) {
        return left.deadline < right.deadline;
    };
    const auto first = std::min_element(actions_.begin(), actions_.end(), earlier);
    return first == actions_.end() ? std::nullopt : std::optional(first->deadline);
}

std::vector<std::uint64_t> OpenActions::take_all() {
    std::vector<std::uint64_t> ids;
    ids.reserve(actions_.size());
    for (const OpenAction& action : actions_)
        ids.push_back(action.id);
    actions_.clear();
    return ids;
}

}  // namespace vnf::libheartbeat
