// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// avpctl's command line.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>
#include <map>

#include "avp-host/avpctl/commands.hpp"
#include "avp-host/version.hpp"
#include "runtime/run_directory.hpp"

namespace vnf::avpctl {
namespace {

constexpr const char* footer =
    "Exit status: 0 done, 1 error, 2 wrong usage, 3 refused by the guest or in this state, 4 no answer of "
    "the\n"
    "  guest (or of restart's successor) in time, 5 unknown port or switch, 6 avp-host can't be reached.\n\n"
    "Example: avpctl migrate detach vm1 && avpctl migrate attach vm1";

struct Arguments {
    Connection to;
    Migration migration;
    std::string port, switch_name, step, link_state, frames;
    std::int64_t restart_ms = 15000;
    bool version = false;
};

void describe_changes(CLI::App& app, Arguments& arguments) {
    CLI::App* migrate =
        app.add_subcommand("migrate", "Take the device's memory from its guest, or give it back");
    migrate->add_option("STEP", arguments.step, "detach or attach")
        ->required()
        ->check(CLI::IsMember({"detach", "attach"}));
    migrate->add_option("PORT", arguments.migration.port, "Device")->required();
    migrate->add_option("--timeout", arguments.migration.timeout_ms, "Milliseconds for the guest to answer")
        ->check(CLI::Range(0, 60000))
        ->capture_default_str();
    migrate->add_flag("--force", arguments.migration.by_force, "attach: although the guest has not let go");
    CLI::App* link = app.add_subcommand("link", "Tell the guest that its link is up or down");
    link->add_option("STATE", arguments.link_state, "up or down")
        ->required()
        ->check(CLI::IsMember({"up", "down"}));
    link->add_option("PORT", arguments.port, "Device")->required();
    CLI::App* send = app.add_subcommand("send", "Let a generator make more frames");
    send->add_option("PORT", arguments.port, "Generator")->required();
    send->add_option("FRAMES", arguments.frames, "How many more; 0: none; forever")
        ->required()
        ->check([](const std::string& text) {
            const bool is_number = !text.empty() && text.size() <= 18 &&
                                   text.find_first_not_of("0123456789") == std::string::npos;
            return is_number || text == "forever" ? std::string() : "must be a number or forever";
        });
}

void describe_restart(CLI::App& app, Arguments& arguments) {
    CLI::App* restart =
        app.add_subcommand("restart", "avp-host becomes its successor, and guests keep their devices");
    restart->add_option("--timeout", arguments.restart_ms, "Milliseconds to wait for the successor")
        ->check(CLI::Range(0, 120000))
        ->capture_default_str();
    restart->footer(
        "Settings are read again, and the program is the one that now lies where avp-host was started from. "
        "Drivers\n"
        "  are asked to let go of their devices' memory, and attach again: frames of that time are lost.\n"
        "It is refused, and all stays as it was, with wrong settings, with a driver that can't let go (3) or "
        "does\n"
        "  not within 5 s (4), and with a driver that sits on files (3). Until then nothing is lost.");
}

void describe(CLI::App& app, Arguments& arguments) {
    app.require_subcommand(0, 1);
    app.fallthrough();
    app.footer(footer);
    app.add_option("--socket", arguments.to.socket, "avp-host's control interface")->capture_default_str();
    app.add_flag("--json", arguments.to.json, "Print avp-host's JSON as it is");
    app.add_flag("--version", arguments.version, "Print the version and end");
    app.add_subcommand("ports", "All ports, a line each");
    app.add_subcommand("show", "Everything about one port")
        ->add_option("PORT", arguments.port, "Port")
        ->required();
    app.add_subcommand("counters", "What was counted and is not 0")
        ->add_option("PORT", arguments.port, "One port; without it, all");
    app.add_subcommand("switches", "All switches, a line each");
    app.add_subcommand("macs", "The addresses that a switch knows")
        ->add_option("SWITCH", arguments.switch_name, "Switch")
        ->required();
    describe_changes(app, arguments);
    describe_restart(app, arguments);
    app.add_subcommand("status", "The host itself and its workers");
    app.add_subcommand("metrics", "Prometheus text");
}

std::optional<std::int64_t> frames_of(const std::string& text) {
    return text == "forever" ? std::nullopt : std::optional<std::int64_t>(std::stoll(text));
}

Exit run(const std::string& name, Arguments& with) {
    with.migration.is_attach = with.step == "attach";
    const std::map<std::string, std::function<Exit()>> commands{
        {"ports",
         [&] {
             return ports(with.to);
         }},
        {"show",
         [&] {
             return show(with.to, with.port);
         }},
        {"counters",
         [&] {
             return counters(with.to, with.port);
         }},
        {"switches",
         [&] {
             return switches(with.to);
         }},
        {"macs",
         [&] {
             return macs(with.to, with.switch_name);
         }},
        {"migrate",
         [&] {
             return migrate(with.to, with.migration);
         }},
        {"link",
         [&] {
             return link(with.to, with.port, with.link_state == "up");
         }},
        {"send",
         [&] {
             return send(with.to, with.port, frames_of(with.frames));
         }},
        {"restart",
         [&] {
             return restart(with.to, std::chrono::milliseconds(with.restart_ms));
         }},
        {"status",
         [&] {
             return status(with.to);
         }},
        {"metrics", [&] {
             return metrics(with.to);
         }}};
    return commands.at(name)();
}

}  // namespace
}  // namespace vnf::avpctl

int main(int argc, char** argv) {
    using vnf::avpctl::Exit;
    vnf::avpctl::Arguments arguments;
    arguments.to.socket = vnf::runtime::default_avp_control_socket();
    CLI::App app("Shows avp-host's ports and switches, and moves, links and feeds ports.", "avpctl");
    vnf::avpctl::describe(app, arguments);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : static_cast<int>(Exit::Usage);
    }
    if (arguments.version) {
        std::printf("avpctl %s\n", std::string(vnf::avp::program_version).c_str());
        return 0;
    }
    const auto chosen = app.get_subcommands();
    if (chosen.empty()) {
        std::fputs(app.help().c_str(), stderr);
        return static_cast<int>(Exit::Usage);
    }
    try {
        return static_cast<int>(vnf::avpctl::run(chosen.front()->get_name(), arguments));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "avpctl: %s\n", error.what());
        return static_cast<int>(Exit::Error);
    }
}
