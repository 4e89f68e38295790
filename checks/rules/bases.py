"""What common base images bring: programs, users, a shell, a command. Nothing here is asked of a registry."""

from __future__ import annotations

import re
from dataclasses import dataclass


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SHELL = _words("sh test [ true false exit echo printf cd set export exec eval : trap wait read umask ulimit")
CORE = SHELL | _words(
    "cat cp mv rm ls mkdir rmdir ln chmod chown touch head tail wc sort uniq tr cut date env id whoami"
    " sleep timeout kill basename dirname expr tee stat mktemp sha256sum md5sum grep egrep sed awk find xargs tar gzip"
    " hostname uname"
    " nohup"
)
DEBIAN = CORE | _words("bash dash perl useradd groupadd usermod userdel adduser addgroup passwd su dpkg apt apt-get")
BUSYBOX = CORE | _words(
    "ash wget nc ps pgrep pkill pidof top netstat nslookup ping ping6 traceroute vi less more unzip bunzip2"
    " adduser addgroup deluser su watch time which apk ip ifconfig route telnet base64 od hexdump fuser killall"
)
RED_HAT = CORE | _words("bash curl useradd groupadd usermod microdnf rpm")
FETCHERS = frozenset({"curl", "wget"})
DEBIAN_USERS = _words("daemon bin sys games man lp mail news uucp proxy www-data backup list irc _apt nobody")
ALPINE_USERS = _words("bin daemon adm lp sync shutdown halt mail news uucp cron ftp sshd games ntp guest nobody")

