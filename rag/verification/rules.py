"""The rules in the order they are asked; the first that objects decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from wortlaut.index.lang.names import TITLES, sound_of
from wortlaut.index.lang.roles import role_gender
from wortlaut.index.lang.verbs import KONJUNKTIV, read_verb_forms
from wortlaut.index.lang.words import (
    LANGUAGES,
    Word,
    level_wording,
    read_class,
    read_function_words,
    read_words,
)
from wortlaut.index.reading.clauses import MOODS
from wortlaut.rag.answer import Citation, Verdict, decide
from wortlaut.rag.verification.arithmetic import ToldTimes
from wortlaut.rag.verification.attribution import (
    Attribution,
    find_broken_frame,
    find_speech_as_fact,
    find_unheard_speaker,
    find_wrong_office,
    find_wrong_speaker,
    same_speaker,
)
from wortlaut.rag.verification.case import (
    ClaimCase,
    find_false_quote,
    is_near_copy,
    is_one_word_off,
    list_told_words,
)
from wortlaut.rag.verification.dates import (
    find_wrong_date,
    find_wrong_year,
    list_lengths,
    list_relative_years,
    tells_hour,
)
from wortlaut.rag.verification.evidence import ReadText
from wortlaut.rag.verification.names import StrangeName, find_strange_names, same_word
from wortlaut.rag.verification.negation import (
    count_half_negated,
    find_dropped_condition,
    find_modals,
    find_moods,
    find_moved_negator,
    find_moved_time,
    find_negators,
    find_open_question,
    find_opposite,
    find_plan_as_done,
    find_unproven,
    is_hedged,
    is_negator,
    is_planned,
    is_reported,
    list_untold_modals,
    oppose_modals,
)
from wortlaut.rag.verification.numbers import Quantity, joins_numbers
from wortlaut.rag.verification.officeholders import find_borrowed_office
from wortlaut.rag.verification.quantities import (
    count_comparisons,
    find_strange_code,
    find_wrong_number,
    find_wrong_quantifier,
    find_wrong_share,
    list_joined,
    read_pair,
    tells_of_fall,
    tells_of_rest,
    tells_of_sum,
)
from wortlaut.rag.verification.surenames import (
    NameTexts,
    is_borne_elsewhere,
    is_led_by_first_name,
    names_person,
)
from wortlaut.rag.verification.swaps import (
    check_roles,
    find_moved_number,
    find_swapped_country,
    find_swapped_person,
)

_SPEECH = frozenset(read_verb_forms())
# Cosines of single words: "Middle Ages" to "Mittelalter" .93, "Football" to "Fußball" .91, names
# of different people and countries .84 to .88.
_SAME_MEANING = 0.9
_MOST_COMPARED = 8
_LONGEST_TITLE = 3
_PRONOUNS = read_function_words("somebody")
# What a bare name or heading may have beside nouns.
_ARTICLES = frozenset(
    word
    for language in LANGUAGES
    for name in ("article", "preposition", "conjunction")
    for word in read_class(name, language)
)
_WITHOUT = frozenset("ohne kaum without hardly barely без едва".split())


def check_content(case: ClaimCase) -> Verdict | None:
    """The claim says something: it is no single word, bare name, heading or "Ja."."""
    text, words = case.claim.text.strip(), case.claim.words
    counts = any(word.low[0].isdecimal() for word in words)
    content = [word for word in words if word.is_content]
    # Without a verb: nouns, in German, and names have capitals.
    bare = all(word.is_capitalised or word.low in _ARTICLES for word in words)
    heads = text.startswith("#") or text.endswith(":")
    if not heads and len(words) > 1 and (counts or (content and not bare)):
        return None
    return decide("not_enough_info", "The sentence says nothing that can be checked", "content")


def find_verbatim(case: ClaimCase) -> Verdict | None:
    """Whether the claim is, word for word, whole sentences or the whole of a cited span."""
    wanted = level_wording(case.claim.text)
    for item in case.evidence:
        if wanted == level_wording(item.span.text) or _holds_sentences(item.sentences, wanted):
            # A mood that leaves the fact open shows by itself that somebody says it.
            open_mood = any(word.low in MOODS for word in case.claim.words)
            return (None if open_mood else check_speech(case)) or decide(
                "supported", "The sentence is the cited text, word for word.", "verbatim"
            )
    return None


def find_attributed(case: ClaimCase) -> Verdict | None:
    """Whether the claim is, word for word, the whole of a cited span and who says it; `None` if not.

    To be asked where no rule objects to the speaker.
    """
    if not case.attribution.is_attributed or not case.attribution.speakers:
        return None
    wanted = level_wording(case.said)
    names = {word.low for name in case.attribution.speakers for word in read_words(name)}
    frame = [w for n, w in enumerate(case.claim.words) if not case.core[0] <= n < case.core[1]]
    if any(w.is_content and w.low not in names and w.low not in _SPEECH for w in frame):
        return None
    for item in case.evidence:
        speaker = item.citation.speaker
        is_whole = wanted == level_wording(item.span.text)
        speakers = case.attribution.speakers
        if speaker and is_whole and all(same_speaker(name, speaker) for name in speakers):
            reason = "The cited text, word for word, and who says it."
            return decide("supported", reason, "verbatim")
    return None


def check_place(case: ClaimCase) -> Verdict | None:
    """No claim is, word for word, another sentence of the cited article than those cited."""
    wanted = level_wording(case.claim.text)
    for item in case.evidence:
        if wanted in item.article.wordings:
            return decide(
                "not_enough_info", "The sentence stands elsewhere in the article", "place"
            )
    return None


def _holds_sentences(sentences: Sequence[str], wanted: str) -> bool:
    """Whether what is wanted runs from the start of one sentence to the end of another."""
    plain = [level_wording(sentence) for sentence in sentences]
    for first in range(len(plain)):
        run = ""
        for sentence in plain[first:]:
            run = f"{run} {sentence}".strip()
            if run == wanted:
                return True
            if len(run) > len(wanted):
                break
    return False


def check_quotes(case: ClaimCase) -> Verdict | None:
    """Quotation marks hold only what stands in the cited text."""
    false = find_false_quote(
        case.claim.text, case.quotes, [item.span.text for item in case.evidence]
    )
    if false is None or _is_name(false, case):
        return None
    reason = f"The words in quotation marks are not in the cited text: {_shorten(false)}"
    if case.alignment is None:
        reason += "; a translation is no quotation"
    return decide("not_enough_info", reason, "quote")


def _is_name(quotation: str, case: ClaimCase) -> bool:
    """Whether what stands in quotation marks is only a name of the article: «Орбис-Ванта»."""
    words = read_words(quotation)
    if not words or len(words) > _LONGEST_TITLE or not words[0].is_capitalised:
        return False
    known = {word.text for item in case.evidence for word in item.article.words}
    return all(any(same_word(word.text, other) for other in known) for word in words)


def check_numbers(case: ClaimCase) -> Verdict | None:
    """Every number stands in the cited text."""
    found = find_wrong_number(
        case.claim.quantities,
        case.cited.quantities,
        _read_times(case),
        is_copy=is_near_copy(case),
        falls=tells_of_fall(case.claim.text) or tells_of_fall(case.cited.text),
        adds_up=tells_of_sum(case.claim.text),
        rests=tells_of_rest(case.claim.text) != tells_of_rest(case.cited.text),
        denied=[*_list_denied(case.claim), *_list_denied(case.cited)],
    )
    return decide("refuted", _capital(found[0]), found[1]) if found else None


def _read_times(case: ClaimCase) -> ToldTimes:
    """The times that the cited sentences tell, their years reckoned from those of the articles."""
    years, published = _list_told_years(case), _list_published_years(case)
    relative = list_relative_years(_around(case))
    reckoned = {year + other.offset for year in (*published, *years) for other in relative}
    is_now = any(year.is_aside for year in relative) or _tells_of_day(case)
    if not years and (is_now or not relative):
        years |= published
    return ToldTimes(
        frozenset(years | reckoned),
        [d.minute for i in case.evidence for d in i.around.dates if d.minute is not None],
        [seconds for i in case.evidence for seconds in list_lengths(i.around.dates)],
        published,
        is_open=bool(relative) and not published,
    )


def _list_denied(reading: ReadText) -> list[Quantity]:
    """The numbers of clauses that deny something."""
    denied = {word.start for word in find_negators(reading.words, reading.text)}
    starts = [reading.words[n].start for n in reading.stops if n < len(reading.words)]
    clauses = [*pairwise(starts), *((last, len(reading.text)) for last in starts[-1:])]
    return [
        quantity
        for start, end in clauses
        if any(start <= place < end for place in denied)
        for quantity in reading.quantities
        if start <= quantity.start < end
    ]


def _list_told_years(case: ClaimCase) -> set[int]:
    """The years that the cited sentences tell in digits."""
    dated = {d.year for item in case.evidence for d in item.around.dates if d.year}
    quantities = (q for item in case.evidence for q in item.around.quantities)
    return dated | {int(q.value) for q in quantities if q.form == "year"}


def _list_published_years(case: ClaimCase) -> set[int]:
    """The years of the cited articles; none where one has no date."""
    articles = [item.citation.article for item in case.evidence]
    known = [a.published for a in articles if a.published and a.published_precision != "unknown"]
    return {day.year for day in known} if len(known) == len(articles) else set()


def _tells_of_day(case: ClaimCase) -> bool:
    """Whether the cited sentences name a day or month without a year, which is then the article's."""
    dates = (d for item in case.evidence for d in item.around.dates)
    return any(d.year is None and d.minute is None for d in dates)


