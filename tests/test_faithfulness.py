"""Faithfulness scorers: what they flag, what they let pass, and how they are measured."""

import gzip
import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from wortlaut.eval.faithfulness.claims import is_refusal_answer, split_claims
from wortlaut.eval.faithfulness.labelled import read_labelled
from wortlaut.eval.faithfulness.measuring import (
    Judgement,
    fit_curve,
    judge_answers,
    measure_level,
)
from wortlaut.eval.faithfulness.offline import Calibration, OfflineScorer
from wortlaut.eval.faithfulness.scorer import (
    cut_windows,
    open_scorer,
)
from wortlaut.eval.faithfulness.signs import SourceWords, load_rarity
from wortlaut.index.article import Span
from wortlaut.index.embedder import DEFAULT_MODEL, load_embedder
from wortlaut.index.errors import ConfigError, DatasetError, LLMUnavailable
from wortlaut.rag.config import load_settings
from wortlaut.rag.verification.entailment import Entailment
from wortlaut.rag.verification.verifier import OfflineVerifier

QUESTION = "When does the ferry to Ellmark sail?"
FERRY = (
    "The night ferry from Tarvo to Ellmark sails at 10 pm on weekdays. It takes 14 hours and "
    "carries 120 cars. The shipping company raised the fare to 3,800 crowns in spring."
)
DAM = (
    "Ministerin Mira Talberg nannte den Staudamm bei Aldora sicher. Die Prüfung habe 40 Risse "
    "gefunden, von denen keiner tief sei, sagte sie am Dienstag."
)


@pytest.fixture(scope="module")
def scorer(models):
    return open_scorer(load_settings(models=models))


def score(scorer, answer, *contexts, question=QUESTION):
    return scorer.score(question, answer, contexts or (FERRY,))


def test_a_copied_sentence_is_supported_with_its_place(scorer):
    found = score(scorer, "It takes 14 hours and carries 120 cars.", DAM, FERRY)
    (claim,) = found.claims
    assert claim.verdict == "supported"
    assert claim.reason is None
    context, start, end = claim.nearest
    assert (context, FERRY[start:end]) == (1, "It takes 14 hours and carries 120 cars.")


def test_an_invented_sentence_is_flagged_with_the_words_that_are_new(scorer):
    answer = (
        "The night ferry sails at 10 pm on weekdays. "
        "Passengers are served a complimentary breakfast with smoked salmon and champagne."
    )
    kept, invented = score(scorer, answer).claims
    assert kept.verdict == "supported"
    assert invented.verdict == "not_enough_info"
    assert "champagne" in invented.reason
    assert invented.support < kept.support


def test_a_changed_number_is_flagged_and_named(scorer):
    (claim,) = score(scorer, "It takes 17 hours and carries 120 cars.").claims
    assert claim.verdict != "supported"
    assert "17" in claim.reason


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("It does not take 14 hours.", "contrary"),
        ("The shipping company has not raised the fare to 3,800 crowns in spring.", "contrary"),
        ("The night ferry from Tarvo to Uganda sails at 10 pm on weekdays.", "Uganda"),
    ],
)
def test_a_reversed_or_renamed_copy_is_flagged_with_the_reason(scorer, claim, reason):
    (found,) = score(scorer, claim).claims
    assert found.verdict != "supported"
    assert reason in found.reason


def test_a_denial_elsewhere_in_a_long_sentence_reverses_nothing():
    said = "The captain, who has not been fined over the incident at sea, will sail on Monday."
    words = SourceWords("", [said], load_rarity(), "en")
    assert not words.find_signs("The captain will sail on Monday.", 0.0, said).is_reversed
    assert words.find_signs("The captain will not sail on Monday.", 0.0, said).is_reversed


OPPOSITES = [
    ("en", "Fares on the night ferry rose by five percent.", "rose", "fell"),
    ("en", "The court of Tarvo rejected the plea of Jon Hale.", "rejected", "accepted"),
    ("de", "Die Regierung billigte den Vertrag am Montag.", "billigte", "verurteilte"),
    ("ru", "Суд отклонил жалобу Хольмсена в понедельник.", "отклонил", "одобрил"),
]


