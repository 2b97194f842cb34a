"""Texts as words: what every rule reads."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.lexicon import make_terms
from index.names import fold_name

# "10 000" is one number.
_WORD = re.compile(
    r"(?<![\d.,])\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?![\d.,])|\d+(?:[.,]\d+)*"
    r"|[^\W\d_]+(?:['’](?:t|re|ve|ll|d|m)\b)?|[%€$£°]"
)
_MARKER = re.compile(r"\s*\[\d+(?:\s*,\s*\d+)*\]")
_OPEN_CLASS = 4
# Words that carry no content of their own; polarity, mood and quantity have rules of their own.
_FUNCTION_WORDS = frozenset(
    """der die das den dem des ein eine einen einem einer eines und oder aber doch denn sondern auch
    noch schon nur so wie als wenn weil da dass daß ob in im an am auf aus bei beim mit nach von vom
    vor zu zum zur für über unter um durch gegen bis seit während wegen trotz sich er sie es ihr ihm
    ihn ihnen wir uns ich mich mir man sein seine seinen seinem seiner seines ihre ihren ihrem ihrer
    ihres dieser diese dieses diesen diesem jener jene der ist sind war waren sei seien wäre wären
    wird werden wurde wurden worden werde würde würden hat haben hatte hatten habe hätte hätten kann
    können konnte könne soll sollen sollte solle will wollen wollte wolle muss müssen musste müsse
    darf dürfen durfte dürfe mag dort hier dabei damit dafür daran darauf darüber dazu davon sowie
    bereits wieder etwa rund sehr mehr nun dann hin her ab ein zwischen innerhalb außerhalb deren
    dessen welche welcher welches was wer wo wann demnach zudem außerdem jedoch allerdings
    the a an and or but of to in on at by for with from as is are was were be been being has have
    had do does did will would can could shall should may might must that this these those it its he
    she they them his her their him we us our you your i me my who whom whose which what when where
    how there here than then so too also into onto over under about after before between during
    through since until up out off if because while although though such own s t one some any each
    и в во на с со к ко о об от до из за по у при про для под над между через а но или же бы ли то
    это этот эта эти этого этой том тот та те что как когда где кто он она они оно его её ее их им
    ему ей мы нас вы вас я мне был была было были быть есть будет будут также уже еще ещё более так
    который которая которое которые которого которой которых свой своей своего своих""".split()
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, `[start, end)` in code points; `term` is its folded beginning."""

    text: str
    low: str
    term: str
    start: int
    end: int

    @property
    def is_content(self) -> bool:
        """Whether it says something by itself: no function word, no bare number."""
        return self.low[0].isalpha() and len(self.low) > 1 and self.low not in _FUNCTION_WORDS

    @property
    def is_capitalised(self) -> bool:
        """Whether it opens with a capital."""
        return self.text[0].isupper()


def compile_forms(forms: str) -> re.Pattern[str]:
    """A pattern for whole words, from word patterns written with spaces."""
    return re.compile(rf"(?:{'|'.join(forms.split())})\Z")


def strip_markers(text: str) -> str:
    """The claim without its `[n]`, one space between words."""
    return " ".join(_MARKER.sub("", text).split())


def read_words(text: str) -> list[Word]:
    """The words, numbers and unit signs of `text`, in order."""
    words = []
    for match in _WORD.finditer(text):
        low = match[0].casefold().replace("’", "'")
        term = (make_terms(low) or [low])[0]
        words.append(Word(match[0], low, term, match.start(), match.end()))
    return words


def sound_of(word: str) -> str:
    """The word by sound, so that spellings of one name meet; empty where none is left."""
    return fold_name(word) if len(word) >= _OPEN_CLASS else word.casefold()