def check_moved_numbers(case: ClaimCase) -> Verdict | None:
    """No two numbers have changed places."""
    found = find_moved_number(case.claim, case.cited, case.alignment)
    return decide("refuted", _capital(found[0]), found[1]) if found else None


def check_codes(case: ClaimCase) -> Verdict | None:
    """What mixes letters and digits, and every score, stands there as it is: H5N1, 3:2."""
    taken = [(date.start, date.end) for date in case.claim.dates]
    joined = list_joined(case.cited.text, case.cited.quantities)
    code = find_strange_code(case.claim.text, case.cited.text, taken, joined)
    return decide("refuted", f"The cited text does not say {code}", "code") if code else None


def check_dates(case: ClaimCase) -> Verdict | None:
    """Every date stands in the cited sentence or follows from the article's own."""
    cited = [date for item in case.evidence for date in item.around.dates]
    text = " ".join(item.around.text for item in case.evidence)
    hours = [hour for item in case.evidence for hour in _list_hours(item.around)]
    told = [q for item in case.evidence for q in item.around.quantities]
    lengths = [q.value / 60 for q in told if q.unit == "time"]
    # "24:17" may be a score as well.
    scores = list_joined(case.cited.text, case.cited.quantities, as_scores=True)
    claimed = [d for d in case.claim.dates if d.minute is None or read_pair(d.text) not in scores]
    for item in case.evidence:
        article = item.citation.article
        wrong = find_wrong_date(claimed, cited, article, text, hours, lengths)
        if wrong is None:
            return None
    return _refute_date(wrong.text) if case.evidence and wrong else None


