// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "old_member_stage.hpp"

#include <stdexcept>

#include "compat_paths.hpp"

namespace vnf::test {

OldMemberStage::OldMemberStage(const std::string& how) : member(shim_directory, "/nowhere", old_member_path) {
    if (!agent.is_bound() || member.ask("init " + how) != "init ok")
        throw std::runtime_error("the member did not begin");
}

std::string OldMemberStage::told(std::string_view data) {
    return told_datagram(agent, delivery(data));
}

std::string OldMemberStage::told_datagram(const AbstractSocket& sender, std::string_view datagram) {
    if (!sender.send_to("cgcs.server_grp", datagram))
        throw std::runtime_error("the member's socket takes nothing");
    return member.ask("process");
}

std::string OldMemberStage::sent() const {
    auto datagram = agent.receive();
    if (!datagram)
        throw std::runtime_error("the member has sent nothing");
    return std::move(*datagram);
}

std::string event(std::string_view fields) {
    return R"({"version":2,)" + std::string(fields) + "}";
}

}  // namespace vnf::test
