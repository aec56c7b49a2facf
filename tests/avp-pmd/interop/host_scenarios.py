# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""net_avp_host as a plug-in: testpmd and OVS-DPDK are the switch, our driver in another testpmd is the guest.

OVS is the distribution's, unpacked into the scenario's folder; it runs in a network namespace of its own, without
hugepages.
"""

import glob
import json
import os
import re
import shutil
import socket
import subprocess

from stage import PATIENCE, Failed, Program, Skipped, wait_until

# A guest on a busy machine is not to lose patience with its host.
PATIENT = ",timeout_ms=10000"


def check(condition, what):
    if not condition:
        raise Failed(what)


def xstat(testpmd, port, name):
    found = re.search(rf"^{name}: (\d+)", testpmd.command(f"show port xstats {port}"), re.MULTILINE)
    if found is None:
        raise Failed(f"no statistic {name}")
    return int(found[1])


def await_link(testpmd, port=0, word="up"):
    wait_until(lambda: f"Link status: {word}" in testpmd.command(f"show port info {port}"), f"the link {word}")


def sockets_of(stage):
    return [f"{stage.folder}/{name}.sock" for name in ("a", "b")]


def guest(stage, name, path, mode, options=()):
    testpmd = stage.testpmd_by_socket(name, path, options=[f"--forward-mode={mode}", *options], devargs=PATIENT)
    await_link(testpmd)
    testpmd.command("start")
    return testpmd


def forwarded(host, sender, receiver):
    """How many frames came to the host, once each of them is at the receiver or counted as dropped."""
    wait_until(lambda: receiver.stats()["RX-packets"] > 5000, "5,000 frames at the receiver")
    sender.command("stop")
    sent = sender.stats()["TX-packets"]
    wait_until(lambda: host.stats(0)["RX-packets"] == sent, f"all {sent} frames at the host")

    def all_are_counted():
        out = host.stats(1)
        return out["TX-packets"] + out["TX-errors"] == sent and receiver.stats()["RX-packets"] == out["TX-packets"]
    wait_until(all_are_counted, "each frame either at the receiver or counted as dropped")
    return sent


def testpmd_is_the_switch(stage):
    sockets = sockets_of(stage)
    host = stage.testpmd_as_host("host", *sockets, options=["--forward-mode=io"], devargs=",queues=2")
    host.command("start")
    receiver = guest(stage, "receiver", sockets[1], "rxonly")
    sent = forwarded(host, guest(stage, "sender", sockets[0], "txonly"), receiver)
    print(f"{sent} sent, {host.stats(1)}")
    check(xstat(host, 0, "guest_tx_q0_frames") == sent, "the guest's queue counts otherwise")
    check(host.stats(0)["RX-errors"] == 0 and xstat(host, 0, "fault_tx_handle") == 0, "an honest guest has faults")
    check(host.quit() == 0, "testpmd's exit status")


def several_queues_and_lcores(stage):
    sockets = sockets_of(stage)
    queues = ["--rxq=4", "--txq=4"]
    host = stage.testpmd_as_host("host", *sockets, options=["--forward-mode=io", *queues], forwarders=2)
    host.command("start")
    receiver = guest(stage, "receiver", sockets[1], "rxonly", queues)
    sent = forwarded(host, guest(stage, "sender", sockets[0], "txonly", queues), receiver)
    by_queue = [(xstat(host, 0, f"guest_tx_q{queue}_frames"), xstat(host, 0, f"host_rx_q{queue}_frames"),
                 xstat(host, 1, f"guest_rx_q{queue}_frames")) for queue in range(8)]
    print(f"{sent} sent; of each queue sent, received by the host, given to the receiver: {by_queue[:4]}")
    check(all(one[0] == one[1] and one[0] > 0 and one[2] > 0 for one in by_queue[:4]), "a queue has no or other frames")
    check(all(one == (0, 0, 0) for one in by_queue[4:]), "frames in a queue that is not in use")
    check(host.quit() == 0, "testpmd's exit status")


class Telemetry:
    """A DPDK program's, as an operator asks it."""

    def __init__(self, folder):
        path = wait_until(lambda: glob.glob(f"{folder}/**/dpdk_telemetry.v2*", recursive=True), "telemetry's socket")[0]
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(path)
        self.socket.recv(16384)

    def ask(self, verb, *words):
        self.socket.send(",".join([f"/net_avp_host/{verb}", *map(str, words)]).encode())
        return json.loads(self.socket.recv(16384))[f"/net_avp_host/{verb}"]


