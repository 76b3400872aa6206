"""Tables of whether explanations are true: MODEL_CARD.md, docs/audit.md and docs/network.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from benchmarks.tables.table import (
    EMPTY,
    Cell,
    Row,
    Table,
    figures,
    hits,
    number,
    percent,
    row,
    share,
    table,
    together,
)

NETWORKS: Final = {
    "shipped": "shipped",
    "resnet50": "ResNet50 (second study)",
    "inception_resnet_v1": "Inception-ResNet-V1 (first)",
}
MAPS: Final = {
    "evidence": "evidence",
    "grad-cam": "Grad-CAM",
    "integrated-gradients": "Integrated Gradients",
    "gradient": "gradient",
    "centre": "*centre*",
    "random": "*random*",
    "edges": "*edges*",
    "area": "*area*",
}
_METHODS: Final = ("evidence", "grad-cam", "integrated-gradients", "gradient")
EVIDENCE: Final[Mapping[str, tuple[str, tuple[str, ...], bool]]] = {
    "points": ("points into the pixels that changed ({area:.0%} of the crop)", ("hit",), True),
    "inside": ("positive evidence inside of them", ("mass",), True),
    "stays": (
        "stays when all outside its place is hidden: grey, blurred",
        ("stays", "stays, blur"),
        False,
    ),
    "goes": (
        "stays when its place is hidden (under 0: it turns round)",
        ("goes", "goes, blur"),
        False,
    ),
    "road": ("ROAD", ("road",), True),
    "insertion": ("insertion, deletion (grey)", ("insertion", "deletion"), True),
    "learnt": (
        "like that of weights drawn anew: all, the last layer's alone",
        ("like all", "like head"),
        False,
    ),
    "stable": ("alike after a shift by 3 px, noise, JPEG", ("shift", "noise", "jpeg"), False),
    "outside": (
        "{beyond} of the face ({beyond_area:.0%} of the area): all, of *none*",
        ("region {beyond}", "{beyond} none"),
        False,
    ),
}
"""Row -> its label, its columns, and whether the blob in the middle is told beside it."""
REGIONS: Final = ("forehead", "eyes", "nose", "mouth", "chin", "cheeks")


def evidence() -> Table:
    """The shipped network's evidence on people of val, beside a blob in the middle."""
    audit = figures("audits")["shipped, val"]
    own, centre = audit["maps"]["evidence"], audit["maps"]["centre"]
    right = share(audit["pairs"], 2, interval=True)
    beyond = _beyond("shipped, val")
    named = {"area": audit["area"], "beyond": beyond, "beyond_area": audit[beyond]}
    label = "both pictures of a pair rightly classified"
    rows = [row("right", label, evidence=right, of=_counts(audit["pairs"]))]
    for name, (label, columns, beside) in EVIDENCE.items():
        found = [own[column.format(**named)] for column in columns]
        cells = {
            "evidence": together(*(share(x, 2, interval=True, counts=True) for x in found)),
            "centre": together(*(share(centre[c], 2) for c in columns)) if beside else EMPTY,
            "of": _counts(*found),
        }
        rows.append(row(name, label.format(**named), **cells))
    return table("", {"evidence": "evidence", "centre": "a centred blob", "of": "of"}, rows)


def _counts(*found: Mapping[str, Any]) -> Cell:
    """Of how many the figures are, each number once."""
    counts = dict.fromkeys(one["count"] for one in found if "count" in one)
    return Cell(", ".join(map(str, counts)), next(iter(counts), None))


