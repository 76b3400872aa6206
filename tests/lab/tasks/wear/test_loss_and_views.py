"""What the wear network is asked for: right answers, and evidence where the parts are."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from glassmask.errors import SamplingError
from glassmask.lab.datasets import Answers, FaceRecord, PictureCache, read_datasets
from glassmask.lab.datasets.painted_truths import PaintedTruth, read_truths
from glassmask.lab.tasks.wear.loss import pointing_loss, question_loss
from glassmask.lab.tasks.wear.recipe import WearRecipe
from glassmask.lab.tasks.wear.run import set_up
from glassmask.lab.tasks.wear.targets import question_target, target_of, wear_of_answers
from glassmask.lab.tasks.wear.task import TASK as WEAR
from glassmask.lab.tasks.wear.views import QuestionStream, hide_a_part
from glassmask.lab.training.face_views import AugmentedView
from glassmask.lab.training.recipe import DataSection, read_recipe
from glassmask.lab.training.sampling import CropStream, FaceSampler
from glassmask.labels import QUESTIONS, WEARS, Part, Uncovered, Wear
from labelled import labelled


def asked(record: FaceRecord) -> str:
    """The target as `+-.` for the answers, and the wear."""
    *answers, wear = question_target(record).tolist()
    return "".join("-+."[answer] for answer in answers) + (f" {WEARS[wear]}" if wear >= 0 else "")


def test_what_labels_ask_for() -> None:
    assert asked(labelled(Wear.CORRECT)) == "+--- correct"
    assert asked(labelled(Wear.INCORRECT, uncovered=Uncovered.NOSE)) == "++-- incorrect"
    assert asked(labelled(Wear.INCORRECT, uncovered=Uncovered.CHIN)) == "+--+ incorrect"
    both = labelled(Wear.INCORRECT, uncovered=Uncovered.NOSE_AND_MOUTH)
    assert asked(both) == "+++. incorrect"
    assert asked(labelled(Wear.INCORRECT, elsewhere=True)) == "+.++ incorrect"
    assert asked(labelled(Wear.INCORRECT)) == "+... incorrect"
    assert asked(labelled(Wear.NONE, clear=True)) == "-+++ none"
    hidden = labelled(Wear.NONE, clear=True, hidden=(Part.MOUTH,))
    assert asked(hidden) == "-+.+ none"
    assert asked(labelled(None)) == "+..."
    assert asked(labelled(Wear.NONE)) == "-... none"


def test_the_loss_of_questions_by_hand() -> None:
    """Each known answer by its logistic function; the wear by the products of them."""
    logits = torch.tensor([[1.0, 0.5, -1.0, -2.0], [-2.0, 1.0, 0.0, 0.5], [0.3, 1.0, -1.0, 2.0]])
    records = [
        labelled(Wear.INCORRECT, uncovered=Uncovered.NOSE_AND_MOUTH),  # the chin is open
        labelled(Wear.NONE, clear=True),
        labelled(None),  # a mask, somehow worn
    ]
    targets = torch.from_numpy(np.stack([question_target(record) for record in records]))
    p = 1 / (1 + np.exp(-logits.numpy().astype(np.float64)))
    mask, nose, mouth, chin = p[0]
    first = -0.4 * np.log([mask, nose, mouth]).sum()
    first -= np.log(mask * (1 - (1 - nose) * (1 - mouth) * (1 - chin)))
    second = -0.4 * np.log([1 - p[1, 0], *p[1, 1:]]).sum() - np.log(1 - p[1, 0])
    third = -0.4 * np.log(p[2, 0])
    loss = question_loss(logits, targets, answers=0.4)
    assert float(loss) == pytest.approx((first + second + third) / 3, abs=1e-6)


def test_smoothing_asks_for_even_answers_and_wears() -> None:
    """Where everything is as likely as anything else, smoothing changes nothing: by hand."""
    logits = torch.zeros(1, 4)
    targets = torch.from_numpy(question_target(labelled(Wear.CORRECT))[None])
    logs = np.log([0.5, 0.5 * 0.125, 0.5 * 0.875])  # none, correct, incorrect
    expected = 4 * 0.5 * np.log(2) - 0.9 * logs[1] - 0.1 * logs.mean()
    loss = question_loss(logits, targets, answers=0.5, smoothing=0.1)
    assert float(loss) == pytest.approx(expected, abs=1e-6)


def test_an_open_answer_pulls_its_question_nowhere() -> None:
    """Of a photographed bare face only the mask is known: the other logits get no gradient."""
    logits = torch.tensor([[0.3, 1.0, -2.0, 0.5]], requires_grad=True)
    record = labelled(Wear.NONE)
    targets = torch.from_numpy(question_target(record)[None])
    question_loss(logits, targets, answers=0.5).backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    mask = 1 / (1 + np.exp(-0.3))
    assert logits.grad[0].tolist() == pytest.approx([1.5 * mask, 0, 0, 0], abs=1e-6)


def test_sure_logits_give_a_finite_loss() -> None:
    targets = torch.from_numpy(
        np.stack([question_target(labelled(wear)) for wear in (*Wear, None)])
    )
    for size in (0.0, 60.0, -60.0):
        logits = torch.full((4, 4), size, requires_grad=True)
        loss = question_loss(logits, targets, answers=0.5, smoothing=0.05)
        loss.backward()  # type: ignore[no-untyped-call]
        assert torch.isfinite(loss)
        assert logits.grad is not None
        assert torch.isfinite(logits.grad).all()


def test_pointing_by_hand() -> None:
    """Yes to the nose: of the positive 4 + 1, 3 lie in cells that don't count; no to the mouth."""
    evidence = torch.zeros(1, 4, 2, 2)
    evidence[0, 1] = torch.tensor([[4.0, -3.0], [1.0, 0.0]])
    evidence[0, 2] = torch.tensor([[-2.0, 5.0], [0.0, -2.0]])
    where = torch.zeros(1, 4, 2, 2)
    where[0, 1] = torch.tensor([[0.5, 0.0], [0.0, 1.0]])
    where[0, 2] = torch.tensor([[1.0, 0.0], [0.0, 0.0]])
    signs = torch.tensor([[1.0, 1.0, -1.0, 0.0]])
    loss = pointing_loss(evidence.requires_grad_(), where, signs)
    assert float(loss.detach()) == pytest.approx(((2 + 1) / 5 + 2 / 4) / 2)
    loss.backward()  # type: ignore[no-untyped-call]
    assert evidence.grad is not None
    assert float(evidence.grad[0, 1, 1, 0]) > 0  # less there
    assert not evidence.grad[0, 0].any()  # nobody knows where the mask is
    assert not evidence.grad[0, 3].any()


