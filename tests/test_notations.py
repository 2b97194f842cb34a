"""Numbers in every notation: what num2words writes, units, ranges, and what follows from what."""

import random

import pytest
from num2words import num2words

from wortlaut.index.lang.words import LANGUAGES
from wortlaut.rag.verification.arithmetic import ToldTimes
from wortlaut.rag.verification.dates import read_dates
from wortlaut.rag.verification.numbers import read_quantities, same_value
from wortlaut.rag.verification.quantities import find_wrong_number, find_wrong_share, tells_of_fall

COUNTED = {"de": "Boote", "en": "boats", "ru": "лодок"}


def read(text, language):
    dates = read_dates(text, language)
    return dates, read_quantities(text, language, [(d.start, d.end) for d in dates])


def refute(claim, language, cited, is_copy=False):
    """The code of the rule that refutes the claim's numbers or times; None where none does."""
    (said, ours), (told, theirs) = read(claim, language), read(cited, "de")
    minutes = [d.minute for d in told if d.minute is not None]
    for date in said:
        if date.minute is not None and date.minute % 720 not in {m % 720 for m in minutes}:
            return "time"
    falls = tells_of_fall(claim) or tells_of_fall(cited)
    found = find_wrong_number(
        ours, theirs, ToldTimes(minutes=minutes), is_copy=is_copy, falls=falls
    )
    return found and found[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_any_number_that_num2words_writes_is_read(language):
    rng = random.Random(16)
    for value in {rng.randrange(2, 10 ** rng.randrange(1, 13)) for _ in range(400)}:
        words = num2words(value, lang=language)
        found = read_quantities(f"{words} {COUNTED[language]}", language)
        assert [(q.value, q.text) for q in found] == [(value, words)], words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "unit",
    [
        ("Prozent", "percent", "процентов", 1, "percent"),
        ("Euro", "euros", "евро", 1, "euro"),
        ("Stunden", "hours", "часов", 3600, "time"),
        ("Tonnen", "tonnes", "тонн", 1000, "mass"),
        ("Prozentpunkte", "percentage points", "процентных пунктов", 1, "points"),
    ],
)
def test_a_number_in_words_takes_any_unit(language, unit):
    rng = random.Random(61)
    name = unit[LANGUAGES.index(language)]
    for value in {rng.randrange(2, 100_000) for _ in range(60)}:
        found = read_quantities(f"{num2words(value, lang=language)} {name}", language)
        assert [(q.value, q.unit) for q in found] == [(value * unit[3], unit[4])]


@pytest.mark.parametrize(
    ("one", "language", "other"),
    [
        ("minus ten degrees", "en", "−10 Grad"),
        ("десять градусов мороза", "ru", "minus zehn Grad"),
        ("one million five hundred thousand", "en", "eine Million fünfhunderttausend"),
        ("миллион пятьсот тысяч", "ru", "1,5 Millionen"),
        ("one and a half million", "en", "1,5 Millionen"),
        ("1,500 francs", "en", "1'500 Franken"),
        ("1500 франков", "ru", "1’500 Franken"),
        ("1.500 Franken", "de", "1'500 Franken"),
        ("1,500 francs", "de", "1.500 Franken"),
        ("two and a half years", "en", "zweieinhalb Jahre"),
        ("два с половиной года", "ru", "2½ Jahre"),
        ("a quarter of a million", "en", "eine Viertelmillion"),
        ("250.000", "de", "eine Viertelmillion"),
        ("четверть миллиона", "ru", "250.000"),
        ("45 minutes", "en", "eine Dreiviertelstunde"),
        ("три четверти часа", "ru", "45 Minuten"),
        ("1.2 billion euros", "en", "1.200 Millionen Euro"),
        ("полтора часа", "ru", "anderthalb Stunden"),
        ("three dozen boats", "en", "36 Boote"),
        ("33 percent", "en", "ein Drittel"),
        ("every fifth", "en", "20 Prozent"),
        ("каждый пятый", "ru", "ein Fünftel"),
        ("one in five", "en", "jeder Fünfte"),
        ("six weeks", "en", "anderthalb Monate"),
        ("£30m", "en", "30 Millionen Pfund"),
        ("tens of thousands of boats", "en", "Zehntausende Boote"),
        ("несколько тысяч", "ru", "mehrere tausend"),
        ("21", "en", "einundzwanzig"),
        ("Двадцать один", "ru", "21"),
    ],
)
def test_two_notations_are_one_number(one, language, other):
    (ours,), (theirs,) = read_quantities(one, language), read_quantities(other, "de")
    assert same_value(ours, theirs), (ours, theirs)


