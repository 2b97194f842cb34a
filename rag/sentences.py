"""A growing text -> its finished sentences, the same ones however the text arrives.

A boundary is decided only once the word after it is there; `sentencex` knows the abbreviations.
"""

from __future__ import annotations

import re

from rag.language import Language

_ENDS = ".!?…"
_CLOSERS = "\"”“»«’')*_"
_RUN = re.compile(f"[{re.escape(_ENDS + _CLOSERS)}]+")
_PAIRS = {"„": "“”", "“": "”", "«": "»", "»": "«", '"': '"'}
_AFTER_WORD = ".,;:!?…\"”“»«’')"
_LONGEST_QUOTE = 400
_LONGEST_HEAD = 300
_LONGEST_WORD = 40
_BLANK = r"[^\S\n]*"
_GROUPS = re.compile(rf"(?:{_BLANK}[\[【［]+[^\[\]【】［］\n]{{0,60}}[\]】］]+)+[.!?]?")
_LED_LINE = re.compile(rf"\[[^\[\]\n]{{1,20}}\]{_BLANK}(\S)")
_LINE_END = re.compile(rf"{_BLANK}(?:\n|\Z)")
_OPEN_GROUP = re.compile(r"\s*(?:[\[【［]+[^\[\]【】［］\n]{0,60})?\Z")
_ANY_GROUP = re.compile(r"\s*\[[^\[\]]{0,60}\]")
_ITEM = re.compile(r"[-–•*#>]+\s|\d{1,2}[.)]\s")
_WORD = re.compile(r"\S+(?=\s)")
_FINISHED = re.compile(r"(?:[.!?…:][\"”“»«’')*_]*|[\]】］][.!?]?)\s*\Z")
_LONE_NUMBER = re.compile(r"\s*[*_#]*\d{1,3}\Z")


class _Undecided(Exception):
    """More text is needed to tell."""


