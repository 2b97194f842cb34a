"""Who sent a request: the gate says it once, the page and the other doors read it here."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

UserRole = Literal["reader", "editor"]
USER_ROLES: tuple[UserRole, ...] = ("reader", "editor")
# A browser's things are kept under a random id of its own, which no other site's page ever sees;
# those of somebody who signed in under an id that the gate alone hands on.
OWNER_COOKIE = "wortlaut"
_OWNER = re.compile(r"[A-Za-z0-9_-]{22,64}")
_USERS_OWN = "user-"
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Guest:
    """Who is served; `name` is "" where nobody has to sign in.

    Who came by a session `may_leave`, which ends it.
    """

    name: str = ""
    role: UserRole = "editor"
    may_leave: bool = False

    @property
    def owner(self) -> str:
        """The id under which things of somebody who signed in are kept; "" for anybody else."""
        digest = hashlib.sha256(self.name.encode()).digest()
        return _USERS_OWN + urlsafe_b64encode(digest).decode().rstrip("=") if self.name else ""

    @property
    def may_edit(self) -> bool:
        """Whether the archive may be changed."""
        return self.role == "editor"


def read_guest(request: Any) -> Guest:
    """Who sent a Starlette or Gradio request; without a gate before it, anybody."""
    guest = getattr(request.state, "guest", None)
    return guest if isinstance(guest, Guest) else Guest()


def read_owner(headers: Mapping[str, str]) -> str:
    """The id of the browser or user that sent the headers; "" before a browser has one."""
    from starlette.requests import cookie_parser

    # Cookies of all ports of a host come along: one that is odd must not hide ours.
    found = cookie_parser(headers.get("cookie", "")).get(OWNER_COOKIE, "")
    return found if _OWNER.fullmatch(found) else ""


def is_users_own(owner: str) -> bool:
    """Whether the id is one that no browser may choose for itself."""
    return owner.startswith(_USERS_OWN)


def read_name(text: str) -> str:
    """A user's name as it is kept, however it is typed; "" for what is none."""
    name = unicodedata.normalize("NFKC", text).strip().casefold()
    is_odd = any(sign == ":" or sign.isspace() or not sign.isprintable() for sign in name)
    return "" if is_odd or len(name) > _LONGEST_NAME else name