def check_years(case: ClaimCase) -> Verdict | None:
    """What the claim tells as last year or next is the cited text's year, seen from the article."""
    claimed, published = list_relative_years(case.claim.text), _list_published_years(case)
    spans = any(q.unit == "months" for item in case.evidence for q in item.around.quantities)
    if not claimed or len(published) != 1 or spans or _tells_of_day(case):
        return None
    cited, told = list_relative_years(_around(case)), _list_told_years(case)
    wrong = find_wrong_year(claimed, cited, told, next(iter(published)))
    return _refute_date(wrong.text) if wrong else None


def _refute_date(text: str) -> Verdict:
    reason = f"The cited text does not give this date: {text.strip()}"
    return decide("refuted", reason, "date")


def _list_hours(reading: ReadText) -> list[float]:
    """The bare numbers that may be hours: "von sieben bis 16 Uhr", "um sechs schloss er"."""
    times = [date.start for date in reading.dates if date.minute is not None]
    return [
        q.raw
        for q in reading.quantities
        if not q.unit
        and (
            any(joins_numbers(reading.text[q.end : start]) for start in times if start >= q.end)
            or tells_hour(reading.text[: q.start])
        )
    ]


def check_speaker(case: ClaimCase) -> Verdict | None:
    """Who is said to speak does, and holds the office that he is called by."""
    language, known = case.claim.language, case.known
    found = find_wrong_speaker(
        *_read_speaking(case), is_person=lambda name: names_person(name, language, known)
    )
    if found:
        return decide("refuted", _capital(found[0]), found[1])
    office = find_wrong_office(case.claim.text, case.attribution, case.evidence)
    return decide("not_enough_info", _capital(office), "office") if office else None


