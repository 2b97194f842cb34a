"""An archive's seal: a secret of its own, by which it knows again what it has written.

The secret is drawn when the archive is made and kept in its table `meta`. Whoever cannot read the
archive cannot make a seal; whoever can, could as well have changed the archive. A signature is the
same with a key of the user's. Neither secret is ever shown, logged or written anywhere else.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wortlaut.index.errors import StoreUnavailable

if TYPE_CHECKING:
    from wortlaut.index.archive import Archive

SEAL = "seal"
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Seal:
    """The archive's seal, the moment since when it has one, and whether that is since its birth."""

    secret: bytes = field(repr=False)
    since: datetime
    from_birth: bool

    def stamp(self, digest: str) -> str:
        """The hex HMAC-SHA256 that only this archive can make of the digest."""
        return _stamp(self.secret, "seal", digest)


def draw_seal(*, from_birth: bool) -> str:
    """A new seal as the archive keeps it."""
    since = datetime.now(UTC).replace(microsecond=0).isoformat()
    secret = secrets.token_hex(_SECRET_BYTES)
    return json.dumps({"secret": secret, "since": since, "from_birth": from_birth})


def read_seal(archive: Archive) -> Seal | None:
    """The archive's seal; `None` in one of an older version that nobody could write to since."""
    kept = archive.read_meta(SEAL)
    if kept is None:
        return None
    try:
        found = json.loads(kept)
        secret, since = bytes.fromhex(found["secret"]), datetime.fromisoformat(found["since"])
        seal = Seal(secret, since.astimezone(UTC), found["from_birth"] is True)
        if len(secret) != _SECRET_BYTES:
            raise ValueError("too short")
    except (ValueError, KeyError, TypeError):
        # Without what it was made of: the secret may be whole in there.
        raise StoreUnavailable(
            f"the seal of the archive in {archive.folder} is damaged, so its receipts cannot be "
            "told from forged ones; take the archive from a backup"
        ) from None
    return seal


def sign(key: str, digest: str) -> str:
    """The hex HMAC-SHA256 of the digest with the user's key."""
    return _stamp(key.encode(), "signature", digest)


def is_same_stamp(stamp: str, other: str) -> bool:
    """Whether they are the same, found in a time that does not tell how much of them is."""
    return hmac.compare_digest(stamp.encode(), other.encode())


def _stamp(secret: bytes, use: str, digest: str) -> str:
    # The use stands before it: a seal is never a signature, even with one secret for both.
    return hmac.new(
        secret, f"wortlaut-receipt {use}\n{digest}".encode(), hashlib.sha256
    ).hexdigest()
