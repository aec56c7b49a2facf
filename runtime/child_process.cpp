// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Spawn, watch the pidfd, the pipe and the deadline, kill the group, reap.
//
// Policy. The leader is left unreaped until its group was killed: as long as it is a zombie neither its pid
// nor its group's can belong to anybody else (G-42). Its output is read until it has exited and no longer, so
// a grandchild that keeps the pipe delays nothing. A killed leader that does not die in a second (stuck in
// the kernel) is reported all the same and reaped whenever it comes.
#include "runtime/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "runtime/file_descriptor.hpp"

namespace vnf::runtime {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using End = ChildOutcome::End;

constexpr std::size_t most_input = 64 * 1024;
constexpr std::size_t most_drained_at_exit = 1024 * 1024;  // a pipe holds 64 KiB unless somebody enlarged it
constexpr Milliseconds patience_after_kill{1000};

std::error_code code(int error) {
    return {error, std::generic_category()};
}

/// A parent that ignored SIGCHLD hands that down; children would then be reaped behind our back.
void make_children_waitable() {
    struct sigaction present {};
    if (::sigaction(SIGCHLD, nullptr, &present) == 0 && present.sa_handler == SIG_IGN) {
        struct sigaction usual {};
        usual.sa_handler = SIG_DFL;
        ::sigaction(SIGCHLD, &usual, nullptr);
    }
}

/// The input as a file in memory: nothing to feed, nothing that can block or raise SIGPIPE.
FileDescriptor input_file(const std::string& text, std::error_code& error) {
    if (text.empty()) {
        FileDescriptor null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        error = null ? std::error_code() : last_error();
        return null;
    }
    FileDescriptor file(::memfd_create("child-input", MFD_CLOEXEC));
    if (!file || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        ::lseek(file.get(), 0, SEEK_SET) != 0)
        error = last_error();
    return file;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    result.reserve(texts.size() + 1);
    for (auto& text : texts)
        result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

/// The daemon's environment, with what the spec adds in place of what has the same name.
std::vector<std::string> environment_with(const std::vector<std::string>& added) {
    std::vector<std::string> result = added;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const auto name = text.substr(0, text.find('=') + 1);
        const bool replaced = std::any_of(added.begin(), added.end(),
                                          [name](const std::string& one) { return one.starts_with(name); });
        if (!replaced)
            result.emplace_back(text);
    }
    return result;
}

class SpawnAttributes {
  public:
    SpawnAttributes() {
        ::posix_spawnattr_init(&attributes_);
        ::posix_spawn_file_actions_init(&actions_);
        sigset_t none, all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(&attributes_,
                                   POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    }
    ~SpawnAttributes() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    SpawnAttributes(const SpawnAttributes&) = delete;
    SpawnAttributes& operator=(const SpawnAttributes&) = delete;

    std::error_code spawn(ChildSpec& spec, int input, int output, pid_t& pid) {
        ::posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
        ::posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
        auto environment = environment_with(spec.environment);
        auto argv = pointers(spec.argv);
        auto envp = pointers(environment);
        return code(::posix_spawn(&pid, argv[0], &actions_, &attributes_, argv.data(), envp.data()));
    }

  private:
    posix_spawnattr_t attributes_{};
    posix_spawn_file_actions_t actions_{};
};

}  // namespace

std::string to_string(const ChildOutcome& outcome) {
    switch (outcome.end) {
        case End::Exited:
            return "exited with status " + std::to_string(outcome.code);
        case End::Signalled:
            return "killed by signal " + std::to_string(outcome.code);
        case End::DeadlinePassed:
            return "killed: not done within its deadline";
        case End::NotStarted:
            return "not started: " + outcome.error.message();
        case End::Cancelled:
            return "cancelled";
    }
    return {};
}

class ChildProcess::Impl : public std::enable_shared_from_this<Impl> {
  public:
    Impl(asio::io_context& io, ChildSpec spec, OnEnd on_end)
        : spec_(std::move(spec)), on_end_(std::move(on_end)), pidfd_(io), output_(io), timer_(io) {}

    /// Only when the loop itself is gone: a leader that is still there is dying of SIGKILL.
    ~Impl() {
        if (!pidfd_.is_open())
            return;
        ::kill(-pid_, SIGKILL);
        pollfd dying{pidfd_.native_handle(), POLLIN, 0};
        ::poll(&dying, 1, static_cast<int>(patience_after_kill.count()));
        reap();
    }

    void start() {
        outcome_.error = launch();
        if (outcome_.error) {
            asio::post(timer_.get_executor(), [self = shared_from_this()] { self->report(End::NotStarted); });
            return;
        }
        watch_exit();
        watch_output();
        watch_time(spec_.deadline);
    }

    void cancel() { kill_for(End::Cancelled); }

    void abandon() {
        on_end_ = nullptr;
        kill_for(End::Cancelled);
    }

    pid_t pid() const { return pid_; }

