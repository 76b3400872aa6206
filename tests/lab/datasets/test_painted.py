from __future__ import annotations

import csv
import fcntl
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from glassmask.cli.app import app
from glassmask.errors import MeshError, PaintingError
from glassmask.faces.points import MESH_INDICES
from glassmask.lab.datasets import read_datasets
from glassmask.lab.datasets.meshes import read_mesh_faces
from glassmask.lab.datasets.painted import paint_dataset
from glassmask.lab.datasets.painting import Job
from glassmask.labels import Wear
from glassmask.painter import Region, demo_portrait

pytestmark = pytest.mark.heavy

runner = CliRunner()


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo portrait in several tints as faces with landmarks; the fourth can't be painted."""
    folder = tmp_path_factory.mktemp("faces")
    portrait, points = demo_portrait()
    mesh = np.zeros((6, 468, 2), np.float16)
    mesh[:, list(MESH_INDICES)] = points.xy
    mesh[3] = 0
    rows = ["file,split,source,ffhq_id,face_x,face_y,face_w,face_h"]
    for number in range(6):
        tint = 1 - 0.1 * number
        Image.fromarray((portrait * tint).astype(np.uint8)).save(folder / f"{number}.png")
        split = "val" if number == 5 else "train"
        rows.append(f"{number}.png,{split},demo,{'00042' if number == 1 else ''},56,60,92,120")
    (folder / "faces.csv").write_text("\n".join(rows))
    np.savez(folder / "mesh468.npz", mesh=mesh)
    return folder


