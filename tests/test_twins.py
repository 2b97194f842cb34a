"""One story, many prints: copies, versions, corrections, and what only looks like one of them."""

import random
import textwrap
from datetime import date

import pytest

from wortlaut.index.archive import Archive
from wortlaut.index.article import Article, hash_text
from wortlaut.index.twins.marks import Mark, read_mark
from wortlaut.index.twins.origins import read_origins

PLACES = "Brakkum Tarvo Quellenau Morvenhaven Ostrin Saldern Varnholm Eschenmoor".split()
NAMES = (
    "Oda Falk;Jan Holm;Mirte Sander;Tilo Brandis;Yorrick Velt;Ilvena Tarkosch;Rune Askeby".split(
        ";"
    )
)
OFFICES = "Energieminister;Hafenmeister;Bürgermeister;Landrat;Klinikchef;Forstdirektor".split(";")
MATTERS = "der Damm;der Hafen;die Fähre;der Tunnel;das Klinikum;der Stausee;die Brücke".split(";")
DAYS = "Montag Dienstag Mittwoch Donnerstag Freitag".split()
VERBS = [("abgelehnt", "begrüßt"), ("erlaubt", "verboten"), ("eröffnet", "geschlossen")]
HEADLINES = ["Was jetzt zu tun ist", "Es wird ernst am See", "Streit spitzt sich zu: Wer zahlt?"]


def make_story(rng, sentences=9):
    """A headline and its report, two paragraphs by a grammar of fictional people and places."""
    place, name, office = rng.choice(PLACES), rng.choice(NAMES), rng.choice(OFFICES)
    matter = rng.choice(MATTERS)
    forms = [
        lambda: (
            f"Der Rat von {rng.choice(PLACES)} hat den Antrag zu {rng.randint(2, 90)} Plätzen "
            f"am {rng.choice(DAYS)} {rng.choice(VERBS)[0]}."
        ),
        lambda: (
            f"{matter.capitalize()} koste {rng.randint(2, 900)} Millionen Kronen, sagte {office} {name}."
        ),
        lambda: (
            f"„Wir rechnen mit {rng.randint(2, 60)} Booten im Jahr {rng.randint(2027, 2090)}“, sagte {name}."
        ),
        lambda: (
            f"Aus {rng.choice(PLACES)} hieß es, {rng.choice(MATTERS)} sei {rng.randint(3, 99)} Meter lang."
        ),
        lambda: (
            f"{rng.choice(NAMES)} nannte den Plan für {rng.choice(PLACES)} am {rng.choice(DAYS)} zu teuer."
        ),
        lambda: (
            f"Nach Angaben der Wache in {rng.choice(PLACES)} fehlen {rng.randint(2, 400)} Lampen an der Mole."
        ),
    ]
    told = [
        f"{place} (kda) - Der Rat hat den Plan für {matter[4:]} am {rng.choice(DAYS)} {rng.choice(VERBS)[0]}."
    ]
    told += [rng.choice(forms)() for _ in range(sentences)]
    half = len(told) // 2
    body = " ".join(told[:half]) + "\n\n" + " ".join(told[half:])
    return f"Rat berät über {matter[4:]} in {place}", body


def make_article(identity, title, body, day=10, **facts):
    text = f"{title}\n\n{body}"
    published = date(2026, 3, day) if day else None
    precision = "day" if day else "unknown"
    return Article(identity, title, text, hash_text(text), "kda", None, "de", published, precision,
                   f"/{identity}", **facts)  # fmt: skip


@pytest.fixture
def archive(tmp_path):
    archive = Archive(tmp_path / "data")
    yield archive
    archive.close()


def keep(archive, *articles):
    for article in articles:
        archive.replace_article(article, [], [], "1")


def are_kin(archive, a="a", b="b"):
    origin = read_origins(archive).get(a)
    return origin is not None and b in origin.also_in


def find_newer(archive, identity):
    origin = read_origins(archive).get(identity)
    return origin.superseded_by if origin else None


TITLE, BODY = make_story(random.Random(3))


def swap_number(body, rng):
    numbers = [word for word in body.split() if word.isdigit()]
    number = rng.choice(numbers)
    return body.replace(f" {number} ", f" {int(number) + 1} ", 1)


def swap_verb(body, rng):
    verb, opposite = next(pair for pair in VERBS if pair[0] in body)
    return body.replace(verb, opposite, 1)


def cut_tail(body, rng):
    sentences = body.replace("\n\n", " ").split(". ")
    return ". ".join(sentences[: max(3, int(len(sentences) * rng.choice([0.4, 0.6, 0.8])))]) + "."


