// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// host-agent's answers for people: a table, a list of values, a sentence. Everything takes the JSON as it came and
// shows what it finds; texts that came from guests are shown without control characters.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

namespace vnf::vnfctl {

std::string instances_table(const boost::json::value& answer);
std::string groups_table(const boost::json::value& answer);
std::string group_table(const boost::json::value& answer);
/// One "key: value" a line, nested keys with dots.
std::string value_list(const boost::json::value& answer);
std::string outcome_text(const boost::json::value& answer);
/// What became of a scale operation.
std::string scaled_text(const boost::json::value& answer);
/// One line for a line of the event stream; the line itself if it is no event.
std::string event_text(std::string_view line);
/// "CODE: message" of an error's body, or the body.
std::string error_text(std::string_view body);

}  // namespace vnf::vnfctl
