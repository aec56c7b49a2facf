// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The mask is read from /proc/PID/task/TID/status: sched_getaffinity() leaves out what is offline.

#include "affinity.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "libhandle/descriptor.hpp"

namespace vnf::guestscale {
namespace {

using libhandle::Descriptor;

/// Both files are far shorter; what is longer is cut, and then not understood.
std::optional<std::string> read_file(const std::string& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::array<char, 8192> bytes{};
    std::size_t size = 0;
    while (file.is_open() && size < bytes.size()) {
        const ssize_t count = ::read(file.get(), bytes.data() + size, bytes.size() - size);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return count == 0 ? std::optional(std::string(bytes.data(), size)) : std::nullopt;
        }
        size += static_cast<std::size_t>(count);
    }
    return std::nullopt;
}

template <typename Number>
std::optional<Number> number_at(std::string_view text) {
    Number number{};
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    return code == std::errc() && end != text.data() ? std::optional(number) : std::nullopt;
}

/// Field 22 of `stat`, counted behind the program's name, which may hold anything.
std::optional<std::uint64_t> start_time(const std::string& folder) {
    const auto stat = read_file(folder + "/stat");
    const auto name_end = stat ? stat->rfind(')') : std::string::npos;
    if (name_end == std::string::npos) {
        return std::nullopt;
    }
    std::string_view rest = std::string_view(*stat).substr(name_end + 1);
    constexpr int blanks_before = 20;
    for (int blank = 0; blank < blanks_before; ++blank) {
        const auto at = rest.find(' ');
        if (at == std::string_view::npos) {
            return std::nullopt;
        }
        rest.remove_prefix(at + 1);
    }
    return number_at<std::uint64_t>(rest);
}

std::optional<wire::CpuSet> allowed_cpus(const std::string& folder) {
    constexpr std::string_view key = "\nCpus_allowed_list:\t";
    const auto status = read_file(folder + "/status");
    const auto start = status ? status->find(key) : std::string::npos;
    if (start == std::string::npos) {
        return std::nullopt;
    }
    const auto text = std::string_view(*status).substr(start + key.size());
    const auto list = wire::parse_cpu_list(text.substr(0, text.find('\n')));
    const auto* const cpus = std::get_if<wire::CpuSet>(&list);
    return cpus == nullptr || cpus->empty() ? std::nullopt : std::optional(*cpus);
}

struct Found {
    std::uint64_t started;
    wire::CpuSet mask;
};
std::optional<Found> look_at(const std::string& folder) {
    const auto started = start_time(folder);
    const auto mask = started ? allowed_cpus(folder) : std::nullopt;
    return mask ? std::optional(Found{*started, *mask}) : std::nullopt;
}

std::vector<pid_t> threads_of(const std::string& folder) {
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(folder.c_str()), ::closedir);
    std::vector<pid_t> threads;
    while (directory && threads.size() < AffinityRecord::thread_limit) {
        const dirent* const entry = ::readdir(directory.get());
        if (entry == nullptr) {
            break;
        }
        if (const auto thread = number_at<pid_t>(entry->d_name)) {
            threads.push_back(*thread);
        }
    }
    return threads;
}

bool is_wider(const wire::CpuSet& mask, const wire::CpuSet& than) {
    return mask != than && (mask & than) == than;
}

/// 0 or an errno.
int pin(pid_t thread, const wire::CpuSet& mask) {
    constexpr std::size_t word_bits = 8 * sizeof(unsigned long);
    std::array<unsigned long, wire::cpu_limit / word_bits> words{};
    for (const wire::Cpu cpu : mask) {
        words[cpu.number() / word_bits] |= 1UL << cpu.number() % word_bits;
    }
    // The kernel takes a mask of any length; the type's own ends at 1024 CPUs.
    const auto* const bits = reinterpret_cast<const cpu_set_t*>(words.data());
    return ::sched_setaffinity(thread, sizeof words, bits) == 0 ? 0 : errno;
}

}  // namespace

AffinityRecord::Outcome AffinityRecord::record(pid_t process) {
    Outcome outcome;
    const std::string tasks = proc_ + '/' + std::to_string(process) + "/task";
    std::map<pid_t, Thread> known;
    known.swap(threads_);
    std::copy_if(known.begin(), known.end(), std::inserter(threads_, threads_.end()),
                 [process](const auto& one) { return one.second.process != process; });
    for (const pid_t thread : threads_of(tasks)) {
        const auto found = look_at(tasks + '/' + std::to_string(thread));
        if (!found || threads_.size() >= thread_limit) {
            continue;
        }
        const auto before = known.find(thread);
        const bool has_lost =
            before != known.end() && before->second.has_lost && before->second.started == found->started &&
            (found->mask == before->second.mask || is_wider(found->mask, before->second.mask));
        threads_[thread] = {process, found->started, has_lost ? before->second.mask : found->mask, has_lost};
        ++outcome.threads;
    }
    return outcome;
}

void AffinityRecord::note_loss(const wire::CpuSet& online) {
    for (auto& [id, thread] : threads_) {
        thread.has_lost = thread.has_lost || !(thread.mask - online).empty();
    }
}

/// Calls `each(id, thread, its mask now)` and forgets who has vanished.
template <typename Each>
void AffinityRecord::for_each_living(Each each) {
    for (auto at = threads_.begin(); at != threads_.end();) {
        auto& [id, thread] = *at;
        const auto found =
            look_at(proc_ + '/' + std::to_string(thread.process) + "/task/" + std::to_string(id));
        if (!found || found->started != thread.started) {
            at = threads_.erase(at);
            continue;
        }
        each(id, thread, found->mask);
        ++at;
    }
}

void AffinityRecord::give_back(pid_t id, const Thread& thread, const wire::CpuSet& now,
                               Outcome& outcome) const {
    if (!is_wider(now, thread.mask)) {
        return;
    }
    const int error = pin(id, thread.mask);
    if (error == 0) {
        ++outcome.threads;
    } else if (error != EINVAL && error != ESRCH) {  // none of its vCPUs is online; it has just ended
        ++outcome.failed;
        outcome.system_error = error;
    }
}

AffinityRecord::Outcome AffinityRecord::restore(const wire::CpuSet& online) {
    Outcome outcome;
    for_each_living([this, &online, &outcome](pid_t id, Thread& thread, const wire::CpuSet& now) {
        if (thread.has_lost && !(thread.mask & online).empty()) {
            give_back(id, thread, now, outcome);
            thread.has_lost = !(thread.mask - online).empty();
        }
    });
    return outcome;
}

AffinityRecord::Outcome AffinityRecord::restore_all() {
    Outcome outcome;
    for_each_living([this, &outcome](pid_t id, const Thread& thread, const wire::CpuSet& now) {
        give_back(id, thread, now, outcome);
    });
    return outcome;
}

}  // namespace vnf::guestscale
