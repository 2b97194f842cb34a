"""A forged receipt fails, however many of its public hashes are renewed; an honest one holds."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from llmserver import serve

from wortlaut.index.archive import Archive
from wortlaut.index.article import hash_text
from wortlaut.index.errors import ConfigError, StoreUnavailable
from wortlaut.index.seal import SEAL, Seal, draw_seal, read_seal, sign
from wortlaut.rag.answer import Asking, Filters
from wortlaut.rag.assembly import index_paths, make_chat, open_library, open_verifier, reopen_chat
from wortlaut.rag.config import load_settings
from wortlaut.rag.receipt import (
    OLD_FORMAT,
    Receipt,
    make_receipt,
    read_receipt,
    stamp_receipt,
    write_receipt,
)
from wortlaut.rag.recheck import list_findings
from wortlaut.ui.terminal.printing import check_files

pytestmark = pytest.mark.usefixtures("unread")

KEY = "an umbrella for Aldora"
ARTICLES = {
    "hafen.txt": " date 2025-01-29 ALDORA (kda) - Der Hafen von Aldora wird nicht verkauft. Die "
    "Ministerin Mira Talberg sagte am Mittwoch, das Land brauche verlässliche Zusagen. „Ohne "
    "Zusagen gibt es keinen Bau“, sagte Talberg. Der Umbau kostet 40 Millionen Euro.\n",
    "damm.txt": " date 2025-02-11 TARVO (kda) - „Der Damm hält“, sagte Jonas Hellwig. Der Damm ist "
    "nach Angaben der Stadt 30 Meter hoch.\n",
    "messe.txt": " date 2024-11-05 VELM (lpn) - Die Messe in Velm beginnt am Freitag. Mira Talberg "
    "sagte, sie komme nicht zur Messe.\n",
    "wald.txt": " date 2025-03-02 VELM (lpn) - Im Wald bei Velm brennt es. Die Feuerwehr löscht.\n",
}
CONVERSATIONS = {
    "speaker": (["Was sagte Mira Talberg?"], Filters()),
    "topic": (["What did Mira Talberg say about commitments?"], Filters()),
    "russian": (["Что сказала Мира Тальберг о гарантиях?"], Filters()),
    "fact": (["Wie hoch ist der Damm in Tarvo?"], Filters()),
    "then": (["Was sagte Mira Talberg im November 2024?"], Filters()),
    "yesterday": (["Was sagte Mira Talberg gestern?"], Filters(as_of=date(2025, 1, 30))),
    "turns": (["Was sagte Mira Talberg?", "Und Jonas Hellwig?", "Und 2024?"], Filters()),
    "days": (["Was sagte Mira Talberg?"], Filters(since=date(2025, 1, 1), until=date(2025, 6, 1))),
    "source": (["Was sagte Mira Talberg?"], Filters(source="lpn")),
    "one": (["Was wurde über den Damm gesagt?"], Filters(speaker="Jonas Hellwig", language="ru")),
    "less": (["Was sagte Mira Talberg 2023?"], Filters(without=frozenset({"since", "until"}))),
    "absent": (["Was sagte Oxenrath über Bienen?"], Filters()),
    "unknown": (["What did the police say?"], Filters()),
    "silent": (["Was sagte Mira Talberg über Quantenphysik und Bienenzucht?"], Filters()),
    "silent then": (["Was sagte Mira Talberg im Jahr 1999?"], Filters()),
    "further": (["Was sagte Jonas Hellwig?", "Was sagte er noch?"], Filters()),
    "nothing then": (["What was reported in 1999?"], Filters(language="de")),
    "no evidence": (["Wie backt man einen Kuchen?"], Filters()),
}  # fmt: skip
# What no archive can tell: of these the seal is the only proof, and the signature.
ONLY_SEALED = {
    "created", "wortlaut", "program", "endpoint", "asked", "state", "settings.pipeline",
    "settings.verifier", "settings.embedder", "settings.reader", "settings.min_confidence",
    "settings.quotes", "settings.model", "settings.on_unsupported", "settings.context_tokens",
    "settings.max_tokens", "model", "notice", "claim.support", "claim.reason",
}  # fmt: skip
HARMLESS = {"turns middle gone", "follows", "claims order"}


class Desk:
    """An open archive, with what asks it and what checks its receipts."""

    def __init__(self, folder, models, **flags):
        self.settings = load_settings(data=folder / "data", models=models, **flags)
        self.folder = folder
        self.open()

    def open(self):
        self.library = open_library(self.settings)
        self.archive = self.library.archive
        self.chat = make_chat(self.settings, self.library)
        self.verifier = open_verifier(self.archive, self.library.embedder)
        self.reopen = partial(reopen_chat, self.settings, lambda: self.library)

    def index(self, *names, prune=False):
        self.library.close()
        report = index_paths(self.settings, list(names) or [self.folder / "in"], prune=prune)
        self.open()
        return report

    def ask(self, questions, filters=Filters()):
        history = []
        for question in questions:
            history.append(self.chat.ask(question, history, filters))
        return history

    def keep(self, history, key=None):
        settings = self.settings
        if key:
            settings = load_settings(data=settings.data, models=settings.models, receipt_key=key)
        return make_receipt(history, archive=self.archive, settings=settings)

    def find(self, receipt, key=None, again=True):
        return list_findings(
            receipt, self.archive, self.verifier, key=key, roster=self.chat._finder.roster,
            reopen=self.reopen if again else None,
        )  # fmt: skip

    def check(self, receipt, **options):
        return list(self.find(receipt, **options))

    def fails(self, receipt, **options):
        try:
            return any(finding.severity == "failure" for finding in self.find(receipt, **options))
        except ConfigError:
            return True  # of another archive: wrong use


def make_desk(folder, models, articles=ARTICLES, **flags):
    (folder / "in").mkdir()
    for name, text in articles.items():
        (folder / "in" / name).write_text(text, encoding="utf-8")
    desk = Desk(folder, models, **flags)
    desk.index()
    return desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory, models, unread):
    made = make_desk(tmp_path_factory.mktemp("desk"), models)
    yield made
    made.library.close()


@pytest.fixture(scope="module")
def honest(desk):
    """Receipts of every kind by name: what was asked with which filters, and what a model wrote."""
    answered = {name: desk.ask(*some) for name, some in CONVERSATIONS.items()}
    kept = {name: desk.keep(history) for name, history in answered.items()}
    quote = answered["speaker"][0].citations[0].quote
    lie = "Mira Talberg sagte, das Land brauche keine Zusagen."
    with serve(f"{quote} [1] {lie} [1]") as server:
        flags = {"mode": "llm", "llm_base_url": server.address, "llm_model": "m"}
        before, desk.settings = desk.settings, desk.settings.model_copy(update=flags)
        desk.chat = make_chat(desk.settings, desk.library)
        kept["model"] = desk.keep(desk.ask(["Was sagte Mira Talberg?"]))
        desk.settings = before
        desk.chat = make_chat(before, desk.library)
    return kept


# What a forger does.


def change(value):
    """Some other values that may stand in a field in place of this one."""
    match value:
        case bool():
            return [not value]
        case int():
            return [value + 1]
        case float():
            return [0.123]
        case datetime():
            return [value - timedelta(seconds=1), value - timedelta(days=400)]
        case date():
            return [value - timedelta(days=1), value + timedelta(days=1), None]
        case str():
            return [f"{value} x"]
        case tuple() if all(isinstance(each, str) for each in value):
            return [(*value, "Jon Vesk"), *([value[:-1]] if value else [])]
        case tuple():
            return [(*value, 1), *([value[:-1]] if value else [])]
    return []


# In place of nothing, and where not every word will do.
INSTEAD = {
    "since": date(2024, 1, 1), "until": date(2026, 1, 1), "as_of": date(2025, 12, 1),
    "filters.speaker": "Jonas Hellwig", "filters.source": "kda", "filters.language": "en",
    "citation.speaker": "Jon Vesk", "url": "https://aldora.example/1", "via": "Aldora Eins",
    "notice": "All is well.", "abstain_reason": "no_evidence", "endpoint": "models.example",
    "model": "m2", "on_unsupported": "strike", "context_tokens": 9, "max_tokens": 9,
    "reason": "It was told to say so.", "state": 0,
}  # fmt: skip
OTHERS = {
    "mode": ["llm", "extractive"], "language": ["de", "en", "ru"], "voice": ["direct", "narrated"],
    "verdict": ["refuted", "supported"], "abstain_reason": ["no_evidence", "nothing_then"],
    "published_precision": ["month", "day"], "without": [("speaker",), ("since",), ()],
    "published": ["2025-01-30", "2025-01"], "source": ["kda", "lpn"], "follows": [0, 1],
    "on_unsupported": ["quote", "strike"], "filters.language": ["de", "en", "ru"],
    "filters.speaker": ["Mira Talberg"],
}  # fmt: skip
HASHES = {"program", "text_sha256", "quote_sha256", "settings_fingerprint"}
PARTS = {"settings", "turns", "filters", "understood", "citations", "claims"}
DERIVED = {"format", "digest", "seal", "signature", "before", "settings_fingerprint"}


def list_values(part, name, value):
    """What a forger may put in place of a field's value."""
    full = f"{part}.{name}"
    if name in HASHES:
        return ["0" * 64] if value is not None else []
    values = OTHERS.get(full, OTHERS.get(name))
    if values is None:
        values = change(value) if value is not None else []
    if value is None and (instead := INSTEAD.get(full, INSTEAD.get(name))) is not None:
        values = [instead]
    return [other for other in values if other != value]