@pytest.mark.parametrize(("language", "said", "word", "opposite"), OPPOSITES)
def test_an_opposite_in_the_same_wording_reverses_it(language, said, word, opposite):
    claim = said.replace(word, opposite)
    words = SourceWords("", [said], load_rarity(), language)
    assert words.find_signs(claim, 0.0, said).is_reversed
    assert not words.find_signs(said, 0.0, said).is_reversed
    # Another sentence says it.
    both = SourceWords("", [said, claim], load_rarity(), language)
    assert not both.find_signs(claim, 0.0, said).is_reversed


def test_a_colon_or_a_word_on_the_sources_saves_no_invented_sentence():
    words = SourceWords("", [FERRY], load_rarity(), "en")
    invented = "Passengers devour smoked salmon and champagne in the mirrored ballroom"
    for claim in (f"{invented}:", f"{invented}, the text does not lie"):
        signs = words.find_signs(claim, 0.0)
        assert not signs.leads_in
        assert not signs.is_about_sources
    assert words.find_signs("The fares are:", 0.0).leads_in


@pytest.mark.parametrize(
    "answer",
    [
        "No answer.", "There is no answer.", "Unanswerable", "N/A", "Keine Antwort.",
        "Das steht nicht im Text.", "Not in the provided context.", "Нет ответа.",
        "Unable to answer based on given passages.", "The archive does not answer this.",
        "Das Archiv beantwortet diese Frage nicht.",
    ],
)  # fmt: skip
def test_an_answer_that_only_refuses_is_no_claim(answer):
    assert is_refusal_answer(answer)
    assert split_claims(answer) == []
    assert not is_refusal_answer(f"{answer} The ferry sails at ten.")


@pytest.mark.parametrize("answer", ["42", "Yes.", "1997", "According to the text it is not safe."])
def test_a_short_answer_and_one_that_names_its_source_are_claims(answer):
    assert [span.of(answer) for span in split_claims(answer)] == [answer]


@pytest.mark.parametrize(
    "claim",
    [
        "The fare rose to 3800 crowns in spring.",
        "1. The fare is 3,800 crowns.",
        "The ferry takes fourteen hours (passage 7).",
    ],
)
def test_a_number_counts_as_held_however_it_is_written(claim):
    words = SourceWords(QUESTION, [FERRY], load_rarity(), "en")
    assert words.find_signs(claim, 0.0).strange_numbers == ()


def test_a_number_word_in_the_context_holds_the_digits():
    words = SourceWords("", ["Zwei Schiffe sanken im dritten Jahr."], load_rarity(), "de")
    assert words.find_signs("2 Schiffe sanken in Jahr 3.", 0.0).strange_numbers == ()
    assert words.find_signs("4 Schiffe sanken.", 0.0).strange_numbers == ("4",)


def test_signs_are_counted_by_hand():
    words = SourceWords("", ["the old harbour is closed today"], lambda word: 10.0, "en")
    signs = words.find_signs("The old harbour burned", -0.1)
    # of the content pairs (old harbour)(harbour burned) one is new
    assert signs.new_content == pytest.approx(1 / 2)
    # each content word weighs 4 + 10; the sentence lacks one of the three
    assert signs.scattered == pytest.approx(1 / 3)
    # of the pairs (the old)(old harbour)(harbour burned) one is new
    assert signs.new_pairs == pytest.approx(1 / 3)
    # three of four words are copied in one run
    assert signs.broken == pytest.approx(1 / 4)
    # one new word of 10 nats
    assert signs.novelty == pytest.approx(np.log(11))
    assert signs.new_words == ("burned",)
    assert signs.as_vector()[:6] == pytest.approx((np.log(11), 1 / 3, 1 / 2, 1 / 3, 1 / 4, -0.1))


