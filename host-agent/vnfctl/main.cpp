// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// vnfctl's command line.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>

#include "host-agent/version.hpp"
#include "host-agent/vnfctl/commands.hpp"
#include "host-agent/vnfctl/group_commands.hpp"
#include "host-agent/vnfctl/scale_commands.hpp"
#include "runtime/run_directory.hpp"

namespace vnf::vnfctl {
namespace {

constexpr const char* footer =
    "EVENT: stop, reboot, suspend, pause, unpause, resume, resize_begin, resize_end, live_migrate_begin,\n"
    "  live_migrate_end, cold_migrate_begin, cold_migrate_end (a '-' is as good as a '_')\n"
    "SOCKET: a path, or any port address of docs/host-agent.md\n\n"
    "Exit status: 0 done or allowed, 1 error, 2 wrong usage, 3 rejected by the guest, 4 no usable answer in "
    "time\n"
    "  (allowed by the documented rule), 5 unknown instance, 6 host-agent can't be reached.\n\n"
    "Example: vnfctl vote vm1 live-migrate-begin && migrate vm1";

struct Arguments {
    Connection to;
    ActionArguments action;
    GroupArguments group;
    ScaleArguments scale;
    std::string id, socket, qmp, reason, wanted;
    std::optional<std::uint64_t> since;
    bool version = false;
};

using Command = std::function<Exit()>;

CLI::App* with_id(CLI::App& app, Arguments& arguments, const char* name, const char* text) {
    CLI::App* command = app.add_subcommand(name, text);
    command->add_option("ID", arguments.id, "Instance")->required();
    return command;
}

void describe_action(CLI::App& app, Arguments& arguments, const char* name, const char* text) {
    CLI::App* command = app.add_subcommand(name, text);
    command->add_option("ID", arguments.action.id, "Instance")->required();
    command->add_option("EVENT", arguments.action.event, "What is about to happen, or has happened")
        ->required();
    command
        ->add_option("--timeout", arguments.action.timeout_ms,
                     "Milliseconds, instead of what the guest declared")
        ->check(CLI::Range(1, 3600000));
    command->add_option("--origin", arguments.action.origin, "Who asks; default: this user and process");
}

CLI::App* with_group(CLI::App& app, GroupArguments& of, const char* name, const char* text) {
    CLI::App* command = app.add_subcommand(name, text);
    command->add_option("GROUP", of.group, "Server group")->required();
    return command;
}

void describe_groups(CLI::App& app, GroupArguments& of) {
    app.require_subcommand(1, 1);
    app.fallthrough();
    app.add_subcommand("list", "All guests with their groups, and all groups");
    with_group(app, of, "show", "The members of one group, wherever they run");
    CLI::App* join = with_group(app, of, "join", "Let a guest join a group, and leave the one it is in");
    join->add_option("ID", of.id, "Instance")->required();
    join->add_option("--name", of.name, "Under this name, at most 25 bytes");
    with_group(app, of, "leave", "Take a guest out of its group")
        ->add_option("ID", of.id, "Instance")
        ->required();
    CLI::App* event = app.add_subcommand("event", "Tell a guest's group what became of the guest");
    event->add_option("ID", of.id, "Instance")->required();
    event
        ->add_option(
            "EVENT", of.event,
            "created, started, stopped, paused, unpaused, suspended, resumed, rebooted, migrated, resized, "
            "rescued, unrescued, deleted, failed, stopping, rebooting, pausing, suspending, migrating, "
            "resizing")
        ->required();
    event->add_option("--cause", of.cause, "Why");
    app.add_subcommand("sweep", "etcd: remove what no living host owns");
}

void describe_scale(CLI::App& app, ScaleArguments& of) {
    app.add_option("ID", of.id, "Instance")->required();
    app.add_option(
           "WHAT", of.what,
           "up, down: one vCPU; reconcile: guest and host agree again; show; set: what is offline, without "
           "asking anybody (after a migration)")
        ->required()
        ->check(CLI::IsMember({"up", "down", "reconcile", "show", "set"}));
    app.add_option("--offline", of.offline, "set: a list like 2-3; empty: none");
}

Exit run_group(const std::string& name, const Arguments& with) {
    if (name == "list") {
        return group_list(with.to);
    }
    if (name == "show") {
        return group_show(with.to, with.group);
    }
    if (name == "join") {
        return group_join(with.to, with.group);
    }
    if (name == "leave") {
        return group_leave(with.to, with.group);
    }
    return name == "event" ? group_event(with.to, with.group) : group_sweep(with.to);
}

void describe(CLI::App& app, Arguments& arguments) {
    app.require_subcommand(0, 1);
    app.fallthrough();
    app.footer(footer);
    app.add_option("--socket", arguments.to.socket, "host-agent's control interface")->capture_default_str();
    app.add_flag("--json", arguments.to.json, "Print host-agent's JSON as it is");
    app.add_flag("--version", arguments.version, "Print the version and end");
    app.add_subcommand("list", "All guests, a line each");
    with_id(app, arguments, "show", "Everything about one guest");
    describe_action(app, arguments, "vote", "Ask the guest whether it agrees (revocable)");
    describe_action(app, arguments, "notify", "Tell the guest what will happen, and wait until it is ready");
    with_id(app, arguments, "cancel", "Call the guest's open vote or notification off")
        ->add_option("--reason", arguments.reason, "Told to the guest");
    CLI::App* add_command = with_id(app, arguments, "add", "Add a guest until host-agent ends");
    add_command->add_option("SOCKET", arguments.socket, "Its heartbeat channel")->required();
    add_command->add_option("--qmp", arguments.qmp, "Its QMP socket, asked before a loss is declared");
    with_id(app, arguments, "remove", "Remove a guest");
    CLI::App* gate = app.add_subcommand("reporting", "Switch corrective actions on or off");
    gate->add_option("STATE", arguments.wanted, "enabled or disabled")
        ->required()
        ->check(CLI::IsMember({"enabled", "disabled"}));
    gate->add_option("ID", arguments.id, "One guest; without it, all");
    app.add_subcommand("watch", "Print events as they happen, for ever")
        ->add_option("--since", arguments.since, "Begin after the event of this number");
    describe_groups(*app.add_subcommand("group", "Server groups: who is in which, and what is told to them"),
                    arguments.group);
    describe_scale(*app.add_subcommand("scale", "vCPUs of a running guest: take one, give one, agree again"),
                   arguments.scale);
    app.add_subcommand("status", "The agent itself");
    app.add_subcommand("metrics", "Prometheus text");
}

Exit run(const std::string& name, const Arguments& with) {
    const std::map<std::string, Command> commands{{"list",
                                                   [&with] {
                                                       return list(with.to);
                                                   }},
                                                  {"show",
                                                   [&with] {
                                                       return show(with.to, with.id);
                                                   }},
                                                  {"vote",
                                                   [&with] {
                                                       return vote(with.to, with.action);
                                                   }},
                                                  {"notify",
                                                   [&with] {
                                                       return notify(with.to, with.action);
                                                   }},
                                                  {"cancel",
                                                   [&with] {
                                                       return cancel(with.to, with.id, with.reason);
                                                   }},
                                                  {"add",
                                                   [&with] {
                                                       return add(with.to, with.id, with.socket, with.qmp);
                                                   }},
                                                  {"remove",
                                                   [&with] {
                                                       return remove(with.to, with.id);
                                                   }},
                                                  {"reporting",
                                                   [&with] {
                                                       return reporting(with.to, with.id, with.wanted);
                                                   }},
                                                  {"watch",
                                                   [&with] {
                                                       return watch(with.to, with.since);
                                                   }},
                                                  {"scale",
                                                   [&with] {
                                                       return scale(with.to, with.scale);
                                                   }},
                                                  {"status",
                                                   [&with] {
                                                       return status(with.to);
                                                   }},
                                                  {"metrics", [&with] {
                                                       return metrics(with.to);
                                                   }}};
    return commands.at(name)();
}

}  // namespace
}  // namespace vnf::vnfctl

int main(int argc, char** argv) {
    using vnf::vnfctl::Exit;
    vnf::vnfctl::Arguments arguments;
    arguments.to.socket = vnf::runtime::default_host_api_socket();
    CLI::App app("Shows host-agent's guests, asks for their votes and tells them what will happen.",
                 "vnfctl");
    vnf::vnfctl::describe(app, arguments);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : static_cast<int>(Exit::Usage);
    }
    if (arguments.version) {
        std::printf("vnfctl %s\n", std::string(vnf::host::program_version).c_str());
        return 0;
    }
    const auto chosen = app.get_subcommands();
    if (chosen.empty()) {
        std::fputs(app.help().c_str(), stderr);
        return static_cast<int>(Exit::Usage);
    }
    try {
        const CLI::App& command = *chosen.front();
        return static_cast<int>(
            command.get_name() == "group"
                ? vnf::vnfctl::run_group(command.get_subcommands().front()->get_name(), arguments)
                : vnf::vnfctl::run(command.get_name(), arguments));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "vnfctl: %s\n", error.what());
        return static_cast<int>(Exit::Error);
    }
}