def test_made_pairs_are_told_apart(archive):
    rng = random.Random(12)
    right = wrong = missed = 0
    kinds = ["headline", "cut", "correction", "opposite", "number"]
    for number in range(200):
        title, body = make_story(rng, rng.randint(6, 16))
        kind = kinds[number % len(kinds)]
        other_title, other = f"{title} – Bericht", body
        if kind == "headline":
            other_title = rng.choice(HEADLINES)
        elif kind == "cut":
            other = cut_tail(body, rng)
        elif kind == "correction":
            other_title, other = f"Berichtigung: {title}", swap_number(body, rng)
        elif kind == "opposite":
            other = swap_verb(body, rng)
        else:
            other = swap_number(body, rng)
        both = [
            make_article(f"{number}a", title, body),
            make_article(f"{number}b", other_title, other),
        ]
        rng.shuffle(both)
        keep(archive, *both)
        kin = are_kin(archive, f"{number}a", f"{number}b")
        is_one = kind in {"headline", "cut", "correction"}
        right += kin and is_one
        wrong += kin and not is_one
        missed += is_one and not kin
        if kind == "correction" and kin:
            assert find_newer(archive, f"{number}a").article_id == f"{number}b"
    assert right / (right + wrong) >= 0.97
    assert right / (right + missed) >= 0.95


@pytest.mark.parametrize(
    "print_",
    [
        lambda: ("Was jetzt?", BODY),
        lambda: (TITLE.upper(), BODY),
        lambda: (TITLE, BODY.replace("(kda) - ", "(kda) – ", 1).replace("„", '"').replace("“", '"')),
        lambda: (TITLE, BODY.partition(" - ")[2]),
        lambda: (TITLE, f"Von Jette Ohlsen\n\n{BODY}\n\n© Kronendienst 2026. Alle Rechte vorbehalten."),
        lambda: (TITLE, f"{BODY} Mehr dazu lesen Sie am Sonntag in der gedruckten Ausgabe."),
        lambda: (TITLE, BODY.split("\n\n")[0]),
        lambda: (TITLE, "\n\n".join(textwrap.fill(p, 66) for p in BODY.split("\n\n"))),
        lambda: (TITLE, BODY.replace(" sagte ", " sagte am Abend ", 1)),
        lambda: (TITLE, BODY.replace("\n\n", "\n\nMehr Licht\n\n")),
    ],
    ids="headline case marks dateline credits added cut wrapped insert heading".split(),
)  # fmt: skip
def test_a_print_under_another_editor_is_a_copy(archive, print_):
    keep(archive, make_article("a", TITLE, BODY), make_article("b", *print_()))
    assert are_kin(archive)
    assert find_newer(archive, "a") is None


def change(old, new):
    assert old in BODY
    return BODY.replace(old, new, 1)


def test_contradicting_words_make_no_copy(archive):
    rng = random.Random(1)
    day = next(d for d in DAYS if d in BODY)
    name = next(n for n in NAMES if n in BODY)
    others = [
        swap_verb(BODY, rng),
        swap_number(BODY, rng),
        change(day, next(d for d in DAYS if d != day)),
        change(name, next(n for n in NAMES if n != name)),
        change("Der Rat hat den", "Der Rat hat nicht den"),
    ]
    keep(archive, make_article("a", TITLE, BODY))
    for number, other in enumerate(others):
        keep(archive, make_article(f"b{number}", TITLE, other))
        assert not are_kin(archive, "a", f"b{number}"), other


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jede", "Eine"),
        ("Alle", "Die meisten"),
        ("Die", "Alle"),
        ("Wenige", "Die"),
        ("Die", "Keine"),
    ],
)
def test_what_is_said_of_all_is_no_copy_of_what_is_said_of_one(archive, one, other):
    first, second = BODY.split("\n\n")
    for name, amount in (("a", one), ("b", other)):
        told = f"{amount} Schule in Tarvo bekommt im Herbst ein neues Dach."
        keep(archive, make_article(name, TITLE, f"{first}\n\n{told}\n\n{second}"))
    assert not are_kin(archive)


def test_a_short_sentence_turned_round_makes_no_copy(archive):
    first, second = BODY.split("\n\n")
    keep(archive, make_article("a", TITLE, f"{first}\n\nDas lehnte er ab.\n\n{second}"))
    keep(archive, make_article("b", TITLE, f"{first}\n\nDas begrüßte er sehr.\n\n{second}"))
    assert not are_kin(archive)


