"""What turns or loosens a sentence with one word: negation, opposites, moods, plans, conditions.

The tables name concepts, each with its words in German, English and Russian, so that a claim in
one language is compared with a span in another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from wortlaut.index.lang.verbs import read_verb_forms
from wortlaut.index.lang.words import Word, compile_forms, read_function_words

_CYRILLIC = re.compile("[а-яё]")
_NEGATORS = re.compile(
    r"(?:nicht|nichts|kein\w*|nie|niemals|niemand\w*|nirgends|nirgendwo|weder|keinesfalls|keineswegs"
    r"|not|no|never|nobody|none|nothing|neither|nowhere|cannot|\w+n't"
    r"|не|нет|ни|никто|никого|никому|никогда|ничего|ничто|нельзя|нигде|никак\w*)\Z"
)
# Negation inside another word: it answers for a negator in another wording or language.
_HALF_NEGATORS = re.compile(
    r"(?:ohne|kaum|without|hardly|barely|scarcely|без|едва|вряд"
    r"|un(?!ter|ser|gefähr|iver|i[otv]|it|der|til|ab|gar|ten)\w{5,}|in(?:stead|ability|sufficient|effective)\w*"
    r"|im(?:possible|moral)\w*|dis(?!cuss|tr|play|tan|cover|ease|tin|aster|k)\w{5,}"
    r"|(?!un)\w{4,}los(?:e[nrms]?|igkeit)?|(?!none|neverthe|unl)\w{4,}less"
    r"|fehl\w*|mangel\w*|lack\w*|fail\w*|scheiter\w*|verhinder\w*|prevent\w*|vermeid\w*|vermied\w*"
    r"|avoid\w*|verweiger\w*|weiger\w*|refus\w*|lehn\w*|abgelehnt\w*|ablehn\w*|declin\w*|reject\w*"
    r"|bestr(?:eit|itt)\w*|den(?:y|ied|ies|ying)|dementier\w*|ausschließ\w*|ausgeschlossen"
    r"|exclud\w*|verb(?:iet|ot)\w*|bann?ed|prohibit\w*|verzicht\w*|statt|anstatt|anders|rather"
    r"|selten\w*|rare\w*|seldom|wenig\w*|few\w*|little|abgesehen|anything but"
    r"|non|missing|absen[ct]\w*|abwesen\w*|illegal\w*"
    r"|не\w{4,}|бес\w{4,}|отказ\w*|отрица\w*|отверг\w*|запре\w*|кроме|вместо)\Z"
)
# "nicht nur", "no more than" negate nothing.
_NOT_NEGATING = re.compile(
    r"\b(?:nicht (?:nur|zuletzt|mehr als|weniger als|allein)|not (?:only|least|just|more than|less than)"
    r"|no (?:more|less|fewer|later) than|не (?:только|менее|более)|no\. ?\d)"
)

# Time units by how their words begin: what "not" governs is compared across languages.
_GOVERNED = {
    name: re.compile(rf"(?:{form})")
    for name, form in (
        ("day", r"tag(?:e|en)?\Z|days?\Z|дн(?:и|я|ей|ях)\Z|день"), ("week", r"woche|week|недел"),
        ("month", r"monat|month|месяц"), ("year", r"jahr|year|год|лет\Z"),
        ("hour", r"stunde|hour|час(?:а|ов|ы)?\Z"), ("minute", r"minute|минут"),
    )
}  # fmt: skip
_GOVERNED_WITHIN = 4

# Two sides of one matter: a claim on one and a cited text on the other only contradict each other.
_OPPOSITES = r"""
rise: steig\w* stieg\w* gestiegen\w* zunahm\w* zunehm\w* zugenommen erhöh\w* wuchs\w* gewachsen
  anstieg\w* ris(?:e|es|ing|en) rose increas\w* gr(?:ow|ew)\w* climb\w* рос(?:т|ла|ли)? вырос\w*
  увелич\w* повы[сш]\w* / sink\w* sank\w* gesunken\w* fiel\w* gefallen abnahm\w* abgenommen
  reduzier\w* verringer\w* gesenkt senk\w* rückgang\w* fall(?:s|en|ing)? fell decreas\w*
  declin\w* drop\w* reduc\w* shr[aiu]nk\w* упал\w* сниз\w* сниж\w* уменьш\w* сократ\w*
  пад(?:ал|ает)\w*
