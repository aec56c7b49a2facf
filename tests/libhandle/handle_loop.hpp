// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The loop of an application under test, which does exactly what the libraries' headers ask for: dispatch when the
// descriptor is readable or the time has come, and not otherwise. A handle that forgets to ask for a dispatch therefore
// fails its test. `Library` names its functions (get_fd, next_timeout, dispatch, close) and types; `PeerType` is the agent's
// end of a connection.
#pragma once

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace vnf::test {

template <typename Library, typename PeerType>
class HandleLoop {
  public:
    HandleLoop() = default;
    HandleLoop(const HandleLoop&) = delete;
    HandleLoop& operator=(const HandleLoop&) = delete;

    /// What the callbacks use must still be there.
    void close() { Library::close(std::exchange(handle, nullptr)); }
    /// Runs the loop until the condition holds; false when it does not within a generous bound. The peers wake it too.
    bool wait_until(const std::function<bool()>& condition, const std::vector<PeerType*>& peers = {});
    bool wait_until(const std::function<bool()>& condition, PeerType* peer) {
        return wait_until(condition, std::vector{peer});
    }
    /// Waits for a record of this type at this peer.
    template <typename Record>
    Record expect(PeerType& peer) {
        std::optional<Record> record;
        if (!wait_until([&record, &peer] { return (record = peer.template take<Record>()).has_value(); },
                        &peer))
            throw std::runtime_error("the record did not come");
        return *record;
    }
    template <typename Listener>
    std::unique_ptr<PeerType> expect_connection(Listener& listener) {
        std::unique_ptr<PeerType> peer;
        if (!wait_until([&peer, &listener] { return (peer = listener.accept()) != nullptr; }))
            throw std::runtime_error("no connection came");
        return peer;
    }

    typename Library::Handle* handle = nullptr;
    typename Library::Error last_dispatch{};  ///< an error ends the loop

  protected:
    ~HandleLoop() = default;

  private:
    using Clock = std::chrono::steady_clock;

    int poll_timeout(Clock::time_point limit) const;
};

template <typename Library, typename PeerType>
int HandleLoop<Library, PeerType>::poll_timeout(Clock::time_point limit) const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(limit - Clock::now()).count();
    const int bound = static_cast<int>(std::max<std::int64_t>(left, 0));
    const int wanted = Library::next_timeout(handle);
    return wanted < 0 ? bound : std::min(wanted, bound);
}

template <typename Library, typename PeerType>
bool HandleLoop<Library, PeerType>::wait_until(const std::function<bool()>& condition,
                                               const std::vector<PeerType*>& peers) {
    constexpr std::chrono::seconds patience{20};
    const auto limit = Clock::now() + patience;
    std::vector<pollfd> descriptors;
    while (true) {
        for (PeerType* peer : peers)
            peer->poll();
        if (condition())
            return true;
        if (Clock::now() >= limit || last_dispatch != typename Library::Error{})
            return false;
        descriptors.assign(1, {Library::get_fd(handle), POLLIN, 0});
        for (const PeerType* peer : peers)
            descriptors.push_back({peer->has_ended() ? -1 : peer->fd(), POLLIN, 0});
        ::poll(descriptors.data(), descriptors.size(), poll_timeout(limit));
        if (descriptors.front().revents != 0 || Library::next_timeout(handle) == 0)
            last_dispatch = Library::dispatch(handle);
    }
}

}  // namespace vnf::test
