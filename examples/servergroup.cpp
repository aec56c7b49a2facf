// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The same member of a server group in C++: a handler with virtual functions, and an epoll loop of its own. It prints
// the lines of the old SDK's sample; what is no message goes to standard error.

#include <getopt.h>
#include <sys/epoll.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vnf/servergroup.hpp>

namespace {

constexpr const char* help =
    "usage: %s [option...] [TEXT]\n"
    "Broadcasts TEXT to the guest's server group, asks for the status of its members, and prints what "
    "comes.\n"
    "\n"
    "  -n, --name NAME     shown to operators of the guest (default servergroup-cpp)\n"
    "  -s, --socket PATH   guest-client's socket (default: $VNF_SERVERGROUP_SOCKET, else\n"
    "                      /run/vnf-guest-sdk/server-group.sock)\n"
    "  -h, --help          this\n"
    "  -V, --version       the library's version\n";

class Member final : public vnf::servergroup::Handler {
  public:
    explicit Member(const char* text) : text_(text) {}

    vnf_sg_error open(const vnf_sg_config& config) { return group_.open(config, *this); }
    /// Until something can't go on.
    void run() {
        const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
        epoll_event event{};
        event.events = EPOLLIN;
        ::epoll_ctl(epoll, EPOLL_CTL_ADD, group_.fd(), &event);
        do {
            if (::epoll_wait(epoll, &event, 1, group_.next_timeout()) < 0 && errno != EINTR)
                return;
        } while (group_.dispatch() == VNF_SG_OK);
    }

    void state_changed(const vnf_sg_state_info& info) override {
        std::string line = vnf_sg_state_name(info.state);
        if (info.error != VNF_SG_OK)
            line += std::string(": ") + vnf_sg_strerror(info.error);
        if (info.reason[0] != '\0')
            line += std::string(": ") + info.reason;
        std::fprintf(stderr, "%s\n", line.c_str());
        if (info.state == VNF_SG_STATE_LINKED || info.state == VNF_SG_STATE_OLD_AGENT)
            begin();
    }

    void broadcast(const char* source, const char* text, size_t length) override {
        std::printf("got server group broadcast msg: len: %zu, sinstance: %s, msg: %s\n\n", length, source,
                    text);
    }

    void notification(const vnf_sg_notification& told) override {
        std::printf("got server group notification msg: %s\n\n", told.json);
    }

    void status(const vnf_sg_status& told) override {
        if (told.complete == 0)
            std::fprintf(stderr, "status: %s: %s\n", vnf_sg_strerror(told.error), told.reason);
        std::string list;
        for (uint32_t index = 0; index < told.count; ++index)
            list += (index == 0 ? "" : ",") + std::string(told.members[index]->json);
        std::printf("got server group status response msg: [%s]\n\n", list.c_str());
    }

    void membership(const vnf_sg_change& change) override {
        std::fprintf(stderr, "member %s (%s) %s: %s\n", change.member->display_name,
                     change.member->instance_id, vnf_sg_change_kind_name(change.kind),
                     vnf_sg_change_reason_name(change.reason));
    }

    void missed(uint32_t messages) override {
        std::fprintf(stderr, "missed messages: %u (0: unknown)\n", messages);
    }

    void refused(const char* type, const char* reason) override {
        std::fprintf(stderr, "refused %s: %s\n", type, reason);
    }

    void unsent(uint32_t messages, const char* reason) override {
        std::fprintf(stderr, "unsent messages: %u: %s\n", messages, reason);
    }

  private:
    void begin() {
        if (text_ != nullptr) {
            const vnf_sg_error error = group_.broadcast(text_);
            if (error != VNF_SG_OK)
                std::fprintf(stderr, "broadcast: %s\n", vnf_sg_strerror(error));
            text_ = nullptr;
        }
        if (!has_asked_)
            has_asked_ = group_.request_status() == VNF_SG_OK;
    }

    const char* text_;  ///< still to be broadcast, or null
    bool has_asked_ = false;
    vnf::servergroup::Membership group_;
};

/// The text to broadcast, or null. Ends the program for --help, --version and what it does not understand.
const char* parse(int argc, char** argv, vnf_sg_config& config) {
    static const option options[] = {{"name", required_argument, nullptr, 'n'},
                                     {"socket", required_argument, nullptr, 's'},
                                     {"help", no_argument, nullptr, 'h'},
                                     {"version", no_argument, nullptr, 'V'},
                                     {nullptr, 0, nullptr, 0}};
    for (int letter = 0; (letter = ::getopt_long(argc, argv, "n:s:hV", options, nullptr)) != -1;) {
        switch (letter) {
            case 'n':
                config.name = optarg;
                break;
            case 's':
                config.socket_path = optarg;
                break;
            case 'h':
                std::printf(help, argv[0]);
                std::exit(0);
            case 'V':
                std::printf("%s (libservergroup %s)\n", argv[0], vnf_sg_version());
                std::exit(0);
            default:
                std::exit(2);
        }
    }
    if (argc - optind > 1) {
        std::fprintf(stderr, "%s: more than one TEXT\n", argv[0]);
        std::exit(2);
    }
    return argv[optind];
}

}  // namespace

int main(int argc, char** argv) {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    vnf_sg_config config;
    vnf_sg_config_init(&config);
    config.name = "servergroup-cpp";
    Member member(parse(argc, argv, config));
    const vnf_sg_error error = member.open(config);
    if (error != VNF_SG_OK) {
        std::fprintf(stderr, "%s: %s\n", argv[0], vnf_sg_strerror(error));
        return error == VNF_SG_ERROR_SYSTEM || error == VNF_SG_ERROR_NO_MEMORY ? 1 : 2;
    }
    member.run();
    return 1;
}
