"""The words of the field's datasets for how a mask is worn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from glassmask.labels import Uncovered, Wear


@dataclass(frozen=True, slots=True)
class Label:
    """What a word says of a face.

    Attributes:
        wear: how the mask is worn; None: there is one, somehow worn.
        uncovered: what an incorrect one leaves uncovered; None where the word does not say.
        elsewhere: it is on the forehead or over the eyes.
    """

    wear: Wear | None
    uncovered: Uncovered | None = None
    elsewhere: bool = False


# fmt: off
# MaskedFace-Net's own words, as "mask mouth chin", say what is covered.
WORDS: Final[Mapping[Label, tuple[str, ...]]] = MappingProxyType({
    Label(Wear.CORRECT): (
        "correct", "correctly", "correct mask", "correctly masked", "correctly masked face",
        "correctly worn", "correctly worn mask", "correctly worn face mask", "correct wear",
        "mask", "masks", "masked", "masked face", "with mask", "with masks", "with face mask",
        "face with mask", "faces with mask", "people with mask", "person with mask", "mask on",
        "masks on",
        "mask correct", "mask correctly worn", "mask weared correct", "mask weared correctly",
        "mask worn correct", "mask worn correctly", "properly", "proper mask",
        "properly masked", "properly worn", "properly worn mask", "mask worn properly",
        "mask properly worn", "wearing mask", "wearing a mask", "wearing face mask",
        "wears mask", "wear mask", "mask worn", "with correct mask", "good mask",
    ),
    Label(Wear.INCORRECT): (
        "incorrect", "incorrectly", "incorrect mask", "incorrect masks", "incorrectly masked",
        "incorrectly masked face", "incorrectly worn", "incorrectly worn mask",
        "incorrect wear", "incorrectly worn face mask", "incorrectly wearing mask",
        "incorrect wearing", "incorrectly wear mask", "incorrectly weared mask",
        "wearing mask incorrectly", "mask incorrect", "mask incorrectly",
        "mask incorrectly worn", "mask weared incorrect", "mask weared incorrectly",
        "mask weared incorect", "mask wear incorrect", "mask wear incorrectly",
        "mask worn incorrect", "mask worn incorrectly", "weared incorrect",
        "weared incorrectly", "wear incorrect", "worn incorrectly", "with incorrect mask",
        "with mask incorrect", "with mask incorrectly", "face incorrect mask", "improper",
        "improperly", "improper mask", "improperly masked", "improper wear", "improperly worn",
        "improperly worn mask", "improperly wearing mask", "mask improper",
        "mask improperly worn", "mask worn improperly", "wearing mask improperly",
        "mask not worn properly", "mask not worn correctly", "not properly worn",
        "not worn correctly", "not worn properly", "not correct", "not proper", "wrong",
        "wrong mask", "wrongly", "wrongly masked", "wrongly worn", "wrongly worn mask",
        "mask wrong", "mask worn wrong", "mask worn wrongly", "bad mask", "invalid mask",
    ),
    Label(Wear.NONE): (
        "none", "no mask", "no masks", "no face mask", "face no mask", "mask no",
        "no mask face", "non mask", "non masked", "non mask face", "not masked",
        "not mask", "unmask", "unmasked", "unmasked face", "without", "without mask",
        "without masks", "without a mask", "without face mask", "face without mask",
        "faces without mask", "people without mask", "person without mask", "person no mask",
        "mask off", "masks off", "mask none", "maskless", "not wearing", "not wearing mask",
        "not wearing a mask", "not wearing face mask", "no wear mask", "mask not worn",
        "mask not wear", "bare", "bare face",
    ),
    Label(Wear.INCORRECT, Uncovered.NOSE): (
        "nose", "nose uncovered", "uncovered nose", "nose out", "nose exposed", "exposed nose",
        "under nose", "below nose", "mask under nose", "mask below nose", "mask under the nose",
        "mask mouth chin",
    ),
    Label(Wear.INCORRECT, Uncovered.CHIN): (
        "chin", "chin uncovered", "uncovered chin", "chin exposed", "exposed chin",
        "mask nose mouth",
    ),
    Label(Wear.INCORRECT, Uncovered.NOSE_AND_MOUTH): (
        "nose and mouth", "nose mouth uncovered", "nose and mouth uncovered",
        "uncovered nose and mouth", "uncovered nose mouth", "exposed nose and mouth", "on chin",
        "under chin", "below chin", "mask on chin", "mask under chin", "mask below chin",
        "mask on the chin", "mask under the chin", "mask chin",
    ),
    Label(Wear.INCORRECT, elsewhere=True): (
        "elsewhere", "on forehead", "mask on forehead", "mask over eyes",
    ),
})
"""Label -> the words of datasets for it. `face` and `face_mask` are missing on purpose: some mean
a bare face by the first, others any; and by the second a masked face, others the mask alone."""
# fmt: on