def guest_migrated_amid_traffic(stage):
    sockets = sockets_of(stage)
    slots, queues, rounds = 256, 2, 5
    options = [f"--rxq={queues}", f"--txq={queues}"]
    host = stage.testpmd_as_host("host", *sockets, options=["--forward-mode=io", *options], telemetry=True,
                                 devargs=f",ring-slots={slots}")
    host.command("start")
    operator = Telemetry(stage.folder)
    receiver = guest(stage, "receiver", sockets[1], "rxonly", options)
    sender = guest(stage, "sender", sockets[0], "txonly", options)
    for number in range(rounds):
        before = receiver.stats()["RX-packets"]
        wait_until(lambda least=before + 1000: receiver.stats()["RX-packets"] > least, "frames at the receiver")
        gone = operator.ask("detach", 1, 40000)
        check((gone["state"], gone["migration"], gone["link"]) == ("detached", "accepted", "up"), f"detach {number}: {gone}")
        await_link(host, 1, "down")
        dropped = xstat(host, 1, "tx_drop_not_up")
        wait_until(lambda least=dropped: xstat(host, 1, "tx_drop_not_up") > least, "frames for a guest that is detached")
        back = operator.ask("attach", 1, 40000)
        check((back["migration"], back["guest_rx_queues"]) == ("accepted", queues), f"attach {number}: {back}")
        await_link(host, 1)
    sender.command("stop")
    sent = sender.stats()["TX-packets"]

    def all_are_counted():
        out = host.stats(1)
        return host.stats(0)["RX-packets"] == sent and out["TX-packets"] + out["TX-errors"] == sent
    wait_until(all_are_counted, f"each of {sent} frames either given to the receiver or counted as dropped")
    given = host.stats(1)["TX-packets"]
    wait_until(lambda: given - receiver.stats()["RX-packets"] <= rounds * queues * slots, "what was given at the receiver")
    print(f"{sent} sent, {host.stats(1)}, lost in {rounds} detachments: {given - receiver.stats()['RX-packets']}")
    check(xstat(host, 1, "guest_resets") == 0, "the guest came anew")
    check(host.quit() == 0, "testpmd's exit status")


def migration_refused(stage):
    host = stage.testpmd_as_host("host", *sockets_of(stage), telemetry=True)
    operator = Telemetry(stage.folder)
    check(operator.ask("show", 0)["state"] == "waiting", "a port without a guest")
    for words, said in ((("show",), "port: must be the number"), (("show", 7), "no net_avp_host port with this number"),
                        (("show", 0, 5), "more than this command takes"), (("detach", "x"), "port: must be the number"),
                        (("detach", 0, 60001), "timeout: must be 0 to 60000 ms"), (("detach", 0, "force"), "timeout:"),
                        (("attach", 0), "the guest has not let go"), (("attach", 0, 5, "forced"), "more than"),
                        (("attach", 0, 5, 5, "force"), "more than")):
        answer = operator.ask(*words)
        check(said in answer.get("error", ""), f"{words}: {answer}")
    # Nobody to ask.
    check(operator.ask("detach", 0)["state"] == "detached", "a device without a driver")
    check(operator.ask("attach", 0)["state"] == "waiting", "a device without a driver")
    with socket.socket(socket.AF_UNIX) as mute:
        mute.connect(sockets_of(stage)[0])
        check(operator.ask("detach", 0, 0)["state"] == "detached", "a client that is no driver")
        check(operator.ask("attach", 0, 60000, "force")["migration"] == "accepted", "by force")
    host.command("port stop all")
    host.command("port close 1")
    check("no net_avp_host port" in operator.ask("show", 1)["error"], "a port that was closed")
    check(host.quit() == 0, "testpmd's exit status")


def guests_killed(stage):
    path = sockets_of(stage)[0]
    host = stage.testpmd_as_host("host", path, options=["--forward-mode=macswap"])
    host.command("start")
    for number in range(3):
        testpmd = stage.testpmd_by_socket(f"guest-{number}", path, options=["--forward-mode=io"], devargs=PATIENT)
        await_link(testpmd)
        await_link(host)
        testpmd.command("start tx_first")
        before = host.stats()["RX-packets"]
        wait_until(lambda least=before + 1000: host.stats()["RX-packets"] > least, "frames of the new guest")
        testpmd.process.kill()
        testpmd.process.wait()
        await_link(host, word="down")
    check(xstat(host, 0, "guest_resets") == 3, "the device was not reset for each guest")
    check(host.quit() == 0, "testpmd's exit status")


