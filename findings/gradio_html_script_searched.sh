#!/usr/bin/env bash
# Gradio 6.31.0: gr.HTML's `js_on_load` is searched from end to end, by a regular expression, for each
# attribute that a part is asked for and lacks; every event asks for dozens, of every part.
#
# That is how custom events are found: any word that stands in quotation marks in the script counts as
# one, so hasattr(part, "stopped") is True where the script compares with 'stopped'. A page whose
# twenty parts share one script of 50,000 letters pays for that search hundreds of times an event.
# What to do: put the script into the page's `head` as a function, and let `js_on_load` call it,
# naming the events it triggers.
# Source: gradio's components/html.py (HTML.__getattr__), run as below; the documentation says only
# that an event's name has to stand in the script.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q gradio==6.31.0
cd "$work"
GRADIO_ANALYTICS_ENABLED=False "$work/venv/bin/python" - <<'PYTHON'
import asyncio

import gradio as gr

script = "if (state === 'stopped') { element.hidden = true; } trigger('open', {});"
part = gr.HTML("Hafen", js_on_load=script)
print("hasattr 'stopped':", hasattr(part, "stopped"), "- 'started':", hasattr(part, "started"))
assert hasattr(part, "stopped")
assert not hasattr(part, "started")

asked = []
found = gr.HTML.__getattr__


def count(self, name):
    asked.append(name)
    return found(self, name)


gr.HTML.__getattr__ = count
with gr.Blocks() as page:
    parts = [gr.HTML("Hafen", js_on_load=script) for _ in range(20)]
    parts[0].open(lambda: ["Damm"] * 20, None, parts)
asked.clear()
answer = asyncio.run(page.process_api(0, []))
assert answer["data"] == ["Damm"] * 20, answer
print("searches for one event with 20 parts:", len(asked))
assert len(asked) >= 20, len(asked)
PYTHON
# Seen: hasattr 'stopped': True - 'started': False; searches for one event with 20 parts: 320
echo "as described"
