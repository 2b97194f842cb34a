"""A question that could be asked, and its wording in German, English and Russian.

A question for a number is worded by turning a German main clause around.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from wortlaut.eval.proposals.material import Said, Topic
from wortlaut.index.lang.calendar import list_names, name_month
from wortlaut.index.lang.places import name_place
from wortlaut.index.lang.words import Language, read_function_words

_FORMS: dict[str, dict[Language, str]] = {
    "about": {
        "de": "Was sagte {speaker} {topic}?",
        "en": "What did {speaker} say {topic}?",
        "ru": "Что говорил(а) {speaker} {topic}?",
    },
    "when": {
        "de": "Wann äußerte sich {speaker} {topic}?",
        "en": "When did {speaker} speak {topic}?",
        "ru": "Когда {speaker} говорил(а) {topic}?",
    },
    "month": {
        "de": "Was sagte {speaker} im {month}?",
        "en": "What did {speaker} say in {month}?",
        "ru": "Что говорил(а) {speaker} в {month} года?",
    },
    "quote": {
        "de": "Von wem stammt der Satz „{quote}“?",
        "en": "Who said “{quote}”?",
        "ru": "Кто сказал: «{quote}»?",
    },
    "office": {
        "de": "Welche Funktion hat {speaker}?",
        "en": "What is {speaker}'s position?",
        "ru": "Какую должность занимает {speaker}?",
    },
    "then-topic": {"de": "Und {topic}?", "en": "And {topic}?", "ru": "А {topic}?"},
    "then-speaker": {"de": "Und {speaker}?", "en": "And {speaker}?", "ru": "А {speaker}?"},
}
# German | English | Russian (nominative), one noun a line as questions name it.
_TABLE = """
Abkommen|the agreement|соглашение
Abschuss|the shooting down|уничтожение
Abstimmung|the vote|голосование
Abzug|the withdrawal|вывод войск
Angriff|the attack|атака
Angriffe|the attacks|атаки
Anklage|the indictment|обвинение
Anschlag|the attack|теракт
Anschläge|the attacks|теракты
Arbeitsplätze|jobs|рабочие места
Armee|the army|армия
Asyl|asylum|убежище
Atomkraftwerk|the nuclear power plant|атомная электростанция
Atomprogramm|the nuclear programme|ядерная программа
Atomwaffen|nuclear weapons|ядерное оружие
Ausbau|the expansion|расширение
Ausstieg|the exit|выход
Beitritt|accession|вступление
Beziehungen|relations|отношения
Biodiesel|biodiesel|биодизель
Brücke|the bridge|мост
Bundeswehr|the Bundeswehr|бундесвер
Bündnis|the alliance|альянс
Bürgerkrieg|the civil war|гражданская война
Damm|the dam|плотина
Demokratie|democracy|демократия
Demonstration|the demonstration|демонстрация
Demonstranten|the demonstrators|демонстранты
Diplomatie|diplomacy|дипломатия
Domain|the domain|домен
Drohnen|drones|дроны
Durchbruch|a breakthrough|прорыв
Einmarsch|an invasion|вторжение
Einsatz|the mission|операция
Energie|energy|энергия
Erdbeben|the earthquake|землетрясение
Ermittlungen|the investigation|расследование
Fahrzeuge|vehicles|автомобили
Flughafen|the airport|аэропорт
Flugzeug|the aircraft|самолёт
Flüchtlinge|refugees|беженцы
Freilassung|the release|освобождение
Frieden|peace|мир
Friedenslösung|a peace settlement|мирное урегулирование
Friedensplan|the peace plan|мирный план
Friedenstruppe|the peacekeeping force|миротворцы
Garantien|guarantees|гарантии
Gebiete|the territories|территории
Gefangene|prisoners|пленные
Geiseln|the hostages|заложники
Geld|money|деньги
Gericht|the court|суд
Gesetz|the law|закон
Gespräche|the talks|переговоры
Gesundheitspolitik|health policy|политика здравоохранения
Gesundheitsreform|the health reform|реформа здравоохранения
Gewalt|violence|насилие
Gewerkschaft|the trade union|профсоюз
Gipfel|the summit|саммит
Grenze|the border|граница
Grenzen|the borders|границы
Grenzwert|the limit|предельное значение
Gutachten|the expert report|экспертиза
Hafen|the port|порт
Haft|the detention|арест
Hochwasser|the flood|наводнение
Impfstoff|the vaccine|вакцина
Koalition|the coalition|коалиция
Konflikt|the conflict|конфликт
Kosten|the costs|расходы
Krieg|the war|война
Krise|the crisis|кризис
Kritik|criticism|критика
Kündigung|the dismissal|увольнение
Messpunkte|the measuring points|точки измерения
Mission|the mission|миссия
Moskau|Moscow|Москва
Nachtzug|the night train|ночной поезд
Neuwahlen|new elections|новые выборы
Offenlegung|disclosure|раскрытие
Olympia|the Olympics|Олимпиада
Operation|the operation|операция
Opposition|the opposition|оппозиция
Pandemie|a pandemic|пандемия
Parlament|parliament|парламент
Partnerschaft|a partnership|партнёрство
Preise|prices|цены
Pressefreiheit|freedom of the press|свобода прессы
Proteste|the protests|протесты
Prozess|the trial|судебный процесс
Raketen|missiles|ракеты
Reform|the reform|реформа
Rente|pensions|пенсии
Risse|the cracks|трещины
Rohstoffe|raw materials|сырьё
Rücktritt|resignation|отставка
Rückzug|a withdrawal|отвод войск
Sanktionen|sanctions|санкции
Sicherheit|security|безопасность
Sicherheitsgarantien|security guarantees|гарантии безопасности
Sieg|the victory|победа
Soldaten|soldiers|солдаты
Steuer|the tax|налог
Steuern|taxes|налоги
Strafe|the punishment|наказание
Streik|the strike|забастовка
Studie|the study|исследование
Tankstellen|petrol stations|заправочные станции
Terror|terrorism|терроризм
Terroristen|terrorists|террористы
Tests|the tests|испытания
Truppen|troops|войска
USA|the United States|США
NATO|NATO|НАТО
IAEA|the IAEA|МАГАТЭ
IAEO|the IAEA|МАГАТЭ
Umfrage|the poll|опрос
Unfall|the accident|авария
Urteil|the verdict|приговор
Verantwortung|responsibility|ответственность
Verfassung|the constitution|конституция
Verhandlungen|the negotiations|переговоры
Verkauf|the sale|продажа
Verlust|the loss|убыток
Vertrag|the treaty|договор
Virus|the virus|вирус
Waffen|weapons|оружие
Waffenruhe|a ceasefire|перемирие
Waffenstillstand|the ceasefire|перемирие
Wahl|the election|выборы
Wahlen|the elections|выборы
Wahlkampf|the election campaign|предвыборная кампания
Wahlergebnis|the election result|результат выборов
Washington|Washington|Вашингтон
Wirtschaft|the economy|экономика
Wirtschaftswachstum|economic growth|экономический рост
Zoll|the tariff|пошлина
Zölle|tariffs|пошлины
"""
_WORDS = {
    german: others for german, *others in (row.split("|") for row in _TABLE.split("\n") if row)
} | {
    name_place(code, "de"): [name_place(code, "en"), name_place(code, "ru")]
    for code in "GB IQ IR IL KP RU TR UA".split()
}

_AMOUNT = re.compile(
    r"(?P<about>(?i:etwa|rund|circa|ca\.|fast|knapp|mehr als|über|insgesamt|gut|bis zu|ungefähr) )?"
    r"(?P<number>\d[\d.,]*(?: Millionen| Milliarden)?) (?P<unit>[A-ZÄÖÜ][a-zäöüß]{2,})(?![\w-])"
)
_FINITE = read_function_words("counted") | frozenset(
    """kostet kosten kostete beträgt betrug kamen starben leben lebten gibt gab verlor verloren
    erhielt erhielten zählt zählte nahmen demonstrierten erreichte umfasst arbeiten stieg sank
    fuhr fuhren beteiligten beschäftigt sahen stimmten dauerte dauert liegt lag""".split()
)
# Words that only the sentences before can explain, and negations.
_LEANING = re.compile(
    rf"(?<!\w)(?:{'|'.join(sorted(read_function_words('leaning')))}|ihr\w*|sein\w{{0,2}}|dies\w*"
    r"|jen\w*|hier\w*|da(?:bei|mit|von|rin|ran|zu|für|gegen|nach|durch|raus|rum|rüber|rauf|her|hin)?"
    r"|kein\w*|weitere\w*|andere\w*|beide\w*|solch\w*|letzte\w*|uns\w*)(?!\w)",
    re.IGNORECASE,
)
_BEFORE_NUMBER = read_function_words("before-number")
# What may open the clause: an adverb or a participle there leans on what was told before.
_OPENING = _BEFORE_NUMBER | frozenset("ein eine einem einer innerhalb binnen laut".split())
_NO_COUNT = frozenset(
    ["Uhr", "Grad", "Jahre", "Jahren", "Millionen", "Milliarden", *list_names("month", "de")]
)


def translate_noun(noun: str, language: Language) -> str | None:
    """The German noun in the language, as behind "about"; `None` where it is not known."""
    if language == "de":
        return noun
    found = _WORDS.get(noun)
    return found[0 if language == "en" else 1] if found else None


def word_question(
    form: str,
    language: Language,
    *,
    speaker: str = "",
    topic: Topic | None = None,
    month: datetime.date | None = None,
    quote: str = "",
) -> str:
    """The question of this form in the language; names and quotations as the archive has them."""
    return _FORMS[form][language].format(
        speaker=speaker,
        topic=_word_topic(topic, language) if topic else "",
        month=f"{name_month(month.month, language, 'in')} {month.year}" if month else "",
        quote=quote,
    )


def is_known(topic: Topic, language: Language) -> bool:
    """Whether a question in the language can name the topic in its own words."""
    return topic.is_name or translate_noun(topic.base, language) is not None


def _word_topic(topic: Topic, language: Language) -> str:
    noun = translate_noun(topic.base, language)
    if language == "de":
        return f"über {topic.article} {noun}" if topic.article else f"zum Thema {noun}"
    if language == "ru":
        return f"на тему «{noun or topic.base}»"
    if noun is None and topic.is_name:
        noun = topic.base
    return f"about {noun}" if noun else f"about “{topic.base}”"


@dataclass(frozen=True, slots=True)
class CandidateTurn:
    """One question, not yet worded: its form, and what fills it."""

    form: str
    speaker: str = ""
    topic: Topic | None = None
    month: datetime.date | None = None
    quote: str = ""
    words: str = ""

    def word(self, language: Language) -> str:
        """The question in the language."""
        return self.words or word_question(
            self.form, language, speaker=self.speaker, topic=self.topic, month=self.month,
            quote=self.quote,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that could be asked; `about` is what it uses up: persons, articles, topics."""

    type: str
    turns: tuple[CandidateTurn, ...]
    gold: tuple[Said, ...]
    why: str
    about: tuple[str, ...]
    speaker: str | None = None
    date: str | None = None
    as_of: datetime.date | None = None
    answer: str | None = None

    @property
    def weight(self) -> float:
        """How much its topics tell; 0 without any."""
        return min((turn.topic.weight for turn in self.turns if turn.topic), default=0.0)

    def can_be_in(self, language: Language) -> bool:
        """Whether the language has words for all of it."""
        return all(
            (language == "de" or not turn.words)
            and (turn.topic is None or is_known(turn.topic, language))
            for turn in self.turns
        )


