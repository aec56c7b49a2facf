// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A scale message or record in words, every field of it: the meaning that the files of tests/vectors give.
#pragma once

#include <string>

#include "wire/scale_message.hpp"
#include "wire/scale_record.hpp"

namespace vnf::test {

std::string describe(const wire::ScaleInput& input);
std::string describe(const wire::ScaleResponse& response);
std::string describe(const wire::ScaleClientRecord& record);
std::string describe(const wire::ScaleAgentRecord& record);

}  // namespace vnf::test