def test_nothing_to_point_at_costs_nothing() -> None:
    evidence = torch.randn(3, 4, 2, 2, requires_grad=True)
    loss = pointing_loss(evidence, torch.zeros(3, 4, 2, 2), torch.ones(3, 4))
    assert float(loss.detach()) == 0
    assert loss.requires_grad  # a batch without painted faces can be trained on
    against = -torch.ones(1, 4, 2, 2)
    assert float(pointing_loss(against, torch.ones(1, 4, 2, 2), torch.ones(1, 4))) == 0


@pytest.mark.parametrize(("turned", "among"), [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)])
def test_a_stream_tells_where_the_parts_of_painted_faces_are(
    pairs: Path, turned: float, among: float
) -> None:
    view = AugmentedView(224, turned)
    truths = read_truths(pairs)
    records = list(read_datasets([pairs]).records)
    names = {"correct": 1.0, "incorrect": 1.0}
    data = DataSection.model_validate({"shares": {"pairs": 1.0}, "classes": {"pairs": names}})
    cache = PictureCache(records)
    stream = CropStream(
        FaceSampler(records, data),
        cache,
        view,
        length=12,
        seed=5,
        neighbour_rate=among,
        target=question_target,
    )
    stream_of_questions = QuestionStream(stream, truths, view, 14)
    for number in range(12):
        crop, target, where, signs = stream_of_questions[number]
        plain, same = stream[number]
        assert torch.equal(crop, plain)  # what is seen is what would be seen without
        assert torch.equal(target, same)
        record = stream.draw(number)[1]
        answers = [getattr(record.answers, question) for question in QUESTIONS]
        wanted = [0.0 if answer is None else 1.0 if answer else -1.0 for answer in answers]
        assert signs.tolist() == wanted
        assert where.shape == (4, 14, 14)
        assert 0 < float(where[0].mean()) < 0.9  # the mask
        other = next(r for r in records if truths[r.path].regions == truths[record.path].other)
        uncovered = str(record.uncovered or other.uncovered)
        seen = {"nose": (1,), "chin": (3,), "nose_and_mouth": (1, 2)}[uncovered]
        for place in seen:  # in either picture of the pair
            assert 0 < float(where[place].mean()) < 0.6
    nowhere = QuestionStream(stream, {}, view, 14)[0]
    assert not nowhere[2].any()
    assert not nowhere[3].any()


def test_a_hidden_part_is_uncovered_no_more() -> None:
    rng = np.random.default_rng(0)
    view = rng.integers(0, 256, (64, 64, 3), np.uint8)
    marks = np.zeros((64, 64, 4), np.bool_)
    marks[20:30, 25:40, 1] = True
    marks[34:40, 25:40, 2] = True
    answers = Answers(mask=True, nose=True, mouth=True, chin=None)
    hidden = set()
    for _ in range(20):
        picture, said = hide_a_part(view, marks, answers, rng)
        parts = {p for p in ("nose", "mouth") if getattr(said, p) is False}
        assert len(parts) == 1
        assert (said.mask, said.chin) == (True, None)
        hidden |= parts
        place = 1 if "nose" in parts else 2
        changed = (picture != view).any(axis=-1)
        assert changed[marks[..., place]].mean() > 0.9
        assert not changed[:12].any()  # nothing far from it
        assert not changed[52:].any()
    assert hidden == {"nose", "mouth"}
    untouched, same = hide_a_part(view, np.zeros_like(marks), answers, rng)
    assert untouched is view
    assert same == answers


