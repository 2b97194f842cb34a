"""Tables of words for offices, institutions and countries in German, English and Russian.

A few hundred stems stand in for a dictionary: the words of an office are a small world. They name
no person.
"""

from __future__ import annotations

import re

# "x-" opens a compound, "-x" ends one, "x" is the whole word; Cyrillic always is a stem. A concept
# is called by its first word.
ROLES = """
minister -minister -ministerin -ressortchef minister министр
premier -ministerpräsident -ministerpräsidentin -premierminister -premierministerin -premier
  премьер
präsident -präsident -präsidentin president президент
kanzler -kanzler -kanzlerin chancellor канцлер
sprecher -sprecher -sprecherin -wortführer -wortführerin spokesman spokeswoman spokesperson
  spokesmen spokespeople пресс-секретар представител
vertreter -vertreter -vertreterin representative official
sekretär -sekretär -sekretärin secretary секретар
generalsekretär -generalsekretär -generalsekretärin
staatssekretär -staatssekretär -staatssekretärin
botschafter -botschafter -botschafterin ambassador посол посла послу послом
gesandter -gesandte -gesandter -sondergesandte -sondergesandter envoy посланник спецпосланник
  спецпредставител
beauftragter -beauftragte -beauftragter уполномоченн
kommissar -kommissar -kommissarin commissioner комиссар еврокомиссар
chef -chef -chefin -leiter -leiterin -vorsitzende -vorsitzender -boss -obmann -direktor -direktorin
  -führer -führerin -geschäftsführer -geschäftsführerin -vorstand head chief chair chairman
  chairwoman chairperson leader boss ceo director глав председател руководител лидер начальник
  директор шеф
bürgermeister -bürgermeister -bürgermeisterin mayor мэр
gouverneur -gouverneur -gouverneurin governor губернатор
general -general -oberst general генерал
kommandeur -kommandeur -befehlshaber commander командующ командир
anwalt -anwalt -anwältin lawyer attorney адвокат
berater -berater -beraterin aide adviser advisor советник помощник
unterhändler -unterhändler -unterhändlerin -verhandler negotiator переговорщик
abgeordneter -abgeordnete -abgeordneter lawmaker mp congressman congresswoman депутат
senator -senator -senatorin senator сенатор
politiker -politiker -politikerin politician политик
experte -experte -expertin expert эксперт
analyst -analyst -analystin analyst аналитик
ökonom -ökonom -ökonomin economist экономист
forscher -forscher -forscherin -wissenschaftler -wissenschaftlerin scientist researcher учен
professor -professor -professorin professor профессор
richter -richter -richterin judge судь
papst -papst pope папа
"""
# Institutions, which speak themselves and have speakers.
INSTITUTIONS = """
ministerium -ministerium ministry министерств
regierung -regierung regierungs- government cabinet правительств
kreml -kreml kreml- kremlin кремл
weisseshaus
parlament -parlament parlaments- -bundestag parliament парламент дум
polizei -polizei polizei- police полици
armee -armee armee- -militär militär- -streitkräfte army military арми
gericht -gericht -gerichtshof court суд
anwaltschaft -anwaltschaft prosecutors prosecution прокуратур
behörde -behörde -behörden -amt authority authorities agency ведомств
gewerkschaft -gewerkschaft gewerkschafts- union профсоюз
firma -firma firmen- -unternehmen unternehmens- -konzern konzern- company firm corporation
  компани фирм концерн корпораци
partei -partei partei- party парти
fraktion -fraktion fraktions-
verband -verband verbands- -vereinigung association federation ассоциаци союз
bank -bank bank- bank банк
bahn -bahn bahn- -eisenbahn eisenbahn- railway railways railroad железн
kirche -kirche kirchen- church церк
krankenhaus -krankenhaus -klinik klinik- hospital clinic больниц клиник
universität -universität -hochschule university университет
institut -institut instituts- institute институт
kommission -kommission kommissions- commission комисси еврокомисси
rat -rat -rates council совет
organisation -organisation organisations- organisation organization организаци
feuerwehr -feuerwehr feuerwehr- firefighters пожарн
botschaft -botschaft embassy посольств
verein -verein vereins- club клуб
"""
# Fields: a "foreign minister" is none of defence.
FIELDS = """
außen außen- auswärtigen auswärtiges auswärtige foreign иностранн внешн
verteidigung verteidigungs- defence defense оборон
innen innen- interior внутренн
finanz finanz- finance financial финанс
wirtschaft wirtschafts- economy economic economics экономик экономич
energie energie- energy энергет энерги
verkehr verkehrs- transport transportation транспорт
gesundheit gesundheits- health здрав
justiz justiz- justice юстиц
bildung bildungs- education образован просвещ
kultur kultur- culture культур
umwelt umwelt- environment environmental эколог окружающ
klima klima- climate климат
landwirtschaft landwirtschafts- agrar- agriculture agricultural farming сельск
arbeit arbeits- labour labor employment труд
bau bau- wohnungsbau- construction housing building строит
handel handels- trade commerce торгов
sicherheit sicherheits- security безопасност
entwicklung entwicklungs- development развити
forschung forschungs- wissenschafts- research science наук
familie familien- family
sport sport- sports спорт
"""
WORDS = """
hafen hafen- häfen port harbour harbor dock docks docker dockers портов порт докер
arbeiter -arbeiter -arbeiterin worker workers рабоч работник
bauern bauern- farmer farmers фермер крестьян
lehrer lehrer- teacher teachers учител
ärzte ärzte- doctor doctors врач
eltern eltern- parent parents родител
schüler schüler- pupil pupils школьник
studenten studenten- student students студент
flughafen flughafen- airport аэропорт
strom strom- electricity power электр
gas gas- газ газов
wasser wasser- water вод
stadt stadt- city town город
land landes- state
staat staats- государств
notenbank notenbank- zentralbank- notenbank zentralbank fed
netz netz- grid network сет
werk -werk plant works завод
fischer fischer- fishermen fishing рыбак
pilot piloten- pilots пилот летчик
lok lokführer- train машинист
post post- postal почт
nation national- national национальн
verfassung verfassungs- constitution constitutional конституцион
bayern bayern- bayeris- bavaria bavarian бавар
sachsen sachsen- sächsis- saxony saxon саксон
hessen hessen- hessis- hesse гессен
opposition oppositions- opposition оппозици
demokrat -demokrat -demokraten -democrat democrats демократ
"""
# Countries: stems in three languages; "*" marks a capital, "=" a whole word.
PLACES = """
RU russ росси русск *moskau *moscow *москв
UA ukrain украин *kiew *kyjiw *kyiv *kiev *киев
US =us =usa =u.s amerika american америк =сша *washington *вашингтон
DE deutsch german герман фрг немецк bundes *berlin *берлин
FR frankreich französ france french франц *paris *париж
GB großbritann britisch brite britain british =uk великобритан британ *london *лондон
CN china chines кита *peking *beijing *пекин
PL polen poln polnisch poland polish польш польск *warschau *warsaw *варшав
IT italien italy italian итали итальян *=rom *=roms *=rome *=рим *=рима *=риме *=риму римск
ES spanien spanisch spain spanish испани испанск *madrid *мадрид
AT österreich austria австри *wien *vienna *вен
CH schweiz swiss switzerland швейцар *=bern *=berns *=berner *=берн *=берна *=берне *=берну
TR türk turk турц турец *ankara *анкар
IR iran иран *teheran *tehran *тегеран
IQ irak iraq ирак *bagdad *baghdad *багдад
IL israel израил *jerusalem *иерусалим
PS palästin palestin палестин
SY syri сири *damaskus *damascus *дамаск
LB libanon libanes leban ливан *beirut *бейрут
EG ägypt egypt егип *kairo *cairo *каир
SA saudi саудов *riad *riyadh
QA katar qatar катар
AE emirat =uae эмират
AF afghan афган *kabul *кабул
PK pakistan пакистан *islamabad
IN indien indisch =india =indian =indians индия индии индийск *delhi *дели
ID indones индонез
JP japan япон *tokio *tokyo *токио
KR südkorea южнокоре *seoul *сеул
KP nordkorea северокоре *pjöngjang *pyongyang *пхеньян
AU australi австрали *canberra
CA kanad canad канад *ottawa
MX mexik mexic мексик
BR brasil brazil бразил
AR argentin аргентин
VE venezuel венесуэл
CU kuba kuban cuba =куба =кубы =кубе =кубу =кубой кубин
ZA südafrika юар
NG nigeria нигери
KE kenia kenya кени
LY liby libya ливи
TN tunes tunis тунис
NO norweg norway норве *oslo *осло
SE schwed swed швед швец *stockholm *стокгольм
FI finn finland финлянд финск *helsinki *хельсинки
DK dän =dane =danes danish denmark дани датск *kopenhagen *copenhagen
NL niederländ niederlande dutch netherlands нидерланд голланд
BE belgi бельги *brüssel *brussels *брюссел
LU luxemburg luxembourg люксемб
GR griech greek greece гречес греци *athen *athens *афин
PT portugal portugies portugues португал
HU ungar hungar венгр венгер *budapest *будапешт
CZ tschech czech =чех =чехи =чехов чехи чешск *prag *prague *праг
SK slowak slovak словак словац *bratislava
RO rumän romania румын
BG bulgar болгар
RS serb серб *belgrad *belgrade *белград
HR kroat croat хорват
XK kosov косов
LT litau lithuan литв литов *vilnius *вильнюс
LV lettland lettisch =lette =letten =lettin latvia латв латыш
EE estland estnisch estonia эстон
BY belarus weißruss белорус беларус *minsk *минск
MD moldau moldaw moldov молдав молдов
GE georgien georgier georgisch =georgia =georgian =georgians грузи *tiflis *tbilisi
AM armenien armenier armenisch armenia армени армян *eriwan *yerevan
AZ aserbaidschan azerbaijan азербайдж *baku *баку
KZ kasach kazakh казах
IE irland irisch ireland irish ирланд
EU =eu europä europe european =ес евросоюз европ
UN =un =uno =оон
NATO =nato =нато
"""
# What may follow a country's stem: cases, its people, what is of it; and a capital's.
DEMONYM_ENDING = re.compile(
    r"(?:(?:i?land|enland|i?stan)(?:s|es)?|(?:ei|ien|en|ia|ie|a|e|i|o|y|ey|um|on)s?|(?:ne|e|ie|ane|iane|a)?r[ns]?"
    r"|(?:i|n|ne|ie|a)?(?:an|ian|ans|ians)|(?:ne|ane|iane|ie|e)?rin(?:nen)?|ns|in|innen|s|n|es|em|er[ns]?"
    r"|is|as|(?:n|an|ian|er|i|ens)?isch(?:e[nmrs]?)?|sch(?:e[nmrs]?)?|enser[ns]?|ese[ns]?|ish|men|man"
    r"|ans?|emarks?)?\Z"
)
TOWN_ENDING = re.compile(r"(?:s|er|ers|ern|erin|erinnen|ians?)?\Z")
RUSSIAN_ENDING = re.compile(
    r"(?:(?:иста|ста)н|лянди|[зг]и|и)?"
    r"(?:[аеиоуыьюя]|[иыео]й|[оеё]ю|[оеё]м|[аяи]м|[аяи]ми|[аяи]х|ам|ия|ии|ию|ией|[оеё]в"
    r"|(?:иа|ьа|а|я|ья|и)?не?|(?:[иьзу]?)?[еь]?ц(?:[аеуы]|ем|ами?|ев)?|(?:[ая]н|ий|и?й)?"
    r"(?:е?ц(?:[аеуы]|ем|ев|а[мх]|ами)?|к[аиуе]|кой)"
    r"|(?:[иы]й|й|[ьи]?[ая]н|[ьуж]|уз|ин|ж|и)?(?:ск|к)(?:ий|ого|ому|им|ом|ая|ой|ую|ие|ое|их|ими))?\Z"
)
# Fixed expressions, and abbreviations, in plain words.
PHRASES = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"\b(?:u\.s\.|united states|vereinigten? staaten|соединенн\w+ штат\w+)", "us"),
        (r"\b(governor|senator|gouverneur|bundesstaat|state|us)((?:in|s|es)?(?: of| from| von"
         r"| des bundesstaat\w*)?(?: (?:us )?state(?: of)?)?)[ -]georgia\b", r"\1\2 us usgeorgia"),
        (r"\b(?:united kingdom|vereinigt\w+ königreich\w*)", "uk"),
        (r"\b(?:united nations|vereint\w+ nationen|vereinte nationen)", "un"),
        (r"\b(?:european union|europäisch\w+ union)", "eu"),
        (r"\b(?:north korea\w*|северн\w+ коре\w+)", "nordkorea"),
        (r"\b(?:south korea\w*|южн\w+ коре\w+)", "südkorea"),
        (r"\bsouth africa\w*", "südafrika"),
        (r"\b(?:secretary of state|государственн\w+ секретар\w+ сша)", "us foreign minister"),
        (r"\bгоссекретар\w*(?: сша)?", "us министр иностранных"),
        (r"\b(?:state department|госдеп\w*)", "us foreign ministry"),
        (r"\baussenamts?", "aussenministeriums"),
        (r"\battorney general", "justice minister"),
        (r"\b(?:foreign office|auswärtig\w+ amt\w*)", "foreign ministry"),
        (r"\bforeign secretary", "foreign minister"),
        (r"\bhome secretary", "interior minister"),
        (r"\btreasury secretary", "finance minister"),
        (r"\b(defen[cs]e|interior|energy|transport\w*|health|education|labou?r|commerce)"
         r" secretary", r"\1 minister"),
        (r"\b(?:pentagon|пентагон)(?:s|а|у|ом|е)?\b", "us defence ministry"),
        (r"\bpentagon-?(?=\w)", "us defence ministry "),
        (r"\b(?:white house|weiss\w+ haus\w*|бел\w+ дом\w*)", "weisseshaus"),
        (r"\b(?:prime minister|premier-minister|премьер-министр)", "premier"),
        (r"\b(?:press secretary|press officer|пресс-секретар\w*)", "spokesman"),
        (r"\bchief diplomat|top diplomat|chefdiplomat(?:in)?\b", "foreign minister"),
        (r"\b(?:foreign policy chief|high representative|верховн\w+ представител\w+)",
         "foreign beauftragter"),
        (r"\bsecretar(?:y|ies)[- ]general|генеральн\w+ секретар\w+|генсек\w*", "generalsekretär"),
        (r"\b(?:мид|мида|миду|миде|мидом)\b", "foreign ministry"),
        (r"\bмвд\b", "interior ministry"),
        (r"\bминобор\w+", "defence ministry"),
        (r"\bминфин\w*", "finance ministry"),
        (r"\bминэнерго\b", "energy ministry"),
        (r"\bминтранс\w*", "transport ministry"),
        (r"\bминздрав\w*", "health ministry"),
        (r"\bминюст\w*", "justice ministry"),
        (r"\bцентробанк\w*|\bцб\b|\bцентральн\w+ банк\w*|\bcentral bank", "zentralbank"),
        (r"\bжелезн\w+ дорог\w*", "railway"),
        (r"\b(?:trade|labou?r) union", "union"),
        (r"\bhead of state", "president"),
        (r"\bпап\w+ римск\w+", "папа"),
        (r"\bfire (?:brigade|department|service)", "firefighters"),
    )
)  # fmt: skip