def list_edits(part, model):
    """(field, the part with another value there), for every field and every such value."""
    for name in type(model).model_fields:
        if name in DERIVED | PARTS:
            continue
        value = getattr(model, name)
        for other in list_values(part, name, value):
            prefix = "" if part in ("receipt", "turn") else f"{part}."
            yield f"{prefix}{name}", model.model_copy(update={name: other})


def list_turn_edits(turn):
    """(field, the turn with a change there): itself, its filters, what it cites and claims."""
    yield from list_edits("turn", turn)
    for name in ("filters", "understood"):
        for field, part in list_edits(name, getattr(turn, name)):
            yield field, turn.model_copy(update={name: part})
    for name, part in (("citations", "citation"), ("claims", "claim")):
        held = getattr(turn, name)
        for field, changed in list_edits(part, held[0]) if held else ():
            yield field, turn.model_copy(update={name: (changed, *held[1:])})
            if field == "citation.quote":
                renewed = changed.model_copy(update={"quote_sha256": hash_text(changed.quote)})
                yield field, turn.model_copy(update={name: (renewed, *held[1:])})
        if held:
            yield f"{name} less", turn.model_copy(update={name: held[1:]})
        if len(held) > 1:
            yield f"{name} order", turn.model_copy(update={name: (held[1], held[0], *held[2:])})


