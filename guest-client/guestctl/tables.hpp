// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// guest-client's documents for people: pure, from JSON to text. A field that a newer or older daemon lacks is a dash.
#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace vnf::guestctl {

std::string status_table(const boost::json::value& document);
std::string applications_table(const boost::json::value& document);
std::string link_table(const boost::json::value& document);
std::string health_table(const boost::json::value& document);
std::string group_table(const boost::json::value& document);
std::string members_table(const boost::json::value& document);
std::string sent_table(const boost::json::value& document);
std::string scale_table(const boost::json::value& document);
std::string scale_agent_table(const boost::json::value& document);
std::string reload_table(const boost::json::value& document);

}  // namespace vnf::guestctl
