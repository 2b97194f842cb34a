"""`Answer` -> Markdown to copy and lines for a terminal; the pieces the page is built from too.

Articles and models are not trusted: Markdown signs are escaped, terminal controls are taken out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal

from wortlaut.index.article import Article
from wortlaut.index.lang.faults import say_fault
from wortlaut.index.lang.names import list_nominatives, match_words
from wortlaut.index.lang.scripts import write_in_script
from wortlaut.index.lang.words import Language, fold
from wortlaut.index.reading.people import find_names
from wortlaut.rag.answer import Answer, Citation, Claim
from wortlaut.rag.desk.houseformat import choose_url
from wortlaut.rag.extractive import mark_quote
from wortlaut.rag.understanding.query import describe, label_filter
from wortlaut.rag.wording import (
    format_date,
    say_independent,
    say_prints,
    say_superseded,
    strike_out,
    voice_label,
)
from wortlaut.ui.words.chips import choose_chip_words
from wortlaut.ui.words.page import choose_words

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text


_MOST_PATHS = 5
_LONGEST_READ = 1000
_OPENING = re.compile(r"\s*[“„«\"]?$")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
# Of lines on a terminal: how far they stand in, and how many letters they hold at least.
_INDENT = 2
_NARROWEST = 20
_MARKER = re.compile(r"\[(\d{1,4})\]")
_MARKDOWN_SIGNS = re.compile(r"([\\`*_\[\]<>~|&])")
_MARKDOWN_LINE_SIGNS = re.compile(r"^(\s*)([#+=-]|\d+[.)])", re.MULTILINE)
_AFTER_MARKER = re.compile(r"(\[\d{1,4}\])([(:])")
# A lone surrogate cannot be sent at all.
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class LinePart:
    """A run of an answer's line: plain text, a verbatim quote, or the marker of a citation.

    Of a quote the words that answer are a run of their own.
    """

    kind: Literal["text", "quote", "answer", "marker"]
    text: str
    marker: int = 0


def split_lines(answer: Answer) -> list[str | Claim]:
    """The answer's lines in order; of one that was struck out, the claim that it held.

    Only a refused claim's own line counts as struck, whatever signs an article or model uses.
    """
    struck = {
        strike_out(claim.text, claim.reason or "", answer.language): claim
        for claim in list_refused(answer)
    }
    return [struck.get(line, line) for line in answer.text.split("\n")]


def list_refused(answer: Answer) -> list[Claim]:
    """What a language model wrote and its sources do not bear out."""
    return [claim for claim in answer.claims if claim.verdict != "supported"]


def describe_writer(answer: Answer) -> str:
    """Who wrote the answer and that it is checked; "" when it is in the archive's own words."""
    if answer.mode != "llm" or not any(claim.verdict == "supported" for claim in answer.claims):
        return ""
    words = choose_words(answer.language)
    return words.written.format(model=collapse(answer.model or "") or words.unnamed)


def describe_refusal(claim: Claim, language: Language) -> str:
    """Why the claim does not stand: "not supported: the source has no such number"."""
    reason = say_fault(collapse(claim.reason or ""), language)[0].rstrip(".")
    return choose_words(language).unsupported.format(reason=reason).rstrip(" :")


def split_line(line: str, citations: Iterable[Citation]) -> list[LinePart]:
    """The line's pieces in order; joined, their texts are the line.

    A `[n]` inside a quote is the article's own and no marker; nor is one without a citation.
    """
    markers = {citation.marker for citation in citations}
    pieces: list[LinePart] = []
    done = 0
    citations = list(citations)
    for start, end in [*_find_quotes(line, citations), (len(line), len(line))]:
        position = done
        for match in _MARKER.finditer(line, done, start):
            if (marker := int(match[1])) in markers:
                pieces += _make_text(line[position : match.start()])
                pieces.append(LinePart("marker", match[0], marker))
                position = match.end()
        pieces += _make_text(line[position:start])
        if end > start:
            pieces += _part_quote(line[start:end], citations)
        done = end
    return pieces


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """A line of an answer as it is shown.

    A `heading` stands over quotes; `who` names a speaker, with the `voice`, over all his quotes
    that follow, `lead` is that as the answer's text has it; a `quote` has its pieces, the sentence
    that leads up to it, if it needs one, and a machine's translation. `text` are pieces in other
    words, `struck` holds the claim that does not stand.
    """

    kind: Literal["blank", "heading", "who", "quote", "text", "struck"]
    pieces: tuple[LinePart, ...] = ()
    lead: str = ""
    name: str = ""
    voice: str = ""
    context: str = ""
    gloss: str = ""
    claim: Claim | None = None
    markers: tuple[int, ...] = ()


