"""Whom a server is for, out of its settings: this machine, those who sign in, or, said aloud, anybody."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

from wortlaut.index.errors import ConfigError
from wortlaut.ui.gate.accounts import Accounts
from wortlaut.ui.gate.proxy import Entrance, read_networks

if TYPE_CHECKING:
    from wortlaut.rag.config import Settings

LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
# Requests a minute for each user or address where others than this machine are served.
_A_MINUTE = 300
_ROOT_PATH = re.compile(r"(?:/[A-Za-z0-9_.~-]+)*")
_HOST_NAME = re.compile(r"[A-Za-z0-9_.-]{1,253}")
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]{1,80}")


@dataclass(frozen=True, slots=True)
class Doors:
    """Who may come in and how; as it is, this machine alone, and nobody has to sign in.

    `hosts` are the names that are answered to. Who signs in is in `accounts`, or else named by a proxy
    alone, and then may change the archive as one of the `editors`. `a_minute` requests are had by
    each user or address, 0 is no limit; figures are shown to anybody where `shows_figures`. Where the
    server `is_for_others` than this machine, they are not told where its files are.
    """

    hosts: frozenset[str] = frozenset(LOCAL_NAMES)
    entrance: Entrance = Entrance()  # noqa: RUF009 -- holds no state
    root_path: str = ""
    has_sign_in: bool = False
    accounts: Accounts | None = None
    editors: tuple[str, ...] = ()
    session_hours: int = 168
    a_minute: int = 0
    shows_figures: bool = False
    is_for_others: bool = False


def is_own_machine(host: str) -> bool:
    """Whether an address to listen on is to be had from this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def may_change_archive(settings: Settings, host: str) -> bool:
    """Whether articles are added and removed by the served page, if its user may."""
    if settings.allow_uploads is not None:
        return settings.allow_uploads
    return _has_sign_in(settings) or not _is_for_others(settings, host)


def _has_sign_in(settings: Settings) -> bool:
    return settings.auth is not None or settings.auth_header is not None


def _is_for_others(settings: Settings, host: str) -> bool:
    return not is_own_machine(host) or bool(settings.allow_host or settings.trust_proxy)


def open_doors(settings: Settings, host: str) -> Doors:
    """The doors that the settings ask for; raises ConfigError where they leave it open who may come in."""
    _check_sign_in(settings, host)
    names = {*LOCAL_NAMES, host, socket.gethostname(), *map(_check_host, settings.allow_host)}
    root = settings.root_path.rstrip("/")
    if not _ROOT_PATH.fullmatch(root) or "/." in root:
        raise ConfigError(f"--root-path {root!r} is no path; give one like /wortlaut")
    entrance = Entrance(read_networks(settings.trust_proxy), root, settings.auth_header or "")
    is_for_others = _is_for_others(settings, host)
    rate = settings.rate
    if rate is None:
        rate = _A_MINUTE if is_for_others else 0
    return Doors(
        frozenset(name.lower() for name in names), entrance, root, _has_sign_in(settings),
        _open_accounts(settings), settings.editors, settings.session_hours, rate,
        settings.open_metrics, is_for_others,
    )  # fmt: skip


def _check_sign_in(settings: Settings, host: str) -> None:
    if settings.no_auth and _has_sign_in(settings):
        raise ConfigError("--no-auth goes with neither --auth nor --auth-header; leave one out")
    if settings.auth_header is not None:
        if not _HEADER_NAME.fullmatch(settings.auth_header):
            raise ConfigError(
                f"--auth-header {settings.auth_header!r} is no header's name; give one like X-Remote-User"
            )
        if not settings.trust_proxy:
            raise ConfigError(
                "anybody can send a header: name the proxy whose word counts, --trust-proxy ADDRESS"
            )
    if not _has_sign_in(settings) and not settings.no_auth and _is_for_others(settings, host):
        where = f"at {host}" if not is_own_machine(host) else "behind a proxy"
        raise ConfigError(
            f"{where} others could read the archive; have them sign in (wortlaut user add NAME "
            "--auth users.json, then --auth users.json here, or --auth-header NAME --trust-proxy "
            "ADDRESS), or say --no-auth"
        )


def _open_accounts(settings: Settings) -> Accounts | None:
    if settings.auth is None:
        return None
    accounts = Accounts(settings.auth)
    if not accounts.list() and settings.auth_header is None:
        raise ConfigError(
            f"nobody could sign in: {settings.auth} names no user; add one: "
            f"wortlaut user add NAME --auth {settings.auth}"
        )
    return accounts


def _check_host(name: str) -> str:
    if not _HOST_NAME.fullmatch(name):
        raise ConfigError(
            f"--allow-host {name!r} is no host's name; give it alone, like archive.example.org"
        )
    return name
