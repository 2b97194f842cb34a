#!/usr/bin/env bash
# trafilatura 2.3.1: plain text joins a superscript to the number before it: 10<sup>6</sup> is "106".
#
# A power, and the number of a footnote behind a figure ("12,5 Prozent" with note 3 on 12,5), become
# digits of the number. Only include_formatting=True keeps a sign of it ("<sup>6</sup>").
# What to do: have formatting included and read the marks, or put a "^" before <sup> yourself and
# drop <sup> that holds a link to a footnote.
# Source: https://github.com/adbar/trafilatura (htmlprocessing.py, conversion of sub and sup).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q trafilatura==2.3.1 lxml_html_clean==0.4.6
"$work/venv/bin/python" - <<'PYTHON'
from trafilatura import extract

lead = "<p>Die Wehr hat am Freitag in Lindau an vielen Stellen den Deich mit Sandsäcken verstärkt.</p>"
text = "<p>Der Hafen schlug im Jahr 10<sup>6</sup> Tonnen um, 12<sup><a href='#n3'>3</a></sup> Prozent mehr als davor.</p>"
page = f"<html><body><article><h1>Hafen</h1>{lead}{text}{lead}</article></body></html>"
plain = next(line for line in extract(page).splitlines() if line.startswith("Der Hafen"))
marked = next(line for line in extract(page, include_formatting=True).splitlines() if line.startswith("Der Hafen"))
print(plain)
print(marked)
assert plain == "Der Hafen schlug im Jahr 106 Tonnen um, 123 Prozent mehr als davor.", plain
assert "10<sup>6</sup> Tonnen" in marked, marked
PYTHON
# Seen: Der Hafen schlug im Jahr 106 Tonnen um, 123 Prozent mehr als davor.
echo "as described"
