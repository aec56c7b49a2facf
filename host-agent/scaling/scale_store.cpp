// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See scale_store.hpp.
#include "host-agent/scaling/scale_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <system_error>

#include "runtime/file_descriptor.hpp"
#include "runtime/run_directory.hpp"

namespace vnf::host {

namespace {

using runtime::FileDescriptor;

constexpr std::string_view head = "vnf-guest-sdk scale 1\n";
constexpr std::size_t longest_file = 64 * 1024;

std::string trouble(std::string_view what, const std::string& path) {
    return std::string(what) + " " + path + ": " + std::system_category().message(errno);
}

/// The rest of the next line behind this word; nothing if it is another line.
std::optional<std::string_view> take_line(std::string_view& text, std::string_view key) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos || !text.starts_with(key) || key.size() > end) {
        return std::nullopt;
    }
    const std::string_view value = text.substr(key.size(), end - key.size());
    text.remove_prefix(end + 1);
    return value;
}

std::optional<std::int64_t> number_of(std::string_view text) {
    std::int64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
    return whole ? std::optional(number) : std::nullopt;
}

std::optional<PendingScale> pending_of(std::string_view text) {
    if (text == "asking") {
        return PendingScale{PendingScale::Step::Asking, std::nullopt};
    }
    const std::size_t blank = std::min(text.find(' '), text.size());
    const std::string_view step = text.substr(0, blank);
    const auto number = blank < text.size() ? number_of(text.substr(blank + 1)) : std::nullopt;
    const auto cpu = number ? wire::Cpu::of(*number) : std::nullopt;
    if (!cpu || (step != "giving" && step != "taking")) {
        return std::nullopt;
    }
    return PendingScale{step == "giving" ? PendingScale::Step::Giving : PendingScale::Step::Taking, cpu};
}

std::string pending_text(const PendingScale& pending) {
    switch (pending.step) {
        case PendingScale::Step::Asking:
            return "pending asking\n";
        case PendingScale::Step::Giving:
            return "pending giving " + std::to_string(pending.cpu->number()) + "\n";
        case PendingScale::Step::Taking:
            return "pending taking " + std::to_string(pending.cpu->number()) + "\n";
    }
    return {};
}

std::string write_file(const std::string& path, std::string_view text) {
    const FileDescriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file.get() < 0 ||
        ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        return trouble("can't write", path);
    }
    return {};
}

}  // namespace

std::string encode(const KeptAccount& account) {
    return fmt::format("{}max {}\noffline {}\n{}", head, account.max, format_cpu_list(account.offline),
                       account.pending ? pending_text(*account.pending) : "");
}

std::optional<KeptAccount> parse_kept_account(std::string_view text) {
    if (!text.starts_with(head)) {
        return std::nullopt;
    }
    text.remove_prefix(head.size());
    KeptAccount account;
    const auto max = take_line(text, "max ");
    const auto offline = take_line(text, "offline ");
    const auto most = max ? number_of(*max) : std::nullopt;
    if (!offline || !most || *most < 1 || *most > static_cast<std::int64_t>(wire::cpu_limit)) {
        return std::nullopt;
    }
    account.max = static_cast<std::uint16_t>(*most);
    const auto cpus = wire::parse_cpu_list(*offline);
    if (!std::holds_alternative<wire::CpuSet>(cpus)) {
        return std::nullopt;
    }
    account.offline = std::get<wire::CpuSet>(cpus);
    if (text.empty()) {
        return account;
    }
    const auto pending = take_line(text, "pending ");
    account.pending = pending ? pending_of(*pending) : std::nullopt;
    return account.pending && text.empty() ? std::optional(account) : std::nullopt;
}

ScaleAccount restored(const ScaleLimits& limits, const KeptAccount& kept) {
    ScaleAccount account(limits);
    account.host -= kept.offline;
    account.host.insert(0);
    // The settings may have raised the minimum meanwhile.
    while (account.host.count() < limits.min) {
        account.host.insert(*account.offline().first());
    }
    return account;
}

std::variant<std::monostate, KeptAccount, std::string> ScaleStore::load(const std::string& id) const {
    if (directory_.empty()) {
        return {};
    }
    const FileDescriptor file(::open(path(id).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (file.get() < 0) {
        return errno == ENOENT ? std::variant<std::monostate, KeptAccount, std::string>()
                               : trouble("can't read", path(id));
    }
    std::string text(longest_file + 1, '\0');
    const ssize_t size = ::read(file.get(), text.data(), text.size());
    if (size < 0) {
        return trouble("can't read", path(id));
    }
    text.resize(static_cast<std::size_t>(size));
    const auto account = text.size() <= longest_file ? parse_kept_account(text) : std::nullopt;
    if (!account) {
        return path(id) + " is damaged";
    }
    return *account;
}

std::string ScaleStore::save(const std::string& id, const KeptAccount& account) const {
    if (directory_.empty()) {
        return {};
    }
    try {
        runtime::ensure_private_directory(directory_);
    } catch (const std::exception& error) {
        return error.what();
    }
    const std::string next = path(id) + ".new";
    if (std::string error = write_file(next, encode(account)); !error.empty()) {
        return error;
    }
    return ::rename(next.c_str(), path(id).c_str()) == 0 ? std::string() : trouble("can't write", path(id));
}

}  // namespace vnf::host
