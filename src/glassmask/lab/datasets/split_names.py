"""Which split a picture is in: by its folders (`Train`, `val_images`, `test2017`), or by lists."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Final

from glassmask.formats import SUFFIXES
from glassmask.lab.datasets.reading import UNSPLIT, Problem, read_text

_SPLITS: Final = MappingProxyType(
    {
        "train": "train",
        "training": "train",
        "val": "val",
        "valid": "val",
        "validation": "val",
        "dev": "val",
        "test": "test",
        "testing": "test",
        "holdout": "test",
    }
)

_BESIDE: Final = frozenset(
    {
        *("annotations", "coco", "instances", "json", "labels"),
        *("data", "dataset", "images", "img", "imgs", "pictures", "set", "split"),
    }
)
"""Words that may stand beside a split's in a name."""


def named_split(name: str) -> str:
    """The split that a name says, `train`, `val` or `test`; `UNSPLIT` where it says none."""
    words = re.findall(r"[a-z]+", name.casefold())
    splits = {_SPLITS[word] for word in words if word in _SPLITS}
    others = [word for word in words if word not in _SPLITS and word not in _BESIDE]
    return splits.pop() if len(splits) == 1 and not others else UNSPLIT


def split_by_names(names: Iterable[str]) -> str:
    """The split that names of folders say together; `UNSPLIT` where none says one.

    Raises:
        ValueError: they say several.
    """
    splits = {split for split in map(named_split, names) if split != UNSPLIT}
    if len(splits) > 1:
        raise ValueError(f"{' and '.join(sorted(splits))} at once")
    return splits.pop() if splits else UNSPLIT


ListedSplits = Mapping[str, set[str]]
"""Name of a picture, without folders and ending -> the splits whose lists name it."""


def read_split_lists(lists: Sequence[Path]) -> tuple[ListedSplits, list[Problem]]:
    """Read `train.txt`, `val.txt`, `test.txt`: a picture a line, with or without path and ending.

    What `trainval.txt` names, and no other list, is `train`.
    """
    named: dict[str, set[str]] = defaultdict(set)
    problems = []
    for path in sorted(lists, key=_is_trainval):
        try:
            lines = read_text(path).splitlines()
        except OSError as error:
            problems.append(Problem(str(path), "can't be read", error.strerror or str(error)))
            continue
        for line in filter(None, map(str.strip, lines)):
            picture = PurePosixPath(line.replace("\\", "/"))
            ending = picture.suffix.lower()
            name = picture.stem if ending in SUFFIXES else picture.name
            if not _is_trainval(path):
                named[name].add(named_split(path.stem))
            elif name not in named:
                named[name].add("train")
    return named, problems


def is_split_list(path: Path) -> bool:
    """Whether a text file's name says that it lists a split's pictures."""
    return path.suffix.lower() == ".txt" and (
        named_split(path.stem) != UNSPLIT or _is_trainval(path)
    )


def _is_trainval(path: Path) -> bool:
    return path.stem.casefold() == "trainval"