def arrange_lines(answer: Answer) -> list[AnswerLine]:
    """The answer's lines to be shown; who speaks is said once over quotes that follow each other."""
    if answer.mode == "llm" and answer.parts:
        first, *further = (replace(part, glosses=answer.glosses) for part in answer.parts)
        title = LinePart("text", choose_chip_words(answer.language).own_words)
        below = [line for part in further for line in (AnswerLine("blank"), *arrange_lines(part))]
        heading = AnswerLine("heading", (title,))
        return [*arrange_lines(replace(first, parts=())), AnswerLine("blank"), heading, *below]
    own = {claim.text for claim in answer.claims if claim.reason is None}
    arranged: list[AnswerLine] = []
    said = ("", "")
    for line in split_lines(answer):
        if isinstance(line, Claim):
            arranged.append(AnswerLine("struck", claim=line))
        elif not line.strip():
            arranged.append(AnswerLine("blank"))
        else:
            shown = _arrange_line(line, answer, written=answer.mode == "llm" and line not in own)
            if shown[0].kind == "who":
                if (shown[0].name, shown[0].voice) == said:
                    shown = shown[1:]
                elif shown[0].name and shown[0].name == said[0]:
                    said = (said[0], shown[0].voice)
                    shown = [replace(shown[0], lead=f"{shown[0].voice}:", name=""), *shown[1:]]
                else:
                    said = (shown[0].name, shown[0].voice)
                arranged += shown
                continue
            arranged += shown
        said = ("", "")
    return arranged


def _arrange_line(line: str, answer: Answer, *, written: bool) -> list[AnswerLine]:
    pieces = split_line(line, answer.citations)
    kinds = {piece.kind for piece in pieces}
    if not written and kinds == {"text"} and line.endswith(":"):
        return [AnswerLine("heading", (LinePart("text", line[:-1]),))]
    markers = tuple(piece.marker for piece in pieces if piece.kind == "marker")
    if written or not kinds & {"quote", "answer"}:
        return [AnswerLine("text", tuple(pieces), markers=markers)]
    who = []
    if pieces[0].kind == "text":
        opening = _OPENING.search(pieces[0].text)
        cut = opening.start() if opening else len(pieces[0].text)
        lead = pieces[0].text[:cut].strip()
        who = [_read_who(lead, answer)] if lead else []
        rest = pieces[0].text[cut:].strip()
        pieces = [*([LinePart("text", rest)] if rest else []), *pieces[1:]]
    context = next((_show_context(c) for c in answer.citations if c.marker in markers), "")
    gloss = " ".join(answer.glosses[m] for m in markers if m in answer.glosses)
    quote = AnswerLine("quote", tuple(pieces), context=context, gloss=gloss, markers=markers)
    return [*who, quote]


def _read_who(lead: str, answer: Answer) -> AnswerLine:
    """The words before a quote as the speaker's name and how the words come to us."""
    names = [c.speaker for c in answer.citations if c.speaker and lead.startswith(c.speaker)]
    name = max(names, key=len, default="")
    return AnswerLine("who", lead=lead, name=name, voice=lead[len(name) :].strip(" :,"))


def _show_context(citation: Citation) -> str:
    context = citation.context
    return collapse(context.of(citation.article.text)) if context else ""


def show_name(name: str, answer: Answer) -> str:
    """The name as the conversation has it, with the archive's spelling behind it: "Lavrov (Lawrow)".

    Where nobody has named him, in the script of the question, if there is no doubt how that is: a
    German archive's "Sergej Lawrow" is "Сергей Лавров (Sergej Lawrow)". Alone where the question
    spells him as the archive does.
    """
    language = answer.query.language
    is_cyrillic = _CYRILLIC.search(name) is not None
    if language == "de" and not is_cyrillic:
        return name
    history = answer.asking.history if answer.asking else ()
    for text in (answer.question, answer.query.text, *(one.question for one in reversed(history))):
        for span, _ in find_names(text[:_LONGEST_READ], [name]):
            typed = _name_in_nominative(span.of(text), name)
            in_cyrillic = _CYRILLIC.search(typed) is not None
            if fold(typed) in fold(name) and in_cyrillic == is_cyrillic:
                if in_cyrillic == (language == "ru"):
                    return name
            elif in_cyrillic == (language == "ru"):
                return f"{typed} ({name})"
    written = write_in_script(name, language)
    return f"{written} ({name})" if written else name


