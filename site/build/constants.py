"""Write what the pages share with the Python package: numbers that are listed once, there.

python site/build/constants.py      # writes site/generated/constants.json
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from glassmask import formats, photos, verdict
from glassmask.faces import crop, find, finder, framing, landmarks, points, regions, tiles
from glassmask.output import draw

OUT: Final = Path(__file__).parents[1] / "generated" / "constants.json"


def constants() -> dict[str, object]:
    """Name -> value, as JSON takes it."""
    levels = np.arange(256, dtype=np.uint8)[None]
    inferno = cv2.applyColorMap(levels, cv2.COLORMAP_INFERNO)[0, :, ::-1]
    places = {index: place for place, index in enumerate(points.MESH_INDICES)}
    return {
        "cropMargin": framing.CROP_MARGIN,
        "maxOutside": framing.MAX_OUTSIDE,
        "cropWeightSum": crop.WEIGHT_SUM,
        "cropFilterSteps": crop.FILTER_STEPS,
        "batch": landmarks.BATCH,
        "overlap": find.OVERLAP,
        "within": find.WITHIN,
        "looks": find.LOOKS,
        "slack": find.SLACK,
        "standing": find.STANDING,
        "stays": find.STAYS,
        "turned": find.TURNED,
        "worthTurning": find.WORTH_TURNING,
        "grid": find.GRID,
        "even": find.EVEN,
        "minChance": find.MIN_CHANCE,
        "minFace": finder.MIN_FACE,
        "mostEnlarged": finder.MOST_ENLARGED,
        "step": finder.STEP,
        "spare": finder.SPARE,
        "upright": finder.UPRIGHT,
        "tiles": {
            "faint": tiles.FAINT,
            "small": tiles.SMALL,
            "side": tiles.TILE,
            "shared": tiles.SHARED,
            "most": tiles.MAX_TILES,
            "finest": tiles.FINEST,
            "leastGain": tiles.LEAST_GAIN,
        },
        "smallPx": verdict.SMALL_PX,
        "darkLevel": verdict.DARK_LEVEL,
        "blurredDetail": verdict.BLURRED_DETAIL,
        "maxPixels": photos.MAX_PIXELS,
        "minSide": photos.MIN_SIDE,
        "foreignSuffixes": dict(formats.FOREIGN_SUFFIXES),
        "heatOpacity": draw.HEAT_OPACITY,
        "inferno": inferno.ravel().tolist(),
        "hairline": regions.HAIRLINE,
        "meanFace": [list(point) for point in regions.MEAN_FACE],
        "jaw": list(regions.JAW),
        "neck": regions.NECK,
        "places": places,
        "mixes": {index: list(mix) for index, mix in regions.MIXES.items()},
        "outlines": [[name, list(outline)] for name, outline in regions.OUTLINES.items()],
    }


if __name__ == "__main__":
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(constants()), encoding="utf-8")
