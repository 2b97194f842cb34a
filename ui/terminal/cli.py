"""The command line: what its commands take, print and end with is a contract."""

from __future__ import annotations

import io
import json
import math
import os
import sys
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wortlaut.index.errors import ConfigError, WortlautError
from wortlaut.rag.config import Settings, load_settings
from wortlaut.ui.terminal.doors import (
    AllowHost,
    AuthFile,
    AuthHeader,
    Editor,
    LogFormatName,
    LogQuestions,
    NoAuth,
    OpenMetrics,
    RateOption,
    RootPath,
    TrustProxy,
)
from wortlaut.ui.terminal.eval import eval_app
from wortlaut.ui.terminal.users import user_app

if TYPE_CHECKING:
    from wortlaut.index.lang.words import Language
    from wortlaut.index.web.addresses import WebRequest
    from wortlaut.rag.answer import Answer, Filters
    from wortlaut.rag.chat import NewsChat

app = typer.Typer(
    name="wortlaut",
    help="Ask a news archive who said what, and when: every sentence stands on its exact words.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(eval_app, name="eval")
app.add_typer(user_app, name="user")

# A shell says so of what Ctrl-C ended.
_INTERRUPTED = 130
_NOTHING_FOUND = 3
# What reads an archive; nothing but `index` and `import` makes one where none is.
_READING = frozenset(
    {
        "ask", "search", "timeline", "verify", "articles", "article", "chat", "info", "export",
        "doctor", "serve", "mcp", "audit",
    }
)  # fmt: skip

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Since = Annotated[str | None, typer.Option(metavar="DATE", help="Nothing before, like 2026-01.")]
Until = Annotated[str | None, typer.Option(metavar="DATE", help="Nothing after.")]
AsOf = Annotated[str | None, typer.Option(metavar="DATE", help="As the archive stood that day.")]
Speaker = Annotated[str | None, typer.Option(metavar="NAME", help="Only what this person said.")]
SourceName = Annotated[str | None, typer.Option(metavar="NAME", help="Only this agency or paper.")]
Demo = Annotated[bool, typer.Option("--demo", help="On the sample archive that comes along.")]


class AnswerLanguage(StrEnum):
    """The languages of questions and answers."""

    DE = "de"
    EN = "en"
    RU = "ru"


class AnswerMode(StrEnum):
    """How an answer is written."""

    EXTRACTIVE = "extractive"
    LLM = "llm"


def main() -> None:
    """Run the command line; errors are one line, and the exit status says which kind."""
    try:
        app(prog_name="wortlaut")
    except KeyboardInterrupt:
        raise SystemExit(_say_stopped()) from None
    except SystemExit as end:
        # Typer ends so, without a word, when it was interrupted.
        raise SystemExit(_say_stopped() if end.code == _INTERRUPTED else end.code) from None
    except WortlautError as error:
        raise SystemExit(_complain(error)) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except Exception as error:
        if os.environ.get("WORTLAUT_DEBUG"):
            raise
        raise SystemExit(_complain(error)) from None


def _say_stopped() -> int:
    # The terminal has written "^C" where the cursor stood.
    print("\nwortlaut: stopped" if sys.stderr.isatty() else "wortlaut: stopped", file=sys.stderr)
    return _INTERRUPTED


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(version("wortlaut"))
        raise typer.Exit


@app.callback()
def configure(
    context: typer.Context,
    data: Annotated[Path | None, typer.Option(help="The archive's folder.")] = None,
    config: Annotated[Path | None, typer.Option(help="Settings in a TOML file.")] = None,
    chroma: Annotated[
        str | None, typer.Option(help="A Chroma server, http(s)://host:port.")
    ] = None,
    archive: Annotated[
        str | None, typer.Option(help="A PostgreSQL database, postgresql://user@host/database.")
    ] = None,
    embedder: Annotated[str | None, typer.Option(help="Embedding model: name or folder.")] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="And exit.")
    ] = False,
) -> None:
    """Read the settings once."""
    context.obj = load_settings(
        config, data=data, chroma=chroma, archive=archive, embedder=embedder
    )
    if data is not None and context.invoked_subcommand in _READING:
        _refuse_missing(context.obj)


