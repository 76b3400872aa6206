from __future__ import annotations

import resource
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask import video
from glassmask.errors import OutputError
from glassmask.faces.face import Face
from glassmask.labels import Wear
from glassmask.video.film import FilmSink
from glassmask.video.film_format import Codec, fine_tick
from glassmask.video.moment import Moment, Tracked
from glassmask.video.source import Frame
from glassmask.video.state import State

TIMES = (0.0, 0.04, 0.08, 0.2, 0.21, 0.25, 0.5, 0.54, 0.58, 1.0, 1.04, 1.5)  # variable rate
RATE = 48_000
CODECS: tuple[Codec, ...] = ("av1", "h264", "mpeg4")


@dataclass(frozen=True)
class Read:
    """A film, read with nothing of ours."""

    times: list[float]
    pictures: list[NDArray[np.uint8]]
    sounds: list[list[tuple[float, bytes]]]
    length: float | None
    rotation: int


def read(path: Path) -> Read:
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        frames = list(film.decode(stream))
        declared = stream.duration
        base = stream.time_base
        length = None if declared is None or base is None else float(declared * base)
    return Read(
        [float((frame.pts or 0) * (frame.time_base or 0)) for frame in frames],
        [np.asarray(frame.to_ndarray(format="rgb24"), np.uint8) for frame in frames],
        sounds_of(path),
        length,
        frames[0].rotation if frames else 0,
    )


def sounds_of(path: Path) -> list[list[tuple[float, bytes]]]:
    """For each stream of sound the times and bytes of its packets."""
    sounds = []
    with av.open(str(path)) as film:
        count = len(film.streams.audio)
    for number in range(count):
        with av.open(str(path)) as film:
            packets = film.demux(film.streams.audio[number])
            sounds.append(
                [(float((p.pts or 0) * p.time_base), bytes(p)) for p in packets if p.size]
            )
    return sounds