def in_short() -> Table:
    """What the audits of three networks come to."""

    def maps(network: str, suffix: str = "") -> Mapping[str, Any]:
        found: Mapping[str, Any] = figures("audits")[network + suffix]["maps"]
        return found

    def yes(network: str, *checks: str) -> Cell:
        verdict = figures("audits")[network]["verdict"]
        return Cell("yes" if all(verdict[check] for check in checks) else "no")

    lines: dict[str, Callable[[str], Cell]] = {
        "points at what changed, blue masks: evidence": lambda n: share(
            maps(n, ", blue")["evidence"]["hit"], 2
        ),
        "the same, Integrated Gradients": lambda n: share(
            maps(n, ", blue")["integrated-gradients"]["hit"], 2
        ),
        "a bell in the middle": lambda n: share(maps(n, ", blue")["centre"]["hit"], 2),
        "evidence that stays when its place is hidden": lambda n: share(
            maps(n)["evidence"]["goes"], 2
        ),
        "evidence outside of the face, real photos": lambda n: percent(
            maps(n)["evidence"][f"region {_beyond(n)}"]["value"]
        ),
        "the same, MaskedFace-Net": lambda n: percent(
            maps(n)["evidence"]["segment background"]["value"]
        ),
        "needs what it calls important more than the middle": lambda n: yes(n, "faithful"),
        "shows what was learnt, adds up, stays": lambda n: yes(n, "learnt", "complete", "stable"),
    }
    rows = [row(label, label, **{n: cell(n) for n in NETWORKS}) for label, cell in lines.items()]
    return table("", NETWORKS, rows)


def pointing() -> Table:
    """How often a map's maximum lies in what changed."""
    rows = []
    for network, label in NETWORKS.items():
        for masks, suffix in (("all kinds", ""), ("blue", ", blue")):
            audit = figures("audits")[network + suffix]
            maps = {
                name: share(audit["maps"][name]["hit"], 2, interval=name in _METHODS)
                for name in (*_METHODS, "centre", "random", "edges")
            }
            pairs = Cell(f"{audit['pairs']['hits']} of {audit['pairs']['count']}")
            area = number(audit["area"], 2)
            rows.append(row(network + suffix, (label, masks), pairs=pairs, **maps, area=area))
    heads = {name: MAPS[name] for name in (*_METHODS, "centre", "random", "edges")}
    return table(("network", "masks"), {"pairs": "pairs", **heads, "area": "area"}, rows)


def pointing_by_part() -> Table:
    """The same by what is uncovered, and how much of the evidence lies inside."""
    columns = {
        "hit, nose": "nose",
        "hit, chin": "chin",
        "hit, nose_and_mouth": "nose and mouth",
        "mass": "positive evidence inside",
    }
    return _by_map(columns, ("evidence", "integrated-gradients", "centre"), interval=_METHODS)


def locality() -> Table:
    """What stays of a region's evidence when all else, or the region, is hidden."""
    columns = {"stays": "stays with all else hidden", "goes": "stays when it is hidden"}
    return _by_map(columns, _METHODS, interval=_METHODS)


def faithfulness() -> Table:
    """Whether the network needs what the map calls important."""
    columns = {"road": "ROAD", "deletion": "deletion", "insertion": "insertion"}
    maps = (*_METHODS, "centre", "random")
    return _by_map(columns, maps, interval=maps)


def sanity() -> Table:
    """Whether the map was learnt, adds up, and stays."""
    columns = {
        "like head": "last layer anew",
        "like all": "all anew",
        "sum off": "sum off by",
        "shift": "shift",
        "noise": "noise",
        "jpeg": "JPEG",
    }
    return _by_map(columns, _METHODS)


def regions() -> Table:
    """Share of the positive evidence by region of the face."""
    beyond = {"outside": ("outside",), "background": ("neck", "background")}[_beyond("shipped")]
    columns = {f"region {name}": name for name in (*REGIONS, *beyond, "border")}
    return _by_map(columns, ("evidence", "integrated-gradients", "centre", "random"))


def outside() -> Table:
    """Share outside of the face by verdict, and by segment of MaskedFace-Net."""
    beyond = _beyond("shipped")
    columns = {f"{beyond} {wear}": f"{wear}: {beyond}" for wear in ("correct", "incorrect", "none")}
    columns["segment mask"] = "MaskedFace-Net: mask"
    columns |= {f"segment {name}": name for name in ("face", "background")}
    return _by_map(columns, ("evidence", "integrated-gradients", "area"))


