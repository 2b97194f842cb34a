"""The planted lies are lies, the truths true, and the verifier tells them apart."""

from __future__ import annotations

import ast
import gzip
import inspect
import json
import math
import random
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from wortlaut.eval.lies.data import (
    OTHER_MEANING,
    cite_text,
    gather_sets,
    plant_pawsx,
    plant_written,
    plant_xnli,
    plant_xquad,
    read_claim_articles,
    read_json_rows,
    read_wikinews,
    take_first,
)
from wortlaut.eval.lies.lies import (
    Counts,
    JudgedSentence,
    Planted,
    Rate,
    count_verdicts,
    judge_claims,
    make_lies,
    measure_auroc,
    plant_verbatim,
    rank_pairs,
    report_lies,
    time_verifier,
)
from wortlaut.eval.lies.mutations import MUTATIONS, swap_roles, swap_words
from wortlaut.index.article import Article, Span, hash_text
from wortlaut.index.embedder import DEFAULT_MODEL, load_embedder
from wortlaut.index.errors import ConfigError, DatasetError
from wortlaut.rag.answer import Citation, Verdict
from wortlaut.rag.verification.verifier import OfflineVerifier
from wortlaut.ui.terminal.cli import app, main

TEXTS = [
    "Der Hafen von Tarvo wird im Mai nicht verkauft, sagte Ministerin Mira Talberg am Mittwoch. "
    "Der Umbau kostet 40 Millionen Euro und dauert 18 Monate. Viele Fischer sind dagegen. "
    "„Wir haben mindestens 200 Boote, und keines davon geben wir auf“, sagte Jonas Hellwig. "
    "Jonas Hellwig traf Mira Talberg am 5. Mai 2024 in Berlin.",
    "Am Staudamm Wiesgrund arbeiten 320 Menschen, davon 50 in der Nacht. "
    "Ingenieurin Nora Veltin erklärte, die Mauer könnte drei Jahre halten. "
    "Das Dorf Kestrien liegt zwölf Kilometer entfernt. Egon Sallbach wies das zurück. "
    "„Die Mauer ist alt, aber sie hält noch lange“, sagte Egon Sallbach in Kestrien.",
    "Der Nachtzug nach Ostrau fährt ab Montag nicht mehr, teilte Karl Immhof mit. "
    "Im Jahr 2023 fuhren 9.000 Gäste mit, im Jahr 2024 nur noch 4.000. "
    "Lena Quist sagte, der Zug werde im Herbst wieder fahren. Alle Wagen sind verkauft.",
]
ARTICLES = [
    Article(
        f"a{n}", f"Bericht {n}", text, hash_text(text), language="de",
        published=date(2024, 5, 16 + n), published_precision="day",
    )
    for n, text in enumerate(TEXTS)
]  # fmt: skip


@pytest.fixture(scope="module")
def cases():
    return plant_verbatim(ARTICLES, seed=7)


def test_the_same_seed_plants_the_same_lies(cases):
    assert cases == plant_verbatim(ARTICLES, seed=7)
    assert cases != plant_verbatim(ARTICLES, seed=8)


def test_every_lie_differs_from_its_truth_or_cites_another_span(cases):
    truths = {(case.claim, case.citations) for case in cases if case.lie is None}
    assert truths
    for case in cases:
        if case.lie:
            assert (case.claim, case.citations) not in truths


def test_every_kind_of_lie_is_planted(cases):
    kinds = {case.lie for case in cases} - {None}
    assert kinds >= {
        "negation dropped", "negation added", "number changed", "date changed", "quantity changed",
        "unit changed", "mood changed", "place changed", "numbers swapped", "speaker swapped",
        "name changed", "roles swapped", "wrong article", "neighbouring span",
    }  # fmt: skip


def test_direct_speech_is_a_truth_with_its_speaker(cases):
    framed = [case.claim for case in cases if case.lie is None and " sagte: „" in case.claim]
    assert all("Hellwig" in claim or "Sallbach" in claim for claim in framed)


@pytest.mark.parametrize(
    ("name", "text", "language", "without"),
    [
        ("negation dropped", "The dam is not safe.", "en", "not"),
        ("negation dropped", "Das ist keine Lösung.", "de", "keine"),
        ("negation dropped", "Порт не продан.", "ru", "не "),
        ("number changed", "It cost 40 euros.", "en", "40"),
        ("date changed", "Am Mittwoch regnete es.", "de", "Mittwoch"),
        ("unit changed", "It took 40 minutes.", "en", "minutes"),
        ("quantity changed", "Viele kamen, viele gingen.", "de", "viele"),
        ("mood changed", "Das Schiff könnte sinken.", "de", "könnte"),
        ("place changed", "Er flog nach Berlin.", "de", "Berlin"),
    ],
)
def test_a_mutation_takes_the_true_word_away(name, text, language, without):
    false = MUTATIONS[name](text, language, random.Random(1))
    assert false is not None
    assert without not in false


