"""Benchmarks: what Glassmask's figures were measured by, and how they reach the texts.

    python -m benchmarks                  # lists them
    python -m benchmarks speed            # measures, and writes results/speed.json
    python -m benchmarks speed --out -    # prints instead
    make results                          # renders the tables of the texts from results/*.json

Numbers flow one way: a benchmark measures and writes `results/NAME.json`, with the commit, the
date, the CPU and the hashes of the weights; `benchmarks.render` writes tables between the markers
`<!-- results:TABLE -->` and `<!-- /results -->` of README.md, MODEL_CARD.md and docs/*.md, and the
website's build reads the same files. No figure in a table is typed by hand. `results/history.json`
holds what no benchmark measures any more: figures of earlier searches, carried over from the texts.

To add a benchmark:

1. Write `benchmarks/NAME.py` with a docstring, whose first line is shown in the list, and

       def add_options(parser: ArgumentParser) -> None: ...   # frame.add_data_options has the usual
       def judged(options: Namespace) -> Mapping[str, Path]: ...   # weights to hash, once measured
       def measure(options: Namespace) -> Figures: ...        # JSON values by name

   `measure` prints what a person waiting for it wants to see, and writes nothing. Proportions and
   intervals are written by `benchmarks.figures`. Logic that judges labelled faces belongs in
   `glassmask.lab.evaluation`; what is left here is which faces, which networks, which rows.
2. Add NAME to `BENCHMARKS` in `benchmarks/registry.py`.
3. Where a text shows its figures, add a function to `benchmarks/tables/`, and the markers to the
   text.
"""