def graft(turn, other):
    """The turn with another's question, and all that was understood of that one."""
    names = ("question", "filters", "understood", "language")
    return turn.model_copy(update={name: getattr(other, name) for name in names})


def list_forgeries(receipt, others):
    """(field, the receipt with a change there), for every field of every part of it."""
    yield from list_edits("receipt", receipt)
    for field, settings in list_edits("settings", receipt.settings):
        yield field, receipt.model_copy(update={"settings": settings})
    turns = receipt.turns
    for place, turn in enumerate(turns):
        edits = list(list_turn_edits(turn))
        edits += [("graft", graft(turn, o)) for o in others if o.question != turn.question]
        for field, changed in edits:
            there = (*turns[:place], changed, *turns[place + 1 :])
            yield field, receipt.model_copy(update={"turns": there})
    if len(turns) > 1:
        for name, some in (
            ("reversed", turns[::-1]), ("swapped", (turns[1], turns[0], *turns[2:])),
            ("first gone", turns[1:]), ("middle gone", (turns[0], *turns[2:])),
        ):  # fmt: skip
            yield f"turns {name}", receipt.model_copy(update={"turns": some})
            moved = zip(some, sorted(turn.asked for turn in turns), strict=False)
            moved = tuple(turn.model_copy(update={"asked": at}) for turn, at in moved)
            yield f"turns {name}", receipt.model_copy(update={"turns": moved})


def renew(receipt):
    """The receipt with every public hash renewed; `None` where that is no receipt at all."""
    turns = []
    for turn in receipt.turns:
        before = turns[-1].hash if turns and turn.follows else None
        turns.append(turn.model_copy(update={"before": before}))
    changes = {"turns": tuple(turns), "settings_fingerprint": receipt.settings.fingerprint}
    renewed = receipt.model_copy(update=changes)
    renewed = renewed.model_copy(update={"digest": renewed.compute_digest()})
    try:
        assert Receipt.model_validate_json(renewed.model_dump_json()).is_intact
    except ValueError:
        return None
    return renewed