def test_a_pronoun_for_a_name_or_yesterday_for_a_weekday_is_no_contradiction(archive):
    report = (
        "Die Brücke von Tarvo wird am Mittwoch gesperrt, sagte Bürgermeister Jan Holm im Rat. "
        "Er rechnet mit zwei Jahren Bauzeit, die Fähre soll solange öfter fahren als bisher."
    )
    other = report.replace("am Mittwoch", "heute").replace("Er rechnet", "Holm rechnet")
    keep(archive, make_article("a", TITLE, report), make_article("b", "Brücke zu", other))
    assert are_kin(archive)


def test_the_same_event_in_other_words_is_another_story(archive):
    background = " Der Damm war vor neun Jahren für 80 Millionen Kronen gebaut worden."
    keep(
        archive,
        make_article("a", "Damm hält", "Der Damm von Tarvo hält nach Ansicht der Ministerin stand, auch "
                     "wenn der Fluss weiter steigt, wie sie in der Fragestunde sagte." + background),
        make_article("b", "Damm sicher", "Trotz der Flut am Oberlauf gibt es für die Leute in Tarvo "
                     "keinen Grund zur Sorge: Das sagte die Ministerin den Abgeordneten." + background),
    )  # fmt: skip
    assert not are_kin(archive)


def test_a_roundup_joins_no_two_stories(archive):
    stories = [make_story(random.Random(seed), 4) for seed in range(20, 26)]
    keep(archive, *(make_article(f"s{n}", *story) for n, story in enumerate(stories)))
    keep(archive, make_article("b", "Der Tag", "\n\n".join(body for _, body in stories)))
    assert not any(are_kin(archive, "s1", f"s{n}") for n in range(2, 6))


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Berichtigung: " + TITLE, "{}"),
        ("KORREKTUR 2 - " + TITLE, "{}"),
        (TITLE + " (korrigiert)", "{}"),
        (TITLE, "(Berichtigung: Im zweiten Absatz wurde die Zahl berichtigt)\n\n{}"),
        (TITLE, "Korrektur: Eine Zahl war falsch.\n\n{}"),
        (TITLE, "{}\n\nIn einer früheren Version dieses Artikels stand eine falsche Zahl."),
        (TITLE, "{}\n\nCorrection: an earlier version of this story had a wrong figure."),
    ],
)
def test_a_correction_supersedes_whichever_came_in_first(archive, title, text, order):
    mended = swap_number(BODY, random.Random(4))
    articles = {
        "a": make_article("a", TITLE, BODY),
        "b": make_article("b", title, text.format(mended)),
    }
    keep(archive, *(articles[one] for one in order))
    newer = find_newer(archive, "a")
    assert (newer.article_id, newer.reason) == ("b", "correction")
    assert find_newer(archive, "b") is None


def test_a_correction_leaves_other_reports_of_one_template_alone(archive):
    form = (
        "Tarvo (kda) - Der Pegel stieg am {} auf {} Zentimeter, sagte Hafenmeister Tilo Brandis. {}"
    )
    more = "Die Fähre nach Brakkum fährt weiter, für Boote unter drei Tonnen gilt ein Verbot."
    keep(
        archive,
        make_article("gestern", "Pegel", form.format("Montag", "310", more), 9),
        make_article("falsch", "Pegel", form.format("Dienstag", "344", more)),
        make_article("b", "Berichtigung: Pegel", form.format("Dienstag", "334", more)),
    )
    assert find_newer(archive, "falsch").article_id == "b"
    assert find_newer(archive, "gestern") is None


def test_a_correction_is_no_older_than_what_it_corrects(archive):
    keep(archive, make_article("a", TITLE, BODY, 20))
    keep(
        archive, make_article("b", f"Berichtigung: {TITLE}", swap_number(BODY, random.Random(4)), 3)
    )
    assert find_newer(archive, "a") is None


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_of_one_id_the_latest_version_stands_for_all(archive, order):
    guid = "urn:newsml:kda.example:20260310:991"
    rng = random.Random(8)
    versions = [
        make_article("v1", TITLE, BODY, guid=guid, version="9"),
        make_article("v2", TITLE, swap_number(BODY, rng), guid=guid, version="10"),
        make_article(
            "v3", "Neu", "Nun steht der Beschluss fest: Der Plan kommt.", guid=guid, version="11"
        ),
    ]
    keep(archive, *(versions[n] for n in order))
    assert find_newer(archive, "v1").article_id == find_newer(archive, "v2").article_id == "v3"
    assert find_newer(archive, "v3") is None


