#!/usr/bin/env bash
# odfdo 3.27.3: paragraphs hold the words of comments, and deleted text comes as paragraphs of its own.
#
# A comment (office:annotation) stands inside the sentence of inner_text, glued to the word before,
# with its author and date; and body.get_paragraphs() begins with what tracked changes have deleted
# (text:tracked-changes/text:deletion), as if it stood in the document.
# What to do: take office:annotation and text:tracked-changes out of a copy of the body first.
# Source: OpenDocument 1.3 part 3, 5.5 (change tracking) and 14.1 (annotations);
# https://github.com/jdum/odfdo (element.py), run as below.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q odfdo==3.27.3
"$work/venv/bin/python" - <<'PYTHON'
from odfdo import Document, Element

changes = (
    '<text:tracked-changes><text:changed-region text:id="ct1"><text:deletion><office:change-info>'
    "<dc:creator>Redaktion</dc:creator><dc:date>2026-01-05T10:00:00</dc:date></office:change-info>"
    "<text:p>nicht </text:p></text:deletion></text:changed-region></text:tracked-changes>"
)
said = (
    '<text:p>Der Kreistag hat <text:change text:change-id="ct1"/>zugestimmt<office:annotation>'
    "<dc:creator>Redaktion</dc:creator><dc:date>2026-01-05T10:00:00</dc:date>"
    "<text:p>Bitte prüfen!</text:p></office:annotation>, sagte Enno Wattmann.</text:p>"
)
document = Document("text")
document.body.clear()
document.body.append(Element.from_tag(changes))
document.body.append(Element.from_tag(said))
got = [paragraph.inner_text for paragraph in document.body.get_paragraphs()]
print(got)
assert got[0] == "nicht ", got
assert got[1].startswith("Der Kreistag hat zugestimmtBitte prüfen!\nRedaktion 2026-01-05"), got
PYTHON
# Seen: ['nicht ', 'Der Kreistag hat zugestimmtBitte prüfen!\nRedaktion 2026-01-05 10:00:00, sagte Enno Wattmann.', 'Bitte prüfen!']
echo "as described"