  private:
    std::error_code launch() {
        if (spec_.argv.empty() || spec_.argv.front().find('/') == std::string::npos)
            return std::make_error_code(std::errc::invalid_argument);
        if (spec_.standard_input.size() > most_input)
            return std::make_error_code(std::errc::file_too_large);
        make_children_waitable();
        std::error_code error;
        const FileDescriptor input = input_file(spec_.standard_input, error);
        if (error)
            return error;
        int ends[2] = {-1, -1};
        if (::pipe2(ends, O_CLOEXEC) != 0)
            return last_error();
        FileDescriptor ours(ends[0]);
        const FileDescriptor theirs(ends[1]);
        ::fcntl(ours.get(), F_SETFL, O_NONBLOCK);
        if ((error = SpawnAttributes().spawn(spec_, input.get(), theirs.get(), pid_)))
            return error;
        return watchable(std::move(ours));
    }

    /// The child runs: from here on a failure must take it down again.
    std::error_code watchable(FileDescriptor output) {
        FileDescriptor pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
        error_code error;
        if (!pidfd)
            error.assign(errno, boost::system::generic_category());
        else
            pidfd_.assign(pidfd.get(), error);
        if (!error) {
            pidfd.release();
            output_.assign(output.get(), error);
        }
        if (!error) {
            output.release();
            return {};
        }
        ::kill(-pid_, SIGKILL);
        ::waitpid(std::exchange(pid_, 0), nullptr, 0);
        error_code ignored;
        pidfd_.close(ignored);
        return error;
    }

    void watch_exit() {
        pidfd_.async_wait(asio::posix::stream_descriptor::wait_read,
                          [self = shared_from_this()](const error_code& error) {
                              if (!error)
                                  self->leader_exited();
                          });
    }

    void watch_output() {
        output_.async_wait(asio::posix::stream_descriptor::wait_read,
                           [self = shared_from_this()](const error_code& error) {
                               if (!error && self->read_output(sizeof(buffer_)))
                                   self->watch_output();
                           });
    }

    void watch_time(Milliseconds time) {
        timer_.expires_after(time);
        timer_.async_wait([self = shared_from_this()](const error_code& error) {
            if (!error)
                self->time_passed();
        });
    }

    void time_passed() {
        if (killed_for_ != End::Exited)
            report(killed_for_);  // killed, and still not dead
        else
            kill_for(End::DeadlinePassed);
    }

    /// The leader is not reaped yet, so the group is still ours.
    void kill_for(End verdict) {
        if (!pidfd_.is_open() || killed_for_ != End::Exited)
            return;
        killed_for_ = verdict;
        ::kill(-pid_, SIGKILL);
        watch_time(patience_after_kill);
    }

    void leader_exited() {
        ::kill(-pid_, SIGKILL);
        read_output(most_drained_at_exit);
        const End end = reap();
        report(killed_for_ == End::Exited ? end : killed_for_);
    }

    End reap() {
        siginfo_t info{};
        ::waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(pidfd_.native_handle()), &info,
                 WEXITED | WNOHANG);
        error_code ignored;
        pidfd_.close(ignored);
        outcome_.code = info.si_status;
        return info.si_code == CLD_EXITED ? End::Exited : End::Signalled;
    }

    /// Reads what is there, `most` bytes at the most; false at the end of the output.
    bool read_output(std::size_t most) {
        while (output_.is_open() && most > 0) {
            const ssize_t got =
                ::read(output_.native_handle(), buffer_.data(), std::min(most, buffer_.size()));
            if (got < 0 && errno == EINTR)
                continue;
            if (got < 0 && errno == EAGAIN)
                return true;
            if (got <= 0) {
                error_code ignored;
                output_.close(ignored);
                return false;
            }
            keep(std::string_view(buffer_.data(), static_cast<std::size_t>(got)));
            most -= static_cast<std::size_t>(got);
        }
        return output_.is_open();
    }

    void keep(std::string_view bytes) {
        for (const char byte : bytes) {
            if (line_complete_ || outcome_.first_line.size() >= spec_.first_line_limit)
                return;
            if (byte == '\n')
                line_complete_ = true;
            else
                outcome_.first_line.push_back(static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f ? ' '
                                                                                                      : byte);
        }
    }

    void report(End end) {
        timer_.cancel();
        error_code ignored;
        output_.close(ignored);
        outcome_.end = end;
        outcome_.took = std::chrono::duration_cast<Milliseconds>(Clock::now() - began_);
        if (const OnEnd tell = std::exchange(on_end_, nullptr))
            tell(outcome_);
    }

    ChildSpec spec_;
    OnEnd on_end_;
    asio::posix::stream_descriptor pidfd_;  ///< open as long as the leader is not reaped
    asio::posix::stream_descriptor output_;
    asio::steady_timer timer_;
    pid_t pid_ = 0;
    End killed_for_ = End::Exited;  ///< Exited: nobody has killed it
    bool line_complete_ = false;
    TimePoint began_ = Clock::now();
    ChildOutcome outcome_;
    std::array<char, 4096> buffer_;
};

ChildProcess::ChildProcess(asio::io_context& io, ChildSpec spec, OnEnd on_end)
    : impl_(std::make_shared<Impl>(io, std::move(spec), std::move(on_end))) {
    impl_->start();
}
ChildProcess::~ChildProcess() {
    impl_->abandon();
}
void ChildProcess::cancel() {
    impl_->cancel();
}
pid_t ChildProcess::pid() const {
    return impl_->pid();
}

}  // namespace vnf::runtime
