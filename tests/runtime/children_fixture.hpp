// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Scripts written for one test, run as children without a shell of ours.
#pragma once

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <memory>
#include <string>

#include "runtime/child_process.hpp"
#include "tests/runtime/loop_fixture.hpp"

namespace vnf::test {

using runtime::ChildOutcome;
using runtime::ChildProcess;
using runtime::ChildSpec;
using runtime::Milliseconds;

struct Children {
    std::string script(const std::string& text, const std::string& name = "script", int mode = 0755) {
        auto path = directory / name;
        std::ofstream(path) << text;
        ::chmod(path.c_str(), static_cast<mode_t>(mode));
        return path;
    }
    std::unique_ptr<ChildProcess> start(ChildSpec spec) {
        return std::make_unique<ChildProcess>(io, std::move(spec), [this](const ChildOutcome& one) {
            outcome = one;
            ++ends;
        });
    }
    ChildOutcome run(ChildSpec spec) {
        const int before = ends;
        const auto child = start(std::move(spec));
        CHECK(ends == before);  // never from inside the constructor
        REQUIRE(run_until(io, [this, before] { return ends > before; }));
        run_ready(io);
        CHECK(ends == before + 1);
        return outcome;
    }
    ChildOutcome run_script(const std::string& text, Milliseconds deadline = Milliseconds(30000)) {
        ChildSpec spec;
        spec.argv = {script("#!/bin/sh\n" + text)};
        spec.deadline = deadline;
        return run(std::move(spec));
    }
    /// The first line of a file that a script writes.
    std::string written(const std::string& name) {
        std::string line;
        REQUIRE(run_until_seen(io, [&] {
            std::ifstream file(directory / name);
            return std::getline(file, line) && !file.eof();
        }));
        return line;
    }

    ScratchFolder directory;
    boost::asio::io_context io;
    ChildOutcome outcome;
    int ends = 0;
};

}  // namespace vnf::test
