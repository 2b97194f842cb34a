"""Words for offices, trades and institutions: what speaks in the news, by its last syllables."""

from __future__ import annotations

import re
from typing import Literal

Gender = Literal["m", "f", ""]

_ROLES = tuple(
    """minister präsident sprecher chef kanzler sekretär direktor leiter kommissar botschafter
    general kollege politiker experte anwalt richter papst premier bürgermeister gouverneur senator
    professor forscher wissenschaftler diplomat vertreter manager trainer geschäftsführer
    unterhändler verhandler autor journalist ökonom analyst kommandeur admiral berater nachfolger
    vorgänger gründer führer kandidat bischof kardinal offizier arzt historiker ermittler zeuge
    boss inspekteur obmann referent wortführer kapitän redakteur könig kaiser prinz dr prof herr
    president minister spokesman spokesperson secretary ambassador chancellor senator governor
    director chairman leader mayor lawyer judge envoy negotiator analyst expert chief officer
    richter oberst premierminister abgeordneter vorsitzender beauftragter gesandter vertrauter
    abgeordnete vorsitzende beauftragte gesandte vertraute beamter beamte angehöriger
    professor künstler sänger schauspieler regisseur schriftsteller dichter philosoph soziologe
    physiker biologe chemiker astronom meteorologe mediziner jurist verteidiger kläger aktivist
    unternehmer investor eigentümer inhaber betreiber organisator veranstalter
    polizist soldat pilot pfarrer erzbischof rabbi imam ayatollah scheich emir sultan
    spieler torwart verteidiger stürmer meister sieger fahrer reporter korrespondent
    staatsanwalt bundesanwalt generalstaatsanwalt
    master coach captain commander engineer prosecutor attorney banker economist scientist
    lehrer pfleger arbeiter ingenieur architekt landwirt handwerker student schüler rentner händler
    sanitäter retter researcher doctor colonel sheriff teacher activist official""".split()
)
_ROLES_F = tuple(
    """ministerin präsidentin sprecherin chefin kanzlerin sekretärin direktorin leiterin kommissarin
    botschafterin kollegin politikerin expertin anwältin richterin bürgermeisterin gouverneurin
    senatorin professorin forscherin wissenschaftlerin diplomatin vertreterin managerin trainerin
    geschäftsführerin unterhändlerin autorin journalistin ökonomin analystin beraterin nachfolgerin
    vorgängerin gründerin führerin kandidatin bischöfin ärztin historikerin ermittlerin zeugin frau
    königin prinzessin spokeswoman chairwoman sängerin schauspielerin aktivistin fraktionschefin
    staatsanwältin lehrerin pflegerin arbeiterin ingenieurin architektin landwirtin studentin
    schülerin rentnerin händlerin mutter tochter witwe schwester""".split()
)
# What speaks without being a person: the last word of an institution's name or its plural voices.
_SPEAKING = re.compile(
    r"(?:regierung|polizei|ministerium|amt|behörden?|gericht|gerichtshof|anwaltschaft|partei"
    r"|fraktion|bank|konzern|unternehmen|firma|hersteller|organisation|verband|vereinigung"
    r"|kommission|armee|militär|junta|zeitung|blatt|magazin|agentur|universität|institut|gewerkschaft"
    r"|union|rat|senat|parlament|opposition|kirche|bericht|studie|experten|beobachter|forscher"
    r"|wissenschaftler|ermittler|veranstalter|sender|verein|gesellschaft|stiftung|komitee"
    r"|oberhaupt|feuerwehr|klinik|botschaft|kreml|ausschuss|gremium|team)(?:e?s)?\Z"
)


_ENGLISH_F = re.compile(r"(?:woman|mother|sister|daughter|widow|queen|princess|mrs|ms)\Z")
_ENGLISH_M = re.compile(r"(?:man|father|brother|son|widower|king|prince|pope|mr)\Z")
_FORMER = re.compile(r"(?:früher|ehemalig|einstig|vormalig|damalig|former)\w{0,2}\Z")
FORMER_PREFIX = "ex-"


def read_office(low: str, before: str) -> str:
    """The office of the word `low` behind the word `before`; marked "ex-" if it is no longer held."""
    role = base_role(low)
    former = _FORMER.match(before) is not None and not low.startswith(FORMER_PREFIX)
    return FORMER_PREFIX + role if role and former else role


def role_gender(low: str) -> Gender | None:
    """The gender of a word, in lower case, for somebody's office or trade; None for others."""
    if low.endswith(_ROLES_F):
        return "f"
    return "m" if low.endswith(_ROLES) or base_role(low) != low else None


def read_english_gender(low: str) -> Gender:
    """The gender that an English office shows: a "spokesman", but no "minister", is a man."""
    if _ENGLISH_F.search(low):
        return "f"
    return "m" if _ENGLISH_M.search(low) else ""


def base_role(low: str) -> str:
    """The office without a case ending: "ministers" is a minister; other words as they are."""
    for ending in ("s", "en", "n"):
        bare = low[: -len(ending)]
        if low.endswith(ending) and len(bare) > 3 and bare.endswith(_ROLES):
            return bare
    return low


def names_institution(name: str) -> bool:
    """Whether a word of the name is one for something that speaks: a ministry, a paper."""
    return any(_SPEAKING.search(word) for word in name.lower().split())