def to_old(receipt):
    """What the receipt says, in the format without a seal, whole and with its digest."""
    nothing = dict.fromkeys(("asked", "state", "follows", "before"))
    turns = tuple(turn.model_copy(update=nothing) for turn in receipt.turns)
    settings = receipt.settings.model_copy(update={"reader": None})
    old = receipt.model_copy(
        update={
            "format": OLD_FORMAT, "program": None, "turns": turns, "settings": settings,
            "settings_fingerprint": settings.fingerprint, "seal": None, "signature": None,
        }
    )  # fmt: skip
    return stamp_receipt(old, None)


@pytest.fixture(scope="module")
def forged(honest):
    """(kind, field, receipt) of every forgery, all public hashes renewed."""
    others = [receipt.turns[0] for receipt in honest.values()]
    return [
        (kind, field, renewed)
        for kind, receipt in honest.items()
        for field, changed in list_forgeries(receipt, others if kind in ("topic", "fact") else ())
        if (renewed := renew(changed)) is not None
    ]


def test_honest_receipts_are_of_every_kind_and_hold(desk, honest):
    assert [name for name, receipt in honest.items() if desk.check(receipt)] == []
    turns = [turn for receipt in honest.values() for turn in receipt.turns]
    reasons = {turn.abstain_reason for turn in turns}
    assert reasons >= {
        None, "no_evidence", "absent_name", "unknown_speaker", "speaker_silent",
        "speaker_silent_then", "nothing_further", "nothing_then",
    }  # fmt: skip
    assert {turn.mode for turn in turns} == {"extractive", "llm"}
    assert [turn.follows for turn in honest["turns"].turns] == [0, 1, 2]
    assert honest["turns"].turns[2].before == honest["turns"].turns[1].hash
    assert {claim.verdict for claim in honest["model"].turns[0].claims} == {"supported", "refuted"}
    assert all(any(turn.citations for turn in honest[n].turns) for n in ("source", "one", "less"))


def test_no_forged_receipt_passes_whatever_its_public_hashes(desk, forged):
    assert len(forged) >= 222
    passed = [
        (kind, field, seal)
        for kind, field, receipt in forged
        for seal in (receipt.seal, None)
        if not desk.fails(receipt.model_copy(update={"seal": seal}), again=False)
    ]
    assert passed == []
    old = [(kind, field, to_old(receipt)) for kind, field, receipt in forged]
    assert [some[:2] for some in old if not desk.fails(some[2], again=False)] == []


def test_no_receipt_that_was_forged_with_the_archives_seal_passes_the_key(desk, honest, forged):
    seal = read_seal(desk.archive)
    for receipt in honest.values():
        signed = stamp_receipt(receipt, seal, KEY)
        assert desk.check(signed, key=KEY, again=False) == []
        (note,) = desk.check(signed, again=False)
        assert (note.severity, "signed, not checked" in note.reason) == ("note", True)
    passed = [
        (kind, field)
        for kind, field, receipt in forged
        for other in (None, sign(KEY, honest[kind].digest), sign(f"{KEY}!", receipt.digest))
        if not desk.fails(_seal_with(receipt, seal, other), key=KEY, again=False)
    ]
    assert passed == []


def _seal_with(receipt, seal, signature):
    signed = receipt.model_copy(update={"signature": signature})
    return signed.model_copy(update={"seal": seal.stamp(signed.sealed)})


def test_what_is_forged_with_the_archives_own_seal_does_not_follow_from_the_archive(desk, forged):
    """Whoever has the archive can seal what he likes: but not what the archive does not answer.

    What passes says nothing else than what was asked: a filter that would have changed nothing, a
    conversation that was broken off earlier.
    """
    seal = read_seal(desk.archive)
    kinds = {"topic", "fact", "russian", "turns", "days", "yesterday", "silent", "absent", "model"}
    some = [each for each in forged if each[0] in kinds and each[1] not in ONLY_SEALED]
    assert len(some) >= 222
    passed = set()
    for kind, field, receipt in some:
        sealed = stamp_receipt(receipt, seal)
        if not desk.fails(sealed, again=False) and not desk.fails(sealed):
            passed.add((kind, field))
    assert {field for _, field in passed if not field.startswith("filters.")} <= HARMLESS
    effective = {("days", "filters.since"), ("days", "filters.until"), ("topic", "graft")}
    assert passed & effective == set()


