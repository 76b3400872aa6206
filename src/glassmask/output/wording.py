"""What a verdict says to people: every sentence of the table, the pictures and the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from glassmask.faces.regions import REGIONS
from glassmask.labels import Part, Question, Wear
from glassmask.verdict import Reply, UnsureReason, Verdict

WEAR_TEXT: Final = {
    Wear.CORRECT: "worn correctly",
    Wear.INCORRECT: "worn incorrectly",
    Wear.NONE: "no mask",
}

QUESTION_TEXT: Final = {
    Question.MASK: "mask",
    Question.NOSE: "nose uncovered",
    Question.MOUTH: "mouth uncovered",
    Question.CHIN: "chin uncovered",
}
"""What is asked, in words that yes or no can follow."""

REPLY_TEXT: Final = {Reply.YES: "yes", Reply.NO: "no", Reply.CANT_SEE: "can't see"}

REGION_TEXT: Final = {region: f"the {region}" for region in REGIONS}

SHORT_TEXT: Final = {Wear.CORRECT: "correct", Wear.INCORRECT: "incorrect", Wear.NONE: "no mask"}

REASON_TEXT: Final = {
    UnsureReason.AMBIGUOUS: "the picture fits more than one answer",
    UnsureReason.SMALL: "the face is too small",
    UnsureReason.DARK: "the picture is too dark",
    UnsureReason.BLURRED: "the picture is too blurred",
    UnsureReason.TURNED: "the face is turned too far",
    UnsureReason.CUT: "part of the face is outside the picture",
    UnsureReason.HIDDEN: "something hides part of the face",
}

ADVICE_TEXT: Final = {
    UnsureReason.AMBIGUOUS: "Face the camera in good light, with nothing in front of your face.",
    UnsureReason.SMALL: "Come closer, or use a larger picture.",
    UnsureReason.DARK: "Take the picture in more light.",
    UnsureReason.BLURRED: "Hold still and focus on the face.",
    UnsureReason.TURNED: "Face the camera, with your head upright.",
    UnsureReason.CUT: "Show the whole face.",
    UnsureReason.HIDDEN: "Take away what is in front of your face.",
}

NO_FACE_TEXT: Final = "no face found"

TABLE_TITLES: Final = ("photo", "face", "mask", "confidence", "evidence")
"""The columns of the table of `glassmask check`."""

REPORT_TEXT: Final = {
    "photo": "The photo",
    "photo of several": "The photo, {count} faces from left to right",
    "alternative of photo": "The photo with its boxes",
    "heat map": (
        "The evidence for this verdict: bright yellow is most; each picture by its own scale"
    ),
    "alternative of heat map": "Heat map",
    "face": "Face {number} of {count}",
    "no face": "No face found in this photo.",
    "answers": "Four answers",
    "wears": "How likely",
    "shares": "Where the evidence is",
    "shares by an average face": "Where the evidence is (approximate: average face)",
    "nothing": "No photo was checked.",
    "without a face": "without a face",
    "not read": "not read",
}
"""What the report says around the verdicts."""

_NAMED_SHARE: Final = 0.15


def uncovered_text(parts: Sequence[Part]) -> str:
    """What is uncovered, for instance `nose and mouth uncovered`."""
    return f"{listed(parts)} uncovered"


def headline(verdict: Verdict) -> str:
    """The verdict in a few words, for instance `worn incorrectly: nose uncovered`."""
    text = WEAR_TEXT[verdict.wear]
    if verdict.uncovered:
        text += f": {uncovered_text(verdict.uncovered)}"
    return f"unsure ({text}?)" if verdict.unsure else text


def label(verdict: Verdict) -> str:
    """The verdict and how sure it is, for a box in a picture: `nose uncovered 97%`."""
    if verdict.uncovered:
        text, chance = uncovered_text(verdict.uncovered), _chance_uncovered(verdict)
    else:
        text, chance = WEAR_TEXT[verdict.wear], verdict.confidence
    return f"unsure: {text}?" if verdict.unsure else f"{text} {percent(chance)}"


def short_label(verdict: Verdict) -> str:
    """The verdict in a word or two, for a small box among many: `nose bare`."""
    return "unsure" if verdict.unsure else short_text(verdict.wear, verdict.uncovered)


def short_text(wear: Wear, uncovered: Sequence[Part]) -> str:
    """How a mask is worn in a word or two; of what is uncovered, the part that says most."""
    # Of nose and mouth, the mouth says more: a bare nose alone is the commoner case.
    return f"{uncovered[-1]} bare" if uncovered else SHORT_TEXT[wear]


def listed(items: Sequence[str]) -> str:
    """Items as people list them: `a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def percent(share: float) -> str:
    """A share in [0, 1] as whole percent; never a rounded 0% or 100% that is not one."""
    if 0 < share < 0.01:
        return "<1%"
    return ">99%" if 0.99 < share < 1 else f"{share:.0%}"


def explanation(verdict: Verdict) -> str:
    """Two or three sentences: the verdict, how sure it is, and where its evidence lies."""
    reason = verdict.unsure_reason
    wear = WEAR_TEXT[verdict.wear]
    if reason is not None:
        first = f"Can't be sure: {_doubt(verdict, reason)}. It may be "
        if len(verdict.prediction_set) > 1:
            first += " or ".join(WEAR_TEXT[likely] for likely in verdict.prediction_set)
        else:
            first += wear
        first += f". {ADVICE_TEXT[reason]}"
    else:
        first = f"{wear[0].upper()}{wear[1:]} ({percent(verdict.confidence)} sure)"
        if verdict.uncovered:
            first += f": {uncovered_text(verdict.uncovered)}"
            chance = _chance_uncovered(verdict)
            if chance < 0.9 * verdict.confidence:
                first += f" ({percent(chance)} sure)"
        first += "."
    return f"{first} {_where(verdict)}"


def _doubt(verdict: Verdict, reason: UnsureReason) -> str:
    """Why a verdict is unsure; of a face that is cut, which parts are missing."""
    unseen = [q for q, answer in verdict.answers.items() if answer.answer is Reply.CANT_SEE]
    if reason is not UnsureReason.CUT or not unseen:
        return REASON_TEXT[reason]
    return f"the {listed(unseen)} {'is' if len(unseen) == 1 else 'are'} outside the picture"


def _chance_uncovered(verdict: Verdict) -> float:
    """The least of the probabilities that the parts which are called uncovered are."""
    return min(verdict.answers[Question(part)].probability for part in verdict.uncovered)


def _where(verdict: Verdict) -> str:
    """Where the evidence lies: `at` a part that landmarks show, `around` an average face's."""
    shares = sorted(verdict.shares.items(), key=lambda item: -item[1])
    if not shares or shares[0][1] == 0:
        return "No part of the picture supports it."
    named = [item for item in shares if item[1] >= _NAMED_SHARE][:3] or shares[:1]
    near = "around" if verdict.face.landmarks is None else "at"
    places = [
        f"{percent(share)} {'in' if name == 'background' else near} {REGION_TEXT[name]}"
        for name, share in named
    ]
    return f"The evidence for it: {listed(places)}."
