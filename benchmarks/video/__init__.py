"""Video, measured on films whose truth is known, beside the clips of the data.

    scene_films     labelled scenes under a slow camera: every frame's boxes are known
    painted_films   a portrait that moves while the painter puts masks on, off and out of place
    agreement       `normal` and `light` against `exact`: faces, states, tracks (`video`)
    events          what is told of painted films, event by event (`video_events`)

`benchmarks.timing.video_speed` says what a frame costs. Films are made when they are first needed,
in `video` of GLASSMASK_RUNS, and again when the code that makes them changes.
"""
