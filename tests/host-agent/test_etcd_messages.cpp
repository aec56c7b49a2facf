// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// etcd's JSON, as Debian 12's etcd 3.4 says it, and how groups lie in it.
#include <catch2/catch.hpp>

#include "host-agent/etcd/base64.hpp"
#include "host-agent/etcd/etcd_messages.hpp"
#include "host-agent/etcd/etcd_settings.hpp"
#include "host-agent/etcd/group_store_format.hpp"

using namespace vnf;
using namespace vnf::host;

namespace {

wire::SourceInstance name_of(const std::string& text) {
    return wire::SourceInstance::of(text).value();
}

wire::JsonText json(const std::string& text) {
    return std::get<wire::JsonText>(wire::JsonText::parse(text));
}

std::string complaint(const std::string& text) {
    try {
        read_etcd_settings(runtime::SettingsMap::parse(text, "x.yaml"));
    } catch (const runtime::SettingsError& error) {
        return error.what();
    }
    return {};
}

}  // namespace

TEST_CASE("Base64 both ways, and nothing else is taken for it") {
    // RFC 4648, section 10.
    const std::vector<std::pair<std::string, std::string>> known{{"", ""},
                                                                 {"f", "Zg=="},
                                                                 {"fo", "Zm8="},
                                                                 {"foo", "Zm9v"},
                                                                 {"foob", "Zm9vYg=="},
                                                                 {"fooba", "Zm9vYmE="},
                                                                 {"foobar", "Zm9vYmFy"}};
    for (const auto& [bytes, text] : known) {
        CHECK(base64_encoded(bytes) == text);
        CHECK(base64_decoded(text) == bytes);
    }
    std::string all;
    for (int byte = 0; byte < 256; ++byte)
        all += static_cast<char>(byte);
    CHECK(base64_decoded(base64_encoded(all)) == all);
    for (const char* wrong : {"Z", "Zg", "Zg=", "Z===", "====", "Zm9-", "Zm 9", "=Zg="})
        CHECK_FALSE(base64_decoded(wrong));
}

TEST_CASE("Answers of etcd are read, zeros and all that is left out included") {
    const auto keys = parse_etcd_keys(
        R"({"header":{"cluster_id":"18446744073709551615","revision":"7"},"kvs":[{"key":"YQ==","create_revision":"2","mod_revision":"5","version":"4","value":"eDM=","lease":"-1"}],"more":true,"count":"9"})");
    REQUIRE(keys);
    CHECK(keys->header.cluster == 18446744073709551615U);
    CHECK(keys->keys.at(0).key == "a");
    CHECK(keys->keys.at(0).value == "x3");
    CHECK(keys->keys.at(0).modified == 5);
    CHECK(keys->keys.at(0).lease == -1);
    CHECK(keys->more);
    CHECK(parse_etcd_keys(R"({"header":{"revision":"7"}})")->keys.empty());

    const auto gone = parse_etcd_leased(R"({"result":{"header":{"revision":"1"},"ID":"77"}})");
    REQUIRE(gone);
    CHECK(gone->seconds == 0);
    CHECK(parse_etcd_leased(R"({"header":{},"ID":"2324035522388281605","TTL":"5"})")->lease ==
          2324035522388281605);

    const auto refused = parse_etcd_transacted(
        R"({"header":{"revision":"2"},"responses":[{"response_range":{"header":{"revision":"2"},"kvs":[{"key":"YQ==","mod_revision":"2"}]}}]})");
    REQUIRE(refused);
    CHECK_FALSE(refused->succeeded);
    CHECK(refused->found.at(0).modified == 2);

    const auto news = parse_etcd_news(
        R"({"result":{"header":{"revision":"9"},"fragment":true,"events":[{"kv":{"key":"YQ==","mod_revision":"8"}},{"type":"DELETE","kv":{"key":"Yg==","mod_revision":"9"}}]}})");
    REQUIRE(news);
    CHECK(news->fragment);
    CHECK_FALSE(news->events.at(0).removed);
    CHECK(news->events.at(1).removed);
    const auto over = parse_etcd_news(R"({"result":{"header":{},"canceled":true,"compact_revision":"4"}})");
    REQUIRE(over);
    CHECK(over->canceled);
    CHECK(over->compacted == 4);
    CHECK_FALSE(parse_etcd_news(R"({"error":{"grpc_code":14,"message":"gone"}})")->error.empty());

    CHECK(parse_etcd_error(R"({"error":"e","message":"etcdserver: invalid auth token","code":16})").code ==
          16);
    CHECK(parse_etcd_error("404 page not found").text == "404 page not found");
    CHECK(parse_etcd_token(R"({"header":{},"token":"abc.12"})") == "abc.12");
}

TEST_CASE("What is no answer of etcd's is refused") {
    for (const char* text :
         {"", "[]", "null", "{", R"({"header":{"revision":"x"}})",
          R"({"header":{"revision":"99999999999999999999"}})", R"({"header":{"revision":1.5}})"}) {
        CHECK_FALSE(parse_etcd_keys(text));
        CHECK_FALSE(parse_etcd_transacted(text));
        CHECK_FALSE(parse_etcd_leased(text));
        CHECK_FALSE(parse_etcd_news(text));
    }
    for (const char* keys : {"{}", "[1]", R"([{"key":"!"}])", R"([{"value":"YQ=="}])"})
        CHECK_FALSE(parse_etcd_keys(R"({"header":{"revision":"1"},"kvs":)" + std::string(keys) + "}"));
    CHECK_FALSE(parse_etcd_token("{\"token\":\"a\\r\\nHost: x\"}"));
    CHECK_FALSE(parse_etcd_news(R"({"result":{"events":[{"type":"PUT"}]}})"));
}

