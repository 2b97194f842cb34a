"""How much one may do: requests a minute, requests at once, and guesses at a password."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection
from ipaddress import IPv6Address, ip_address
from time import monotonic
from typing import Any

# So many users and addresses are remembered; whoever was not seen for longest is forgotten.
_MOST_REMEMBERED = 20_000
# Guesses that cost no time; then each doubles the pause. A user can be kept out by others' guesses,
# so that pause stays short.
_FREE_GUESSES = {"user": 8, "address": 16}
_LONGEST_PAUSE_S = {"user": 60.0, "address": 900.0}
_FORGET_S = 3600.0

Clock = Callable[[], float]


class RateLimit:
    """`a_minute` requests for each key, as many of them at once; 0 is no limit."""

    def __init__(self, a_minute: int, clock: Clock = monotonic) -> None:
        self._a_minute = a_minute
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> int:
        """0 where one more is fine; else the seconds until it is."""
        if not self._a_minute:
            return 0
        now, a_second = self._clock(), self._a_minute / 60
        left, seen = self._kept.pop(key, (float(self._a_minute), now))
        left = min(self._a_minute, left + (now - seen) * a_second)
        is_fine = left >= 1
        _remember(self._kept, key, (left - is_fine, now))
        return 0 if is_fine else math.ceil((1 - left) / a_second)


class GuessBrake:
    """How long it takes until a user or an address may try a password again.

    A try counts as failed until `forgive` says that it was none: many at once are many.
    """

    def __init__(self, clock: Clock = monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        # By key: failures, and when the last one was.
        self._failed: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def begin(self, keys: Collection[str]) -> int:
        """0 where a password may be tried, which counts from now; else the seconds until then."""
        with self._lock:
            now = self._clock()
            pause = max(self._find_pause(key, now) for key in keys)
            if pause > 0:
                return math.ceil(pause)
            for key in keys:
                failures, seen = self._failed.pop(key, (0, now))
                failures = 0 if now - seen > _FORGET_S else failures
                _remember(self._failed, key, (failures + 1, now))
        return 0

    def _find_pause(self, key: str, now: float) -> float:
        failures, seen = self._failed.get(key, (0, now))
        kind = key.partition(":")[0]
        over = failures - _FREE_GUESSES[kind]
        if over < 0 or now - seen > _FORGET_S:
            return 0.0
        return min(2.0 ** min(over, 20), _LONGEST_PAUSE_S[kind]) - (now - seen)

    def forgive(self, user: str, address: str) -> None:
        """The try was none: the user is known, and the address has one failure less."""
        with self._lock:
            self._failed.pop(user, None)
            failures, seen = self._failed.get(address, (0, 0.0))
            if failures > 1:
                self._failed[address] = (failures - 1, seen)
            else:
                self._failed.pop(address, None)


def _remember(kept: OrderedDict[str, Any], key: str, value: Any) -> None:
    kept[key] = value
    if len(kept) > _MOST_REMEMBERED:
        kept.popitem(last=False)


def name_address(address: str) -> str:
    """What an address is counted as: of IPv6 the network, which is one user's as a rule."""
    try:
        found = ip_address(address)
    except ValueError:
        return f"address:{address}"
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return f"address:{found.ipv4_mapped}"
        return f"address:{int(found) >> 64:x}"
    return f"address:{found}"
