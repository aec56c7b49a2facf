// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "cpu_tree.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

#include "libhandle/descriptor.hpp"

namespace vnf::guestscale {
namespace {

using libhandle::Descriptor;

CpuTreeError unreadable(const std::string& path) {
    return {CpuTreeFault::Unreadable, path, errno};
}

/// The whole file, which may be longer than any list: then it is refused as one.
std::variant<std::string, CpuTreeError> read_file(const std::string& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!file.is_open()) {
        return unreadable(path);
    }
    std::string text;
    std::array<char, 4096> piece{};
    while (text.size() <= wire::cpu_text_limit) {
        const ssize_t count = ::read(file.get(), piece.data(), piece.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return unreadable(path);
        }
        text.append(piece.data(), static_cast<std::size_t>(count));
        // A file of sysfs is read at once; less than was asked for is its end.
        if (static_cast<std::size_t>(count) < piece.size()) {
            return text;
        }
    }
    return text;
}

std::optional<CpuTreeError> write_switch(const std::string& path, bool online) {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
    if (!file.is_open()) {
        return CpuTreeError{errno == ENOENT ? CpuTreeFault::NoOnlineFile : CpuTreeFault::Refused, path,
                            errno};
    }
    ssize_t count = 0;
    do {
        count = ::write(file.get(), online ? "1" : "0", 1);
    } while (count < 0 && errno == EINTR);
    return count == 1 ? std::nullopt : std::optional(CpuTreeError{CpuTreeFault::Refused, path, errno});
}

/// What one switch says.
std::variant<bool, CpuTreeError> read_switch(const std::string& path) {
    const auto file = read_file(path);
    if (const auto* error = std::get_if<CpuTreeError>(&file)) {
        return *error;
    }
    std::string_view text = std::get<std::string>(file);
    if (text.ends_with('\n')) {
        text.remove_suffix(1);
    }
    if (text != "0" && text != "1") {
        return CpuTreeError{CpuTreeFault::NotAList, path};
    }
    return text == "1";
}

std::string_view words(CpuTreeFault fault) {
    switch (fault) {
        case CpuTreeFault::Unreadable:
            return "can't read ";
        case CpuTreeFault::NotAList:
            return "no list of vCPUs in ";
        case CpuTreeFault::Absent:
            return "there is no ";
        case CpuTreeFault::NoOnlineFile:
            return "the vCPU has no ";
        case CpuTreeFault::Refused:
            return "can't write ";
        case CpuTreeFault::Unchanged:
            return "what was written has no effect on ";
    }
    return "";
}

}  // namespace

std::string to_string(const CpuTreeError& error) {
    std::string out(words(error.fault));
    out += error.path;
    if (error.system_error != 0) {
        out += ": " + std::generic_category().message(error.system_error);
    }
    return out;
}

std::string CpuTree::switch_of(wire::Cpu cpu) const {
    return folder_ + "/cpu" + std::to_string(cpu.number()) + "/online";
}

bool CpuTree::has_online_file(wire::Cpu cpu) const {
    return ::access(switch_of(cpu).c_str(), F_OK) == 0;
}

std::variant<wire::CpuSet, CpuTreeError> CpuTree::read_list(std::string_view name) const {
    const std::string path = folder_ + '/' + std::string(name);
    const auto file = read_file(path);
    if (const auto* error = std::get_if<CpuTreeError>(&file)) {
        return *error;
    }
    const auto list = wire::parse_cpu_list(std::get<std::string>(file));
    if (const auto* cpus = std::get_if<wire::CpuSet>(&list)) {
        return *cpus;
    }
    return CpuTreeError{CpuTreeFault::NotAList, path};
}

std::variant<CpuView, CpuTreeError> CpuTree::view() const {
    auto online_list = online();
    if (const auto* error = std::get_if<CpuTreeError>(&online_list)) {
        return *error;
    }
    auto present_list = present();
    if (const auto* error = std::get_if<CpuTreeError>(&present_list)) {
        return *error;
    }
    CpuView view{std::get<wire::CpuSet>(online_list), {}, std::get<wire::CpuSet>(present_list)};
    for (const wire::Cpu cpu : view.present) {
        if (cpu != wire::Cpu(0) && has_online_file(cpu)) {
            view.removable.insert(cpu);
        }
    }
    return view;
}

/// A request that changes nothing costs no write, and no more than one look at the switch and one at the list.
std::optional<CpuTreeError> CpuTree::set(wire::Cpu cpu, bool online_wanted) const {
    const std::string path = switch_of(cpu);
    const auto state = read_switch(path);
    if (const auto* error = std::get_if<CpuTreeError>(&state)) {
        return error->system_error == ENOENT ? set_without_switch(cpu, online_wanted) : *error;
    }
    if (std::get<bool>(state) == online_wanted) {
        return verify_list(cpu, online_wanted);
    }
    // Nothing is written whose outcome could not be seen.
    const auto list = online();
    if (const auto* error = std::get_if<CpuTreeError>(&list)) {
        return *error;
    }
    if (auto error = write_switch(path, online_wanted)) {
        return error;
    }
    // A rule of udev may have turned it back, and a kernel may refuse without saying so.
    const auto after = read_switch(path);
    if (const auto* error = std::get_if<CpuTreeError>(&after)) {
        return *error;
    }
    return std::get<bool>(after) == online_wanted ? verify_list(cpu, online_wanted)
                                                  : CpuTreeError{CpuTreeFault::Unchanged, path};
}

std::optional<CpuTreeError> CpuTree::set_without_switch(wire::Cpu cpu, bool online_wanted) const {
    const auto list = online();
    if (const auto* error = std::get_if<CpuTreeError>(&list)) {
        return *error;
    }
    if (online_wanted && std::get<wire::CpuSet>(list).contains(cpu)) {
        return std::nullopt;
    }
    const std::string folder = folder_ + "/cpu" + std::to_string(cpu.number());
    const bool is_there = ::access(folder.c_str(), F_OK) == 0;
    return is_there ? CpuTreeError{CpuTreeFault::NoOnlineFile, switch_of(cpu)}
                    : CpuTreeError{CpuTreeFault::Absent, folder};
}

std::optional<CpuTreeError> CpuTree::verify_list(wire::Cpu cpu, bool online_wanted) const {
    const auto list = online();
    if (const auto* error = std::get_if<CpuTreeError>(&list)) {
        return *error;
    }
    if (std::get<wire::CpuSet>(list).contains(cpu) != online_wanted) {
        return CpuTreeError{CpuTreeFault::Unchanged, folder_ + "/online"};
    }
    return std::nullopt;
}

}  // namespace vnf::guestscale
