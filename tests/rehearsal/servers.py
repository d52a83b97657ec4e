"""Debian's PostgreSQL, Redis and nginx, set up as the page says, without the services that Debian makes of them."""

import grp
import os
import pwd
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from rehearsal.machine import HOST, SHORT, USER, Amiss, Machine, Process

NEEDED = {"nginx": "nginx", "postgresql": "initdb", "redis-server": "redis-server", "openssl": "openssl"}
_POLICY = Path("/usr/sbin/policy-rc.d")


# -- packages ------------------------------------------------------------------------------------------------------


def program(name: str) -> str:
    """Where Debian puts it; "" where it is not. PostgreSQL's own are not on the PATH."""
    beside = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    return str(beside[-1]) if beside else shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin") or ""


def install() -> list[str]:
    """What was missing, installed without starting any service."""
    missing = [package for package, name in NEEDED.items() if not program(name)]
    if missing:
        with _no_service_starts():
            _apt("update")
            _apt("install", "--yes", "--no-install-recommends", *missing)
    return missing


def _apt(*words: str) -> None:
    done = subprocess.run(
        ["apt-get", "-qq", *words], env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, capture_output=True,
        text=True, timeout=600, check=False,
    )  # fmt: skip
    if done.returncode:
        raise Amiss(f"apt-get {words[0]}: {done.stderr.strip()[-300:]}")


@contextmanager
def _no_service_starts() -> Iterator[None]:
    """Debian asks this file whether a service that it installs may start."""
    if _POLICY.exists():
        yield
        return
    _POLICY.write_text("#!/bin/sh\nexit 101\n")
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink()


def unknown(packages: list[str]) -> list[str]:
    """Those that Debian has not."""
    done = subprocess.run(["apt-cache", "madison", *packages], capture_output=True, text=True, timeout=60, check=True)
    return sorted(set(packages) - {line.partition("|")[0].strip() for line in done.stdout.splitlines()})


# -- PostgreSQL ----------------------------------------------------------------------------------------------------


def postgres(machine: Machine) -> Process:
    """A cluster as Debian makes one: its own user comes in by the socket, everybody else with a password."""
    data, sockets = machine.folder / "var/lib/postgresql/main", machine.folder / "run/postgresql"
    for folder in (data, sockets):
        folder.mkdir(parents=True)
        shutil.chown(folder, "postgres", "postgres")
    words = "--auth-local=peer --auth-host=scram-sha-256 --encoding=UTF8 --no-sync"
    machine.run(f"{program('initdb')} -D {data} {words}", user="postgres")
    port = machine.ports[5432]
    server = machine.server(
        "postgres",
        [program("postgres"), "-D", str(data), "-p", str(port), "-k", str(sockets), "-h", "127.0.0.1"],
        user="postgres",
    )
    ready = [program("pg_isready"), "-q", "-h", str(sockets), "-p", str(port)]
    machine.until(lambda: subprocess.run(ready, check=False).returncode == 0, "PostgreSQL answers")
    return server


def as_postgres(machine: Machine, command: str, given: str = "") -> str:
    """A command of the page that begins with `sudo -u postgres`."""
    bare = command.removeprefix("sudo -u postgres ")
    if bare == command:
        raise Amiss(f"not by postgres: {command}")
    where = {"PGHOST": str(machine.folder / "run/postgresql"), "PGPORT": str(machine.ports[5432])}
    return machine.run(bare, user="postgres", given=given, **where).out


# -- Redis ---------------------------------------------------------------------------------------------------------


def redis(machine: Machine, lines: str) -> Process:
    """Debian's redis.conf with the lines of the page in it, run as its unit does."""
    conf = Path("/etc/redis/redis.conf").read_text()
    for line in lines.splitlines():
        name = line.split()[0]
        conf = re.sub(rf"(?m)^{name} .*\n", "", conf) + f"{line}\n"
    folder = machine.folder / "etc/redis"
    folder.mkdir(parents=True)
    for name in ("run/redis", "var/lib/redis", "var/log/redis"):
        (machine.folder / name).mkdir(parents=True, exist_ok=True)
        shutil.chown(machine.folder / name, "redis", "redis")
    (folder / "redis.conf").write_text(machine.here(conf))
    server = machine.server(
        "redis", [program("redis-server"), str(folder / "redis.conf"), "--daemonize", "no"], user="redis"
    )
    machine.until((machine.folder / "run/redis/redis-server.sock").is_socket, "Redis opens its socket")
    assert server.process is not None
    if ports := [one.laddr.port for one in psutil.Process(server.process.pid).net_connections("tcp")]:
        raise Amiss(f"Redis listens on TCP: {ports}")
    return server


def group(name: str) -> int:
    return grp.getgrnam(name).gr_gid