def _choose_archive(context: typer.Context, demo: bool) -> Settings:
    """The settings for the user's own archive, or for the samples."""
    if not demo:
        return context.ensure_object(Settings)
    from wortlaut.ui.terminal.demo import open_demo

    return open_demo(context.ensure_object(Settings))


def _refuse_missing(settings: Settings) -> None:
    """Return if the folder that was named is there: nothing is made of a slip of the pen."""
    if settings.archive_address is None and not settings.data.is_dir():
        raise ConfigError(
            f"there is no archive in {settings.data}: no such folder; give another with --data, "
            f"or make it: wortlaut --data {settings.data} index PATH"
        )


@app.command("index")
def index_sources(
    context: typer.Context,
    paths: Annotated[
        list[str] | None, typer.Argument(help="Files, folders, or addresses of pages and feeds.")
    ] = None,
    rebuild: Annotated[bool, typer.Option(help="Make all anew, also from archived text.")] = False,
    prune: Annotated[bool, typer.Option(help="Drop articles whose source is gone.")] = False,
    if_empty: Annotated[bool, typer.Option(help="Only when the archive holds nothing.")] = False,
    watch: Annotated[bool, typer.Option(help="Go on with what changes, until Ctrl-C.")] = False,
    poll: Annotated[
        bool, typer.Option(help="Watch by looking again and again: for network disks.")
    ] = False,
    every: Annotated[
        float, typer.Option(min=1, help="With --watch: seconds between two visits of an address.")
    ] = 300.0,
    follow: Annotated[bool, typer.Option("--follow", help="Fetch the pages behind feeds.")] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Fetch from an intranet or this machine too.")
    ] = False,
    fields: Annotated[
        str | None,
        typer.Option(metavar="text=FIELD,…", help="Which field of a record is which; '' guesses."),
    ] = None,
    put_back: Annotated[
        bool, typer.Option("--put-back", help="Also what was taken out on the page.")
    ] = False,
    wait: Annotated[
        float, typer.Option(min=0, show_default=False, help="Seconds to wait for another indexer.")
    ] = math.inf,
    as_json: AsJson = False,
) -> None:
    """Read articles into the archive: agency copy, exports, web pages, documents, mail, feeds, tables.

    NewsML, NITF, JSON, CSV, Parquet, text, HTML, PDF, DOCX, ODT, RTF, EPUB, EML,
    MBOX, RSS, also packed; unchanged files cost nothing, unreadable ones are named.
    An address (https://…) is fetched now, as its robots.txt allows, and at no other time.
    Exit status 1 when something could not be read; the rest is in.
    """
    from wortlaut.index.formats.fields import parse_fields
    from wortlaut.rag.assembly import count_articles, count_outstanding, index_paths, is_complete
    from wortlaut.ui.terminal.audit import note_indexed
    from wortlaut.ui.terminal.printing import print_ingest_report, show_progress

    files, web = _split_sources(paths or [], follow=follow, allow_private=allow_private)
    mapping = None if fields is None else parse_fields(fields)
    if watch:
        from wortlaut.ui.terminal.watching import watch_sources

        if not paths or rebuild or if_empty or put_back:
            raise ConfigError(
                "--watch watches folders and feeds, without --rebuild, --if-empty and --put-back: "
                "wortlaut index --watch DIR"
            )
        watch_sources(
            context.obj, files, web=web, every_s=every, prune=prune, poll=poll, fields=mapping,
            as_json=as_json,
        )  # fmt: skip
        return
    if not paths and not (rebuild or prune or count_outstanding(context.obj)):
        raise ConfigError("nothing to index; name a file or folder: wortlaut index PATH")
    if if_empty and count_articles(context.obj) and is_complete(context.obj):
        return
    with show_progress() as progress:
        report = index_paths(
            context.obj, files, rebuild=rebuild, prune=prune, web=web, fields=mapping,
            put_back=put_back, progress=progress, wait_s=wait,
        )  # fmt: skip
    note_indexed(context.obj, list(paths or []), report)
    print_ingest_report(report, as_json=as_json)
    if report.failed:
        raise typer.Exit(1)