def host_killed_and_started_again(stage):
    path = sockets_of(stage)[0]
    devargs = ",mac=02:00:00:00:00:0a,queues=4"

    def start(number):
        host = stage.testpmd_as_host(f"host-{number}", path, options=["--forward-mode=io", "--rxq=2", "--txq=2"],
                                     devargs=devargs)
        host.command("start tx_first")
        return host
    host = start(0)
    testpmd = guest(stage, "guest", path, "macswap", ["--rxq=2", "--txq=2"])
    for number in range(1, 5):
        before = testpmd.stats()["RX-packets"]
        if number % 2 == 0:
            check(host.quit() == 0, "testpmd's exit status")
            check(not os.path.exists(path), "the socket of a host that has ended")
        else:
            host.process.kill()
            host.process.wait()
        await_link(testpmd, word="down")
        host = start(number)
        await_link(testpmd)
        await_link(host)
        # What circulated is lost with the host.
        host.command("stop")
        host.command("start tx_first")
        wait_until(lambda least=before + 1000: testpmd.stats()["RX-packets"] > least, "frames of the new host")
        wait_until(lambda: host.stats()["RX-packets"] > 1000, "frames at the new host")
        check("02:00:00:00:00:0A" in testpmd.command("show port info 0").upper(), "the guest's address")
    check(testpmd.quit() == 0, "the guest's exit status")
    check(host.quit() == 0, "testpmd's exit status")


def is_let_go(client):
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


def nonsense_at_one_socket(stage):
    sockets = sockets_of(stage)
    host = stage.testpmd_as_host("host", *sockets, options=["--forward-mode=macswap", "--port-topology=loop"])
    host.command("start")
    honest = stage.testpmd_by_socket("honest", sockets[1], options=["--forward-mode=io"], devargs=PATIENT)
    await_link(honest)
    honest.command("start tx_first")
    for _ in range(20):
        before = honest.stats()["RX-packets"]
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(sockets[0])
            client.sendall(os.urandom(64))
            check(is_let_go(client), "the client was not let go")
        wait_until(lambda least=before + 100: honest.stats()["RX-packets"] > least, "the other guest's frames")
    check("net_avp_host: vfio-user client ended" in host.output(), "the log does not tell")
    check(host.quit() == 0, "testpmd's exit status")


def wrong_devargs(stage):
    host = stage.testpmd_as_host("host", f"{stage.folder}/a.sock", devargs=",queues=9")
    check("net_avp_host0: devargs: queues: 9 is not between 1 and 8" in host.output(), "the refusal is not in the log")
    check("No probed ethernet devices" in host.output(), "there is a port")


OVS_PACKAGES = ("openvswitch-common", "openvswitch-switch", "openvswitch-switch-dpdk", "libunbound8", "libevent-2.1-7",
                "libxdp1", "libbpf1", "libcap-ng0")