win: gewann\w* gewinn\w* gewonnen sieg\w* w[io]n(?:s|ning)? victor\w* победи\w* выигра\w*
  побед[аыу] / verlor\w* verlier\w* niederlage\w* unterl(?:ag|egen)\w* los(?:t|e|es|ing)
  проигра\w* поражени\w*
accept: akzeptier\w* annahm\w* angenommen zustimm\w* zugestimmt billig\w* begrüß\w* befürwort\w*
  unterstütz\w* accept\w* approv\w* agree[ds]? welcom\w* endors\w* support\w* back(?:s|ed|ing)
  приня\w* одобр\w* поддерж\w* соглас\w* / ablehn\w* lehn\w* abgelehnt\w* zurückgewiesen
  zurückweis\w* wies weist verurteil\w* verweiger\w* weiger\w* reject\w* refus\w*
  oppos(?:e|es|ed|ing) declin\w* condemn\w* отверг\w* отказ\w* отклон\w* осуди\w*
confirm: bestätig\w* confirm\w* admit\w* eingeräumt räumt\w* acknowledg\w* подтверд\w*
  призна[лнв]\w* / bestr(?:eit|itt)\w* dementier\w* leugn\w* verneint?\w* widersprach
  widerspr\w* den(?:y|ied|ies|ying) disput\w* contradict\w* опроверг\w* отрица\w*
before: vor bevor before prior до перед vorher zuvor earlier / nach nachdem after following
  после danach later nachher
allow: erlaub\w* genehmig\w* zugelassen gestatte\w* allow\w* permit\w* authori[sz]\w* разреш\w*
  позвол\w* / verb(?:iet|ot)\w* untersag\w* ban(?:s|ned|ning)? prohibit\w* forb(?:id|ade)\w*
  запре\w*
begin: beg[ai]nn\w* begonnen anfang\w* start\w* eröffne\w* beg(?:in|an|un)\w* launch\w*
  open(?:s|ed|ing)? нача\w* откры\w* / ende[tn]?\w* beend\w* schlie(?:ß|ss)\w* schloss\w*
  geschlossen abgeschlossen abgebrochen eingestellt\w* einstell\w* ausgesetzt stopp\w*
  end(?:s|ed|ing)? discontinu\w* suspend\w* приостан\w* clos(?:e|es|ed|ing) finish\w*
  stop\w* ceas\w* законч\w* заверш\w* закры\w* прекра\w*
success: erfolg\w* gelang\w* gelungen succe\w* успе[хш]\w* удал(?:ось|ся) / scheiter\w*
  misslang\w* misslungen misserfolg\w* fail\w* провал\w* неуда\w*
north: nord\w* north\w* север\w* / süd\w* south\w* юг\w* юж\w*
east: ost(?:en|s)? öst\w* ostukr\w* ostdeu\w* ostküste east\w* вост\w* / west\w* запад\w*
left: link\w* left лев[ыао]\w* / recht(?:e|en|er|es|s) right(?:-wing|ist)?
  прав(?:ый|ая|ое|ые|ого)
guilty: schuldig\w* guilt\w* виновн\w* / unschuldig\w* freigesprochen freispruch innocen\w*
  acquit\w* невинов\w* оправда[лн]\w*
possible: möglich\w* possible возможн(?:о|ый|ым) / unmöglich\w* ausgeschlossen impossible
  невозможн\w*