def _name_in_nominative(typed: str, name: str) -> str:
    """A Russian name as it is called: "Лаврова" is Lawrow's."""
    words = []
    for word, known in zip_longest(typed.split(), name.split()[-len(typed.split()) :]):
        forms = list_nominatives(word) if word else ()
        # Of two readings the one that spells the archive's name best, then the shorter.
        words.append(
            max(forms, key=lambda f: (match_words(f.lower(), (known or "").lower()), -len(f)))
        )
    return " ".join(words)


def list_glossable(answer: Answer) -> list[int]:
    """The markers of the quotes that are shown and in another language than the answer is."""
    shown = {m for line in arrange_lines(answer) if line.kind == "quote" for m in line.markers}
    return [
        citation.marker
        for citation in answer.citations
        if citation.marker in shown and not citation.is_in(answer.language)
    ]


def describe_found(answer: Answer) -> str:
    """How many of the statements that fit are quoted: "6 of 14 statements"; "" where all are.

    Nor of what a language model alone wrote: which of them it cites is its own choice.
    """
    shown, found = len(answer.citations), answer.statements_found or 0
    chooses = answer.mode == "llm" and not answer.parts
    if answer.abstained or chooses or found <= shown:
        return ""
    return choose_chip_words(answer.language).found.format(shown=shown, found=found)


def _make_text(text: str) -> list[LinePart]:
    return [LinePart("text", text)] if text else []


def _part_quote(quote: str, citations: Sequence[Citation]) -> list[LinePart]:
    """The quote, before, in and after the words of it that answer."""
    for citation in citations:
        answer = citation.answer_span
        if answer is None or collapse(citation.quote) != quote:
            continue
        text = citation.article.text
        before = collapse(text[citation.span.start : answer.start] + "|")[:-1]
        words = collapse(answer.of(text))
        if quote[len(before) :].startswith(words):
            runs = (before, words, quote[len(before) + len(words) :])
            kinds: tuple[Literal["quote", "answer"], ...] = ("quote", "answer", "quote")
            return [LinePart(kind, run) for kind, run in zip(kinds, runs, strict=True) if run]
    return [LinePart("quote", quote)]


def _find_quotes(line: str, citations: Iterable[Citation]) -> list[tuple[int, int]]:
    """Where the line repeats a cited quote word for word, longest first, without overlaps."""
    found: list[tuple[int, int]] = []
    quotes = {collapse(citation.quote) for citation in citations}
    for quote in sorted(quotes, key=len, reverse=True):
        start = line.find(quote) if quote else -1
        while start >= 0:
            end = start + len(quote)
            if all(end <= a or b <= start for a, b in found):
                found.append((start, end))
            start = line.find(quote, end)
    return sorted(found)


def collapse(text: str) -> str:
    """The words with single blanks between them, on one line."""
    return " ".join(text.split())


def show_date(article: Article, language: Language) -> str:
    """The article's date to the precision that is known, in the language."""
    return format_date(article.published, article.published_precision, language)


def describe_place(article: Article, language: Language) -> str:
    """Source and date of an article: "dpa-AFX · 29 January 2026"."""
    place = [article.source] if article.source else []
    return " · ".join([*place, show_date(article, language)])


def describe_voice(citation: Citation, language: Language) -> str:
    """Who says it and how it comes to us: "Mira Talberg – said, as reported"."""
    voice = voice_label(citation.voice, citation.via, language)
    return f"{citation.speaker} – {voice}" if citation.speaker else voice


def describe_prints(citation: Citation, language: Language) -> list[str]:
    """What is to be known of the quote's other prints: what stands in its place, how many hold it."""
    said = []
    if citation.superseded_by:
        said.append(say_superseded(citation.superseded_by, language))
    if citation.also_in:
        said.append(say_prints(len(citation.also_in), language))
    return said


