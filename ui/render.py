"""`Answer` -> Markdown to copy and lines for a terminal; the pieces the page is built from too.

Articles and models are not trusted: Markdown signs are escaped, terminal controls are taken out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Literal

from wortlaut.index.article import Article
from wortlaut.index.lang.words import Language
from wortlaut.rag.answer import Answer, Citation, Claim
from wortlaut.rag.understanding.query import describe, label_filter
from wortlaut.rag.wording import (
    format_date,
    say_independent,
    say_prints,
    say_superseded,
    strike_out,
    voice_label,
)
from wortlaut.ui.words import choose_words

if TYPE_CHECKING:
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text


_MOST_PATHS = 5
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
    reason = collapse(claim.reason or "").rstrip(".")
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
    lines = [f"**{_escape(collapse(answer.question))}**", ""]
    if answer.notice:
        lines += [_escape(collapse(answer.notice)).strip(), ""]
    # Two blanks keep the line break.
    lines += [f"{text}  " if text else "" for text in _write_lines(answer)]
    if answer.citations:
        lines += ["", f"{choose_words(answer.language).sources}:", ""]
        lines += [_write_source(citation, answer.language) for citation in answer.citations]
    for said in (describe_independence(answer), describe_writer(answer)):
        lines += ["", _escape(said)] if said else []
    return "\n".join(lines).rstrip() + "\n"


def _write_lines(answer: Answer) -> Iterator[str]:
    for line in split_lines(answer):
        if isinstance(line, Claim):
            said = _escape(collapse(line.text)).strip()
            why = _escape(describe_refusal(line, answer.language))
            # Four tildes would open a block of code.
            yield f"~~{said}~~ ({why})" if said else f"({why})"
            continue
        pieces = split_line(line, answer.citations)
        shown = "".join(p.text if p.kind == "marker" else _escape(p.text) for p in pieces)
        # "[1](" and "[1]:" would make a link of the marker, blanks before the line code.
        yield _AFTER_MARKER.sub(r"\1\\\2", shown.strip())


def _write_source(citation: Citation, language: Language) -> str:
    article = citation.article
    parts = [
        f"“{collapse(citation.quote)}”",
        describe_voice(citation, language),
        article.title,
        describe_place(article, language),
        *describe_prints(citation, language),
        article.url or article.path,
    ]
    return f"- [{citation.marker}] " + " · ".join(_escape(collapse(part)) for part in parts if part)


def _escape(text: str) -> str:
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


def print_answer(answer: Answer) -> None:
    """Print the answer on standard output for a person to read."""
    from rich.console import Console

    render_terminal(answer, Console(highlight=False, soft_wrap=False))


def render_terminal(answer: Answer, console: Console) -> None:
    """Print the notice and the answer's lines, then each source, and who wrote the answer."""
    from rich.padding import Padding
    from rich.text import Text

    def show(text: Text, below: int = 0) -> None:
        console.print(Padding(text, (0, 0, below, 2)))

    console.print(Text(clean_controls(collapse(answer.question)), style="bold"))
    if filters := describe(answer.query):
        shown = [f"{label_filter(kind, answer.language)}: {value}" for kind, value in filters]
        show(Text(clean_controls(collapse(" · ".join(shown))), style="dim"))
    if answer.notice:
        show(Text(clean_controls(collapse(answer.notice)), style="yellow"), below=1)
    if answer.abstained:
        show(Text(clean_controls(answer.text), style="yellow"), below=1)
        return
    for line in split_lines(answer):
        if line == "":
            console.print()
        else:
            show(_write_terminal_line(line, answer))
    if answer.citations:
        console.print()
    for citation in answer.citations:
        console.print(_write_terminal_source(citation, answer.language))
    for said in (describe_independence(answer), describe_writer(answer)):
        if said:
            console.print()
            show(Text(clean_controls(said), style="dim"))
    console.print()


def _write_terminal_line(line: str | Claim, answer: Answer) -> Text:
    from rich.text import Text

    text = Text()
    if isinstance(line, Claim):
        text.append(clean_controls(collapse(line.text)), style="dim strike")
        why = describe_refusal(line, answer.language)
        return text.append(f" ({clean_controls(why)})", style="dim")
    styles = {"text": "", "quote": "italic", "answer": "bold italic", "marker": "bold cyan"}
    for piece in split_line(line, answer.citations):
        text.append(clean_controls(piece.text), style=styles[piece.kind])
    return text


def _write_terminal_source(citation: Citation, language: Language) -> Padding:
    from rich.padding import Padding
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
    return Padding(text, (0, 0, 0, 2))