class Ovs:
    """The distribution's OVS-DPDK of DPDK's version, unpacked, with a database of its own."""

    def __init__(self, stage):
        self.stage = stage
        self.root = os.path.join(stage.folder, "ovs")
        self.run = stage.folder
        self.unpack()
        own = os.path.join(self.root, "usr")
        folders = [f"{own}/bin", f"{own}/sbin", f"{own}/lib/openvswitch-switch-dpdk", os.environ["PATH"]]
        self.env = {"PATH": ":".join(folders), "LD_LIBRARY_PATH": f"{own}/lib/x86_64-linux-gnu", "OVS_RUNDIR": self.run,
                    "OVS_LOGDIR": self.run, "OVS_DBDIR": self.run, "OVS_SYSCONFDIR": self.run,
                    "OVS_PKGDATADIR": f"{own}/share/openvswitch"}
        self.database = f"unix:{self.run}/db.sock"

    def unpack(self):
        if os.geteuid() != 0 or not shutil.which("unshare"):
            raise Skipped("OVS makes an interface for its bridge, in a network namespace that only root can make")
        folder = os.path.join(self.run, "packages")
        os.mkdir(folder)
        done = subprocess.run(["apt-get", "download", "-q", "-o", "APT::Sandbox::User=root", *OVS_PACKAGES], cwd=folder,
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Skipped(f"OVS-DPDK can't be fetched: {done.stderr.strip().splitlines()[-1:]}")
        for package in os.listdir(folder):
            subprocess.run(["dpkg", "-x", os.path.join(folder, package), self.root], check=True)

    def program(self, name, *words):
        argv = ["unshare", "-n", name, *words]
        self.stage.programs.append(Program(os.path.basename(name), argv, self.stage.folder, env=self.env))
        return self.stage.programs[-1]

    def ask(self, *words, may_fail=False):
        done = subprocess.run(words, env={**os.environ, **self.env}, capture_output=True, text=True, check=False)
        if done.returncode != 0 and not may_fail:
            raise Failed(f"{' '.join(words)}: {done.stderr}")
        return done.stdout.strip() if done.returncode == 0 else None

    def vsctl(self, *words, may_fail=False):
        return self.ask("ovs-vsctl", f"--db={self.database}", "--timeout=30", *words, may_fail=may_fail)

    def start(self, plugin):
        self.ask("ovsdb-tool", "create", f"{self.run}/conf.db", f"{self.env['OVS_PKGDATADIR']}/vswitch.ovsschema")
        self.program("ovsdb-server", f"{self.run}/conf.db", f"--remote=p{self.database}", f"--unixctl={self.run}/db.ctl")
        wait_until(lambda: self.vsctl("--no-wait", "init", may_fail=True) is not None, "OVS's database")
        # Without hugepages; --legacy-mem keeps OVS from adding --in-memory, which EAL refuses beside --no-huge.
        extra = f"--no-huge --legacy-mem --no-shconf --no-pci -m 192 -d {plugin}"
        self.vsctl("--no-wait", "set", "Open_vSwitch", ".", "other_config:dpdk-init=true",
                   f"other_config:dpdk-extra=\"{extra}\"")
        vswitchd = self.program("ovs-vswitchd-dpdk", self.database, f"--unixctl={self.run}/vs.ctl", "-vconsole:info")
        wait_until(lambda: self.vsctl("get", "Open_vSwitch", ".", "dpdk_initialized", may_fail=True) == "true"
                   or not vswitchd.running(), "DPDK in OVS")
        check(vswitchd.running(), "OVS has ended")

    def add_port(self, name, path):
        number = name[-1]
        self.vsctl("add-port", "br0", name, "--", "set", "Interface", name, "type=dpdk",
                   f"options:dpdk-devargs=net_avp_host{number},socket={path}")
        error = self.vsctl("get", "Interface", name, "error")
        check(error == "[]", f"{name}: {error}")

    def frames(self, name):
        """Received, sent and dropped: as the port counts them now."""
        text = self.ask("ovs-ofctl", "dump-ports", f"{self.run}/br0.mgmt", name)
        received = re.search(r"rx pkts=(\d+)", text)
        sent = re.search(r"tx pkts=(\d+).*errs=(\d+)", text)
        return int(received[1]), int(sent[1]), int(sent[2])


def ovs_is_the_switch(stage):
    sockets = sockets_of(stage)
    ovs = Ovs(stage)
    ovs.start(stage.plugin("librte_net_avp_host.so"))
    ovs.vsctl("add-br", "br0", "--", "set", "bridge", "br0", "datapath_type=netdev")
    for number, path in enumerate(sockets):
        ovs.add_port(f"avp{number}", path)
    receiver = guest(stage, "receiver", sockets[1], "rxonly")
    sender = guest(stage, "sender", sockets[0], "txonly")
    wait_until(lambda: receiver.stats()["RX-packets"] > 5000, "5,000 frames at the receiver")
    sender.command("stop")
    sent = sender.stats()["TX-packets"]
    wait_until(lambda: ovs.frames("avp0")[0] == sent, f"all {sent} frames in OVS")

    def all_are_counted():
        _, passed, dropped = ovs.frames("avp1")
        return passed + dropped == sent and receiver.stats()["RX-packets"] == passed
    wait_until(all_are_counted, "each frame either at the receiver or counted as dropped")
    print(f"{sent} sent, avp1: {ovs.frames('avp1')}")
    ovs.vsctl("del-port", "br0", "avp1")
    await_link(receiver, word="down")
    check(not os.path.exists(sockets[1]), "the socket of a port that is gone")


HOSTS = {
    "testpmd with two ports of ours is the switch between two guests, and every frame is counted": testpmd_is_the_switch,
    "testpmd with four queues and two lcores: each queue of a guest is one of the host's": several_queues_and_lcores,
    "a guest of a testpmd is migrated by telemetry amid its frames, and each is counted": guest_migrated_amid_traffic,
    "telemetry of a testpmd as the host tells what of a migration is wrong": migration_refused,
    "guests of a testpmd are killed, and the next one has the port": guests_killed,
    "testpmd as the host is killed or ended, and the guest goes on with the next one": host_killed_and_started_again,
    "nonsense at one socket of a testpmd costs the guest at the other one nothing": nonsense_at_one_socket,
    "testpmd as the host is told the key of a wrong devarg": wrong_devargs,
    "the distribution's OVS-DPDK with two ports of ours is the switch between two guests": ovs_is_the_switch,
}
