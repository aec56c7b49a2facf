// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What many senders want to hand on through one way out: in each sender's order, the senders in turn, so that one that
// floods costs the others no more than one place each. Every sender has the same share; what is beyond it is refused.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <utility>

namespace vnf::guest {

template <typename Sender, typename Item>
class FairQueue {
  public:
    using Items = std::deque<Item>;

    explicit FairQueue(std::size_t share) : share_(share) {}

    bool empty() const { return turns_.empty(); }
    std::size_t senders() const { return turns_.size(); }
    bool full(const Sender& sender) const { return size(sender) >= share_; }
    std::size_t size(const Sender& sender) const {
        const auto place = waiting_.find(sender);
        return place == waiting_.end() ? 0 : place->second.size();
    }

    /// False, and nothing is taken, if the sender's share is used up.
    bool push(const Sender& sender, Item item) {
        if (full(sender)) {
            return false;
        }
        Items& items = waiting_[sender];
        if (items.empty()) {
            turns_.push_back(sender);
        }
        items.push_back(std::move(item));
        return true;
    }

    /// The oldest of the sender whose turn it is.
    std::optional<std::pair<Sender, Item>> take() {
        if (turns_.empty()) {
            return std::nullopt;
        }
        Sender sender = std::move(turns_.front());
        turns_.pop_front();
        const auto place = waiting_.find(sender);
        Item item = std::move(place->second.front());
        place->second.pop_front();
        if (place->second.empty()) {
            waiting_.erase(place);
        } else {
            turns_.push_back(sender);
        }
        return std::pair(std::move(sender), std::move(item));
    }

    /// Everything of one sender, taken out.
    Items remove(const Sender& sender) {
        const auto place = waiting_.find(sender);
        if (place == waiting_.end()) {
            return {};
        }
        Items items = std::move(place->second);
        waiting_.erase(place);
        turns_.erase(std::find(turns_.begin(), turns_.end(), sender));
        return items;
    }

    /// Everything, taken out.
    std::map<Sender, Items> clear() {
        turns_.clear();
        return std::exchange(waiting_, {});
    }

  private:
    std::size_t share_;
    std::map<Sender, Items> waiting_;  ///< no sender without items
    std::deque<Sender> turns_;         ///< each of them once
};

}  // namespace vnf::guest
