// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One libcurl handle, used once.
#include "runtime/http_get.hpp"

#include <curl/curl.h>

#include <memory>

namespace vnf::runtime {
namespace {

struct Body {
    std::string text;
    std::size_t largest = 0;

    static std::size_t receive(char* data, std::size_t, std::size_t length, void* body) {
        auto& self = *static_cast<Body*>(body);
        if (length > self.largest - self.text.size()) {
            return 0;
        }
        self.text.append(data, length);
        return length;
    }
};

}  // namespace

HttpResult http_get(const std::string& url, std::chrono::milliseconds timeout, std::size_t largest) {
    static const CURLcode once = curl_global_init(CURL_GLOBAL_NOTHING);
    static_cast<void>(once);
    const std::unique_ptr<CURL, void (*)(CURL*)> handle(curl_easy_init(), curl_easy_cleanup);
    Body body{{}, largest};
    const auto set = [&handle](CURLoption option, auto value) {
        curl_easy_setopt(handle.get(), option, value);
    };
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http");
    set(CURLOPT_PROXY, "");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
    set(CURLOPT_WRITEFUNCTION, &Body::receive);
    set(CURLOPT_WRITEDATA, &body);
    const CURLcode code = curl_easy_perform(handle.get());
    if (code == CURLE_WRITE_ERROR) {
        return {0, {}, "the answer is longer than " + std::to_string(largest) + " bytes"};
    }
    if (code != CURLE_OK) {
        return {0, {}, curl_easy_strerror(code)};
    }
    long status = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
    return {static_cast<unsigned>(status), std::move(body.text), {}};
}

}  // namespace vnf::runtime
