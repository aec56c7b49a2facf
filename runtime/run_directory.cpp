// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The rule for a private directory: nobody but this user and root can put something else in its place. So
// every directory above it, links included, must belong to one of the two, and none may be writable by
// everybody unless it is sticky. Each step is opened relative to the one before, so that what was checked is
// what is used.
#include "runtime/run_directory.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <deque>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "runtime/file_descriptor.hpp"

namespace vnf::runtime {
namespace {

namespace fs = std::filesystem;

/// Walks a path from the root, creating what is missing.
class PrivateWalk {
  public:
    explicit PrivateWalk(const fs::path& path) : path_(path) {
        push_front(fs::absolute(path).lexically_normal());
    }

    void run() {
        while (!left_.empty()) {
            const std::string name = std::move(left_.front());
            left_.pop_front();
            step(name);
        }
        check_last();
    }

  private:
    void push_front(const fs::path& path) {
        std::deque<std::string> parts;
        for (const fs::path& part : path.relative_path())
            if (!part.empty() && part != ".")
                parts.push_back(part.string());
        left_.insert(left_.begin(), parts.begin(), parts.end());
    }

    void step(const std::string& name) {
        if (::mkdirat(at_.get(), name.c_str(), S_IRWXU) != 0 && errno != EEXIST && errno != EROFS &&
            errno != EACCES)
            fail(name, last_error().message());
        FileDescriptor next(::openat(at_.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
        struct stat entry {};
        if (next.get() < 0 || ::fstat(next.get(), &entry) != 0)
            fail(name, last_error().message());
        if (!is_trusted(entry.st_uid))
            fail(name, "belongs to uid " + std::to_string(entry.st_uid));
        if (S_ISLNK(entry.st_mode))
            return follow(name, next);
        if (!S_ISDIR(entry.st_mode))
            fail(name, "is not a directory");
        if (!left_.empty() && (entry.st_mode & S_IWOTH) != 0 && (entry.st_mode & S_ISVTX) == 0)
            fail(name, "can be written by everybody");
        at_ = std::move(next);
        last_ = entry;
    }

    void follow(const std::string& name, const FileDescriptor& link) {
        if (left_.empty())
            fail(name, "is a link, a directory is needed");
        if (++links_ > 16)
            fail(name, "has too many links before it");
        std::array<char, PATH_MAX> target{};
        const ssize_t length = ::readlinkat(link.get(), "", target.data(), target.size() - 1);
        if (length <= 0)
            fail(name, "is a link that can't be read");
        const fs::path to(target.data());
        if (to.is_absolute())
            at_ = FileDescriptor(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
        push_front(to);
    }

    void check_last() const {
        if (last_.st_uid != ::geteuid())
            fail("", "belongs to uid " + std::to_string(last_.st_uid));
        if ((last_.st_mode & (S_IWGRP | S_IWOTH)) != 0)
            fail("", "can be written by others, mode 0700 is needed");
    }

    static bool is_trusted(uid_t owner) { return owner == 0 || owner == ::geteuid(); }

    [[noreturn]] void fail(const std::string& name, const std::string& why) const {
        const std::string where =
            name.empty() || name == path_.filename() ? "it " : "\"" + name + "\" in it ";
        throw std::runtime_error("the directory " + path_.string() + " can't be used: " + where + why);
    }

    fs::path path_;
    std::deque<std::string> left_;
    FileDescriptor at_{::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)};
    struct stat last_ {};
    int links_ = 0;
};

std::optional<fs::path> from_environment(const char* variable) {
    const char* value = ::secure_getenv(variable);
    if (value == nullptr || *value == '\0')
        return std::nullopt;
    return fs::absolute(value).lexically_normal();
}

}  // namespace

fs::path run_directory() {
    if (auto chosen = from_environment("VNF_RUN_DIR"))
        return *chosen;
    if (::geteuid() == 0)
        return "/run/vnf-guest-sdk";
    if (auto session = from_environment("XDG_RUNTIME_DIR"))
        return *session / "vnf-guest-sdk";
    return "/tmp/vnf-guest-sdk-" + std::to_string(::geteuid());
}

fs::path default_state_directory() {
    if (auto chosen = from_environment("VNF_STATE_DIR"))
        return *chosen;
    if (const auto given = from_environment("STATE_DIRECTORY")) {
        const std::string all = given->string();
        return all.substr(0, all.find(':'));
    }
    if (::geteuid() == 0)
        return "/var/lib/vnf-guest-sdk";
    return run_directory() / "state";
}

void ensure_private_directory(const fs::path& path) {
    PrivateWalk(path).run();
}

fs::path default_guest_directory() {
    return run_directory() / "guests";
}
fs::path default_host_api_socket() {
    return run_directory() / "host-agent.sock";
}
fs::path default_guest_control_socket() {
    return run_directory() / "guest-client.sock";
}

fs::path default_group_socket() {
    return run_directory() / "server-group.sock";
}

fs::path default_scale_socket() {
    return run_directory() / "guest-scale.sock";
}
fs::path default_scale_control_socket() {
    return run_directory() / "guest-scale-agent.sock";
}

fs::path default_avp_directory() {
    if (auto chosen = from_environment("VNF_RUN_DIR"))
        return *chosen / "avp";
    // Not below host-agent's: who runs as another user must not depend on that one's folder.
    if (::geteuid() == 0)
        return "/run/vnf-avp-host";
    return run_directory() / "avp";
}

fs::path default_avp_control_socket() {
    return default_avp_directory() / "avp-host.sock";
}

fs::path default_application_socket() {
    if (::geteuid() == 0)
        return "/var/run/.guest_heartbeat_api";
    return run_directory() / "guest_heartbeat_api";
}

}  // namespace vnf::runtime