def test_words_of_the_question_are_not_new():
    words = SourceWords("Who owns the lighthouse?", ["It belongs to Tarvo."], load_rarity(), "en")
    assert words.find_signs("The lighthouse belongs to Tarvo.", 0.0).new_words == ()


def test_rare_words_weigh_more_than_everyday_ones():
    rarity = load_rarity()
    assert rarity("oxytocin") > rarity("harbour") > rarity("time") >= 0
    assert rarity("sicherheitsgarantien") > rarity("zeit")


def test_a_german_answer_over_german_copy_is_scored_alike(scorer):
    right, wrong = (
        score(scorer, claim, DAM, question="Was sagte Talberg?").claims[0]
        for claim in (
            "Talberg nannte den Staudamm bei Aldora sicher.",
            "Talberg kündigte eine Evakuierung der Bergdörfer durch Hubschrauber an.",
        )
    )
    assert right.verdict == "supported"
    assert wrong.verdict == "not_enough_info"


def test_an_english_answer_over_german_copy_is_left_to_the_verifier(scorer):
    right = score(scorer, "In Mira Talberg's view the dam near Aldora is safe.", DAM).claims[0]
    wrong = score(scorer, "Minister Mira Talberg called the dam near Lisberg safe.", DAM).claims[0]
    assert right.support > wrong.support
    assert wrong.verdict != "supported"


def test_an_answer_without_contexts_is_not_supported(scorer):
    found = scorer.score(QUESTION, "It sails at 10 pm.", ["", "  "])
    assert found.score == 0
    assert [claim.verdict for claim in found.claims] == ["not_enough_info"]


@pytest.mark.parametrize(
    "answer",
    [
        "",
        " \n",
        "…",
        "I cannot answer this from the documents.",
        "Dazu gibt es keine Angaben.",
        "Das steht nicht in den Dokumenten.",
        "В документах об этом ничего нет.",
    ],
)
def test_an_answer_that_claims_nothing_has_no_score(scorer, answer):
    found = score(scorer, answer)
    assert found.score is None
    assert found.claims == ()


def test_the_number_of_a_list_and_what_leads_in_are_no_claim_s_words():
    answer = "Here is how:\n1.\nBuy a ticket.\n2.\nBoard the ferry."
    assert [span.of(answer) for span in split_claims(answer)] == [
        "Buy a ticket.", "Board the ferry.",
    ]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="aB .!?\n1-", max_size=120))
def test_claims_are_disjoint_spans_in_order(answer):
    spans = split_claims(answer)
    assert all(0 <= s.start < s.end <= len(answer) for s in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=12), st.integers(20, 200))
def test_windows_cover_every_sentence_and_end(lengths, letters):
    context = " ".join(f"A{'b' * n} came." for n in lengths)
    windows = cut_windows(context, letters)
    covered = set().union(*(range(w.start, w.end) for w in windows))
    assert covered >= {i for i, c in enumerate(context) if c != " "}
    assert len(windows) <= len(lengths)


def test_the_order_of_the_contexts_does_not_matter(scorer):
    answer = "The ferry takes 14 hours. Talberg has retired to the seaside."
    one, two = score(scorer, answer, FERRY, DAM), score(scorer, answer, DAM, FERRY)
    assert one.score == pytest.approx(two.score)


class _Doubting:
    """Reads like the entailment model, and doubts every word as much as it is told to."""

    name = "doubting"

    def __init__(self, chance):
        self.chance = chance
        self.texts = []

    def read(self, claim, evidence):
        self.texts.append(evidence.text)
        return Entailment(0.0, 0.0, ((Span(0, len(claim)), self.chance),))


def test_what_the_entailment_model_doubts_is_less_supported(models):
    embedder = load_embedder(DEFAULT_MODEL, models)
    answer = "The night ferry carries 120 cars from Tarvo."
    supports = []
    for reader in (_Doubting(0.0), None, _Doubting(0.9)):
        plain = OfflineScorer(embedder, OfflineVerifier(embedder), load_rarity(), entailer=reader)
        (claim,) = score(plain, answer).claims
        supports.append(claim.support)
        assert reader is None or "The night ferry from Tarvo" in reader.texts[0]
    assert supports == sorted(supports, reverse=True)
    assert supports[0] > supports[1] > supports[2]


