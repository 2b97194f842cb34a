"""`wortlaut user`: who may sign in to what is served, and what programs sign in with."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wortlaut.index.errors import ConfigError

if TYPE_CHECKING:
    from wortlaut.rag.config import Settings
    from wortlaut.ui.gate.accounts import Account, Accounts

user_app = typer.Typer(
    name="user",
    help="Who may sign in: add, list and remove users, give programs tokens.",
    no_args_is_help=True,
)
UserName = Annotated[str, typer.Argument(metavar="NAME", help="As it is typed to sign in.")]
UsersFile = Annotated[
    Path | None,
    typer.Option(
        "--auth", metavar="FILE", help="The users' file, else users.json in the archive's folder."
    ),
]
AsLines = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


class RoleName(StrEnum):
    """What a user may do."""

    READER = "reader"
    EDITOR = "editor"


@user_app.command("add")
def add_user(
    context: typer.Context,
    name: UserName,
    role: Annotated[
        RoleName | None, typer.Option(help="An editor adds and removes articles, too.")
    ] = None,
    auth: UsersFile = None,
) -> None:
    """Add a user, or give one another password or role; a running server knows at once.

    The password is asked for, or read from standard input; another one ends the user's sessions.
    """
    from wortlaut.ui.gate.accounts import Account, hash_password

    accounts, name = _open_accounts(context.obj, auth), _check_name(name)
    known = accounts.find(name)
    # With a role alone the password stays.
    password = "" if known and role else hash_password(_ask_password(name))

    def edit(found: Account | None) -> Account:
        found = found or Account(name)
        chosen = role.value if role else found.role
        return replace(found, role=chosen, password=password or found.password)

    accounts.change(name, edit)
    done = accounts.find(name)
    print(f"{name} ({done.role if done else ''}) is in {accounts.file}")


@user_app.command("list")
def list_users(context: typer.Context, auth: UsersFile = None, as_json: AsLines = False) -> None:
    """List the users by name, with role and number of tokens."""
    accounts = _open_accounts(context.obj, auth)
    found = accounts.list()
    if not found:
        print(f"wortlaut: no users in {accounts.file}; wortlaut user add NAME", file=sys.stderr)
    for one in found:
        if as_json:
            told = {"name": one.name, "role": one.role, "tokens": len(one.tokens)}
            print(json.dumps(told, ensure_ascii=False))
        else:
            print(f"{one.name}\t{one.role}\t{len(one.tokens)} tokens")


@user_app.command("remove")
def remove_user(context: typer.Context, name: UserName, auth: UsersFile = None) -> None:
    """Remove a user: sessions and tokens end at once, conversations stay for a user of that name."""
    accounts = _open_accounts(context.obj, auth)
    _change_known(accounts, _check_name(name), lambda account: None)
    print(f"{_check_name(name)} is removed from {accounts.file}")


@user_app.command("token")
def make_token(
    context: typer.Context,
    name: UserName,
    revoke: Annotated[bool, typer.Option("--revoke", help="Take all tokens back instead.")] = False,
    auth: UsersFile = None,
) -> None:
    """Print a new token for a program, once: Authorization: Bearer TOKEN."""
    from wortlaut.ui.gate.accounts import add_token

    accounts, name = _open_accounts(context.obj, auth), _check_name(name)
    if revoke:
        _change_known(accounts, name, lambda account: replace(account, tokens=()))
        print(f"{name} has no tokens any more")
        return
    made = []

    def edit(account: Account) -> Account:
        changed, token = add_token(account)
        made.append(token)
        return changed

    _change_known(accounts, name, edit)
    print(made[-1])


def _change_known(accounts: Accounts, name: str, edit: Callable[[Account], Account | None]) -> None:
    def edit_known(found: Account | None) -> Account | None:
        if found is None:
            raise ConfigError(f"no user is named {name!r}; wortlaut user list")
        return edit(found)

    accounts.change(name, edit_known)


def _open_accounts(settings: Settings, file: Path | None) -> Accounts:
    from wortlaut.ui.gate.accounts import USERS_FILE, Accounts

    return Accounts((file or settings.auth or settings.data / USERS_FILE).expanduser())


def _check_name(text: str) -> str:
    from wortlaut.ui.gate.guest import read_name

    name = read_name(text)
    if not name:
        raise ConfigError(f"{text!r} is no user's name: letters and digits without space or colon")
    return name


def _ask_password(name: str) -> str:
    """What is typed, unseen and twice, or the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    from getpass import getpass

    typed = getpass(f"Password for {name}: ")
    if getpass("Once more: ") != typed:
        raise ConfigError("those are two passwords; try again")
    return typed
