// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See group_store_format.hpp. Statuses and notifications stay the text that they are, so members are cut out of the
// checked text and not read into values and written again.
#include "host-agent/etcd/group_store_format.hpp"

#include <boost/json.hpp>
#include <charconv>
#include <limits>
#include <utility>

namespace vnf::host {

namespace json = boost::json;

namespace {

/// A status or notification nests at its limit inside ours.
constexpr std::size_t value_depth = wire::JsonText::depth_limit + 4;
constexpr std::size_t name_limit = 255;

// ---- keys ------------------------------------------------------------------------------------------------

bool is_safe(char byte) {
    return byte != '%' && byte != '/' && byte != 0x7f && (static_cast<unsigned char>(byte) > 0x20);
}

std::string escaped(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string result;
    for (const char byte : text) {
        if (is_safe(byte)) {
            result += byte;
        } else {
            const auto value = static_cast<unsigned char>(byte);
            result.append(1, '%').append(1, digits[value >> 4U]).append(1, digits[value & 15U]);
        }
    }
    return result;
}

std::optional<std::string> unescaped(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            result += text[at];
            continue;
        }
        unsigned value = 0;
        const std::string_view digits = text.substr(at + 1, 2);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
        if (error != std::errc() || digits.size() != 2 || end != digits.data() + 2) {
            return std::nullopt;
        }
        result += static_cast<char>(value);
        at += 2;
    }
    return result.empty() || result.size() > name_limit ? std::nullopt : std::optional(result);
}

/// Up to the next slash, which is taken too.
std::string_view segment(std::string_view& rest) {
    const std::size_t end = rest.find('/');
    const std::string_view found = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return found;
}

std::string group_base(const std::string& base, const std::string& group) {
    return base + "groups/" + escaped(group) + '/';
}

// ---- values ----------------------------------------------------------------------------------------------

std::string quoted(std::string_view text) {
    return json::serialize(json::value(text));
}

/// The next byte that is no blank.
std::size_t past_blanks(std::string_view text, std::size_t at) {
    return std::min(text.find_first_not_of(" \t\n\r", at), text.size());
}

/// One past the end of the value that begins at `at`. The text is a whole and checked JSON value.
std::size_t end_of_value(std::string_view text, std::size_t at) {
    std::size_t depth = 0;
    bool in_string = false;
    for (; at < text.size(); ++at) {
        const char byte = text[at];
        if (in_string) {
            at += byte == '\\' ? 1U : 0U;
            in_string = byte != '"';
            if (!in_string && depth == 0) {
                return at + 1;
            }
        } else if (byte == '"') {
            in_string = true;
        } else if (byte == '{' || byte == '[') {
            ++depth;
        } else if (byte == '}' || byte == ']') {
            if (depth == 0) {
                return at;  // the end of what the value is in
            }
            if (--depth == 0) {
                return at + 1;
            }
        } else if (depth == 0 && std::string_view(", \t\n\r").find(byte) != std::string_view::npos) {
            return at;
        }
    }
    return text.size();
}

/// The elements of an array, each as it is written.
std::vector<std::string_view> elements(std::string_view array) {
    std::vector<std::string_view> found;
    std::size_t at = past_blanks(array, 1);
    while (at + 1 < array.size()) {
        const std::size_t end = end_of_value(array, at);
        found.push_back(array.substr(at, end - at));
        at = past_blanks(array, past_blanks(array, end) + 1);  // behind the comma
    }
    return found;
}

/// An object's members by key. Of equal keys the first counts.
class Members {
  public:
    explicit Members(std::string_view object) {
        std::size_t at = past_blanks(object, 1);
        while (at + 1 < object.size()) {
            const std::size_t key_end = end_of_value(object, at);
            const std::size_t begin = past_blanks(object, past_blanks(object, key_end) + 1);
            const std::size_t end = end_of_value(object, begin);
            members_.emplace_back(object.substr(at + 1, key_end - at - 2), object.substr(begin, end - begin));
            at = past_blanks(object, past_blanks(object, end) + 1);
        }
    }

    std::string_view raw(std::string_view key) const {
        for (const auto& [name, value] : members_) {
            if (name == key) {
                return value;
            }
        }
        return {};
    }

    std::optional<std::string> text(std::string_view key) const {
        const std::string_view value = raw(key);
        if (!value.starts_with('"')) {
            return std::nullopt;
        }
        boost::system::error_code error;
        const json::value parsed = json::parse(value, error);
        return error || !parsed.is_string() ? std::nullopt : std::optional(std::string(parsed.get_string()));
    }

    std::optional<std::string> name(std::string_view key) const {
        auto found = text(key);
        return found && !found->empty() && found->size() <= name_limit ? found : std::nullopt;
    }

    std::optional<std::uint64_t> number(std::string_view key) const {
        const std::string_view value = raw(key);
        std::uint64_t number = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        return !value.empty() && error == std::errc() && end == value.data() + value.size()
                   ? std::optional(number)
                   : std::nullopt;
    }

    std::optional<wire::JsonText> json_text(std::string_view key) const {
        auto parsed = wire::JsonText::parse(raw(key));
        auto* good = std::get_if<wire::JsonText>(&parsed);
        return good != nullptr ? std::optional(std::move(*good)) : std::nullopt;
    }

  private:
    std::vector<std::pair<std::string_view, std::string_view>> members_;
};

/// Without the blanks around it. A mail may be longer than a JsonText, of which it holds many.
std::optional<std::string_view> checked_object(std::string_view text) {
    json::parse_options options;
    options.max_depth = value_depth;
    boost::system::error_code error;
    const json::value value = json::parse(text, error, {}, options);
    if (error || !value.is_object()) {
        return std::nullopt;
    }
    const std::size_t begin = past_blanks(text, 0);
    return text.substr(begin, text.find_last_of('}') + 1 - begin);
}

