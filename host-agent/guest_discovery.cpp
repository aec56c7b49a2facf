// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See guest_discovery.hpp. No descriptor of the directory is kept: the kernel would not tell of its end.
#include "host-agent/guest_discovery.hpp"

#include <dirent.h>
#include <sys/inotify.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstring>
#include <map>
#include <set>
#include <utility>

#include "host-agent/guest_spec.hpp"
#include "runtime/file_descriptor.hpp"

namespace vnf::host {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::chrono::seconds look_again{5};
constexpr std::size_t most_refusals_kept = 1024;
constexpr std::uint32_t events = IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_MOVED_FROM | IN_ATTRIB |
                                 IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_DONT_FOLLOW;

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};

std::set<std::string> names_in(const std::string& path) {
    std::set<std::string> names;
    const std::unique_ptr<DIR, CloseDirectory> directory(::opendir(path.c_str()));
    if (!directory) {
        return names;
    }
    // This stream is this function's own.
    // NOLINTNEXTLINE(concurrency-mt-unsafe)
    while (const dirent* entry = ::readdir(directory.get())) {
        names.insert(static_cast<const char*>(entry->d_name));
    }
    return names;
}

}  // namespace

class GuestDiscovery::Impl : public std::enable_shared_from_this<Impl> {
  public:
    Impl(asio::io_context& io, std::string directory, TrustedOwners owners, DiscoveryHandler& handler)
        : directory_(std::move(directory)),
          owners_(std::move(owners)),
          handler_(&handler),
          stream_(io),
          timer_(io) {}

    void start() {
        trouble_ = open();
        if (!trouble_.empty()) {
            close();
            look_later();
            return;
        }
        // The watch is there first: what appears during the scan is seen twice, never not at all.
        scan();
        read();
    }

    void stop() {
        handler_ = nullptr;
        close();
        timer_.cancel();
    }

    std::string directory_;
    std::string trouble_ = "not started";

  private:
    std::string open() {
        if (::lstat(directory_.c_str(), &watched_) != 0) {
            return refuse_directory(runtime::last_error().message());
        }
        if (const auto distrust = directory_distrust(watched_, owners_)) {
            return refuse_directory(*distrust);
        }
        runtime::FileDescriptor inotify(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
        if (!inotify || ::inotify_add_watch(inotify.get(), directory_.c_str(), events) < 0) {
            return refuse_directory(runtime::last_error().message());
        }
        stream_.assign(inotify.release());
        refused_.clear();
        return still_trusted() ? std::string() : "it was replaced";
    }

    std::string refuse_directory(const std::string& why) {
        if (why != trouble_) {
            handler_->socket_refused(directory_, why);
        }
        return why;
    }

    void close() {
        error_code ignored;
        stream_.close(ignored);
    }

    void look_later() {
        timer_.expires_after(look_again);
        timer_.async_wait([self = shared_from_this()](const error_code& error) {
            if (!error && self->handler_ != nullptr) {
                self->start();
            }
        });
    }

    void read() {
        stream_.async_read_some(asio::buffer(buffer_),
                                [self = shared_from_this()](const error_code& error, std::size_t size) {
                                    if (self->handler_ != nullptr) {
                                        self->received(error, size);
                                    }
                                });
    }

    void received(const error_code& error, std::size_t size) {
        bool usable = !error;
        bool look_around = false;
        for_each_event(size, [&usable, &look_around](const inotify_event& event, const char*) {
            usable = usable && (event.mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT)) == 0;
            look_around = look_around || event.len == 0;  // the directory's own mode or owner, or an overflow
        });
        // Before any name of this batch is believed: who changed the mode may have made the socket.
        if (usable && look_around) {
            usable = still_trusted();
        }
        if (!usable) {
            begin_anew();
            return;
        }
        for_each_event(size, [this](const inotify_event& event, const char* name) {
            if (event.len > 0) {
                changed(name, event.mask);
            }
        });
        if (look_around) {
            scan();
        }
        read();
    }

    /// The events of one read, with the name that follows each.
    template <typename Visit>
    void for_each_event(std::size_t size, Visit&& visit) const {
        for (std::size_t at = 0; at + sizeof(inotify_event) <= size;) {
            inotify_event event{};
            std::memcpy(&event, buffer_.data() + at, sizeof event);
            visit(event, buffer_.data() + at + sizeof event);
            at += sizeof event + event.len;
        }
    }

    bool still_trusted() const {
        struct stat status {};
        return ::lstat(directory_.c_str(), &status) == 0 && status.st_ino == watched_.st_ino &&
               status.st_dev == watched_.st_dev && !directory_distrust(status, owners_);
    }

    void begin_anew() {
        close();
        for (const auto& [socket, path] : std::exchange(known_, {})) {
            handler_->socket_lost(socket, path);
        }
        start();
    }

    void changed(const std::string& name, std::uint32_t mask) {
        if ((mask & (IN_DELETE | IN_MOVED_FROM)) != 0) {
            vanished(name);
        } else {
            look_at(name);
        }
    }

    void vanished(const std::string& name) {
        refused_.erase(name);
        const auto socket = parse_socket_name(name);
        if (socket && known_.erase(*socket) != 0) {
            handler_->socket_lost(*socket, path_of(name));
        }
    }

    void look_at(const std::string& name) {
        const auto socket = parse_socket_name(name);
        if (!socket) {
            return;
        }
        struct stat status {};
        if (::lstat(path_of(name).c_str(), &status) != 0) {
            vanished(name);
            return;
        }
        if (const auto distrust = socket_distrust(status, owners_)) {
            refuse(name, *socket, *distrust);
            return;
        }
        refused_.erase(name);
        if (known_.emplace(*socket, path_of(name)).second) {
            handler_->socket_found(*socket, path_of(name));
        }
    }

    void refuse(const std::string& name, const SocketName& socket, const std::string& why) {
        if (known_.erase(socket) != 0) {
            handler_->socket_lost(socket, path_of(name));
        }
        if (refused_.size() >= most_refusals_kept) {
            refused_.clear();
        }
        if (refused_.insert(name).second) {
            handler_->socket_refused(path_of(name), why);
        }
    }

    void scan() {
        const std::set<std::string> names = names_in(directory_);
        const auto known = known_;
        for (const auto& [socket, path] : known) {
            const std::string name = path.substr(directory_.size() + 1);
            if (!names.contains(name)) {
                vanished(name);
            }
        }
        for (const std::string& name : names) {
            look_at(name);
        }
    }

    std::string path_of(const std::string& name) const { return directory_ + '/' + name; }

    TrustedOwners owners_;
    DiscoveryHandler* handler_;
    asio::posix::stream_descriptor stream_;
    asio::steady_timer timer_;
    struct stat watched_ {};
    std::map<SocketName, std::string> known_;  ///< to its path
    std::set<std::string> refused_;            ///< names, so that each is reported once
    alignas(inotify_event) std::array<char, 16384> buffer_{};
};

GuestDiscovery::GuestDiscovery(asio::io_context& io, std::string directory, TrustedOwners owners,
                               DiscoveryHandler& handler)
    : impl_(std::make_shared<Impl>(io, std::move(directory), std::move(owners), handler)) {}

GuestDiscovery::~GuestDiscovery() {
    impl_->stop();
}

void GuestDiscovery::start() {
    impl_->start();
}

const std::string& GuestDiscovery::directory() const {
    return impl_->directory_;
}

const std::string& GuestDiscovery::trouble() const {
    return impl_->trouble_;
}

}  // namespace vnf::host