def check_offices(case: ClaimCase) -> Verdict | None:
    """Nobody has an office that the article gives to another."""
    articles = {item.citation.article.id: item.article for item in case.evidence}
    held = [office for article in articles.values() for office in article.offices]
    found = find_borrowed_office(case.claim.words, case.claim.text, held)
    if found is None:
        return None
    return decide("refuted", f"The article does not call {found[1]} {found[0]!r}", "office")


def check_every_speaker(case: ClaimCase) -> Verdict | None:
    """Each cited span is by whom the claim names, and names them."""
    found = find_unheard_speaker(*_read_speaking(case))
    return decide("refuted", _capital(found[0]), found[1]) if found else None


def _read_speaking(
    case: ClaimCase,
) -> tuple[Attribution, list[Citation], list[frozenset[str]], list[Sequence[Word]]]:
    return (
        case.attribution,
        [item.citation for item in case.evidence],
        [item.find_voices(_read_quotes(case)) for item in case.evidence],
        [item.around.words for item in case.evidence],
    )


def _read_quotes(case: ClaimCase) -> list[str]:
    return [span.of(case.claim.text)[1:-1] for span in case.quotes]


def check_speech(case: ClaimCase) -> Verdict | None:
    """Somebody's words are not stated as a fact."""
    reported = (
        is_reported(case.claim.words)
        or any(word.low in KONJUNKTIV for word in case.claim.words)
        or bool(case.quotes)
    )
    who = find_speech_as_fact(
        case.claim.text, case.attribution, case.evidence, is_reported=reported
    )
    if who is None:
        return None
    return decide("not_enough_info", f"{who} says it; the sentence states it as a fact", "speech")


def check_frame(case: ClaimCase) -> Verdict | None:
    """What the cited text calls false, or a rumour, is not stated."""
    frame = find_broken_frame(case.claim.text, case.sentences)
    if frame is None:
        return None
    return decide("refuted", f"The cited text puts it behind {_shorten(frame)!r}", "frame")


def _cited_words(case: ClaimCase) -> Sequence[Word]:
    if case.alignment is None:
        return case.cited.words
    first, stop = case.alignment.window
    return case.cited.words[first:stop] or case.cited.words