@dataclass(frozen=True, slots=True)
class Counted:
    """A question for the number in a sentence, with the answer."""

    question: str
    answer: str
    unit: str


def ask_number(sentence: str) -> Counted | None:
    """The German question for the one number of a sentence that stands by itself, if it is one.

    Only a plain main clause is turned: what stands first and the number change places around the
    verb, and no word may lean on another sentence.
    """
    if re.search(r"[,;:()„“”\"«»–\n]", re.sub(r"(?<=\d),(?=\d)", "", sentence)):
        return None
    found = list(_AMOUNT.finditer(sentence))
    if len(found) != 1 or found[0]["unit"] in _NO_COUNT or not sentence.endswith("."):
        return None
    amount = found[0]
    rest = sentence[: amount.start()] + sentence[amount.end() :]
    if re.search(r"\d", rest) and not re.search(r"\b(?:19|20)\d\d\b", rest):
        return None
    if _LEANING.search(rest) or len(sentence.split()) > 28:
        return None
    question = _turn(sentence[: amount.start()], sentence[amount.end() :].strip(), amount["unit"])
    if question is None:
        return None
    answer = f"{amount['number']} {amount['unit']}"
    return Counted(question, answer, amount["unit"])


def _turn(before: str, behind: str, unit: str) -> str | None:
    many = f"Wie viel {unit}" if unit == "Prozent" else f"Wie viele {unit}"
    if not before.strip():
        return f"{many} {behind[:-1]}?" if _has_verb(behind) else None
    words = before.split()
    if words[-1].casefold() in _BEFORE_NUMBER:
        return None
    verb = next((n for n, word in enumerate(words) if word in _FINITE), None)
    if verb is None or not 0 < verb < 9:
        return None
    first = words[:verb]
    if first == ["Das"] or first[0].casefold() not in _OPENING:
        return None
    first[0] = first[0].casefold()
    return " ".join([many, words[verb], *first, *words[verb + 1 :], behind[:-1]]).rstrip() + "?"


def _has_verb(behind: str) -> bool:
    return any(word in _FINITE for word in behind[:-1].split()[:8])
