#!/usr/bin/env bash
# trafilatura 2.3.1: the words of <q> lose their quotation marks, and the sentence is cut behind them.
#
# HTML leaves the marks of <q> to the browser (HTML Standard, 4.5.7: "Quotation punctuation … must
# not appear immediately before, after, or inside q elements"). extract() gives plain text without
# any: what somebody said word for word can no longer be told from what the reporter wrote, and
# a line break is put behind it (htmlprocessing.py maps q to the block element `quote`).
# What to do: put marks around <q> before the page is given to trafilatura.
# Source: https://github.com/adbar/trafilatura (htmlprocessing.py, CONVERSIONS), run as below.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q trafilatura==2.3.1 lxml_html_clean==0.4.6
"$work/venv/bin/python" - <<'PYTHON'
from trafilatura import extract

said = "<p>Bürgermeister Enno Wattmann sagte <q>Der Deich hält</q> und dankte den Helfern der Feuerwehr.</p>"
lead = "<p>Die Wehr hat am Freitag in Lindau an vielen Stellen den Deich mit Sandsäcken verstärkt.</p>"
got = extract(f"<html><body><article><h1>Hochwasser</h1>{lead}{said}{lead.replace('Freitag', 'Samstag')}</article></body></html>")
line = got.splitlines()[2:4]
print(line)
assert line == ["Bürgermeister Enno Wattmann sagte Der Deich hält", "und dankte den Helfern der Feuerwehr."], got
PYTHON
# Seen: ['Bürgermeister Enno Wattmann sagte Der Deich hält', 'und dankte den Helfern der Feuerwehr.']
echo "as described"