def may_enter(path: Path, groups: list[int]) -> bool:
    """Whether the hotline's user, with these groups, may connect to a socket."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setgroups(groups)
            os.setgid(pwd.getpwnam(USER).pw_gid)
            os.setuid(pwd.getpwnam(USER).pw_uid)
            with socket.socket(socket.AF_UNIX) as client:
                code = 1 if client.connect_ex(str(path)) else 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


# -- nginx ---------------------------------------------------------------------------------------------------------


def certificate(machine: Machine) -> Path:
    """A self-signed one for both names, where certbot would put it; gives its path."""
    live = machine.path(f"/etc/letsencrypt/live/{HOST}")
    live.mkdir(parents=True)
    machine.run(
        f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={HOST} "
        f"-addext subjectAltName=DNS:{HOST},DNS:{SHORT} -keyout {live}/privkey.pem -out {live}/fullchain.pem"
    )
    return live / "fullchain.pem"


def debian_nginx(machine: Machine) -> None:
    """Debian's folder of nginx, with its own site."""
    shutil.copytree("/etc/nginx", machine.path("/etc/nginx/"), symlinks=True, dirs_exist_ok=True)
    for name in ("sites-enabled", "modules-enabled", "sites-available"):
        machine.path(f"/etc/nginx/{name}").mkdir(exist_ok=True)
    default = machine.path("/etc/nginx/sites-enabled/default")
    if not default.is_symlink():
        default.symlink_to("../sites-available/default")
    machine.path("/var/log/nginx/").mkdir(parents=True)
    machine.path("/var/www/html/.well-known/acme-challenge").mkdir(parents=True)
    main = machine.path("/etc/nginx/nginx.conf")
    conf = machine.here(main.read_text())
    bodies = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"\t{name}_temp_path {machine.folder}/nginx-{name};\n" for name in bodies)
    main.write_text(conf.replace("http {\n", "http {\n" + paths, 1))


def own_site(machine: Machine) -> list[str]:
    """Our ports in deploy/nginx.conf, which lies where the page puts it; gives what else had to be changed."""
    site = machine.path("/etc/nginx/sites-available/hotline")
    conf = machine.here(site.read_text())
    for usual in (80, 443):
        conf = re.sub(rf"listen (\[::\]:)?{usual}\b", rf"listen \g<1>{machine.ports[usual]}", conf)
    conf = conf.replace("127.0.0.1:8000", f"127.0.0.1:{machine.ports[8000]}")
    conf = re.sub(r"listen (\d+)", r"listen 127.0.0.1:\1", conf)
    changed = []
    if not _has_ipv6():
        conf = re.sub(r"\n *listen \[::\].*", "", conf)
        changed.append("this machine has no IPv6: without the lines `listen [::]`")
    else:
        conf = conf.replace("listen [::]", "listen [::1]")
    site.write_text(conf)
    return changed


def nginx(machine: Machine) -> Process:
    conf = machine.path("/etc/nginx/nginx.conf")
    if "[warn]" in (said := machine.run(f"nginx -t -c {conf}").out):
        raise Amiss(f"nginx -t: {said.strip()}")
    server = machine.server("nginx", [program("nginx"), "-c", str(conf), "-g", "daemon off;"])
    machine.until(lambda: _listens(machine.ports[443]), "nginx listens")
    return server


def _has_ipv6() -> bool:
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            return False
        return True


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


# -- units ---------------------------------------------------------------------------------------------------------


def started_by_target(machine: Machine) -> list[str]:
    """The services that hotline.target wants, web first."""
    target = machine.path("/etc/systemd/system/hotline.target").read_text()
    return sorted(re.findall(r"hotline-[a-z@0-9-]+\.service", target), key=lambda name: "web" not in name)


def line(machine: Machine, unit: str, name: str) -> str:
    """A line of a unit, its instance filled in and with our folders."""
    stem, _, instance = unit.removesuffix(".service").partition("@")
    path = machine.path(f"/etc/systemd/system/{stem}@.service" if instance else f"/etc/systemd/system/{unit}")
    found = re.search(rf"(?m)^{name}=(.*)$", path.read_text())
    if not found:
        raise Amiss(f"{unit} has no {name}")
    return machine.here(found[1].replace("%i", instance).replace("$$", "$"))


def unit(machine: Machine, name: str, groups: tuple[str, ...]) -> Process:
    """A service of ours, run by its ExecStart; the web behind a port that is open already."""
    socketed = name.startswith("hotline-web")
    command = f"exec {line(machine, name, 'ExecStart')}"
    if socketed:
        command = f"LISTEN_FDS=1 LISTEN_PID=$$ {command}"
    return machine.server(
        name.removesuffix(".service"), ["/bin/sh", "-c", command], user=machine.user, groups=groups,
        port=socketed, cwd=machine.home,
    )  # fmt: skip
