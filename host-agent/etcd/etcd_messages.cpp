// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See etcd_messages.hpp. What is missing reads as zero, as protobuf has it; what has a wrong type makes the whole answer
// unreadable.
#include "host-agent/etcd/etcd_messages.hpp"

#include <boost/json.hpp>
#include <charconv>

#include "host-agent/etcd/base64.hpp"

namespace vnf::host {

namespace json = boost::json;

namespace {

constexpr std::size_t depth_limit = 16;
constexpr std::size_t error_text_limit = 300;

/// Reads fields and remembers whether one was wrong.
class Fields {
  public:
    explicit Fields(const json::object& object) : object_(object) {}

    template <typename Number>
    Number number(std::string_view key) {
        const json::value* value = object_.if_contains(key);
        if (value == nullptr) {
            return 0;
        }
        Number number = 0;
        if (value->is_string()) {
            const std::string_view text = value->get_string();
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
            good_ = good_ && error == std::errc() && end == text.data() + text.size();
            return number;
        }
        if (const auto* integer = value->if_int64()) {
            return static_cast<Number>(*integer);
        }
        good_ = false;
        return 0;
    }

    bool flag(std::string_view key) {
        const json::value* value = object_.if_contains(key);
        good_ = good_ && (value == nullptr || value->is_bool());
        return value != nullptr && value->is_bool() && value->get_bool();
    }

    std::string text(std::string_view key) {
        const json::value* value = object_.if_contains(key);
        good_ = good_ && (value == nullptr || value->is_string());
        return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
    }

    std::string bytes(std::string_view key) {
        auto decoded = base64_decoded(text(key));
        good_ = good_ && decoded.has_value();
        return decoded ? std::move(*decoded) : std::string();
    }

    EtcdHeader header() {
        EtcdHeader header;
        if (const json::value* value = object_.if_contains("header")) {
            if (const json::object* fields = value->if_object()) {
                Fields inner(*fields);
                header.cluster = inner.number<std::uint64_t>("cluster_id");
                header.revision = inner.number<EtcdRevision>("revision");
                good_ = good_ && inner.good();
            }
        }
        return header;
    }

    /// The objects of an array.
    std::vector<const json::object*> objects(std::string_view key) {
        std::vector<const json::object*> found;
        const json::value* value = object_.if_contains(key);
        const json::array* array = value != nullptr ? value->if_array() : nullptr;
        good_ = good_ && (value == nullptr || array != nullptr);
        for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
            const json::object* object = (*array)[i].if_object();
            good_ = good_ && object != nullptr;
            if (object != nullptr) {
                found.push_back(object);
            }
        }
        return found;
    }

    const json::object* object(std::string_view key) const {
        const json::value* value = object_.if_contains(key);
        return value != nullptr ? value->if_object() : nullptr;
    }

    void spoil() { good_ = false; }
    bool good() const { return good_; }

  private:
    const json::object& object_;
    bool good_ = true;
};

EtcdKey key_of(const json::object& object, Fields& outer) {
    Fields fields(object);
    EtcdKey key;
    key.key = fields.bytes("key");
    key.value = fields.bytes("value");
    key.created = fields.number<EtcdRevision>("create_revision");
    key.modified = fields.number<EtcdRevision>("mod_revision");
    key.lease = fields.number<EtcdLease>("lease");
    if (!fields.good() || key.key.empty()) {
        outer.spoil();
    }
    return key;
}

/// The whole text as one object, or nothing.
class Document {
  public:
    explicit Document(std::string_view text) {
        json::parse_options options;
        options.max_depth = depth_limit;
        boost::system::error_code error;
        value_ = json::parse(text, error, {}, options);
        if (error) {
            value_ = nullptr;
        }
    }
    const json::object* object() const { return value_.if_object(); }

  private:
    json::value value_;
};

std::string number(std::int64_t value) {
    return std::to_string(value);
}

json::object guard_of(const EtcdGuard& guard) {
    return {{"target", "MOD"},
            {"result", "EQUAL"},
            {"key", base64_encoded(guard.key)},
            {"mod_revision", number(guard.modified)}};
}

json::object put_of(const EtcdPut& put) {
    json::object object{{"key", base64_encoded(put.key)}, {"value", base64_encoded(put.value)}};
    if (put.lease != 0) {
        object.emplace("lease", number(put.lease));
    }
    return object;
}

EtcdEvent event_of(const json::object& object, Fields& outer) {
    Fields fields(object);
    EtcdEvent event;
    event.removed = fields.text("type") == "DELETE";
    if (const json::object* key = fields.object("kv")) {
        event.key = key_of(*key, fields);
    } else {
        fields.spoil();
    }
    if (!fields.good()) {
        outer.spoil();
    }
    return event;
}

}  // namespace

std::string encode(const EtcdRange& range) {
    json::object body{{"key", base64_encoded(range.key)}};
    if (!range.end.empty()) {
        body.emplace("range_end", base64_encoded(range.end));
    }
    if (range.revision != 0) {
        body.emplace("revision", number(range.revision));
    }
    if (range.limit != 0) {
        body.emplace("limit", number(range.limit));
    }
    return json::serialize(body);
}

std::string encode(const EtcdTransaction& transaction) {
    json::array compare, success, failure;
    for (const EtcdGuard& guard : transaction.guards) {
        compare.emplace_back(guard_of(guard));
        failure.emplace_back(
            json::object{{"request_range", json::object{{"key", base64_encoded(guard.key)}}}});
    }
    for (const EtcdPut& put : transaction.puts) {
        success.emplace_back(json::object{{"request_put", put_of(put)}});
    }
    for (const std::string& key : transaction.removals) {
        success.emplace_back(
            json::object{{"request_delete_range", json::object{{"key", base64_encoded(key)}}}});
    }
    return json::serialize(json::object{
        {"compare", std::move(compare)}, {"success", std::move(success)}, {"failure", std::move(failure)}});
}

