"""Judge labelled faces by a network: figures, charts, the report, out-of-fold figures."""