def _split_sources(
    sources: Sequence[str], *, follow: bool, allow_private: bool
) -> tuple[list[Path], WebRequest | None]:
    """The files and folders, and what is to be fetched, if anything is."""
    from wortlaut.index.web.addresses import is_web_address

    addresses = tuple(source for source in sources if is_web_address(source))
    if not addresses:
        if follow or allow_private:
            raise ConfigError("--follow and --allow-private go with an address: https://…")
        return [Path(source) for source in sources], None
    from wortlaut.index.web.addresses import WebRequest

    files = [Path(source) for source in sources if not is_web_address(source)]
    return files, WebRequest(addresses, follow, allow_private)


@app.command()
def ask(
    context: typer.Context,
    questions: Annotated[
        list[str], typer.Argument(help="Turns of one conversation; '-' reads standard input.")
    ],
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    speaker: Speaker = None,
    source: SourceName = None,
    language: Annotated[AnswerLanguage | None, typer.Option(help="Of the answer's words.")] = None,
    mode: Annotated[AnswerMode | None, typer.Option(help="How the answer is written.")] = None,
    receipt: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep what it rests on, for `verify`.")
    ] = None,
    need_answer: Annotated[
        bool, typer.Option("--need-answer", help="Exit status 3 when a question has no answer.")
    ] = False,
    demo: Demo = False,
    as_json: AsJson = False,
) -> None:
    """Answer in the archive's exact words, each quote with its source, or say that it has none.

    To have no answer is an answer, and exit status 0; with --need-answer it is 3.
    """
    from wortlaut.rag.assembly import open_chat

    filters = _make_filters(since, until, as_of, speaker, source, language)
    if questions != ["-"] and not any(question.strip() for question in questions):
        raise ConfigError('empty question; ask something: wortlaut ask "Who demanded guarantees?"')
    settings: Settings = _choose_archive(context, demo)
    if mode is not None:
        settings = settings.model_copy(update={"mode": mode.value})
    if receipt is not None:
        from wortlaut.rag.receipt import check_target

        if questions == ["-"]:
            raise ConfigError("a receipt is of one conversation; put its questions after --receipt")
        check_target(receipt)
    chat = open_chat(settings)
    status = 0
    is_answered = True
    for turns in _read_conversations(questions):
        history: list[Answer] = []
        status = max(status, _converse(chat, turns, filters, as_json, history))
        is_answered = is_answered and not any(answer.abstained for answer in history)
        if receipt is not None and history:
            from wortlaut.rag.receipt import write_receipt

            write_receipt(receipt, history, archive=chat.archive, settings=settings)
    if need_answer and not is_answered:
        status = status or _NOTHING_FOUND
    if status:
        raise typer.Exit(status)


def _read_conversations(questions: Sequence[str]) -> Iterator[list[str] | ConfigError]:
    """Conversations as lists of turns; a line of standard input that is none as its error."""
    if list(questions) != ["-"]:
        yield list(questions)
        return
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    for number, line in enumerate(sys.stdin, 1):
        if line.strip():
            yield _read_turns(line.strip(), number)


def _read_turns(line: str, number: int) -> list[str] | ConfigError:
    if not line.startswith("["):
        return [line]
    try:
        turns: Any = json.loads(line)
    except (ValueError, RecursionError):
        turns = None
    if isinstance(turns, list) and turns and all(isinstance(turn, str) for turn in turns):
        return turns
    return ConfigError(f'line {number} is no JSON list of strings; write ["first turn", "second"]')