def test_what_reads_the_claims_is_told_by_the_fingerprint(models):
    embedder = load_embedder(DEFAULT_MODEL, models)
    one, other = (
        OfflineScorer(embedder, OfflineVerifier(embedder), load_rarity(), entailer=reader)
        for reader in (None, _Doubting(0.5))
    )
    assert other.fingerprint == f"{one.fingerprint} read by doubting"


def test_the_evaluator_speaks_llamaindex(scorer):
    from llama_index.core.evaluation import BaseEvaluator

    from wortlaut.eval.faithfulness.evaluator import WortlautFaithfulnessEvaluator

    evaluator = WortlautFaithfulnessEvaluator(scorer)
    assert isinstance(evaluator, BaseEvaluator)
    good = evaluator.evaluate(query=QUESTION, response="It takes 14 hours.", contexts=[FERRY])
    bad = evaluator.evaluate(query=QUESTION, response="It takes 19 hours.", contexts=[FERRY])
    none = evaluator.evaluate(query=QUESTION, response="", contexts=[FERRY])
    assert (good.passing, bad.passing) == (True, False)
    assert "19" in bad.feedback
    assert none.invalid_result
    assert none.score is None


def write_lines(path, *rows):
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_spans_votes_and_labels_are_read_alike(tmp_path):
    file = write_lines(
        tmp_path / "judged.jsonl",
        {"source_id": "a", "source": "S.", "answer": "One. Two.", "unsupported": [[5, 9]]},
        {
            "source": "S.",
            "sentences": [
                {"text": "One.", "votes_unsupported": 1, "votes": 3},
                {"text": "Two.", "votes_unsupported": 2, "votes": 3},
            ],
        },
        {"user_input": "Q?", "retrieved_contexts": ["S."], "response": "One.", "label": "FAIL"},
    )
    spans, votes, label = read_labelled(file)
    assert not any(answer.supported for answer in (spans, votes, label))
    assert (spans.is_supported(0, 4), spans.is_supported(5, 9)) == (True, False)
    start = votes.answer.index("Two.")
    assert (votes.is_supported(0, 4), votes.is_supported(start, start + 4)) == (True, False)
    assert label.is_supported(0, 4) is None


def test_a_gzipped_file_is_read_too(tmp_path):
    path = tmp_path / "judged.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as out:
        out.write(json.dumps({"context": "S.", "answer": "One.", "label": 1}))
    assert read_labelled(path)[0].supported


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"answer": "x"}',
        '{"context": "S", "answer": "x", "label": "maybe"}',
        '{"context": "S", "answer": "x", "unsupported": [[0, 9]]}',
    ],
)
def test_a_line_that_is_no_judged_answer_is_named(tmp_path, line):
    path = tmp_path / "judged.jsonl"
    path.write_text(json.dumps({"context": "S", "answer": "x", "label": 1}) + "\n" + line)
    with pytest.raises(DatasetError, match=r"judged\.jsonl:2"):
        read_labelled(path)


def test_an_empty_file_and_a_missing_one_say_what_to_do(tmp_path):
    (tmp_path / "empty.jsonl").write_text("\n")
    for name in ("empty.jsonl", "missing.jsonl"):
        with pytest.raises(DatasetError, match=name):
            read_labelled(tmp_path / name)


def test_a_level_is_counted_by_hand():
    level = measure_level(
        [
            Judgement("a", 0.9, False, False),
            Judgement("b", 0.2, True, True),
            Judgement("c", 0.4, True, False),
            Judgement("d", 0.7, False, True),
        ]
    )
    value = {name: estimate.value for name, estimate in level.figures.items()}
    # flagged: b and c, of which b is unsupported; unsupported are b and d
    assert (value["precision"], value["recall"], value["f1"]) == (0.5, 0.5, 0.5)
    # pairs (unsupported, supported) ranked right by 1 - support: b>a, b>c, d>a, but not d>c
    assert value["auroc"] == 3 / 4
    # (.9-1)², (.2-0)², (.4-1)², (.7-0)²
    assert value["brier"] == pytest.approx((0.01 + 0.04 + 0.36 + 0.49) / 4)
    assert (level.n, level.unsupported, level.sources) == (4, 2, 4)


