"""The settings: flag > environment > file > default, read once."""

from __future__ import annotations

import json
import os
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from wortlaut.index.errors import ConfigError

_SHORTEST_KEY = 16
LogFormat = Literal["text", "json"]
Names = Annotated[tuple[str, ...], NoDecode]
# Variables that other tools have made customary; ours win.
_CUSTOMARY = {"host": "GRADIO_SERVER_NAME", "port": "GRADIO_SERVER_PORT"}


def _find_data() -> Path:
    from platformdirs import user_data_path

    return user_data_path("wortlaut", appauthor=False)


class Settings(BaseSettings):
    """Everything that can be set; each field is also the environment variable `WORTLAUT_…`."""

    model_config = SettingsConfigDict(
        env_prefix="WORTLAUT_",
        frozen=True,
        extra="forbid",
        env_ignore_empty=True,
        # A value that is refused may be a secret.
        hide_input_in_errors=True,
    )

    data: Path = Field(default_factory=_find_data, description="the archive's folder")
    embedder: str = Field("multilingual-e5-small", min_length=1, description="model name or folder")
    reader: str = Field(
        "bundled", min_length=1, description="what reads for the answer: bundled, none, or a model"
    )
    models: Path | None = Field(None, description="where models are unpacked; in the data folder")
    chroma: str | None = Field(None, description="address of a Chroma server, else embedded")
    chroma_token: SecretStr | None = Field(None, description="the token that server wants")
    chroma_ca: Path | None = Field(None, description="certificates to trust for it: a PEM file")
    chroma_tenant: str = Field("default_tenant", min_length=1, description="its tenant")
    chroma_database: str = Field("default_database", min_length=1, description="its database")
    archive: SecretStr | None = Field(
        None, description="address of a PostgreSQL database, else SQLite in the folder"
    )
    mode: Literal["extractive", "llm"] = Field("extractive", description="who words the answer")
    quotes: int = Field(6, ge=1, le=50, description="the most sentences an answer quotes")
    min_confidence: float = Field(
        0.3, ge=0, le=1, description="below it the answer is an abstention"
    )
    llm_base_url: str | None = Field(None, description="OpenAI-compatible server of a model")
    llm_model: str | None = Field(None, description="its model's name, else the first it offers")
    llm_api_key: SecretStr | None = Field(None, description="the key for it")
    llm_headers: SecretStr | None = Field(
        None, description='headers it wants beside: "NAME: VALUE", a line each, or a JSON object'
    )
    llm_timeout_s: float = Field(120, gt=0, le=3600, description="for a whole answer, in seconds")
    llm_retries: int = Field(2, ge=0, le=10, description="new tries after a passing failure")
    llm_context_tokens: int = Field(4096, ge=512, description="what prompt and answer may take")
    llm_max_tokens: int = Field(512, ge=16, description="what the answer may take")
    on_unsupported: Literal["quote", "strike"] = Field(
        "quote", description="a sentence that its sources do not bear out: quote them, or strike it"
    )
    receipt_key: SecretStr | None = Field(
        None, description="receipts are signed with this key, and fail without it"
    )
    quote_template: str | None = Field(
        None, description="how a quote is copied: {words} – {name}, {source}, {date}, …"
    )
    host: str = Field("127.0.0.1", min_length=1, description="address of the browser chat")
    port: int = Field(7860, ge=0, le=65535, description="port of the browser chat")
    allow_uploads: bool | None = Field(
        None, description="whether its page adds and removes articles; else on 127.0.0.1 alone"
    )
    upload_mb: int = Field(500, ge=1, le=100_000, description="the largest file it takes, in MB")
    auth: Path | None = Field(None, description="users' file: everybody signs in to what is served")
    auth_header: str | None = Field(
        None, description="header in which a trusted proxy names a user"
    )
    trust_proxy: Names = Field((), description="proxies whose headers count: addresses, networks")
    no_auth: bool = Field(False, description="serve anybody who gets there, without sign-in")
    editors: Names = Field((), description="whom the proxy names and may add and remove articles")
    session_hours: int = Field(168, ge=1, le=8760, description="how long one stays signed in")
    allow_host: Names = Field((), description="host names that are answered to")
    root_path: str = Field("", description="path before everything that is served, like /wortlaut")
    rate: int | None = Field(
        None, ge=0, description="requests a minute for each user or address; 0 for no limit"
    )
    open_metrics: bool = Field(False, description="/metrics for other machines, without sign-in")
    log_format: LogFormat | None = Field(
        None, description="log of requests; else of warnings alone"
    )
    log_questions: bool = Field(False, description="that log holds what was asked, too")
    uploads_mb: int = Field(
        20_000, ge=1, le=100_000_000, description="all files that it takes together, in MB"
    )

    @field_validator("trust_proxy", "editors", "allow_host", mode="before")
    @classmethod
    def split_names(cls, value: Any) -> Any:
        """Several names in one variable stand between commas."""
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(part.strip() for part in parts if part.strip())

    @field_validator("data", "models", "chroma_ca", "auth")
    @classmethod
    def expand_home(cls, folder: Path | None) -> Path | None:
        """`~` stands for the home folder, as in a shell."""
        return folder.expanduser() if folder else None

    @field_validator("llm_headers", mode="before")
    @classmethod
    def join_table(cls, headers: Any) -> Any:
        """A settings file has them as a table."""
        return json.dumps(headers) if isinstance(headers, dict) else headers

    @field_validator("llm_headers")
    @classmethod
    def refuse_no_headers(cls, headers: SecretStr | None) -> SecretStr | None:
        """Said at the start, not with the first answer."""
        if headers is not None:
            parse_headers(headers.get_secret_value())
        return headers

    @field_validator("receipt_key")
    @classmethod
    def refuse_guessable_key(cls, key: SecretStr | None) -> SecretStr | None:
        """A signature can be tried against as many keys as one likes."""
        if key is not None and len(key.get_secret_value()) < _SHORTEST_KEY:
            raise ValueError(f"a key of fewer than {_SHORTEST_KEY} letters can be guessed")
        return key

    @field_validator("quote_template")
    @classmethod
    def refuse_unknown_field(cls, template: str | None) -> str | None:
        """Said at the start, not when the first quote is copied."""
        if template is not None:
            from wortlaut.rag.desk.houseformat import check_template

            check_template(template)
        return template

    @property
    def model_headers(self) -> dict[str, str]:
        """The headers that the language model's server wants; they may hold keys."""
        return parse_headers(self.llm_headers.get_secret_value()) if self.llm_headers else {}

    @property
    def archive_address(self) -> str | None:
        """Where the archive is when it is not in the folder; it may hold a password."""
        return self.archive.get_secret_value() if self.archive else None

    def changed(self, **flags: Any) -> Settings:
        """The same with what a command's own flags say; those that are None were not given.

        Raises ConfigError that names the one which is wrong.
        """
        update = {name: value for name, value in flags.items() if value is not None}
        return _make({**self.model_dump(), **update}) if update else self

    def beside(self, folder: Path) -> Settings:
        """The same for an archive of its own, in the folder and in no server."""
        update = {"data": folder, "models": self.models_folder, "chroma": None, "archive": None}
        return self.model_copy(update=update)

    @property
    def models_folder(self) -> Path:
        """Where the bundled model is unpacked."""
        return self.models or self.data / "models"


