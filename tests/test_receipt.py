"""A receipt is checked again against the archive: what changed since is said, and fails."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from llmserver import serve
from typer.testing import CliRunner

from wortlaut.index.archive import Archive
from wortlaut.index.article import Statement, hash_text
from wortlaut.index.errors import ConfigError
from wortlaut.index.seal import read_seal
from wortlaut.rag.answer import Claim, Filters, Verdict
from wortlaut.rag.assembly import index_paths, open_chat
from wortlaut.rag.config import Settings, load_settings
from wortlaut.rag.evidence import Evidence
from wortlaut.rag.extractive import compose_answer
from wortlaut.rag.receipt import (
    FORMAT,
    describe_settings,
    make_receipt,
    read_receipt,
    stamp_receipt,
    write_receipt,
)
from wortlaut.rag.recheck import list_findings
from wortlaut.rag.wording import strike_out
from wortlaut.ui.terminal.printing import LateVerifier, check_files, open_verifier_for

pytestmark = pytest.mark.usefixtures("unread")

PORT = (
    " date 2025-01-29 ALDORA (kda) - Der Hafen von Aldora wird nicht verkauft. Die Ministerin Mira "
    "Talberg sagte am Mittwoch, das Land brauche verlässliche Zusagen. „Ohne Zusagen gibt es keinen "
    "Bau“, sagte Talberg. Der Umbau kostet 40 Millionen Euro.\n"
)
DAM = " date 2025-02 TARVO (kda) - „Der Damm hält“, sagte Jonas Hellwig.\n"
ASKED = "Was sagte Mira Talberg?"
OTHER = "Was sagte Jonas Hellwig?"
NOBODY = "Was sagte Oxenrath über Bienen?"
TRUE = "Mira Talberg said that the country needs reliable commitments."


def check_receipt(receipt, archive, verifier):
    return list(list_findings(receipt, archive, verifier))


class Scripted:
    """Gives one verdict on everything, and keeps what it was asked."""

    def __init__(self, label="supported"):
        self.label = label
        self.seen = []

    def verify(self, claim, citations, language):
        self.seen.append((claim, [citation.quote for citation in citations], language))
        return Verdict(self.label, 0.5, "It was told to say so.", "script")


def refuse_to_open():
    raise AssertionError("a quote needs no verifier")


NO_MODEL = LateVerifier(refuse_to_open)


class Desk:
    """A copy of an archive of two articles, which a test may change, and answers from it."""

    def __init__(self, home, folder):
        self.home, self.answers = home
        shutil.copytree(self.home / "data", folder / "data")
        self.settings = load_settings(data=folder / "data")
        self.archive = Archive(folder / "data")
        self.path = folder / "receipt.json"

    def write(self, *turns, **options):
        options = {"archive": self.archive, "settings": self.settings} | options
        return write_receipt(self.path, turns or [self.answers[ASKED]], **options)

    def check(self, verifier=NO_MODEL):
        return check_receipt(read_receipt(self.path), self.archive, verifier)

    def change(self, name, old, new):
        """Change an article's file, and bring the archive up to date with it."""
        path = self.home / name
        before = path.read_text(encoding="utf-8")
        try:
            path.write_text(before.replace(old, new), encoding="utf-8")
            assert index_paths(self.settings, [path]).updated == 1
        finally:
            path.write_text(before, encoding="utf-8")

    def write_claim(self, text=TRUE, verdict="supported", **changes):
        """The receipt of an answer by a model that makes one claim."""
        claim = Claim(text, (1,), verdict, 0.9, "The cited text says so.")
        shown = f"{text} [1]" if verdict == "supported" else ""
        changes = {"text": shown, "mode": "llm", "model": "m", "claims": (claim,)} | changes
        return self.write(replace(self.answers[ASKED], **changes))