def make_judgements(count=400, seed=1):
    """Answers of which a fifth is unsupported, by a scorer that ranks well and is too sure."""
    rng = np.random.default_rng(seed)
    unsupported = rng.random(count) < 0.2
    logits = np.where(unsupported, -1.0, 1.0) + rng.normal(0, 1, count)
    support = 1 / (1 + np.exp(-4 * logits))
    return [
        Judgement(f"s{i // 4}", float(s), bool(s < 0.5), bool(u))
        for i, (s, u) in enumerate(zip(support, unsupported, strict=True))
    ]


def test_the_ranking_agrees_with_scikit_learn_and_does_not_move_when_refitted():
    rows = make_judgements()
    level = measure_level(rows, resamples=50)
    expected = roc_auc_score([r.unsupported for r in rows], [1 - r.support for r in rows])
    assert level.figures["auroc"].value == pytest.approx(expected)


def test_refitting_mends_a_scorer_that_is_too_sure():
    figures = measure_level(make_judgements(), resamples=50).figures
    assert figures["refitted_ece"].value < figures["ece"].value
    assert figures["refitted_brier"].value < figures["brier"].value


def test_one_label_alone_leaves_ranking_and_refit_undefined():
    level = measure_level([Judgement(str(i), 0.5, False, False) for i in range(6)])
    assert level.figures["auroc"].value is None
    assert "refitted_f1" not in level.figures
    assert fit_curve([]) is None


def test_a_calibration_is_kept_and_read_again(tmp_path):
    made = Calibration().refit(2.0, 1.0, 0.4)
    made.write(tmp_path / "own.json")
    assert Calibration.read(tmp_path / "own.json") == made
    assert (made.scale, made.bias) == (
        pytest.approx(2 * Calibration().scale),
        pytest.approx(2 * Calibration().bias + 1),
    )


@pytest.mark.parametrize("text", ["", "{}", '{"weights": [1], "scale": 1, "bias": 0, "cut": 0.5}'])
def test_a_file_that_is_no_calibration_is_refused(tmp_path, text):
    file = tmp_path / "own.json"
    file.write_text(text)
    with pytest.raises(ConfigError, match=r"own\.json"):
        Calibration.read(file)


def test_refitted_log_odds_are_the_curve_of_the_old_ones(scorer):
    assert isinstance(scorer, OfflineScorer)
    words = SourceWords(QUESTION, [FERRY], load_rarity(), "en")
    signs = words.find_signs("The ferry has a cinema.", -0.05)
    old = Calibration().support(signs)
    new = Calibration().refit(1.5, -0.3, 0.5).support(signs)
    assert np.log(new / (1 - new)) == pytest.approx(1.5 * np.log(old / (1 - old)) - 0.3)


def test_judged_answers_carry_claims_only_where_people_looked(scorer, tmp_path):
    file = write_lines(
        tmp_path / "judged.jsonl",
        {"context": FERRY, "answer": "It takes 14 hours.", "label": 1},
        {"context": FERRY, "answer": "It takes 19 hours.", "unsupported": [[9, 11]]},
        {"context": FERRY, "answer": "I cannot answer that.", "label": 1},
    )
    plain, marked, silent = judge_answers(scorer, read_labelled(file))
    assert (silent.answer, silent.claims, plain.spans) == (None, (), None)
    assert plain.claims == ()
    assert (plain.answer.flagged, plain.answer.unsupported) == (False, False)
    assert [claim.unsupported for claim in marked.claims] == [True]
    assert marked.answer.flagged


