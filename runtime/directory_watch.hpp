// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Tells when a name appears in a directory, or its permissions change: what a port that is waiting for its
// device or socket wants to know. One inotify descriptor for each loop, however many ports wait. It is a
// hint, never the only way: where inotify does not reach (sysfs, no such directory, no watches left) the
// caller's back-off finds out.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace vnf::runtime {

class DirectoryWatch;

/// Ends when it is destroyed. False when there is none, or when the directory has gone.
class DirectorySubscription {
  public:
    /// Called on the loop's thread; must not end or make a subscription (post instead).
    using OnName = std::function<void(std::string_view name)>;

    DirectorySubscription() = default;
    /// `name` is the one of interest; every name if empty.
    DirectorySubscription(boost::asio::io_context& io, const std::string& directory, const std::string& name,
                          OnName on_name);
    explicit operator bool() const { return entry_ && entry_->watch >= 0; }
    void reset() { entry_.reset(); }

    struct Entry {
        Entry(DirectoryWatch& owner_service, OnName callback)
            : owner(owner_service), on_name(std::move(callback)) {}
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;
        ~Entry();
        DirectoryWatch& owner;
        OnName on_name;
        int watch = -1;
        std::string name;
    };

  private:
    std::unique_ptr<Entry> entry_;
};

}  // namespace vnf::runtime