def search_audits() -> Table:
    """What evidence supervision did to the evidence, on pairs of people of val."""
    audits = figures("history")["search"]["audits"]
    plain, pointed = audits["search-unpainted"], audits["search-pointed"]

    def both(*columns: str, name: str = "evidence", interval: bool = False) -> dict[str, Cell]:
        return {
            column: together(
                *(share(audit["maps"][name][key], 2, interval=interval) for key in columns)
            )
            for column, audit in (("plain", plain), ("pointed", pointed))
        }

    hit = pointed["maps"]["evidence"]["hit"]
    area = f"evidence outside the face, of *none* (area: {plain['outside']:.0%})"
    rows = [
        row(
            "right",
            "both pictures of a pair rightly classified",
            plain=share(plain["pairs"], 2),
            pointed=share(pointed["pairs"], 2),
        ),
        row(
            "points",
            "points into the pixels that changed",
            plain=share(plain["maps"]["evidence"]["hit"], 2, interval=True),
            pointed=Cell(f"{share(hit, 2)} ({hits(hit)})"),
        ),
        row("centre", "the same of a centred blob", **both("hit", name="centre")),
        row("inside", "positive evidence inside of them", **both("mass")),
        row(
            "stays",
            "evidence that stays when all outside its place is hidden (grey, blurred)",
            **both("stays", "stays, blur"),
        ),
        row(
            "goes",
            "evidence that goes when its place is hidden (below 0: it turns round)",
            **both("goes", "goes, blur"),
        ),
        row("road", "ROAD", **both("road")),
        row(
            "outside",
            area,
            plain=percent(plain["maps"]["evidence"]["outside none"]["value"]),
            pointed=percent(pointed["maps"]["evidence"]["outside none"]["value"]),
        ),
    ]
    heads = {
        "plain": f"`search-unpainted` ({plain['pairs']['count']} pairs)",
        "pointed": "`search-pointed`",
    }
    return table("", heads, rows)


def traits() -> Table:
    """Which faults go with what else is to be seen on a face."""
    found = figures("history")["traits"]
    labels = {"turned": "turned head", "covered": "something before the face"}
    columns = {
        "errors_with": "shipped: errors with it, val and test",
        "errors_without": "without",
        "ratio": "times as often: val, test",
        "rival": "ResNet50, test: with it, without",
        "rival_ratio": "times as often",
    }

    def line(trait: str) -> Row:
        own, rival = found["shipped"][trait], found["resnet50"][trait]
        return row(
            trait,
            labels.get(trait, trait),
            errors_with=hits(own["errors_with"]),
            errors_without=hits(own["errors_without"]),
            ratio=together(*(number(own[f"ratio, {split}"], 1) for split in ("val", "test"))),
            rival=together(percent(rival["errors_with"]), percent(rival["errors_without"])),
            rival_ratio=share(rival["ratio"], 1, interval=True),
        )

    return table("trait", columns, [line(trait) for trait in found["shipped"]])


def _beyond(audit: str) -> str:
    """What an audit calls all that is no face; in earlier ones that was neck and background."""
    found = figures("audits")[audit]["maps"]["evidence"]
    return "background" if "region background" in found else "outside"


def _by_map(columns: Mapping[str, str], maps: Sequence[str], interval: Sequence[str] = ()) -> Table:
    """A row for each map of each network; `interval` names the maps that are told with theirs."""
    rows = []
    for network, name, found in _maps(maps):
        cells = {c: share(found.get(c), 2, interval=name in interval) for c in columns}
        rows.append(row(f"{network}, {name}", f"{NETWORKS[network]}, {MAPS[name]}", **cells))
    return table("network, map", columns, rows)


def _maps(names: Sequence[str]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for network in NETWORKS:
        found = figures("audits")[network]["maps"]
        yield from ((network, name, found[name]) for name in names if name in found)