# What a process is told whose archive is in the folder that it names, whatever the user has set.
IN_NO_SERVER = {"WORTLAUT_ARCHIVE": "", "WORTLAUT_CHROMA": "", "WORTLAUT_CONFIG": ""}


def load_settings(file: Path | None = None, **flags: Any) -> Settings:
    """The settings in force; raises ConfigError that names the setting which is wrong.

    `file` is TOML; flags that are `None` were not given.
    """
    given = _read_file(file)
    names = {name.upper() for name in Settings.model_fields}
    from_environment = {name.lower() for name in names if os.environ.get(f"WORTLAUT_{name}")}
    values = {name: value for name, value in given.items() if name not in from_environment}
    for name, variable in _CUSTOMARY.items():
        if os.environ.get(variable) and name not in from_environment:
            values[name] = os.environ[variable]
    base_url = flags.get("llm_base_url")
    if base_url is None:
        base_url = values.get("llm_base_url", os.environ.get("WORTLAUT_LLM_BASE_URL"))
    customary = _read_customary_endpoint(base_url)
    values = {n: v for n, v in customary.items() if n not in from_environment} | values
    values |= {name: value for name, value in flags.items() if value is not None}
    return _make(values)


def _make(values: dict[str, Any]) -> Settings:
    try:
        return Settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        known = ", ".join(sorted(Settings.model_fields))
        hint = f"; the settings are: {known}" if first["type"] == "extra_forbidden" else ""
        raise ConfigError(f"setting {name!r}: {first['msg']}{hint}") from error


def parse_headers(text: str) -> dict[str, str]:
    """The headers in lines `NAME: VALUE` or a JSON object; raises ValueError, which tells none."""
    if text.lstrip().startswith("{"):
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
            raise ValueError(
                'write "NAME: VALUE", a line each, or a JSON object of texts'
            ) from None
        return found
    headers = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, colon, value = line.partition(":")
        if not (colon and name.strip() and value.strip()):
            raise ValueError('write "NAME: VALUE", a line each, or a JSON object of texts')
        headers[name.strip()] = value.strip()
    return headers


def _read_customary_endpoint(base_url: str | None) -> dict[str, Any]:
    """What OPENAI_BASE_URL or OLLAMA_HOST say; OpenAI's key goes where it was meant for alone."""
    key = os.environ.get("OPENAI_API_KEY")
    customary = os.environ.get("OPENAI_BASE_URL")
    if base_url is None and (host := os.environ.get("OLLAMA_HOST")) and not customary:
        from wortlaut.rag.model.endpoint import read_ollama_host

        # A bad address matters to none but those who ask the model.
        with suppress(ConfigError):
            host = read_ollama_host(host)
        return {"llm_base_url": host}
    found = {} if base_url or not customary else {"llm_base_url": customary}
    is_its_own = bool(found) or _is_openai(base_url)
    return found | ({"llm_api_key": key} if key and is_its_own else {})


def _is_openai(base_url: Any) -> bool:
    try:
        return urlsplit(str(base_url or "")).hostname == "api.openai.com"
    except ValueError:
        return False


def _read_file(file: Path | None) -> dict[str, Any]:
    path = file or (Path(found) if (found := os.environ.get("WORTLAUT_CONFIG")) else None)
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot read the settings in {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is no TOML: {error}") from error