@pytest.mark.parametrize(
    ("one", "language", "other"),
    [
        ("ten degrees", "en", "minus zehn Grad"),
        ("1,000", "en", "mehrere tausend"),
        ("двадцать", "ru", "einundzwanzig"),
        ("500,000", "en", "eine Million fünfhunderttausend"),
        ("500 francs", "en", "1'500 Franken"),
        ("two percent", "en", "zwei Prozentpunkte"),
        ("a quarter", "en", "ein Drittel"),
        ("1.2 million euros", "en", "1.200 Millionen Euro"),
        ("two years", "en", "zweieinhalb Jahre"),
        ("1,572 Millionen", "de", "1,572 Milliarden"),
    ],
)
def test_what_is_nearly_the_notation_is_another_number(one, language, other):
    (ours,), (theirs,) = read_quantities(one, language), read_quantities(other, "de")
    assert not same_value(ours, theirs) or ours.unit != theirs.unit


@pytest.mark.parametrize(
    ("text", "language", "minute"),
    [
        ("um halb acht", "de", 450), ("half past seven", "en", 450), ("at half seven", "en", 450),
        ("в половине восьмого", "ru", 450), ("полвосьмого", "ru", 450),
        ("Viertel nach sieben", "de", 435), ("quarter to eight", "en", 465),
        ("без четверти восемь", "ru", 465), ("sieben Uhr dreißig", "de", 450),
        ("seven o'clock", "en", 420), ("в семь часов вечера", "ru", 1140),
        ("zwischen 22.30 und 5 Uhr", "de", 1350),
    ],
)  # fmt: skip
def test_a_time_in_words_is_a_time(text, language, minute):
    dates, quantities = read(text, language)
    assert (dates[0].minute, quantities) == (minute, [])


@pytest.mark.parametrize(
    ("claim", "language", "cited"),
    [
        ("It rose by 1.5 billion francs.", "en", "Es stieg von 2,1 auf 3,6 Milliarden Franken."),
        ("It has more than doubled.", "en", "Es stieg von 18 auf 41 Taler."),
        ("Three posts are vacant.", "en", "Von acht Stellen sind fünf besetzt."),
        ("Half of the boats sank.", "en", "Zwei der vier Boote sanken."),
        ("Fast ein Drittel kam.", "de", "31 Prozent kamen."),
        ("Tens of thousands came.", "en", "Es kamen 60.000 Gäste."),
        ("Прошло три года.", "ru", "2022 waren es neun, 2025 zehn."),
        ("It lasted three and a half hours.", "en", "Es begann um 18 Uhr und endete um 21.30 Uhr."),
        ("The two parties agreed.", "en", "Die Blauen und die Roten einigten sich."),
        ("Turnover fell by 3 percent.", "en", "Der Umsatz: minus 3 Prozent."),
        ("At least 20 to 25 percent is gone.", "en", "Mindestens 20 bis 25 Prozent sind weg."),
        ("Six or more boats sank.", "en", "Mindestens sechs Boote sanken."),
        ("A year before it was 9.", "en", "Im Vorjahr waren es 9."),
    ],
)
def test_what_follows_from_the_cited_numbers_is_not_refuted(claim, language, cited):
    assert refute(claim, language, cited) is None


@pytest.mark.parametrize(
    ("claim", "language", "cited", "code"),
    [
        ("It was ten degrees.", "en", "Es hatte minus zehn Grad.", "number"),
        ("1,000 people came.", "en", "Es kamen mehrere tausend Menschen.", "number"),
        ("It rose by 1.6 billion francs.", "en", "Es stieg von 2,1 auf 3,6 Milliarden Franken.", "number"),
        ("Twelve boats sank.", "en", "Vierzehn Boote sanken.", "number"),
        ("It grew by two percent.", "en", "Es stieg um zwei Prozentpunkte.", "unit"),
        ("It starts at half past eight.", "en", "Es beginnt um halb acht.", "time"),
        ("Пришли двадцать человек.", "ru", "Einundzwanzig Menschen kamen.", "number"),
        ("Seven million watched.", "en", "Es sahen 4,1 Millionen zu.", "number"),
        ("Two thirds are covered.", "en", "Gedeckt ist ein Drittel des Bedarfs von neun Talern.", "number"),
        ("At most six boats sank.", "en", "Mindestens sechs Boote sanken.", "bound"),
    ],
)  # fmt: skip
def test_what_does_not_follow_is_refuted(claim, language, cited, code):
    assert refute(claim, language, cited) == code


def test_a_reason_gives_both_bounds_as_they_stand():
    ours, theirs = (
        read_quantities("At most six boats", "en"),
        read_quantities("mindestens sechs Boote", "de"),
    )
    reason, _ = find_wrong_number(ours, theirs, ToldTimes(), is_copy=False)
    assert reason == "the cited text says 'mindestens sechs', not 'At most six'"


def test_a_fifth_is_not_nearly_all():
    cited = read_quantities("ein Fünftel der Boote", "de")
    assert find_wrong_share("Nearly all boats sank.", [], cited) == "Nearly all"
    assert find_wrong_share("Почти все лодки затонули.", [], cited) == "Почти все"
    assert (
        find_wrong_share("Most of the boats sank.", [], read_quantities("80 Prozent", "de")) is None
    )
    assert find_wrong_share("All boats sank.", [], cited) is None