@pytest.mark.parametrize(
    ("answers", "wear"),
    [
        (Answers(mask=True, nose=False, mouth=True, chin=None), Wear.INCORRECT),
        (Answers(mask=True, nose=False, mouth=False, chin=False), Wear.CORRECT),
        (Answers(mask=True, nose=None, mouth=False, chin=False), None),
    ],
)
def test_what_is_left_when_a_part_is_hidden(answers: Answers, wear: Wear | None) -> None:
    """What was open stays open: nothing is made up about the other parts."""
    assert wear_of_answers(answers) is wear
    said = [getattr(answers, question) for question in QUESTIONS]
    known = [-1 if answer is None else int(answer) for answer in said]
    assert target_of(answers, wear).tolist() == [*known, -1 if wear is None else WEARS.index(wear)]


def test_what_is_left_of_a_hidden_nose_is_worn_correctly(pairs: Path) -> None:
    """Each painted mask that leaves the nose uncovered, whenever that is hidden."""
    records = [r for r in read_datasets([pairs]).records if r.uncovered is Uncovered.NOSE]
    names = {"nose": 1.0}
    data = DataSection.model_validate({"shares": {"pairs": 1.0}, "classes": {"pairs": names}})
    view = AugmentedView(224)
    stream = CropStream(
        FaceSampler(records, data), PictureCache(records), view, length=8, seed=1,
        target=question_target,
    )  # fmt: skip
    stream_of_questions = QuestionStream(stream, read_truths(pairs), view, 14, hiding=1.0)
    for number in range(8):
        crop, target, _, signs = stream_of_questions[number]
        assert (crop != stream[number][0]).any()
        assert target.tolist() == question_target(labelled(Wear.CORRECT)).tolist()
        assert signs.tolist() == [1.0, -1.0, -1.0, -1.0]


@pytest.mark.training
def test_a_run_with_painted_truths(pairs: Path, tiny_recipe: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pairs"
    shutil.copytree(pairs, folder)
    table = folder / "painted.csv"
    table.write_text(table.read_text().replace(",val,", ",train,"))
    text = tiny_recipe.read_text().replace("real = 1.0", "pairs = 1.0")
    text = text.replace("real = { none = 1.0, correct = 1.0,", "pairs = { correct = 1.0,")
    text = text.replace("folds = 2", 'fold_datasets = ["pairs"]')
    weights = {}
    for name, more in {
        "plain": "",
        "pointed": "\n[evidence]\npointing = 0.5\n",
        "hidden": "\n[evidence]\nhiding = 1.0\n",
    }.items():
        tiny_recipe.write_text(text + more)
        WEAR.train(tiny_recipe, [folder], tmp_path / name)
        weights[name] = (tmp_path / name / "weights.safetensors").read_bytes()
    assert len(set(weights.values())) == 3


def test_pointing_needs_painted_faces(dataset: Path, tiny_recipe: Path, tmp_path: Path) -> None:
    tiny_recipe.write_text(tiny_recipe.read_text() + "\n[evidence]\npointing = 0.5\n")
    with pytest.raises(SamplingError, match="need painted faces"):
        WEAR.train(tiny_recipe, [dataset], tmp_path / "run")


def test_painted_faces_that_are_never_drawn_are_told(
    pairs: Path, dataset: Path, tiny_recipe: Path
) -> None:
    tiny_recipe.write_text(tiny_recipe.read_text() + "\n[evidence]\nhiding = 0.5\n")
    records = [r for r in read_datasets([dataset]).records if r.split == "train"]
    cache = PictureCache(records)
    with pytest.raises(SamplingError, match="none of the faces drawn is painted"):
        set_up(read_recipe(tiny_recipe, WearRecipe), records, cache, read_truths(pairs))


def test_the_truth_of_a_pair_is_that_of_both_pictures(pairs: Path) -> None:
    truths = read_truths(pairs)
    with (pairs / "painted.csv").open(newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["uncovered"] == "nose"]
    after = truths[pairs / rows[0]["file"]]
    assert after.other is not None
    before = PaintedTruth(after.other, after.regions)
    assert before in truths.values()
    shape = (int(rows[0]["height"]), int(rows[0]["width"]))
    np.testing.assert_array_equal(before.marks(shape)[..., 1], after.marks(shape)[..., 1])
    assert after.marks(shape)[..., 1].any()
    alone = replace(before, other=None).marks(shape)
    assert not alone[..., 1].any()  # its own mask is over it
    half = after.marks((shape[0] // 2, shape[1] // 2))
    assert half.shape == (shape[0] // 2, shape[1] // 2, 4)
    assert read_truths(pairs.parent / "no such folder") == {}