def _converse(
    chat: NewsChat,
    turns: Sequence[str] | ConfigError,
    filters: Filters,
    as_json: bool,
    history: list[Answer],
) -> int:
    """Answer the turns in order into `history`; return the exit status that the worst asks for."""
    from wortlaut.ui.render import print_answer

    if isinstance(turns, ConfigError):
        return _complain(turns)
    status = 0
    for turn in turns:
        try:
            answer = chat.ask(turn, history, filters)
        except Exception as error:
            if os.environ.get("WORTLAUT_DEBUG"):
                raise
            status = max(status, _complain(error))
            continue
        history.append(answer)
        if as_json:
            print(json.dumps(answer.as_json(), ensure_ascii=False), flush=True)
        else:
            print_answer(answer)
    return status


def _complain(error: Exception) -> int:
    """Print the error as one line; return its exit status."""
    from wortlaut.ui.render import clean_line

    if isinstance(error, WortlautError):
        print(f"wortlaut: {clean_line(str(error))}", file=sys.stderr)
        return error.exit_status
    line = clean_line(str(error))[:300]
    print(
        f"wortlaut: unforeseen: {type(error).__name__}: {line}; WORTLAUT_DEBUG=1 shows where",
        file=sys.stderr,
    )
    return 1


@app.command()
def search(
    context: typer.Context,
    query: Annotated[list[str], typer.Argument(help="What to look for.")],
    limit: Annotated[int, typer.Option(min=1, max=1000, help="The most passages.")] = 10,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    speaker: Speaker = None,
    source: SourceName = None,
    as_json: AsJson = False,
) -> None:
    """List the passages that fit best, best first, without composing an answer."""
    from wortlaut.rag.assembly import open_chat
    from wortlaut.ui.terminal.printing import print_passages

    filters = _make_filters(since, until, as_of, speaker, source, None)
    text = " ".join(query)
    if not text.strip():
        raise ConfigError("empty query; name what to look for: wortlaut search WORDS")
    print_passages(open_chat(context.obj).search(text, limit, filters), as_json=as_json)


@app.command()
def timeline(
    context: typer.Context,
    speaker: Annotated[str, typer.Option(metavar="NAME", help="Whose statements.")],
    topic: Annotated[str, typer.Option(metavar="WORDS", help="Only those about it.")] = "",
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    source: SourceName = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Comma-separated values.")] = False,
    beside: Annotated[
        str | None, typer.Option(metavar="NAME", help="A second person's statements, too.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Draw them over time, to a file too.")
    ] = None,
    language: Annotated[AnswerLanguage, typer.Option(help="Of the picture.")] = AnswerLanguage.EN,
) -> None:
    """List what a person said, dated, oldest first, each statement with its source.

    Exit status 3 when there is no such statement.
    """
    from wortlaut.rag.assembly import open_chat
    from wortlaut.ui.terminal.printing import print_timeline

    filters = _make_filters(since, until, as_of, None, source, None)
    if plot is not None:
        from wortlaut.ui.terminal.plotting import check_plot_target

        check_plot_target(plot)
    names = [speaker] if beside is None else [speaker, beside]
    chat = open_chat(context.obj)
    lanes = [chat.list_timeline(name, topic, filters) for name in names]
    for name, found in zip(names, lanes, strict=True):
        if not found:
            print(
                f"wortlaut: no statement by {name!r} fits; try another spelling or fewer filters",
                file=sys.stderr,
            )
    # First, since whoever reads what is printed may stop after a few lines.
    if plot is not None and any(lanes):
        from wortlaut.ui.terminal.plotting import write_plot

        write_plot(plot, lanes, names, topic, language.value)
    print_timeline(lanes, as_json=as_json, as_csv=as_csv)
    if not any(lanes):
        raise typer.Exit(_NOTHING_FOUND)


