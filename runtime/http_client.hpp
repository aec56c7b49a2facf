// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A blocking HTTP client for command-line tools, over a Unix socket, by libcurl.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace vnf::runtime {

struct HttpResult {
    unsigned status = 0;   ///< 0: no answer, `error` says why
    std::string body;
    std::string error;
};

class HttpClient {
  public:
    explicit HttpClient(std::string socket_path);
    /// Waits at most `timeout`; 0 waits for ever.
    HttpResult request(std::string_view method, const std::string& path_and_query, const std::string& body = {},
                       std::chrono::milliseconds timeout = std::chrono::seconds(10)) const;
    /// Calls `on_line` for each line of an endless answer until it returns false or the server ends it.
    HttpResult stream(const std::string& path_and_query, const std::function<bool(std::string_view)>& on_line) const;
    /// Percent-encodes one path segment or query value.
    static std::string encode(std::string_view text);

  private:
    std::string socket_path_;
};

}  // namespace vnf::runtime
