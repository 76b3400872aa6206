"""Read the names of YOLO's classes: a name a line, or `names:` of a `data.yaml`.

Of YAML only that entry is read, in the three ways in which it is written: `[a, b]`, a list of
`- a`, and `0: a`. Nothing else of the file is interpreted.
"""

from __future__ import annotations

import re
from itertools import takewhile
from pathlib import Path
from typing import Final

from glassmask.lab.datasets.reading import read_text

_MAX_CLASSES: Final = 10_000
_MAX_LENGTH: Final = 100_000
_ENTRY: Final = re.compile(r"names\s*:(?P<rest>.*)")
_ITEM: Final = re.compile(r"-\s+(?P<name>.+)")
_PAIR: Final = re.compile(r"['\"]?(?P<number>\d{1,6})['\"]?\s*:\s*(?P<name>.+)")


def read_class_names(path: Path) -> tuple[str, ...]:
    """The names of the classes, by their numbers; empty where a number has none.

    Raises:
        OSError: the file can't be read, or holds no names.
    """
    text = read_text(path)
    if path.suffix.lower() not in (".yaml", ".yml"):
        return tuple(line.strip() for line in text.splitlines())[:_MAX_CLASSES]
    lines = [line for line in map(_without_comment, text.splitlines()) if line.strip()]
    for number, line in enumerate(lines):
        entry = _ENTRY.fullmatch(line)
        if entry:
            following = [entry["rest"].strip(), *map(str.strip, lines[number + 1 :])]
            following = following if following[0] else following[1:]
            flows = following and following[0].startswith(("[", "{"))
            if names := _flow(following) if flows else _block(following):
                return names
    raise OSError("no list of names: the entry `names:` is wanted")


def _without_comment(line: str) -> str:
    return re.sub(r"(^|\s)#.*$", "", line).rstrip()


def _flow(lines: list[str]) -> tuple[str, ...]:
    """`[a, b]` or `{0: a, 1: b}`, also over several lines."""
    text = " ".join(lines)[:_MAX_LENGTH]
    closing = {"[": "]", "{": "}"}[text[0]]
    parts, part, quote = [], "", ""
    for letter in text[1:]:
        if not quote and letter in (",", closing):
            parts.append(part.strip())
            part = ""
            if letter == closing:
                named = [part for part in parts if part]
                return _numbered(named) if closing == "}" else tuple(map(_unquoted, named))
            continue
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"" and part.strip()[-1:] in ("", ":"):
            quote = letter
        part += letter
    raise OSError(f"`names:` has no closing {closing}")


def _block(lines: list[str]) -> tuple[str, ...]:
    """Lines of `- a` or of `0: a`."""
    items = [_ITEM.fullmatch(line) for line in lines]
    named = list(takewhile(bool, items))
    if named:
        return tuple(_unquoted(item["name"]) for item in named if item)
    return _numbered(list(takewhile(_PAIR.fullmatch, lines)))


def _numbered(pairs: list[str]) -> tuple[str, ...]:
    names: dict[int, str] = {}
    for text in pairs:
        pair = _PAIR.fullmatch(text)
        if pair is None:
            raise OSError(f"`names:` holds {text[:40]!r}; a number and a name are wanted")
        names[int(pair["number"])] = _unquoted(pair["name"])
    if not names or max(names) >= _MAX_CLASSES:
        return ()
    return tuple(names.get(number, "") for number in range(max(names) + 1))


def _unquoted(text: str) -> str:
    text = text.strip()
    for quote in "'\"":
        if len(text) > 1 and text[0] == text[-1] == quote:
            return text[1:-1].replace(quote * 2, quote) if quote == "'" else text[1:-1]
    return text
