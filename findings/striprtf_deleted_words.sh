#!/usr/bin/env bash
# striprtf 0.0.35: text that a tracked change has deleted (\deleted) is given as text.
#
# RTF keeps deletions in the file until they are accepted (Rich Text Format Specification 1.9.1,
# "Track Changes (Revision Marks)": \deleted "text has been deleted"). rtf_to_text() has no way to
# leave them out: a deleted "nicht" comes back, and the sentence says the opposite.
# What to do: take the groups and runs under \deleted out of the RTF before it is converted.
# Source: https://github.com/joshy/striprtf (striprtf.py knows no \deleted), run as below.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q striprtf==0.0.35
"$work/venv/bin/python" - <<'PYTHON'
from striprtf.striprtf import rtf_to_text

rtf = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}}{\*\revtbl{Unknown;}{Redaktion;}}"
    r"\f0 Der Kreistag hat {\deleted\revauthdel1\revdttmdel1 nicht }zugestimmt.\par}"
)
got = rtf_to_text(rtf).strip()
print(got)
assert got == "Der Kreistag hat nicht zugestimmt.", got
PYTHON
# Seen: Der Kreistag hat nicht zugestimmt.
echo "as described"