def describe_independence(answer: Answer) -> str:
    """How many independent sources there are; "" where every quote has one print."""
    if not any(citation.also_in for citation in answer.citations):
        return ""
    return say_independent(answer.independent_sources, answer.language)


def render_markdown(answer: Answer) -> str:
    """Question, answer and numbered sources: quote, speaker, title, source, date, address."""
    lines = [f"**{escape_for_markdown(collapse(answer.question))}**", ""]
    if answer.notice:
        lines += [escape_for_markdown(collapse(answer.notice)).strip(), ""]
    # Two blanks keep the line break.
    lines += [f"{text}  " if text else "" for text in _write_lines(answer)]
    if found := describe_found(answer):
        lines += ["", escape_for_markdown(found)]
    if answer.citations:
        lines += ["", f"{choose_words(answer.language).sources}:", ""]
        lines += [_write_source(citation, answer.language) for citation in answer.citations]
    for said in (describe_independence(answer), describe_writer(answer)):
        lines += ["", escape_for_markdown(said)] if said else []
    return "\n".join(lines).rstrip() + "\n"


def _write_lines(answer: Answer) -> Iterator[str]:
    for line in _join_who(answer):
        if line.claim is not None:
            said = escape_for_markdown(collapse(line.claim.text)).strip()
            why = escape_for_markdown(describe_refusal(line.claim, answer.language))
            # Four tildes would open a block of code.
            yield f"~~{said}~~ ({why})" if said else f"({why})"
            continue
        if line.context:
            yield escape_for_markdown(_say_context(line, answer.language))
        shown = "".join(
            p.text if p.kind == "marker" else escape_for_markdown(p.text) for p in line.pieces
        )
        shown = escape_for_markdown(_say_who(line, answer)) + shown
        # "[1](" and "[1]:" would make a link of the marker, blanks before the line code.
        yield _AFTER_MARKER.sub(r"\1\\\2", shown.strip())
        if line.gloss:
            label = choose_chip_words(answer.language).gloss
            yield escape_for_markdown(f"({label}: {collapse(line.gloss)})")


def _join_who(answer: Answer) -> Iterator[AnswerLine]:
    """The lines as text has them: a speaker before his quote, on a line of his own before several."""
    lines = arrange_lines(answer)
    for number, line in enumerate(lines):
        before = lines[number - 1] if number else AnswerLine("blank")
        behind = [other.kind for other in lines[number + 1 : number + 3]]
        if line.kind == "heading":
            yield replace(line, pieces=(*line.pieces, LinePart("text", ":")))
        elif line.kind == "who":
            if behind == ["quote", "quote"] or lines[number + 1].context:
                yield line
        elif line.kind == "quote" and before.kind == "who" and not line.context:
            alone = [other.kind for other in lines[number : number + 2]] != ["quote", "quote"]
            yield replace(line, lead=before.lead, name=before.name) if alone else line
        else:
            yield line


def _say_who(line: AnswerLine, answer: Answer) -> str:
    """The speaker and the voice before a quote: "Mira Talberg, said, as reported: "."""
    if not line.lead:
        return ""
    name = show_name(line.name, answer) if line.name else ""
    return f"{name}{line.lead[len(line.name) :]} "


def _say_context(line: AnswerLine, language: Language) -> str:
    return f"({choose_chip_words(language).context}: {line.context})"


def _write_source(citation: Citation, language: Language) -> str:
    article = citation.article
    parts = [
        mark_quote(citation, language),
        describe_voice(citation, language),
        article.title,
        describe_place(article, language),
        *describe_prints(citation, language),
        choose_url(article),
    ]
    return f"- [{citation.marker}] " + " · ".join(
        escape_for_markdown(collapse(part)) for part in parts if part
    )


def escape_for_markdown(text: str) -> str:
    """The text so that Markdown shows it as it is."""
    text = _MARKDOWN_SIGNS.sub(r"\\\1", _CONTROLS.sub(" ", text))
    return _MARKDOWN_LINE_SIGNS.sub(lambda m: f"{m[1]}{m[2][:-1]}\\{m[2][-1]}", text)


def clean_controls(text: str) -> str:
    """The text without control signs that could steer a terminal or turn the writing direction."""
    return _CONTROLS.sub("", text)