legal: legal\w* rechtmäßig\w* lawful\w* законн\w* / illegal\w* rechtswidrig\w* unrechtmäßig\w*
  unlawful\w* незаконн\w*
safe: sicher\w{0,2} safe\w* ungefährlich\w* harmlos\w* безопасн\w* / unsicher\w* gefährlich\w*
  gefahr\w* unsafe danger\w* опасн\w*
buy: kauf(?:t|te|ten|en)? gekauft erw(?:arb|orben)\w* b(?:uy|ought)\w* purchas\w* acquir\w*
  купи\w* покуп\w* / verkauf\w* abzugeben abgeb\w* abgegeb\w* s(?:ell|old)\w* prod(?:al|aj)\w* прода\w*
high: hoh\w* hoch\w* höh(?:er|ere|eren|ste|sten) high\w* высок\w* выше / niedrig\w* gering\w*
  tief\w* low(?:er|est)? низк\w* ниже
large: groß\w* größ\w* large\w* big\w* great\w* больш\w* крупн\w* / klein\w* small\w* tiny
  мал(?:ый|ая|ое|ень)\w* небольш\w*
more: mehr more более больше / weniger less fewer менее меньше
strong: stark\w* stärk\w* strong\w* strength\w* сильн\w* усил\w* / schwach\w* schwäch\w* weak\w*
  слаб\w* ослаб\w*
alive: überleb\w* surviv\w* выжи[лв]\w* lebend\w* alive / gestorben starb\w* tot tote\w*
  getötet\w* died dead killed погиб\w* умер\w* убит\w*
many: viel\w* zahlreich\w* many numerous much мног\w* / wenig\w* few little немног\w* мало
old: alt(?:e|en|er|es) älte\w* old(?:er|est)? стар\w* / jung\w* jüng\w* neu(?:e|en|er|es)?
  young\w* new молод\w* нов(?:ый|ая|ое|ые)
first: erst(?:e|en|er|es|em) first перв\w* / letzt(?:e|en|er|es|em) last последн\w*
man: mann männ\w* man men male мужч\w* / frau\w* weib\w* wom[ae]n female\w* женщ\w*
arrive: ankam\w* angekommen ankommen eintraf\w* eingetroffen arriv\w* прибы\w* приеха\w* /
  abgereist\w* abreis\w* verlie(?:ß|ss)\w* verlass\w* abflog\w* depart\w* le(?:ft|av\w+) уеха\w*
  покин\w*
poor: arm(?:e|en|er|es)? poor\w* бедн\w* / reich(?:e|en|er|es|ste\w*)? rich(?:er|est)? wealth\w*
  богат\w*
attack: angriff\w* angegriffen attack\w* атак\w* напа\w* / verteidig\w* defen[dcs]\w* оборон\w*
  защит\w*
good: gut(?:e|en|er|es)? besser\w* positiv\w* good better positive\w* хорош\w* лучш\w*
  положительн\w* / schlecht\w* schlimm\w* negativ\w* bad worse negative\w* плох\w* хуже
  отрицательн\w*
friend: freund\w* verbündet\w* friend\w* all(?:y|ies|ied) друз\w* друг союзник\w* / feind\w*
  gegner\w* enem\w* opponent\w* враг\w* противник\w*
all: alle[nrs]? sämtlich\w* jede[nrms]? all every\w* each все[хм]? кажд\w* / einige\w* manche\w*
  mehrere\w* some several некотор\w* нескольк\w*
early: früh(?:e|en|er|zeitig)? early ран[ои]\w* / spät(?:e|en|er)? late(?:r|st)? поздн\w*
import: import\w* einfuhr\w* импорт\w* ввоз\w* / export\w* ausfuhr\w* экспорт\w* вывоз\w*
above: exceed\w* above überschr\w* übersteig\w* überstieg\w* oberhalb превы\w* / below under unter
  unterhalb unterschr\w* ниже
