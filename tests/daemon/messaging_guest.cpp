// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/daemon/messaging_guest.hpp"

#include <algorithm>

namespace vnf::test {

namespace {

bool is_blank(std::string_view line) {
    return line.find_first_not_of(' ') == std::string_view::npos;
}

}  // namespace

std::string messaging_socket(const AgentUnderTest& agent, const std::string& instance) {
    return agent.guest_directory() + "/cgcs.messaging." + instance + ".sock";
}

MessagingGuest::MessagingGuest(Stage& stage, std::string socket)
    : stage_(stage), connection_(stage, [this](std::string_view bytes) { take(bytes); }) {
    listener_ = std::make_unique<Listener>(stage, std::move(socket), [this](FileDescriptor fd) {
        raw_.clear();
        partial_.clear();
        ++connects_;
        connection_.adopt(std::move(fd));
    });
}

void MessagingGuest::send_data(std::string_view data, std::string_view to) {
    std::string line = "\n{\"data\":";
    line.append(data).append(",\"version\":2,\"dest_addr\":\"").append(to);
    send_raw(line.append("\",\"source_addr\":\"cgcs.server_grp\"}\n"));
}

void MessagingGuest::broadcast(std::string_view text) {
    send_data(R"({"version":2,"msg_type":"broadcast","data":")" + std::string(text) + "\"}");
}

void MessagingGuest::query(std::int64_t seq, bool understands_gap) {
    send_data(R"({"version":2,"msg_type":"status_query","seq":)" + std::to_string(seq) +
              (understands_gap ? R"(,"gap":true})" : "}"));
}

void MessagingGuest::take(std::string_view bytes) {
    raw_.append(bytes);
    partial_.append(bytes);
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = partial_.find('\n', begin)) != std::string::npos; begin = end + 1)
        take_line(std::string_view(partial_).substr(begin, end - begin));
    partial_.erase(0, begin);
}

void MessagingGuest::take_line(std::string_view line) {
    if (is_blank(line))
        return;
    const Json envelope = boost::json::parse(line).as_object();
    if (number(envelope, "version") == 2 && text(envelope, "dest_addr") == "cgcs.scale") {
        scale_.push_back(envelope);
        return;
    }
    if (number(envelope, "version") != 2 || text(envelope, "dest_addr") != "cgcs.server_grp" ||
        text(envelope, "source_addr") != "cgcs.server_grp")
        throw std::runtime_error("a wrong envelope: " + std::string(line));
    data_.push_back(envelope.at("data").as_object());
}

Json MessagingGuest::expect(std::string_view msg_type, Milliseconds bound) {
    auto found = data_.end();
    const auto arrived = [&] {
        found = std::find_if(data_.begin(), data_.end(),
                             [msg_type](const Json& one) { return text(one, "msg_type") == msg_type; });
        return found != data_.end();
    };
    stage_.until(arrived, std::string(msg_type) + " from host-agent", bound);
    Json data = std::move(*found);
    data_.erase(found);
    return data;
}

Json MessagingGuest::expect_scale(Milliseconds bound) {
    stage_.until([this] { return !scale_.empty(); }, "a message to the scale agent", bound);
    Json data = scale_.front().at("data").as_object();
    scale_address_ = text(scale_.front(), "source_addr");
    scale_.pop_front();
    return data;
}

void MessagingGuest::answer_scale(std::string_view data) {
    send_data(data, scale_address_);
}

std::size_t MessagingGuest::count(std::string_view msg_type) const {
    return static_cast<std::size_t>(std::count_if(data_.begin(), data_.end(), [msg_type](const Json& one) {
        return text(one, "msg_type") == msg_type;
    }));
}

std::vector<Json> MessagingGuest::status(std::int64_t seq) {
    query(seq);
    std::vector<Json> entries;
    const auto complete = [&] {
        for (auto one = data_.begin(); one != data_.end();) {
            const std::string type = text(*one, "msg_type");
            if (number(*one, "seq") != seq || !type.starts_with("status_response")) {
                ++one;
                continue;
            }
            if (type == "status_response")
                entries.push_back(one->at("data").as_object());
            one = data_.erase(one);
            if (type == "status_response_done")
                return true;
        }
        return false;
    };
    stage_.until(complete, "a complete status");
    return entries;
}

void MessagingGuest::round_trip() {
    status(++last_seq_);
}

void MessagingGuest::await_connected() {
    stage_.until([this] { return connected(); }, "host-agent to connect");
}

void MessagingGuest::vanish() {
    listener_.reset();
    connection_.close();
}

}  // namespace vnf::test