def check_negation(case: ClaimCase) -> Verdict | None:
    """Nothing is denied that the cited text affirms, and the reverse."""
    window = _cited_words(case)
    told = list_told_words(case) if is_near_copy(case) else window
    denied = find_negators(case.claim.words, case.claim.text)
    # Added against all that the claim may speak of, dropped from what it tells.
    there, dropped = (
        [w for w in find_negators(case.cited.words, case.cited.text) if w in words]
        for words in (window, told)
    )
    least, most = _count_denials(case.claim, case.claim.words)
    least -= count_half_negated(_unmatched_cited(case, window))
    most += count_half_negated(_unmatched_claim(case))
    if is_near_copy(case) and (
        least > _count_denials(case.cited, window)[1] or most < _count_denials(case.cited, told)[0]
    ):
        return decide("refuted", "The claim adds or drops a negation", "negation")
    if len(denied) > len(there) + count_half_negated(_unmatched_cited(case, window)):
        return decide("refuted", f"The cited text does not say {denied[0].text!r}", "negation")
    if not denied and dropped and not count_half_negated(_unmatched_claim(case)):
        reason = f"The cited text says {dropped[0].text!r}, the claim does not"
        return decide("refuted", reason, "negation")
    return None


def _count_denials(reading: ReadText, words: Sequence[Word]) -> tuple[int, int]:
    """How often the words deny at least and at most: "ohne" counts, "nicht nur" may."""
    without = sum(word.low in _WITHOUT for word in words)
    surely = sum(word in words for word in find_negators(reading.words, reading.text))
    return surely + without, len(find_negators(words, "")) + without


def _unmatched_cited(case: ClaimCase, cited: Sequence[Word]) -> Sequence[Word]:
    if case.alignment is None:
        return cited
    taken = set(case.alignment.pairs.values())
    return [word for n, word in enumerate(case.cited.words) if n not in taken and word in cited]


def _unmatched_claim(case: ClaimCase) -> Sequence[Word]:
    if case.alignment is None:
        return case.claim.words
    return [word for n, word in enumerate(case.claim.words) if n not in case.alignment.pairs]


def check_opposites(case: ClaimCase) -> Verdict | None:
    """No word is turned into its opposite."""
    moved = find_moved_time(case.claim.text, _around(case)) or find_moved_negator(
        case.claim.words, case.cited.words
    )
    if moved:
        return decide("refuted", f"The cited text has another in place of {moved!r}", "opposite")
    if find_negators(case.claim.words, case.claim.text):
        return None
    found = find_opposite(_unmatched_claim(case), _unmatched_cited(case, _cited_words(case)))
    if not found:
        return None
    return decide(
        "refuted", f"The claim says {found[0]!r}, the cited text {found[1]!r}", "opposite"
    )


def _around(case: ClaimCase) -> str:
    return " ".join(item.around.text for item in case.evidence)


def check_quantifiers(case: ClaimCase) -> Verdict | None:
    """Many are not few, and all not some."""
    wrong = find_wrong_quantifier(case.claim.text, case.cited.text)
    if wrong is None and is_near_copy(case):
        words = _cited_words(case)
        start, end = (words[0].start, words[-1].end) if words else (0, 0)
        outside = [(0, start), (end, len(case.cited.text)), *_list_bounded(case.cited)]
        ours = count_comparisons(case.claim.text, _list_bounded(case.claim))
        added = ours - count_comparisons(case.cited.text, outside)
        wrong = next(iter(added), None)
    if wrong is None:
        return None
    return decide("refuted", f"The cited text gives another amount than {wrong!r}", "quantifier")


def _list_bounded(reading: ReadText) -> list[tuple[int, int]]:
    """Where its numbers stand, each with what bounds it: "etwas mehr als 80"."""
    return [
        (q.start, q.start + len(q.told))
        if q.told.startswith(q.text)
        else (q.end - len(q.told), q.end)
        for q in reading.quantities
        if q.form != "year"
    ]


