"""A reasoning model's stream -> its answer alone, whatever marks its thoughts.

Servers hand thoughts over apart, as `reasoning_content`, or leave them in the text: in tags, between
special tokens, in channels, or with nothing but a lone tag at their end, where the template has
opened them. Then nobody can tell a thought before it ends: what was given out is taken back, and
the next answer of such a model is kept back from the start.

A mark counts as words where it is quoted, or stands as it does in the prompt: an article may hold
one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Final

from wortlaut.index.article import Span


class ThoughtSign(Enum):
    """What a stream says beside its text."""

    THINKS = "thinks"
    # All the text until now was a thought.
    TAKEN_BACK = "taken back"


_NAMES = (
    "think|thinking|thoughts?|reason|reasoning|reflection|scratchpad|inner_monologue|antthinking"
    "|(?:seed|mm):think|longcat_think|analysis|internal"
)
_HEAD = r"[^<\n]{0,80}(?:<\|constrain\|>[^<\n]{0,40})?<\|message\|>"
# By how its marks look: what opens a thought, what closes it.
_FAMILIES: Final = {
    "tag": (rf"<(?i:{_NAMES})(?:\s[^<>\n]{{0,60}})?>", rf"</(?i:{_NAMES})\s?>"),
    "square": (r"\[THINK\]", r"\[/THINK\]"),
    "triangle": (r"◁think▷", r"◁/think▷"),
    "start": (r"<\|START_THINKING\|>", r"<\|END_THINKING\|>"),
    "pipe": (r"<\|(?:think|thinking|inner_prefix)\|>", r"<\|(?:/think|/thinking|inner_suffix)\|>"),
    "begin": (r"<\|begin_of_thought\|>", r"<\|end_of_thought\|>"),
    "gemma": (r"<\|channel>|<unused94>", r"<channel\|>|<unused95>"),
    "harmony": (rf"<\|channel\|>(?!final\b)\w{{1,20}}{_HEAD}", r"<\|(?:end|call|return)\|>"),
    # Harmony whose special tokens were dropped: "analysisThe user … assistantfinalNine metres."
    "bare": (r"analysis(?=[A-Z])", r"assistantfinal"),
}
# What opens the answer itself.
_FINAL = rf"<\|channel\|>final\b{_HEAD}|<\|START_RESPONSE\|>|<\|begin_of_solution\|>"
_REST = (
    r"<\|start\|>(?:assistant)?|<\|(?:end|call|return|message|END_RESPONSE|end_of_solution"
    r"|im_start|im_end|eot_id|endoftext|end_of_text)\|>|</?(?:answer|response)>"
)
_MARK = re.compile(
    "|".join(
        f"(?P<{kind}_{family}>{pattern})"
        for family, patterns in _FAMILIES.items()
        for kind, pattern in zip(("open", "close"), patterns, strict=True)
        # Outside of a thought these say nothing.
        if f"{kind}_{family}" not in {"close_harmony", "close_bare"}
    )
    + f"|(?P<final_>{_FINAL})|(?P<rest_>{_REST})"
)
_CLOSES = {family: re.compile(f"{close}|{_FINAL}") for family, (_, close) in _FAMILIES.items()}
# The end of a text that more may make a mark of.
_PARTIAL = re.compile(
    r"(?:<\|channel\|>[^<\n]{0,80}(?:<\|constrain\|>[^<\n]{0,40})?(?:<\|?\w{0,10}\|?)?"
    r"|<[|/]?[\w:]{0,30}(?:\|?|\s[^<>\n]{0,60})|\[/?[A-Z]{0,5}|◁/?\w{0,5})\Z"
)
_LONGEST_MARK = 200
_OPENING_QUOTES: Final = frozenset("\"'`“„«»‚‘’”‹›")
_CLOSING_QUOTES: Final = frozenset("\"'`“”«»‘’‹›")
_STOPS: Final = frozenset(".!?…")
_ENDED = re.compile(r"(?:\A|\n|[.!?…:\]])[\s\"”“»«’')*_]*\Z")
_FIRST_WORD = "analysis"
# So many letters beside a mark tell that it stands as in the prompt.
_ALIKE, _LOOK_AHEAD = 4, 24
# These open a thought wherever they stand.
_SURE = frozenset({"harmony", "bare", "gemma", "start"})
_SPECIAL = re.compile(
    rf"<(/?(?i:{_NAMES}|answer|response)(?:\s[^<>\n]{{0,60}})?|\|[^<>|\n]{{1,40}}\|?|\w{{1,20}}\|"
    r"|unused\d+|/?s|(?:start|end)_of_turn|[be]os|pad)>|◁(/?think)▷"
)
_LOOKS: Final = str.maketrans("<>◁▷|", "‹›‹›¦")
_ROUND: Final = str.maketrans("<>◁▷|‹›[]【】［］", "()()¦()()()()")


def disarm(text: str) -> str:
    """The text without special tokens, which a server would read as such: their brackets differ."""
    return _SPECIAL.sub(lambda match: match[0].translate(_LOOKS), text)


def find_thoughts(text: str) -> list[Span]:
    """Where a whole text thinks, and its marks alone; in order, disjoint.

    A closing mark that nothing opened ends a thought that began with the text.
    """
    found: list[Span] = []
    at = 0
    while (match := _MARK.search(text, at)) is not None:
        start, at = match.span()
        kind, _, family = (match.lastgroup or "").partition("_")
        if family == "bare" and text[:start].strip():
            continue
        if text[start - 1 : start] in _OPENING_QUOTES and text[at : at + 1] in _CLOSING_QUOTES:
            continue
        if kind == "open":
            closing = _CLOSES[family].search(text, at)
            at = closing.end() if closing else len(text)
        elif kind == "close":
            found, start = [], 0
        found.append(Span(start, at))
    return found


class ThoughtFilter:
    """Takes a stream's text bit by bit and gives what of it is no thought.

    `prompt` is what the model was sent. With `opens_inside` a thought is expected that only a
    closing mark tells of: all is kept back until that or the end comes. `closed_alone` says
    whether one came so, `has_thought` whether there was any, `is_final` whether the text is whole.
    """

    def __init__(self, prompt: str = "", *, opens_inside: bool = False) -> None:
        self.closed_alone = False
        self.has_thought = False
        self._prompt = _level(prompt)
        self._rest = ""
        # What stands before `_rest`, since the last mark.
        self._before = ""
        self._is_first = True
        # What kind of thought we are in, if in any for sure.
        self._family: str | None = None
        # What is text only if nothing closes it.
        self._held: list[str] | None = [] if opens_inside else None
        self._is_doubt = False
        self._has_spoken = False
        self.is_final = False

    def feed(self, delta: str) -> Iterator[str | ThoughtSign]:
        """What can be given out by now; `ThoughtSign.THINKS` where it is nothing."""
        self._rest += delta
        given = list(self._take())
        yield from given or (ThoughtSign.THINKS,)

    def close(self) -> Iterator[str | ThoughtSign]:
        """What is left: a thought that nothing has opened for sure was none."""
        self.is_final = True
        yield from self._take()
        yield from self._release()

    def _take(self) -> Iterator[str | ThoughtSign]:
        at = 0
        while (found := self._find(at)) is not None:
            match, kind, family = found
            if self._may_change(match):
                yield from self._pass(match.start())
                return
            if self._is_text(match):
                at = match.end()
                continue
            yield from self._pass(match.start())
            self._rest = self._rest[len(match[0]) :]
            yield from self._heed(kind, family, match[0])
            self._before, self._is_first, at = "", False, 0
        yield from self._pass(len(self._rest) if self.is_final else self._find_partial())

    def _find(self, at: int) -> tuple[re.Match[str], str, str] | None:
        """The next mark that matters where we are, what it does, and its family."""
        if self._family is not None:
            match = _CLOSES[self._family].search(self._rest, at)
            return (match, "close", self._family) if match else None
        for match in _MARK.finditer(self._rest, at):
            kind, _, family = (match.lastgroup or "").partition("_")
            if family != "bare" or (self._is_first and not self._lead(match).strip()):
                return match, kind, family
        return None

    def _lead(self, match: re.Match[str]) -> str:
        return self._before + self._rest[: match.start()]

    def _may_change(self, match: re.Match[str]) -> bool:
        """Whether what follows, which is not there yet, may make mere words of the mark."""
        after = len(self._rest) - match.end()
        if self.is_final:
            return False
        if self._is_in_prompt(match[0]):
            return after < _LOOK_AHEAD
        return after == 0 and self._lead(match)[-1:] in _OPENING_QUOTES

    def _is_in_prompt(self, mark: str) -> bool:
        return _level(mark) in self._prompt

    def _is_text(self, match: re.Match[str]) -> bool:
        """Whether the mark is quoted, or stands as it does in the prompt."""
        lead, after = self._lead(match), self._rest[match.end() :]
        if lead[-1:] in _OPENING_QUOTES and after[:1] in _CLOSING_QUOTES:
            before = lead[-2:-1]
            # A mark that closes a quotation opens none.
            if not before.isalnum() and before not in _STOPS:
                return True
        if not self._is_in_prompt(match[0]):
            return False
        mark = _level(match[0])
        left, right = _level(lead[-_LOOK_AHEAD:])[-_ALIKE:], _level(after[:_LOOK_AHEAD])[:_ALIKE]
        return (len(left) == _ALIKE and left + mark in self._prompt) or (
            len(right) == _ALIKE and mark + right in self._prompt
        )

    def _heed(self, kind: str, family: str, mark: str) -> Iterator[str | ThoughtSign]:
        if kind == "open":
            self._open(family, mark)
        elif self._family is not None:
            self._family = None
            # A model that marks both ends leaves nothing to guess.
            yield from self._release()
        elif kind != "rest":
            yield from self._take_back()

    def _open(self, family: str, mark: str) -> None:
        if family in _SURE or _ENDED.search(self._before[-_LOOK_AHEAD:]):
            self.has_thought = True
            self._family = family
        elif self._held is None:
            # In the middle of a sentence: a thought only if something closes it.
            self._held, self._is_doubt = [mark], True
        else:
            self._held.append(mark)

    def _take_back(self) -> Iterator[str | ThoughtSign]:
        self.has_thought = True
        held, self._held = self._held, None
        was_doubt, self._is_doubt = self._is_doubt, False
        if was_doubt:
            return
        if self._has_spoken or "".join(held or ()).strip():
            self.closed_alone = True
        if self._has_spoken:
            self._has_spoken = False
            yield ThoughtSign.TAKEN_BACK

    def _release(self) -> Iterator[str | ThoughtSign]:
        held, self._held, self._is_doubt = self._held, None, False
        if held:
            yield from self._give("".join(held))

    def _pass(self, end: int) -> Iterator[str | ThoughtSign]:
        """Go on to `end`: what lies before is text, or thought."""
        text, self._rest = self._rest[:end], self._rest[end:]
        self._before = (self._before + text)[-_LONGEST_MARK:]
        if text and self._family is None:
            yield from self._give(text)

    def _give(self, text: str) -> Iterator[str | ThoughtSign]:
        if self._held is not None:
            self._held.append(text)
            return
        self._has_spoken = self._has_spoken or bool(text.strip())
        yield text

    def _find_partial(self) -> int:
        """Where the end begins that may yet become a mark."""
        length = len(self._rest)
        if self._family is not None:
            return max(0, length - _LONGEST_MARK)
        start = self._rest.lstrip()
        if self._is_first and not self._before.strip() and _FIRST_WORD.startswith(start):
            return length - len(start)
        partial = _PARTIAL.search(self._rest, max(0, length - _LONGEST_MARK))
        return partial.start() if partial else length


def _level(text: str) -> str:
    """The text without white space and case, brackets of any kind alike."""
    return "".join(text.split()).casefold().translate(_ROUND)
