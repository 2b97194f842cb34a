"""The entailment model: whether evidence bears a claim out, and which words it does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wortlaut.index.article import Article, Span, hash_text
from wortlaut.index.bundled import find_weights
from wortlaut.index.embedder import DEFAULT_MODEL, load_embedder
from wortlaut.index.errors import ConfigError
from wortlaut.index.pieces import PieceTable
from wortlaut.rag import reader as reader_module
from wortlaut.rag.answer import Citation
from wortlaut.rag.reader import BEGIN, END
from wortlaut.rag.verification import entailment as entailment_module
from wortlaut.rag.verification.entailment import (
    CLAIM_PIECES,
    CONTEXT_PIECES,
    LONGEST_SEQUENCE,
    ClaimReader,
    Entailment,
    Premise,
    join_claim,
    open_bundled_entailment,
)
from wortlaut.rag.verification.verifier import OfflineVerifier

pytestmark = pytest.mark.skipif(find_weights() is None, reason="the bundled model is not installed")
EVIDENCE = (
    "Die Fähre „Möwe“ lief am Dienstag vor Sandhaven auf eine Sandbank. Verletzt wurde niemand. "
    "Der Schaden beträgt nach Angaben der Reederei 1,2 Millionen Euro."
)
# A truth and a lie that are worded alike, in each language.
PAIRS = [
    ("Es gab keine Verletzten.", "Es gab mehrere Verletzte."),
    (
        "Nach Auskunft der Reederei liegt der Schaden bei 1,2 Millionen Euro.",
        "Nach Auskunft der Polizei liegt der Schaden bei 1,2 Millionen Euro.",
    ),
    ("Nobody was injured.", "Several people were injured."),
    ("Никто не пострадал.", "Пострадали три человека."),
    (
        "Судовладелец оценивает ущерб в 1,2 миллиона евро.",
        "Полиция оценивает ущерб в 1,2 миллиона евро.",
    ),
]


@pytest.fixture(scope="module")
def claim_reader() -> ClaimReader:
    opened = open_bundled_entailment()
    assert opened is not None
    return opened


@pytest.fixture(scope="module")
def embedder(models):
    return load_embedder(DEFAULT_MODEL, models)


@pytest.fixture(scope="module")
def table() -> PieceTable:
    weights = find_weights()
    assert weights is not None
    return PieceTable.open(weights)


@pytest.mark.parametrize(("truth", "lie"), PAIRS)
def test_a_truth_has_more_support_than_the_lie_worded_like_it(claim_reader, truth, lie):
    told, untold = (claim_reader.read(claim, Premise(EVIDENCE)) for claim in (truth, lie))
    # Who estimates the damage is told apart by less in Russian: .3 with these weights.
    least = 0.0 if "Полиция" in lie else 1.0
    assert told.support > untold.support + least


def test_the_words_that_are_not_told_are_doubted_most(claim_reader):
    claim = "According to the police, the damage amounts to 1.2 million euros."
    reading = claim_reader.read(claim, Premise(EVIDENCE))
    span, chance = max(reading.untold, key=lambda each: each[1])
    assert span.of(claim).strip() == "police"
    assert 0.5 < chance <= 1


def test_every_piece_of_a_claim_lies_inside_it_and_nothing_is_read_of_none(claim_reader):
    claim = "Кто-то сказал: „Nein“."
    reading = claim_reader.read(claim, Premise(EVIDENCE, "Davor stand dies."))
    assert all(0 <= span.start <= span.end <= len(claim) for span, _ in reading.untold)
    assert claim_reader.read("", Premise("")).untold == ()


@given(st.text(max_size=400), st.text(max_size=400), st.text(max_size=2000))
def test_claim_context_and_evidence_are_joined_within_the_limit(table, claim, context, evidence):
    pieces, before, text = (table.split(part) for part in (claim, context, evidence))
    ids, stop = join_claim(pieces, before, text)
    assert len(ids) <= LONGEST_SEQUENCE
    assert ids[0] == BEGIN
    assert ids[stop] == ids[-1] == END
    assert ids[1:stop].tolist() == pieces.ids[:CLAIM_PIECES].tolist()
    if len(before):
        kept = before.ids[-CONTEXT_PIECES:].tolist()
        assert ids[stop + 2 : stop + 2 + len(kept)].tolist() == kept


def test_a_file_that_is_not_the_measured_one_is_refused(monkeypatch):
    monkeypatch.setattr(entailment_module, "ENTAILMENT_SHA256", "0" * 64)
    with pytest.raises(ConfigError, match="not the entailment model of this version"):
        open_bundled_entailment()


def test_without_the_bundled_embedder_there_is_no_model(monkeypatch):
    monkeypatch.setattr(reader_module, "find_weights", lambda: None)
    assert open_bundled_entailment() is None


class Reading:
    """An entailment model that finds what it is told to, and keeps what it was asked."""

    name = "reading"

    def __init__(
        self, support: float, opposed: float = 0.0, doubted: tuple[Span, ...] = ()
    ) -> None:
        self.given = Entailment(support, opposed, tuple((span, 0.9) for span in doubted))
        self.asked: list[tuple[str, Premise]] = []

    def read(self, claim: str, evidence: Premise) -> Entailment:
        self.asked.append((claim, evidence))
        return self.given


TEXT = "Rita Falk sprach in Sandhaven. Sie nannte den Plan „gut“. Der Rat stimmt am Montag ab."


def cite(quote: str, speaker: str | None = None) -> Citation:
    article = Article("plan-1", "Plan", TEXT, hash_text(TEXT), language="de")
    start = TEXT.index(quote)
    return Citation(1, article, Span(start, start + len(quote)), speaker)


def test_the_model_reads_who_speaks_and_what_leads_up_to_the_quote(embedder):
    model = Reading(5.0)
    verifier = OfflineVerifier(embedder, entailer=model)
    verifier.verify("Falk praised it.", [cite("Sie nannte den Plan „gut“.", "Rita Falk")], "en")
    claim, evidence = model.asked[0]
    assert claim == "Falk praised it."
    assert evidence.text == "Rita Falk: Sie nannte den Plan „gut“."
    assert evidence.context == "Rita Falk sprach in Sandhaven."


def test_a_sure_rule_is_a_veto_whatever_the_model_finds(embedder):
    verifier = OfflineVerifier(embedder, entailer=Reading(9.0))
    verdict = verifier.verify(
        "The council votes on 14 May.", [cite("Der Rat stimmt am Montag ab.")], "en"
    )
    assert (verdict.label, verdict.rule) == ("refuted", "date")
    assert verdict.support < 0.5


def test_what_the_model_refuses_names_the_words_and_takes_its_label(embedder):
    claim = "The council postpones its vote."
    at = claim.index("postpones")
    for opposed, label in ((2.0, "refuted"), (-2.0, "not_enough_info")):
        model = Reading(-6.0, opposed, (Span(at, at + 4), Span(at + 4, at + 9)))
        verifier = OfflineVerifier(embedder, entailer=model)
        verdict = verifier.verify(claim, [cite("Der Rat stimmt am Montag ab.")], "en")
        assert verdict.label == label
        assert verdict.reason == "The cited text does not say 'postpones'"


def test_support_ranks_with_the_model_where_no_rule_objects(embedder):
    claim, citation = "A vote is to come.", cite("Der Rat stimmt am Montag ab.")
    supports = [
        OfflineVerifier(embedder, entailer=Reading(logit)).verify(claim, [citation], "en").support
        for logit in (-4.0, 0.0, 4.0)
    ]
    assert supports == sorted(supports)
    assert supports[0] < supports[-1]
