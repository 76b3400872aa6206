from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask import Checker, Part, Question, UnsureReason, Verdict, Wear
from glassmask.faces.regions import REGIONS
from glassmask.output.wording import (
    ADVICE_TEXT,
    explanation,
    headline,
    label,
    listed,
    percent,
    short_label,
)


@pytest.fixture(scope="module")
def verdict(checker: Checker, demo: dict[str, NDArray[np.uint8]]) -> Verdict:
    return replace(checker.check(demo["nose"], whole=True)[0], unsure_reason=None)


def with_shares(verdict: Verdict, **shares: float) -> Verdict:
    full = dict.fromkeys(REGIONS, 0.0) | shares
    return replace(verdict, shares=full)


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0%"), (0.004, "<1%"), (0.25, "25%"), (0.994, ">99%"), (1, "100%")],
)
def test_percent_never_rounds_to_certainty_and_never_breaks(share: float, text: str) -> None:
    assert percent(share) == text


def test_the_label_gives_the_probability_of_what_it_names(verdict: Verdict) -> None:
    chance = verdict.answers[Question.NOSE].probability
    assert label(verdict) == f"nose uncovered {percent(chance)}"
    unsure = replace(verdict, unsure_reason=UnsureReason.AMBIGUOUS)
    assert label(unsure) == "unsure: nose uncovered?"
    assert (short_label(verdict), short_label(unsure)) == ("nose bare", "unsure")


def test_a_sure_verdict(verdict: Verdict) -> None:
    told = with_shares(verdict, nose=0.5, background=0.3, eyes=0.1, chin=0.1)
    assert headline(told) == "worn incorrectly: nose uncovered"
    bare = replace(told, face=replace(told.face, landmarks=None))
    for one, place in ((told, "at"), (bare, "around")):
        text = explanation(one)
        assert text.startswith("Worn incorrectly (")
        assert text.endswith(
            f"The evidence for it: 50% {place} the nose and 30% in the background."
        )


def test_an_unsure_verdict_says_why_and_what_to_do(verdict: Verdict) -> None:
    for reason in UnsureReason:
        told = replace(
            verdict,
            unsure_reason=reason,
            prediction_set=(Wear.INCORRECT, Wear.CORRECT),
        )
        assert headline(told) == "unsure (worn incorrectly: nose uncovered?)"
        assert ADVICE_TEXT[reason] in explanation(told)
        assert "worn incorrectly or worn correctly" in explanation(told)


def test_no_evidence_at_all(verdict: Verdict) -> None:
    assert explanation(with_shares(verdict)).endswith("No part of the picture supports it.")
    assert explanation(replace(verdict, shares={})).endswith("No part of the picture supports it.")


def test_several_parts_are_listed_and_the_least_sure_gives_the_percent(verdict: Verdict) -> None:
    answers = dict(verdict.answers)
    answers[Question.MOUTH] = replace(answers[Question.MOUTH], probability=0.5)
    both = replace(verdict, uncovered=(Part.NOSE, Part.MOUTH), answers=answers)
    assert headline(both) == "worn incorrectly: nose and mouth uncovered"
    assert label(both) == "nose and mouth uncovered 50%"
    assert short_label(both) == "mouth bare"
    assert "(50% sure)" in explanation(both)
    nothing = replace(verdict, uncovered=())
    assert (headline(nothing), short_label(nothing)) == ("worn incorrectly", "incorrect")
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed([]) == ""
