// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "avp-host/presentation/vfio_user_server.hpp"

#include <cerrno>
#include <list>

#include "avp-host/presentation/vfio_user_session.hpp"
#include "runtime/log.hpp"
#include "runtime/log_limits.hpp"

namespace vnf::avp {
namespace {

using runtime::PeerCredentials;
using vfio_user::Refusal;
using Socket = runtime::LocalServer::Socket;

constexpr std::size_t most_refused_at_once = 8;

enum class Line { Client, RefusedClient, RefusedMessage, BrokenClient };
constexpr std::size_t lines = 4;

}  // namespace

class VfioUserServer::Impl {
  public:
    Impl(boost::asio::io_context& io, VfioUserServerOptions options, PresentedDevice presented)
        : io_(io),
          name_(std::move(options.name)),
          deadline_(options.message_deadline),
          most_maps_(options.most_maps),
          has_msix_(options.has_msix),
          presented_(presented),
          listener_(io, std::move(options.socket),
                    runtime::LocalServer::OnAccept([this](Socket socket, const PeerCredentials& who) {
                        accept(std::move(socket), who);
                    })) {}

    ~Impl() { stop(); }

    void start() { listener_.start(); }

    void stop() {
        listener_.stop();
        for (const auto& refused : refused_)
            refused->close();
        refused_.clear();
        if (session_)
            end_client("the server stops", false);
    }

    std::optional<HandedClient> hand_over() const {
        if (!session_ || !session_->is_between_messages())
            return std::nullopt;
        const auto config = dialogue_->config();
        return HandedClient{
            session_->descriptor(), presented_.interrupts.descriptors(), {config.begin(), config.end()}};
    }

    bool adopt(const HandedClient& client) {
        runtime::FileDescriptor handed(client.socket);
        bool is_good = !session_;
        for (unsigned vector = 0; vector < InterruptEvents::kMostVectors; ++vector) {
            runtime::FileDescriptor eventfd(client.eventfds[vector]);
            if (eventfd && is_good)
                is_good = presented_.interrupts.assign(vector, std::move(eventfd));
        }
        std::error_code unknown;
        const auto who = runtime::peer_credentials(handed.get(), unknown);
        Socket socket(io_);
        boost::system::error_code error;
        if (is_good && who)
            socket.assign(boost::asio::local::stream_protocol(), handed.get(), error);
        if (!socket.is_open() || error) {
            if (!session_)
                presented_.interrupts.release_all();
            return false;
        }
        handed.release();
        open_session(std::move(socket), *who);
        dialogue_->resume(client.config);
        session_->resume();
        return true;
    }

    const std::optional<PeerCredentials>& client() const { return who_; }
    const VfioUserCounters& counters() const { return counters_; }

  private:
    void accept(Socket socket, const PeerCredentials& who) {
        // A new QEMU may be here before the end of the old one has been read.
        if (session_ && session_->peer_is_gone())
            end_client("it left", false);
        if (session_)
            return refuse(std::move(socket), who);
        open_session(std::move(socket), who);
        session_->start();
    }

    void open_session(Socket socket, const PeerCredentials& who) {
        ++counters_.clients;
        who_ = who;
        dialogue_.emplace(presented_, most_maps_, has_msix_);
        session_ = std::make_shared<VfioUserSession>(
            std::move(socket), deadline_,
            [this](const auto& header, auto payload, auto descriptors) {
                return answer(header, payload, std::move(descriptors));
            },
            [this](const std::string& why) { end_client(why.empty() ? "it left" : why, !why.empty()); });
        if (admit(Line::Client))
            runtime::log_info("vfio-user client", {{"port", name_}, {"pid", who.pid}, {"uid", who.uid}});
    }

    VfioUserDialogue::Answer answer(const vfio_user::Header& header, vfio_user::Bytes payload,
                                    std::vector<runtime::FileDescriptor> descriptors) {
        ++counters_.messages;
        auto answer = dialogue_->answer(header, payload, std::move(descriptors));
        if (answer.refusal) {
            ++counters_.refused_messages;
            if (admit(Line::RefusedMessage))
                runtime::log_warning("vfio-user message refused",
                                     {{"port", name_},
                                      {"command", vfio_user::name_of_command(header.command)},
                                      {"number", header.command},
                                      {"field", answer.refusal->field},
                                      {"errno", answer.refusal->error}});
        }
        return answer;
    }

    /// Lets it say its first message, so that the answer to it tells why.
    void refuse(Socket socket, const PeerCredentials& who) {
        ++counters_.refused_clients;
        if (admit(Line::RefusedClient))
            runtime::log_warning("vfio-user client refused, there is one",
                                 {{"port", name_}, {"pid", who.pid}, {"client", who_->pid}});
        if (refused_.size() >= most_refused_at_once)
            return;
        const auto place = refused_.emplace(refused_.end());
        *place = std::make_shared<VfioUserSession>(
            std::move(socket), deadline_,
            [](const vfio_user::Header& header, vfio_user::Bytes, const auto&) {
                VfioUserDialogue::Answer answer;
                answer.message = vfio_user::error_reply(header, EBUSY);
                answer.refusal = Refusal{EBUSY, "another client is there"};
                answer.ends = true;
                return answer;
            },
            [this, place](const std::string&) { refused_.erase(place); });
        (*place)->start();
    }

    /// Once for each client, whoever ended it.
    void end_client(const std::string& why, bool is_broken) {
        session_->close();
        session_.reset();
        dialogue_.reset();
        {
            const auto held = presented_.gate.hold();
            presented_.device.renew();
        }
        presented_.interrupts.release_all();
        if (is_broken)
            ++counters_.broken_clients;
        if (admit(is_broken ? Line::BrokenClient : Line::Client))
            runtime::log(is_broken ? runtime::LogLevel::Warning : runtime::LogLevel::Info,
                         "vfio-user client ended", {{"port", name_}, {"pid", who_->pid}, {"why", why}});
        who_.reset();
    }

    bool admit(Line line) { return limits_.admit(line, runtime::Clock::now()); }

    boost::asio::io_context& io_;
    std::string name_;
    runtime::Milliseconds deadline_;
    std::size_t most_maps_;
    bool has_msix_;
    PresentedDevice presented_;
    VfioUserCounters counters_;
    runtime::LogLimits<Line, lines> limits_;
    std::optional<PeerCredentials> who_;
    std::optional<VfioUserDialogue> dialogue_;
    std::shared_ptr<VfioUserSession> session_;
    std::list<std::shared_ptr<VfioUserSession>> refused_;
    runtime::LocalServer listener_;
};

VfioUserServer::VfioUserServer(boost::asio::io_context& io, VfioUserServerOptions options,
                               PresentedDevice presented)
    : impl_(std::make_unique<Impl>(io, std::move(options), presented)) {}
VfioUserServer::~VfioUserServer() = default;
void VfioUserServer::start() {
    impl_->start();
}
void VfioUserServer::stop() {
    impl_->stop();
}
std::optional<HandedClient> VfioUserServer::hand_over() const {
    return impl_->hand_over();
}
bool VfioUserServer::adopt(const HandedClient& client) {
    return impl_->adopt(client);
}
std::optional<PeerCredentials> VfioUserServer::client() const {
    return impl_->client();
}
const VfioUserCounters& VfioUserServer::counters() const {
    return impl_->counters();
}

}  // namespace vnf::avp