def test_honest_receipts_hold_when_the_archive_has_grown_and_lost(tmp_path, models):
    desk = make_desk(tmp_path, models)
    kept = {name: desk.keep(desk.ask(*some)) for name, some in CONVERSATIONS.items()}
    (tmp_path / "in" / "markt.txt").write_text(
        " date 2025-04-01 VELM (lpn) - „Der Markt bleibt“, sagte Ida Rehm.\n", encoding="utf-8"
    )
    (tmp_path / "in" / "wald.txt").unlink()
    report = desk.index(prune=True)
    assert (report.added, report.pruned) == (1, 1)
    named = {name for name, receipt in kept.items() if "Wald" in receipt.turns[-1].answer}
    assert {name for name, receipt in kept.items() if desk.check(receipt)} == named
    assert len(named) <= 2
    graft_of = kept["speaker"].turns[0]
    forged = kept["fact"].model_copy(update={"turns": (graft(graft_of, kept["then"].turns[0]),)})
    assert desk.fails(stamp_receipt(renew(forged), read_seal(desk.archive)))
    desk.library.close()


def test_who_has_come_since_may_be_why_a_question_is_understood_otherwise(tmp_path, models):
    desk = make_desk(tmp_path, models)
    receipt = desk.keep(desk.ask(["Was sagte Oxenrath?"]))
    assert receipt.turns[0].understood.unknown_speakers == ("Oxenrath",)
    (tmp_path / "in" / "bienen.txt").write_text(
        " date 2025-04-01 VELM (lpn) - „Die Bienen bleiben“, sagte Ole Oxenrath.\n",
        encoding="utf-8",
    )
    desk.index()
    findings = desk.check(receipt)
    assert {finding.severity for finding in findings} == {"note"}
    assert any("Ole Oxenrath" in finding.reason for finding in findings)
    other = receipt.turns[0].understood.model_copy(update={"unknown_speakers": ("Jon Vesk",)})
    turn = receipt.turns[0].model_copy(update={"understood": other})
    # Jon Vesk has not come since, but somebody whom the question names has.
    assert not desk.fails(stamp_receipt(renew_turns(receipt, turn), read_seal(desk.archive)))
    assert desk.fails(renew_turns(receipt, turn))
    desk.library.close()


def renew_turns(receipt, *turns):
    return renew(receipt.model_copy(update={"turns": turns}))


def drop_new(data):
    """The receipt's data without what the old format had no names for."""
    new = {"asked", "state", "follows", "before", "program", "seal", "signature", "reader"}
    if isinstance(data, list):
        return [drop_new(each) for each in data]
    if isinstance(data, dict):
        return {name: drop_new(value) for name, value in data.items() if name not in new}
    return data


def test_a_receipt_of_the_old_format_is_read_and_said_to_be_unsealed(desk, honest):
    old = to_old(honest["turns"])
    path = desk.folder / "old.json"
    path.write_text(json.dumps(drop_new(old.model_dump(mode="json"))), encoding="utf-8")
    assert read_receipt(path) == old
    assert "seals its receipts since it was made" in desk.check(old)[0].reason
    born = desk.archive.read_meta(SEAL)
    seal = json.loads(draw_seal(from_birth=False))
    try:
        desk.archive.write_meta(SEAL, json.dumps(seal))
        (note,) = desk.check(old)
        assert (note.severity, "before receipts were sealed" in note.reason) == ("note", True)
        assert desk.fails(old, key=KEY)
        desk.archive.write_meta(SEAL, json.dumps(seal | {"since": "2025-01-01T00:00:00+00:00"}))
        assert "seals its receipts since 2025-01-01" in desk.check(old)[0].reason
        desk.archive.write_meta(SEAL, None)
        assert "no seal to hold against it" in desk.check(honest["turns"])[0].reason
        desk.archive.write_meta(SEAL, '{"secret": "5e55"}')
        with pytest.raises(StoreUnavailable, match="seal") as caught:
            desk.check(honest["turns"])
        assert "5e55" not in str(caught.value)
    finally:
        desk.archive.write_meta(SEAL, born)
    assert desk.check(honest["turns"]) == []


def test_times_that_cannot_be_are_found_whoever_sealed_them(desk, honest):
    receipt, seal = honest["turns"], read_seal(desk.archive)
    first, *rest = receipt.turns
    soon = datetime.now(UTC) + timedelta(days=2)
    for changes, words in (
        ({"created": soon}, "still to come"),
        ({"created": receipt.created - timedelta(days=1)}, "later than the receipt"),
        (
            {"turns": (first.model_copy(update={"asked": soon}), *rest)},
            "earlier than the turn before it",
        ),
        (
            {"turns": (first.model_copy(update={"asked": soon - timedelta(days=99)}), *rest)},
            "earlier than the archive had a seal",
        ),
    ):
        forged = stamp_receipt(renew(receipt.model_copy(update=changes)), seal)
        reasons = " | ".join(f.reason for f in desk.check(forged) if f.severity == "failure")
        assert words in reasons