std::optional<MailItem> broadcast_of(const Members& members) {
    const auto from = members.name("from");
    const auto text = members.text("text");
    if (!from || !text) {
        return std::nullopt;
    }
    const auto checked = wire::BroadcastText::of(*text);
    if (!std::holds_alternative<wire::BroadcastText>(checked)) {
        return std::nullopt;
    }
    return MailItem{*from, false, wire::GroupBroadcast{*from, *text}};
}

std::optional<MailItem> notice_of(const Members& members) {
    const auto about = members.name("about");
    auto body = members.json_text("body");
    if (!about || !body ||
        (body->kind() != wire::JsonText::Kind::Object && body->kind() != wire::JsonText::Kind::String)) {
        return std::nullopt;
    }
    return MailItem{*about, members.raw("gone") == "true", wire::GroupNotification{{std::move(*body)}}};
}

MailItem item_of(std::string_view text) {
    if (text.starts_with('{')) {
        const Members members(text);
        if (auto item = broadcast_of(members)) {
            return std::move(*item);
        }
        if (auto item = notice_of(members)) {
            return std::move(*item);
        }
        constexpr std::uint64_t most = std::numeric_limits<std::int32_t>::max();
        if (const auto lost = members.number("lost"); lost && *lost != 0 && *lost <= most) {
            return {{}, false, wire::GroupGap{static_cast<std::int32_t>(*lost)}};
        }
    }
    return {{}, false, wire::GroupGap{0}};
}

}  // namespace

std::string host_key(const std::string& base, const std::string& host) {
    return base + "hosts/" + host;
}

std::string member_key(const std::string& base, const std::string& group, const wire::SourceInstance& name) {
    return group_base(base, group) + "members/" + escaped(name.text());
}

std::string mail_key(const std::string& base, const std::string& group, const std::string& host) {
    return group_base(base, group) + "mail/" + host;
}

GroupStoreKey parse_group_key(const std::string& base, std::string_view key) {
    if (!key.starts_with(base)) {
        return {};
    }
    std::string_view rest = key.substr(base.size());
    const std::string_view kind = segment(rest);
    if (kind == "hosts" && !rest.empty() && rest.find('/') == std::string_view::npos) {
        return HostKey{std::string(rest)};
    }
    const auto group = kind == "groups" ? unescaped(segment(rest)) : std::nullopt;
    const std::string_view what = segment(rest);
    const auto last = unescaped(segment(rest));
    if (!group || !last || !rest.empty()) {
        return {};
    }
    if (what == "mail") {
        return MailKey{*group, *last};
    }
    if (const auto name = what == "members" ? wire::SourceInstance::of(*last) : std::nullopt) {
        return MemberStoreKey{*group, *name};
    }
    return {};
}

std::string encode_host_value(const std::string& run) {
    return "{\"run\":" + quoted(run) + '}';
}

std::string encode_member_value(const std::string& host, const std::string& run,
                                const wire::JsonText& entry) {
    return "{\"host\":" + quoted(host) + ",\"run\":" + quoted(run) + ",\"entry\":" + entry.text() + '}';
}

std::string encode_mail_value(const std::string& host, const std::string& run, std::uint64_t first,
                              const std::vector<std::string>& items) {
    std::string text = "{\"host\":" + quoted(host) + ",\"run\":" + quoted(run) +
                       ",\"n\":" + std::to_string(first) + ",\"mail\":[";
    for (const std::string& item : items) {
        text.append(&item == items.data() ? "" : ",").append(item);
    }
    return text + "]}";
}

std::string encode_broadcast_item(const wire::SourceInstance& from, const wire::BroadcastText& text) {
    return "{\"from\":" + quoted(from.text()) + ",\"text\":" + quoted(text.text()) + '}';
}

std::string encode_notice_item(const wire::SourceInstance& about, const wire::JsonText& body) {
    return "{\"about\":" + quoted(about.text()) + ",\"body\":" + body.text() + '}';
}

std::string encode_farewell_item(const wire::SourceInstance& about, const wire::JsonText& body) {
    return "{\"about\":" + quoted(about.text()) + ",\"gone\":true,\"body\":" + body.text() + '}';
}

std::string encode_lost_item(std::uint32_t messages) {
    return "{\"lost\":" + std::to_string(messages) + '}';
}

std::optional<MemberValue> parse_member_value(std::string_view text) {
    const auto object = checked_object(text);
    if (!object) {
        return std::nullopt;
    }
    const Members members(*object);
    auto host = members.name("host");
    auto run = members.name("run");
    auto entry = members.json_text("entry");
    if (!host || !run || !entry || entry->kind() != wire::JsonText::Kind::Object) {
        return std::nullopt;
    }
    return MemberValue{std::move(*host), std::move(*run), std::move(*entry)};
}

std::optional<MailValue> parse_mail_value(std::string_view text) {
    const auto object = checked_object(text);
    if (!object) {
        return std::nullopt;
    }
    const Members members(*object);
    auto host = members.name("host");
    auto run = members.name("run");
    const auto first = members.number("n");
    const std::string_view mail = members.raw("mail");
    if (!host || !run || !first || *first == 0 || !mail.starts_with('[')) {
        return std::nullopt;
    }
    MailValue value{std::move(*host), std::move(*run), *first, {}};
    for (const std::string_view item : elements(mail)) {
        value.items.push_back(item_of(item));
    }
    return value;
}

}  // namespace vnf::host
