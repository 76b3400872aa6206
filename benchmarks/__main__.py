"""The command: `python -m benchmarks NAME [options]`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.frame import RESULTS, result_of, to_json, write_result
from benchmarks.registry import BENCHMARKS, open_benchmark, summary
from glassmask.errors import GlassmaskError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one benchmark and write its result.

    Returns:
        0 where it is written, 2 where it could not be measured: one line says why.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    chosen = next((name for name in given if name in BENCHMARKS), None)
    options = _parser(chosen).parse_args(given or ["--help"])
    benchmark = open_benchmark(options.benchmark)
    try:
        found = benchmark.measure(options)
        result = result_of(options.benchmark, options, benchmark.judged(options), found)
        if options.out == "-":
            print(json.dumps(to_json(result), indent=1, ensure_ascii=False))
        else:
            path = Path(options.out or RESULTS / f"{options.benchmark}.json")
            write_result(result, path)
            print(f"wrote {path}" + ("" if options.out else "; `make results` renders its tables"))
    except (GlassmaskError, OSError) as error:
        print(f"python -m benchmarks {options.benchmark}: {error}", file=sys.stderr)
        return 2
    return 0


def _parser(chosen: str | None) -> argparse.ArgumentParser:
    """The parser; only the chosen benchmark is imported, for its own options."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure, and write results/NAME.json: figures, commit, date, CPU, weights.",
    )
    commands = parser.add_subparsers(dest="benchmark", metavar="NAME", required=True)
    for name in BENCHMARKS:
        command = commands.add_parser(name, help=summary(name), description=summary(name))
        command.add_argument("--out", help="write to this file; - prints (results/NAME.json)")
        if name == chosen:
            open_benchmark(name).add_options(command)
    return parser


if __name__ == "__main__":
    sys.exit(main())