TEST_CASE("Keys are readable and read back, whatever the group and the name") {
    const std::string base = "/p/site/";
    CHECK(member_key(base, "g 1", name_of("vm/1")) == "/p/site/groups/g%201/members/vm%2F1");
    CHECK(mail_key(base, "a%b", "h") == "/p/site/groups/a%25b/mail/h");
    for (const char* text : {"vm1", "a/b", "%", "h\xc3\xa9", "a b"}) {
        const auto key = parse_group_key(base, member_key(base, text, name_of(text)));
        REQUIRE(std::holds_alternative<MemberStoreKey>(key));
        CHECK(std::get<MemberStoreKey>(key).group == text);
        CHECK(std::get<MemberStoreKey>(key).name.text() == text);
    }
    CHECK(std::get<HostKey>(parse_group_key(base, host_key(base, "h1"))).host == "h1");
    for (const char* key :
         {"/p/site/", "/p/site/hosts/", "/p/site/hosts/a/b", "/p/site/groups/g", "/p/site/groups//members/x",
          "/p/site/groups/g/members/", "/p/site/groups/g/members/x/y", "/p/site/groups/g/what/x",
          "/p/site/groups/%zz/members/x", "/p/site/groups/%2/mail/x", "/q/site/hosts/h"})
        CHECK(std::holds_alternative<std::monostate>(parse_group_key(base, key)));
}

TEST_CASE(
    "A status or notification is the text that was put, at every depth, and blanks around ours do not "
    "matter") {
    std::string deep = "1.50e1";
    for (std::size_t level = 0; level < wire::JsonText::depth_limit; ++level)
        deep = (level % 2 == 0 ? "[" : "{\"a\\u0062\":") + deep + (level % 2 == 0 ? "]" : "}");
    const auto entry = json(deep);
    const auto member = parse_member_value(encode_member_value("h", "r", entry));
    REQUIRE(member);
    CHECK(member->entry == entry);
    const auto spaced = parse_member_value(
        " { \"x\" : [ { } , \"}\\\"\" ] ,\n \"host\" : \"h\" , \"run\" : \"r\" , \"entry\" : { \"k\" : 1.0 } "
        "} \n");
    REQUIRE(spaced);
    CHECK(spaced->host == "h");
    CHECK(spaced->entry.text() == R"({"k":1.0})");

    const auto text = std::get<wire::BroadcastText>(wire::BroadcastText::of("say \"\\/\"\n\xe2\x82\xac"));
    const auto mail = parse_mail_value(encode_mail_value(
        "h", "r", 7,
        {encode_broadcast_item(name_of("a"), text), encode_notice_item(name_of("b"), entry),
         encode_farewell_item(name_of("c"), entry), encode_lost_item(3), R"({"from":"a"})", "7"}));
    REQUIRE(mail);
    CHECK(mail->first == 7);
    REQUIRE(mail->items.size() == 6);
    CHECK(std::get<wire::GroupBroadcast>(mail->items[0].event).text == text.text());
    CHECK(std::get<wire::GroupNotification>(mail->items[1].event).body.value == entry);
    CHECK_FALSE(mail->items[1].gone);
    CHECK(mail->items[2].gone);
    CHECK(std::get<wire::GroupGap>(mail->items[3].event).missed == 3);
    CHECK(std::get<wire::GroupGap>(mail->items[4].event).missed == 0);
    CHECK(std::get<wire::GroupGap>(mail->items[5].event).missed == 0);
    CHECK(parse_mail_value(encode_mail_value("h", "r", 1, {}))->items.empty());
}

TEST_CASE("A value of another form is refused") {
    for (const char* text :
         {"", "{}", "[]", "\"x\"", R"({"host":"h","run":"r"})", R"({"host":1,"run":"r","entry":{}})",
          R"({"host":"h","run":"r","entry":[]})", R"({"host":"h","run":"r","n":0,"mail":[]})",
          R"({"host":"h","run":"r","n":-1,"mail":[]})", R"({"host":"h","run":"r","n":1,"mail":{}})"}) {
        CHECK_FALSE(parse_member_value(text));
        CHECK_FALSE(parse_mail_value(text));
    }
}

TEST_CASE("The settings of etcd: defaults, and what is refused") {
    const auto settings =
        read_etcd_settings(runtime::SettingsMap::parse("endpoints: [\"http://h:1/\"]", "x.yaml"));
    CHECK(settings.endpoints == std::vector<std::string>{"http://h:1"});
    CHECK(settings.base() == "/vnf-guest-sdk/local/");
    CHECK_FALSE(settings.host.empty());
    CHECK(settings.lease == std::chrono::seconds(10));
    for (const auto& [text, part] : std::vector<std::pair<std::string, std::string>>{
             {"{}", "endpoints"},
             {"endpoints: [h:1]", "endpoints"},
             {"endpoints: [\"https://\"]", "endpoints"},
             {"endpoints: [\"http://u@h:1\"]", "endpoints"},
             {"{endpoints: [\"http://h:1\"], prefix: /a/}", "prefix"},
             {"{endpoints: [\"http://h:1\"], host: a/b}", "host"},
             {"{endpoints: [\"http://h:1\"], site: \"\"}", "site"},
             {"{endpoints: [\"http://h:1\"], certificate: /c}", "certificate"},
             {"{endpoints: [\"http://h:1\"], user: u}", "user"},
             {"{endpoints: [\"http://h:1\"], ca: c}", "ca"},
             {"{endpoints: [\"http://h:1\"], lease_s: 1}", "lease_s"},
             {"{endpoints: [\"http://h:1\"], else: 1}", "else"}}) {
        INFO(text);
        CHECK(complaint(text).find(part) != std::string::npos);
    }
}
