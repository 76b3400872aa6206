"""A checked photo: one value that can be kept, sent, written as JSON and read back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from glassmask.errors import PhotoError, ProblemKind
from glassmask.files import as_unicode
from glassmask.record import EvidenceDetail, verdict_from_record, verdict_record
from glassmask.verdict import Verdict

SCHEMA: Final = 3
"""Of the JSON object; raised when a reader could break. `docs/check.schema.json` describes it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a photo could not be checked.

    Attributes:
        kind: one of a few, for programs.
        line: what is wrong and what to do, in one line, for people.
    """

    kind: ProblemKind
    line: str


@dataclass(frozen=True, slots=True)
class Networks:
    """What judged: each network's name, version and the first digits of its hash.

    Attributes:
        wear: says how masks are worn.
        finder: finds faces.
        landmarks: places their landmarks.
        engine: that the wear network runs in: `onnxruntime` or `openvino`.
        precision: of the wear network: `f32` or `bf16`.
    """

    wear: str
    finder: str
    landmarks: str
    engine: str
    precision: str


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """A photo that was checked; iterating, `len()` and `[]` go over its verdicts.

    It can be pickled and holds no pixels.

    Attributes:
        photo: its name as given or found; "" where only pixels were given.
        width: in pixels, after EXIF rotation; None where there is an error.
        height: likewise.
        verdicts: one per face, from left to right; none where no face was found.
        error: why it could not be checked; None where it was.
        networks: what judged.
        whole: whether the photo was taken as the picture of exactly one face.
    """

    photo: str
    width: int | None
    height: int | None
    verdicts: tuple[Verdict, ...]
    error: Problem | None
    networks: Networks
    whole: bool = False

    def __post_init__(self) -> None:
        if (self.width is None) is not (self.height is None):
            raise ValueError("width and height go together")
        if (self.error is None) is (self.width is None):
            raise ValueError("a photo has a size or an error")
        if self.error is not None and self.verdicts:
            raise ValueError("a photo with an error has no verdicts")

    @classmethod
    def failed(
        cls, photo: str, error: PhotoError, networks: Networks, *, whole: bool = False
    ) -> Checked:
        """The result for a photo that could not be checked."""
        return cls(photo, None, None, (), Problem(error.kind, str(error)), networks, whole)

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self.verdicts)

    def __len__(self) -> int:
        return len(self.verdicts)

    def __bool__(self) -> bool:
        """True, whatever the number of faces: `if checked:` must not mean two things."""
        return True

    def __getitem__(self, place: int) -> Verdict:
        return self.verdicts[place]

    def record(self, *, evidence: EvidenceDetail = "shares") -> dict[str, Any]:
        """The JSON object: what `check --json` writes, a promise to its readers.

        Args:
            evidence: `none`; `shares` of the face's regions; or `maps`, the four maps too.
        """
        problem = self.error
        return {
            "schema": SCHEMA,
            "photo": as_unicode(self.photo),
            "width": self.width,
            "height": self.height,
            "error": None if problem is None else problem.line,
            "error_kind": None if problem is None else problem.kind,
            "engine": self.networks.engine,
            "precision": self.networks.precision,
            "network": self.networks.wear,
            "finder": self.networks.finder,
            "landmarker": self.networks.landmarks,
            "whole": self.whole,
            "faces": [verdict_record(verdict, evidence) for verdict in self.verdicts],
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Checked:
        """Read the JSON object back; verdicts have no maps unless the record does.

        Raises:
            ValueError: it is of another schema, or not as the schema says.
        """
        if not isinstance(record, Mapping):
            raise ValueError(f"not a record of a checked photo: a {type(record).__name__}")
        if record.get("schema") != SCHEMA:
            raise ValueError(f"a record of schema {SCHEMA} is needed, got {record.get('schema')!r}")
        try:
            line, kind = record["error"], record["error_kind"]
            return cls(
                photo=str(record["photo"]),
                width=_pixels(record["width"]),
                height=_pixels(record["height"]),
                verdicts=tuple(verdict_from_record(face) for face in record["faces"]),
                error=None if line is None else Problem(ProblemKind(kind), str(line)),
                networks=Networks(
                    wear=str(record["network"]),
                    finder=str(record["finder"]),
                    landmarks=str(record["landmarker"]),
                    engine=str(record["engine"]),
                    precision=str(record["precision"]),
                ),
                whole=bool(record["whole"]),
            )
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            raise ValueError(f"not a record of a checked photo: {error!r}") from error


def _pixels(value: object) -> int | None:
    if value is not None and (not isinstance(value, int) or value < 1):
        raise ValueError(f"a size is a whole number of pixels, got {value!r}")
    return value