def make_film(
    path: Path,
    sound: str | None = "aac",
    *,
    sounds: int = 1,
    base: Fraction = Fraction(1, 12_800),
    times: Sequence[float] = TIMES,
) -> Path:
    """A film of 96 x 64, with a sine of 440 Hz, and with a place and a title that tell of it."""
    with av.open(str(path), "w") as film:
        film.metadata["location"] = "+52.5200+013.4050/"
        film.metadata["title"] = "Geheim"
        stream = film.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        stream.codec_context.time_base = stream.time_base = base
        tracks: list[Any] = []
        if sound is not None:
            tracks = [film.add_stream(sound, rate=RATE, layout="mono") for _ in range(sounds)]
        for time in times:
            level = np.full((64, 96, 3), 40 + round(100 * time), np.uint8)
            frame = av.VideoFrame.from_ndarray(level, format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = round(time / base), base
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
        for number, track in enumerate(tracks, 1):
            for start in range(0, round((times[-1] + 0.04) * RATE), 1024):
                phase = np.arange(start, start + 1024) * (2 * np.pi * 440 * number / RATE)
                wave = (9000 * np.sin(phase)).astype(np.int16)[None]
                piece = av.AudioFrame.from_ndarray(wave, format="s16", layout="mono")
                piece.sample_rate, piece.pts, piece.time_base = RATE, start, Fraction(1, RATE)
                film.mux(track.encode(piece))
            film.mux(track.encode(None))
    return path


def frames_of(path: Path, start: float = 0.0, end: float | None = None) -> list[Frame]:
    with video.open(path, start=start, end=end) as source:
        return [item for item in source if isinstance(item, Frame)]


def copy(sink: FilmSink, frames: Sequence[Frame]) -> FilmSink:
    for frame in frames:
        sink.write(Moment(frame.time, frame, None, (), ()))
    sink.write(Moment(frames[-1].time, None, None, (), ()))
    sink.close()
    return sink


def grey(height: int, width: int, times: Sequence[float], level: int = 90) -> list[Frame]:
    return [Frame(time, np.full((height, width, 3), level, np.uint8)) for time in times]


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("base", [Fraction(1, 12_800), Fraction(1, 30_000), Fraction(1, 100)])
def test_times_are_the_source_s_and_sound_is_bit_for_bit(
    tmp_path: Path, codec: Codec, base: Fraction
) -> None:
    source, target = make_film(tmp_path / "in.mp4", base=base), tmp_path / "out.mp4"
    sink = copy(FilmSink(target, str(source), codec), frames_of(source))
    before, after = read(source), read(target)
    assert after.times == before.times
    assert len(after.times) == len(TIMES)
    assert after.sounds == before.sounds
    assert len(after.sounds[0]) > 50
    assert after.length == pytest.approx(TIMES[-1] + 1.54 / 12, abs=0.05)  # one frame's more
    assert sink.notes == []
    levels = [float(picture.mean()) for picture in after.pictures]
    np.testing.assert_allclose(levels, [p.mean() for p in before.pictures], atol=3)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.mp4", "out.mp4"]


@pytest.mark.parametrize(
    ("name", "sound", "target"),
    [
        ("in.mkv", "pcm_s16le", "out.mp4"),
        ("in.mkv", "libopus", "out.webm"),
        ("in.mkv", "libopus", "out.mkv"),
        ("in.mkv", "flac", "out.mkv"),
    ],
)
def test_other_containers(tmp_path: Path, name: str, sound: str, target: str) -> None:
    source = make_film(tmp_path / name, sound)
    copy(FilmSink(tmp_path / target, str(source)), frames_of(source))
    before, after = read(source), read(tmp_path / target)
    np.testing.assert_allclose(after.times, before.times, atol=0.0005)
    ((first, second),) = zip(before.sounds, after.sounds, strict=True)
    assert [content for _, content in second] == [content for _, content in first]
    np.testing.assert_allclose([t for t, _ in second], [t for t, _ in first], atol=0.0011)


def test_what_matroska_can_not_place_moves_nothing(tmp_path: Path) -> None:
    """AAC begins with samples before 0 that are thrown away: the pictures must not wait for it."""
    source = make_film(tmp_path / "in.mp4")
    copy(FilmSink(tmp_path / "out.mkv", str(source), "mpeg4"), frames_of(source))
    before, after = read(source), read(tmp_path / "out.mkv")
    np.testing.assert_allclose(after.times, before.times, atol=0.0005)
    (first,), (second,) = before.sounds, after.sounds
    heard = [(time, content) for time, content in first if time >= 0]
    assert len(heard) == len(first) - 1
    assert [content for _, content in second] == [content for _, content in heard]
    np.testing.assert_allclose([t for t, _ in second], [t for t, _ in heard], atol=0.0011)


def test_all_streams_of_sound_are_copied(tmp_path: Path) -> None:
    source, target = make_film(tmp_path / "in.mp4", sounds=2), tmp_path / "out.mp4"
    copy(FilmSink(target, str(source), "mpeg4"), frames_of(source))
    assert sounds_of(target) == sounds_of(source)
    assert len(sounds_of(target)) == 2


def test_a_part_of_a_film_keeps_sound_in_step(tmp_path: Path) -> None:
    source, target = make_film(tmp_path / "in.mp4"), tmp_path / "out.mp4"
    frames = frames_of(source, 0.2, 1.02)
    copy(FilmSink(target, str(source), "mpeg4", 0.2, 1.02), frames)
    after = read(target)
    np.testing.assert_allclose(after.times, [t - 0.2 for t in TIMES if 0.2 <= t < 1.02], atol=1e-9)
    (whole,), (part,) = sounds_of(source), after.sounds
    expected = [(time - 0.2, content) for time, content in whole if 0.2 <= time < 1.02]
    assert [content for _, content in part] == [content for _, content in expected]
    np.testing.assert_allclose([t for t, _ in part], [t for t, _ in expected], atol=1e-4)


def test_sound_ends_with_the_pictures_where_it_was_ended_early(tmp_path: Path) -> None:
    source, target = make_film(tmp_path / "in.mp4"), tmp_path / "out.mp4"
    copy(FilmSink(target, str(source), "mpeg4"), frames_of(source)[:6])
    (sound,) = sounds_of(target)
    assert 0.25 < sound[-1][0] < 0.42


def test_sound_that_the_container_can_not_hold_is_told(tmp_path: Path) -> None:
    source, target = make_film(tmp_path / "in.mp4"), tmp_path / "out.webm"
    sink = copy(FilmSink(target, str(source)), frames_of(source))
    assert sink.notes == ["the sound is left out: webm can't hold aac"]
    assert len(read(target).times) == len(TIMES)


def test_nothing_of_the_source_s_metadata_is_copied(tmp_path: Path) -> None:
    source = make_film(tmp_path / "in.mp4")
    assert b"Geheim" in source.read_bytes()
    for name in ("out.mp4", "out.mkv"):
        copy(FilmSink(tmp_path / name, str(source), "mpeg4"), frames_of(source))
        content = (tmp_path / name).read_bytes()
        assert b"Geheim" not in content
        assert b"52.5200" not in content


@pytest.mark.parametrize("codec", CODECS)
def test_odd_sides_get_one_more_and_colours_stay(tmp_path: Path, codec: Codec) -> None:
    pixels = np.zeros((65, 97, 3), np.uint8)
    pixels[:, :48], pixels[:, 48:] = (0, 114, 178), (204, 61, 102)
    frames = [Frame(n / 25, pixels) for n in range(3)]
    copy(FilmSink(tmp_path / "out.mp4", None, codec), frames)
    after = read(tmp_path / "out.mp4")
    assert after.rotation == 0
    assert [picture.shape for picture in after.pictures] == [(66, 98, 3)] * 3
    np.testing.assert_allclose(after.pictures[1][30, 20], (0, 114, 178), atol=8)
    np.testing.assert_allclose(after.pictures[1][64:, 96:].mean((0, 1)), (204, 61, 102), atol=8)
    np.testing.assert_allclose(after.times, [0, 0.04, 0.08], atol=1e-5)


def test_frames_of_another_size_are_made_to_fit(tmp_path: Path) -> None:
    frames = grey(64, 96, (0, 0.04), 200) + grey(128, 64, (0.08, 0.12), 200)
    copy(FilmSink(tmp_path / "out.mp4", None, "mpeg4"), frames)
    after = read(tmp_path / "out.mp4")
    assert {picture.shape for picture in after.pictures} == {(64, 96, 3)}
    last = after.pictures[-1]
    assert last[:, 40:56].mean() > 190
    assert last[:, :20].mean() < 12
    assert last[:, 76:].mean() < 12


def chessboard(height: int = 240, width: int = 320) -> NDArray[np.uint8]:
    rows, columns = np.indices((height, width)) // 8
    return np.repeat((((rows + columns) % 2) * 255).astype(np.uint8)[..., None], 3, axis=2)


@pytest.mark.parametrize("blur", [False, True])
def test_faces_are_blurred_before_they_are_found_and_after_they_are_lost(
    tmp_path: Path, blur: bool
) -> None:
    """It is found 0.4 s after it came, at the same place, and lost 0.6 s before it leaves."""
    pixels, state = chessboard(), State(Wear.CORRECT, (), 0.9, unsure=False)
    sink = FilmSink(tmp_path / "out.mp4", None, "mpeg4", blur=blur)
    for step in range(40):
        time = step / 20
        found, seen = time >= 0.4, 0.4 <= time <= 1.0
        who = Tracked(1, Face((120.0, 80.0, 60.0, 70.0), 0.9), seen, state, None, None)
        tracks = (who,) if found else ()
        sink.write(Moment(time, Frame(time, pixels), None, tracks, ()))
    sink.close()
    after = read(tmp_path / "out.mp4")
    assert len(after.times) == 40
    contrast = [picture[95:140, 130:170].std() for picture in after.pictures]
    assert max(contrast) < 30 if blur else min(contrast) > 90
    assert min(picture[:, 290:].std() for picture in after.pictures) > 90
    boxes = [bool(np.ptp(picture[110, 116:124], axis=1).max() > 60) for picture in after.pictures]
    assert boxes == [0.4 <= n / 20 < 1.3 for n in range(40)]  # it keeps its box for 0.3 s


@pytest.mark.parametrize(
    ("name", "codec", "line"),
    [
        ("folder.mp4", "av1", "Is a directory"),
        ("missing/out.mp4", "av1", "No such file"),
        ("out.avi", "av1", r"\.avi; films are \.mp4, \.mkv, \.webm"),
        ("out", "av1", "without an ending"),
        ("out.webm", "h264", r"\.webm holds av1, not h264"),
        ("in.mp4", "av1", "it is the film that is read"),
        ("link.mp4", "av1", "it is the film that is read"),
        ("other.mp4", "av1", "holds something else"),
        ("text.mp4", "av1", "holds something else"),
    ],
)
def test_bad_targets(tmp_path: Path, name: str, codec: Codec, line: str) -> None:
    source = make_film(tmp_path / "in.mp4")
    make_film(tmp_path / "other.mp4", None)
    (tmp_path / "folder.mp4").mkdir()
    (tmp_path / "link.mp4").symlink_to(source)
    (tmp_path / "text.mp4").write_text("my diary")
    before = {p: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()}
    with pytest.raises(OutputError, match=line) as caught:
        FilmSink(tmp_path / name, str(source), codec)
    assert "\n" not in str(caught.value)
    assert {p: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()} == before


def test_an_earlier_film_of_ours_is_replaced_when_the_new_one_is_whole(tmp_path: Path) -> None:
    for target in (tmp_path / "out.mp4", tmp_path / "out.mkv"):
        copy(FilmSink(target, None, "mpeg4"), grey(64, 96, (0, 0.04)))
        first = target.read_bytes()
        second = FilmSink(target, None, "mpeg4")
        for frame in grey(64, 96, (0, 0.04, 0.08)):
            second.write(Moment(frame.time, frame, None, (), ()))
        assert target.read_bytes() == first
        second.close()
        assert len(read(target).times) == 3


def test_nothing_stays_of_what_was_given_up_or_never_began(tmp_path: Path) -> None:
    given_up = FilmSink(tmp_path / "out.mp4", None, "mpeg4")
    for frame in grey(64, 96, (0, 0.04, 0.08)):
        given_up.write(Moment(frame.time, frame, None, (), ()))
    given_up.abort()
    empty = FilmSink(tmp_path / "out.mp4", None)
    empty.close()
    assert empty.notes == ["no frame came: no film was written"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("room", [1_000, 20_000])
def test_nothing_stays_where_the_disk_is_full(
    tmp_path: Path, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (12, 64, 96, 3)).astype(np.uint8)
    sink = FilmSink(tmp_path / "out.mp4", None, "mpeg4")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        with pytest.raises(OutputError, match="can't write") as caught:  # noqa: PT012
            for step, pixels in enumerate(noise):
                sink.write(Moment(step / 25, Frame(step / 25, pixels), None, (), ()))
            sink.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_damaged_sound_ends_and_pictures_go_on(tmp_path: Path) -> None:
    source = make_film(tmp_path / "in.mkv", "pcm_s16le")
    frames = frames_of(source)
    source.write_bytes(source.read_bytes()[:60_000])
    copy(FilmSink(tmp_path / "out.mkv", str(source), "mpeg4"), frames)
    after = read(tmp_path / "out.mkv")
    assert len(after.times) == len(TIMES)
    assert 0 < len(after.sounds[0]) < 70


@pytest.mark.parametrize(
    ("base", "finest", "tick"),
    [
        (Fraction(1, 25), 65_535, Fraction(1, 10_000)),
        (Fraction(1001, 30_000), 65_535, Fraction(1, 60_000)),
        (Fraction(1, 90_000), 1_000_000, Fraction(1, 90_000)),
        (Fraction(1, 90_000), 65_535, Fraction(1, 60_000)),
        (None, 1_000_000, Fraction(1, 60_000)),
    ],
)
def test_clocks(base: Fraction | None, finest: int, tick: Fraction) -> None:
    assert fine_tick(base, finest) == tick
