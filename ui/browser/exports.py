"""The basket and receipts as files to fetch: Word, HTML, Markdown, JSON, and a page to print.

Each browser gets its own quotes only. Nothing in them says where the server keeps its files.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import quote

from wortlaut.index.lang.words import LANGUAGES, Language
from wortlaut.rag.desk.houseformat import describe_quote, mark_words
from wortlaut.rag.desk.quotes import KeptQuote, QuoteState
from wortlaut.rag.desk.quotesfile import make_quotes_file, write_quotes_json
from wortlaut.rag.wording import format_date
from wortlaut.ui.browser.quotes import QuoteDesk
from wortlaut.ui.render import clean_controls, escape_for_markdown
from wortlaut.ui.render import escape_text as esc
from wortlaut.ui.words.desk import DeskWords, choose_desk_words
from wortlaut.ui.words.page import choose_tongue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

# Set for paper and for the screen; no script, no address of another host.
_STYLE = (
    "body{font:16px/1.55 Charter,Georgia,serif;max-width:42rem;margin:2.5rem auto;padding:0 1.2rem;"
    "color:#1f2326;background:#fff}h1{font-size:1.5rem;margin:0 0 .2rem}"
    "section{margin:1.8rem 0;break-inside:avoid}blockquote{margin:0 0 .4rem;padding-left:1rem;"
    "border-left:2px solid #0f5e63;font-size:1.1rem;overflow-wrap:anywhere}p{margin:.15rem 0;"
    "overflow-wrap:anywhere}.meta,.day{color:#626a70;font-size:.9rem}.warn{color:#8a5a00}"
    ".note{font-style:italic;white-space:pre-line}a{color:#0f5e63}@media print{body{margin:0;max-width:none}}"
)
_NOT_IN_LINK = re.compile(r"[\s<>\\]")
_NOT_XML = re.compile("[\ufffe\uffff]")
_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "json": "application/json",
    "print": "text/html; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """A kept quote in words to be set: all on one line each but the note, "" for what is not known.

    `link` is where the quote can be read, `original` the article's own address.
    """

    words: str
    who: str
    place: str
    title: str
    warned: str
    asked: str
    note: str
    original: str
    link: str


def show_kept(kept: KeptQuote, state: QuoteState, tongue: Language, origin: str) -> ShownQuote:
    """The quote in the language, as it is set in every export."""
    words, quoted = choose_desk_words(tongue), kept.quoted
    fields = describe_quote(quoted, tongue)
    who = f"{fields['name']} ({fields['voice']})" if fields["name"] else fields["voice"]
    place = " · ".join(fields[name] for name in ("source", "date") if fields[name])
    return ShownQuote(
        mark_words(quoted, tongue), who, place, fields["title"],
        words.states.get(state, ""), words.asked.format(question=" ".join(kept.question.split())),
        kept.note, fields["url"], origin + quoted.address,
    )  # fmt: skip


def write_quotes_html(
    shown: Sequence[ShownQuote], day: date, tongue: Language, *, to_print: bool = False
) -> str:
    """The quotes as a page that needs nothing else; `to_print` opens the printer's dialog."""
    words = choose_desk_words(tongue)
    told = esc(words.exported.format(date=format_date(day, "day", tongue)))
    script = '<script>addEventListener("load", () => print())</script>' if to_print else ""
    sections = "".join(_write_section(one, words) for one in shown)
    return (
        f'<!DOCTYPE html>\n<html lang="{tongue}"><head><meta charset="utf-8">'
        '<meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Wortlaut – {esc(words.quotes)}</title><style>{_STYLE}</style></head>"
        f'<body><h1>{esc(words.quotes)}</h1><p class="day">{told}</p>{sections}{script}'
        "</body></html>\n"
    )


def _write_section(shown: ShownQuote, words: DeskWords) -> str:
    between = " · " if shown.place else ""
    lines = [
        f'<p class="meta warn">{esc(shown.warned)}</p>' if shown.warned else "",
        f"<blockquote>{esc(shown.words)}</blockquote>",
        f"<p>{esc(shown.who)}</p>",
        f'<p class="meta"><a href="{esc(shown.link)}">{esc(shown.title) or "…"}</a>'
        f"{between}{esc(shown.place)}</p>",
    ]
    if shown.original:
        url = esc(shown.original)
        lines.append(f'<p class="meta">{esc(words.original)}: <a href="{url}">{url}</a></p>')
    lines.append(f'<p class="meta">{esc(shown.asked)}</p>')
    lines.append(f'<p class="note">{esc(shown.note)}</p>' if shown.note else "")
    return f"<section>{''.join(lines)}</section>"


