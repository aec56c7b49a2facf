// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Getters over one mapping. Every message ends in what is allowed, because that is what its reader needs
// next.
#include "runtime/settings.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <set>

#include "runtime/file_descriptor.hpp"
#include "runtime/yaml_tree.hpp"
#include "wire/text.hpp"

namespace vnf::runtime {
namespace {

constexpr std::size_t largest_file = 1024 * 1024;

std::string position(const std::string& file, int line, const std::string& key) {
    return file + ":" + (line > 0 ? std::to_string(line) + ":" : "") + " " + (key.empty() ? "" : key + ": ");
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text.append(text.empty() ? "" : ", ").append(word);
    return text;
}

template <typename Number>
std::string digits_of(Number value) {
    std::array<char, 32> digits{};
    return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr};
}

template <typename Number>
std::string range(Number lowest, Number highest) {
    return digits_of(lowest) + ".." + digits_of(highest);
}

/// All of the text as a number in the one form that every reader takes for the same: no plus sign, no leading
/// zero.
template <typename Number>
std::errc read_number(const std::string& text, Number& value) {
    const std::size_t sign = text.starts_with('-') ? 1 : 0;
    if (text.size() > sign + 1 && text[sign] == '0' && text[sign + 1] >= '0' && text[sign + 1] <= '9')
        return std::errc::invalid_argument;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return end == text.data() + text.size() ? error : std::errc::invalid_argument;
}

std::string described(const YamlNode& node) {
    switch (node.kind) {
        case YamlNode::Kind::Nothing:
            return "nothing";
        case YamlNode::Kind::Plain:
            return shown(node.text);
        case YamlNode::Kind::Quoted:
            return "the text " + shown(node.text);
        case YamlNode::Kind::List:
            return "a list";
        case YamlNode::Kind::Map:
            return "a mapping";
    }
    return {};
}

/// As it is when it looks like a key, in quotes otherwise.
std::string key_shown(const std::string& key) {
    constexpr std::string_view ordinary = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    const bool plain = key.size() <= 64 && key.find_first_not_of(ordinary) == std::string::npos;
    return plain ? key : shown(key);
}

std::string read_file(const std::string& file) {
    const FileDescriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat entry {};
    if (!fd || ::fstat(fd.get(), &entry) != 0)
        throw SettingsError(file, 0, "", "can't be read: " + last_error().message());
    if (!S_ISREG(entry.st_mode))
        throw SettingsError(file, 0, "", "is not a regular file");
    std::string text(largest_file + 1, '\0');
    std::size_t length = 0;
    while (length < text.size()) {
        const ssize_t got = ::read(fd.get(), text.data() + length, text.size() - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            throw SettingsError(file, 0, "", "can't be read: " + last_error().message());
        if (got == 0)
            break;
        length += static_cast<std::size_t>(got);
    }
    text.resize(length);
    return text;
}

}  // namespace

SettingsError::SettingsError(const std::string& file, int line, const std::string& key,
                             const std::string& text)
    : std::runtime_error(position(file, line, key) + text), key_(key), line_(line) {}

/// Shared by the copies of one SettingsMap, so that what any of them fetched is known at finish().
struct SettingsMap::State {
    std::shared_ptr<const std::string> file;
    std::string prefix;                    ///< "applications[2]." or nothing
    std::shared_ptr<const YamlNode> node;  ///< shares the whole tree's ownership
    std::set<std::string, std::less<>> known;

    const YamlNode* find(std::string_view key) {
        known.emplace(key);
        const auto found = std::find(node->keys.begin(), node->keys.end(), key);
        return found == node->keys.end() ? nullptr
                                         : &node->items[static_cast<std::size_t>(found - node->keys.begin())];
    }

    [[noreturn]] void fail(const std::string& key, int line, const std::string& text) const {
        throw SettingsError(*file, line, prefix + key, text);
    }

    [[noreturn]] void wrong(std::string_view key, const YamlNode& value, const std::string& allowed) const {
        fail(std::string(key), value.line, described(value) + " is not usable, allowed " + allowed);
    }

    const std::string& checked_text(const std::string& key, const YamlNode& value,
                                    std::size_t longest) const {
        if (value.kind != YamlNode::Kind::Plain && value.kind != YamlNode::Kind::Quoted)
            wrong(key, value, "a text");
        if (value.text.size() > longest)
            fail(key, value.line, "too long, allowed are " + std::to_string(longest) + " bytes");
        if (wire::has_control_character(value.text))
            wrong(key, value, "a text without control characters");
        return value.text;
    }

    /// The value of a key as a number in its range, or nothing when the key is absent.
    template <typename Number>
    std::optional<Number> bounded(std::string_view key, Number lowest, Number highest,
                                  const std::string& kind) {
        const YamlNode* value = find(key);
        if (value == nullptr)
            return std::nullopt;
        Number parsed{};
        const bool plain = value->kind == YamlNode::Kind::Plain;
        const std::errc error = plain ? read_number(value->text, parsed) : std::errc::invalid_argument;
        if (error == std::errc::invalid_argument || !std::isfinite(static_cast<double>(parsed)))
            wrong(key, *value, kind + " " + range(lowest, highest));
        if (error != std::errc() || parsed < lowest || parsed > highest)
            fail(std::string(key), value->line,
                 value->text.substr(0, 64) + " is out of range, allowed " + range(lowest, highest));
        return parsed;
    }

    std::shared_ptr<State> child(const std::string& name, const YamlNode& value) const {
        if (value.kind != YamlNode::Kind::Map && value.kind != YamlNode::Kind::Nothing)
            wrong(name, value, "a mapping");
        return std::make_shared<State>(State{file, prefix + name + ".", {node, &value}, {}});
    }

