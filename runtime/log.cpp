// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A line is written whole or dropped. Standard error is often shared with other processes, whose writes must
// go on blocking as they did, so that its status flags are never touched: a socket is sent to with
// MSG_DONTWAIT, a pipe or terminal is opened once more for ourselves (non-blocking is a property of that
// opening), and where that can't be done the descriptor is asked for room first.
#include "runtime/log.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <utility>

#include "runtime/file_descriptor.hpp"
#include "wire/text.hpp"

namespace vnf::runtime {
namespace {

constexpr std::size_t longest_value = 256;
/// Up to this length a write to a pipe is all or nothing.
constexpr std::size_t longest_line = PIPE_BUF;

void append_hex(std::string& out, unsigned char byte) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += "\\x";
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
}

void append_escaped(std::string& out, std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = wire::character_length(text.substr(at));
        const std::string_view piece = text.substr(at, std::max<std::size_t>(length, 1));
        if (piece == "\n")
            out += "\\n";
        else if (piece == "\t")
            out += "\\t";
        else if (piece == "\"" || piece == "\\")
            out.append("\\").append(piece);
        else if (length == 0 || wire::has_control_character(piece))
            for (const char byte : piece)
                append_hex(out, static_cast<unsigned char>(byte));
        else
            out += piece;
        at += piece.size();
    }
}

/// Cuts between characters.
std::string_view cut(std::string_view text, std::size_t longest) {
    if (text.size() <= longest)
        return text;
    std::size_t end = longest;
    while (end > longest - 4 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80)
        --end;
    return text.substr(0, end);
}

/// Where lines go, and how many did not.
class Sink {
  public:
    void write(const std::string& line) {
        follow_descriptor();
        if (dropped_ > 0 && !send(head(LogLevel::Warning) +
                                  "log lines were dropped count=" + std::to_string(dropped_) + "\n")) {
            ++dropped_;
            return;
        }
        dropped_ = 0;
        if (!send(line))
            ++dropped_;
    }

    /// What a line begins with: the journal's priority, or time, level and program.
    std::string head(LogLevel level) const {
        static constexpr std::array<std::string_view, 4> priorities{"<3>", "<4>", "<6>", "<7>"};
        static constexpr std::array<std::string_view, 4> words{"error", "warning", "info", "debug"};
        const auto index = static_cast<std::size_t>(level);
        if (journal_)
            return std::string(priorities[index]);
        std::string text = time_stamp();
        text.append(" ").append(words[index]).append(" ");
        if (!name_.empty())
            text.append(name_).append(": ");
        return text;
    }

    /// Standard error may be another file than it was at the line before.
    void follow_descriptor() {
        struct stat now {};
        if (::fstat(STDERR_FILENO, &now) != 0)
            now = {};
        if (now.st_dev == device_ && now.st_ino == inode_)
            return;
        device_ = now.st_dev;
        inode_ = now.st_ino;
        journal_ = is_journal(now);
        own_ = FileDescriptor();
        if (S_ISFIFO(now.st_mode) || S_ISCHR(now.st_mode))
            own_ = FileDescriptor(::open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    }

    void set_name(std::string_view name) { name_ = name; }

  private:
    bool send(const std::string& line) {
        const ssize_t sent = ::send(STDERR_FILENO, line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent >= 0 || errno != ENOTSOCK)
            return sent >= 0;
        pollfd room{own_ ? own_.get() : STDERR_FILENO, POLLOUT, 0};
        if (::poll(&room, 1, 0) != 1 || room.revents != POLLOUT)
            return false;
        return ::write(room.fd, line.data(), line.size()) >= 0;
    }

    static bool is_journal(const struct stat& file) {
        const char* stream = ::secure_getenv("JOURNAL_STREAM");
        return stream != nullptr && stream == std::to_string(file.st_dev) + ":" + std::to_string(file.st_ino);
    }

    static std::string time_stamp() {
        timespec now{};
        ::clock_gettime(CLOCK_REALTIME, &now);
        tm parts{};
        ::gmtime_r(&now.tv_sec, &parts);
        std::array<char, 32> text{};
        const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
        std::snprintf(text.data() + length, text.size() - length, ".%03ldZ", now.tv_nsec / 1000000);
        return text.data();
    }

    std::string name_;
    dev_t device_ = 0;
    ino_t inode_ = 0;
    FileDescriptor own_;
    bool journal_ = false;
    std::uint64_t dropped_ = 0;
};

std::atomic<LogLevel> level_now{LogLevel::Info};
std::atomic<LogWriter> writer_now{nullptr};
std::mutex sink_mutex;

/// Never destroyed: a log line may be written while other statics go.
Sink& sink() {
    static Sink& instance = *new Sink;
    return instance;
}

void write_to_sink(LogLevel level, const std::string& text) {
    const std::lock_guard lock(sink_mutex);
    sink().follow_descriptor();
    std::string line = sink().head(level) + text;
    const bool whole = line.size() < longest_line;
    if (!whole)
        line = cut(line, longest_line - 4);
    line += whole ? "\n" : "...\n";
    sink().write(line);
}

}  // namespace

LogField::LogField(std::string_view key, std::string_view value) : text_(key) {
    const std::string_view kept = cut(value, longest_value);
    std::string escaped;
    append_escaped(escaped, kept);
    if (kept.size() < value.size())
        escaped += "...";
    const bool quoted = escaped.empty() || escaped.find_first_of(" =\\\"") != std::string::npos;
    text_ += quoted ? "=\"" + escaped + "\"" : "=" + escaped;
}

std::optional<LogLevel> log_level_of(std::string_view text) {
    constexpr std::pair<std::string_view, LogLevel> levels[] = {{"error", LogLevel::Error},
                                                                {"warning", LogLevel::Warning},
                                                                {"info", LogLevel::Info},
                                                                {"debug", LogLevel::Debug}};
    for (const auto& [name, level] : levels) {
        if (name == text) {
            return level;
        }
    }
    return std::nullopt;
}

void set_log_level(LogLevel level) {
    level_now.store(level, std::memory_order_relaxed);
}
LogLevel log_level() {
    return level_now.load(std::memory_order_relaxed);
}

void set_log_name(std::string_view program) {
    const std::lock_guard lock(sink_mutex);
    sink().set_name(program);
}

void set_log_writer(LogWriter writer) {
    writer_now.store(writer, std::memory_order_relaxed);
}

void log(LogLevel level, std::string_view message, LogFields fields) {
    if (level > log_level())
        return;
    const int saved_errno = errno;
    std::string text;
    append_escaped(text, message);
    for (const LogField& field : fields)
        text.append(" ").append(field.text());
    if (const LogWriter write = writer_now.load(std::memory_order_relaxed))
        write(level, text);
    else
        write_to_sink(level, text);
    errno = saved_errno;
}

LogLimit::LogLimit(unsigned burst, Milliseconds period) : burst_(burst), period_(period), tokens_(burst) {}

bool LogLimit::admit(TimePoint now) {
    if (last_ != TimePoint{} && now > last_)
        tokens_ += std::chrono::duration<double>(now - last_) / std::chrono::duration<double>(period_);
    tokens_ = std::min(tokens_, static_cast<double>(burst_));
    last_ = std::max(last_, now);
    if (tokens_ < 1) {
        ++suppressed_;
        return false;
    }
    tokens_ -= 1;
    suppressed_before_ = std::exchange(suppressed_, 0);
    return true;
}

}  // namespace vnf::runtime
