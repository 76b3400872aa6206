"""What the wear network is asked for: right answers, and evidence where the parts are."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from glassmask.combinations import OCCURRING, wear_of
from glassmask.errors import SamplingError
from glassmask.lab.datasets import Answers, FaceRecord, PictureCache, read_datasets
from glassmask.lab.datasets.painted_truths import PaintedTruth, read_truths
from glassmask.lab.tasks.wear.loss import ANSWERS_SHARE, pointing_loss, question_loss
from glassmask.lab.tasks.wear.recipe import WearRecipe
from glassmask.lab.tasks.wear.run import set_up
from glassmask.lab.tasks.wear.targets import allowed_by, allowed_combinations
from glassmask.lab.tasks.wear.task import TASK as WEAR
from glassmask.lab.tasks.wear.views import QuestionStream, hide_a_part
from glassmask.lab.training.face_views import AugmentedView
from glassmask.lab.training.recipe import DataSection, read_recipe
from glassmask.lab.training.sampling import CropStream, FaceSampler
from glassmask.labels import QUESTIONS, Uncovered, Wear
from labelled import labelled


def allowed(record: FaceRecord) -> set[tuple[int, ...]]:
    return {OCCURRING[place] for place in np.flatnonzero(allowed_combinations(record))}


def test_what_labels_allow() -> None:
    assert allowed(labelled(Wear.CORRECT)) == {(1, 0, 0, 0)}
    assert allowed(labelled(Wear.INCORRECT, uncovered=Uncovered.NOSE)) == {(1, 1, 0, 0)}
    assert allowed(labelled(Wear.INCORRECT, uncovered=Uncovered.CHIN)) == {(1, 0, 0, 1)}
    both = labelled(Wear.INCORRECT, uncovered=Uncovered.NOSE_AND_MOUTH)
    assert allowed(both) == {(1, 1, 1, 0), (1, 1, 1, 1)}
    assert allowed(labelled(Wear.INCORRECT, elsewhere=True)) == {(1, 1, 1, 1), (1, 0, 1, 1)}
    unknown = {one for one in OCCURRING if wear_of(one) is Wear.INCORRECT}
    assert allowed(labelled(Wear.INCORRECT)) == unknown
    assert allowed(labelled(Wear.NONE)) == {(0, 1, 1, 1)}
    assert allowed(labelled(None)) == {one for one in OCCURRING if one[0]}
    photographed = labelled(Wear.NONE, readers=("none:2", "none:2"))
    assert allowed(photographed) == {one for one in OCCURRING if not one[0]}


def test_the_loss_of_questions_by_hand() -> None:
    """The label's combinations, and those of its wear, of a softmax over all that occur."""
    logits = torch.tensor([[1.0, 0.5, -1.0, -2.0], [-2.0, 1.0, 0.0, 0.5]])
    records = [labelled(Wear.INCORRECT, uncovered=Uncovered.NOSE), labelled(Wear.NONE)]
    sets = torch.from_numpy(np.stack([allowed_combinations(record) for record in records]))
    loss = question_loss(logits, sets)
    expected = 0.0
    for row, record in zip(logits.numpy(), records, strict=True):
        powers = {one: np.exp(float(np.dot(row, one))) for one in OCCURRING}
        total = sum(powers.values())
        label = sum(powers[one] for one in OCCURRING if one in allowed(record)) / total
        wear = sum(p for one, p in powers.items() if wear_of(one) is record.wear) / total
        expected -= (ANSWERS_SHARE * np.log(label) + np.log(wear)) / 2
    assert float(loss) == pytest.approx(expected, abs=1e-6)


def test_an_open_answer_pulls_its_question_nowhere() -> None:
    """Of a photographed bare face only the mask is known: the others' logits are left alone."""
    logits = torch.tensor([[0.3, 1.0, -2.0, 0.5]], requires_grad=True)
    record = labelled(Wear.NONE, readers=("none:2", "none:2"))
    sets = torch.from_numpy(allowed_combinations(record)[None])
    question_loss(logits, sets).backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    assert float(logits.grad[0, 0]) > 0.3
    # Two combinations never occur with a mask, so that a little is left.
    assert float(logits.grad[0, 1:].abs().max()) < 0.35
    independent = torch.sigmoid(logits.detach()[0, 0]) * (1 + ANSWERS_SHARE)
    assert float(logits.grad[0, 0]) == pytest.approx(float(independent), abs=0.25)


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
    view = AugmentedView(64, turned)
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
        allowed=allowed_combinations,
    )
    asked = QuestionStream(stream, truths, view, 4)
    for number in range(12):
        crop, combinations, where, signs = asked[number]
        plain, same = stream[number]
        assert torch.equal(crop, plain)  # what is seen is what would be seen without
        assert torch.equal(combinations, same)
        record = stream.draw(number)[1]
        answers = [getattr(record.answers, question) for question in QUESTIONS]
        wanted = [0.0 if answer is None else 1.0 if answer else -1.0 for answer in answers]
        assert signs.tolist() == wanted
        assert where.shape == (4, 4, 4)
        assert 0 < float(where[0].mean()) < 0.9  # the mask
        other = next(r for r in records if truths[r.path].regions == truths[record.path].other)
        uncovered = str(record.uncovered or other.uncovered)
        seen = {"nose": (1,), "chin": (3,), "nose_and_mouth": (1, 2)}[uncovered]
        for place in seen:  # in either picture of the pair
            assert 0 < float(where[place].mean()) < 0.6
    nowhere = QuestionStream(stream, {}, view, 4)[0]
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


def test_what_is_left_of_a_hidden_nose_is_worn_correctly(pairs: Path) -> None:
    """Each painted mask that leaves the nose uncovered, whenever that is hidden."""
    records = [r for r in read_datasets([pairs]).records if r.uncovered is Uncovered.NOSE]
    names = {"nose": 1.0}
    data = DataSection.model_validate({"shares": {"pairs": 1.0}, "classes": {"pairs": names}})
    view = AugmentedView(224)
    stream = CropStream(
        FaceSampler(records, data), PictureCache(records), view, length=8, seed=1,
        allowed=allowed_combinations,
    )  # fmt: skip
    asked = QuestionStream(stream, read_truths(pairs), view, 14, hiding=1.0)
    correct = allowed_by(Answers(mask=True, nose=False, mouth=False, chin=False), Wear.CORRECT)
    for number in range(8):
        crop, combinations, _, signs = asked[number]
        assert (crop != stream[number][0]).any()
        assert combinations.tolist() == correct.tolist()
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
