"""One labelled face in a dataset: the record type that all readers give."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.errors import DatasetError
from glassmask.faces.crop import Box
from glassmask.lab.classes import CLASSES, CLASSES_OF_WEAR, class_index
from glassmask.labels import PARTS, WEARS, Part, Uncovered, Wear

HAND_OR_THING: Final = "hand_or_thing"
"""The trait of a face with a hand or a thing, which is no mask, at its mouth."""


CUT: Final = "cut"
"""The trait of a face that the picture's edge cuts off: its chin may be beyond it."""

SOMEHOW: Final = "mask"
"""The label of a face with a mask of which nobody says how it is worn."""


class Reason(StrEnum):
    """Why a mask is worn incorrectly, as a label says it."""

    NOSE = "nose"
    CHIN = "chin"
    NOSE_AND_MOUTH = "nose_and_mouth"
    ELSEWHERE = "elsewhere"
    """The mask is on the forehead or over the eyes: none of the five classes names that."""
    UNKNOWN = "unknown"
    """The label says that it is worn incorrectly, and not how."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a label answers of the four questions; None where it does not say.

    Attributes:
        mask: there is a mask on the face, wherever.
        nose: the nose is uncovered.
        mouth: the mouth is uncovered.
        chin: the chin is uncovered.
    """

    mask: bool
    nose: bool | None
    mouth: bool | None
    chin: bool | None


@dataclass(frozen=True, slots=True)
class FaceRecord:
    """A labelled face.

    Attributes:
        path: the picture's file.
        dataset: the folder that lists it, for instance `real`.
        source: where the dataset took it from.
        split: `train`, `val` or `test`; empty where the dataset has none.
        group: pictures of one group (person, FFHQ id, near-duplicates) stay in one split.
        wear: the label; None where it says that there is a mask, and not how it is worn.
        uncovered: what is uncovered; None for other wears, and for an incorrect one that is
            worn elsewhere or whose label does not say.
        certain: whoever read the label had no doubt; figures of classes are of such faces.
        box: (x, y, w, h) of the face in pixels of the file.
        face_px: shorter side of the face before the dataset reduced the picture, in pixels.
        gender: as the dataset says it; empty where it does not.
        age: as the dataset says it.
        ethnicity: as the dataset says it.
        elsewhere: an incorrect mask is on the forehead or over the eyes.
        picked: the picture was chosen with the help of a network: fine to train on, and never
            measured on, see `require_measurable`.
        traits: words of the table for what else is to be seen; none says nothing.
        licence: of the picture, as its source states it.
        readers: what each of two readers said, as `label:sureness`; empty where nobody did.
        clear: of a bare face it is known that nothing is before it, apart from what `hidden` says.
        hidden: the parts of a bare face that something hides which is no mask.
    """

    path: Path
    dataset: str
    source: str
    split: str
    group: str
    wear: Wear | None
    uncovered: Uncovered | None
    certain: bool
    box: Box
    face_px: float
    gender: str = ""
    age: str = ""
    ethnicity: str = ""
    elsewhere: bool = False
    picked: bool = False
    traits: tuple[str, ...] = ()
    licence: str = ""
    readers: tuple[str, str] = ("", "")
    clear: bool = False
    hidden: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        if self.wear is not Wear.INCORRECT and (self.uncovered is not None or self.elsewhere):
            raise ValueError(f"a mask worn {self.wear!r} has no reason to be incorrect")
        if self.elsewhere and self.uncovered is not None:
            raise ValueError(f"a mask worn elsewhere can't be one that uncovers {self.uncovered!r}")

    @property
    def reason(self) -> Reason | None:
        """Why the mask is worn incorrectly; None for other wears."""
        if self.wear is not Wear.INCORRECT:
            return None
        if self.elsewhere:
            return Reason.ELSEWHERE
        return Reason.UNKNOWN if self.uncovered is None else Reason(self.uncovered)

    @property
    def label(self) -> str:
        """The label in one word: the wear, or of an incorrect one the reason where it is known.

        `mask` where the wear is not known.
        """
        if self.wear is None:
            return SOMEHOW
        return str(self.wear if self.reason in (None, Reason.UNKNOWN) else self.reason)

    @property
    def answers(self) -> Answers:
        """What the label answers of the four questions.

        The nose of a face with a mask elsewhere may be under it or not; a mask pulled down to the
        chin is called so whether the chin's front shows or not; a chin may be cut off by the
        picture's edge: such questions stay open. Of most bare faces nobody said what else may be
        before them: what that hides is open.
        """
        if self.wear is Wear.NONE:
            if not self.clear:
                return Answers(mask=False, nose=None, mouth=None, chin=None)
            nose, mouth, chin = (None if part in self.hidden else True for part in PARTS)
            return Answers(mask=False, nose=nose, mouth=mouth, chin=chin)
        if self.elsewhere:
            return Answers(mask=True, nose=None, mouth=True, chin=True)
        if self.wear is None or self.reason is Reason.UNKNOWN:
            return Answers(mask=True, nose=None, mouth=None, chin=None)
        both, chin = self.uncovered is Uncovered.NOSE_AND_MOUTH, self.uncovered is Uncovered.CHIN
        unseen = both or CUT in self.traits
        return Answers(
            mask=True,
            nose=both or self.uncovered is Uncovered.NOSE,
            mouth=both,
            chin=None if unseen else chin,
        )

    @property
    def is_measurable(self) -> bool:
        """Whether a figure may be made of it: it says a wear, and no network helped to pick it."""
        return self.wear is not None and not self.picked

    def scaled(self, scale: float) -> FaceRecord:
        """The record of its picture at another scale."""
        if scale == 1:
            return self
        x, y, w, h = self.box
        return replace(self, box=(x * scale, y * scale, w * scale, h * scale))

    def target(self) -> NDArray[np.bool_]:
        """Which of the five classes the label allows, (5,): all incorrect ones if it names none.

        All with a mask where it does not say how that is worn.
        """
        allowed = np.zeros(len(CLASSES), np.bool_)
        if self.wear is None:
            allowed[[CLASSES.index(name) for name in CLASSES if name != Wear.NONE]] = True
        elif self.wear is Wear.INCORRECT and self.uncovered is None:
            allowed[list(CLASSES_OF_WEAR[Wear.INCORRECT])] = True
        else:
            allowed[class_index(self.wear, self.uncovered)] = True
        return allowed


