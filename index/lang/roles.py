"""Words for offices, trades and institutions: what speaks in the news, by its last syllables."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from wortlaut.index.lang.tables import read_lists, read_rows

Gender = Literal["m", "f", ""]

_LISTS = read_lists("roles.tsv")
_EITHER, _ROLES_F = _LISTS["either"], _LISTS["feminine"]
_ROLES = _LISTS["masculine"] + _EITHER
_ENGLISH_M, _ENGLISH_F = _LISTS["english_masculine"], _LISTS["english_feminine"]
_SPEAKING = tuple(word + ending for word in _LISTS["speaking"] for ending in ("", "s", "es"))
_PRESS = _LISTS["press"]
_COMMON = _LISTS["common"]
_ADDRESS = _LISTS["address"]
_HEADING, _BODY, _PARTY = _LISTS["heading"], frozenset(_LISTS["body"]), _LISTS["party"]
_OF_PART = {name[5:]: ends for name, ends in _LISTS.items() if name.startswith("part_")}
_LEVELS, _PUBLIC, _POLITICIAN = _LISTS["level"], _LISTS["public"], _LISTS["politician"]
_NOBLE, _FRONTING = frozenset(_LISTS["noble"]), _LISTS["fronting"]
_ADDRESS_M, _ADDRESS_F = _LISTS["address_masculine"], _LISTS["address_feminine"]
_RELATIVES = frozenset(_LISTS["relative"])
_FORMER = re.compile(rf"(?:{'|'.join(_LISTS['former'])})\w{{0,2}}\Z")
FORMER_PREFIX = "ex-"


def read_role(low: str, before: str) -> str:
    """The office of the word `low` behind the word `before`; marked "ex-" if it is no longer held."""
    role = base_role(low)
    former = _FORMER.match(before) is not None and not low.startswith(FORMER_PREFIX)
    return FORMER_PREFIX + role if role and former else role


@lru_cache(maxsize=65536)
def role_gender(low: str) -> Gender | None:
    """The gender of a word, in lower case, for somebody's office or trade; None for others."""
    if low.endswith(_ROLES_F):
        return "f"
    base = base_role(low)
    if base.endswith(_EITHER):
        return ""
    return "m" if low.endswith(_ROLES) or base != low else None


def read_english_gender(low: str) -> Gender:
    """The gender that an English office shows: a "spokesman", but no "minister", is a man."""
    if low.endswith(_ENGLISH_F):
        return "f"
    return "m" if low.endswith(_ENGLISH_M) else ""


def base_role(low: str) -> str:
    """The office without a case ending: "ministers" is a minister; other words as they are."""
    for ending in ("s", "en", "n"):
        bare = low[: -len(ending)]
        if low.endswith(ending) and len(bare) > 3 and bare.endswith(_ROLES):
            return bare
    return low


def read_address_gender(low: str) -> Gender:
    """The gender of a form of address, "frau", "mr", "господин"; "" for other words."""
    if low in _ADDRESS_F:
        return "f"
    return "m" if low in _ADDRESS_M else ""


def names_relative(low: str) -> bool:
    """Whether a word is one for somebody's relative, in any of the languages."""
    return low in _RELATIVES


def is_address(low: str) -> bool:
    """Whether a word with a gender is a form of address or a relative, nobody's office."""
    return low.endswith(_ADDRESS)


def names_institution(name: str) -> bool:
    """Whether a word of the name is one for something that speaks: a ministry, a paper."""
    return any(word.endswith(_SPEAKING) for word in name.lower().split())


def names_press(name: str) -> bool:
    """Whether a name's last word is a newspaper's: "Brenner Tagblatt"."""
    return name.lower().endswith(_PRESS)


def is_noble(low: str) -> bool:
    """Whether a word is a title of nobility, which may stand inside a name: "Jon Prinz zu Hale"."""
    return low in _NOBLE


def is_fronting(low: str) -> bool:
    """Whether a noun by its end may stand before somebody's name: "[ihr] Bruder Jon Hale"."""
    return low.endswith(_FRONTING)


def is_body(part: str) -> bool:
    """Whether the first part of an office says of what kind a body is, not which: "Konzern-"."""
    return part in _BODY or part in _OF_PART


def may_head(office: str, part: str) -> bool:
    """Whether an office may head a body of that kind: a "spd-vorsitzende" is a "Parteichefin".

    What is known to be no party is none: the head of a union is no "Parteichef". A minister is a
    "Ressortchef", a chancellor a "Regierungschef".
    """
    if part in _OF_PART:
        return office.endswith(_OF_PART[part])
    bare = part.rstrip("s")
    is_party = office.startswith(_PARTY) or office in _HEADING
    return office.endswith(_HEADING) and (is_party if bare == "partei" else bare != "fraktion")


def is_party_office(role: str, part: str) -> bool:
    """Whether an office with that first part is a party's: "[SPD-Landes]vize", "[FDU-]Politiker"."""
    return part.startswith(_PARTY) or part.endswith(_LEVELS) or role.endswith(_POLITICIAN)


def is_public_office(role: str) -> bool:
    """Whether members of parties are elected or named to an office: a "landrätin", no "werftchef"."""
    return role.endswith(_PUBLIC)


def is_common_body(low: str) -> bool:
    """Whether an institution's word stands for no longer name: "die Polizei", "die Behörden"."""
    return low.endswith(_COMMON)


def read_titles(use: str) -> frozenset[str]:
    """The words before a name that count for the use, a column of titles.tsv."""
    return frozenset(row["word"] for row in read_rows("titles.tsv") if row[use])