def check_mood(case: ClaimCase) -> Verdict | None:
    """What may be is not what is, and the reverse."""
    inside = [(d.start, d.end) for d in case.claim.dates]
    claim = [w for w in case.claim.words if not any(a <= w.start < b for a, b in inside)]
    cited = _cited_words(case)
    told = list_told_words(case) if is_near_copy(case) else cited
    unsure = {"possible", "alleged"}
    due = is_planned(case.claim.text) or bool(find_moods(claim) & {"intended", "obliged"})
    unsaid = find_moods(told) & unsure - ({"alleged"} if due and find_modals(told) else set())
    if unsaid and not is_hedged(claim) and not case.attribution.is_attributed:
        return decide("refuted", "The cited text says it may be; the claim says it is", "mood")
    # "Sollen" is what somebody asks for, too.
    asked = not list_untold_modals(frozenset({"shall"}), cited, frozenset())
    if find_moods(claim) & (unsure - ({"alleged"} if asked else set())) and not (
        is_hedged(cited) or find_moods(cited) or is_reported(case.cited.words)
    ):
        return decide("refuted", "The claim says it may be; the cited text says it is", "mood")
    dropped = case.alignment.dropped if case.alignment and is_near_copy(case) else ()
    if find_moods([word for word in dropped if word in told]) & unsure and not is_hedged(claim):
        return decide("refuted", "The claim drops that it may not be so", "mood")
    return _find_changed_mood(case) or _find_changed_modal(case, claim, told)


def _find_changed_modal(
    case: ClaimCase, claim: Sequence[Word], told: Sequence[Word]
) -> Verdict | None:
    """A modal verb put in the place of another; in a near copy, also one that is added or dropped."""
    cited = _cited_words(case)
    ours, theirs = find_modals(claim), find_modals(cited)
    if case.alignment is None and find_negators(claim, case.claim.text) and "must" in ours:
        # "Must not" is "darf nicht".
        ours |= {"allowed"}
    changed = oppose_modals(ours, theirs)
    if is_near_copy(case):
        changed = bool(
            list_untold_modals(ours, cited, theirs)
            or list_untold_modals(find_modals(told), claim, ours)
        )
    if not changed:
        return None
    return decide("refuted", "The claim changes what may, must or will be", "mood")


def _find_changed_mood(case: ClaimCase) -> Verdict | None:
    """What is planned is not done, and what depends on something is not certain."""
    claim = case.claim.words[slice(*case.core)]
    cited, stops = case.cited.words, case.cited.stops
    plan = find_plan_as_done(claim, cited, stops)
    leads = list_told_words(case, with_leads=True) if is_near_copy(case) else cited
    if plan and any(word.text == plan for word in leads):
        return decide("refuted", f"The cited text only says {plan!r}", "mood")
    window = case.alignment.window if case.alignment else (0, len(cited))
    attributed = case.attribution.is_attributed
    condition = find_dropped_condition(claim, cited, stops, window, is_attributed=attributed)
    if condition:
        return decide("refuted", f"The claim drops the condition {condition!r}", "mood")
    return None


def check_proof(case: ClaimCase) -> Verdict | None:
    """Nothing is proven that is only suspected."""
    found = find_unproven(case.claim.words, case.cited.words)
    if found is None:
        return None
    return decide("refuted", f"The claim says {found!r}, the cited text only suspects it", "proof")


def check_open_questions(case: ClaimCase) -> Verdict | None:
    """What the cited text leaves open is not answered."""
    if len(case.sentences) > 1:
        return None
    found = find_open_question(case.claim.words, case.cited.words, case.cited.stops)
    if found is None:
        return None
    return decide("refuted", f"The cited text leaves it open: {found!r}", "open")


def check_shares(case: ClaimCase) -> Verdict | None:
    """A fifth is not nearly all."""
    found = find_wrong_share(case.claim.text, case.claim.quantities, case.cited.quantities)
    if found is None:
        return None
    return decide("refuted", f"The cited text gives another amount than {found!r}", "quantifier")


