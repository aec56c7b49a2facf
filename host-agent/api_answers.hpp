// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The answers that every path of the control interface has.
#pragma once

#include <string>
#include <utility>

#include "host-agent/api_documents.hpp"
#include "runtime/http_server.hpp"

namespace vnf::host {

/// Who asks, as the kernel says.
inline std::string origin_of(const runtime::HttpRequest& request) {
    return "uid " + std::to_string(request.peer.uid) + " pid " + std::to_string(request.peer.pid);
}

inline runtime::HttpResponse ok(std::string body, unsigned status = 200) {
    return {status, std::move(body), "application/json"};
}

inline runtime::HttpResponse bad_body(const BodyError& error) {
    return runtime::http_error(400, "bad_request", error.text);
}

inline runtime::HttpResponse wrong_method() {
    return runtime::http_error(405, "method_not_allowed", "this path does not have that method");
}

inline runtime::HttpResponse no_path() {
    return runtime::http_error(404, "not_found", "no such path");
}

inline runtime::HttpResponse unknown_instance() {
    return runtime::http_error(404, "unknown_instance", "no instance with this id");
}

}  // namespace vnf::host
