// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A member of a group in a process of its own, for a test to kill: broadcasts "1", "2", ... as fast as they are taken,
// each padded with blanks to a few hundred bytes. group_sender SOCKET
#include <poll.h>

#include <cstdio>
#include <string>
#include <vnf/servergroup.hpp>

namespace {

class Sender final : public vnf::servergroup::Handler {};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2)
        return 2;
    vnf_sg_config config;
    vnf_sg_config_init(&config);
    config.name = "sender";
    config.socket_path = argv[1];
    Sender handler;
    vnf::servergroup::Membership membership;
    if (membership.open(config, handler) != VNF_SG_OK)
        return 1;
    for (unsigned long number = 1; membership.dispatch() == VNF_SG_OK;) {
        std::string text = std::to_string(number);
        text.resize(300, ' ');
        if (membership.broadcast(text.c_str(), text.size()) == VNF_SG_OK) {
            ++number;
            continue;
        }
        pollfd waiting{membership.fd(), POLLIN, 0};
        ::poll(&waiting, 1, membership.next_timeout());
    }
    return 1;
}
