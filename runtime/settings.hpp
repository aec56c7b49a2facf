// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Strict YAML: every value is fetched with its type and range, every key that nobody fetched is an error, and every
// error names file, line, key and what is allowed. Read once into plain structs; daemons never see YAML.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace vnf::runtime {

/// what(): "/etc/x.yaml:12: heartbeat.interval_ms: 5 is out of range, allowed 10..60000".
class SettingsError : public std::runtime_error {
  public:
    SettingsError(const std::string& file, int line, const std::string& key, const std::string& text);
    const std::string& key() const { return key_; }
    int line() const { return line_; }

  private:
    std::string key_;
    int line_;
};

/// One mapping of a settings file. Getters take the default for an absent key and throw SettingsError for a bad one.
class SettingsMap {
  public:
    /// Whole file; an absent, unreadable, larger than 1 MiB or syntactically wrong one throws SettingsError.
    static SettingsMap load(const std::string& file);
    static SettingsMap parse(const std::string& text, const std::string& file_name);

    bool has(std::string_view key) const;
    /// All that are there, for a mapping whose keys are the writer's own.
    std::vector<std::string> keys() const;
    std::int64_t integer(std::string_view key, std::int64_t fallback, std::int64_t lowest, std::int64_t highest);
    double real(std::string_view key, double fallback, double lowest, double highest);
    std::chrono::milliseconds milliseconds(std::string_view key, std::chrono::milliseconds fallback,
                                           std::chrono::milliseconds lowest, std::chrono::milliseconds highest);
    std::chrono::seconds seconds(std::string_view key, std::chrono::seconds fallback, std::chrono::seconds lowest,
                                 std::chrono::seconds highest);
    bool boolean(std::string_view key, bool fallback);
    /// At most `longest` bytes, no control characters.
    std::string text(std::string_view key, std::string_view fallback, std::size_t longest = 255);
    /// One of `allowed`; the index of it.
    std::size_t choice(std::string_view key, std::size_t fallback, std::initializer_list<std::string_view> allowed);
    std::vector<std::string> texts(std::string_view key, std::size_t most = 1024);
    /// A nested mapping; an empty one when the key is absent.
    SettingsMap map(std::string_view key);
    std::vector<SettingsMap> maps(std::string_view key, std::size_t most = 16384);

    /// Throws for the first key of this mapping that no getter asked for, naming the known ones. Call last.
    void finish() const;
    /// To report a condition between values: throws SettingsError at this key's line.
    [[noreturn]] void fail(std::string_view key, const std::string& text) const;
    int line() const;

  private:
    struct State;
    explicit SettingsMap(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

}  // namespace vnf::runtime
