// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One line at a time; every key is a row of a table.
#include "guest-client/legacy_settings.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "runtime/file_descriptor.hpp"
#include "runtime/settings.hpp"

namespace vnf::guest {
namespace {

using runtime::Milliseconds;
using std::chrono::seconds;

constexpr std::size_t longest_line = 1023;
constexpr std::size_t largest_file = 1024 * 1024;

struct Line {
    const std::string& file;
    int number;
    std::string_view key, value;

    [[noreturn]] void fail(const std::string& text) const {
        throw runtime::SettingsError(file, number, std::string(key), text);
    }
    std::string where() const { return file + ":" + std::to_string(number) + ": "; }
};

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\v\f";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string_view unquoted(std::string_view text) {
    const bool quoted =
        text.size() >= 2 && text.front() == text.back() && (text.front() == '"' || text.front() == '\'');
    return quoted ? trimmed(text.substr(1, text.size() - 2)) : text;
}

std::int64_t number(const Line& line, std::int64_t lowest, std::int64_t highest) {
    std::int64_t value = 0;
    const char* const end = line.value.data() + line.value.size();
    const auto [stop, error] = std::from_chars(line.value.data(), end, value);
    if (error != std::errc() || stop != end || value < lowest || value > highest) {
        line.fail("\"" + std::string(line.value) + "\" is not a number in " + std::to_string(lowest) + ".." +
                  std::to_string(highest));
    }
    return value;
}

template <std::chrono::seconds SessionSettings::*Member>
void timeout(const Line& line, Settings& settings) {
    constexpr std::int64_t day = 86400;
    settings.session.*Member = seconds(number(line, 0, day));
}

void init_retry(const Line& line, Settings& settings) {
    settings.session.init_retry = Milliseconds(number(line, 100, 600000));
}

void min_timeout(const Line& line, Settings& settings) {
    settings.session.watchdog_shortest = Milliseconds(number(line, 100, 600000));
}

void interval(const Line& line, Settings& settings) {
    settings.session.interval = Milliseconds(
        number(line, HostSession::shortest_old_interval.count(), wire::fast_interval_most.count()));
}

void corrective_action(const Line& line, Settings& settings) {
    const auto action = wire::corrective_action_of(line.value);
    if (action == wire::CorrectiveAction::Reboot || action == wire::CorrectiveAction::Stop ||
        action == wire::CorrectiveAction::Log) {
        settings.session.corrective_action = *action;
    } else {
        settings.warnings.push_back(line.where() +
                                    "CORRECTIVE_ACTION: unknown word, allowed reboot, stop, log");
    }
}

void health_interval(const Line& line, Settings& settings) {
    settings.health_script.interval = seconds(number(line, 0, 86400));
}

template <ScriptSettings Settings::*Member>
void script(const Line& line, Settings& settings) {
    constexpr std::size_t longest_path = 254;
    if (line.value.size() > longest_path) {
        line.fail("the path is longer than 254 bytes");
    }
    (settings.*Member).path = line.value;
}

struct Key {
    std::string_view name;
    void (*take)(const Line& line, Settings& settings);
};
constexpr std::array keys{Key{"HB_INIT_RETRY", init_retry},
                          Key{"HB_MIN_TIMEOUT", min_timeout},
                          Key{"HB_INTERVAL", interval},
                          Key{"VOTE", timeout<&SessionSettings::vote>},
                          Key{"SHUTDOWN_NOTICE", timeout<&SessionSettings::shutdown_notice>},
                          Key{"SUSPEND_NOTICE", timeout<&SessionSettings::suspend_notice>},
                          Key{"RESUME_NOTICE", timeout<&SessionSettings::resume_notice>},
                          Key{"RESTART", timeout<&SessionSettings::restart>},
                          Key{"CORRECTIVE_ACTION", corrective_action},
                          Key{"HEALTH_CHECK_INTERVAL", health_interval},
                          Key{"HEALTH_CHECK_SCRIPT", script<&Settings::health_script>},
                          Key{"EVENT_NOTIFICATION_SCRIPT", script<&Settings::event_script>}};

void take_line(Line line, Settings& settings) {
    const std::string_view text = trimmed(line.value);
    if (text.empty() || text.front() == '#') {
        return;
    }
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) {
        settings.warnings.push_back(line.where() + "ignored, not KEY=VALUE");
        return;
    }
    line.key = trimmed(text.substr(0, equals));
    line.value = unquoted(trimmed(text.substr(equals + 1)));
    for (const Key& key : keys) {
        if (key.name == line.key) {
            key.take(line, settings);
            return;
        }
    }
    settings.warnings.push_back(line.where() + std::string(line.key.substr(0, 64)) +
                                ": unknown key, ignored");
}

}  // namespace

Settings parse_legacy_settings(std::string_view text, const std::string& file_name) {
    Settings settings = default_settings();
    settings.source = file_name;
    for (int line_number = 1; !text.empty(); ++line_number) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.size() > longest_line) {
            throw runtime::SettingsError(file_name, line_number, "", "the line is longer than 1023 bytes");
        }
        take_line({file_name, line_number, {}, line}, settings);
    }
    return settings;
}

Settings load_legacy_settings(const std::string& file) {
    const runtime::FileDescriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    std::string text(largest_file + 1, '\0');
    std::size_t size = 0;
    ssize_t got = fd ? 1 : -1;
    while (got > 0 && size < text.size()) {
        got = ::read(fd.get(), text.data() + size, text.size() - size);
        size += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
    }
    if (got < 0) {
        throw runtime::SettingsError(file, 0, "", runtime::last_error().message());
    }
    if (size > largest_file) {
        throw runtime::SettingsError(file, 0, "", "larger than 1 MiB");
    }
    return parse_legacy_settings(std::string_view(text).substr(0, size), file);
}

}  // namespace vnf::guest
