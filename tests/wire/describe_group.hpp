// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A server-group message or record in words: the meaning that the files of tests/vectors give.
#pragma once

#include <string>

#include "wire/group_record.hpp"
#include "wire/server_group_message.hpp"

namespace vnf::test {

std::string describe(const wire::GroupRequest& request);
std::string describe(const wire::GroupRequestError& error);
std::string describe(const wire::GroupEvent& event);
std::string describe(const wire::GroupClientRecord& record);
std::string describe(const wire::GroupDaemonRecord& record);

}  // namespace vnf::test
