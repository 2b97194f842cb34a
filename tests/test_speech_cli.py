"""`wortlaut statements` and `wortlaut timeline`."""

import csv
import io
import json
import zipfile

from terminal import run

TEXT = "Der Damm hält, sagte Ministerin Oda Falk. „Niemand muss gehen“, fügte sie hinzu.\n"


def test_statements_offsets_refer_to_the_text_that_is_printed(write):
    path = write("damm.txt", TEXT)
    row = json.loads(run("statements", path, "--json").stdout)
    assert row["text"] == TEXT
    assert row["path"] == str(path)
    assert {s["speaker"] for s in row["statements"]} == {"Oda Falk"}
    assert [s["voice"] for s in row["statements"]] == ["reported", "direct"]
    first = row["statements"][0]
    assert TEXT[first["speaker_start"] : first["speaker_end"]].endswith("Falk")
    assert set(first) >= {"start", "end", "speaker", "speaker_start", "speaker_end", "cue", "voice"}


def test_a_name_within_a_packed_file_cannot_steer_the_terminal(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("\x1b[2Jleer.txt", "")
        packed.writestr("\x1b[2Jalt.txt", TEXT.encode("cp1252"))
    done = run("statements", tmp_path / "a.zip")
    assert "skipped: " in done.stderr
    assert "note: " in done.stderr
    assert "\x1b" not in done.stderr + done.stdout


def test_statements_reads_json_lines_from_standard_input():
    lines = json.dumps({"text": TEXT}) + "\nno json\n" + json.dumps({"text": "Es regnet."})
    done = run("statements", "-", "--json", stdin=lines)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["text"] for row in rows] == [TEXT, "Es regnet."]
    assert done.returncode == 1
    assert "-:2" in done.stderr


def test_a_mere_noun_is_no_speaker_but_keeps_its_place():
    text = "Kritiker warnten vor dem Bau des Damms. Die Polizei teilte mit, der Damm halte."
    done = run("statements", "-", "--json", stdin=json.dumps({"text": text}))
    first, second = json.loads(done.stdout)["statements"]
    assert first["speaker"] is None
    assert text[first["speaker_start"] : first["speaker_end"]] == "Kritiker"
    assert second["speaker"] == "Polizei"


def test_a_row_is_one_line_whatever_ends_a_line():
    text = "Der Damm hält,\u2028 sagte\x85 Oda Falk.\u2029"
    done = run("statements", "-", "--json", stdin=json.dumps({"text": text}))
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["text"] == text


def test_the_timeline_is_json_or_csv_with_the_same_rows(seeded):
    lines = run("timeline", "--speaker", "Lavrov", "--json", data=seeded).stdout.splitlines()
    rows = [json.loads(line) for line in lines]
    table = run("timeline", "--speaker", "Lavrov", "--csv", data=seeded).stdout
    assert [row["quote"] for row in csv.DictReader(io.StringIO(table))] == [
        r["quote"] for r in rows
    ]
    assert [row["published"] for row in rows] == sorted(row["published"] for row in rows)


def test_a_timeline_of_a_stranger_is_empty_and_says_so(seeded):
    done = run("timeline", "--speaker", "Oxenrath", data=seeded)
    assert (done.returncode, done.stdout) == (3, "")
    assert "Oxenrath" in done.stderr