def test_a_lone_follow_up_brings_the_turns_that_it_was_asked_after(desk):
    first, second, third = desk.ask(CONVERSATIONS["turns"][0])
    whole = desk.keep([first, second, third])
    for some in ([third], [second, third], [first, third], [first, second, third]):
        assert [t.question for t in desk.keep(some).turns] == [t.question for t in whole.turns]
    assert [turn.follows for turn in desk.keep([first, first]).turns] == [0, 0]
    odd = replace(third, asking=replace(third.asking, history=(second, first)))
    asked = [turn.question for turn in desk.keep([odd]).turns]
    assert asked == [answer.question for answer in (first, second, first, third)]
    cut = replace(third, asking=replace(third.asking, history=(second,)))
    with pytest.raises(ConfigError, match="no conversation"):
        desk.keep([replace(third, asking=replace(third.asking, history=(first, cut)))])
    lone = replace(first, asking=None)
    assert desk.keep([lone]).turns[0].filters.since is None
    assert Asking(datetime.now(UTC)).history == ()


def test_a_question_is_understood_as_on_the_day_when_it_was_asked(desk):
    (answer,) = desk.ask(["Was sagte Mira Talberg gestern?"])
    receipt, seal = desk.keep([answer]), read_seal(desk.archive)
    assert desk.check(receipt) == []
    (turn,) = receipt.turns
    days = (answer.query.window.since, answer.query.window.until)
    assert days == (turn.asked.date() - timedelta(days=1),) * 2
    later = turn.model_copy(update={"asked": turn.asked + timedelta(days=1)})
    forged = receipt.model_copy(update={"turns": (later,), "created": later.asked})
    reasons = [finding.reason for finding in desk.check(stamp_receipt(renew(forged), seal))]
    assert any("first day" in reason for reason in reasons)


def test_neither_the_key_nor_the_archives_secret_is_ever_shown(desk, capsys, monkeypatch):
    path = desk.folder / "signed.json"
    monkeypatch.setenv("WORTLAUT_RECEIPT_KEY", KEY)
    settings = load_settings(data=desk.settings.data, models=desk.settings.models)
    write_receipt(
        path, desk.ask(["Was sagte Mira Talberg?"]), archive=desk.archive, settings=settings
    )
    assert check_files(settings, [path], as_json=False) == 0
    monkeypatch.setenv("WORTLAUT_RECEIPT_KEY", f"not {KEY}")
    other = load_settings(data=desk.settings.data, models=desk.settings.models)
    assert check_files(other, [path], as_json=True, quick=True) == 1
    monkeypatch.delenv("WORTLAUT_RECEIPT_KEY")
    plain = load_settings(data=desk.settings.data, models=desk.settings.models)
    assert check_files(plain, [path], as_json=False) == 0
    monkeypatch.setenv("WORTLAUT_RECEIPT_KEY", "too short")
    with pytest.raises(ConfigError, match="can be guessed") as caught:
        load_settings()
    seal = read_seal(desk.archive)
    shown = "".join(capsys.readouterr()) + path.read_text(encoding="utf-8") + repr(seal)
    shown += str(caught.value) + repr(settings) + settings.model_dump_json()
    assert "signed, not checked" in shown
    assert "signature is not of the key" in shown
    for secret in (KEY, "too short", seal.secret.hex(), str(seal.secret)):
        assert secret not in shown


def test_an_archive_draws_its_seal_once_and_an_older_one_when_it_is_opened(tmp_path):
    made = Archive(tmp_path / "data")
    seal = read_seal(made)
    assert (len(seal.secret), seal.from_birth) == (32, True)
    made.close()
    again = Archive(tmp_path / "data")
    assert read_seal(again) == seal
    again.write_meta(SEAL, None)
    assert read_seal(again) is None
    again.query("PRAGMA user_version = 1")
    again.close()
    older = Archive(tmp_path / "data")
    drawn = read_seal(older)
    assert (drawn.from_birth, drawn.secret != seal.secret) == (False, True)
    assert Seal(b"1", drawn.since, True).stamp("0") != Seal(b"2", drawn.since, True).stamp("0")
    older.close()
