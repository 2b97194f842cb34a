"""What `eval abstention` keeps on disk: an archive of one data set, and rows as they come."""

import json

import pytest
import typer
from typer.testing import CliRunner

from wortlaut.eval.figures.rows import parse_row
from wortlaut.eval.retrieval import open_archive
from wortlaut.eval.suites.formats import make_articles, read_squad
from wortlaut.index.errors import ConfigError
from wortlaut.rag.config import Settings
from wortlaut.ui.terminal.eval_run import measure_abstention

pytestmark = pytest.mark.usefixtures("unread")


def write_data(file, *texts):
    paragraphs = [
        {
            "context": text,
            "qas": [
                {
                    "id": f"q{n}",
                    "question": "How high is it?",
                    "answers": [{"text": text.split()[0], "answer_start": 0}],
                }
            ],
        }
        for n, text in enumerate(texts)
    ]
    file.write_text(json.dumps({"data": [{"title": "Aldora", "paragraphs": paragraphs}]}))
    return file


def run(models, *options):
    app = typer.Typer()

    @app.callback()
    def start(context: typer.Context):
        context.obj = Settings(models=models)

    app.command("abstention")(measure_abstention)
    return CliRunner().invoke(app, ["abstention", *map(str, options)])


def test_a_kept_archive_is_of_one_data_set(tmp_path, models):
    settings = Settings(models=models)
    one = read_squad(write_data(tmp_path / "one.json", "Forty metres is the lighthouse high."))
    other = read_squad(write_data(tmp_path / "other.json", "Two metres is the gauge high."))
    keep = tmp_path / "keep"
    for _ in range(2):
        with open_archive(settings, list(make_articles(one)), None, keep) as library:
            assert library.archive.count().articles == 1
    more = tmp_path / "more"
    more.mkdir()
    (more / "a.txt").write_text("The ferry to Tessing runs again.")
    for squad, distractors in ((other, None), (one, more)):
        with (
            pytest.raises(ConfigError, match=r"other paragraphs.*--keep"),
            open_archive(settings, list(make_articles(squad)), distractors, keep),
        ):
            pass
    (keep / "abstention.json").unlink()
    with (
        pytest.raises(ConfigError, match="another archive"),
        open_archive(settings, list(make_articles(one)), None, keep),
    ):
        pass


def test_rows_are_written_as_they_come_and_a_bad_place_is_told_first(tmp_path, models):
    data = write_data(tmp_path / "one.json", "Forty metres is the lighthouse of Aldora high.")
    failed = run(models, "--data", data, "--rows", tmp_path / "missing" / "rows.jsonl")
    assert isinstance(failed.exception, ConfigError)
    assert "--rows" in str(failed.exception)
    rows = tmp_path / "rows.jsonl"
    done = run(models, "--data", data, "--rows", rows, "--json")
    assert done.exit_code == 0, done.output
    kinds = [parse_row(line).type for line in rows.read_text("utf-8").splitlines()]
    assert kinds == ["answerable", "paragraph_hidden", "article_hidden"]