class SentenceStream:
    """Takes text bit by bit; gives (sentence with its markers, whether it is complete)."""

    def __init__(self, language: Language) -> None:
        self.rest = ""
        self._language = language
        self._is_final = False
        self._start_over(0)

    def feed(self, delta: str) -> list[tuple[str, bool]]:
        """The sentences that are finished by now."""
        self.rest += delta
        return self._take()

    def close(self) -> list[tuple[str, bool]]:
        """All that is left; the last is incomplete if nothing ends it."""
        self._is_final = True
        sentences = self._take()
        rest, self.rest = self.rest, ""
        if rest.strip():
            sentences.append((rest.strip(), _FINISHED.search(rest) is not None))
        return sentences

    def _start_over(self, at: int, stray: int = -1) -> None:
        """Go on from `at`; all before it is decided. `stray` is a mark that opens no quotation."""
        self._at = at
        self._stray = stray
        self._closing = ""
        self._opened = 0

    def _take(self) -> list[tuple[str, bool]]:
        sentences = []
        while (end := self._find_end()) is not None:
            sentence, self.rest = self.rest[:end].strip(), self.rest[end:]
            self._start_over(0)
            if sentence:
                sentences.append((sentence, True))
        return sentences

    def _find_end(self) -> int | None:
        """Where the first sentence ends, the white space after it included."""
        try:
            while True:
                while self._at < len(self.rest):
                    end = self._step(self._at, self.rest[self._at])
                    if end is not None:
                        return end
                    self._at += 1
                if not (self._closing and self._is_final):
                    return None
                # A quotation that nothing closes is none.
                self._start_over(self._opened, self._opened)
        except _Undecided:
            return None

    def _step(self, at: int, sign: str) -> int | None:
        """The sentence's end, if the sign at `at` ends it; raises _Undecided, nothing changed."""
        if self._closing:
            return self._step_in_quote(at, sign)
        if sign in _PAIRS and at != self._stray and self._opens(at):
            self._closing, self._opened = _PAIRS[sign], at
            return None
        if sign in _ENDS:
            return self._check_stop(at + 1)
        return self._check_line(at) if sign == "\n" else None

    def _step_in_quote(self, at: int, sign: str) -> int | None:
        text = self.rest
        if sign == "\n" and at + 1 == len(text) and not self._is_final:
            raise _Undecided
        if at - self._opened > _LONGEST_QUOTE or text.startswith("\n\n", at):
            self._start_over(self._opened - 1, self._opened)
            return None
        if sign not in self._closing:
            return None
        end = self._check_stop(at + 1) if text[at - 1] in _ENDS else None
        self._closing = ""
        return end

    def _opens(self, at: int) -> bool:
        """Whether the mark opens a quotation: it does where a word begins after it."""
        after = self.rest[at + 1 : at + 2]
        if not after and not self._is_final:
            raise _Undecided
        before = self.rest[at - 1 : at]
        return bool(after) and not after.isspace() and not (before and before.isalnum())

    def _check_stop(self, at: int) -> int | None:
        """The end of the sentence whose full stop lies before `at`, if it is one."""
        text = self.rest
        if closers := _RUN.match(text, at):
            at = closers.end()
        words = text[:at]
        stop = at
        at = self._skip_groups(at)
        if _OPEN_GROUP.match(text, at) and not self._is_final:
            raise _Undecided
        if _LONE_NUMBER.match(words.rstrip(_ENDS + _CLOSERS)):
            return None
        start = self._skip_blanks(at)
        if start == len(text):
            return start
        if start == at == stop:
            return None
        word = self._read_word(start)
        first = word.lstrip("\"„“»«‚‘'(*_")[:1]
        if first.islower():
            return None
        return start if at > stop or self._ends_before(words, word) else None

    def _check_line(self, at: int) -> int | None:
        """Where the next line starts, if a new sentence starts with it."""
        before = self.rest[:at].rstrip()
        if not before:
            return None
        end = self._skip_groups(at)
        start = self._skip_blanks(end)
        if _OPEN_GROUP.match(self.rest, start) and not self._is_final:
            raise _Undecided
        if start == len(self.rest):
            return start
        word = self._read_word(start)
        led = _LED_LINE.match(self.rest, start)
        if _ITEM.match(f"{word} ") or (led and led[1].isupper()):
            return start
        is_over = end > at or _FINISHED.search(before) or before.lstrip().startswith("#")
        is_over = is_over or self.rest.startswith("\n\n", at)
        return start if is_over and not word[:1].islower() else None

    def _skip_groups(self, at: int) -> int:
        """The end of the markers that follow; on the next line only if they stand there alone."""
        if groups := _GROUPS.match(self.rest, at):
            at = groups.end()
        line = self._skip_blanks(at)
        if "\n" in self.rest[at:line] and (groups := _GROUPS.match(self.rest, line)):
            if _OPEN_GROUP.match(self.rest, groups.end()) and not self._is_final:
                raise _Undecided
            if _LINE_END.match(self.rest, groups.end()):
                return groups.end()
        return at

    def _skip_blanks(self, at: int) -> int:
        while at < len(self.rest) and self.rest[at].isspace():
            at += 1
        return at

    def _read_word(self, start: int) -> str:
        word = _WORD.match(self.rest, start)
        if word:
            return word.group()[:_LONGEST_WORD]
        if not self._is_final and len(self.rest) - start < _LONGEST_WORD:
            raise _Undecided
        return self.rest[start : start + _LONGEST_WORD]

    def _ends_before(self, words: str, word: str) -> bool:
        import sentencex

        head = " ".join(_ANY_GROUP.sub("", words[-_LONGEST_HEAD:]).split())
        window = f"{head} {word.rstrip(_AFTER_WORD)}"
        boundaries = sentencex.get_sentence_boundaries(self._language, window)
        return any(boundary["end_index"] in (len(head), len(head) + 1) for boundary in boundaries)