def test_a_short_id_joins_nothing_by_itself(archive):
    keep(archive, make_article("a", TITLE, BODY, 9, guid="17"))
    keep(archive, make_article("b", *make_story(random.Random(77)), guid="17"))
    assert not are_kin(archive)


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        (f"ZUSAMMENFASSUNG 2: {TITLE}", "version"),
        (f"{TITLE} (2. Fassung)", "version"),
        ("Neu-Tarvo: Rat", None),
    ],
)
def test_a_newer_version_holds_more_and_says_so(archive, title, reason):
    more = f"{swap_number(BODY, random.Random(4))} Die Abstimmung dauerte vier Stunden."
    keep(archive, make_article("a", TITLE, BODY), make_article("b", title, more))
    newer = find_newer(archive, "a")
    assert (newer.reason if newer else None) == reason


@pytest.mark.parametrize(
    ("title", "mark"),
    [
        ("WDH/Korrektur: Pegel sinkt", Mark("correction")),
        ("UPDATE 3-Level falls", Mark("version", 3)),
        ("Pegel sinkt - Korrektur", Mark("correction")),
        ("Regierung plant Korrektur der Renten", None),
        ("Kurs-Korrektur: Der Rat dreht bei", None),
        ("Neu-Ostrin feiert", None),
        ("ИСПРАВЛЕНИЕ: Уровень воды падает", Mark("correction")),
    ],
)
def test_a_mark_stands_at_an_end_of_the_headline(title, mark):
    assert read_mark(title, f"{title}\n\nDer Pegel sinkt.") == mark


def test_a_cluster_is_mended_when_a_print_changes_or_goes(archive):
    title, body = make_story(random.Random(5), 14)
    keep(archive, *(make_article(i, f"{title} {i}", body) for i in "abc"))
    assert read_origins(archive)["a"].also_in == ("b", "c")
    keep(archive, make_article("b", *make_story(random.Random(6))))
    assert read_origins(archive)["a"].also_in == ("c",)
    archive.delete_articles(["a"])
    assert read_origins(archive) == {}
    keep(archive, make_article("a", title, body))
    assert read_origins(archive, ["a"])["a"].also_in == ("c",)
    archive.delete_articles(["a", "b", "c"])
    tables = ["prints", "bands", "copies", "superseded"]
    assert [archive.query(f"SELECT count(*) FROM {t}")[0][0] for t in tables] == [0] * 4


def test_what_was_printed_later_is_not_seen_before(archive):
    keep(archive, make_article("a", TITLE, BODY, 3), make_article("b", "Nachdruck", BODY, 5))
    keep(
        archive, make_article("c", f"Berichtigung: {TITLE}", swap_number(BODY, random.Random(4)), 9)
    )
    then = read_origins(archive, ["a"], date(2026, 3, 6))["a"]
    assert (then.also_in, then.superseded_by) == (("b",), None)
    now = read_origins(archive, ["a"])["a"]
    assert (now.also_in, now.superseded_by.article_id) == (("b", "c"), "c")


def test_an_archive_from_before_opens_and_links_what_comes_in(tmp_path):
    old = Archive(tmp_path)
    keep(old, make_article("a", TITLE, BODY))
    with old.transaction() as db:
        for table in ("superseded", "copies", "bands", "prints"):
            db.execute(f"DROP TABLE {table}")
        db.execute("PRAGMA user_version = 0")  # No stamp of the schema was written then.
    old.close()
    archive = Archive(tmp_path)
    assert read_origins(archive) == {}
    keep(archive, *(make_article(i, TITLE, BODY) for i in "bc"))
    assert read_origins(archive)["b"].also_in == ("c",)
    archive.delete_articles(["a"])
    archive.close()


def test_a_story_printed_everywhere_is_one_cluster(archive):
    rng = random.Random(2)
    for number in range(60):
        body = BODY if number % 3 else cut_tail(BODY, rng)
        keep(archive, make_article(f"p{number}", f"Blatt {number}: {rng.choice(HEADLINES)}", body))
    assert len(read_origins(archive, ["p7"])["p7"].also_in) == 59


def test_a_hostile_text_costs_no_time(archive):
    nasty = [
        "(" * 50_000,
        "Korrektur" * 20_000,
        "a " * 100_000,
        "(Berichtigung " * 10_000,
        "\n(neu" * 20_000,
    ]
    keep(archive, *(make_article(f"n{k}", text[:90], text) for k, text in enumerate(nasty)))
    assert archive.count().articles == len(nasty)
