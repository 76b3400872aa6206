"""What a dataset's own words say of a mask: `WithMask`, `no-mask`, `mask_weared_incorrect`.

Words are compared by their letters and digits alone: case, spaces, hyphens, underscores and camel
case make no difference. What is no known word means nothing until somebody says what it means.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from glassmask.errors import DatasetError
from glassmask.lab.datasets.label_words import WORDS, Label
from glassmask.lab.datasets.reading import UNKNOWN_LABEL, Problem
from glassmask.lab.datasets.records import SOMEHOW
from glassmask.labels import Uncovered, Wear

SKIP: Final = "skip"
"""Given as the meaning of a word: leave its faces out, and don't call them a problem."""

Meaning: TypeAlias = Label | Literal["skip"]

MEANINGS: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        **{str(wear): Label(wear) for wear in Wear},
        **{str(part): Label(Wear.INCORRECT, part) for part in Uncovered},
        "elsewhere": Label(Wear.INCORRECT, elsewhere=True),
        SOMEHOW: Label(None),
        SKIP: SKIP,
    }
)
"""The words that a meaning is given in."""

_MAX_LISTED: Final = 12
_MAX_LENGTH: Final = 60


@lru_cache(maxsize=10_000)
def fold(word: str) -> str:
    """The letters and digits of a word, in lower case."""
    kept = unicodedata.normalize("NFKC", word).casefold()
    return "".join(letter for letter in kept if letter.isalnum())


_KNOWN: Final = {fold(word): label for label, words in WORDS.items() for word in words}


class LabelReader:
    """Says what a dataset's words mean, and keeps count of those that mean nothing."""

    def __init__(self, meanings: Mapping[str, str] | None = None) -> None:
        """Take the meanings of words that are not known, or are to be read otherwise.

        Args:
            meanings: a dataset's word -> one of `MEANINGS`.

        Raises:
            DatasetError: a meaning is none.
        """
        self._given: dict[str, Meaning] = {}
        for word, ours in (meanings or {}).items():
            meaning = _meaning(word, ours)
            if self._given.setdefault(fold(word), meaning) != meaning:
                raise DatasetError(f"label {word!r}: given two meanings; one is wanted")
        self._unused = {fold(word): word for word in meanings or {}}
        self._unknown: Counter[str] = Counter()
        self._first: dict[str, str] = {}
        self._skipped = 0
        self._met: Counter[str] = Counter()

    def meaning(self, word: str) -> Meaning | None:
        """What a word means, None where it means nothing; counts nothing."""
        return self._given.get(fold(word), _KNOWN.get(fold(word)))

    def read(self, word: str, where: str, vague: Collection[str] = ()) -> Label | None:
        """What a word of the dataset means; None, and counted, where it means nothing.

        Args:
            word: as the dataset has it.
            where: file and place, for the list of unknown words.
            vague: known words that here say no more than that there is a mask, unless a meaning
                was given.
        """
        meaning = self.meaning(word)
        if word in vague and fold(word) not in self._given:
            meaning = Label(None)
        self._unused.pop(fold(word), None)
        self._met[word] += 1
        if meaning is None:
            self._unknown[word] += 1
            self._first.setdefault(word, where)
        elif meaning == SKIP:
            self._skipped += 1
        return meaning if isinstance(meaning, Label) else None

    def report(self, folder: str) -> tuple[list[Problem], list[str]]:
        """What one dataset's words came to, and a fresh count for the next.

        Returns:
            One problem for all unknown words, with how often each occurs and known words near
            it, or none; and a line about what was skipped as asked.
        """
        problems, notes = [], []
        if self._unknown:
            listed = [self._listed(*item) for item in self._unknown.most_common(_MAX_LISTED)]
            if len(self._unknown) > _MAX_LISTED:
                listed.append(f"and {len(self._unknown) - _MAX_LISTED} other words")
            detail = f"{'; '.join(listed)}: a meaning for each is wanted: {', '.join(MEANINGS)}"
            problems.append(Problem(folder, UNKNOWN_LABEL, detail, self._unknown.total()))
        if self._skipped:
            notes.append(f"{folder}: {self._skipped} x a face skipped, as asked")
        self._unknown.clear()
        self._first.clear()
        self._skipped = 0
        return problems, notes

    def unused_words(self) -> list[Problem]:
        """A problem for each word that a meaning was given for and that is nowhere."""
        there = ", ".join(repr(clip(word)) for word, _ in self._met.most_common(_MAX_LISTED))
        return [
            Problem(f"label {word!r}", "is in none of the datasets", f"there are {there or 'none'}")
            for word in sorted(self._unused.values())
        ]

    def _listed(self, word: str, count: int) -> str:
        folded = fold(word)
        alike = [known for known in _KNOWN if abs(len(known) - len(folded)) < 2]  # not "no mask"
        bare = folded.strip("0123456789")  # 01_no_mask
        near = [bare] if bare in _KNOWN else difflib.get_close_matches(folded, alike, 1, 0.8)
        hint = f"did you mean {_spelled(near[0])!r}? " if near else ""
        return f"{count} x {clip(word)!r} ({hint}first in {self._first[word]})"


def clip(word: str) -> str:
    """A word that is short enough for a message."""
    return word if len(word) <= _MAX_LENGTH else f"{word[:_MAX_LENGTH]}…"


def _meaning(word: str, ours: str) -> Meaning:
    folded = fold(ours)
    for name, meaning in MEANINGS.items():
        if fold(name) == folded:
            return meaning
    near = difflib.get_close_matches(ours.casefold(), MEANINGS, n=1)
    hint = f"did you mean {near[0]}? There" if near else "there"
    raise DatasetError(
        f"label {word!r}: no such meaning {clip(ours)!r}; {hint} are {', '.join(MEANINGS)}"
    )


def _spelled(folded: str) -> str:
    """A known word as it is usually written."""
    words = (word for words in WORDS.values() for word in words)
    return next(word.replace(" ", "_") for word in words if fold(word) == folded)
