// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Groups on an etcd that speaks TLS, wants a certificate, a user and a password. The certificates are made here.
#include <catch2/catch.hpp>

#include "tests/host-agent/etcd_stage.hpp"

using namespace vnf;
using namespace vnf::host;

namespace {

/// An authority and what it signed. No common name: etcd's gateway refuses one where passwords are in use.
class Certificates {
  public:
    Certificates() {
        openssl({"req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", at("ca.key"), "-out",
                 at("ca.pem"), "-subj", "/CN=test authority", "-days", "2"});
        scratch_.write("names", "subjectAltName=IP:127.0.0.1,DNS:host-agent\n");
        sign("server");
        sign("client");
    }
    runtime::HttpTls of(const std::string& name) const {
        return {at("ca.pem"), at(name + ".pem"), at(name + ".key")};
    }
    const harness::ScratchDirectory& scratch() const { return scratch_; }

  private:
    std::string at(const std::string& name) const { return scratch_ / name; }

    void sign(const std::string& name) const {
        openssl({"req", "-newkey", "rsa:2048", "-nodes", "-keyout", at(name + ".key"), "-out",
                 at(name + ".csr"), "-subj", "/O=test"});
        openssl({"x509", "-req", "-in", at(name + ".csr"), "-CA", at("ca.pem"), "-CAkey", at("ca.key"),
                 "-CAcreateserial", "-out", at(name + ".pem"), "-days", "2", "-extfile", at("names")});
    }

    void openssl(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "/usr/bin/openssl");
        const harness::Completed done = harness::run(std::move(arguments), at("openssl.log"));
        INFO(done.output);
        REQUIRE(done.status == harness::ExitStatus{});
    }

    harness::ScratchDirectory scratch_;
};

struct Grant {
    std::string type, prefix;
};

/// A user "agent" who may do that, and nobody without a password.
void require_passwords(const EtcdCluster& cluster, const std::vector<Grant>& grants) {
    cluster.ask("auth/user/add", R"({"name":"root","password":"r"})");
    cluster.ask("auth/role/add", R"({"name":"root"})");
    cluster.ask("auth/user/grant", R"({"user":"root","role":"root"})");
    cluster.ask("auth/user/add", R"({"name":"agent","password":"secret"})");
    cluster.ask("auth/role/add", R"({"name":"groups"})");
    for (const auto& [type, prefix] : grants) {
        const std::string range = encode(EtcdRange{prefix, end_of_prefix(prefix), 0, 0});
        cluster.ask("auth/role/grant",
                    R"({"name":"groups","perm":{"permType":")" + type + "\"," + range.substr(1) + "}");
    }
    cluster.ask("auth/user/grant", R"({"user":"agent","role":"groups"})");
    cluster.ask("auth/enable", "{}");
}

}  // namespace

TEST_CASE(
    "TLS with a certificate, a user and a password: groups work, and go on after the token was forgotten") {
    const Certificates certificates;
    EtcdCluster cluster(1, {.tls = certificates.of("client"), .server = certificates.of("server")});
    require_passwords(cluster, {{"READWRITE", "/secured/"}});
    const std::string password = certificates.scratch().write("password", "secret\n");
    const auto secured = [&](EtcdSettings& settings) {
        settings.prefix = "/secured";
        settings.tls = certificates.of("client");
        settings.user = "agent";
        settings.password_file = password;
    };
    EtcdStage stage(cluster, 2, secured);
    TestMember a(stage, 0, "g", "a"), b(stage, 1, "g", "b");
    REQUIRE(a.sees(2));
    REQUIRE(b.sees(2));
    a.broadcast("before");
    REQUIRE(b.hears(1));
    // Tokens live in the node's memory.
    cluster.kill(0);
    REQUIRE(stage.until([&stage] { return !stage.service(0).session().is_live(); }));
    cluster.start(0);
    REQUIRE(stage.all_live());
    a.broadcast("after");
    REQUIRE(b.hears(2));
    CHECK(b.box->heard == std::vector<std::string>{"a: before", "a: after"});
    CHECK(b.box->gaps.empty());
    CHECK(cluster.try_ask("kv/range", R"({"key":"YQ=="})").status != 200);

    SECTION("a user that may not write there is told why") {
        stage.settings(1).prefix = "/elsewhere";
        b.abandoned = true;
        stage.crash(1);
        stage.begin(1);
        CHECK(stage.until(
            [&stage] { return stage.service(1).engine().find("permission denied") != std::string::npos; }));
    }
    SECTION("so is a wrong password, until it is right") {
        certificates.scratch().write("password", "wrong\n");
        b.abandoned = true;
        stage.crash(1);
        stage.begin(1);
        CHECK(stage.until(
            [&stage] { return stage.service(1).engine().find("authentication") != std::string::npos; }));
        certificates.scratch().write("password", "secret\n");
        CHECK(stage.all_live());
    }
    SECTION("an authority that did not sign is not believed") {
        const Certificates others;
        stage.settings(1).tls.ca = others.of("client").ca;
        b.abandoned = true;
        stage.crash(1);
        stage.begin(1);
        CHECK(stage.until(
            [&stage] { return stage.service(1).engine().find("certificate") != std::string::npos; }));
    }
}

TEST_CASE(
    "A user that may not write members is refused ever more slowly, though its watch is there each time") {
    const harness::ScratchDirectory scratch;
    EtcdCluster cluster(1);
    require_passwords(cluster, {{"READ", "/limited/"},
                                {"READWRITE", "/limited/local/hosts/"},
                                {"READWRITE", "/limited/local/store"}});
    const std::string password = scratch.write("password", "secret\n");
    EtcdStage stage(cluster, 1, [&password](EtcdSettings& settings) {
        settings.prefix = "/limited";
        settings.user = "agent";
        settings.password_file = password;
    });
    const TestMember a(stage, 0, "g", "a");
    CHECK(stage.until([&stage] { return stage.service(0).session().failures() >= 5; }));
    CHECK(stage.service(0).counters().commits == 0);
    CHECK(stage.service(0).counters().refused_commits >= 4);
}