profit: gewinn(?:e|en|s)? profit\w* прибыл[ьи]\w* / verlust\w* defizit\w* loss(?:es)? los(?:t|ing)
  deficit\w* убыт\w* потер\w* дефицит\w*
stay: bleib\w* blieb\w* geblieben remain\w* stay\w* оста(?:н|в|[её]т)\w* / steig\w* stieg\w*
  gestiegen\w* erhöh\w* sink\w* sank\w* gesunken\w* ris(?:e|es|en|ing) rose increas\w* fell
  fall(?:s|en|ing)? drop(?:s|ped|ping)? вырас\w* вырос\w* увелич\w* повы[сш]\w* сниз\w* упад\w*
demand: forder\w* gefordert\w* verlang\w* demand(?:s|ed|ing) требов\w* потребов\w* требу\w* /
  ablehn\w* abgelehnt\w* zurückgewiesen reject\w* refus\w* отверг\w* отклон\w*
enough: hoh\w* hoch genug ausreich\w* enough sufficient plenty high высок\w* достаточн\w* /
  fehl(?:e|t|te|en|ten)? mangel\w* lack\w* не(?:т|хват\w*|достат\w*)
"""
_OPPOSED = re.split(r"^\w+:", _OPPOSITES, flags=re.MULTILINE)[1:]
_OPPOSED_FORMS = [tuple(compile_forms(side) for side in row.split("/")) for row in _OPPOSED]

_TIME_UNIT = r"(?:year|month|week|jahr|monat|woche|год|месяц|недел)"
_LAST_THIS_NEXT = tuple(
    re.compile(rf"\b(?:{form})\b|\b(?:{before})\s+{_TIME_UNIT}", re.IGNORECASE)
    for form, before in (
        ("vorjahr\\w*|vormonat\\w*|vorwoche", "last|previous|vergangene\\w*|vorige\\w*|letzte[nsmr]?|прошл\\w+"),
        ("heuer", "this|current|diese[nsmr]?|laufenden|этом|этого|текуще\\w+|этой"),
        (r"(?!)", "next|coming|following|kommende\\w*|nächste\\w*|folgende\\w*|следующ\\w+|будущ\\w+"),
    )
)  # fmt: skip

_POSSIBLE = r"""
    könnten? könntest möglicherweise vielleicht eventuell womöglich dürften? may might could
    possibly perhaps maybe probably likely wahrscheinlich voraussichtlich vermutlich может могут
    potenziell potentiell potentially потенциально возможно вероятно
    наверное? мог могла могли
"""
_ALLEGED = r"""
    angeblich\w* mutmaßlich\w* vermeintlich\w* offenbar allegedly alleged reportedly purported\w*
    supposedly якобы предположительно soll sollen предполагаем\w* apparently anscheinend
"""
_CERTAIN = r"""
    sicher gewiss definitiv zweifellos certainly definitely undoubtedly surely безусловно несомненно
    точно
"""
_INTEND = r"""
    will wollen wollten? wolle plan\w* geplant\w* beabsichtig\w* vorhaben want\w* intend\w* aim\w*
    plann\w* hof\w* hop(?:e|es|ed|ing) хо(?:чет|тят|тел\w*) планир\w* намерен\w* собира\w+ seek\w*
    versuch\w* try tries tried attempt\w* пыта\w* стрем\w* würden? would бы should sollten? shall
    werden? wird going будет будут
"""
_OBLIGED = r"""
    muss müssen müssten? musste\w* müsse soll sollen sollten? solle sollen must should need\w* ought
    obliged required должн?[аоы]? должен необходимо нужно fordern? fordert\w* verlang\w* demand\w*
    bedarf notwendig nötig necessary
