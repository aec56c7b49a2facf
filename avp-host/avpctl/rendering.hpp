// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// avp-host's documents for people: pure, from JSON to text. A field that is not there is a dash.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

namespace vnf::avpctl {

std::string ports_table(const boost::json::value& answer);
std::string port_line(const boost::json::value& answer);
/// What is not 0, of one port or of all.
std::string counters_list(const boost::json::value& answer);
std::string switches_table(const boost::json::value& answer);
std::string macs_table(const boost::json::value& answer);
std::string migration_text(const boost::json::value& answer);
std::string restarted_text(const boost::json::value& answer);
/// One field, at a JSON pointer.
std::string field_text(const boost::json::value& answer, std::string_view pointer);
/// Every field, a line each.
std::string value_list(const boost::json::value& answer);
/// "code: message" of an error's body.
std::string error_text(std::string_view body);

}  // namespace vnf::avpctl