def check_persons(case: ClaimCase) -> Verdict | None:
    """No known person or country stands in the place of another."""
    beside = [name for i in case.evidence for name in (i.citation.speaker, i.citation.via) if name]
    found = find_swapped_person(case.claim.words, case.cited.words, case.known, beside)
    if found is None:
        core = case.claim.words[slice(*case.core)]
        found = find_swapped_country(core, case.cited.words, beside, _find_home(case))
    if found is None:
        return None
    return decide("refuted", f"The cited text names {found[1]}, not {found[0]}", "person")


def check_names(case: ClaimCase) -> Verdict | None:
    """Every sure name is the cited text's, its speaker's, or known from what leads up to it.

    German nouns have capitals, too: there only a known name, or a first name and what follows, is
    sure to be one.
    """
    sure = case.claim.language != "de"
    runs = [
        run
        for run in case.runs
        if sure or is_led_by_first_name(run) or any(sound_of(w.text) in case.known for w in run)
    ]
    strange = _find_strange(case, runs)
    if not strange:
        return None
    texts = _read_name_texts(case)
    return _say_strange(next((name for name in strange if texts.is_sure(name)), None))


def check_nouns(case: ClaimCase) -> Verdict | None:
    """As `check_names`, of all that may be a name; what another word may stand for is none."""
    for name in _find_strange(case, case.runs):
        borne = is_borne_elsewhere(name, case.cited.words)
        if borne or case.alignment is not None or not _is_translated(name.text, case):
            return _say_strange(name)
    return None


def _say_strange(name: StrangeName | None) -> Verdict | None:
    if name is None:
        return None
    return decide("not_enough_info", f"The cited text does not name {name.text}", "name")


def _find_strange(case: ClaimCase, runs: Sequence[Sequence[Word]]) -> list[StrangeName]:
    near = [*case.cited.words, *read_words(_say_beside(case))]
    for item in case.evidence:
        near += [*item.around.words, *item.before]
    runs = [run for run in runs if not _is_heard(run, case)]
    if not find_strange_names(runs, near, ()):
        return []
    far = [word for item in case.evidence for word in item.article.words]
    levelled = _read_name_texts(case).find_levelled()
    plain = [
        [word for word in run if not any(a <= word.start < b for a, b in levelled)] for run in runs
    ]
    return find_strange_names(filter(None, plain), near, far)


def _is_heard(run: Sequence[Word], case: ClaimCase) -> bool:
    """Whether it names who speaks in the cited text, by another name: "Moscow" its government."""
    name = " ".join(word.text for word in run)
    heard = [item.citation.speaker for item in case.evidence if item.citation.speaker]
    return name in case.attribution.speakers and any(same_speaker(name, o) for o in heard)


def _say_beside(case: ClaimCase) -> str:
    """Who speaks in the cited spans, and what their articles and papers are called."""
    return "\n".join(
        text
        for item in case.evidence
        for article in [item.citation.article]
        for text in (item.citation.speaker, item.citation.via, article.title, article.source)
        if text
    )


def _read_name_texts(case: ClaimCase) -> NameTexts:
    near = [_say_beside(case), *(f"{item.ahead}\n{item.around.text}" for item in case.evidence)]
    return NameTexts(
        case.claim.words,
        case.claim.text,
        case.claim.language,
        "\n".join(near),
        "\n".join(dict.fromkeys(item.article.whole for item in case.evidence)),
        case.known,
        _find_home(case),
    )


def _find_home(case: ClaimCase) -> frozenset[str]:
    """The country whose name German articles leave out."""
    german = any(item.citation.article.language == "de" for item in case.evidence)
    return frozenset({"DE"} if german else ())


def _is_translated(name: str, case: ClaimCase) -> bool:
    """Whether a word of the cited text that the claim lacks means the same as the name."""
    ours = [word.text for word in case.claim.words if word.is_content]
    free = [
        word.text
        for word in case.cited.words
        if word.is_content
        and word.is_capitalised
        and not any(same_word(word.text, o) for o in ours)
    ]
    return case.compare(name, list(dict.fromkeys(free))[:_MOST_COMPARED]) >= _SAME_MEANING


