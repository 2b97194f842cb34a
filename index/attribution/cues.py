"""The words that announce a statement: speech verbs with their inflection, nouns, moods.

The lists are the project's own choice of German and English vocabulary; which kinds of word
count, and where, was tuned on annotated news. No names, no topics.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Group = Literal["say", "tell", "think"]
Form = Literal["finite", "participle"]

# "say" and "tell" verbs carry an indirect clause or a quotation; "tell" verbs report on their own,
# too ("Y forderte einen Waffenstillstand"); "think" verbs only with a dass-clause.
# Separable verbs are "particle|base"; strong verbs add present, past and participle.
_VERBS: dict[Group, str] = {
    "say": """
        sagen; erklären; mit|teilen; an|geben gibt gab gegeben; bekannt|geben gibt gab gegeben;
        berichten; melden; schreiben schreibt schrieb geschrieben; meinen; betonen; bestätigen;
        behaupten; äußern; vermelden; verkünden; verlauten; hinzu|fügen; aus|führen; fest|stellen;
        klar|stellen; versichern; bekräftigen; erwidern; entgegnen; antworten; ein|räumen;
        fest|halten hält hielt gehalten; unterstreichen unterstreicht unterstrich unterstrichen;
        zu|geben gibt gab gegeben; erläutern; begründen; kommentieren; argumentieren;
        konstatieren; resümieren; urteilen; erzählen; schildern; beteuern; hervor|heben hebt hob
        gehoben; hin|weisen weist wies gewiesen; verweisen verweist verwies verwiesen; zitieren;
        twittern; spekulieren; prognostizieren; aus|sagen; an|merken; ergänzen; heißen heißt hieß
        geheißen; lauten; informieren; signalisieren; an|deuten; rufen ruft rief gerufen;
        skandieren; formulieren; dar|legen; versprechen verspricht versprach versprochen;
        zu|sichern; zu|sagen; drohen; fragen; mahnen; beklagen; gestehen gesteht gestand
        gestanden; präzisieren; loben; dementieren; leugnen; bestreiten bestreitet bestritt
        bestritten; verlautbaren; schlussfolgern; folgern; monieren; bedauern; fort|fahren fährt
        fuhr gefahren; enthüllen; nach|legen; witzeln; verurteilen; auf|rufen ruft rief gerufen;
        zurück|weisen weist wies gewiesen; aus|schließen schließt schloss geschlossen; bitten
        bittet bat gebeten; kritisieren; aus|sprechen spricht sprach gesprochen; klagen;
        ab|streiten streitet stritt gestritten; ab|lehnen; erwägen erwägt erwog erwogen; aus|gehen
        geht ging gegangen; ein|gestehen gesteht gestand gestanden; an|drohen; beschweren;
        protestieren; voraus|sagen; vorher|sagen; an|bieten bietet bot geboten; erinnern;
        errechnen; aus|rechnen; an|ordnen; an|weisen weist wies gewiesen; raten rät riet geraten;
        begrüßen; nennen nennt nannte genannt; entgegen|halten hält hielt gehalten; kontern;
        spotten; aus|richten; vor|rechnen; scherzen; schimpfen; wettern; jubeln; ein|wenden wendet wandte
        gewandt; ab|wiegeln; beschwichtigen""",
    "tell": """
        fordern; verlangen; warnen; an|kündigen; bezeichnen; sprechen spricht sprach gesprochen;
        vor|werfen wirft warf geworfen; vor|halten hält hielt gehalten; auf|fordern;
        vor|schlagen schlägt schlug geschlagen;
        appellieren; plädieren; beschuldigen; empfehlen empfiehlt empfahl empfohlen; beziffern;
        bemängeln; an|prangern; attestieren; pochen; drängen; unterstellen; ein|stufen;
        bezweifeln; an|regen; befürworten; beschreiben beschreibt beschrieb beschrieben;
        befürchten; fürchten; vermuten; schätzen; beantragen; würdigen; widersprechen widerspricht
        widersprach widersprochen; rechtfertigen; danken""",
    "think": """
        werten; betrachten; ein|schätzen; empfinden empfindet empfand empfunden; an|sehen sieht
        sah gesehen; attackieren; halten hält hielt gehalten; glauben; hoffen; denken denkt dachte
        gedacht; rechnen; an|nehmen nimmt nahm genommen; wissen weiß wusste gewusst; wünschen;
        überzeugen; ergeben ergibt ergab ergeben; beschließen beschließt beschloss beschlossen;
        entscheiden entscheidet entschied entschieden; hervor|gehen geht ging gegangen; besagen;
        belegen; sehen sieht sah gesehen; nach|weisen weist wies gewiesen; prüfen; entdecken; heraus|finden findet fand
        gefunden; erhoffen; beurteilen; bewerten; vereinbaren; zweifeln""",
}
_INSEPARABLE = ("be", "er", "ver", "ent", "emp", "ge", "zer", "wider", "über", "unter", "miss")
_ENGLISH: dict[Group, str] = {
    "say": """
        say says said; tell tells told; add adds added; explain explains explained; announce
        announces announced; report reports reported; write writes wrote written; note notes
        noted; state states stated; claim claims claimed; insist insists insisted; confirm
        confirms confirmed; declare declares declared; stress stresses stressed; emphasize
        emphasizes emphasized; reply replies replied; argue argues argued; admit admits admitted;
        deny denies denied; promise promises promised; acknowledge acknowledges acknowledged;
        concede concedes conceded; reiterate reiterates reiterated; respond responds responded;
        allege alleges alleged; assert asserts asserted; maintain maintains maintained; reveal
        reveals revealed; vow vows vowed; pledge pledges pledged; caution cautions cautioned;
        predict predicts predicted; complain complains complained; conclude concludes concluded; counter
        counters countered; lament laments lamented; quip quips quipped; testify testifies
        testified""",
    "tell": """
        demand demands demanded; warn warns warned; urge urges urged; accuse accuses accused;
        criticize criticizes criticized; suggest suggests suggested; propose proposes proposed;
        condemn condemns condemned; reject rejects rejected; call calls called; criticise criticises
        criticised; blame blames blamed; dismiss dismisses dismissed; praise praises praised""",
    "think": """
        believe believes believed; hope hopes hoped; expect expects expected""",
}


@dataclass(frozen=True, slots=True)
class VerbForm:
    """One reading of a word as a form of a speech verb; `particle` must follow in its clause."""

    lemma: str
    group: Group
    form: Form
    particle: str = ""
    english: bool = False


def read_verb_forms() -> dict[str, tuple[VerbForm, ...]]:
    """Every inflected form of the speech verbs, in lower case, with its readings."""
    forms: dict[str, list[VerbForm]] = {}
    for group, listed in _VERBS.items():
        for entry in filter(str.strip, listed.split(";")):
            for word, form in _inflect(entry.split(), group):
                forms.setdefault(word, []).append(form)
    for group, listed in _ENGLISH.items():
        for entry in filter(str.strip, listed.split(";")):
            parts = entry.split()
            for word in parts[1:]:
                forms.setdefault(word, []).append(VerbForm(parts[0], group, "finite", english=True))
            forms.setdefault(parts[-1], []).append(
                VerbForm(parts[0], group, "participle", english=True)
            )
    return {word: tuple(dict.fromkeys(readings)) for word, readings in forms.items()}


def is_judgement(words: Sequence[str]) -> bool:
    """Whether words in lower case go on behind "sieht" as an opinion does.

    "in dem Gesetz eine Gefahr", "keinen Durchbruch kommen"; figures make it a report of a match.
    """
    judged = [k for k, word in enumerate(words) if _JUDGED.search(word)]
    if not judged or "man" in words or any(word[0].isdigit() for word in words):
        return False
    if words[-1] in {"kommen", "zukommen"}:
        return True
    for k, word in enumerate(words):
        placed = word == "in" and words[k + 1 : k + 2] and words[k + 1] in _SEEN_IN
        if placed or word in {"darin", "hierin", "im"}:
            first = k + 1 if word in {"darin", "hierin"} else k + 2 + bool(placed)
            return any(not _JUDGING.isdisjoint(words[max(first, j - 4) : j]) for j in judged)
    return False


def _inflect(parts: list[str], group: Group) -> list[tuple[str, VerbForm]]:
    particle, _, base = parts[0].rpartition("|")
    if len(parts) == 4:
        present, past, participle = parts[1:]
    else:
        stem = base[:-2] if base.endswith("en") else base[:-1]
        glide = "e" if stem.endswith(("t", "d", "chn", "ffn", "gn")) else ""
        present, past = stem + glide + "t", stem + glide + "te"
        whole = base.startswith(_INSEPARABLE) or base.endswith("ieren")
        participle = ("" if whole else "ge") + stem + glide + "t"
    plural = past + ("n" if past.endswith("e") else "en")
    lemma = particle + base
    found = []
    for word in dict.fromkeys((present, past, plural, base)):
        found.append((word, VerbForm(lemma, group, "finite", particle)))
        if particle:
            found.append((particle + word, VerbForm(lemma, group, "finite")))
    found.append((particle + participle, VerbForm(lemma, group, "participle")))
    return found


# Konjunktiv I, unmistakable; II only where a statement is already under way.
KONJUNKTIV = frozenset(
    """sei seien habe werde könne müsse dürfe solle wolle möge wisse gebe gehe komme stehe liege
    bestehe bleibe sehe nehme finde halte lasse brauche führe handele handle gelte zeige trage
    spreche stelle diene erwarte hoffe glaube denke fordere verlange unterstütze bedeute
    betreffe betrage entspreche erfolge erhalte ermögliche fehle funktioniere gehöre gelange
    gelinge geschehe gewinne helfe kenne koste lebe leide leiste plane prüfe reiche rechne
    scheine sitze sorge steige sterbe treffe trete tue übernehme verfüge verhindere verliere
    verstehe verstoße versuche vertrete warte wachse ziehe zwinge zahle beginne behalte bekomme
    besitze beziehe arbeite laufe falle fahre heiße verlasse beruhe basiere existiere passe
    drohe greife begehe entstehe ergebe bringe setze mache biete enthalte erkläre weise beweise
    verletze gefährde benötige bereite bilde schaffe ändere fühle wirke betreibe erlaube
    übertreibe werfe begründe resultiere lehne nenne schließe schreibe sage behaupte befürchte
    besage eigne empfehle erinnere erreiche erscheine genüge gewähre hinterlasse interessiere
    kritisiere liefere löse missachte produziere profitiere reagiere rechtfertige respektiere
    rufe scheitere schade schlage schweige spiele strebe stimme stamme töte überlege überwiege
    unterliege unterscheide untersuche verbiete verbessere verdiene verfolge vergesse verhalte
    verkaufe vermeide vernachlässige verschärfe verschwinde verwende verzichte widerspreche
    wohne zerstöre zweifle bedinge ruhe rate lerne nütze fürchte hasse kontrolliere informiere
    bezweifle""".split()
)
KONJUNKTIV_II = frozenset(
    """hätte hätten wären würde würden könnten müsste müssten käme kämen gäbe gäben ginge stünde
    stünden bräuchte bräuchten""".split()
)
# "nach Angaben", "laut Mitteilung": the noun stands for what is said.
SAYING_NOUNS = re.compile(
    r"(?:angaben?|aussagen?|informationen|berichte?n?s?|meldung(?:en)?|mitteilung(?:en)?"
    r"|schätzung(?:en)?|analysen?|prognosen?|\A(?:worten|ansicht|meinung|einschätzung(?:en)?"
    r"|auffassung|darstellung|auskunft|überzeugung|erkenntnisse?n?|äußerung(?:en)?|sicht"
    r"|berechnung(?:en)?|vermutung(?:en)?|erklärung(?:en)?|umfragen?|studien?|statistik(?:en)?"
    r"|bekunden|ermittlung(?:en)?|behauptung(?:en)?|darlegung(?:en)?|dokuments?|untersuchung(?:en)?"
    r"|gutachten|verlautbarung|vernehmen|veröffentlichung|planung(?:en)?|stellungnahmen?"
    r"|vorhersagen?))\Z"
)
# A noun that a dass-clause, an infinitive or a colon spells out.
CONTENT_NOUNS = re.compile(
    r"\A(?:behauptung(?:en)?|vorw[uü]rfe?n?s?|forderung(?:en)?|ankündigung(?:en)?|aussagen?|meinung(?:en)?|ansicht"
    r"|auffassung|befürchtung(?:en)?|hoffnung|verdacht|these|überzeugung|warnung(?:en)?|erklärung|frage"
    r"|ergebnis|schluss|einschätzung|begründung|worten|zitat|argument|bericht|sorge|vermutung|appell"
    r"|aufforderung|kritik|drohung|zusage|versprechen|feststellung|meldung(?:en)?|gerüchte?n?|ansage|theorie|zweifel|standpunkt|motto|slogan)\Z"
)
# Verbs that report on their own only with this preposition, and those that do in the passive.
BARE_WITH: dict[str, frozenset[str]] = {
    "berichten": frozenset({"von", "vom"}),
    "sprechen": frozenset({"von", "vom"}),
    "verweisen": frozenset({"auf"}),
    "begründen": frozenset({"mit"}),
    "äußern": frozenset({"gegen"}),
    "rechnen": frozenset({"mit"}),
    "klagen": frozenset({"über"}),
    "drohen": frozenset({"mit"}),
    "ausgehen": frozenset({"von", "davon"}),
    "hinweisen": frozenset({"auf"}),
    **dict.fromkeys(
        "kritisieren verurteilen werten betrachten zurückweisen loben einschätzen empfinden nennen"
        " angeben beurteilen bewerten ansehen attackieren".split(),
        frozenset({"als"}),
    ),
}
# What an opinion sees in something: "sieht darin eine Gefahr".
_JUDGED = re.compile(
    r"(?:ung|heit|keit|schaft|tion|tät|enz|anz|nis|chance|gelegenheit|gefahr|schritt|zeichen"
    r"|grund|problem|risiko|versuch|verstoß|signal|erfolg|fehler|angriff|durchbruch|ende|anlass"
    r"|beleg|beweis|fortschritt|partner|feind|gegner|vorteil|nachteil|rückschlag|weg|sinn"
    r"|vorwand|bruch|krieg|krise)(?:e?s|en)?\Z"
)
_SEEN_IN = frozenset("dem der den diesem dieser diesen seinem seiner ihrem ihrer".split())
_JUDGING = frozenset("ein eine einen kein keine keinen den die das".split())
# With these words in its clause the verb means something else.
NOT_WITH: dict[str, re.Pattern[str]] = {
    "bestätigen": re.compile(r"nicht\Z|weder\Z"),
    "melden": re.compile(r"sich\Z"),
    "fordern": re.compile(r".*(?:opfer|leben|tote|verletzte)"),
}
PASSIVE_BARE = frozenset({"vermuten", "bemängeln", "nennen", "angeben"})
# "zeigte sich zuversichtlich, dass": a state of mind that a clause spells out.
CONTENT_ADJECTIVES = frozenset(
    """optimistisch zuversichtlich überzeugt besorgt enttäuscht erfreut entschlossen bereit stolz
    froh dankbar unzufrieden empört skeptisch bewusst""".split()
)
SUBORDINATORS = frozenset(
    """dass daß ob wie nachdem weil da obwohl während wenn als sobald bevor ehe indem falls sofern solange wonach seit
    that as while after because although since where""".split()
)
COMPLEMENT_OPENERS = frozenset(
    """dass daß ob wie was wann wer warum weshalb wieso wo wohin welche welcher welches inwieweit
    inwiefern that whether""".split()
)
HAVE = frozenset("hat haben hatte hatten habe hätten hätte has have had".split())
BE = frozenset(
    "wird werden wurde wurden worden ist sind war waren sei seien werde was were been is be".split()
)