@pytest.fixture(scope="module")
def home(tmp_path_factory, models):
    """A folder with two articles and their archive, and what it answers."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "hafen.txt").write_text(PORT, encoding="utf-8")
    (folder / "damm.txt").write_text(DAM, encoding="utf-8")
    config = Settings(data=folder / "data", models=models)
    index_paths(config, [folder])
    chat = open_chat(config)
    answers = {question: chat.ask(question) for question in (ASKED, OTHER, NOBODY)}
    chat.archive.close()
    return folder, answers


@pytest.fixture
def desk(home, tmp_path):
    made = Desk(home, tmp_path)
    yield made
    made.archive.close()


def reseal(desk, receipt, **changes):
    """The receipt with changes and digest and seal that fit them, as who has the archive makes it."""
    return stamp_receipt(receipt.model_copy(update=changes), read_seal(desk.archive))


def forge(desk, **changes):
    """The written receipt with changes to its first citation, and all hashes renewed."""
    receipt = read_receipt(desk.path)
    turn = receipt.turns[0]
    citation = turn.citations[0].model_copy(update=changes)
    turn = turn.model_copy(update={"citations": (citation, *turn.citations[1:])})
    desk.path.write_text(reseal(desk, receipt, turns=(turn,)).model_dump_json(), encoding="utf-8")


def reasons(findings):
    return " | ".join(finding.reason for finding in findings)


def test_every_answer_from_the_sample_archive_holds_and_is_read_back_as_written(seeded, tmp_path):
    config = load_settings(data=seeded)
    chat = open_chat(config)
    path = tmp_path / "receipt.json"
    conversations = [
        ["What did Lavrov say about guarantees?", "And in 2022?"],
        ["Was sagte Blinken?"],
        ["Что сказал Лавров о гарантиях?"],
        ["What did Oxenrath say about bees?"],
        ["Was soll mit dem Hafen geschehen?"],
    ]
    for questions in conversations:
        history = []
        for question in questions:
            history.append(chat.ask(question, history))
        written = write_receipt(path, history, archive=chat.archive, settings=config)
        assert read_receipt(path) == written
        assert check_receipt(written, chat.archive, NO_MODEL) == []
        assert [turn.answer for turn in written.turns] == [answer.text for answer in history]
        for turn in written.turns:
            for citation in turn.citations:
                text = chat.archive.read_article(citation.article_id).text
                assert text[citation.start : citation.end] == citation.quote
                assert hash_text(citation.quote) == citation.quote_sha256
    chat.archive.close()


def test_a_receipt_says_what_was_asked_understood_and_set(desk):
    wishes = Filters(since=date(2025, 1, 1), source="kda", without=frozenset({"until", "since"}))
    answer = desk.answers[ASKED]
    receipt = desk.write(replace(answer, asking=replace(answer.asking, filters=wishes)))
    (turn,) = receipt.turns
    assert (receipt.format, receipt.endpoint) == (FORMAT, None)
    assert receipt.archive == desk.archive.read_meta("archive_id")
    assert turn.question == ASKED
    assert turn.understood.speakers == ("Mira Talberg",)
    assert turn.filters.since == date(2025, 1, 1)
    assert turn.filters.without == ("since", "until")
    assert {citation.speaker for citation in turn.citations} == {"Mira Talberg"}
    assert (receipt.settings.mode, receipt.settings.model) == ("extractive", None)


def test_a_receipt_names_the_models_host_and_never_its_key(desk):
    config = load_settings(
        mode="llm", llm_base_url="http://models.example:8080/secret/v1", llm_api_key="sesame"
    )
    desk.write(replace(desk.answers[ASKED], model="smol"), settings=config)
    text = desk.path.read_text(encoding="utf-8")
    assert read_receipt(desk.path).endpoint == "models.example:8080"
    assert read_receipt(desk.path).settings.model == "smol"
    assert "secret" not in text
    assert "sesame" not in text


def test_the_fingerprint_is_of_what_matters_to_the_answer(desk):
    def fingerprint(**flags):
        return describe_settings(load_settings(**flags), desk.archive).fingerprint

    assert fingerprint() == fingerprint(port=1234)
    assert fingerprint() == fingerprint(llm_model="unused")
    changed = {fingerprint(quotes=3), fingerprint(min_confidence=0.5), fingerprint(mode="llm")}
    assert len(changed | {fingerprint()}) == 4


def test_a_changed_article_fails_and_says_where_the_quote_went(desk):
    desk.write()
    desk.change("hafen.txt", "Der Hafen von", "Der alte Hafen von")
    findings = desk.check()
    assert findings
    for finding in findings:
        assert (finding.turn, finding.severity) == (1, "failure")
        assert "article changed since" in finding.reason
        assert "now stand at [" in finding.reason
    text = desk.archive.read_article(read_receipt(desk.path).turns[0].citations[0].article_id).text
    start, end = map(int, findings[0].reason.rpartition("[")[2].rstrip(")").split(", "))
    assert text[start:end] == read_receipt(desk.path).turns[0].citations[0].quote


def test_a_quote_that_was_taken_out_of_its_article_is_reported_as_gone(desk):
    desk.write(desk.answers[OTHER])
    desk.change("damm.txt", "Der Damm hält", "Der Damm bricht")
    assert "its words are no longer there" in reasons(desk.check())


def test_an_article_that_is_gone_fails_and_its_text_elsewhere_is_named(desk):
    desk.write()
    (identity,) = {citation.article_id for citation in read_receipt(desk.path).turns[0].citations}
    moved = replace(desk.archive.read_article(identity), id="other", path="umgezogen.txt")
    desk.archive.delete_articles([identity])
    findings = desk.check()
    assert {finding.marker for finding in findings} >= {1}
    assert "umgezogen.txt" not in reasons(findings)
    desk.archive.replace_article(moved, [], [], "")
    findings = [finding for finding in desk.check() if finding.severity == "failure"]
    assert all("article gone" in finding.reason for finding in findings)
    assert "umgezogen.txt" in findings[0].reason


def test_a_moved_quote_fails_even_with_all_hashes_renewed(desk):
    desk.write()
    citation = read_receipt(desk.path).turns[0].citations[0]
    forge(desk, start=citation.start + 1, end=citation.end + 1)
    (finding,) = desk.check()
    assert finding.marker == citation.marker
    assert f"does not stand at [{citation.start + 1}" in finding.reason
    assert f"now stand at [{citation.start}, {citation.end})" in finding.reason


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"published": "2025-01-30"}, "date is 2025-01-29, the receipt says 2025-01-30"),
        ({"source": None}, "source is kda, the receipt says not known"),
        ({"title": "Anders"}, "title"),
        ({"speaker": "Jon Vesk"}, "the receipt says Jon Vesk"),
        ({"speaker": None}, "attributed anew: Mira Talberg"),
        ({"via": "Aldora Eins"}, "via Aldora Eins"),
        ({"quote_sha256": "0" * 64}, "another hash"),
        ({"text_sha256": "0" * 64}, "still stand where they stood"),
        ({"article_id": "nowhere"}, "article gone: nowhere"),
        ({"start": 10**6, "end": 10**6}, "does not stand at"),
    ],
)
def test_a_forged_citation_fails_even_with_the_digest_renewed(desk, changes, words):
    desk.write()
    forge(desk, **changes)
    findings = desk.check()
    assert words in reasons(findings)
    assert all(finding.severity == "failure" for finding in findings)


def test_a_statement_that_the_archive_attributes_to_somebody_else_now_is_reported(desk):
    desk.write(desk.answers[OTHER])
    with desk.archive.transaction() as db:
        db.execute("UPDATE statements SET speaker = 'Ida Rehm' WHERE speaker = 'Jonas Hellwig'")
        # As an article that is read anew has it, not as damage does.
        db.execute("UPDATE articles SET parts_seal = NULL")
    desk.archive.is_sealed = False
    assert "attributed anew: Ida Rehm (direct), the receipt says Jonas Hellwig" in reasons(
        desk.check()
    )


def test_an_edited_receipt_is_noticed(desk):
    desk.write()
    edited = desk.path.read_text(encoding="utf-8").replace("verlässliche", "unverlässliche")
    desk.path.write_text(edited, encoding="utf-8")
    found = reasons(desk.check())
    assert "the receipt itself was changed" in found
    assert "another hash than it says" in found


def test_a_claim_that_is_no_longer_supported_fails_with_the_verifiers_reason(desk):
    desk.write_claim()
    still = Scripted("supported")
    assert desk.check(still) == []
    assert [(claim, language) for claim, _, language in still.seen] == [(TRUE, "de")]
    (finding,) = desk.check(Scripted("refuted"))
    assert (finding.claim, finding.severity) == (1, "failure")
    assert "no longer supported (refuted: It was told to say so.)" in finding.reason


def test_a_claim_that_was_refused_may_stay_refused(desk):
    desk.write_claim(verdict="refuted")
    assert desk.check(Scripted("not_enough_info")) == []
    (note,) = desk.check(Scripted("supported"))
    assert note.severity == "note"


def test_a_planted_lie_is_caught_by_the_offline_verifier(desk):
    citation = desk.answers[ASKED].citations[0]
    verifier = open_verifier_for(desk.settings, desk.archive)
    lie = citation.quote.replace("brauche verlässliche", "brauche keine verlässlichen")
    assert lie != citation.quote
    desk.write_claim(text=citation.quote)
    assert desk.check(verifier) == []
    desk.write_claim(text=lie)
    assert "no longer supported" in reasons(desk.check(verifier))


def test_what_a_language_model_wrote_is_judged_again_as_it_was(desk):
    evidence = desk.answers[ASKED].citations[0].quote
    lie = "Mira Talberg sagte, das Land brauche keine Zusagen."
    with serve(f"{evidence} [1] {lie} [1]") as server:
        flags = {"mode": "llm", "llm_base_url": server.address, "llm_model": "m"}
        config = desk.settings.model_copy(update=flags)
        chat = open_chat(config)
        answer = chat.ask(ASKED)
        chat.archive.close()
    assert {claim.verdict for claim in answer.claims} == {"supported", "refuted"}
    receipt = desk.write(answer, settings=config)
    assert (receipt.turns[0].model, receipt.settings.mode) == ("m", "llm")
    assert desk.check(open_verifier_for(desk.settings, desk.archive)) == []


def test_a_quote_line_with_another_speaker_goes_to_the_verifier(desk):
    answer = desk.answers[ASKED]
    line = answer.claims[0].text
    desk.write_claim(text=line.replace("Mira Talberg", "Jon Vesk"), verdict="supported")
    verifier = Scripted("refuted")
    assert "no longer supported" in reasons(desk.check(verifier))
    assert len(verifier.seen) == 1


def test_a_cited_line_of_the_answer_that_is_no_claim_fails(desk):
    desk.write_claim(text=TRUE)
    receipt = read_receipt(desk.path)
    turn = receipt.turns[0].model_copy(update={"answer": f"{TRUE} [1] Aldora is at war. [1]"})
    forged = reseal(desk, receipt, turns=(turn,))
    (finding,) = check_receipt(forged, desk.archive, Scripted())
    assert finding.reason == "the answer says what no supported claim says: Aldora is at war."


@pytest.mark.parametrize("line", ["Hellwig lied.", "Hellwig lied. [9]", "[9]", "~~Hellwig lied.~~"])
def test_a_line_that_is_no_claim_and_no_words_of_ours_fails(desk, line):
    receipt = desk.write()
    for answer in (f"{receipt.turns[0].answer}\n{line}", f"{line}\n{receipt.turns[0].answer}"):
        turn = receipt.turns[0].model_copy(update={"answer": answer})
        (finding,) = check_receipt(reseal(desk, receipt, turns=(turn,)), desk.archive, NO_MODEL)
        assert finding.reason.startswith("the answer says what no supported claim says: ")


def test_a_claim_with_a_marker_that_is_not_its_own_fails(desk):
    desk.write_claim(text=TRUE)
    receipt = read_receipt(desk.path)
    turn = receipt.turns[0].model_copy(update={"answer": f"{TRUE} [9]"})
    findings = check_receipt(reseal(desk, receipt, turns=(turn,)), desk.archive, Scripted())
    assert "what no supported claim says" in reasons(findings)


def test_notes_and_struck_sentences_of_ours_may_stand_in_an_answer(desk):
    config = desk.settings
    chat = open_chat(config)
    for question in (
        "What did Mira Talberg and Oxenrath say?",
        "Was sagten Mira Talberg und Oxenrath über Zusagen?",
        "Was sagten Jonas Hellwig und Mira Talberg über den Damm?",
        "Что сказали Мира Тальберг и Оксенрат?",
    ):
        desk.write(chat.ask(question))
        assert desk.check() == [], question
    chat.archive.close()
    struck = strike_out("Aldora is at war.", "Nobody says so.", "de")
    answer = desk.answers[ASKED]
    refused = Claim("Aldora is at war.", (), "not_enough_info", 0.0, "Nobody says so.")
    kept = answer.claims[0]
    turn = replace(answer, text=f"{struck}\n{kept.text}", claims=(refused, kept))
    desk.write(turn)
    assert desk.check(Scripted("not_enough_info")) == []
    desk.write(replace(turn, claims=(kept,)))
    assert "Aldora is at war" in reasons(desk.check(NO_MODEL))


@pytest.mark.parametrize(
    "question",
    [
        NOBODY,
        "What did Oxenrath say about bees?",
        "Что сказал Оксенрат о пчёлах?",
        "Was sagte Mira Talberg über Quantenphysik und Bienenzucht?",
        "Was sagte Mira Talberg im Jahr 1999?",
        "What happened in 1999?",
        "What did the finance minister of Lundavia say about bees?",
        "Was sagten der Finanzminister von Lundavien oder Oxenrath?",
        "How do bees dance on Mars?",
    ],
)
def test_an_abstention_holds_and_any_other_words_of_it_fail(desk, question):
    chat = open_chat(desk.settings)
    abstention = chat.ask(question)
    chat.archive.close()
    assert abstention.abstained
    receipt = desk.write(abstention)
    assert desk.check() == []
    said = abstention.text
    for forged in (
        "Hellwig lied.", "", f"{said} Hellwig lied.", f"Hellwig lied. {said}",
        said.replace("kda", "Hellwig lied") + "\n", said.rpartition(": ")[0] + ": Hellwig lied.",
    ):  # fmt: skip
        turn = receipt.turns[0].model_copy(update={"answer": forged})
        (finding,) = check_receipt(reseal(desk, receipt, turns=(turn,)), desk.archive, NO_MODEL)
        assert "abstention" in finding.reason
    turn = receipt.turns[0].model_copy(update={"abstain_reason": "shyness"})
    (finding,) = check_receipt(reseal(desk, receipt, turns=(turn,)), desk.archive, NO_MODEL)
    assert "a reason that there is not" in finding.reason


def test_an_abstention_holds_when_more_articles_are_there_now(desk, tmp_path):
    desk.write(desk.answers[NOBODY])
    more = tmp_path / "neu.txt"
    more.write_text(DAM.replace("Jonas Hellwig", "Ida Rehm"), encoding="utf-8")
    assert index_paths(desk.settings, [more]).added == 1
    assert desk.check() == []


def test_a_claim_that_cites_what_the_receipt_has_not_fails(desk):
    desk.write_claim(claims=(Claim(TRUE, (9,), "supported", 1.0),))
    assert "cites [9], which the receipt has not" in reasons(desk.check(Scripted()))
    desk.write_claim(claims=(Claim(TRUE, (), "supported", 1.0),))
    assert "the claim cites nothing" in reasons(desk.check(Scripted()))


def test_a_claim_on_a_broken_citation_is_not_asked_again(desk):
    desk.write_claim()
    forge(desk, text_sha256="0" * 64)
    verifier = Scripted()
    assert "article changed" in reasons(desk.check(verifier))
    assert verifier.seen == []


def test_an_abstention_cites_nothing(desk):
    abstention = desk.answers[NOBODY]
    assert abstention.abstained
    desk.write(abstention)
    assert desk.check() == []
    desk.write(replace(abstention, citations=desk.answers[ASKED].citations))
    assert "an abstention cites nothing" in reasons(desk.check())
    desk.write(replace(abstention, abstained=False, abstain_reason=None))
    assert "the answer cites nothing" in reasons(desk.check())


def test_another_version_of_the_pipeline_is_a_note_and_no_failure(desk):
    receipt = desk.write()
    older = receipt.settings.model_copy(update={"pipeline": "0"})
    forged = reseal(desk, receipt, settings=older, settings_fingerprint=older.fingerprint)
    (note,) = check_receipt(forged, desk.archive, NO_MODEL)
    assert (note.severity, "pipeline 0" in note.reason) == ("note", True)


def test_a_receipt_of_another_archive_is_wrong_use(desk, tmp_path):
    receipt = desk.write()
    other = Archive(tmp_path / "other")
    with pytest.raises(ConfigError, match="--data DIR"):
        check_receipt(receipt, other, NO_MODEL)
    other.close()


def test_quotes_of_every_kind_of_line_are_known_again_without_a_model(desk):
    """Whichever marker, voice and language: the line that was written is the line that is checked."""
    answer = desk.answers[ASKED]
    for language in ("de", "en", "ru"):
        for citation in answer.citations:
            statement = Statement(
                citation.article.id, citation.span, citation.speaker, None, None, citation.voice
            )
            evidence = [Evidence(citation.article, citation.span, 1.0, 1.0, statement)]
            line = compose_answer(evidence, language)[2][0].text.replace("[1]", "[7]")
            turn = replace(
                answer,
                language=language,
                notice=None,
                asking=replace(answer.asking, filters=Filters(language=language)),
                text=line,
                claims=(Claim(line, (7,), "supported", 1.0),),
                citations=(replace(citation, marker=7),),
            )
            desk.write(turn)
            assert desk.check() == []


@pytest.fixture(scope="module")
def written(home):
    """A receipt, and as bytes."""
    folder, answers = home
    config = load_settings(data=folder / "data")
    archive = Archive(config.data)
    receipt = make_receipt([answers[ASKED]], archive=archive, settings=config)
    archive.close()
    return receipt, (receipt.model_dump_json(indent=1) + "\n").encode()


def read_bytes(raw, folder):
    path = folder / "changed.json"
    path.write_bytes(raw)
    try:
        return read_receipt(path)
    except ConfigError:
        return None


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_any_change_of_a_byte_is_noticed_or_harmless(written, tmp_path_factory, data):
    receipt, raw = written
    place = data.draw(st.integers(0, len(raw) - 1))
    byte = data.draw(st.integers(0, 255))
    kind = data.draw(st.sampled_from(["replace", "insert", "drop"]))
    middle = {"replace": bytes([byte]), "insert": bytes([byte]) + raw[place : place + 1]}
    changed = raw[:place] + middle.get(kind, b"") + raw[place + 1 :]
    read = read_bytes(changed, tmp_path_factory.getbasetemp())
    # The digest is not over the seal: that is held against the archive's.
    is_noticed = read is None or not read.is_intact or read.seal != receipt.seal
    assert is_noticed or read == receipt


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
    | st.fixed_dictionaries({"format": st.just(FORMAT), "turns": st.lists(st.none())})
)
def test_what_is_no_receipt_is_refused_in_one_line(tmp_path_factory, value):
    raw = json.dumps(value).encode()
    assert read_bytes(raw, tmp_path_factory.getbasetemp()) is None


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "no JSON"),
        (b"\xff\xfe\x00", "no JSON"),
        (b"[" * 200_000, "no JSON"),
        (b"9" * 5000, "no "),
        (b'{"format": "a", "format": "b"}', "no JSON"),
        (b'{"format": 1}', "no receipt"),
        (b'["wortlaut-receipt/1"]', "no receipt"),
        (b'{"format": "wortlaut-receipt/3"}', "this Wortlaut reads wortlaut-receipt/2"),
        (b'{"format": "wortlaut-receipt/1"}', "damaged receipt: created"),
        (b" " * (16 * 2**20 + 1), "larger than any receipt"),
    ],
)
def test_a_bad_file_is_refused_with_what_to_do(tmp_path, raw, words):
    path = tmp_path / "bad.json"
    path.write_bytes(raw)
    with pytest.raises(ConfigError, match=words):
        read_receipt(path)


def test_a_file_that_is_no_receipt_is_never_replaced(desk):
    desk.path.write_text("my notes", encoding="utf-8")
    with pytest.raises(ConfigError, match="no receipt; name another"):
        desk.write()
    assert desk.path.read_text(encoding="utf-8") == "my notes"
    with pytest.raises(ConfigError, match="name another"):
        write_receipt(
            desk.path.parent, [desk.answers[ASKED]], archive=desk.archive, settings=desk.settings
        )
    desk.path.write_text('{"format": "wortlaut-receipt/9"}', encoding="utf-8")
    desk.write()
    assert desk.check() == []


def test_a_receipt_is_whole_or_not_there(desk, monkeypatch):
    first = desk.write()
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(ConfigError, match="No space left"):
        desk.write(desk.answers[OTHER])
    assert read_receipt(desk.path) == first
    assert not list(desk.path.parent.glob(".wortlaut-*"))


def test_a_receipt_needs_an_answer_and_a_folder(desk):
    with pytest.raises(ConfigError, match="nothing was answered"):
        write_receipt(desk.path, [], archive=desk.archive, settings=desk.settings)
    desk.path = desk.path.parent / "no" / "receipt.json"
    with pytest.raises(ConfigError, match="no such folder"):
        desk.write()


def test_a_question_that_is_no_proper_text_still_gets_its_receipt(desk):
    chat = open_chat(desk.settings)
    desk.write(chat.ask("Was sagte \udcff Talberg?"))
    chat.archive.close()
    assert read_receipt(desk.path).turns[0].question == "Was sagte ? Talberg?"
    assert desk.check() == []


def make_app(config):
    app = typer.Typer()

    @app.command()
    def verify(paths: list[Path], as_json: bool = typer.Option(False, "--json")):
        raise typer.Exit(check_files(config, paths, as_json=as_json))

    return app


def run_verify(desk, *arguments):
    return CliRunner().invoke(make_app(desk.settings), [str(argument) for argument in arguments])


def test_verify_prints_each_receipts_result_and_the_worst_sets_the_status(desk):
    desk.write()
    good = run_verify(desk, desk.path)
    assert good.exit_code == 0
    assert "holds (turns 1, quotes" in good.stdout
    notes = desk.path.with_name("notes.json")
    notes.write_text("no receipt at all", encoding="utf-8")
    mixed = run_verify(desk, notes, desk.path, desk.path.with_name("none.json"))
    assert mixed.exit_code == 2
    assert "holds" in mixed.stdout
    assert mixed.stderr.count("wortlaut: ") == 2
    desk.change("hafen.txt", "40 Millionen", "50 Millionen")
    bad = run_verify(desk, desk.path)
    assert bad.exit_code == 1
    assert "FAILS: turn 1, [1]: article changed since" in bad.stdout
    assert "holds" not in bad.stdout


def test_verify_as_json_is_one_object_a_receipt(desk):
    desk.write()
    damaged = desk.path.with_name("damaged.json")
    damaged.write_bytes(desk.path.read_bytes().replace(b"Zusagen", b"Absagen"))
    notes = desk.path.with_name("notes.json")
    notes.write_text("{}", encoding="utf-8")
    done = run_verify(desk, "--json", desk.path, damaged, notes)
    good, bad, none = map(json.loads, done.stdout.splitlines())
    assert good == {"path": str(desk.path), "ok": True, "findings": []}
    assert (bad["ok"], none["ok"], done.exit_code) == (False, False, 2)
    assert set(bad["findings"][0]) == {"reason", "turn", "marker", "claim", "severity"}
    assert "no receipt" in none["findings"][0]["reason"]


def test_what_a_receipt_holds_cannot_steer_the_terminal(desk):
    desk.write()
    forge(desk, article_id="x\x1b[2J\u202e", title="\x1b]0;owned\x07\nwortlaut: all is well")
    for flags in ([], ["--json"]):
        done = run_verify(desk, *flags, desk.path)
        assert done.exit_code == 1
        assert not set(done.stdout) & set("\x1b\x07\u202e")
    lines = run_verify(desk, desk.path).stdout.splitlines()
    assert all(line.startswith(f"{desk.path}: FAILS: ") for line in lines)


def test_the_verifier_is_opened_only_for_a_claim_in_other_words(desk):
    desk.write()
    other = desk.settings.model_copy(update={"embedder": "/no/such/model"})
    assert check_files(other, [desk.path], as_json=True) == 0
    desk.write_claim()
    assert check_files(other, [desk.path], as_json=True) > 0
