import pytest

from wortlaut.index.errors import ConfigError
from wortlaut.rag.config import load_settings


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "wortlaut.toml"
    path.write_text("port = 1111\nquotes = 3\n", encoding="utf-8")
    return path


def test_flag_beats_environment_beats_file_beats_default(file, monkeypatch):
    assert load_settings().port == 7860
    assert load_settings(file).port == 1111
    monkeypatch.setenv("WORTLAUT_PORT", "2222")
    assert load_settings(file).port == 2222
    assert load_settings(file, port=3333).port == 3333
    assert load_settings(file).quotes == 3


def test_gradios_own_variables_are_honoured_and_ours_win(monkeypatch):
    monkeypatch.setenv("GRADIO_SERVER_PORT", "4444")
    monkeypatch.setenv("GRADIO_SERVER_NAME", "0.0.0.0")
    assert (load_settings().port, load_settings().host) == (4444, "0.0.0.0")
    monkeypatch.setenv("WORTLAUT_PORT", "5555")
    assert load_settings().port == 5555


def test_an_unknown_setting_is_named_with_those_that_exist(tmp_path):
    path = tmp_path / "wortlaut.toml"
    path.write_text("quoets = 3\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"quoets.*quotes"):
        load_settings(path)


@pytest.mark.parametrize("text", ["port = 99999999", "port = 'x'", "quotes = 0", "port ="])
def test_a_wrong_value_is_one_clear_line(tmp_path, text):
    path = tmp_path / "wortlaut.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_settings(path)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"missing\.toml"):
        load_settings(tmp_path / "missing.toml")


HEADERS = {"X-Api-Key": "sesame-1", "X-Team": "news: desk"}


@pytest.mark.parametrize(
    "value",
    [
        "X-Api-Key: sesame-1\nX-Team: news: desk",
        "\n  X-Api-Key:sesame-1 \r\n\nX-Team: news: desk\n",
        '{"X-Api-Key": "sesame-1", "X-Team": "news: desk"}',
    ],
)
def test_the_models_headers_are_read_from_lines_and_from_json(monkeypatch, value):
    monkeypatch.setenv("WORTLAUT_LLM_HEADERS", value)
    settings = load_settings()
    assert settings.model_headers == HEADERS
    assert "sesame" not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_the_models_headers_are_a_table_in_a_file(tmp_path):
    path = tmp_path / "wortlaut.toml"
    path.write_text('[llm_headers]\nX-Api-Key = "sesame-1"\nX-Team = "news: desk"\n', "utf-8")
    assert load_settings(path).model_headers == HEADERS
    assert load_settings().model_headers == {}


@pytest.mark.parametrize(
    "value", ["sesame-1", "X-Api-Key:", ": sesame-1", '{"X-Api-Key": 7, "sesame": "1"}', '{"sesame']
)
def test_headers_that_are_none_are_refused_and_not_repeated(monkeypatch, value):
    monkeypatch.setenv("WORTLAUT_LLM_HEADERS", value)
    with pytest.raises(ConfigError, match=r"llm_headers.*NAME: VALUE") as caught:
        load_settings()
    told = f"{caught.value} {caught.value.__cause__} {caught.value.__cause__!r}"
    assert "sesame" not in told


def test_a_setting_that_is_refused_is_not_repeated(monkeypatch):
    monkeypatch.setenv("WORTLAUT_RECEIPT_KEY", "sesame")
    with pytest.raises(ConfigError) as caught:
        load_settings()
    assert "sesame" not in f"{caught.value} {caught.value.__cause__}"