@app.command()
def verify(
    context: typer.Context,
    receipts: Annotated[list[Path], typer.Argument(help="Files that `ask --receipt` wrote.")],
    quick: Annotated[bool, typer.Option("--quick", help="Ask no question again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check receipts against the archive: seal, articles, quotes, speakers, questions, verdicts.

    Where archive and program are the same still, the questions are asked again, too.
    Exit status 1 when one no longer holds, 2 when one is no receipt of this archive.
    """
    from wortlaut.ui.terminal.printing import check_files

    if status := check_files(context.obj, receipts, as_json=as_json, quick=quick):
        raise typer.Exit(status)


@app.command()
def statements(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders; '-' for JSON lines.")],
    as_json: AsJson = False,
) -> None:
    """List who says what in articles, without an archive."""
    from wortlaut.ui.terminal.printing import print_statements

    if not print_statements(paths, as_json=as_json):
        raise typer.Exit(1)


@app.command()
def articles(
    context: typer.Context,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    speaker: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only those in which this person speaks.")
    ] = None,
    source: SourceName = None,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only those in it, like de.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="The most articles.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the articles that the archive holds, latest first, undated last; JSON has their text."""
    from wortlaut.ui.terminal.articles import print_articles

    filters = _make_filters(since, until, as_of, speaker, source, None)
    print_articles(context.obj, filters, language=language, limit=limit, as_json=as_json)


@app.command()
def article(
    context: typer.Context,
    article_id: Annotated[str, typer.Argument(metavar="ID", help="Its id, or the beginning.")],
    as_json: AsJson = False,
) -> None:
    """Print one article whole, with who says what in it."""
    from wortlaut.ui.terminal.articles import print_article

    print_article(context.obj, article_id, as_json=as_json)


@app.command()
def chat(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port.")] = None,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open a browser.")] = False,
    demo: Demo = False,
    auth: AuthFile = None,
    auth_header: AuthHeader = None,
    trust_proxy: TrustProxy = None,
    editor: Editor = None,
    no_auth: NoAuth = False,
    allow_host: AllowHost = None,
    root_path: RootPath = None,
    rate: RateOption = None,
    open_metrics: OpenMetrics = False,
    log_format: LogFormatName = None,
    log_questions: LogQuestions = False,
) -> None:
    """Open the chat in the browser at http://127.0.0.1:7860.

    For others than this machine they sign in (--auth, --auth-header), or say --no-auth.
    """
    from wortlaut.rag.assembly import open_chat
    from wortlaut.rag.desk.intake import Intake
    from wortlaut.rag.desk.store import Desk
    from wortlaut.ui.browser.app import serve
    from wortlaut.ui.gate.doors import may_change_archive
    from wortlaut.ui.terminal.serving import prepare_serving

    settings = _choose_archive(context, demo).changed(
        host=host, port=port, auth=auth, auth_header=auth_header, trust_proxy=trust_proxy,
        editors=editor, no_auth=no_auth or None, allow_host=allow_host, root_path=root_path,
        rate=rate, open_metrics=open_metrics or None, log_format=log_format,
        log_questions=log_questions or None,
    )  # fmt: skip
    settings, doors = prepare_serving(settings)
    chat = open_chat(settings)
    is_allowed = may_change_archive(settings, settings.host)
    serve(
        chat,
        desk=Desk(settings.data),
        settings=settings,
        intake=Intake(settings, chat.archive, is_allowed=is_allowed),
        host=settings.host,
        port=settings.port,
        doors=doors,
        open_browser=open_browser,
    )


@app.command("serve")
def serve_programs(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port.")] = None,
    auth: AuthFile = None,
    auth_header: AuthHeader = None,
    trust_proxy: TrustProxy = None,
    no_auth: NoAuth = False,
    allow_host: AllowHost = None,
    root_path: RootPath = None,
    rate: RateOption = None,
    open_metrics: OpenMetrics = False,
    log_format: LogFormatName = None,
    log_questions: LogQuestions = False,
) -> None:
    """Answer other programs at http://127.0.0.1:7860, without the page, which `chat` has beside.

    JSON at /api/v1 (described at /api/v1/openapi.json), /v1 as OpenAI's clients ask, /mcp. For
    others than this machine they sign in (--auth, --auth-header), or say --no-auth.
    """
    from wortlaut.rag.assembly import open_chat
    from wortlaut.rag.desk.store import Desk
    from wortlaut.ui.api.app import serve_api
    from wortlaut.ui.terminal.serving import prepare_serving

    given: Settings = context.obj
    settings, doors = prepare_serving(
        given.changed(
            host=host, port=port, auth=auth, auth_header=auth_header, trust_proxy=trust_proxy,
            no_auth=no_auth or None, allow_host=allow_host, root_path=root_path, rate=rate,
            open_metrics=open_metrics or None, log_format=log_format,
            log_questions=log_questions or None,
        )
    )  # fmt: skip
    serve_api(
        open_chat(settings), settings, Desk(settings.data), doors,
        host=settings.host, port=settings.port,
    )  # fmt: skip


@app.command("mcp")
def serve_mcp(
    context: typer.Context,
    http: Annotated[bool, typer.Option("--http", help="Over HTTP, to this machine alone.")] = False,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="With --http: its port, else 7861.")
    ] = None,
) -> None:
    """Serve the archive to other programs' language models: the Model Context Protocol.

    Over standard input and output, as clients start it themselves; with --http at
    http://127.0.0.1:7861/mcp. It only reads.
    """
    from wortlaut.rag.assembly import open_chat
    from wortlaut.ui.mcp.server import DEFAULT_PORT, serve_http, serve_stdio

    if port is not None and not http:
        raise ConfigError("--port goes with --http: wortlaut mcp --http --port 7861")
    if http:
        serve_http(lambda: open_chat(context.obj), DEFAULT_PORT if port is None else port)
    else:
        serve_stdio(lambda: open_chat(context.obj))


