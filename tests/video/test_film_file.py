"""Films in files: all their frames, where they are damaged or cut off; nothing stays open."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from glassmask.errors import VideoError
from glassmask.video.opening import open as open_source
from glassmask.video.source import Gap, GapKind
from video.films import (
    corners,
    cut,
    damage,
    nothing_left,
    take,
    threads_of_sources,
    write_film,
)


def gaps_of(path: Path) -> list[Gap]:
    with nothing_left(), open_source(path) as film:
        return take(film)[1]


@pytest.mark.parametrize("name", ["film.mp4", "film.mkv", "film.ts"])
def test_a_sound_film_has_no_gaps(tmp_path: Path, name: str) -> None:
    path = write_film(tmp_path / name, sound=4.0)  # longer than the pictures
    with nothing_left(), open_source(path) as film:
        frames, gaps = take(film)
        assert not film.is_live
        assert film.name == str(path)
        assert film.length == pytest.approx(4.0, abs=0.1)  # type: ignore[attr-defined]
    assert not gaps
    assert len(frames) == 50
    assert all(corners(frame.pixels) == "RGBW" and frame.dropped == 0 for frame in frames[::10])


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("film.mp4", {"container": {"movflags": "faststart"}}),
        ("film.mp4", {"container": {"movflags": "frag_keyframe+empty_moov"}}),
        ("film.mkv", {}),
        ("film.webm", {"codec": "libvpx-vp9", "options": {"cpu-used": "8"}}),
        ("film.avi", {"codec": "mpeg4"}),
    ],
)
def test_cut_off(tmp_path: Path, name: str, options: dict[str, Any]) -> None:
    path = cut(write_film(tmp_path / name, **options), 0.6)
    with open_source(path) as film:
        frames, gaps = take(film)
    assert 2 < len(frames) < 45
    assert [gap.kind for gap in gaps][-1] == GapKind.CUT_OFF
    assert gaps[-1].time == frames[-1].time
    assert "cut off: it ends at" in gaps[-1].line
    assert " of 2." in gaps[-1].line


def test_a_long_last_frame_is_not_cut_off(tmp_path: Path) -> None:
    assert not gaps_of(write_film(tmp_path / "film.mkv", frames=3, times=[0, 1, 2], sound=2.0))


def test_damage_is_one_gap_and_the_film_goes_on(tmp_path: Path) -> None:
    path = damage(write_film(tmp_path / "film.mp4", options={"g": "10", "bf": "0"}), 0.5)
    with open_source(path) as film:
        items = list(film)
    gaps = [item for item in items if isinstance(item, Gap)]
    assert [gap.kind for gap in gaps] == [GapKind.DAMAGED]
    assert len(items) - len(gaps) >= 48
    assert 0.5 < gaps[0].time < 1.5
    assert gaps[0].line == f"damaged at {gaps[0].time:.2f} s"
    times = [item.time for item in items]
    assert times == sorted(times)


@pytest.mark.parametrize("name", ["film.mp4", "film.mkv", "film.ts", "open.mp4", "bare.h264"])
def test_start_and_end(tmp_path: Path, name: str) -> None:
    groups = "keyint=12:min-keyint=12:bframes=3:scenecut=0"
    groups += ":open-gop=1" if name == "open.mp4" else ""
    path = write_film(tmp_path / name, options={"x264-params": groups})
    with open_source(path) as film:
        whole = [frame.time for frame in take(film)[0]]
    assert len(whole) == 50
    for start in (0.04, 0.84, 1.0, 1.4, 1.92):
        with nothing_left(), open_source(path, start=start, end=1.95) as film:
            frames, gaps = take(film)
        wanted = [when for when in whole if start <= when < 1.95]
        assert [frame.time for frame in frames] == pytest.approx(wanted, abs=1e-6)
        assert not gaps


def test_what_lies_outside_is_refused(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.mp4", frames=5)
    with nothing_left():
        with pytest.raises(VideoError, match=r"has 0\.2 s; it can't begin at 5 s"):
            open_source(path, start=5.0)
        with pytest.raises(VideoError, match="nothing lies between 2 s and 1 s"):
            open_source(path, start=2.0, end=1.0)
        with pytest.raises(VideoError, match="nothing lies between -1 s and its end"):
            open_source(path, start=-1.0)


def test_left_midway(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.mp4")
    with nothing_left():
        for _ in open_source(path):
            break  # without `with`: the loop that is left closes it
        with open_source(path) as film:
            frames = iter(film)
            next(frames)
            film.close()
            assert next(frames, None) is None
            film.close()
        with open_source(path):
            pass
        with contextlib.suppress(KeyError), open_source(path) as film:
            raise KeyError(film.name)


def test_frames_are_taken_once(tmp_path: Path) -> None:
    with open_source(write_film(tmp_path / "film.mp4", frames=5)) as film:
        assert len(list(film)) == 5
        with pytest.raises(RuntimeError, match="frames are taken once: open the film again"):
            list(film)


def test_who_is_slow_gets_every_frame(tmp_path: Path) -> None:
    with open_source(write_film(tmp_path / "film.mp4", frames=12)) as film:
        count = 0
        for _ in film:
            time.sleep(0.02)
            count += 1
            assert threads_of_sources() <= 1
    assert count == 12


def test_another_thread_may_close_it(tmp_path: Path) -> None:
    with nothing_left(), open_source(write_film(tmp_path / "film.mp4")) as film:
        frames = iter(film)
        next(frames)
        closing = threading.Thread(target=film.close)
        closing.start()
        list(frames)
        closing.join()


def test_frames_that_become_too_large_end_it(tmp_path: Path) -> None:
    small = write_film(tmp_path / "small.ts", frames=5, size=(160, 120)).read_bytes()
    large = write_film(tmp_path / "large.ts", frames=5).read_bytes()
    path = tmp_path / "grows.ts"
    path.write_bytes(small + large)
    shown: list[object] = []
    with (
        nothing_left(),
        open_source(path, max_pixels=30_000) as film,
        pytest.raises(VideoError, match="320 x 240 pixels"),
    ):
        shown.extend(film)
    assert len(shown) == 5
    with nothing_left(), pytest.raises(VideoError, match=r"over the limit of 0\.05 million"):
        open_source(tmp_path / "large.ts", max_pixels=50_000)


@pytest.mark.parametrize("content", [b"", b"hello" * 100, bytes(5000), os.urandom(5000)])
def test_what_is_no_film(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    with nothing_left(), pytest.raises(VideoError) as raised:
        open_source(path)
    assert str(raised.value).startswith(f"{path}: can't be opened: ")
    assert "\n" not in str(raised.value)


LISTS = {
    "m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:2,\n{}\n#EXT-X-ENDLIST\n",
    "ffconcat": "ffconcat version 1.0\nfile '{}'\n",
    "mpd": '<?xml version="1.0"?><MPD type="static"><Period><AdaptationSet mimeType="video/mp4">'
    '<Representation id="1"><BaseURL>{}</BaseURL></Representation></AdaptationSet></Period></MPD>',
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nt=0 0\nm=video 5004 RTP/AVP 96\n"
    "a=rtpmap:96 H264/90000\na=control:{}\n",
}


@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.parametrize("ending", [None, "mp4"])
def test_play_lists_are_refused_and_what_they_name_is_not_opened(
    tmp_path: Path, kind: str, ending: str | None
) -> None:
    asked: list[str] = []

    class Listening(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None: ...

    film = write_film(tmp_path / "film.ts", frames=5)
    with HTTPServer(("127.0.0.1", 0), Listening) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for named in (str(film), f"http://127.0.0.1:{server.server_port}/film.ts"):
            path = tmp_path / f"list.{ending or kind}"
            path.write_text(LISTS[kind].format(named))
            with pytest.raises(VideoError, match=r"can't be opened: (a play list|no film)"):
                open_source(path)
        server.shutdown()
    assert not asked


@pytest.mark.heavy
def test_a_process_ends_that_left_a_film_midway(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.mp4")
    code = f"import glassmask; opened = [glassmask.video.open({str(path)!r}) for _ in range(2)]"
    code += "; print(next(iter(opened[0])).time); frames = iter(opened[1]); next(frames)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "0.0\n", "")
