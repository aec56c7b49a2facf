// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The loop's one inotify descriptor, open only while somebody is subscribed.
#include "runtime/directory_watch.hpp"

#include <sys/inotify.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <climits>
#include <map>
#include <unordered_map>

#include "runtime/file_descriptor.hpp"

namespace vnf::runtime {

namespace asio = boost::asio;
using boost::system::error_code;
using Entry = DirectorySubscription::Entry;

class DirectoryWatch : public asio::execution_context::service {
  public:
    static asio::execution_context::id id;

    explicit DirectoryWatch(asio::io_context& io) : asio::execution_context::service(io), inotify_(io) {}

    void add(Entry& entry, const std::string& directory, const std::string& name) {
        if (!open())
            return;
        const int watch = ::inotify_add_watch(inotify_.native_handle(), directory.c_str(),
                                              IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_ONLYDIR);
        if (watch >= 0) {
            entry.watch = watch;
            entry.name = name;
            watched_[watch].emplace(name, &entry);
        }
        close_if_unused();
    }

    void remove(Entry& entry) {
        const auto directory = watched_.find(entry.watch);
        if (directory == watched_.end())
            return;
        auto& waiting = directory->second;
        for (auto [at, end] = waiting.equal_range(entry.name); at != end; ++at) {
            if (at->second == &entry) {
                waiting.erase(at);
                break;
            }
        }
        if (waiting.empty()) {
            ::inotify_rm_watch(inotify_.native_handle(), entry.watch);
            watched_.erase(directory);
        }
        close_if_unused();
    }

  private:
    using Waiting = std::unordered_multimap<std::string, Entry*>;

    void shutdown() override {
        error_code ignored;
        inotify_.close(ignored);
    }

    bool open() {
        if (inotify_.is_open())
            return true;
        FileDescriptor inotify(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
        error_code error;
        if (inotify)
            inotify_.assign(inotify.get(), error);
        if (!inotify || error)
            return false;
        inotify.release();
        wait();
        return true;
    }

    void close_if_unused() {
        if (watched_.empty())
            shutdown();
    }

    void wait() {
        inotify_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const error_code& error) {
            if (!error && inotify_.is_open()) {
                take_events();
                wait();
            }
        });
    }

    /// One buffer a turn; what is left makes the descriptor readable again.
    void take_events() {
        alignas(inotify_event) char buffer[4096];
        static_assert(sizeof(buffer) >= sizeof(inotify_event) + NAME_MAX + 1);
        const ssize_t got = ::read(inotify_.native_handle(), buffer, sizeof(buffer));
        const char* const end = buffer + std::max<ssize_t>(got, 0);
        for (const char* at = buffer; at < end;) {
            const auto& event = *reinterpret_cast<const inotify_event*>(at);
            tell(event);
            at += sizeof(inotify_event) + event.len;
        }
    }

    void tell(const inotify_event& event) {
        if ((event.mask & IN_Q_OVERFLOW) != 0) {
            for (auto& [watch, waiting] : watched_)
                tell_all(waiting);
            return;
        }
        const auto directory = watched_.find(event.wd);
        if (directory == watched_.end())
            return;
        if ((event.mask & IN_IGNORED) != 0)
            return directory_gone(directory);
        if (event.len != 0) {
            tell_named(directory->second, event.name, event.name);
            tell_named(directory->second, {}, event.name);
        }
    }

    static void tell_named(Waiting& waiting, const std::string& key, std::string_view name) {
        for (auto [at, end] = waiting.equal_range(key); at != end; ++at)
            at->second->on_name(name);
    }

    static void tell_all(Waiting& waiting) {
        for (auto& [name, entry] : waiting)
            entry->on_name(name);
    }

    void directory_gone(std::map<int, Waiting>::iterator directory) {
        for (auto& [name, entry] : directory->second)
            entry->watch = -1;
        tell_all(directory->second);
        watched_.erase(directory);
        close_if_unused();
    }

    asio::posix::stream_descriptor inotify_;
    std::map<int, Waiting> watched_;  ///< by the kernel's watch number
};

asio::execution_context::id DirectoryWatch::id;

DirectorySubscription::Entry::~Entry() {
    owner.remove(*this);
}

DirectorySubscription::DirectorySubscription(asio::io_context& io, const std::string& directory,
                                             const std::string& name, OnName on_name) {
    auto& watch = asio::use_service<DirectoryWatch>(io);
    entry_ = std::make_unique<Entry>(watch, std::move(on_name));
    watch.add(*entry_, directory, name);
}

}  // namespace vnf::runtime