def pictures(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.png")}


def part_rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "painted.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_same_set_for_any_number_of_workers(faces: Path, tmp_path: Path) -> None:
    job = Job(faces, 14, seed=4)
    paint_dataset(job, tmp_path / "one", workers=1)
    paint_dataset(job, tmp_path / "two", workers=2)
    one, two = pictures(tmp_path / "one"), pictures(tmp_path / "two")
    assert len(one) == 28
    assert one == two
    table = (tmp_path / "one" / "painted.csv").read_bytes()
    assert table == (tmp_path / "two" / "painted.csv").read_bytes()
    paint_dataset(Job(faces, 14, seed=5), tmp_path / "other", workers=1)
    assert pictures(tmp_path / "other") != one


def test_labels_and_region_maps_agree_on_every_picture(faces: Path, tmp_path: Path) -> None:
    paint_dataset(Job(faces, 40, seed=1), tmp_path, workers=1)
    rows = part_rows(tmp_path)
    assert {row["way"] for row in rows} >= {"correct", "nose", "chin", "nose_and_mouth"}
    for row in rows:
        regions = np.asarray(Image.open(tmp_path / row["regions"]))
        picture = np.asarray(Image.open(tmp_path / row["file"]))
        photo = np.asarray(Image.open(faces / row["photo"]))
        seen = {region for region in Region if (regions == region).sum() > 30}
        assert (Region.MASK in seen) == (row["wear"] != "none")
        assert (Region.OBJECT in seen) == bool(row["object"])
        if row["way"] == "correct":
            assert not seen & {Region.NOSE, Region.MOUTH, Region.CHIN}
        if row["way"] == "nose":
            assert Region.NOSE in seen
            assert Region.MOUTH not in seen
            nose = regions == Region.NOSE
            np.testing.assert_array_equal(picture[nose], photo[nose])
        if row["way"] == "chin":
            assert Region.CHIN in seen
            assert Region.NOSE not in seen
        if row["way"] == "nose_and_mouth":
            assert {Region.NOSE, Region.MOUTH} <= seen


def test_the_set_reads_like_any_other(faces: Path, tmp_path: Path) -> None:
    paint_dataset(Job(faces, 30, seed=2), tmp_path / "painted", workers=1)
    reading = read_datasets([tmp_path / "painted"])
    assert not reading.problems
    rows = part_rows(tmp_path / "painted")
    for record, row in zip(reading.records, rows, strict=True):
        assert record.dataset == "painted"
        assert record.wear == row["wear"]
        assert (record.uncovered is None) == (row["uncovered"] in ("", "elsewhere"))
        bare = next(f for f in read_mesh_faces(faces) if f.name == row["photo"])
        assert record.split == bare.split
        expected = "ffhq-42" if row["photo"] == "1.png" else bare.group
        assert record.group == expected
    assert {record.wear for record in reading.records} == set(Wear)


def test_pairs(faces: Path, tmp_path: Path) -> None:
    paint_dataset(Job(faces, 12, seed=3, pairs=True), tmp_path, workers=1)
    rows = part_rows(tmp_path)
    assert [row["way"] for row in rows[::2]] == ["correct"] * 6
    assert {row["way"] for row in rows[1::2]} == {"nose", "chin", "nose_and_mouth"}
    for first, second in zip(rows[::2], rows[1::2], strict=True):
        assert (first["pair"], first["photo"], first["seed"]) == (
            (second["pair"], second["photo"], second["seed"])
        )
        one, other = (np.asarray(Image.open(tmp_path / r["file"])) for r in (first, second))
        changes = np.asarray(Image.open(tmp_path / first["changed"]))
        np.testing.assert_array_equal(changes == 255, (one != other).any(axis=2))
        assert set(np.unique(changes)) == {0, 255}


def test_a_stopped_job_goes_on_and_is_the_same(faces: Path, tmp_path: Path) -> None:
    job = Job(faces, 10, seed=6)
    paint_dataset(job, tmp_path / "straight", workers=1)

    def stop(done: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        paint_dataset(job, tmp_path / "stopped", workers=1, progress=stop)
    assert not (tmp_path / "stopped" / "painted.csv").exists()
    part = tmp_path / "stopped" / "painted.jsonl"
    part.write_text(part.read_text() + '[{"file": "cut o')  # as a crash leaves it
    (tmp_path / "stopped" / "images" / "000003.png").unlink()
    done: list[int] = []
    paint_dataset(job, tmp_path / "stopped", workers=1, progress=done.append)
    assert done[0] == 3
    assert pictures(tmp_path / "stopped") == pictures(tmp_path / "straight")
    assert part_rows(tmp_path / "stopped") == part_rows(tmp_path / "straight")
    assert not list((tmp_path / "stopped").rglob("*.part"))


def test_another_job_in_the_folder_is_refused(faces: Path, tmp_path: Path) -> None:
    paint_dataset(Job(faces, 2, seed=6), tmp_path / "out", workers=1)
    with pytest.raises(PaintingError, match="holds another painting"):
        paint_dataset(Job(faces, 2, seed=7), tmp_path / "out", workers=1)
    with (tmp_path / "out" / "painting.json").open("rb") as card:
        fcntl.flock(card, fcntl.LOCK_EX)
        with pytest.raises(PaintingError, match="another process paints there"):
            paint_dataset(Job(faces, 2, seed=6), tmp_path / "out", workers=1)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").touch()
    with pytest.raises(PaintingError, match="is not empty and holds no painting"):
        paint_dataset(Job(faces, 2, seed=6), tmp_path / "mine", workers=1)


@pytest.mark.parametrize(
    ("job", "message"),
    [
        (lambda faces: Job(faces, 0, 1), "at least 1"),
        (lambda faces: Job(faces, 3, 1, pairs=True), "a pair is two pictures, and 3 is odd"),
        (lambda faces: Job(faces, 3, 1, style="oil"), "no style 'oil'"),
    ],
)
def test_jobs_that_make_no_sense(faces: Path, job: Callable[[Path], Job], message: str) -> None:
    with pytest.raises(PaintingError, match=message):
        job(faces)


def test_faces_that_can_not_be_read(faces: Path, tmp_path: Path) -> None:
    with pytest.raises(MeshError, match=r"faces\.csv: not there"):
        read_mesh_faces(tmp_path)
    (tmp_path / "faces.csv").write_text((faces / "faces.csv").read_text())
    with pytest.raises(MeshError, match=r"mesh468\.npz: not there"):
        read_mesh_faces(tmp_path)
    (tmp_path / "mesh468.npz").write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(MeshError, match=r"mesh468\.npz: holds no array `mesh`"):
        read_mesh_faces(tmp_path)
    np.savez(tmp_path / "mesh468.npz", mesh=np.zeros((2, 468, 2)))
    with pytest.raises(
        MeshError, match=r"has 6 rows, mesh468\.npz holds an array of \(2, 468, 2\)"
    ):
        read_mesh_faces(tmp_path)
    np.savez(tmp_path / "mesh468.npz", mesh=np.zeros((6, 468, 2)))
    with pytest.raises(PaintingError, match="30 faces could not be painted"):
        paint_dataset(Job(tmp_path, 1, 1), tmp_path / "out", workers=1)
    with pytest.raises(PaintingError, match="no faces of split 'test'"):
        paint_dataset(Job(tmp_path, 1, 1, split="test"), tmp_path / "out", workers=1)


def test_the_template_is_one_blue_mask(faces: Path, tmp_path: Path) -> None:
    paint_dataset(Job(faces, 20, seed=1, style="maskedfacenet"), tmp_path, workers=1)
    rows = part_rows(tmp_path)
    assert {(row["kind"], row["object"]) for row in rows} == {("surgical", "")}
    assert {row["way"] for row in rows} <= {"correct", "nose", "chin", "nose_and_mouth"}


def test_the_command(faces: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = ["data", "paint", str(faces), "--out", str(out), "--number", "3", "--seed", "1"]
    done = runner.invoke(app, [*command, "--workers", "1"])
    assert done.exit_code == 0, done.output
    assert "3 pictures" in done.output
    assert "| 4 | nose |" in (out / "README.md").read_text()
    odd = runner.invoke(app, [*command, "--pairs"])
    assert odd.exit_code == 2
    assert "3 is odd" in odd.stderr
    empty = runner.invoke(app, [*command[:2], str(tmp_path), *command[3:]])
    assert empty.exit_code == 2
    assert "faces.csv: not there" in empty.stderr


def test_a_set_of_things_says_what_each_hides(faces: Path, tmp_path: Path) -> None:
    done = runner.invoke(
        app,
        [
            *("data", "paint", str(faces), "--out", str(tmp_path / "things"), "--things"),
            *("--number", "24", "--seed", "2", "--workers", "1"),
        ],
    )
    assert done.exit_code == 0, done.output
    rows = part_rows(tmp_path / "things")
    assert len({row["object"] for row in rows}) > 8
    said = {True: "yes", False: "no"}
    for row in rows:
        assert row["object"]
        assert row["answer_mask"] == said[row["wear"] != "none"]
        for part in ("nose", "mouth", "chin"):
            hidden = float(row[f"hidden_{part}"])
            assert 0 <= hidden <= 1
            if hidden > 0.25:
                assert row[f"answer_{part}"] == ""
            elif row["wear"] == "none":
                assert row[f"answer_{part}"] == "yes"
    records = read_datasets([tmp_path / "things"]).records
    assert len(records) == 24
    assert {record.wear for record in records} >= {Wear.NONE}


def test_things_are_another_job_than_masks(faces: Path, tmp_path: Path) -> None:
    paint_dataset(Job(faces, 1, seed=4), tmp_path, workers=1)
    assert "things" not in (tmp_path / "painting.json").read_text()  # as it always was
    with pytest.raises(PaintingError, match="holds another painting"):
        paint_dataset(Job(faces, 1, seed=4, things=True), tmp_path, workers=1)
    with pytest.raises(PaintingError, match="not in pairs"):
        Job(faces, 2, seed=4, pairs=True, things=True)