def check_words(case: ClaimCase) -> Verdict | None:
    """In a near copy, no word is put in the place of another."""
    if case.alignment is None or not (is_near_copy(case) or is_one_word_off(case)):
        return None
    named = _find_named_pronoun(case)
    known = [w for i in case.evidence for w in read_words(i.citation.speaker or "")]
    names = [
        word
        for n, word in enumerate(case.claim.words)
        if n
        and word.is_capitalised
        and not word.is_content
        and n not in case.alignment.pairs
        and case.claim.words[n - 1].is_content
    ]
    told = [(q.start, q.end) for q in case.claim.quantities]
    for word in (*case.alignment.novel, *case.alignment.changed, *names):
        # Other rules read negations and numbers: "nicht erteilt", "keine".
        if is_negator(word) or any(a <= word.start < b for a, b in told):
            continue
        if (
            word in named
            or word.low in _SPEECH
            or word.low in TITLES
            or role_gender(word.low) is not None
        ):
            continue
        if any(same_word(word.text, other.text) for other in known):
            continue
        return decide("not_enough_info", f"The cited text does not say {word.text!r}", "word")
    return None


def _find_named_pronoun(case: ClaimCase) -> tuple[Word, ...]:
    """The claim's only new word, where it names what the cited text opens with a pronoun for."""
    novel = case.alignment.novel if case.alignment else ()
    novel = tuple(word for word in novel if word.low not in _SPEECH)
    pronoun = case.cited.words[0].low if case.cited.words else ""
    if len(novel) != 1 or pronoun not in _PRONOUNS or not novel[0].is_capitalised:
        return ()
    if any(word.low == pronoun for word in case.claim.words):
        return ()
    before = [word for item in case.evidence for word in item.before]
    return novel if any(same_word(novel[0].text, word.text) for word in before) else ()


def check_question(case: ClaimCase) -> Verdict | None:
    """A question is no statement, neither the cited one nor the claim."""
    if case.claim.text.rstrip(' "“”»«').endswith("?") and not case.quotes:
        return decide("not_enough_info", "The sentence only asks", "question")
    asks = all(sentence.rstrip(' "“”»«').endswith("?") for sentence in case.sentences)
    if asks and "?" not in case.claim.text and not case.attribution.is_attributed:
        return decide("not_enough_info", "The cited text only asks", "question")
    return None


def _shorten(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_Rule = Callable[[ClaimCase], Verdict | None]
# What they object to is false, in any wording and language.
_SURE: tuple[_Rule, ...] = (
    check_place,
    check_quotes,
    check_speaker,
    check_offices,
    check_numbers,
    check_codes,
    check_dates,
    check_years,
)
# Sure of a near copy, where nothing but the change can be meant; else a guess.
_IN_A_COPY: tuple[_Rule, ...] = (
    check_negation,
    check_quantifiers,
    check_mood,
    check_opposites,
)
_ALSO_SURE: tuple[_Rule, ...] = (
    check_shares,
    check_open_questions,
    check_frame,
    check_persons,
    check_names,
)
_GUESSES: tuple[_Rule, ...] = (
    check_moved_numbers,
    check_speech,
    check_nouns,
    check_question,
    check_roles,
    check_words,
    check_proof,
)


def find_veto(case: ClaimCase) -> Verdict | None:
    """The first objection that nothing outweighs; None without one."""
    rules = (*_SURE, *(_IN_A_COPY if is_near_copy(case) else ()), *_ALSO_SURE)
    return _ask(rules, case)


def find_doubt(case: ClaimCase) -> Verdict | None:
    """The first objection that is a guess: whoever reads the meaning may overrule it."""
    return _ask((check_every_speaker, *_IN_A_COPY, *_GUESSES), case)


def _ask(rules: Sequence[_Rule], case: ClaimCase) -> Verdict | None:
    return next((verdict for rule in rules if (verdict := rule(case))), None)
