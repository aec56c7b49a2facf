// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A message or record in words, every field of it: the meaning that the files of tests/vectors give.
#pragma once

#include <string>

#include "wire/application_record.hpp"
#include "wire/heartbeat_message.hpp"

namespace vnf::test {

std::string describe(const wire::Received<wire::GuestMessage>& received);
std::string describe(const wire::Received<wire::HostMessage>& received);
std::string describe(const wire::DecodedRecord<wire::ApplicationRecord>& decoded);
std::string describe(const wire::DecodedRecord<wire::DaemonRecord>& decoded);

}  // namespace vnf::test
