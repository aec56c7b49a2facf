// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Structured logs: one line, a stable message, key=value fields. To standard error with the service manager's
// priority prefix when its journal is there, with a time stamp otherwise; never blocks the loop (a full pipe drops
// lines and says how many at the next chance). Texts from peers are escaped and cut.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/clock.hpp"

namespace vnf::runtime {

enum class LogLevel : std::uint8_t { Error, Warning, Info, Debug };

/// One field. Numbers and texts; a text is quoted when it has a blank and cut at 256 bytes.
class LogField {
  public:
    LogField(std::string_view key, std::string_view value);
    LogField(std::string_view key, const char* value) : LogField(key, std::string_view(value)) {}
    LogField(std::string_view key, const std::string& value) : LogField(key, std::string_view(value)) {}
    LogField(std::string_view key, bool value) : LogField(key, value ? "true" : "false") {}
    template <typename Integer>
    requires std::is_integral_v<Integer> LogField(std::string_view key, Integer value)
        : LogField(key, std::string_view(std::to_string(value))) {}
    LogField(std::string_view key, Milliseconds value) : LogField(key, value.count()) {}
    const std::string& text() const { return text_; }

  private:
    std::string text_;
};
using LogFields = std::initializer_list<LogField>;

/// "error", "warning", "info", "debug".
std::optional<LogLevel> log_level_of(std::string_view text);
void set_log_level(LogLevel level);
LogLevel log_level();
void set_log_name(std::string_view program);
/// Takes each line, without head or end, instead of standard error: for a plug-in, whose host program has a log. Called
/// by any thread, also by two at once. It may not log.
using LogWriter = void (*)(LogLevel level, const std::string& line);
void set_log_writer(LogWriter writer);
void log(LogLevel level, std::string_view message, LogFields fields = {});
inline void log_error(std::string_view message, LogFields fields = {}) {
    log(LogLevel::Error, message, fields);
}
inline void log_warning(std::string_view message, LogFields fields = {}) {
    log(LogLevel::Warning, message, fields);
}
inline void log_info(std::string_view message, LogFields fields = {}) {
    log(LogLevel::Info, message, fields);
}
inline void log_debug(std::string_view message, LogFields fields = {}) {
    log(LogLevel::Debug, message, fields);
}

/// A token bucket for logs in a loop: `burst` lines, then one per `period`. admit() says whether to log now;
/// suppressed() how many were not since the last admitted one.
class LogLimit {
  public:
    explicit LogLimit(unsigned burst = 5, Milliseconds period = Milliseconds(1000));
    bool admit(TimePoint now);
    std::uint64_t suppressed() const { return suppressed_before_; }

  private:
    unsigned burst_;
    Milliseconds period_;
    double tokens_;
    TimePoint last_{};
    std::uint64_t suppressed_ = 0, suppressed_before_ = 0;
};

}  // namespace vnf::runtime
