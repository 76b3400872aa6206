"""What a verdict says to people: every sentence of the table, the pictures and the report."""

from __future__ import annotations

from typing import Final

from glassmask.labels import Uncovered, Wear
from glassmask.verdict import UnsureReason, Verdict

WEAR_TEXT: Final = {
    Wear.CORRECT: "worn correctly",
    Wear.INCORRECT: "worn incorrectly",
    Wear.NONE: "no mask",
}

UNCOVERED_TEXT: Final = {
    Uncovered.NOSE: "nose uncovered",
    Uncovered.CHIN: "chin uncovered",
    Uncovered.NOSE_AND_MOUTH: "nose and mouth uncovered",
}

CLASS_TEXT: Final = {
    "none": "no mask",
    "correct": "worn correctly",
    "nose": "nose uncovered",
    "chin": "chin uncovered",
    "nose_and_mouth": "nose and mouth uncovered",
}

SHORT_TEXT: Final = {
    "none": "no mask",
    "correct": "correct",
    "nose": "nose bare",
    "chin": "chin bare",
    "nose_and_mouth": "mouth bare",
}

REASON_TEXT: Final = {
    UnsureReason.AMBIGUOUS: "the picture fits more than one answer",
    UnsureReason.SMALL: "the face is too small",
    UnsureReason.DARK: "the picture is too dark",
    UnsureReason.BLURRED: "the picture is too blurred",
}

ADVICE_TEXT: Final = {
    UnsureReason.AMBIGUOUS: "Face the camera in good light, with nothing else before the face.",
    UnsureReason.SMALL: "Come closer, or use a larger picture.",
    UnsureReason.DARK: "Take the picture in more light.",
    UnsureReason.BLURRED: "Hold still and focus on the face.",
}

NO_FACE_TEXT: Final = "no face found"

_NAMED_SHARE: Final = 0.15


def headline(verdict: Verdict) -> str:
    """The verdict in a few words, for instance `worn incorrectly: nose uncovered`."""
    text = WEAR_TEXT[verdict.wear]
    if verdict.uncovered is not None:
        text += f": {UNCOVERED_TEXT[verdict.uncovered]}"
    return f"unsure ({text}?)" if verdict.unsure else text


def label(verdict: Verdict) -> str:
    """The verdict in the fewest words, for a box in a picture: `nose uncovered 97 %`."""
    name = verdict.evidence.class_name
    text = CLASS_TEXT[name]
    return (
        f"unsure: {text}?" if verdict.unsure else f"{text} {percent(verdict.probabilities[name])}"
    )


def short_label(verdict: Verdict) -> str:
    """The verdict in a word or two, for a small box among many: `nose bare`."""
    return "unsure" if verdict.unsure else SHORT_TEXT[verdict.evidence.class_name]


def percent(share: float) -> str:
    """A share in [0, 1] as whole percent; never a rounded 0 % or 100 % that is not one."""
    if 0 < share < 0.01:
        text = "< 1 %"
    elif 0.99 < share < 1:
        text = "> 99 %"
    else:
        text = f"{share:.0%}".replace("%", " %")
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def explanation(verdict: Verdict) -> str:
    """Two or three sentences: the verdict, how sure it is, and where its evidence lies."""
    reason = verdict.unsure_reason
    wear = WEAR_TEXT[verdict.wear]
    if reason is not None:
        first = f"Can't be sure: {REASON_TEXT[reason]}. It may be "
        if len(verdict.prediction_set) > 1:
            first += " or ".join(WEAR_TEXT[likely] for likely in verdict.prediction_set)
        else:
            first += wear
        first += f". {ADVICE_TEXT[reason]}"
    else:
        first = f"{wear[0].upper()}{wear[1:]} ({percent(verdict.confidence)} sure)"
        if verdict.uncovered is not None:
            part = verdict.probabilities[verdict.uncovered] / verdict.confidence
            first += f": {UNCOVERED_TEXT[verdict.uncovered]}"
            if part < 0.9:
                first += f" ({percent(part)} of that)"
        first += "."
    return f"{first} {_where(verdict)}"


def _where(verdict: Verdict) -> str:
    """Where the evidence lies: `at` a part that landmarks show, `around` an average face's."""
    evidence = verdict.evidence
    shares = sorted(evidence.shares.items(), key=lambda item: -item[1])
    if shares[0][1] == 0:
        return "No place in the picture speaks for it."
    named = [item for item in shares if item[1] >= _NAMED_SHARE][:3] or shares[:1]
    near = "around" if verdict.face.landmarks is None else "at"
    places = [
        f"{percent(share)} {'outside the face' if name == 'outside' else f'{near} the {name}'}"
        for name, share in named
    ]
    places[0] = places[0].replace(" ", " lies ", 1)  # the percent holds no plain space
    listed = " and ".join(filter(None, [", ".join(places[:-1]), places[-1]]))
    chosen, rival = CLASS_TEXT[evidence.class_name], CLASS_TEXT[evidence.rival]
    return f"Of what speaks for “{chosen}”, not “{rival}”, {listed}."
