"""What watching at a pace misses: `normal` and `light` against every frame, faces and states.

    python -m benchmarks video [--of scenes clips painted] [--seconds N] [--films N]

Films of labelled scenes, whose boxes are known; the clips of the data; painted films, in which
masks change. Of faces from 48 px on: how many of those found in every frame a seen track covers at
an IoU of 0.5; in how many seconds both say the same, where both are sure; how often what is said
is true; false tracks, tracks that go on as somebody else, and people who get another number.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks.figures import Figures
from benchmarks.frame import ROOT, add_data_options, shipped_weights
from benchmarks.video.films import Film
from benchmarks.video.painted_films import SCRIPTS, scripted_films
from benchmarks.video.scene_films import FILMS, SECONDS, scene_films
from benchmarks.video.scripts import LENGTH
from benchmarks.video.tally import Tally
from benchmarks.video.watched import Watched, open_checker, watch_film
from glassmask import Checker
from glassmask.video.pace import PACES

KINDS: Final = ("scenes", "clips", "painted")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Where things are, which films, and how much of them."""
    add_data_options(parser, runs="video")
    add = parser.add_argument
    add("--boxes", type=Path, default=ROOT / "recipes", help="folder of the mended boxes")
    add("--of", nargs="+", choices=KINDS, default=list(KINDS), help="which films (all)")
    add("--seconds", type=float, default=LENGTH[1], help="of each film at most, for a try")
    add("--films", type=int, default=SCRIPTS, help="of each kind at most, for a try")


def judged(options: argparse.Namespace) -> Mapping[str, Path]:  # noqa: ARG001
    """The three shipped networks."""
    return shipped_weights("finder", "landmarks", "wear")


def measure(options: argparse.Namespace) -> Figures:
    """By kind of film and pace."""
    checker = open_checker()
    return {kind: compare(films_of(kind, options), checker, options.seconds) for kind in options.of}


def films_of(kind: str, options: argparse.Namespace) -> list[Film]:
    """The films of a kind, made where they are not there yet."""
    data, folder, seconds = options.data, options.runs, options.seconds
    if kind == "scenes":
        number = min(FILMS, options.films)
        return scene_films(
            data, options.boxes, folder, seconds=min(SECONDS, seconds), number=number
        )
    if kind == "painted":
        return scripted_films(data, folder, seconds=seconds, number=options.films)
    clips = sorted((data / "video").glob("*.mp4"))
    return [Film(clip.stem, clip) for clip in clips][: options.films]


def compare(films: Sequence[Film], checker: Checker, seconds: float) -> Figures:
    """Figures of all films by pace, and of each film by name."""
    whole = {pace: Tally() for pace in PACES}
    each: dict[str, dict[str, Figures]] = {}
    for film in films:
        exact: Watched | None = None
        each[film.name] = {}
        for pace, tally in whole.items():
            began = time.process_time()
            mine = watch_film(film, checker, pace, seconds)
            spent = 1000 * (time.process_time() - began) / max(1, len(mine.frames))
            exact = exact or mine  # it comes first
            own = Tally()
            for one in (own, tally):
                one.note(mine, exact, film.truth)
            each[film.name][pace] = own.figures()
            print(f"{film.name}, {pace}: {_brief(own)}; {spent:.0f} CPU ms a frame", flush=True)
    return {**{pace: tally.figures() for pace, tally in whole.items()}, "films": each}


def _brief(tally: Tally) -> str:
    told = [
        f"{name} {share.hits / share.count:.3f}"
        for name, share in tally.shares.items()
        if share.count
    ]
    return (
        f"{', '.join(told)}; {tally.tracks} tracks, {tally.false_tracks} false, "
        f"{tally.swaps} swaps, {tally.breaks} breaks"
    )