def measurable(records: Iterable[FaceRecord]) -> list[FaceRecord]:
    """Those that may be measured on, see `FaceRecord.is_measurable`."""
    return [record for record in records if record.is_measurable]


def require_measurable(records: Sequence[FaceRecord]) -> None:
    """Check that no picked face is among those that a figure is made of.

    A network helped to choose such pictures, so a figure of them says how well it agrees with
    itself. Every figure passes here; `measurable` leaves the faces out before.

    Raises:
        DatasetError: some were picked, or their labels don't say how the mask is worn.
    """
    picked = [record for record in records if record.picked]
    if picked:
        raise DatasetError(
            f"{len(picked)} of {len(records)} faces were picked with a network's help and can't "
            f"be measured on, for instance {picked[0].path}"
        )
    vague = [record for record in records if record.wear is None]
    if vague:
        raise DatasetError(
            f"the labels of {len(vague)} of {len(records)} faces don't say how the mask is worn, "
            f"so they can't be measured on, for instance {vague[0].path}"
        )


def wear_positions(records: Sequence[FaceRecord]) -> NDArray[np.int64]:
    """The true wears of records to be measured on, (N,), as positions in `WEARS`.

    Raises:
        DatasetError: some of the faces were picked, see `require_measurable`.
    """
    require_measurable(records)
    return np.array([WEARS.index(record.wear) for record in records], np.int64)