@app.command()
def feedback(context: typer.Context, as_json: AsJson = False) -> None:
    """List what was thought of answers in the browser chat, oldest first; it is kept here only."""
    from wortlaut.ui.terminal.feedback import print_feedback

    print_feedback(context.obj, as_json=as_json)


@app.command()
def audit(context: typer.Context, as_json: AsJson = False) -> None:
    """List what was added and removed, when and by whom: by the page, programs and `index`."""
    from wortlaut.ui.terminal.audit import print_audit

    print_audit(context.obj, as_json=as_json)


@app.command()
def info(context: typer.Context, as_json: AsJson = False) -> None:
    """Say what the archive holds: articles, passages, statements, period, embedder."""
    from wortlaut.ui.terminal.printing import print_info

    print_info(context.obj, as_json=as_json)


@app.command("export")
def export_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Where it is written, like archive.wortlaut.")],
    as_json: AsJson = False,
) -> None:
    """Write the whole archive to one checksummed file, to keep it or carry it elsewhere.

    Others may index meanwhile: the file holds the archive as it stood at one moment.
    """
    from wortlaut.rag.assembly import export_to
    from wortlaut.ui.terminal.printing import print_transfer, show_progress

    with show_progress() as progress:
        report = export_to(context.obj, file, progress)
    print_transfer(report, as_json=as_json)


@app.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="What `wortlaut export` wrote.")],
    as_json: AsJson = False,
) -> None:
    """Put an exported archive into an empty folder, and its passages into Chroma.

    Exit status 1 for a damaged file, 2 for one that is no export; then nothing has changed.
    """
    from wortlaut.rag.assembly import import_from
    from wortlaut.ui.terminal.printing import print_transfer, show_progress

    with show_progress() as progress:
        report = import_from(context.obj, file, progress)
    print_transfer(report, as_json=as_json)


@app.command()
def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Check the installation, and that the vector store agrees with the archive; mend it if not."""
    from wortlaut.ui.terminal.printing import print_diagnosis

    if not print_diagnosis(context.obj, as_json=as_json):
        raise typer.Exit(1)


def _make_filters(
    since: str | None,
    until: str | None,
    as_of: str | None,
    speaker: str | None,
    source: str | None,
    language: AnswerLanguage | None,
) -> Filters:
    from wortlaut.rag.answer import Filters, read_window

    first, final, last_known = read_window(since, until, as_of)
    tongue: Language | None = None if language is None else language.value
    return Filters(first, final, last_known, speaker, source, tongue)


if __name__ == "__main__":
    main()
