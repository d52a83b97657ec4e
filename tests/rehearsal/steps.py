"""The twelve steps of docs/running.md, each done as it is written, and what had to differ on a machine in a folder."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import requests
from flask import Flask
from ports import free_port
from pyrage.x25519 import Identity

from ivr.simulator.app import create_app as create_simulator
from ivr.simulator.app import serving
from ivr.simulator.carrier import Carrier
from ivr.simulator.mailbox import listening
from rehearsal import callers, document, servers
from rehearsal.machine import HOST, SHORT, Amiss, Machine, Process

PASSWORD, ACCOUNT, TOKEN = "a-password-of-the-rehearsal", "AC" + "7" * 32, "a-token-of-the-rehearsal-of-1500-444"
GROUPS = ("redis",)
BUSY = {"DATABASE_SECONDS": "60", "DOOR_SECONDS": "60", "REDIS_SECONDS": "10"}  # no step is about how fast a machine is
PATIENCE, RESTARTS, CALLS = 20, 2, 12
MAIL_SECONDS = 5 * 60  # it may wait four minutes for its recording


@dataclass
class Step:
    """A step of the page: how it went."""

    number: int
    title: str
    differs: list[str] = field(default_factory=list)
    amiss: str = ""
    seconds: float = 0.0

    def lines(self) -> Iterator[str]:
        yield f"{self.number:>2}  {self.title:<24} {self.seconds:5.1f} s  {'AMISS' if self.amiss else 'ok'}"
        yield from (f"      differs: {words}" for words in self.differs)
        if self.amiss:
            yield f"      AMISS: {self.amiss}"


class Rehearsal:
    """A production house that comes into being step by step; `end` leaves nothing of it."""

    def __init__(self) -> None:
        self.machine, self.stack, self.units = Machine(), ExitStack(), dict[str, Process]()
        self.owner: dict[str, str] = {}  # what root keeps
        self.environment: dict[str, str] = {}  # the lines of .env
        self.smtp_port, self.number = free_port(), ""
        self.key = Identity.generate()  # that opens the backups
        self.carrier = self._carrier()

    def steps(self) -> Iterator[Step]:
        """Each step once it is done; the first that fails is the last."""
        done: dict[int, Callable[[Step], None]] = {
            1: self.packages, 2: self.folders, 3: self.postgres, 4: self.redis, 5: self.settings, 6: self.city,
            7: self.first_look, 8: self.services, 9: self.proxy, 10: self.carrier_calls, 11: self.watching,
            12: self.first_call,
        }  # fmt: skip
        if list(document.titles()) != list(done):
            raise SystemExit(f"the page has the steps {list(document.titles())}, we know {list(done)}")
        for number, title in document.titles().items():
            step, began = Step(number, title), time.monotonic()
            try:
                done[number](step)
            except (Amiss, OSError, AssertionError, requests.RequestException) as fault:
                step.amiss = str(fault) or type(fault).__name__
            step.seconds = time.monotonic() - began
            yield step
            if step.amiss:
                return

    def end(self) -> None:
        with self.stack:
            self.machine.end()

    # -- 1 to 6: what is there before anything runs ----------------------------------------------------------------

    def packages(self, step: Step) -> None:
        (command,) = document.of_step(1)[0].commands
        wanted = command.removeprefix("apt-get install ").split()
        installed = servers.install()
        if unknown := servers.unknown(wanted):
            raise Amiss(f"Debian has no package {', '.join(unknown)}")
        step.differs += [f"installed now: {', '.join(installed)}"] if installed else []
        others = sorted(set(wanted) - set(servers.NEEDED))
        step.differs.append(f"only looked up: {', '.join(others)}; no service of Debian's is started")

    def folders(self, step: Step) -> None:
        machine = self.machine
        machine.unpack()
        made = machine.make_venv()
        for command in document.of_step(2)[0].commands:
            if command.startswith("install "):
                machine.run(command.replace("-o hotline -g hotline", f"-o {machine.user} -g {machine.group}"))
            elif command not in (
                "adduser --system --group --no-create-home --home /srv/hotline hotline",
                "cd /srv/hotline && make .venv/installed",
            ):
                raise Amiss(f"no step of ours: {command}")
        step.differs.append(f"/srv, /var, /etc and /run are folders in {machine.folder}")
        step.differs.append(made)

    def postgres(self, step: Step) -> None:
        servers.postgres(self.machine)
        roles, owner, _given_along = document.of_step(3)
        *create_users, create_database = roles.commands
        for command in create_users:
            servers.as_postgres(self.machine, command, given=f"{PASSWORD}\n{PASSWORD}\n")
        servers.as_postgres(self.machine, create_database)
        self.owner = {"OWNER_DATABASE_URL": self._at_our_port(owner.text.removeprefix("OWNER_DATABASE_URL="))}
        step.differs.append(f"a cluster of its own on port {self.machine.ports[5432]}")

    def _at_our_port(self, url: str) -> str:
        return url.replace("PASSWORD", PASSWORD).replace("127.0.0.1/", f"127.0.0.1:{self.machine.ports[5432]}/")

    def redis(self, step: Step) -> None:
        lines, group = document.of_step(4)
        servers.redis(self.machine, lines.text)
        assert group.commands == ["adduser hotline redis"]
        socket = self.machine.path("/run/redis/redis-server.sock")
        if self.machine.user != "root" and servers.may_enter(socket, []):
            raise Amiss("who is not of the group redis comes in")
        if not servers.may_enter(socket, [servers.group(name) for name in GROUPS]):
            raise Amiss("the group redis does not come in")
        step.differs.append(f"{self.machine.user} is of the group redis for its processes only")

    def settings(self, step: Step) -> None:
        machine = self.machine
        machine.run(f"install -m 640 -g {machine.group} .env.example .env")
        making = next(block for block in document.blocks() if block.heading == "Settings").commands
        keys = [machine.run(command).out.strip() for command in making]
        self.carrier.api_url = self.stack.enter_context(serving(create_simulator(self.carrier)))
        values = {
            "HEX": keys[0], "1:BASE64": keys[1], "ACCOUNT": ACCOUNT, "TOKEN": TOKEN, "https://HOST": f"https://{HOST}",
            "SHORT/": f"{SHORT}/", "/srv/hotline/var": "/srv/hotline/var", "1": "1", "production": "production",
            "postgresql://hotline:PASSWORD@127.0.0.1/hotline":
                self._at_our_port("postgresql://hotline:PASSWORD@127.0.0.1/hotline"),
            "unix:///run/redis/redis-server.sock?db=0": "unix:///run/redis/redis-server.sock?db=0",
            "KEY,KEY": str(self.key.to_public()),
            "smtp://USER:PASSWORD@MAILHOST:587": f"smtp://127.0.0.1:{self.smtp_port}",
            "1500444@DOMAIN": "1500444@bekasikota.example", "NAME": "BEKASI", "NUMBER": "+622150010444",
        }  # fmt: skip
        required, others = document.settings()
        self.environment = {name: machine.here(values[value]) for name, value in {**required, **others}.items()}
        self.environment |= {"DUTY_PHONE": "+622150010100", "EMERGENCY_PHONE": "+622150010112"}
        self.environment |= {"LOOKUP_KEY": machine.run(making[0]).out.strip()}
        more = {"PORT": str(machine.ports[8000]), "TWILIO_API_URL": self.carrier.api_url, **BUSY}
        with (machine.home / ".env").open("a") as file:
            file.writelines(f"{name}={value}\n" for name, value in {**self.environment, **more}.items())
        self.stack.callback(listening(self.carrier.ledger, "127.0.0.1", self.smtp_port).stop)
        step.differs.append(
            "besides: PORT, TWILIO_API_URL and SMTP_URL (a simulated carrier and mail server on the loopback),"
        )
        step.differs[-1] += f" {', '.join(BUSY)} (patience)"

    def _carrier(self) -> Carrier:
        """The carrier of the number, set up as the README says, with the fallback on a host of its own."""
        incoming = callers.readme_address("A call comes in")
        static = serving(Flask("away", static_folder=str(callers.fallback_folder()), static_url_path=""))
        return Carrier(
            f"https://{HOST}", ACCOUNT, TOKEN, "1500444", voice_url=incoming.replace("HOST", HOST), patience=PATIENCE,
            fallback_url=self.stack.enter_context(static) + "/voice.xml", fallback_method="GET",
        )  # fmt: skip

    def city(self, step: Step) -> None:
        path = self.machine.home / "config/hotline.toml"
        path.write_text(path.read_text().replace(".invalid", ".example"))
        self.machine.run(".venv/bin/python -m config.lint")
        step.differs.append("addresses end in .example")

    # -- 7 to 9: the house stands ----------------------------------------------------------------------------------

    def flask(self, command: str, **more: str) -> str:
        """A command of the page that the hotline's user types."""
        owned = "--preserve-env=OWNER_DATABASE_URL " in command
        bare = command.replace("--preserve-env=OWNER_DATABASE_URL ", "").removeprefix("sudo -u hotline ")
        given = {**self.owner, **more} if owned else more
        return self.machine.run(bare, user=self.machine.user, groups=GROUPS, **given).out

    def first_look(self, step: Step) -> None:
        migrate, doctor = document.of_step(7)[0].commands
        self.flask(migrate)
        self.doctor(doctor, "work")

    def doctor(self, command: str, *expected: str) -> None:
        """No FAIL, and no WARN but of these."""
        said = self.flask(command)
        warned = [line for line in said.splitlines() if line.startswith("WARN")]
        if other := [line for line in warned if line.split()[1].rstrip(":") not in expected]:
            raise Amiss("doctor: " + "; ".join(other))

    def services(self, step: Step) -> None:
        machine = self.machine
        for folder in ("/etc/systemd/system/", "/etc/logrotate.d/"):
            machine.path(folder).mkdir(parents=True)
        *copies, reload, enable, ready = document.of_step(8)[0].commands
        for command in copies:
            machine.run(command)
        if (reload, enable) != (
            "systemctl daemon-reload",
            "systemctl enable --now hotline.target hotline-backup.timer",
        ):
            raise Amiss(f"no step of ours: {reload}; {enable}")
        self.start()
        machine.until(lambda: self._ready(ready), "readyz says ok")
        step.differs.append("no systemd: the ExecStart lines run as they are, without the limits of the units")
        step.differs.append(f"the socket unit is a port of ours, {machine.ports[8000]}")

    def _ready(self, command: str) -> bool:
        try:
            said = self.machine.run(command.replace(":8000", f":{self.machine.ports[8000]}")).out
        except Amiss:
            return False
        return '"status":"ok"' in said

    def start(self) -> None:
        """`systemctl start hotline.target`."""
        self.machine.open_port()
        for name in servers.started_by_target(self.machine):
            if name in self.units:
                self.units[name].start()
            else:
                self.units[name] = servers.unit(self.machine, name, GROUPS)

    def stop(self) -> None:
        """`systemctl stop hotline.target`, which closes the port too."""
        threads = [threading.Thread(target=unit.stop) for unit in self.units.values()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.machine.web.close()

    def proxy(self, step: Step) -> None:
        machine = self.machine
        servers.debian_nginx(machine)
        certbot, copy, link, restart = document.of_step(9)[0].commands
        for word in ("-d HOST", "-d SHORT", "-w /var/www/html"):
            if word not in certbot:
                raise Amiss(f"certbot without {word}")
        certificate = servers.certificate(machine)
        machine.run(copy)
        machine.run(link)
        if restart != "nginx -t && systemctl restart nginx":
            raise Amiss(f"no step of ours: {restart}")
        step.differs += servers.own_site(machine)
        servers.nginx(machine)
        self.stack.enter_context(callers.outside(machine.ports, certificate))
        callers.look_at_the_proxy(machine.path("/var/www/html/.well-known/acme-challenge/"))
        step.differs.append(
            f"a self-signed certificate; ports {machine.ports[80]} and {machine.ports[443]} stand for 80 and 443, and "
            "both names lead to this machine"
        )

    # -- 10 to 12: the house works ---------------------------------------------------------------------------------

    def carrier_calls(self, step: Step) -> None:
        machine = self.machine
        callers.report(self.carrier)
        self.number = json.loads(self.flask(".venv/bin/flask tickets list --json"))[0]["number"]
        machine.until(lambda: bool(self.carrier.inbox(callers.CALLER)), "the text")
        text = self.carrier.inbox(callers.CALLER)[0].body
        machine.until(lambda: bool(self.carrier.ledger.listed("mails")), "the mail", MAIL_SECONDS)
        callers.open_link(text, self.number)
        step.differs.append("the carrier is the simulator, with the README's addresses and voice.xml on the loopback")

    def restart_under_calls(self) -> str:
        """What became of the calls that came while the web processes were replaced."""
        lost, over, made = list[str](), threading.Event(), 0

        def call() -> None:
            nonlocal made
            while not over.is_set() or made < CALLS:
                made += 1
                try:
                    one = callers.heard(self.carrier.dial(f"+62812000{made:05}"), "Selamat")
                    one.press("2")
                    callers.heard(one, "tekan")
                    one.hang_up()
                except Amiss as fault:
                    lost.append(str(fault))

        caller = threading.Thread(target=call)
        caller.start()
        for _ in range(RESTARTS):
            self.units["hotline-web.service"].stop()
            self.units["hotline-web.service"].start()
        over.set()
        caller.join()
        if lost:
            raise Amiss(f"{len(lost)} of {made} calls were lost while the web was restarted: {lost[0]}")
        return f"besides: {RESTARTS} restarts of hotline-web under {made} calls, none lost"

    def watching(self, step: Step) -> None:
        page = requests.get(f"http://127.0.0.1:{self.machine.ports[8000]}/metrics", timeout=60).text
        if "hotline_database_up 1.0" not in page:
            raise Amiss("/metrics does not answer the machine itself")
        step.differs.append("no Prometheus: /metrics is read on the machine")

    def first_call(self, step: Step) -> None:
        machine = self.machine
        self.doctor(".venv/bin/flask doctor", "work")
        if " pending " in (said := self.flask(".venv/bin/flask outbox")):
            raise Amiss(f"flask outbox: {said}")
        step.differs.append(self.restart_under_calls())
        self.stop()
        call = self.carrier.dial("+6281200009999")
        if not call.errors or not call.hears("Darurat, hubungi"):
            raise Amiss(f"the fallback is not heard: {call.transcript()[-300:]}")
        call.record(6, ended_by="#")
        call.hang_up()
        self.carrier.settle()
        if not any(kept.call_sid == call.sid for kept in self.carrier.ledger.listed("recordings")):
            raise Amiss("the carrier has no recording of the fallback")
        self.start()
        machine.until(lambda: self._ready("curl -s http://127.0.0.1:8000/readyz"), "readyz says ok")
        self.flask(".venv/bin/flask reconcile")
        self._backup()
        step.differs.append(
            "what the fallback recorded is seen at the carrier; that it becomes a report after minutes, the"
        )
        step.differs[-1] += " stories tell; the backup is restored into another database of this machine"

    def _backup(self) -> None:
        """The command of the unit, and its file brought back beside the house."""
        machine = self.machine
        self.machine.run(
            servers.line(machine, "hotline-backup.service", "ExecStart"), user=self.machine.user, groups=GROUPS
        )
        (made,) = machine.path("/var/backups/hotline/").glob("*.tar.age")
        identity = machine.folder / "hotline-backup.txt"
        identity.write_text(f"{self.key}\n")
        servers.as_postgres(machine, "sudo -u postgres createdb --owner=hotline_owner elsewhere")
        machine.run(f"install -d -o {machine.user} -g {machine.group} -m 700 {machine.folder}/elsewhere")
        where = {
            name: re.sub(r"/hotline$", "/elsewhere", url)
            for name, url in {**self.owner, "DATABASE_URL": self.environment["DATABASE_URL"]}.items()
        }
        where |= {
            "VAR_DIR": f"{machine.folder}/elsewhere",
        }
        self.flask(f".venv/bin/flask restore --identity {identity} {made}", **where)
        if self.number not in self.flask(f".venv/bin/flask tickets show {self.number}", **where):
            raise Amiss(f"the backup has no ticket {self.number}")
