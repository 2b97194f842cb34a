"""The grammar words of questions in English, German and Russian; no names, no topics."""

from __future__ import annotations

import re

from rag.language import Language, word_set
from rag.understanding.grammar import Grammar


def _re(pattern: str) -> re.Pattern[str]:
    return re.compile("".join(pattern.split()), re.IGNORECASE)


def _phrase(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


ENGLISH = Grammar(
    language="en",
    question_words=word_set("what who whom whose when where why how which"),
    who=word_set("who"),
    what=word_set("what"),
    which=word_set("which what whose"),
    auxiliaries=word_set(
        """
        did does do has have had is are was were will would can could should may might must
        be been
        """
    ),
    passive=word_set("is are was were be been being"),
    prepositions=word_set(
        """
        about on of to for in at with by from against over regarding concerning towards
        toward after before during since into under around between among without within upon
        as than
        """
    ),
    clause_words=word_set("that if whether because when while who which"),
    articles=word_set("the a an this these those"),
    pronouns=word_set("he she they"),
    objects=word_set("him her them"),
    anaphora=word_set("it that this those these there so"),
    pointers=word_set("it they them this that these those"),
    conjunctions=word_set("and or as well & nor"),
    fillers=word_set(
        """
        both make made take took taken give gave given express hold held issue raise ever earlier
        later afterwards exactly actually really else also too then now already still just
        again say anything something everything more not's there publicly officially
        recently lately latest newest earliest currently first last most recent time times
        so far and or but please me us i you your my all any some day date year month long
        many much often quotes quote statements matter subject topic question
        """
    ),
    verbs=_re(
        """(?:say|says|said|saying|tell|told|telling|stated|stating|claim(?:s|ed|ing)?
        |think|thinks|thinking|thought|believ(?:e|es|ed|ing)|demand(?:s|ed|ing)?|warn(?:s|ed|ing)?
        |call(?:s|ed|ing)?|promis(?:e|es|ed|ing)|announc(?:e|es|ed|ing)|den(?:y|ies|ied|ying)
        |criticis(?:e|es|ed|ing)|criticiz(?:e|es|ed|ing)|accus(?:e|es|ed|ing)
        |propos(?:e|es|ed|ing)|suggest(?:s|ed|ing)?|argu(?:e|es|ed|ing)|insist(?:s|ed|ing)?
        |stress(?:es|ed|ing)?|emphasi[sz](?:e|es|ed|ing)|comment(?:s|ed|ing)?
        |respond(?:s|ed|ing)?|react(?:s|ed|ing)?|repl(?:y|ies|ied|ying)|answer(?:s|ed|ing)?
        |explain(?:s|ed|ing)?|declar(?:e|es|ed|ing)|mention(?:s|ed|ing)?
        |describ(?:e|es|ed|ing)|assess(?:es|ed|ing)?|judg(?:e|es|ed)
        |express(?:es|ed|ing)?|threaten(?:s|ed|ing)?|reject(?:s|ed|ing)?|oppos(?:e|es|ed|ing)
        |support(?:s|ed|ing)?|prais(?:e|es|ed|ing)|condemn(?:s|ed|ing)?|blam(?:e|es|ed|ing)
        |urg(?:e|es|ed|ing)|request(?:s|ed|ing)?|complain(?:s|ed|ing)?|admit(?:s|ted|ting)?
        |confirm(?:s|ed|ing)?|predict(?:s|ed|ing)?|vow(?:s|ed|ing)?|pledg(?:e|es|ed|ing)
        |recommend(?:s|ed|ing)?|advis(?:e|es|ed|ing)|remark(?:s|ed|ing)?|quoted|assert(?:s|ed)?)"""
    ),
    weak_verbs=_re(
        "(?:speaks?|spoke|spoken|speaking|talk(?:s|ed|ing)?|wants?|wanted|sees?"
        "|saw|feels?|felt|stands?|stood|views?|viewed|expects?"
        "|expected|hopes?|hoped|writes?|wrote|asks?|asked|offers?|offered|fears?"
        "|feared|justif(?:y|ies|ied))"
    ),
    separable=((_re("st(?:ands?|ood)"), word_set("on regarding")),),
    nouns=_re(
        """(?:position|views?|stance|opinions?|reactions?|statements?|demands?|warnings?|comments?
        |remarks?|criticism|response|answer|quotes?|quotations?|words|claims?|attitude
        |promises?|proposals?|accusations?|speech(?:es)?|assessment|arguments?|message)"""
    ),
    titles=_re(
        """(?:prime|foreign|deputy|defen[cs]e|finance|interior|minister|president|chancellor
        |vice|secretary|state|mr|mrs|ms|dr|prof|professor|ambassador|general|senator|spokes\\w{3,6}
        |pope|king|queen|prince|princess|sir|lord|lady|chief|judge|governor|mayor|commissioner
        |representative
        |leader|envoy|negotiator|head|director|chair\\w{0,6}|premier|mp|official|expert)"""
    ),
    modifiers=word_set(
        """
        foreign prime deputy defence defense finance interior vice state general
        """
    ),
    when=_phrase(
        r"(?:and |but )?(?:since when|until when|by when|when|by (?:what|which) date"
        r"|at what time|on (?:what|which) (?:day|date)"
        r"|in (?:what|which) (?:year|month)|(?:what|which) (?:day|date|year|month))(?!\w)"
    ),
    amount=_phrase(
        r"(?:and |but )?how (?:long|many|often|old|far|soon)(?!\w)|(?:and |but )?how much(?!\w)"
    ),
    attribution=_phrase(r"(?<!\w)(?:according to|in the (?:words|view|opinion) of)(?!\w)"),
    connective=_phrase(
        r"(?:(?:and|but|so|or|ok|okay)(?:,)? )?(?:(?:what|how) about|how is it with|and|but|also)"
        r"(?!\w),? ?"
    ),
    request=_phrase(
        r"(?:please )?(?:(?:can|could|would) you )?(?:please )?(?:tell|show|give|find"
        r"|list)(?: me| us)?"
        r"(?: everything| all| anything)?(?!\w) ?|(?:i(?: would|'d) like to know|i want to know) "
    ),
    newest=_phrase(
        r"(?<!\w)(?:latest|newest|most recent(?:ly)?|recent(?:ly)?|lately|currently|right now"
        r"|last (?:time|sa[iy]\w*|spoke|speak|comment\w*|mention\w*|statements?|words?|remarks?"
        r"|warn\w*|demand\w*|quotes?))(?!\w)"
    ),
    oldest=_phrase(
        r"(?<!\w)(?:earliest|oldest|originally|(?:for the )?first (?:time|say|said|sp[eo]\w+"
        r"|mention\w*"
        r"|warn\w*|demand\w*|call\w*|announce\w*|propose\w*|suggest\w*|comment\w*|statement|raise"
        r"|criticis\w*|promise\w*|claim\w*))(?!\w)"
    ),
    earlier=_phrase(r"(?<!\w)(?:before that|before then|earlier)(?!\w)"),
    later=_phrase(r"(?<!\w)(?:after that|afterwards|later|since then)(?!\w)"),
    common=_re(r"(?!)"),
)

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
        immer und aber ja datum tag jahr monat viele viel oft aussagen zitate stellung bezug
        ausdruck
        """
    ),
    verbs=_re(
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
    weak_verbs=_re(
        "(?:will|wollen|wollte[nt]?|sieht|sehen|sah|steht|stehen|stand|hält|halten|hielt(?:en)?"
        "|gehalten|hoff(?:t|te|en|ten)|erwart(?:et|ete|en)|schreibt|schrieb(?:en)?|geschrieben"
        "|berichte[nt]?(?:e|en)?|fragt(?:e|en)?|gefragt|gefragt)"
    ),
    separable=(
        (_re("schl(?:ug(?:en)?|ägt)|warf(?:en)?|w(?:i|e)rf(?:t|en)"), word_set("vor")),
        (_re("r(?:ief(?:en)?|uft)"), word_set("auf zu")),
        (_re("lehn(?:t|te|en|ten)"), word_set("ab")),
        (_re("räumten?"), word_set("ein")),
        (_re("wies(?:en)?"), word_set("zurück hin")),
        (_re("teilten?"), word_set("mit")),
        (_re("kündig(?:t|te|ten|en)"), word_set("an")),
        (_re("h(?:ält|ielt(?:en)?|alten)"), word_set("von vom")),
        (_re("st(?:eht|ehen|and)"), word_set("zu zum zur")),
    ),
    nouns=_re(
        """(?:position(?:en)?|haltung|meinung(?:en)?|ansicht(?:en)?|reaktion(?:en)?|aussagen?
        |äußerung(?:en)?|forderung(?:en)?|warnung(?:en)?|kommentare?|kritik|antwort(?:en)?|zitate?
        |worte|standpunkte?|einschätzung(?:en)?|stellungnahmen?|versprechen|vorschl(?:a|ä)ge?
        |vorw(?:u|ü)rfe?|reden?|argumente?|sicht|auffassung|stellung)"""
    ),
    titles=_re(
        """(?:\\w{0,24}(?:minister|ministerin|präsident|präsidentin|kanzler|kanzlerin|chef|chefin
        |sprecher|sprecherin|sekretär|sekretärin|botschafter|botschafterin|kommissar|kommissarin
        |meister|meisterin|beauftragte[rn]?|expert[ei]n?|vorsitzende[rn]?|senator|senatorin|richter
        |richterin|politiker|politikerin|führer|führerin|leiter|leiterin|unterhändler|unterhändlerin
        |premier|general)|abgeordnete[rn]?|könig|königin|papst|frau|herr|herrn|dr|prof|professor
        |professorin)"""
    ),
    modifiers=frozenset(),
    when=_phrase(
        r"(?:und |aber )?(?:(?:seit|bis|ab) wann|wann|(?:auf|für|bis zu) welche[nm] (?:tag"
        r"|datum)|an welchem (?:tag|datum)|in welchem (?:jahr"
        r"|monat))(?!\w)"
    ),
    amount=_phrase(
        r"(?:und |aber )?(?:wie (?:lange|viele?|oft|alt|weit|hoch|groß)|wieviele?)(?!\w)"
    ),
    attribution=_phrase(
        r"(?<!\w)(?:laut|(?:nach (?:den )?|den )(?:angaben|worten)(?: von| des| der)?"
        r"|nach (?:ansicht|meinung|auffassung|einschätzung|darstellung)(?: von| des| der)?"
        r"|aus sicht(?: von| des| der)?)(?!\w)"
    ),
    connective=_phrase(
        r"(?:(?:und|aber|ok|okay)(?:,)? )?(?:was ist mit|wie ist es mit|wie steht es mit"
        r"|wie sieht es (?:mit|bei)|und|aber|auch)(?!\w),? ?"
    ),
    request=_phrase(
        r"(?:bitte )?(?:(?:kannst|könntest) du |(?:können"
        r"|könnten) sie )?(?:mir )?(?:bitte )?(?:sag|sage"
        r"|zeig|zeige|nenn|nenne|nennen|zeigen|sagen|gib|erzähl|erzähle|finde|such|suche|liste)"
        r"(?: sie)?(?: mir| uns)?(?: bitte)?(?: alles| alle)?(?!\w),? ?|ich (?:will"
        r"|möchte) wissen,? "
    ),
    newest=_phrase(
        r"(?<!\w)(?:zuletzt|kürzlich|neulich|jüngst(?:e[nrs]?)?|neuest(?:e[nrs]?)"
        r"|aktuell(?:e[nrs]?)?"
        r"|derzeit|letzte[nrs]? (?:mal|\w{0,9}äußerung(?:en)?|aussagen?|worte|zitate?"
        r"|stellungnahmen?))"
        r"(?!\w)"
    ),
    oldest=_phrase(
        r"(?<!\w)(?:erstmals|zuerst|zum ersten mal|das erste mal|ursprünglich|älteste[nrs]?"
        r"|frühe?ste[nrs]?|erste[nrs]? (?:äußerung|aussage|stellungnahme|reaktion))(?!\w)"
    ),
    earlier=_phrase(r"(?<!\w)(?:davor|vorher|zuvor|früher)(?!\w)"),
    later=_phrase(r"(?<!\w)(?:danach|später|seitdem|seither)(?!\w)"),
    common=_re(r"\w+(?:ung|en|keit|heit|tion|schaft|tät|ismus|nis|ei|[^aeiouy]e|chen|tum|ment)"),
)

RUSSIAN = Grammar(
    language="ru",
    question_words=word_set(
        """
        что чего чему чем чём кто кого кому кем ком когда где куда откуда почему зачем как
        какой какая какое какие какую каким какими каких какого каком каков какова каково
        каковы сколько ли
        """
    ),
    who=word_set("кто"),
    what=word_set("что"),
    which=word_set("какой какая какое какие какую каким какими каких какого"),
    auxiliaries=word_set("был была было были будет будут быть есть бы"),
    passive=word_set("был была было были"),
    prepositions=word_set(
        """
        о об обо про насчёт насчет в во на по к ко с со от из для за против у при над под
        перед между без до после через относительно касательно ради
        """
    ),
    clause_words=word_set("чтобы если потому поскольку"),
    articles=frozenset(),
    pronouns=word_set("он она они"),
    objects=word_set("нём нем ней них него неё нее ним нему ними"),
    anaphora=word_set("это этом этого этому этим то том того тому там"),
    pointers=word_set("его её ее них нём нем ней этом этого этому этим этот эта эту эти"),
    conjunctions=word_set("и или а также &"),
    fillers=word_set(
        """
        ли выразил выразила занимает дал дала раньше ранее позже потом пор же ещё еще именно
        точно вообще когда-либо когда-нибудь себя свою своё свое своей своего недавно
        впервые сейчас теперь уже тоже также пожалуйста мне нам всё все больше последний
        последнее последние первый раз время тема теме вопрос вопросу вопросе поводу
        отношении год день дата году месяце и а но ну да его её ее их что-то что-нибудь
        цитаты заявления
        """
    ),
    verbs=_re(
        """(?:сказал[аио]?|скажет|говор(?:ил[аио]?|ит|ят)|поговорил[аи]?|заявл(?:ял[аи]?|яет|яют)
        |заявил[аио]?|(?:по)?дума(?:ет|ют|л|ла|ли)|счита(?:ет|ют|л|ла|ли)|полага(?:ет|ют|л|ла|ли)
        |утвержда(?:ет|ют|л|ла|ли)|(?:по)?треб(?:ует|уют|овал|овала|овали)
        |предупре(?:дил|дила|дили|ждает|ждают|ждал|ждала|ждали)
        |предостер(?:ёг|ег|егла|егли|егает|егал|егала)|(?:по)?обеща(?:ет|ют|л|ла|ли)
        |предлага(?:ет|ют|л|ла|ли)|предложил[аи]?|(?:рас)?критик(?:ует|уют|овал|овала|овали)
        |обвин(?:ил|ила|или|яет|яют|ял|яла|яли)|отрица(?:ет|ют|л|ла|ли)|ответил[аи]?
        |отвеча(?:ет|ют|л|ла|ли)|(?:от)?реагир(?:ует|овал|овала|овали)
        |(?:про)?комментир(?:ует|уют|овал|овала|овали)|высказ(?:ал|ала|али)(?:ся|ась|ись)?
        |высказыва(?:ет|л|ла|ли)(?:ся|ась|ись)?|выра(?:зил|зила|зили|жает|жал)|объясн(?:ил|ила
        |или|яет|ял)
        |объяв(?:ил|ила|или|ляет)|подчерк(?:нул|нула|нули|ивает|ивал)|отме(?:тил|тила|тили|чает
        |чал|чала)
        |призва(?:л|ла|ли)|призыва(?:ет|л|ла|ли)|упом(?:янул|янула|янули|инает|инал|инала)
        |оцени(?:л|ла|ли|вает|вал|вала)|угрожа(?:ет|л|ла|ли)|поддерж(?:ал|ала|али|ивает|ивал|ивала)
        |отверг(?:ла|ли|ает)?|осуди(?:л|ла|ли)|осужда(?:ет|л)|назва(?:л|ла|ли)|призна(?:л|ла|ли
        |ёт|ет)
        |подтверд(?:ил|ила|или)|подтвержда(?:ет|л)|опроверг(?:ла|ли|ает)?
        |рассказ(?:ал|ала|али|ывает|ывал|ывала)|сообщ(?:ил|ила|или|ает|ал)|опаса(?:ется|лся|лась)
        |настаива(?:ет|л|ла|ли)|(?:по)?совет(?:ует|овал|овала)|пожаловал(?:ся|ась)
        |(?:по)?хвалил[аи]?
        |выступ(?:ил|ила|или|ает|ал|ала))"""
    ),
    weak_verbs=_re(
        """(?:хочет|хотел[аи]?|хотят|относ(?:ится|ился|илась|ились|ятся)|отнёсся|отнеслась
        |видит|видел[аи]?|пишет|(?:на)?писал[аи]?|(?:по)?просил[аи]?|просит|надеется|надеялс[яь]
        |ожида(?:ет|л|ла|ли)|смотрит)"""
    ),
    separable=(),
    nouns=_re(
        """(?:позици(?:я|и|ю)|мнени(?:е|я)|реакци(?:я|и|ю)|заявлени(?:е|я|й)|требовани(?:е|я|й)
        |предупреждени(?:е|я|й)|комментари(?:й|и|ев|я)|критик(?:а|и|у)|ответ(?:ы)?|цитат(?:а|ы)?
        |слова|отношени(?:е|я)|высказывани(?:е|я|й)|оценк(?:а|и|у)|предложени(?:е|я|й)
        |обвинени(?:е|я|й)|обещани(?:е|я|й)|реч(?:ь|и)|выступлени(?:е|я)|взгляд(?:ы)?)"""
    ),
    titles=_re(
        """(?:\\w{0,20}-?(?:министр|президент|канцлер|секретар|посол|посл|депутат|сенатор|генерал
        |спикер|премьер|глав|представител|руководител|директор|эксперт|судь|мэр|губернатор|комиссар
        |корол|пап|председател|лидер|господин|госпож)\\w{0,4}|иностранных|дел|обороны|финансов
        |внутренних|мид|г-н|г-жа)"""
    ),
    modifiers=word_set("иностранных дел обороны финансов внутренних"),
    when=_phrase(
        r"(?:а |и |но )?(?:с каких пор|когда|в каком (?:году|месяце)|какого числа"
        r"|в какой день|(?:на|до|к|с) как(?:ое|ого|ому|ой|ую)"
        r" (?:числ[оау]|срока?|дат[ыеу]|дню?|дня|года?|месяца?))(?!\w)"
    ),
    amount=_phrase(r"(?:а |и |но )?(?:сколько|как (?:долго|часто|далеко))(?!\w)"),
    attribution=_phrase(
        r"(?<!\w)(?:по (?:словам|мнению|утверждению|оценке|заявлению)|согласно"
        r"|с точки зрения)(?!\w)"
    ),
    connective=_phrase(
        r"(?:(?:а|и|но|ну|ок),? )?(?:(?:что|как)(?: же)? (?:насч[её]т|по поводу)|как же|что с|а"
        r"|и|но)"
        r"(?!\w),? ?"
    ),
    request=_phrase(
        r"(?:пожалуйста,? )?(?:скажи(?:те)?|покажи(?:те)?|расскажи(?:те)?|назови(?:те)?"
        r"|найди(?:те)?|дай(?:те)?)"
        r"(?: мне| нам)?(?: пожалуйста)?(?: вс[её])?(?!\w),? ?|(?:я )?хочу знать,? "
    ),
    newest=_phrase(
        r"(?<!\w)(?:недавно|сейчас|в последн(?:ий раз|ее время)|последн(?:ее|ие|их|яя|юю"
        r"|ий) (?:заявлени\w+"
        r"|высказывани\w+|слова|комментари\w+|цитат\w+|реакци\w+)|нове\w{4,6})(?!\w)"
    ),
    oldest=_phrase(
        r"(?<!\w)(?:впервые|в первый раз|изначально|перв(?:ое|ые|ая|ую|ый) (?:заявлени\w+"
        r"|высказывани\w+"
        r"|слова|комментари\w+|реакци\w+)|сначала|сам(?:ое|ые) ранн\w+)(?!\w)"
    ),
    earlier=_phrase(r"(?<!\w)(?:до этого|до того|раньше|ранее)(?!\w)"),
    later=_phrase(r"(?<!\w)(?:после этого|после того|позже|потом|с тех пор)(?!\w)"),
    common=_re(r"(?!)"),
)

GRAMMARS: dict[Language, Grammar] = {"en": ENGLISH, "de": GERMAN, "ru": RUSSIAN}
