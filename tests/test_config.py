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
