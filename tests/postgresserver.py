"""A real PostgreSQL for tests, on loopback, in a folder of its own, without care for power cuts."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

_USER, _PASSWORD = "lotse", "Hafen-Barke-77"
_NUMBERS = count()


def find_binaries() -> Path | None:
    """Where Debian, or whoever, has put the newest `initdb` and `postgres`."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    places = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((place.parent for place in places), key=lambda p: int(p.parent.name), default=None)


def _find_user() -> pwd.struct_passwd | None:
    """Whom to be: the server refuses to be run by root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


class PostgresServer:
    """The server; `make_database()` gives the address of an empty database."""

    user = _USER
    password = _PASSWORD

    def __init__(self, folder: Path) -> None:
        binaries = find_binaries()
        assert binaries is not None
        self._binaries = binaries
        self._user = _find_user()
        self._data = folder / "server"
        self._log = folder / "log"
        folder.mkdir(parents=True, exist_ok=True)
        if self._user is not None:
            os.chown(folder, self._user.pw_uid, -1)
        secret = folder / "password"
        secret.write_text(_PASSWORD, encoding="utf-8")
        secret.chmod(0o644)  # It is worth nothing.
        self._call(
            "initdb", "-D", self._data, "-U", _USER, "--auth=scram-sha-256", f"--pwfile={secret}",
            "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions",
        )  # fmt: skip
        self.port = _find_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def _as_user(self) -> dict[str, Any]:
        if self._user is None:
            return {}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}

    def _call(self, name: str, *options: object) -> None:
        done = subprocess.run(
            [self._binaries / name, *map(str, options)],
            capture_output=True, text=True, cwd=self._data.parent, timeout=120, **self._as_user(),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Start it, and wait until it answers."""
        quick = {
            "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
            "shared_buffers": "32MB", "listen_addresses": "127.0.0.1", "port": self.port,
            "unix_socket_directories": self._data.parent, "max_connections": 40,
            "autovacuum": "off", "wal_level": "minimal", "max_wal_senders": 0,
        }  # fmt: skip
        options = [part for key, value in quick.items() for part in ("-c", f"{key}={value}")]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._binaries / "postgres", "-D", self._data, *options],
                stdout=log, stderr=log, cwd=self._data.parent, **self._as_user(),
            )  # fmt: skip
        for _ in range(600):
            try:
                return self.run("SELECT 1")
            except Exception:
                assert self._process.poll() is None, self._log.read_text("utf-8", "replace")
                time.sleep(0.05)
        raise AssertionError(self._log.read_text("utf-8", "replace"))

    def stop(self, *, for_good: bool = False) -> None:
        """Stop it at once; open connections are lost, and `for_good` all else."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT if for_good else signal.SIGINT)
            self._process.wait(60)
            self._process = None

    def write_address(self, database: str, user: str = _USER, password: str = _PASSWORD) -> str:
        """The database's address."""
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def run(self, *statements: str, database: str = "postgres") -> Any:
        """The rows of the last statement."""
        from pg8000.native import Connection

        connection = Connection(
            _USER, host="127.0.0.1", port=self.port, database=database, password=_PASSWORD
        )
        try:
            for statement in statements:
                rows = connection.run(statement)
            return rows
        finally:
            connection.close()

    def make_database(self, options: str = "") -> str:
        """The address of a new, empty database."""
        name = f"archive_{os.getpid()}_{next(_NUMBERS)}"
        self.run(f"CREATE DATABASE {name} {options}")
        return self.write_address(name)

    def make_address(self) -> str:
        """The address of a new, empty schema, which is made quicker than a database."""
        return f"{self.write_address('postgres')}?schema=archive_{os.getpid()}_{next(_NUMBERS)}"


def _find_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class FoldersInPostgres:
    """Gives each folder that an archive is opened in a database of its own, in place of SQLite."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._known: dict[Path, str] = {}

    def find(self, folder: Path) -> str:
        """The address of the folder's database."""
        if folder not in self._known:
            self._known[folder] = self._server.make_address()
        return self._known[folder]

    def patch(self, patch: pytest.MonkeyPatch) -> None:
        """Have every archive that names no address opened in PostgreSQL."""
        from wortlaut.index.archive import Archive
        from wortlaut.index.live import rebuild
        from wortlaut.rag.config import Settings

        open_given, has_given = Archive.__init__, rebuild.has_database

        def open_here(
            archive: Archive, folder: Path, address: str | None = None, name: str = ""
        ) -> None:
            home = folder.parent if name else folder
            open_given(archive, folder, address or self.find(home), name)

        def has_here(folder: Path, address: str | None, name: str = "") -> bool:
            return has_given(folder, address or self.find(folder.parent if name else folder), name)

        patch.setattr(Archive, "__init__", open_here)
        patch.setattr(rebuild, "has_database", has_here)
        patch.setattr(Settings, "archive_address", property(lambda own: self.find(own.data)))


@contextmanager
def run_server() -> Iterator[PostgresServer]:
    """A server for a session; skips where there is none."""
    if find_binaries() is None:
        pytest.skip("no PostgreSQL here; Debian: apt-get install postgresql")
    # The folder of pytest's own is closed to any user but root.
    with tempfile.TemporaryDirectory(prefix="wortlaut-postgres-") as folder:
        server = PostgresServer(Path(folder))
        try:
            yield server
        finally:
            server.stop(for_good=True)
