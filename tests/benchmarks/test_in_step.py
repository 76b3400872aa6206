"""What benchmarks measure has the shape that tables and the website read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks import accuracy, audits, recipes
from benchmarks.figures import Figures
from benchmarks.peers import says_mask
from benchmarks.recipes import with_loss
from benchmarks.tables import audits as audit_tables
from benchmarks.tables import recipes as recipe_tables
from benchmarks.tables import wear
from glassmask.lab.classes import CLASSES
from glassmask.lab.datasets import FaceRecord, PictureCache
from glassmask.lab.evaluation.out_of_fold import Unseen
from glassmask.lab.judging.judge import Judge
from glassmask.labels import Uncovered, Wear
from labelled import labelled

KINDS = (
    (Wear.CORRECT, None),
    (Wear.INCORRECT, Uncovered.NOSE),
    (Wear.INCORRECT, Uncovered.NOSE_AND_MOUTH),
    (Wear.NONE, None),
)


def by_grey(crops: NDArray[np.uint8]) -> NDArray[np.float32]:
    """A judge that reads the class from how bright a crop is: 0, 40, 80, 120 or 160."""
    classes = np.clip(np.round(crops.mean(axis=(1, 2, 3)) / 40), 0, 4).astype(int)
    return np.asarray(9 * np.eye(5)[classes], np.float32)


@pytest.fixture
def faces(tmp_path: Path) -> list[FaceRecord]:
    """Three of each kind, as grey as their class."""
    found = []
    for number in range(12):
        kind, part = KINDS[number % 4]
        name = str(part) if part else str(kind)
        path = tmp_path / f"{number}.png"
        cv2.imwrite(str(path), np.full((96, 96, 3), 40 * CLASSES.index(name), np.uint8))
        box = (20.0, 20.0, 50.0, 56.0)
        found.append(labelled(kind, uncovered=part, path=path, group=f"g{number}", box=box))
    return found


@pytest.fixture
def folds(faces: list[FaceRecord]) -> list[Unseen]:
    judge = Judge("grey", 32, "as given", by_grey, CLASSES, None)
    return [
        Unseen(judge, tuple(faces[:6]), frozenset()),
        Unseen(judge, tuple(faces[6:]), frozenset()),
    ]


def serve(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, figures: Figures) -> None:
    """Let a module of tables read these figures, as they come back from JSON."""
    content = json.loads(json.dumps(figures, allow_nan=False))
    monkeypatch.setattr(module, "figures", lambda asked: {name: content}[asked])


def test_out_of_fold_fills_its_tables(
    folds: list[Unseen], faces: list[FaceRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = PictureCache(faces)
    found: dict[str, Figures] = {
        "out of fold": accuracy.out_of_fold(folds, cache),
        "slices": {"real": accuracy.real_slices(folds, cache)},
    }
    serve(monkeypatch, wear, "accuracy", found)
    assert {row.name for row in wear.framings().rows} == {
        "tight", "medium", "portrait", "as given", "check"
    }  # fmt: skip
    assert wear.framings().row("check")["correct"].text == "1.000 (3/3)"
    assert wear.real().row("balanced")["recall"].value == 1
    assert wear.real_slices().row("all")["incorrect"].text == "6/6"
    assert wear.real_slices().row("dark")["balanced"].value is not None


def test_a_split_and_the_shipped_network_fill_their_table(
    faces: list[FaceRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = Judge("grey", 32, "as given", by_grey, CLASSES, None)
    every = [
        replace(face, dataset=dataset, split=split, group=f"{dataset}{split}{face.group}")
        for dataset in ("real", "maskedfacenet", "faces", "painted")
        for split in ("val", "test")
        for face in faces
    ]
    full = Unseen(judge, (), frozenset({"realvalg0"}))
    cache = PictureCache(every)
    found = {split: accuracy.of_split(full, every, split, cache) for split in ("val", "test")}
    serve(monkeypatch, wear, "accuracy", found)
    table = wear.others()
    assert table.row("real_val")["detail"].text.startswith("correct 2/2, none 3/3, incorrect 6/6")
    assert table.row("painted_test")["detail"].text == "12/12, reason 6/6"
    assert "tight" in table.row("framings_test")["accuracy"].text


def test_a_recipe_and_a_peer_fill_their_rows(
    faces: list[FaceRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    logits = np.eye(5, dtype=np.float32)[[CLASSES.index(str(f.uncovered or f.wear)) for f in faces]]
    row = with_loss(faces, 9 * logits)
    rows: Mapping[str, Figures] = {name: {"real": row} for name in recipes.TRANSFER}
    serve(monkeypatch, recipe_tables, "transfer", {"rows": rows})
    table = recipe_tables.transfer()
    assert table.row("painter, real")["nose"].text == "3/3"
    assert table.row("painter, real")["chin"].text == "-"
    assert table.row("painter, real")["balanced"].value == 1
    mask = np.array([face.wear is Wear.CORRECT for face in faces])
    says = {name: says_mask(faces, mask) for name in recipe_tables.PEERS}
    serve(monkeypatch, recipe_tables, "peers", {"says_mask": says})
    assert recipe_tables.peers().row("ours, any mask")["none"].text == "0/3"


def test_audits_fill_their_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    figure = {"value": 0.5, "interval": [0.4, 0.6], "count": 7, "people": 5}
    tables: dict[str, dict[str, dict[str, Any]]] = {}
    for test, column in audits.COLUMNS.values():
        for name in ("evidence", "centre", "random"):
            tables.setdefault(test, {}).setdefault(name, {})[column] = figure
    checks = dict.fromkeys(audits.CHECKS, True)
    written = {
        "network": "wear",
        "rightly": figure,
        "verdicts": {"evidence": checks},
        "tables": tables,
        "areas": {"background": 0.7},
    }
    (tmp_path / "audit.json").write_text(json.dumps(written))
    found = audits.read_audit(tmp_path)
    names = ("shipped", "resnet50", "inception_resnet_v1", "shipped, val")
    serve(monkeypatch, audit_tables, "audits", dict.fromkeys(names, found))
    assert audit_tables.evidence().row("outside")["of"].text == "7"
    assert audit_tables.regions().row("shipped, evidence")["region background"].text == "0.50"
    assert audit_tables.outside().row("shipped, evidence")["background none"].value == 0.5
    assert audit_tables.locality().row("resnet50, evidence")["goes"].text == "0.50 [0.40, 0.60]"