"""
_MOODS: dict[str, re.Pattern[str]] = {
    name: compile_forms(form)
    for name, form in (
        ("possible", _POSSIBLE), ("alleged", _ALLEGED), ("intended", _INTEND), ("obliged", _OBLIGED),
        ("certain", _CERTAIN),
    )
}  # fmt: skip
_MODALS = {
    name: re.compile(rf"(?:{form})\Z")
    for name, form in (
        ("can", r"kann|können|könn\w+|konnten?|can|could|может|могут|мог\w{0,2}"),
        ("must", r"muss|müss\w+|mussten?|must|долж\w+"),
        ("shall", r"soll\w*|shall|should|следует"),
        ("allowed", r"darf|dürf\w+|durften?"),
        ("want", r"will|wollen|wollt\w+|wolle|хо(?:чет|тят|тел\w*)"),
        ("may", r"may|might|mag|mögen|möge"),
    )
}  # fmt: skip
_KONJUNKTIV_I = re.compile(
    rf"(?:{'|'.join(sorted(read_function_words('reported')))}|möge|gebe|gehe|komme|stehe|bleibe)\Z"
)

_HEDGED = compile_forms(
    _POSSIBLE + _ALLEGED + r"can kann können mag mögen scheint scheinen seem\w* appear\w*"
)
# Modal verbs that translate each other.
_COMPATIBLE = (
    frozenset({"can", "may", "allowed"}), frozenset({"must", "shall"}), frozenset({"want", "shall"}),
)  # fmt: skip

_IS_TO = re.compile(
    r"\b(?:is|are|was|were) (?:due |set |scheduled |planned |expected |supposed )?to \w",
    re.IGNORECASE,
)

# What the cited text only holds out.
_PLANNED = compile_forms(r"""
    ankündig\w* angekündig\w* kündig(?:t|te|ten|en|ung) droh(?:t|te|ten|en|e|ung) gedroht androh\w*
    angedroht aussicht plan(?:t|te|ten|en|e) geplant\w* pläne\w* beabsichtig\w* soll(?:te|ten|en|e)?
    woll(?:en|te|ten|e) will hoff(?:t|te|ten|en|e|ung)\w* forder(?:t|te|ten|n|e|ung)\w* gefordert
    verlang(?:t|te|ten|en|e) vorschl\w* vorgeschlagen einig vereinbar(?:t|te|ten|en)
    announc\w* threat\w* plan(?:s|ned|ning)? intend\w* hop(?:e|es|ed|ing) demand(?:s|ed|ing)?
    propos\w* want(?:s|ed)? agree[ds]? aims?
    объяви\w* анонсир\w* гроз\w* угро\w* планир\w* намерен\w* наде(?:ет|ют|ял)\w* требу\w*
    потребов\w* предлож\w* хо(?:чет|тят|тел\w*) договори\w*
""")
# What in a claim keeps it from telling of something done.
_OPEN = compile_forms(r"""
    bereit\w* möchte\w* versprech\w* versproch\w* versprach zusag\w* zugesagt angebot\w* anbiet\w*
    erwart\w* absicht\w* ziel\w* zukunft künftig\w* damit um zu falls wenn ob wunsch\w* warn\w*
    gewarnt bitte\w* gebeten aufgefordert aufruf\w* rief aufgerufen appell\w* verhandel\w* würden?
    ready promis\w* pledg\w* offer\w* expect\w* future if whether to possib\w* wish\w* warn\w*
    urg\w* call(?:s|ed|ing)? ask(?:s|ed|ing)? propos\w* due negotiat\w* prospect\w* suppos\w*
    готов\w* обеща\w* пообеща\w* ожида\w* если чтобы призва\w* призыва\w* предупре\w* проси\w*
    попроси\w* будущ\w* переговор\w* бы
""")
_DONE = compile_forms(r"""
    hat haben hatten? ist sind war waren wurden? worden ge\w{3,}(?:t|en)
    (?!heute|seite|leute|letzte|erste|\w*(?:wart|halt|arbeit|biet|leist|tret|rat)en?\Z)\w{3,}ten?
    kam(?:en)? ging(?:en)? gab(?:en)? stand(?:en)? lag(?:en)?
    fiel(?:en)? nahm(?:en)? zog(?:en)? fand(?:en)? begann(?:en)? hielt(?:en)? ließ(?:en)?
    has have had was were did \w{2,}ed held took gave made went came won lost built left met sent
    \w{3,}(?:л|ла|ло|ли|лся|лась|лось|лись|ны|на|но|ен)