def test_what_cannot_be_changed_is_left_alone():
    assert all(mutate("Ja.", "de", random.Random(1)) is None for mutate in MUTATIONS.values())
    assert swap_words("Talberg schweigt", "Talberg", "Hellwig") is None
    assert swap_words("Talberg rief Hellwig", "Talberg", "Hellwig") == "Hellwig rief Talberg"


def test_a_rate_has_the_wilson_interval():
    # p = 1/2, n = 4, z = 1.96: centre (0.5 + 0.480) / (1 + 0.960) = 0.5,
    # half sqrt(0.0625 + 0.060) / 1.960 * 1.96 = 0.35
    low, high = Rate(2, 4).interval
    assert low == pytest.approx(0.15, abs=0.005)
    assert high == pytest.approx(0.85, abs=0.005)
    # p = 1, n = 10: the lower end is n / (n + z²) = 10 / 13.841; the upper one is 1.
    assert Rate(10, 10).interval == pytest.approx((10 / (10 + 1.959964**2), 1.0))
    # p = 1/10, n = 10: centre (0.1 + 0.19207) / 1.38415, half √(0.009 + 0.0096036) 1.95996 / 1.38415
    half = math.sqrt(0.009 + 0.0096036) * 1.959964 / 1.3841459
    assert Rate(1, 10).interval == pytest.approx((0.2110 - half, 0.2110 + half), abs=1e-4)
    assert Rate(0, 0).share is None
    assert Rate(0, 0).interval is None
    assert Rate(10, 10).interval[1] == 1.0


class Credulous:
    """Believes whatever has no "not" in it."""

    def verify(self, claim, citations, language):
        label = "refuted" if "not" in claim else "supported"
        return Verdict(label, 0.5, "", "")


def plant(claim, lie):
    return Planted("cross", lie, claim, (cite_text("x", "Der Damm ist sicher."),), "en")


def test_lies_called_supported_are_not_caught_and_truths_not_called_so_are_refused():
    cases = [plant("It is not safe", "negation"), plant("It is 5", "number"),
             plant("It is safe", None), plant("It is not unsafe", None)]  # fmt: skip
    judged = list(judge_claims(Credulous(), cases))
    report = report_lies(count_verdicts(judged))["cross"]
    # 2 lies, 1 caught; 2 truths, 1 refused.
    assert report.caught == Rate(1, 2)
    assert report.refused == Rate(1, 2)
    assert report.by_lie == {"negation": Rate(1, 1), "number": Rate(0, 1)}
    assert [each.case.claim for each in judged if each.wrong] == ["It is 5", "It is not unsafe"]


def test_counts_of_two_data_sets_add_up():
    one = count_verdicts(judge_claims(Credulous(), [plant("It is 5", "number")]))
    both = report_lies(one + count_verdicts(judge_claims(Credulous(), [plant("not 5", "number")])))
    assert both["cross"].caught == Rate(1, 2)
    assert both["cross"].refused == Rate(0, 0)
    assert report_lies(Counts()) == {}


def test_auroc_counts_ties_half():
    # Pairs (truth, lie): .9>.5 1, .9>.1 1, .5=.5 a half, .5>.1 1; 3.5 of 4.
    assert measure_auroc([0.9, 0.5], [0.5, 0.1]) == pytest.approx(3.5 / 4)
    assert measure_auroc([], [0.5]) is None
    assert measure_auroc([0.5], []) is None


class Flat:
    """Every text has the same vector: the cosine tells nothing."""

    def encode_document(self, texts):
        return np.tile(np.array([0.6, 0.8], np.float32), (len(texts), 1))


def test_pairs_are_ranked_by_support_and_by_cosine():
    def judge(lie, label, support):
        return JudgedSentence(plant("It is safe", lie), Verdict(label, support, "", ""))

    judged = [judge(None, "supported", 0.9), judge(None, "refuted", 0.3),
              judge("other", "supported", 0.6), judge("other", "refuted", 0.1)]  # fmt: skip
    ranking = rank_pairs(judged, Flat())
    # Of 2 called supported 1 is true, of 2 truths 1 is; support is right on 3 of 4 pairs.
    assert (ranking.precision, ranking.recall) == (Rate(1, 2), Rate(1, 2))
    assert (ranking.auroc_support, ranking.auroc_cosine) == (0.75, 0.5)