    const std::vector<YamlNode>& items(std::string_view key, const YamlNode& value, std::size_t most) const {
        if (value.kind != YamlNode::Kind::List && value.kind != YamlNode::Kind::Nothing)
            wrong(key, value, "a list");
        if (value.items.size() > most)
            fail(std::string(key), value.line,
                 "has " + std::to_string(value.items.size()) + " entries, allowed are " +
                     std::to_string(most));
        return value.items;
    }
};

SettingsMap::SettingsMap(std::shared_ptr<State> state) : state_(std::move(state)) {}

SettingsMap SettingsMap::load(const std::string& file) {
    return parse(read_file(file), file);
}

SettingsMap SettingsMap::parse(const std::string& text, const std::string& file_name) {
    if (text.size() > largest_file)
        throw SettingsError(file_name, 0, "", "too large, allowed is 1 MiB");
    auto root = std::make_shared<const YamlNode>(parse_yaml(text, file_name));
    if (root->kind != YamlNode::Kind::Map && root->kind != YamlNode::Kind::Nothing)
        throw SettingsError(file_name, root->line, "",
                            described(*root) + " is not usable, allowed \"key: value\" lines");
    auto file = std::make_shared<const std::string>(file_name);
    return SettingsMap(std::make_shared<State>(State{std::move(file), "", std::move(root), {}}));
}

std::vector<std::string> SettingsMap::keys() const {
    return state_->node->keys;
}

bool SettingsMap::has(std::string_view key) const {
    return state_->find(key) != nullptr;
}

std::int64_t SettingsMap::integer(std::string_view key, std::int64_t fallback, std::int64_t lowest,
                                  std::int64_t highest) {
    return state_->bounded(key, lowest, highest, "an integer").value_or(fallback);
}

double SettingsMap::real(std::string_view key, double fallback, double lowest, double highest) {
    return state_->bounded(key, lowest, highest, "a number").value_or(fallback);
}

std::chrono::milliseconds SettingsMap::milliseconds(std::string_view key, std::chrono::milliseconds fallback,
                                                    std::chrono::milliseconds lowest,
                                                    std::chrono::milliseconds highest) {
    return std::chrono::milliseconds(integer(key, fallback.count(), lowest.count(), highest.count()));
}

std::chrono::seconds SettingsMap::seconds(std::string_view key, std::chrono::seconds fallback,
                                          std::chrono::seconds lowest, std::chrono::seconds highest) {
    return std::chrono::seconds(integer(key, fallback.count(), lowest.count(), highest.count()));
}

bool SettingsMap::boolean(std::string_view key, bool fallback) {
    const YamlNode* value = state_->find(key);
    if (value == nullptr)
        return fallback;
    if (value->kind != YamlNode::Kind::Plain || (value->text != "true" && value->text != "false"))
        state_->wrong(key, *value, "true or false");
    return value->text == "true";
}

std::string SettingsMap::text(std::string_view key, std::string_view fallback, std::size_t longest) {
    const YamlNode* value = state_->find(key);
    return value == nullptr ? std::string(fallback) : state_->checked_text(std::string(key), *value, longest);
}

std::size_t SettingsMap::choice(std::string_view key, std::size_t fallback,
                                std::initializer_list<std::string_view> allowed) {
    const YamlNode* value = state_->find(key);
    if (value == nullptr)
        return fallback;
    const auto found = std::find(allowed.begin(), allowed.end(), value->text);
    if (value->text.empty() || found == allowed.end())
        state_->wrong(key, *value, joined({allowed.begin(), allowed.end()}));
    return static_cast<std::size_t>(found - allowed.begin());
}

std::vector<std::string> SettingsMap::texts(std::string_view key, std::size_t most) {
    std::vector<std::string> result;
    const YamlNode* value = state_->find(key);
    if (value == nullptr)
        return result;
    for (const YamlNode& item : state_->items(key, *value, most))
        result.push_back(
            state_->checked_text(std::string(key) + "[" + std::to_string(result.size()) + "]", item, 255));
    return result;
}

SettingsMap SettingsMap::map(std::string_view key) {
    const YamlNode* value = state_->find(key);
    if (value != nullptr)
        return SettingsMap(state_->child(std::string(key), *value));
    auto absent = std::make_shared<YamlNode>();
    absent->line = line();
    return SettingsMap(
        std::make_shared<State>(State{state_->file, state_->prefix + std::string(key) + ".", absent, {}}));
}

std::vector<SettingsMap> SettingsMap::maps(std::string_view key, std::size_t most) {
    std::vector<SettingsMap> result;
    const YamlNode* value = state_->find(key);
    if (value == nullptr)
        return result;
    for (const YamlNode& item : state_->items(key, *value, most))
        result.push_back(
            SettingsMap(state_->child(std::string(key) + "[" + std::to_string(result.size()) + "]", item)));
    return result;
}

void SettingsMap::finish() const {
    const std::vector<std::string>& keys = state_->node->keys;
    for (std::size_t i = 0; i < keys.size(); ++i)
        if (!state_->known.contains(keys[i]))
            state_->fail(key_shown(keys[i]), state_->node->items[i].line,
                         "unknown key, known: " + joined({state_->known.begin(), state_->known.end()}));
}

void SettingsMap::fail(std::string_view key, const std::string& text) const {
    const YamlNode* value = state_->find(key);
    state_->fail(std::string(key), value == nullptr ? line() : value->line, text);
}

int SettingsMap::line() const {
    return state_->node->line;
}

}  // namespace vnf::runtime
