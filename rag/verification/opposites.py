"""Opposites: two sides of one matter, in German, English and Russian.

A claim on one side and a cited text on the other only contradict each other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.verification.words import Word, compile_forms

_TABLE = r"""
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
_ROWS = re.split(r"^\w+:", _TABLE, flags=re.MULTILINE)[1:]
_SIDES = [tuple(compile_forms(side) for side in row.split("/")) for row in _ROWS]


def find_opposite(claim: Sequence[Word], cited: Sequence[Word]) -> tuple[str, str] | None:
    """A word of the claim and its opposite in the cited text, where nothing reconciles them."""
    for one, other in _SIDES:
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


_UNIT = r"(?:year|month|week|jahr|monat|woche|год|месяц|недел)"
_TIMES = tuple(
    re.compile(rf"\b(?:{form})\b|\b(?:{before})\s+{_UNIT}", re.IGNORECASE)
    for form, before in (
        ("vorjahr\\w*|vormonat\\w*|vorwoche", "last|previous|vergangene\\w*|vorige\\w*|letzte[nsmr]?|прошл\\w+"),
        ("heuer", "this|current|diese[nsmr]?|laufenden|этом|этого|текуще\\w+|этой"),
        (r"(?!)", "next|coming|following|kommende\\w*|nächste\\w*|folgende\\w*|следующ\\w+|будущ\\w+"),
    )
)  # fmt: skip


def find_moved_time(claim: str, cited: str) -> str | None:
    """What the claim calls last, this or next year where the cited text calls it another."""
    there = [bool(form.search(cited)) for form in _TIMES]
    for form, said in zip(_TIMES, there, strict=True):
        found = form.search(claim)
        if found and not said and any(there):
            return found[0]
    return None