def write_quotes_markdown(shown: Sequence[ShownQuote], day: date, tongue: Language) -> str:
    """The quotes as Markdown, whose signs in them mean nothing."""
    words = choose_desk_words(tongue)
    lines = [f"# {words.quotes}", "", words.exported.format(date=format_date(day, "day", tongue))]
    for one in shown:
        lines += ["", f"> {escape_for_markdown(one.words)}", ""]
        place = " · ".join(part for part in (one.title, one.place) if part)
        told = [escape_for_markdown(part) for part in (one.warned, one.who, place)]
        told += [_link_markdown(one.original), _link_markdown(one.link)]
        told += [
            escape_for_markdown(" ".join(s.split())) for s in (one.asked, *one.note.split("\n"))
        ]
        lines += [f"{part}  " for part in told if part]
    return "\n".join(lines).rstrip() + "\n"


def _link_markdown(address: str) -> str:
    """The address as a link; "" for none."""
    safe = _NOT_IN_LINK.sub(lambda sign: quote(sign[0]), clean_controls(address))
    return f"<{safe}>" if safe else ""


def write_quotes_docx(shown: Sequence[ShownQuote], day: date, tongue: Language) -> bytes:
    """The quotes as a Word document."""
    from docx import Document
    from docx.shared import Pt

    def clean(text: str) -> str:
        return _NOT_XML.sub("", clean_controls(text))

    words = choose_desk_words(tongue)
    document = Document()
    document.core_properties.author = "Wortlaut"
    document.core_properties.title = words.quotes
    document.core_properties.comments = ""
    document.add_heading(words.quotes, 0)
    document.add_paragraph(words.exported.format(date=format_date(day, "day", tongue)))
    for one in shown:
        document.add_paragraph(
            clean(one.words), style="Intense Quote"
        ).paragraph_format.keep_with_next = True
        meta = document.add_paragraph()
        meta.add_run(clean(one.who)).bold = True
        place = " · ".join(part for part in (one.title, one.place) if part)
        for line in (place, one.original, one.link, one.asked, one.warned):
            if line:
                meta.add_run().add_break()
                meta.add_run(clean(line)).font.size = Pt(9)
        if one.note:
            document.add_paragraph().add_run(clean(one.note)).italic = True
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def add_export_routes(
    app: FastAPI, quotes: QuoteDesk, read_owner: Callable[[Mapping[str, str]], str]
) -> None:
    """Let the app answer `/export/quotes/KIND` and `/export/receipt/DIGEST.json`."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import PlainTextResponse, Response

    async def export_quotes(request: Request) -> Response:
        kind = str(request.path_params["kind"])
        if kind not in _TYPES:
            return PlainTextResponse("nothing here", status_code=404)
        owner, tongue = read_owner(request.headers), _read_tongue(request)
        origin = str(request.base_url).rstrip("/")
        day = date.today()
        data = await run_in_threadpool(_write, quotes, owner, kind, tongue, origin, day)
        headers = {"content-type": _TYPES[kind], "cache-control": "no-store"}
        if kind != "print":
            name = f"wortlaut-quotes-{day.isoformat()}.{kind}"
            headers["content-disposition"] = f'attachment; filename="{name}"'
        return Response(data, headers=headers)

    async def export_receipt(request: Request) -> Response:
        owner, digest = read_owner(request.headers), str(request.path_params["digest"])
        basket = quotes.open_basket(owner)
        receipt = await run_in_threadpool(basket.find_receipt, digest)
        if receipt is None:
            return PlainTextResponse("nothing here", status_code=404)
        name = f"wortlaut-receipt-{digest[:8]}.json"
        headers = {
            "content-type": _TYPES["json"],
            "cache-control": "no-store",
            "content-disposition": f'attachment; filename="{name}"',
        }
        return Response(receipt.model_dump_json(indent=1) + "\n", headers=headers)

    app.add_route("/export/quotes/{kind}", export_quotes, methods=["GET"])
    app.add_route("/export/receipt/{digest}.json", export_receipt, methods=["GET"])


def _write(
    quotes: QuoteDesk, owner: str, kind: str, tongue: Language, origin: str, day: date
) -> bytes:
    basket = quotes.open_basket(owner)
    kept = basket.list_quotes()
    states = quotes.list_states(kept)
    if kind == "json":
        return write_quotes_json(make_quotes_file(kept, states, basket.list_receipts())).encode()
    shown = [show_kept(one, state, tongue, origin) for one, state in zip(kept, states, strict=True)]
    if kind == "docx":
        return write_quotes_docx(shown, day, tongue)
    if kind == "md":
        return write_quotes_markdown(shown, day, tongue).encode("utf-8", "replace")
    html = write_quotes_html(shown, day, tongue, to_print=kind == "print")
    return html.encode("utf-8", "replace")


def _read_tongue(request: Request) -> Language:
    asked = request.query_params.get("tongue")
    known = next((tongue for tongue in LANGUAGES if tongue == asked), None)
    return known or choose_tongue(request.headers.get("accept-language"))
