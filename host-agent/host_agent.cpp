// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See host_agent.hpp.
#include "host-agent/host_agent.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "host-agent/log_actuator.hpp"

namespace vnf::host {

namespace {

std::unique_ptr<Actuator> make_actuator(boost::asio::io_context& io, const AgentSettings& settings) {
    switch (settings.actuator) {
        case ActuatorKind::Log:
            return std::make_unique<LogActuator>(io);
        case ActuatorKind::Exec:
            return std::make_unique<ExecActuator>(io, settings.exec);
    }
    return nullptr;
}

bool same_actuator(const AgentSettings& a, const AgentSettings& b) {
    return a.actuator == b.actuator && a.exec.command == b.exec.command &&
           a.exec.deadline == b.exec.deadline && a.exec.concurrent == b.exec.concurrent;
}

}  // namespace

HostAgent::HostAgent(boost::asio::io_context& io, AgentSettings settings)
    : io_(io),
      settings_(std::move(settings)),
      recorder_(settings_.journal_entries),
      deadlines_(io),
      context_{io,
               settings_.rules,
               settings_.corrective,
               CorrectiveBudgets(settings_.corrective),
               settings_.reporting,
               {},
               recorder_,
               deadlines_,
               make_actuator(io, settings_),
               {},
               {}},
      started_at_(runtime::Clock::now()),
      scaling_(recorder_, deadlines_, *this, settings_.scaling),
      groups_(io, recorder_, deadlines_, settings_.groups, *this) {
    context_.observer = this;
    groups_.set_most(settings_.most_guests);
    ScaleChannel& channel = scaling_;
    groups_.set_scaling(&channel);
}

HostAgent::~HostAgent() {
    context_.observer = nullptr;
    groups_.set_scaling(nullptr);
    discoveries_.clear();
    sessions_.clear();
}

void HostAgent::start() {
    take_over_scaling();
    for (const GuestSpec& guest : settings_.guests) {
        add(guest);
    }
    take_over_directories();
}

HostAgent::Adding HostAgent::add(GuestSpec spec) {
    if (sessions_.contains(spec.id) || groups_.find(spec.id) != nullptr) {
        return Adding::Exists;
    }
    if (sessions_.size() >= settings_.most_guests) {
        return Adding::Full;
    }
    if (spec.has_group_part() && !groups_.add(spec)) {
        return Adding::Full;
    }
    return spec.heartbeat ? add_heartbeat(std::move(spec)) : Adding::Added;
}

HostAgent::Adding HostAgent::add_heartbeat(GuestSpec spec) {
    recorder_.record(JournalKind::InstanceAdded, spec.id,
                     {{"socket", to_string(spec.socket)}, {"origin", std::string(word(spec.origin))}});
    const std::string id = spec.id;
    const auto session = std::make_shared<GuestSession>(
        context_, std::move(spec), [this](const std::string& idle) { maybe_idle(idle); });
    sessions_.emplace(id, session);
    session->start();
    return Adding::Added;
}

bool HostAgent::remove(std::string_view id) {
    const bool member = groups_.remove(id, "the instance was removed");
    return remove_heartbeat(id) || member;
}

bool HostAgent::remove_heartbeat(std::string_view id) {
    const auto found = sessions_.find(id);
    if (found == sessions_.end()) {
        return false;
    }
    const std::string removed = found->first;
    removed_ += found->second->channel().monitor().counters();
    recorder_.record(JournalKind::InstanceRemoved, removed, {});
    orphans_.erase(removed);
    sessions_.erase(found);
    groups_.heartbeat_removed(removed);
    return true;
}

std::shared_ptr<GuestSession> HostAgent::find(std::string_view id) const {
    const auto found = sessions_.find(id);
    return found == sessions_.end() ? nullptr : found->second;
}

void HostAgent::set_reporting(bool enabled) {
    if (std::exchange(context_.reporting, enabled) != enabled) {
        recorder_.record(JournalKind::ReportingChanged, {}, {{"enabled", enabled}});
    }
}

MonitorCounters HostAgent::monitor_counters() const {
    MonitorCounters sum = removed_;
    for (const auto& [id, session] : sessions_) {
        sum += session->channel().monitor().counters();
    }
    return sum;
}

// ---- discovery -----------------------------------------------------------------------------------------

void HostAgent::socket_found(const SocketName& socket, const std::string& path) {
    seen_.insert(socket);
    switch (socket.port) {
        case GuestPort::Heartbeat:
            return heartbeat_found(socket.instance, path);
        case GuestPort::Messaging:
            return messaging_found(socket.instance, path);
    }
}

void HostAgent::heartbeat_found(const std::string& id, const std::string& path) {
    orphans_.erase(id);
    if (const auto session = find(id)) {
        if (session->spec().socket.text != path) {
            socket_refused(path, "the instance is already there with another socket");
        }
        return;
    }
    if (sessions_.size() >= settings_.most_guests) {
        socket_refused(path, "there are too many guests");
        return;
    }
    GuestSpec spec;
    spec.id = id;
    spec.socket = {runtime::PortAddress::Kind::Path, path};
    spec.qmp = qmp_path(settings_.qmp_pattern, id);
    spec.origin = GuestOrigin::Discovered;
    add_heartbeat(std::move(spec));
    groups_.heartbeat_found(id);
}

void HostAgent::messaging_found(const std::string& instance, const std::string& path) {
    switch (groups_.socket_found(instance, path)) {
        case ServerGroups::Finding::Taken:
            return;
        case ServerGroups::Finding::OtherSocket:
            return socket_refused(path, "the instance is already there with another socket");
        case ServerGroups::Finding::Full:
            return socket_refused(path, "there are too many guests");
    }
}

void HostAgent::socket_lost(const SocketName& socket, const std::string& path) {
    seen_.erase(socket);
    switch (socket.port) {
        case GuestPort::Heartbeat:
            return heartbeat_lost(socket.instance, path);
        case GuestPort::Messaging:
            return groups_.socket_lost(socket.instance, path);
    }
}

void HostAgent::heartbeat_lost(const std::string& id, const std::string& path) {
    const auto session = find(id);
    if (session && session->spec().origin == GuestOrigin::Discovered && session->spec().socket.text == path) {
        orphans_.insert(id);
        maybe_idle(id);
    }
}

void HostAgent::socket_refused(const std::string& path, const std::string& why) {
    ++context_.counters.sockets_refused;
    recorder_.record(JournalKind::SocketRefused, {}, {{"path", path}, {"reason", why}});
}

void HostAgent::maybe_idle(const std::string& id) {
    if (orphans_.contains(id)) {
        // The session whose callback this may be can't be destroyed inside it.
        boost::asio::post(io_, [this, id] { remove_if_orphaned(id); });
    }
}

void HostAgent::remove_if_orphaned(const std::string& id) {
    const auto session = find(id);
    if (session && orphans_.contains(id) && session->idle()) {
        remove_heartbeat(id);
    }
}

// ---- what the groups want to know ----------------------------------------------------------------------

bool HostAgent::understands_gap(const std::string& id) const {
    const auto session = find(id);
    return session && session->channel().monitor().in_session() &&
           session->channel().monitor().parameters().capabilities.has(wire::Capability::GroupGap);
}

void HostAgent::guest_event(const std::string& id, JournalKind kind, const JournalFields& fields) {
    groups_.guest_event(id, kind, fields);
    if (kind == JournalKind::Initialized) {
        scaling_.initialized(id);
    }
}

// ---- what scaling wants to know ------------------------------------------------------------------------

void HostAgent::guest_metrics(const std::string& id, const wire::MetricValues& values) {
    scaling_.metrics(id, values);
}

std::optional<wire::CpuSet> HostAgent::offline_cpus(const std::string& id) const {
    return scaling_.offline_of(id);
}

bool HostAgent::send_scale(const std::string& id, const wire::JsonText& data, const std::string& from) {
    GroupMember* member = groups_.find(id);
    return member != nullptr && member->scale(data, from);
}

bool HostAgent::messaging_connected(const std::string& id) const {
    const GroupMember* member = groups_.find(id);
    return member != nullptr && member->port() != nullptr && member->port()->up();
}

bool HostAgent::scales(const std::string& id) const {
    const auto session = find(id);
    return session && session->channel().monitor().in_session() &&
           session->channel().monitor().parameters().capabilities.has(wire::Capability::Scale);
}

void HostAgent::take_over_scaling() {
    ScaleService::Specs specs;
    for (const GuestSpec& guest : settings_.guests) {
        if (guest.scaling) {
            specs.emplace(guest.id, guest.scaling);
        }
    }
    for (const GuestPair& pair : settings_.groups.pairs) {
        if (pair.guest.scaling) {
            specs.emplace(pair.guest.id, pair.guest.scaling);
        }
    }
    scaling_.take_over(settings_.scaling, specs);
}

// ---- reload --------------------------------------------------------------------------------------------

void HostAgent::reload(AgentSettings settings) {
    const AgentSettings before = std::exchange(settings_, std::move(settings));
    if (before.api_socket != settings_.api_socket || before.journal_entries != settings_.journal_entries ||
        before.groups.engine != settings_.groups.engine || before.groups.etcd != settings_.groups.etcd ||
        before.scaling.state_directory != settings_.scaling.state_directory) {
        runtime::log_warning(
            "settings that need a restart were left as they were",
            {{"keys", "api, limits.journal_entries, groups.engine, groups.etcd, scaling.state_directory"}});
    }
    runtime::set_log_level(settings_.log_level);
    context_.rules = settings_.rules;
    context_.corrective = settings_.corrective;
    context_.budgets.change(settings_.corrective);
    for (const auto& [id, session] : sessions_) {
        session->rules_changed();
    }
    set_reporting(settings_.reporting);
    take_over_actuator(before);
    groups_.set_most(settings_.most_guests);
    take_over_scaling();
    groups_.reload(settings_.groups);
    take_over_guests(before.guests);
    take_over_directories();
    recorder_.record(JournalKind::SettingsReloaded, {}, {});
}

void HostAgent::reload_refused(const std::string& why) {
    runtime::log_error("the new settings are wrong, the old ones stay in force", {{"reason", why}});
    recorder_.record(JournalKind::SettingsRefused, {}, {{"reason", why}});
}

void HostAgent::take_over_actuator(const AgentSettings& before) {
    if (same_actuator(before, settings_)) {
        return;
    }
    former_actuators_.push_back(std::exchange(context_.actuator, make_actuator(io_, settings_)));
}

void HostAgent::take_over_guests(const std::vector<GuestSpec>& before) {
    const auto wanted = [this](const GuestSpec& spec) {
        return std::find(settings_.guests.begin(), settings_.guests.end(), spec) != settings_.guests.end();
    };
    for (const GuestSpec& spec : before) {
        if (!wanted(spec)) {
            remove(spec.id);
        }
    }
    for (const GuestSpec& spec : settings_.guests) {
        add(spec);
    }
}

void HostAgent::take_over_directories() {
    // A watch is cheap and what it found is kept: new ones for all, so that changed owners count.
    discoveries_.clear();
    seen_.clear();
    for (const std::string& directory : settings_.directories) {
        DiscoveryHandler& handler = *this;
        discoveries_.push_back(
            std::make_unique<GuestDiscovery>(io_, directory, settings_.trusted_owners, handler));
        discoveries_.back()->start();
    }
    forget_unseen();
}

void HostAgent::forget_unseen() {
    const std::set<SocketName> seen = std::exchange(seen_, {});
    std::vector<std::pair<SocketName, std::string>> unseen;
    for (const auto& [id, session] : sessions_) {
        const SocketName name{GuestPort::Heartbeat, id};
        if (session->spec().origin == GuestOrigin::Discovered && !seen.contains(name)) {
            unseen.emplace_back(name, session->spec().socket.text);
        }
    }
    for (const auto& [instance, path] : groups_.discovered_ports()) {
        const SocketName name{GuestPort::Messaging, instance};
        if (!seen.contains(name)) {
            unseen.emplace_back(name, path);
        }
    }
    for (const auto& [name, path] : unseen) {
        socket_lost(name, path);
    }
}

}  // namespace vnf::host