RUNTIMES: dict[str, frozenset[str]] = {
    "node": _words("node npm npx corepack yarn yarnpkg"),
    "python": _words("python python3 pip pip3"),
    "golang": frozenset({"go", "gofmt"}),
    "ruby": _words("ruby gem bundle irb"),
    "rust": _words("rustc cargo"),
    "php": frozenset({"php"}),
    "nginx": frozenset({"nginx"}),
    "redis": _words("redis-server redis-cli"),
    "valkey": _words("valkey-server valkey-cli"),
    "postgres": _words("postgres psql pg_isready pg_dump"),
    "oven/bun": frozenset({"bun", "bunx"}),
    "denoland/deno": frozenset({"deno"}),
    "caddy": frozenset({"caddy"}),
    "traefik": frozenset({"traefik"}),
    "httpd": frozenset({"httpd", "ab"}),
    "haproxy": frozenset({"haproxy"}),
}
ALPINE_ONLY = frozenset({"caddy", "traefik"})  # their default tag is built on Alpine
FULL = frozenset({"node", "python", "golang", "ruby", "rust"})  # their default tag is built on buildpack-deps
SERVERS = _words("nginx redis valkey postgres caddy traefik httpd haproxy")  # their own command serves
OWN_USERS = {
    "node": "node", "nginx": "nginx", "redis": "redis", "valkey": "valkey", "postgres": "postgres", "oven/bun": "bun",
    "denoland/deno": "deno", "haproxy": "haproxy", "httpd": "www-data", "php": "www-data",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reference:
    """The parts of an image reference."""

    repository: str  # without Docker Hub's own prefixes
    tag: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Base:
    """What is known of a base image. `known` False: nothing is, and nothing may be concluded."""

    name: str  # in words, for a sentence
    known: bool = True
    programs: frozenset[str] = frozenset()
    perhaps: frozenset[str] = frozenset()  # in some versions of it
    users: frozenset[str] = frozenset()
    shell: bool = True
    user: str = "root"  # what it runs as when nobody says otherwise
    serves: bool = False  # its own command is the program that it is named after


def reference(text: str) -> Reference:
    """An image reference in parts: registry/path:tag@digest. Source: distribution/reference grammar."""
    rest, _, digest = text.partition("@")
    path, colon, tag = rest.rpartition(":")
    if not colon or "/" in tag:
        path, tag = rest, ""
    for prefix in (
        "docker.io/",
        "index.docker.io/",
        "registry-1.docker.io/",
        "public.ecr.aws/docker/",
        "mirror.gcr.io/",
    ):
        path = path.removeprefix(prefix)
    return Reference(path.removeprefix("library/").lower(), tag, digest)


def base(text: str) -> Base:
    """What is known of the image behind a reference."""
    ref = reference(text)
    name = ref.repository
    if name == "scratch":
        return Base("scratch (empty)", shell=False)
    if "distroless" in name:
        return _distroless(ref)
    if name in ("alpine", "busybox"):
        return Base(name, programs=BUSYBOX, users=ALPINE_USERS)
    if name in ("debian", "ubuntu"):
        users = DEBIAN_USERS | ({"ubuntu"} if name == "ubuntu" else set())
        return Base(f"{name} (neither curl nor wget)", programs=DEBIAN, users=users)
    if name == "buildpack-deps":
        return Base(name, programs=DEBIAN | FETCHERS, users=DEBIAN_USERS)
    if name in RUNTIMES:
        return _runtime(ref)
    if re.match(r"^(registry\.access\.redhat\.com|registry\.redhat\.io)/ubi\d+/", name):
        return _red_hat(ref)
    if name in ("amazonlinux", "fedora", "rockylinux", "almalinux", "oraclelinux"):
        return Base(
            f"{name} (curl, no wget)", programs=RED_HAT, perhaps=frozenset({"wget"}), users=frozenset({"nobody"})
        )
    return Base(text, known=False)


def _runtime(ref: Reference) -> Base:
    """An official image of a runtime or server, whose tag tells the distribution."""
    own, user = RUNTIMES[ref.repository], OWN_USERS.get(ref.repository)
    users = frozenset({user} if user else set())
    serves, perhaps = ref.repository in SERVERS, frozenset[str]()
    if "distroless" in ref.tag:
        return Base("distroless (no shell)", programs=own, users=users | {"nonroot"}, shell=False, serves=serves)
    if "alpine" in ref.tag or ref.repository in ALPINE_ONLY:
        if ref.repository == "nginx":
            perhaps = frozenset({"curl"})
        if ref.repository == "node":
            perhaps = frozenset({"yarn", "corepack", "npx"})
        said = "Alpine (BusyBox wget, no curl)"
        return Base(said, programs=BUSYBOX | own, perhaps=perhaps, users=ALPINE_USERS | users, serves=serves)
    if ref.repository in FULL and "slim" not in ref.tag:
        return Base("full Debian (curl and wget)", programs=DEBIAN | FETCHERS | own, users=DEBIAN_USERS | users)
    if ref.repository in ("nginx", "php"):
        perhaps = frozenset({"curl"})
    if ref.repository == "oven/bun":
        perhaps = frozenset({"node"})
    said = "slim Debian (neither curl nor wget)"
    return Base(said, programs=DEBIAN | own, perhaps=perhaps, users=DEBIAN_USERS | users, serves=serves)


def _distroless(ref: Reference) -> Base:
    last = ref.repository.rsplit("/", 1)[-1]
    debug = ref.tag.startswith("debug")
    programs: frozenset[str] = BUSYBOX if debug else frozenset()
    perhaps = frozenset({"node"}) if last.startswith("nodejs") else frozenset[str]()  # it is not on every PATH
    if last.startswith("nodejs"):
        programs |= {"/nodejs/bin/node"}
    if last.startswith("python"):
        programs |= {"python3", "/usr/bin/python3"}
    user = "nonroot" if "nonroot" in ref.tag else "root"
    said = "distroless (no shell, no curl, no wget)"
    return Base(
        said, programs=programs, perhaps=perhaps, users=frozenset({"nonroot", "nobody"}), shell=debug, user=user
    )


def _red_hat(ref: Reference) -> Base:
    last = ref.repository.rsplit("/", 1)[-1]
    own = _words("node npm npx") if last.startswith("nodejs") else frozenset[str]()
    if "micro" in last:
        return Base("UBI micro", programs=CORE | {"bash"} | own, users=frozenset({"nobody"}))
    user = "default" if last.startswith("nodejs") else "root"
    return Base("UBI (curl, no wget)", programs=RED_HAT | own, users=frozenset({"nobody", "default"}), user=user)
