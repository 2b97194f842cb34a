"""Who is named where: noun phrases read off word shapes, and the cast of one article."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from index.article import Span

Gender = Literal["m", "f", ""]
Kind = Literal["person", "role", "pronoun", "group"]

# "t-online.de" and "ai-Bericht" are names, too.
_DOMAIN = re.compile(r"\.[a-z]{2,3}\Z|-[A-ZÄÖÜ]")
_WORD = re.compile(r"\w+(?:[-'’&]\w+|\.\d+|\.[a-z]{2,3}\b)*|[^\w\s]")
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
    staatsanwalt bundesanwalt generalstaatsanwalt""".split()
)
_ROLES_F = tuple(
    """ministerin präsidentin sprecherin chefin kanzlerin sekretärin direktorin leiterin kommissarin
    botschafterin kollegin politikerin expertin anwältin richterin bürgermeisterin gouverneurin
    senatorin professorin forscherin wissenschaftlerin diplomatin vertreterin managerin trainerin
    geschäftsführerin unterhändlerin autorin journalistin ökonomin analystin beraterin nachfolgerin
    vorgängerin gründerin führerin kandidatin bischöfin ärztin historikerin ermittlerin zeugin frau
    königin prinzessin spokeswoman chairwoman sängerin schauspielerin aktivistin fraktionschefin
    staatsanwältin mutter tochter witwe schwester""".split()
)
_DET: dict[str, Gender] = {
    "der": "m", "ein": "m", "die": "f", "eine": "f", "das": "", "the": "", "a": "", "an": "",
    "dem": "m", "den": "", "einem": "m", "einer": "f", "einen": "m", "des": "m", "eines": "m",
    "sein": "m", "seine": "f", "ihr": "m", "ihre": "f", "dessen": "", "deren": "", "unser": "m",
    "dieser": "m", "diese": "f", "dieses": "", "diesem": "m", "seiner": "f", "ihrer": "f",
    "seinem": "m", "ihrem": "m", "seinen": "", "ihren": "", "zwei": "", "drei": "", "mehrere": "",
    "viele": "", "einige": "", "beide": "", "alle": "", "his": "", "her": "", "its": "",
    "their": "", "vier": "", "manche": "", "kein": "", "keine": "", "jeder": "", "jede": "",
    "several": "", "some": "", "many": "", "two": "", "this": "", "these": "", "zahlreiche": "",
    "andere": "", "weitere": "", "verschiedene": "",  "mehreren": "", "vielen": "",
    "einigen": "",  "wenige": "", "meisten": "",
}  # fmt: skip
PRONOUNS: dict[str, Gender] = {
    "er": "m", "sie": "f", "dieser": "m", "jener": "m", "diese": "f", "letzterer": "m",
    "letztere": "f", "he": "m", "she": "f", "they": "", "ihm": "m", "ihr": "f", "ihnen": "",
    "man": "",
}  # fmt: skip
_COUNTING = frozenset("mehrere viele einige beide zahlreiche andere weitere verschiedene wenige".split())
_ABBREVIATED = frozenset({"dr", "prof", "st", "mr", "mrs", "ms"})
_PARTICLES = frozenset("von van de der den al el bin ben ibn da di du la le del dos zu zur".split())
_CALENDAR = frozenset(
    """montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag januar februar märz
    april mai juni juli august september oktober november dezember uhr monday tuesday wednesday
    thursday friday saturday sunday january february march june july october december
    montagabend dienstagabend mittwochabend donnerstagabend freitagabend samstagabend sonntagabend
    prozent euro dollar millionen milliarden anfang ende mitte heute gestern""".split()
)
_NOT_NAMES = frozenset(
    """in im am an auf aus bei beim nach laut mit von vom zu zum zur für gegen um über unter vor
    wie wenn als dass ob weil nachdem während obwohl da denn und oder aber doch auch so nun nur es
    noch schon bereits dabei dazu damit dagegen danach demnach dadurch daher darum deshalb trotz
    seit bis ohne durch es man wir ich sich nicht wer was wo wann warum wieder zudem außerdem
    allerdings jedoch hingegen insgesamt derzeit zuvor später inzwischen gemäß the it in on at but
    and he she they we according for from with after before while as when if that this however
    hier dort heute gestern morgen jetzt dann ferner weiter weiterhin ebenso unterdessen mittlerweile
    zunächst schließlich dies das der die den dem des ein eine einer er sie ihr sein seine ihre
    diese dieser dieses alle viele mehrere einige beide kein keine über nicht wäre hätte würde war ist
    hatte hat wurde wird werden sind waren können konnte sollte eines anders gerade seitdem sogar
    unter hinter neben zwischen ferner weder entweder sowohl sowie sondern jetzt laut welche welcher
    falls oberhalb unterhalb aufgrund gleichzeitig besorgt insbesondere bezüglich hinsichtlich
    angesichts anschließend bislang bisher derzeit ebenso einerseits andererseits erst erstmals folglich
    immerhin infolge innerhalb außerhalb jedenfalls lediglich leider letztlich mehrfach meist mitunter
    möglicherweise nachdem nämlich offenbar offensichtlich rund selbst somit sonst stattdessen teilweise
    tatsächlich trotzdem überdies ursprünglich vielleicht vielmehr vorerst wahrscheinlich wegen weshalb
    wörtlich zugleich zumindest zunächst zusätzlich zwar sollte würden könnte kurz fast knapp etwa
    unmissverständlich allein beispiel begründung grund bei darunter davon darin daran dafür darauf darüber deren dessen ebenfalls eher etwa etwas immer""".split()
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words and marks of one text with their places; `caps` marks capitalised words."""

    words: list[str]
    lows: list[str]
    caps: list[bool]
    breaks: list[bool]
    starts: list[int]
    ends: list[int]

    def at(self, offset: int) -> int:
        """The index of the first word that starts at `offset` or later."""
        return bisect_left(self.starts, offset)


@dataclass(frozen=True, slots=True)
class Mention:
    """A noun phrase `[first, stop)` in words; `name` is its person's or group's bare name."""

    first: int
    stop: int
    span: Span
    kind: Kind
    name: str
    role: str = ""
    gender: Gender = ""
    definite: bool = False


def read_words(text: str) -> Words:
    """The words and punctuation marks of `text`, in order."""
    words, breaks, starts, ends = [], [], [], []
    last = 0
    for match in _WORD.finditer(text):
        words.append(match[0])
        breaks.append("\n" in text[last : match.start()])
        starts.append(match.start())
        last = match.end()
        ends.append(last)
    caps = [word[0].isupper() or bool(_DOMAIN.search(word)) for word in words]
    return Words(words, [word.lower() for word in words], caps, breaks, starts, ends)


def role_gender(low: str) -> Gender | None:
    """The gender of a word for somebody's office or trade; None for any other word."""
    if low.endswith(_ROLES_F):
        return "f"
    return "m" if low.endswith(_ROLES) else None


def _is_adjective(low: str) -> bool:
    if low in _NOT_NAMES or low in PRONOUNS or (low in _DET and low not in _COUNTING):
        return False
    return low[0].isdigit() or (len(low) > 3 and low.endswith(("e", "en", "er", "em", "es"))) or (
        low in {"jahre", "so", "us", "ex"} or low.endswith(("ische", "ian", "ish", "-led", "eign"))
    )


def read_mention(words: Words, first: int, stop: int) -> Mention | None:
    """The noun phrase that starts at word `first`, with its genitive and name; None if none."""
    if first >= stop:
        return None
    low = words.lows[first]
    i, definite, gender = first, False, ""
    if low in _DET and not (low in PRONOUNS and not _noun_follows(words, first + 1, stop)):
        definite = low in {"der", "die", "das", "the", "dem", "den"}
        gender = _DET[low]
        i += 1
        if low.startswith(("ein", "viel", "mehrer")) and i < stop and words.lows[i] in {"der", "von"}:
            i += 1
        i = _skip_insert(words, i, stop)
    elif low in PRONOUNS:
        span = Span(words.starts[first], words.ends[first])
        return Mention(first, first + 1, span, "pronoun", "", "", PRONOUNS[low], True)
    i = _skip_adjectives(words, i, stop)
    if i < stop and words.words[i] in "„\"“»‚‘«'":
        return _read_title(words, first, i, stop)
    head = i
    if head < stop and words.lows[head] in _NOT_NAMES:
        return None
    if head == first and head + 1 < stop and _is_adjective(low) and not words.caps[head + 1]:
        following = _skip_adjectives(words, head + 1, stop)
        if following > head + 1 and following < stop and words.caps[following]:
            head = i = following
    i = _read_run(words, i, stop)
    if i == head:
        return None
    return _finish(words, first, head, i, stop, definite, gender)  # type: ignore[arg-type]


def _noun_follows(words: Words, i: int, stop: int) -> bool:
    i = _skip_adjectives(words, i, stop)
    return i < stop and words.caps[i]


def _skip_adjectives(words: Words, i: int, stop: int) -> int:
    limit = min(stop, i + 6)
    while i < limit and not words.caps[i] and _is_adjective(words.lows[i]):
        i += 1
    return i


def _skip_insert(words: Words, i: int, stop: int) -> int:
    """Past the phrase between article and adjective: "der [für Verkehr] zuständige Leiter"."""
    if i >= stop or words.lows[i] not in _INSERTS:
        return i
    for k in range(i + 2, min(stop - 1, i + 9)):
        if not words.words[k].isalnum() and "-" not in words.words[k]:
            break
        adjective = not words.caps[k] and _is_adjective(words.lows[k])
        if adjective and words.caps[k + 1] and words.lows[k - 1] not in _DET:
            return k
    return i


def _read_run(words: Words, i: int, stop: int) -> int:
    first, limit = i, min(stop, i + 9)
    while i < limit:
        low = words.lows[i]
        if i > first and words.breaks[i]:
            break
        if words.caps[i] and low not in _CALENDAR and not (i > first and low in _NOT_NAMES):
            i += 1
        elif low in _PARTICLES and i + 1 < limit and words.caps[i + 1] and _in_name(words, i):
            i += 1
        elif low == "." and i > first and (len(words.words[i - 1]) == 1 or words.lows[i - 1] in _ABBREVIATED) and i + 1 < limit and words.caps[i + 1]:
            i += 1
        elif low not in _DET and role_gender(low) is not None and i + 1 < limit and words.caps[i + 1]:
            i += 1
        else:
            break
    return i


def _in_name(words: Words, i: int) -> bool:
    low = words.lows[i]
    return low not in {"von", "der", "den", "zu", "zur"} or (
        i > 0 and words.caps[i - 1] and role_gender(words.lows[i - 1]) is None and i > 1
        and (role_gender(words.lows[i - 2]) is not None)
    ) or (low == "der" and words.lows[i - 1] in {"von", "van"})


def _read_title(words: Words, first: int, i: int, stop: int) -> Mention | None:
    limit = min(stop, i + 8)
    j = i + 1
    while j < limit and words.words[j] not in "„\"“”»‚‘’«'":
        j += 1
    if j >= limit or j == i + 1 or (j > i + 4 and not any(words.caps[i + 1 : j])):
        return None
    name = " ".join(words.words[i + 1 : j])
    return Mention(first, j + 1, Span(words.starts[first], words.ends[j]), "group", name)


def _finish(
    words: Words, first: int, head: int, stop_run: int, stop: int, definite: bool, gender: Gender
) -> Mention:
    roles = [k for k in range(head, stop_run) if role_gender(words.lows[k]) is not None]
    role_at = roles[-1] if roles else -1
    role = words.lows[role_at] if roles else ""
    if roles:
        gender = role_gender(role) or gender
    named = range(role_at + 1, stop_run) if roles else range(head, stop_run)
    bare = first == head
    i = stop_run
    if roles and not named:
        i, name_range = _read_complement(words, i, stop)
        named = name_range
    elif not bare and not roles:
        i, _ = _read_complement(words, i, stop)
    i = _skip_bracket(words, i, stop)
    if i < stop and words.words[i] in "„\"»‚" and not bare:
        title = _read_title(words, i, i, stop)
        i = title.stop if title else i
    span = Span(words.starts[first], words.ends[i - 1])
    name = " ".join(words.words[k] for k in named).replace(" . ", ". ")
    if roles:
        kind: Kind = "person" if name else "role"
        return Mention(first, i, span, kind, name, role, gender, definite)
    kind = "person" if bare and len(named) <= 4 else "group"
    if len(named) > 1 and _MEDIUM.search(words.lows[named[0]]):
        kind, text = "group", " ".join(words.words[k] for k in named[1:])
    elif bare:
        text = name
    else:
        text = " ".join(words.words[k] for k in range(first + (words.lows[first] in _DET), i))
    return Mention(first, i, span, kind, text, "", gender if not bare else "", definite)


def _skip_bracket(words: Words, i: int, stop: int) -> int:
    if i < stop and words.words[i] == "(":
        for j in range(i + 1, min(stop, i + 9)):
            if words.words[j] == ")":
                return j + 1
    return i


def _read_complement(words: Words, i: int, stop: int) -> tuple[int, range]:
    """Past the genitive or prepositional part of a noun; the name after its comma, if any."""
    i = _skip_bracket(words, i, stop)
    for _ in range(3):
        if i >= stop or words.lows[i] not in _LINKS:
            break
        j = i + 1
        if words.lows[i] in _PLACE_LINKS and not (j < stop and words.caps[j]):
            break
        if j < stop and words.lows[j] in _DET:
            j += 1
        j = _skip_adjectives(words, j, stop)
        k = _read_run(words, j, stop)
        if k == j:
            break
        i = _skip_bracket(words, k, stop)
    if i + 1 < stop and words.words[i] == "," and words.caps[i + 1]:
        k = _read_run(words, i + 1, stop)
        named = range(i + 1, k)
        ended = k >= stop or words.words[k] in ",.(" or not words.caps[k]
        if 1 <= len(named) <= 4 and ended and words.lows[i + 1] not in _NOT_NAMES:
            return k, named
    return i, range(0)


_CONTRACTED = frozenset("am im zum zur vom beim ins ans".split())
# What speaks without being a person: the last word of an institution's name or its plural voices.
_SPEAKING = re.compile(
    r"(?:regierung|polizei|ministerium|amt|behörden?|gericht|gerichtshof|anwaltschaft|partei|fraktion|bank"
    r"|konzern|unternehmen|firma|hersteller|organisation|verband|vereinigung|kommission|armee|militär|junta"
    r"|zeitung|magazin|agentur|universität|institut|gewerkschaft|union|rat|senat|parlament|opposition|kirche"
    r"|bericht|studie|experten|beobachter|forscher|wissenschaftler|ermittler|veranstalter|sender|verein"
    r"|gesellschaft|stiftung|komitee|feuerwehr|klinik|botschaft|kreml|weiße haus|ausschuss|gremium|team)\Z"
)
_MEDIUM = re.compile(r"(?:agentur|zeitung|magazin|sender|portal|blatt|organisation|journal)\Z")
_NOUN = re.compile(
    r"(?:ung|heit|keit|schaft|tion|tät|ment|ismus|stadt|krise|agentur|partei|ministerium|zeitung"
    r"|magazin|sender|portal|organisation|behörde|halbinsel|gericht|konzern|unternehmen|dienst"
    r"|ungen|heiten|keiten|schaften|tionen|täten|ien|region|provinz|gruppe|bank|werk|jahr|woche)\Z"
)
_INSERTS = frozenset("für in im am an auf aus bei mit von vom zu zum zur über unter seit".split())
_PLACE_LINKS = frozenset({"in", "im", "aus", "beim", "am"})
_LINKS = frozenset("des der eines einer vom von für of for im in aus beim am seiner ihrer ihres und".split())


@dataclass(slots=True)
class Figure:
    """One person of the article: every form of the name, roles and places (word indices)."""

    name: str
    gender: Gender = ""
    roles: set[str] = field(default_factory=set)
    places: list[int] = field(default_factory=list)


class Cast:
    """The persons of one article, found by name, office or pronoun."""

    def __init__(self, words: Words) -> None:
        self._known = frozenset(words.words)
        self._by_last: dict[str, list[Figure]] = {}
        self.figures: list[Figure] = []
        self._places: list[tuple[int, Figure]] = []
        self._collect(words)

    def _collect(self, words: Words) -> None:
        found: list[tuple[int, list[str], str, Gender]] = []
        i, count = 0, len(words.words)
        counts = Counter(words.words)
        while i < count:
            if not words.caps[i] or words.lows[i] in _NOT_NAMES or words.lows[i] in _CALENDAR:
                i += 1
                continue
            k = _read_run(words, i, count)
            roles = [j for j in range(i, k) if role_gender(words.lows[j]) is not None]
            start = roles[-1] + 1 if roles else i
            role = words.lows[roles[-1]] if roles else ""
            if not roles and i and role_gender(words.lows[i - 1]) is not None:
                role = words.lows[i - 1]
            if roles and start == k:
                j, named = _read_complement(words, k, count)
                if named:
                    start, k = named.start, named.stop
            name = words.words[start:k]
            if role:
                name = self._trim(name, counts)
            elif len(name) > 1 and not _may_be_person(words, i, k):
                name = []
            if name and (role or len(name) > 1) and len(name) <= 5:
                found.append((start, name, role, (role_gender(role) or "") if role else ""))
            elif name:
                found.append((start, name, "", ""))
            i = max(k, i + 1)
        for place, name, role, gender in sorted(found, key=lambda item: -len(item[1])):
            self._add(place, name, role, gender)
        for figure in self.figures:
            figure.places.sort()
        self._places = sorted(((p, f) for f in self.figures for p in f.places), key=lambda x: x[0])

    @staticmethod
    def _trim(name: list[str], counts: Counter[str]) -> list[str]:
        # "X Y Abstriche": a noun that merely follows is rarer than the surname before it.
        while len(name) > 1 and (_NOUN.search(name[-1]) or (
            len(name) > 2 and counts[name[-2]] > counts[name[-1]]
        )):
            name = name[:-1]
        return name

    def _add(self, place: int, name: list[str], role: str, gender: Gender) -> None:
        last = self._strip(name[-1])
        figure = self._match(name)
        if figure is None:
            if len(name) == 1 and not role:
                return
            figure = Figure(" ".join([*name[:-1], last]).replace(" . ", ". "))
            self.figures.append(figure)
            self._by_last.setdefault(last.casefold(), []).append(figure)
        figure.places.append(place)
        if role:
            figure.roles.add(role)
            figure.gender = gender or figure.gender

    def _strip(self, word: str) -> str:
        """The word without a genitive -s, where the article shows it without."""
        bare = strip_genitive(word)
        return bare if bare in self._known else word

    def _match(self, name: list[str]) -> Figure | None:
        for last in (name[-1].casefold(), self._strip(name[-1]).casefold()):
            known = self._by_last.get(last)
            if not known:
                continue
            if len(name) == 1:
                return known[0]
            for figure in known:
                parts = figure.name.casefold().split()
                if parts[:-1] == [part.casefold() for part in name[:-1]] or len(parts) == 1:
                    return figure
                if name[0].casefold() == parts[0]:
                    return figure
            return None
        return None

    def find_name(self, name: str, before: int) -> Figure | None:
        """The figure that bears `name`; of several the one named last before word `before`."""
        parts = name.split()
        if not parts:
            return None
        figure = self._match(parts)
        known = self._by_last.get(self._strip(parts[-1]).casefold(), [])
        if len(parts) == 1 and len(known) > 1:
            return max(known, key=lambda f: max((p for p in f.places if p <= before), default=-1))
        return figure

    def find_role(self, role: str, before: int) -> Figure | None:
        """The figure in that office: the last named before word `before`, else the next after."""
        gender = role_gender(role)
        holders = [
            f for f in self.figures
            if f.gender == gender and any(r.endswith(role) or role.endswith(r) for r in f.roles)
        ]
        if not holders:
            return None
        earlier = [f for f in holders if f.places[0] <= before]
        if earlier:
            return max(earlier, key=lambda f: max(p for p in f.places if p <= before))
        return min(holders, key=lambda f: f.places[0])

    def find_between(
        self, first: int, stop: int, gender: Gender, last: bool = False
    ) -> Figure | None:
        """The first (or last) person named in words `[first, stop)` whom `gender` fits."""
        chosen = None
        at = bisect_left(self._places, first, key=lambda item: item[0])
        while at < len(self._places) and self._places[at][0] < stop:
            figure = self._places[at][1]
            fits = not gender or not figure.gender or figure.gender == gender
            if fits and (figure.roles or len(figure.name.split()) > 1):
                chosen = figure
                if not last:
                    break
            at += 1
        return chosen


def can_speak(mention: Mention) -> bool:
    """Whether a noun phrase names an office, is a pronoun or sounds like an institution."""
    if mention.role or mention.kind == "pronoun":
        return True
    return any(_SPEAKING.search(word) for word in mention.name.lower().split())


def _may_be_person(words: Words, first: int, stop: int) -> bool:
    """Whether two or more capitalised words without an office look like first name and surname."""
    if first and not words.breaks[first]:
        before = words.lows[first - 1]
        if before in _DET or before in _CONTRACTED or (
            not words.caps[first - 1] and len(before) > 3 and before.endswith(("e", "en", "er", "em", "es"))
            and before not in {"unter", "gegen", "neben", "zwischen", "haben", "hatte"}
        ):
            return False
    last = words.words[stop - 1]
    return not any(_NOUN.search(words.words[k]) for k in range(first, stop)) and not (
        last.endswith("s") and len(last) > 4
    )


def strip_genitive(word: str) -> str:
    """The word without the -s that may be a genitive's."""
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word
