"""The grammar words of German questions; no names, no topics."""

from __future__ import annotations

from index.lang.words import word_set
from rag.understanding.grammar import Grammar, join_pattern, match_phrase

GERMAN = Grammar(
    language="de",
    question_words=word_set(
        """
        was wer wen wem wessen wann wo wohin woher wie warum wieso weshalb wozu wovor womit
        worüber wofür wogegen wovon woran worauf welche welcher welches welchen welchem
        """
    ),
    who=word_set("wer"),
    what=word_set("was"),
    which=word_set("welche welcher welches welchen welchem"),
    auxiliaries=word_set(
        """
        hat haben hatte hatten habe ist sind war waren wird werden wurde wurden würde würden
        worden soll sollte sollten kann können konnte muss musste darf will wollen wollte
        möchte sein gibt gab
        """
    ),
    passive=word_set("wird werden wurde wurden worden"),
    prepositions=word_set(
        """
        zu zum zur über von vom für gegen mit auf an am in im ins bei beim nach vor seit bis
        aus um durch ohne unter zwischen während wegen hinsichtlich bezüglich gegenüber als
        ab
        """
    ),
    clause_words=word_set("dass ob weil wenn damit daß"),
    articles=word_set(
        """
        der die das den dem des ein eine einen einem einer eines diese dieser dieses diesem
        diesen
        """
    ),
    pronouns=word_set("er sie"),
    objects=word_set("ihn ihr ihm ihnen sie"),
    anaphora=word_set(
        """
        dazu darüber davon davor dagegen dafür daran darauf damit das es dies dieses hierzu
        diesbezüglich
        """
    ),
    pointers=word_set(
        """
        ihn ihm ihnen davon dazu darüber damit daran darauf dagegen dafür diese dieser dieses
        diesem diesen
        """
    ),
    conjunctions=word_set("und oder sowie &"),
    fillers=word_set(
        """
        sich stellte stellt erhob erhebt nimmt nahm bezog vertritt vertrat machte macht gab
        vorher zuvor früher danach später seitdem seither beide je jemals eigentlich denn genau
        noch auch schon mal einmal bitte mir uns ihm alles etwas nun jetzt so sehr
        öffentlich zuletzt zuerst zunächst erstmals kürzlich neulich aktuell derzeit heute
        neueste neuesten jüngste jüngsten letzte letzten letztes erste ersten male zeit
        thema frage ihre ihren seine seinen seiner ein vor zurück weiter mehr sonst wieder
        immer nicht nur bloß lediglich vergleiche vergleich unterschied unterschiede und aber ja
        datum tag jahr monat viele viel oft aussagen zitate stellung bezug ausdruck
        """
    ),
    verbs=join_pattern(
        """(?:sag(?:t|te|ten|en|e)|gesagt|aus(?:ge)?sag(?:t|te)|(?:ge)?äußer(?:t|te|ten|n|e)?
        |geäußert|mein(?:t|te|ten|en)|gemeint|denkt|denken|dachten?|gedacht|glaub(?:t|te|ten|en)
        |geglaubt|forder(?:t|te|ten|n)|gefordert|aufgefordert|verlang(?:t|te|ten|en)
        |(?:ge)?warn(?:t|te|ten|en)|kündig(?:t|te|ten|en)|angekündigt|erklär(?:t|te|ten|en)
        |beton(?:t|te|ten|en)|behaupt(?:et|ete|eten|en)|bestreitet|bestritt(?:en)?
        |(?:kritisier|reagier|kommentier|dementier|plädier|appellier|argumentier)(?:t|te|ten|en)
        |wirft|warf(?:en)?|werfen|(?:vor)?geworfen|vorwirft|vorwarf|schlug(?:en)?|schlägt
        |vorgeschlagen
        |vorschl(?:ug|ägt)|versprach(?:en)?|verspricht|versprochen|droh(?:t|te|ten|en)|gedroht
        |red(?:et|ete|en)|geredet|sprach(?:en)?|spricht|(?:ge|an|aus)?sprechen|(?:an|aus)?gesprochen
        |(?:be)?antwort(?:et|ete|en|eten)|geantwortet|bewert(?:et|ete|en|eten)
        |beurteil(?:t|te|en|ten)|nennt|nannten?|genannt|bezeichn(?:et|ete|en|eten)|aufgerufen|ruft
        |rief(?:en)?|beschuldig(?:t|te|en|ten)|empfiehlt|empfahl(?:en)?|empfohlen
        |(?:be)?fürcht(?:et|ete|en|eten)|erwähn(?:t|te|en|ten)|teilten?|mitgeteilt|begründ(?:et
        |ete|en)
        |(?:ge)?lob(?:t|te|en|ten)|verurteil(?:t|te|en|ten)|bekräftig(?:t|te|en|ten)
        |versicher(?:t|te|n|ten)|räumten?|eingeräumt|bestätig(?:t|te|en|ten)|lehn(?:t|te|en|ten)
        |abgelehnt|unterstütz(?:t|te|en|ten)|befürwort(?:et|ete|en)|mahn(?:t|te|en|ten)|gemahnt
        |zugesagt|schilder(?:t|te|n|ten)|beschreib(?:t|en)|beschrieb(?:en)?|zurückgewiesen
        |wies(?:en)?
        |unterstrich(?:en)?|unterstreicht)"""
    ),
    weak_verbs=join_pattern(
        "(?:will|wollen|wollte[nt]?|sieht|sehen|sah|steht|stehen|stand|hält|halten|hielt(?:en)?"
        "|gehalten|hoff(?:t|te|en|ten)|erwart(?:et|ete|en)|schreibt|schrieb(?:en)?|geschrieben"
        "|berichte[nt]?(?:e|en)?|fragt(?:e|en)?|gefragt|gefragt)"
    ),
    separable=(
        (join_pattern("stimm(?:t|te|ten|en)"), word_set("zu überein")),
        (join_pattern("pflichte(?:t|te|ten|n)"), word_set("bei")),
        (join_pattern("schl(?:ug(?:en)?|ägt)|warf(?:en)?|w(?:i|e)rf(?:t|en)"), word_set("vor")),
        (join_pattern("r(?:ief(?:en)?|uft)"), word_set("auf zu")),
        (join_pattern("lehn(?:t|te|en|ten)"), word_set("ab")),
        (join_pattern("räumten?"), word_set("ein")),
        (join_pattern("wies(?:en)?"), word_set("zurück hin")),
        (join_pattern("teilten?"), word_set("mit")),
        (join_pattern("kündig(?:t|te|ten|en)"), word_set("an")),
        (join_pattern("h(?:ält|ielt(?:en)?|alten)"), word_set("von vom")),
        (join_pattern("st(?:eht|ehen|and)"), word_set("zu zum zur")),
    ),
    nouns=join_pattern(
        """(?:position(?:en)?|haltung|meinung(?:en)?|ansicht(?:en)?|reaktion(?:en)?|aussagen?
        |äußerung(?:en)?|forderung(?:en)?|warnung(?:en)?|kommentare?|kritik|antwort(?:en)?|zitate?
        |worte|standpunkte?|bedenken|begründung(?:en)?|erklärung(?:en)?|zweifel|einwände?|einschätzung(?:en)?|stellungnahmen?|versprechen|vorschl(?:a|ä)ge?
        |vorw(?:u|ü)rfe?|reden?|argumente?|sicht|auffassung|stellung)"""
    ),
    titles=join_pattern(
        """(?:\\w{0,24}(?:minister|ministerin|präsident|präsidentin|kanzler|kanzlerin|chef|chefin
        |sprecher|sprecherin|sekretär|sekretärin|botschafter|botschafterin|kommissar|kommissarin
        |meister|meisterin|beauftragte[rn]?|expert[ei]n?|vorsitzende[rn]?|senator|senatorin|richter
        |richterin|politiker|politikerin|führer|führerin|leiter|leiterin|unterhändler|unterhändlerin
        |premier|general)|abgeordnete[rn]?|könig|königin|papst|frau|herr|herrn|dr|prof|professor
        |professorin)"""
    ),
    modifiers=frozenset(),
    bodies=join_pattern(
        """(?:\\w{0,24}(?:ministerium|regierung|gewerkschaft|partei|behörde|verwaltung|gesellschaft
        |amt|zentrale|leitung|vorstand|betreiber|hersteller|verband|verein|pfarrer|bischof|bischöfin
        |anwalt|anwältin|arzt|ärztin|trainer|trainerin|kapitän|ingenieur|ingenieurin|berater
        |beraterin|direktor|direktorin|vertreter|vertreterin|intendant|intendantin|bauer)
        |kreml|pentagon|weiße\\shaus)s?"""
    ),
    links=word_set("von vom für"),
    aides=join_pattern(r"(?!)"),
    places=word_set("in im aus beim bei am an"),
    genitives=word_set("des der eines einer"),
    states=frozenset(),
    generic=join_pattern("(?:minister|politiker|ressortchef)(?:in|s)?"),
    possessives=join_pattern("(?:sein|ihr|deren|dessen)(?:e[nrms]?)?"),
    agents=word_set("von vom"),
    agreeing=join_pattern(
        """(?:widersprach(?:en)?|widersprochen|widerspr(?:icht|echen)|zu(?:ge)?stimm(?:t|te|ten|en)
        |stimm(?:t|te|ten|en)|pflichte(?:t|te|ten|n)|beigepflichtet|einig|uneinig|uneins
        |übereinstimm(?:t|te|en))"""
    ),
    quoting=join_pattern("(?:zitiert|wiedergegeben)"),
    when=match_phrase(
        r"(?:und |aber )?(?:(?:seit|bis|ab) wann|wann|(?:auf|für|bis zu) welche[nm] (?:tag"
        r"|datum)|an welchem (?:tag|datum)|in welchem (?:jahr"
        r"|monat))(?!\w)"
    ),
    amount=match_phrase(
        r"(?:und |aber )?(?:wie (?:lange|viele?|oft|alt|weit|hoch|groß)|wieviele?)(?!\w)"
    ),
    attribution=match_phrase(
        r"(?<!\w)(?:laut|(?:nach (?:den )?|den )(?:angaben|worten)(?: von| des| der)?"
        r"|nach (?:ansicht|meinung|auffassung|einschätzung|darstellung)(?: von| des| der)?"
        r"|aus sicht(?: von| des| der)?)(?!\w)"
    ),
    connective=match_phrase(
        r"(?:(?:und|aber|ok|okay)(?:,)? )?(?:was ist mit|wie ist es mit|wie steht es mit"
        r"|wie sieht es (?:mit|bei)|und|aber|auch)(?!\w),? ?"
    ),
    request=match_phrase(
        r"(?:bitte )?(?:(?:kannst|könntest) du |(?:können"
        r"|könnten) sie )?(?:mir )?(?:bitte )?(?:sag|sage"
        r"|zeig|zeige|nenn|nenne|nennen|zeigen|sagen|gib|erzähl|erzähle|finde|such|suche|liste)"
        r"(?: sie)?(?: mir| uns)?(?: bitte)?(?: alles| alle)?(?!\w),? ?|ich (?:will"
        r"|möchte) wissen,? "
    ),
    newest=match_phrase(
        r"(?<!\w)(?:zuletzt|kürzlich|neulich|jüngst(?:e[nrs]?)?|neuest(?:e[nrs]?)"
        r"|aktuell(?:e[nrs]?)?"
        r"|derzeit|letzte[nrs]? (?:mal|\w{0,9}äußerung(?:en)?|aussagen?|worte|zitate?"
        r"|stellungnahmen?))"
        r"(?!\w)"
    ),
    oldest=match_phrase(
        r"(?<!\w)(?:erstmals|zuerst|zum ersten mal|das erste mal|ursprünglich|älteste[nrs]?"
        r"|frühe?ste[nrs]?|erste[nrs]? (?:äußerung|aussage|stellungnahme|reaktion))(?!\w)"
    ),
    earlier=match_phrase(r"(?<!\w)(?:davor|vorher|zuvor|früher)(?!\w)"),
    later=match_phrase(r"(?<!\w)(?:danach|später|seitdem|seither)(?!\w)"),
    now=match_phrase(r"(?:jetzt|inzwischen|mittlerweile)\W*$"),
    further=match_phrase(
        r"(?<!\w)(?:was (?:\w+ ){0,4}(?:noch|sonst)|sonst noch etwas|noch etwas|noch mehr)(?!\w)"
    ),
    common=join_pattern(
        r"\w+(?:ung|en|keit|heit|tion|schaft|tät|ismus|nis|ei|[^aeiouy]e|chen|tum|ment)"
    ),
)
