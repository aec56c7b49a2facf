// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The compiled halves of Boost.Asio and Boost.Beast, once for the whole project. Boost.JSON's is in wire_json.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