""")
_SPEECH = frozenset(read_verb_forms())
_CONDITION = compile_forms(r"wenn falls sofern if unless provided если")
_OPENS_CONDITION = compile_forms(r"sollten? ohne without should без")
_CONDITIONAL = compile_forms(r"""
    wenn falls sofern soweit solange sobald sollten? ohne nur erst bei beim voraussetzung\w* bedingung\w*
    bedingt\w* abhäng\w* bis ob würden? könnten? wären? hätten? müssten?
    if unless provided providing without only once when whenever until should condition\w* depend\w*
    case otherwise whether as while after lack\w* absen[ct]\w*
    если без только лишь когда при условии\w* услови\w* случа\w* пока бы иначе
""")

_WOULD = compile_forms("would could might")


def is_negator(word: Word) -> bool:
    """Whether the word denies something by itself."""
    return _NEGATORS.match(word.low) is not None


def find_negators(words: Sequence[Word], text: str) -> list[Word]:
    """The words that deny something, in order; "not only" and its like left out."""
    idle = [match.span() for match in _NOT_NEGATING.finditer(text.casefold())]
    found = [
        word for word in words if is_negator(word) and not any(a <= word.start < b for a, b in idle)
    ]
    # "Никто не пришёл" denies once.
    return found[:1] if found and _CYRILLIC.match(found[0].low) else found


def count_half_negated(words: Sequence[Word]) -> int:
    """How many words hold a negation of their own: "ohne", "unlikely", "refuse"."""
    return sum(1 for word in words if _HALF_NEGATORS.match(word.low))


def find_moved_negator(claim: Sequence[Word], cited: Sequence[Word]) -> str | None:
    """The time unit the claim's "not" governs, where the cited text's governs another."""
    ours, theirs = _find_governed(claim), _find_governed(cited)
    return min(ours) if ours and theirs and not ours & theirs else None


def _find_governed(words: Sequence[Word]) -> set[str]:
    found = set()
    for number, word in enumerate(words):
        if not _NEGATORS.match(word.low):
            continue
        after = words[number + 1 : number + 1 + _GOVERNED_WITHIN]
        names = (name for w in after for name, form in _GOVERNED.items() if form.match(w.low))
        found |= {name for name in [next(names, None)] if name}
    return found


def find_opposite(claim: Sequence[Word], cited: Sequence[Word]) -> tuple[str, str] | None:
    """A word of the claim and its opposite in the cited text, where nothing reconciles them."""
    for one, other in _OPPOSED_FORMS:
        for side, counter in ((one, other), (other, one)):
            said = _first(side, claim)
            if said is None or _first(counter, claim) or _first(side, cited):
                continue
            opposed = _first(counter, cited)
            if opposed:
                return said.text, opposed.text
    return None


def _first(form: re.Pattern[str], words: Sequence[Word]) -> Word | None:
    return next((word for word in words if form.match(word.low)), None)


def find_moved_time(claim: str, cited: str) -> str | None:
    """What the claim calls last, this or next year where the cited text calls it another."""
    there = [bool(form.search(cited)) for form in _LAST_THIS_NEXT]
    for form, said in zip(_LAST_THIS_NEXT, there, strict=True):
        found = form.search(claim)
        if found and not said and any(there):
            return found[0]
    return None


def find_moods(words: Sequence[Word]) -> frozenset[str]:
    """Which of possible, alleged, intended, obliged, certain the words express."""
    return frozenset(
        name for name, form in _MOODS.items() if any(form.match(word.low) for word in words)
    )


def is_hedged(words: Sequence[Word]) -> bool:
    """Whether anything among the words leaves it open."""
    return any(_HEDGED.match(word.low) for word in words)


def oppose_modals(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether both have modal verbs and none translates any of the other's: must and may."""
    if not one or not other or one & other:
        return False
    return not any(group & one and group & other for group in _COMPATIBLE)