def clean_line(text: str) -> str:
    """The text on one line, without what could steer a terminal."""
    return clean_controls(collapse(text))


def escape_text(text: str) -> str:
    """The text as HTML that shows it and does nothing else."""
    return escape(clean_controls(text), quote=True)


def render_fault(line: str, language: Language) -> str:
    """What is wrong as HTML in the language, marked as English where there are no other words."""
    said, tongue = say_fault(collapse(line), language)
    return (
        escape_text(said) if tongue == language else f'<span lang="en">{escape_text(said)}</span>'
    )


def print_answer(answer: Answer) -> None:
    """Print the answer on standard output for a person to read."""
    from rich.console import Console

    render_terminal(answer, Console(highlight=False))


def render_terminal(answer: Answer, console: Console) -> None:
    """Print the notice and the answer's lines, then each source, and who wrote the answer."""
    from rich.text import Text

    def show(text: Text, below: int = 0) -> None:
        _print_indented(console, text)
        for _ in range(below):
            console.print()

    _print_indented(console, Text(clean_controls(collapse(answer.question)), style="bold"), 0)
    if filters := describe(answer.query):
        shown = [f"{label_filter(kind, answer.language)}: {value}" for kind, value in filters]
        show(Text(clean_controls(collapse(" · ".join(shown))), style="dim"))
    if answer.notice:
        show(Text(clean_controls(collapse(answer.notice)), style="yellow"), below=1)
    if answer.abstained:
        show(Text(clean_controls(answer.text), style="yellow"), below=1)
        return
    for line in _join_who(answer):
        show(_write_terminal_line(line, answer))
    if found := describe_found(answer):
        console.print()
        show(Text(found, style="dim"))
    if answer.citations:
        console.print()
    for citation in answer.citations:
        show(_write_terminal_source(citation, answer.language))
    for said in (describe_independence(answer), describe_writer(answer)):
        if said:
            console.print()
            show(Text(clean_controls(said), style="dim"))
    console.print()


def _print_indented(console: Console, text: Text, indent: int = _INDENT) -> None:
    """Print it as wide as the window; where there is none each line is left whole, to be found again."""
    from rich.text import Text

    lines = text.split("\n", allow_blank=True)
    if console.file.isatty():
        lines = text.wrap(console, max(console.width - indent, _NARROWEST))
    for line in lines:
        line.rstrip()
        blanks = Text(" " * indent if line else "")
        console.print(blanks.append_text(line), soft_wrap=True)


def _write_terminal_line(line: AnswerLine, answer: Answer) -> Text:
    from rich.text import Text

    text = Text()
    if line.claim is not None:
        text.append(clean_controls(collapse(line.claim.text)), style="dim strike")
        why = describe_refusal(line.claim, answer.language)
        return text.append(f" ({clean_controls(why)})", style="dim")
    if line.context:
        text.append(f"{clean_controls(_say_context(line, answer.language))}\n", style="dim")
    who = clean_controls(_say_who(line, answer))
    text.append(who if line.pieces else who.rstrip())
    styles = {"text": "", "quote": "italic", "answer": "bold italic", "marker": "bold cyan"}
    for piece in line.pieces:
        text.append(clean_controls(piece.text), style=styles[piece.kind])
    return text


def _write_terminal_source(citation: Citation, language: Language) -> Text:
    from rich.text import Text

    article = citation.article
    text = Text()
    text.append(f"[{citation.marker}] ", style="bold cyan")
    title = clean_controls(collapse(article.title))
    text.append(f"{title} · {clean_controls(describe_place(article, language))}")
    if citation.superseded_by:
        said = say_superseded(citation.superseded_by, language)
        place = clean_line(citation.superseded_by.printed.path)
        text.append(f"\n    {said}", style="yellow")
        text.append(f" {place}" if place else "", style="dim")
    if article.path:
        text.append(f"\n    {clean_controls(article.path)}", style="dim")
    if citation.also_in:
        text.append(f"\n    {say_prints(len(citation.also_in), language)}:", style="dim")
        paths = [clean_line(p.path or p.title) for p in citation.also_in[:_MOST_PATHS]]
        left = ["…"] if len(citation.also_in) > _MOST_PATHS else []
        text.append(f" {', '.join([*paths, *left])}", style="dim")
    return text