def test_time_is_taken_of_five_claims_of_one_article_with_its_vectors_given():
    asked = []

    class Reader(Credulous):
        def __init__(self, read_vectors):
            self.read_vectors = read_vectors

        def verify(self, claim, citations, language):
            asked.append(self.read_vectors(citations[0].article.id)[0])
            return super().verify(claim, citations, language)

    said = [Span(0, 20), Span(21, 41)]
    text = "Der Damm ist sicher. Er hält noch lange."
    article = Article("x", "", text, hash_text(text))
    cases = [
        Planted("cross", None, f"It is {n}", (Citation(1, article, said[n % 2]),), "en")
        for n in range(7)
    ]
    timing = time_verifier(Reader, cases, Flat(), seed=1)
    assert timing.articles == 1
    assert timing.p95_ms >= timing.p50_ms > 0
    assert timing.p50_vs_embedding == pytest.approx(timing.p50_ms / timing.embedding_ms)
    # Five, and five to warm up.
    assert asked == [["Der Damm ist sicher.", "Er hält noch lange."]] * 10
    assert time_verifier(Reader, cases[:4], Flat(), seed=1) is None
    assert time_verifier(Reader, cases[::2] * 2, Flat(), seed=1) is None  # of one sentence


def test_the_mutators_share_nothing_with_the_verifier():
    tree = ast.parse(Path(inspect.getfile(swap_roles)).read_text(encoding="utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not [name for name in modules if name.startswith("wortlaut.rag.verif")]


def test_names_of_one_list_are_not_swapped():
    assert swap_roles("Talberg und Jonas Hellwig kamen", ["Talberg", "Hellwig"]) is None
    assert swap_roles("Talberg, Hellwig and Quist met", ["Quist", "Talberg", "Hellwig"]) is None
    assert swap_roles("Talberg rief Hellwig", ["Hellwig", "Talberg"]) == "Hellwig rief Talberg"


def test_no_verbatim_lie_passes_and_no_truth_is_refused(cases, models):
    verifier = OfflineVerifier(load_embedder(DEFAULT_MODEL, models))
    judged = list(judge_claims(verifier, cases))
    assert not [each for each in judged if each.wrong]
    report = report_lies(count_verdicts(judged))["verbatim"]
    assert report.caught.n >= 50
    assert report.refused.n >= 10


def test_lies_are_made_in_english_and_russian_too():
    rng = random.Random(3)
    for text, language in (
        ("In May 40 boats sank.", "en"),
        ("В 2024 году не было 40 лодок.", "ru"),
    ):
        truth = Planted("cross", None, text, (cite_text("x", "Im Mai sanken 40 Boote."),), language)
        assert {lie.lie for lie in make_lies(truth, rng)} >= {"number changed"}


def write_rows(path, rows):
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return path


PAWSX = [
    {"row": 0, "a": "Der Damm hat 40 Tore.", "b": "40 Tore hält der Damm.", "label": "1"},
    {"row": 1, "a": "Talberg rief Hellwig.", "b": "Hellwig rief Talberg.", "label": "0"},
    {"row": 2, "a": "", "b": "Hellwig schwieg.", "label": "0"},
]


def test_pawsx_pairs_are_truths_with_lies_and_lies_of_their_own(tmp_path):
    path = write_rows(tmp_path / "pawsx.de.jsonl.gz", PAWSX)
    cases = list(plant_pawsx(path, 1, None))
    assert [case.lie for case in cases] == [None, "number changed", OTHER_MEANING]
    assert {(case.kind, case.language) for case in cases} == {("paraphrase", "de")}
    assert cases[2].citations[0].quote == "Talberg rief Hellwig."
    assert [case.lie for case in plant_pawsx(path, 1, 1)] == [OTHER_MEANING]
    assert cases == list(plant_pawsx(path, 1, None))


WRITTEN = {
    "id": "damm-1",
    "title": "Damm hält",
    "text": "Der Damm bei Talberg hält. Hellwig will ihn erhöhen, sobald Geld da ist.",
    "claims": [
        {"claim": "The dam is holding.", "lang": "en", "label": "supported", "kind": "paraphrase",
         "evidence": ["Der Damm bei Talberg hält."]},
        {"claim": "Hellwig erhöht den Damm.", "lang": "de", "label": "refuted", "kind": "condition",
         "evidence": ["Hellwig will ihn erhöhen, sobald Geld da ist.", "Der Damm bei Talberg hält."]},
    ],
}  # fmt: skip


def test_claims_written_on_articles_cite_their_sentences_and_keep_their_kind(tmp_path):
    rows = [{**WRITTEN, "part": "dev"}, {**WRITTEN, "part": "train"}, {**WRITTEN, "claims": []}]
    path = write_rows(tmp_path / "claims.jsonl.gz", rows)
    truth, lie = plant_written(path, None)
    assert (truth.kind, truth.lie, truth.language) == ("cross", None, "en")
    assert (lie.kind, lie.lie) == ("paraphrase", "condition")
    assert [c.quote for c in lie.citations] == WRITTEN["claims"][1]["evidence"]
    assert sum(len(list(plant_written(path, half))) for half in (0, 1)) == 2


def test_written_claims_that_cite_nothing_are_named_with_their_line(tmp_path):
    for wrong in ({"evidence": ["Er brach."]}, {"evidence": []}, {"lang": "fr"}):
        claim = WRITTEN["claims"][0] | wrong
        path = write_rows(tmp_path / "c.jsonl.gz", [{**WRITTEN, "claims": [claim]}])
        with pytest.raises(DatasetError, match=r"c\.jsonl\.gz:1: "):
            list(plant_written(path, None))


def test_xnli_rows_of_two_languages_are_joined(tmp_path):
    labels = ["neutral", "entailment", "contradiction"]
    rows = {
        tongue: [{"row": n, "a": f"{tongue} a", "b": f"{tongue} {n}", "label": labels[n % 3]} for n in range(6)]
        for tongue in ("de", "ru")
    }  # fmt: skip
    paths = {name: write_rows(tmp_path / f"xnli.{name}.jsonl.gz", rows[name]) for name in rows}
    cases = list(plant_xnli(paths["de"], paths["ru"], 1))
    assert [(case.claim, case.lie) for case in cases] == [("ru 4", None), ("ru 5", "contradiction")]
    assert {(c.kind, c.language, c.citations[0].quote) for c in cases} == {("cross", "ru", "de a")}
    assert {case.kind for case in plant_xnli(paths["de"], paths["de"], None)} == {"paraphrase"}


def write_squad(path, *paragraphs):
    data = [{"title": f"T{n}", "paragraphs": [{"context": text, "qas": []}]} for n, text in enumerate(paragraphs)]  # fmt: skip
    path.write_text(json.dumps({"data": data}, ensure_ascii=False), encoding="utf-8")
    return path


def test_xquad_sentences_are_joined_and_made_false(tmp_path):
    german = write_squad(
        tmp_path / "x.de.json",
        "Der Damm von Tarvo ist 92 Meter hoch. Die Stadt Tarvo liegt dicht bei Brakkum am Meer.",
        "Der Zug nach Ostrau fährt im April wieder. Er nannte das „klein“ und ging.",
    )
    english = write_squad(
        tmp_path / "x.en.json",
        "The dam of Tarvo is 92 metres high. The town of Tarvo lies close to Brakkum by the sea.",
        "The train to Ostrau runs again in April. He called that “small” and left.",
    )
    cases = plant_xquad(german, english, "en", 3, None)
    truths = [case for case in cases if case.lie is None]
    assert [len(case.claim.split()) for case in truths] == [8, 11, 8]  # no quotation among them
    assert truths[0].citations[0].quote.startswith("Der Damm")
    assert {case.lie for case in cases} >= {"number changed", "unit changed", "neighbouring span", "roles swapped"}  # fmt: skip
    assert cases == plant_xquad(german, english, "en", 3, None)
    assert {case.article_id for case in plant_xquad(german, english, "en", 3, 1)} == {"xquad 1 0"}
    with pytest.raises(DatasetError, match="not parallel"):
        plant_xquad(german, write_squad(tmp_path / "y.en.json", "One."), "en", 3, None)


def test_the_limit_counts_truths_and_each_kind_of_lie():
    cases = [plant(str(n), lie) for n in range(3) for lie in (None, "a", "b")]
    assert [case.claim for case in take_first(cases, 1)] == ["0", "0", "0"]
    assert list(take_first(cases, None)) == cases


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz"])
def test_wikinews_quotes_are_dated_articles(tmp_path, ending):
    row = {"id": "12 - Damm hält (2024-05-16)", "text": TEXTS[1], "quotes": []}
    path = write_rows(tmp_path / "a.gz", [row])
    if ending == "jsonl":
        path.write_bytes(gzip.decompress(path.read_bytes()))
    path = path.rename(tmp_path / f"quotes.{ending}")
    (article,) = read_claim_articles([path], pytest.fail)
    assert (article.title, article.published) == ("Damm hält", date(2024, 5, 16))
    assert article.text == TEXTS[1]


def test_a_folder_is_read_as_for_the_archive(write):
    folder = write("a.txt", TEXTS[0]).parent
    write("b.jsonl", json.dumps({"content": TEXTS[1]}) + "\n{broken\n")
    told = []
    assert {article.text for article in read_claim_articles([folder], told.append)} == set(
        TEXTS[:2]
    )
    assert len(told) == 1
    assert "b.jsonl:2" in told[0]


@pytest.mark.parametrize(
    "line",
    ["{broken", "[]", "3", "{}", '{"row": "x", "label": "1"}', '{"row": 1, "label": "2"}',
     '{"row": 1, "label": "1", "a": 5, "b": "x"}', "\udcff", "[" * 100_000],
)  # fmt: skip
def test_a_malformed_line_is_named_by_file_and_number(tmp_path, line):
    path = tmp_path / "pawsx.de.jsonl"
    good = json.dumps(PAWSX[0]).encode() + b"\n"
    path.write_bytes(good + line.encode("utf-8", "surrogateescape") + b"\n")
    with pytest.raises(DatasetError, match=r"pawsx\.de\.jsonl:2: ") as caught:
        list(plant_pawsx(path, 1, None))
    assert "\n" not in str(caught.value)


def test_other_malformed_files_are_one_clear_line(tmp_path):
    plain = tmp_path / "plain.de.jsonl.gz"
    plain.write_text("no gzip")
    cut = write_rows(tmp_path / "cut.de.jsonl.gz", PAWSX * 50)
    cut.write_bytes(cut.read_bytes()[:-30])
    for path in (plain, cut, tmp_path / "none.de.jsonl", tmp_path):
        with pytest.raises(DatasetError, match=path.name):
            list(read_json_rows(path))
    day = write_rows(tmp_path / "w.jsonl.gz", [{"id": "A (2024-02-31)", "text": "x", "quotes": []}])
    with pytest.raises(DatasetError, match=r"w\.jsonl\.gz:1: "):
        list(read_wikinews(day))


def test_what_to_measure_must_be_named(tmp_path):
    def gather(pawsx=(), xquad=(None, None, None)):
        return gather_sets([], pawsx, [], xquad, 7, None, pytest.fail)

    with pytest.raises(ConfigError, match="--articles"):
        gather()
    for files in ((tmp_path, None, None), (None, tmp_path, None)):
        with pytest.raises(ConfigError, match="--xquad-en"):
            gather(xquad=files)
    with pytest.raises(DatasetError, match="no language"):
        gather(pawsx=[tmp_path / "pawsx.fr.jsonl.gz"])


def measure(*arguments):
    return CliRunner().invoke(app, ["eval", "lies", *map(str, arguments)])


def test_the_command_prints_each_data_set_and_all(tmp_path, write):
    folder = write("a.txt", TEXTS[1]).parent
    pairs = write_rows(tmp_path / "pawsx.de.jsonl.gz", PAWSX)
    done = measure("--articles", folder, "--pawsx", pairs, "--json")
    assert done.exit_code == 0
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["data_set"] for row in rows] == ["sources", "PAWS-X de", "all"]
    verbatim = rows[0]["classes"]["verbatim"]
    assert verbatim["caught"]["share"] == 1.0
    assert verbatim["refused"]["hits"] == 0
    assert rows[0]["timing"]["p95_ms"] >= rows[0]["timing"]["p50_ms"] > 0
    assert rows[0]["pairs"] is None
    assert rows[1]["timing"] is None
    assert set(rows[1]["pairs"]) == {"precision", "recall", "auroc_support", "auroc_cosine"}
    assert set(rows[2]["classes"]) == {"verbatim", "paraphrase"}


def test_the_command_prints_a_table_and_what_was_wrong(tmp_path):
    rows = [{"row": 0, "a": "Der Damm ist alt.", "b": "Ein Zug fährt ans Meer.", "label": "1"}]
    done = measure("--pawsx", write_rows(tmp_path / "p.de.jsonl.gz", rows), "--show-wrong")
    assert done.exit_code == 0
    assert "truths refused       100.0 %   [20.7, 100.0]  (1 of 1)" in done.stdout
    assert "claim: Ein Zug" in done.stdout
    assert "AUROC of support -" in done.stdout


def test_the_command_says_what_is_missing_in_one_line(monkeypatch, capsys, tmp_path):
    for extra, status in (([], 2), (["--pawsx", str(tmp_path / "pawsx.fr.jsonl")], 1)):
        monkeypatch.setattr("sys.argv", ["wortlaut", "eval", "lies", *extra])
        with pytest.raises(SystemExit) as caught:
            main()
        assert caught.value.code == status
        assert capsys.readouterr().err.count("\n") == 1