def find_modals(words: Sequence[Word]) -> frozenset[str]:
    """The modal verbs among the words, whatever their form."""
    return frozenset(
        name for name, form in _MODALS.items() if any(form.match(word.low) for word in words)
    )


def is_reported(words: Sequence[Word]) -> bool:
    """Whether a German verb stands in the Konjunktiv of reported speech."""
    return any(_KONJUNKTIV_I.match(word.low) for word in words)


def is_planned(text: str) -> bool:
    """Whether an English text says what is to happen: "the train is to leave"."""
    return _IS_TO.search(text) is not None


def find_plan_as_done(
    claim: Sequence[Word], cited: Sequence[Word], stops: Sequence[int]
) -> str | None:
    """The cited word of a plan, threat or wish that a claim tells as done; None where it is not.

    Only where the cited words tell of nothing else that is done: `stops` are the positions in them
    at which a clause begins.
    """
    if find_moods(claim) or find_modals(claim) or not _tells_of_done(claim):
        return None
    if any(_PLANNED.match(word.low) or _OPEN.match(word.low) for word in claim):
        return None
    plans = [word for word in cited if _PLANNED.match(word.low)]
    if not plans:
        return None
    for clause in _split_clauses(cited, stops):
        if any(_PLANNED.match(word.low) or _CONDITION.match(word.low) for word in clause):
            continue
        if not _is_infinitive(clause) and _tells_of_done(clause):
            return None
    return plans[0].text


def _tells_of_done(words: Sequence[Word]) -> bool:
    return any(
        _DONE.match(w.low) and w.low not in _SPEECH and not _is_noun(w, words) for w in words
    )


def _is_noun(word: Word, words: Sequence[Word]) -> bool:
    return word.is_capitalised and word is not words[0]


def _is_infinitive(words: Sequence[Word]) -> bool:
    """Whether a German clause is of the kind "das Gebiet zu erobern"."""
    return any(word.low == "zu" for word in words[-4:-1]) and words[-1].low.endswith("n")


def _split_clauses(words: Sequence[Word], stops: Sequence[int]) -> list[Sequence[Word]]:
    """The words by clause."""
    ends = [*stops[1:], len(words)]
    return [words[a:b] for a, b in zip(stops, ends, strict=True) if a < b]


def find_dropped_condition(
    claim: Sequence[Word],
    cited: Sequence[Word],
    stops: Sequence[int],
    window: tuple[int, int],
    *,
    is_attributed: bool,
) -> str | None:
    """The cited "if", "unless" or "without" that the claimed clause depends on and the claim drops.

    `window` are the positions of the cited words the claim speaks of. "Would" keeps a condition
    only where it is not reported speech.
    """
    if any(_CONDITIONAL.match(word.low) for word in claim):
        return None
    if not is_attributed and any(_WOULD.match(word.low) for word in claim):
        return None
    starts = [stop for stop in stops if stop < len(cited)]
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(cited)
        opener = _find_opener(cited, start, opens=number == 0)
        if opener is None:
            continue
        before = starts[number - 1] if number else start
        after = starts[number + 2] if number + 2 < len(starts) else len(cited)
        governed = (before, start) if number else (start, after)
        alone = number == 0 and end == len(cited)
        if alone or (governed[0] <= window[0] and window[1] <= max(governed[1], end)):
            return opener.text
    return None


def _find_opener(cited: Sequence[Word], start: int, *, opens: bool) -> Word | None:
    word = cited[start]
    if _CONDITION.match(word.low):
        return word
    return word if opens and _OPENS_CONDITION.match(word.low) else None
