// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The protocol is public and stable (sd_notify(3), sd_watchdog_enabled(3), sd_listen_fds(3)): a datagram and a few
// environment variables. It is spoken here because libsystemd, with the six libraries it loads, would be 1 MB of
// each daemon's resident memory.
#include "runtime/service_notify.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "runtime/clock.hpp"
#include "runtime/file_descriptor.hpp"
#include "runtime/log.hpp"

namespace vnf::runtime {
namespace {

constexpr int first_inherited = 3;

std::string_view variable(const char* name) {
    const char* value = ::secure_getenv(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
}

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

bool is_for_this_process(std::string_view pid) {
    return number(pid) == static_cast<std::uint64_t>(::getpid());
}

/// A path, or '@' and a name in the abstract namespace; 0 for anything else.
socklen_t fill_notify_address(std::string_view name, sockaddr_un& address) {
    if (name.size() < 2 || name.size() >= sizeof(address.sun_path) || (name[0] != '/' && name[0] != '@'))
        return 0;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name[0] == '@')
        address.sun_path[0] = '\0';
    return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
}

enum class Patience {
    None,    ///< from the loop: a service manager that does not read costs the message
    Second,  ///< before the loop runs, for what must not be lost
};

void send(const std::string& state, Patience patience) {
    const std::string_view name = variable("NOTIFY_SOCKET");
    if (name.empty())
        return;
    sockaddr_un address{};
    const socklen_t length = fill_notify_address(name, address);
    const FileDescriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const timeval limit{1, 0};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    const int flags = MSG_NOSIGNAL | (patience == Patience::None ? MSG_DONTWAIT : 0);
    if (length == 0 || ::sendto(socket.get(), state.data(), state.size(), flags,
                                reinterpret_cast<const sockaddr*>(&address), length) < 0)
        log_debug("the service manager did not take a notification",
                  {{"errno", length == 0 ? EINVAL : errno}});
}

bool is_listening(int fd, int wanted_type) {
    int listening = 0, type = 0;
    socklen_t size = sizeof(int);
    return ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening == 1 &&
           ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == wanted_type;
}

}  // namespace

void notify_ready() {
    send("READY=1", Patience::Second);
}

void notify_reloading() {
    // Type=notify-reload of systemd 253 wants the time; older ones ignore it.
    const auto now = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch());
    send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(now.count()), Patience::None);
}

void notify_stopping() {
    send("STOPPING=1", Patience::None);
}

void notify_status(const std::string& text) {
    std::string line = text;
    std::replace(line.begin(), line.end(), '\n', ' ');  // a line break would begin another assignment
    send("STATUS=" + line, Patience::None);
}

std::optional<int> inherited_socket(std::string_view name, int type) {
    const auto count = number(variable("LISTEN_FDS"));
    if (!count || *count > 1024 || !is_for_this_process(variable("LISTEN_PID")))
        return std::nullopt;
    std::string_view names = variable("LISTEN_FDNAMES");
    std::optional<int> found;
    for (int fd = first_inherited; fd < first_inherited + static_cast<int>(*count); ++fd) {
        ::fcntl(fd, F_SETFD, FD_CLOEXEC);  // none of them is for a child process, taken or not
        const std::size_t end = std::min(names.find(':'), names.size());
        if (!found && !name.empty() && names.substr(0, end) == name) {
            if (is_listening(fd, type))
                found = fd;
            else
                log_warning("an inherited descriptor is not a listening socket of the right type",
                            {{"name", name}, {"fd", fd}});
        }
        names.remove_prefix(std::min(end + 1, names.size()));
    }
    return found;
}

class ServiceWatchdog::Impl : public std::enable_shared_from_this<Impl> {
  public:
    Impl(boost::asio::io_context& io, std::chrono::microseconds period) : timer_(io), period_(period) {}

    void pet() {
        send("WATCHDOG=1", Patience::None);
        timer_.expires_after(period_);
        timer_.async_wait([self = weak_from_this()](const boost::system::error_code& error) {
            const auto alive = self.lock();
            if (alive && !error)
                alive->pet();
        });
    }

  private:
    boost::asio::steady_timer timer_;
    std::chrono::microseconds period_;
};

ServiceWatchdog::ServiceWatchdog(boost::asio::io_context& io) {
    const std::string_view pid = variable("WATCHDOG_PID"), period = variable("WATCHDOG_USEC");
    if (period.empty() || (!pid.empty() && !is_for_this_process(pid)))
        return;
    const auto limit = number(period);
    if (!limit || *limit == 0 || *limit > std::uint64_t{1} << 50U) {
        log_warning("the service manager's watchdog setting is unusable and ignored",
                    {{"WATCHDOG_USEC", period}});
        return;
    }
    impl_ = std::make_shared<Impl>(io, std::chrono::microseconds(std::max<std::uint64_t>(*limit / 2, 1)));
    impl_->pet();
}

ServiceWatchdog::~ServiceWatchdog() = default;

}  // namespace vnf::runtime
