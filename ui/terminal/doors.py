"""Options of commands that serve: who may come in, and under which names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

AuthFile = Annotated[
    Path | None, typer.Option("--auth", metavar="FILE", help="Users of this file sign in.")
]
AuthHeader = Annotated[
    str | None,
    typer.Option("--auth-header", metavar="NAME", help="A trusted proxy names the user in it."),
]
TrustProxy = Annotated[
    list[str] | None,
    typer.Option("--trust-proxy", metavar="ADDRESS", help="A proxy whose headers count."),
]
Editor = Annotated[
    list[str] | None,
    typer.Option("--editor", metavar="NAME", help="Whom the proxy names and may add and remove."),
]
NoAuth = Annotated[bool, typer.Option("--no-auth", help="Serve anybody who gets there.")]
AllowHost = Annotated[
    list[str] | None,
    typer.Option("--allow-host", metavar="NAME", help="A DNS name to answer to."),
]
RootPath = Annotated[
    str | None,
    typer.Option("--root-path", metavar="PATH", help="The path behind a proxy, like /wortlaut."),
]
RateOption = Annotated[
    int | None,
    typer.Option("--rate", min=0, help="Requests a minute for each user or address; 0: no limit."),
]
OpenMetrics = Annotated[
    bool, typer.Option("--open-metrics", help="/metrics for other machines, without sign-in.")
]
LogFormatName = Annotated[
    str | None, typer.Option("--log-format", metavar="text|json", help="Log requests.")
]
LogQuestions = Annotated[bool, typer.Option("--log-questions", help="Log what was asked, too.")]