std::string encode_put(const EtcdPut& put) {
    return json::serialize(put_of(put));
}

std::string encode_lease_grant(std::int64_t seconds) {
    return json::serialize(json::object{{"TTL", number(seconds)}});
}

std::string encode_lease(EtcdLease lease) {
    return json::serialize(json::object{{"ID", number(lease)}});
}

std::string encode_compaction(EtcdRevision revision) {
    return json::serialize(json::object{{"revision", number(revision)}});
}

std::string encode_watch(std::string_view key, std::string_view end, EtcdRevision from) {
    return json::serialize(json::object{{"create_request", json::object{{"key", base64_encoded(key)},
                                                                        {"range_end", base64_encoded(end)},
                                                                        {"start_revision", number(from)},
                                                                        {"fragment", true}}}});
}

std::string encode_authentication(std::string_view user, std::string_view password) {
    return json::serialize(json::object{{"name", user}, {"password", password}});
}

std::string end_of_prefix(std::string prefix) {
    prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1U);
    return prefix;
}

std::optional<EtcdKeys> parse_etcd_keys(std::string_view text) {
    const Document document(text);
    if (document.object() == nullptr) {
        return std::nullopt;
    }
    Fields fields(*document.object());
    EtcdKeys result;
    result.header = fields.header();
    result.more = fields.flag("more");
    for (const json::object* key : fields.objects("kvs")) {
        result.keys.push_back(key_of(*key, fields));
    }
    return fields.good() && result.header.revision > 0 ? std::optional(std::move(result)) : std::nullopt;
}

std::optional<EtcdTransacted> parse_etcd_transacted(std::string_view text) {
    const Document document(text);
    if (document.object() == nullptr) {
        return std::nullopt;
    }
    Fields fields(*document.object());
    EtcdTransacted result;
    result.header = fields.header();
    result.succeeded = fields.flag("succeeded");
    for (const json::object* response : fields.objects("responses")) {
        if (const json::object* range = Fields(*response).object("response_range")) {
            Fields inner(*range);
            for (const json::object* key : inner.objects("kvs")) {
                result.found.push_back(key_of(*key, fields));
            }
        }
    }
    return fields.good() && result.header.revision > 0 ? std::optional(std::move(result)) : std::nullopt;
}

std::optional<EtcdLeased> parse_etcd_leased(std::string_view text) {
    const Document document(text);
    if (document.object() == nullptr) {
        return std::nullopt;
    }
    // A grant is the object itself; the keep-alive, a stream of one, wraps it.
    const json::object* wrapped = Fields(*document.object()).object("result");
    Fields fields(wrapped != nullptr ? *wrapped : *document.object());
    EtcdLeased result;
    result.header = fields.header();
    result.lease = fields.number<EtcdLease>("ID");
    result.seconds = fields.number<std::int64_t>("TTL");
    return fields.good() && result.lease != 0 ? std::optional(result) : std::nullopt;
}

std::optional<EtcdNews> parse_etcd_news(std::string_view line) {
    const Document document(line);
    if (document.object() == nullptr) {
        return std::nullopt;
    }
    EtcdNews news;
    const json::object* result = Fields(*document.object()).object("result");
    if (result == nullptr) {
        const json::object* error = Fields(*document.object()).object("error");
        if (error == nullptr) {
            return std::nullopt;
        }
        news.error = json::serialize(*error).substr(0, error_text_limit);
        return news;
    }
    Fields fields(*result);
    news.header = fields.header();
    news.created = fields.flag("created");
    news.canceled = fields.flag("canceled");
    news.fragment = fields.flag("fragment");
    news.compacted = fields.number<EtcdRevision>("compact_revision");
    news.reason = fields.text("cancel_reason").substr(0, error_text_limit);
    for (const json::object* event : fields.objects("events")) {
        news.events.push_back(event_of(*event, fields));
    }
    return fields.good() ? std::optional(std::move(news)) : std::nullopt;
}

std::optional<std::string> parse_etcd_token(std::string_view text) {
    const Document document(text);
    if (document.object() == nullptr) {
        return std::nullopt;
    }
    std::string token = Fields(*document.object()).text("token");
    // It becomes a header's line.
    for (const char byte : token) {
        if (byte <= ' ' || byte > '~') {
            return std::nullopt;
        }
    }
    return token.empty() ? std::nullopt : std::optional(std::move(token));
}

std::optional<EtcdHeader> parse_etcd_header(std::string_view text) {
    const Document document(text);
    if (document.object() == nullptr) {
        return std::nullopt;
    }
    Fields fields(*document.object());
    const EtcdHeader header = fields.header();
    return fields.good() && header.revision > 0 ? std::optional(header) : std::nullopt;
}

EtcdError parse_etcd_error(std::string_view text) {
    const Document document(text);
    EtcdError error;
    if (document.object() != nullptr) {
        // A stream wraps its error as an object, with other names for the same.
        const json::object* wrapped = Fields(*document.object()).object("error");
        Fields fields(wrapped != nullptr ? *wrapped : *document.object());
        error.code = fields.number<std::int64_t>(wrapped != nullptr ? "grpc_code" : "code");
        error.text = fields.text("message").substr(0, error_text_limit);
    }
    if (error.text.empty()) {
        error.text = text.substr(0, error_text_limit);
    }
    return error;
}

}  // namespace vnf::host