def test_an_unknown_scorer_and_a_missing_model_are_refused(models):
    settings = load_settings(models=models)
    for name, match in (("best", "no scorer"), ("nli", "--scorer-model"), ("llm", "LLM_BASE_URL")):
        with pytest.raises(ConfigError, match=match):
            open_scorer(settings, name)


def test_an_entailment_model_scores_by_its_best_window(nli_folder, models):
    nli = open_scorer(load_settings(models=models), "nli", str(nli_folder))
    found = nli.score(QUESTION, "It takes 14 hours. It carries cars.", [FERRY, DAM])
    assert len(found.claims) == 2
    assert found.score == min(claim.support for claim in found.claims)
    assert all(0 <= claim.support <= 1 for claim in found.claims)
    assert nli.score(QUESTION, "It takes 14 hours.", []).score == 0
    assert nli.score(QUESTION, "", [FERRY]).score is None


def test_a_judge_scores_by_the_share_it_supports(judge_saying):
    from wortlaut.eval.faithfulness.scorer import LlmScorer

    judge = LlmScorer(judge_saying("SUPPORTED: it says so.", "REFUTED: it says 14."))
    found = judge.score(QUESTION, "It sails at 10 pm. It takes 19 hours.", [FERRY])
    assert [claim.verdict for claim in found.claims] == ["supported", "refuted"]
    assert found.score == 0.5
    assert found.claims[1].reason == "it says 14."


def run_scorer(*arguments):
    from typer.testing import CliRunner

    from wortlaut.ui.terminal.cli import app

    return CliRunner().invoke(app, ["eval", "scorer", *map(str, arguments)])


def test_too_few_labels_are_not_fitted_to_and_nothing_is_written(tmp_path):
    file = write_lines(
        tmp_path / "judged.jsonl",
        {"context": FERRY, "answer": "It takes 14 hours.", "unsupported": []},
        {"context": FERRY, "answer": "It takes 19 hours.", "unsupported": [[9, 11]]},
    )
    done = run_scorer("--data", file, "--fit", tmp_path / "own.json")
    assert isinstance(done.exception, DatasetError)
    assert "too little to fit to" in str(done.exception)
    assert not (tmp_path / "own.json").exists()


def test_whole_answer_labels_are_refused_for_a_fit_before_any_is_scored(tmp_path):
    file = write_lines(tmp_path / "j.jsonl", {"context": FERRY, "answer": "14 hours.", "label": 1})
    done = run_scorer("--data", file, "--fit", tmp_path / "own.json")
    assert "marked spans" in str(done.exception)


def test_the_command_prints_figures_with_what_they_stand_on(tmp_path):
    rows = [
        {
            "source_id": str(n),
            "context": FERRY,
            "answer": f"It takes {hours} hours.",
            "label": label,
        }
        for n in range(12)
        for hours, label in ((14, 1), (19, 0))
    ]
    file = write_lines(tmp_path / "j.jsonl", *rows)
    plain = run_scorer("--data", file).stdout
    assert "24 about 12 sources, 12 unsupported; flagged 12, 12 of them rightly" in plain
    assert "claims" not in plain
    found = json.loads(run_scorer("--data", file, "--json").stdout)
    assert found["answers"]["auroc"]["value"] == 1
    assert found["answers"]["true_positives"] == 12
    assert found["claims"]["n"] == 0


def test_a_real_model_behind_an_endpoint_judges_and_a_dead_one_is_named(smollm, models):
    settings = load_settings(models=models, llm_base_url=smollm)
    judge = open_scorer(settings, "llm")
    (claim,) = judge.score(QUESTION, "It takes 14 hours.", [FERRY]).claims
    assert claim.support in (0.0, 0.5, 1.0)
    assert "llm" in judge.fingerprint
    dead = settings.model_copy(update={"llm_base_url": "http://127.0.0.1:9", "llm_retries": 0})
    with pytest.raises(LLMUnavailable):
        open_scorer(dead, "llm").score(QUESTION, "It takes 14 hours.", [FERRY])
