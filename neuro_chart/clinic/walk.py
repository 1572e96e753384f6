"""The walk over the body by which needles are counted out: a few stops from the scalp to the toes, none left out."""

from collections.abc import Iterable
from dataclasses import dataclass

from neuro_chart.clinic.needles import Mishap, Needle


@dataclass(frozen=True)
class Stop:
    """A part of the body to look at in one go. `hint` is where needles hide there, `regions` are the atlas's, without their side."""

    title: str
    hint: str
    regions: frozenset[str]


def _stop(title: str, hint: str, regions: str) -> Stop:
    return Stop(title, hint, frozenset(region.strip() for region in regions.split(";")))


# Needles are forgotten where hair, ears, a blanket or toes hide them (Clean Needle Technique, by way of
# acusafetynerd.com/stray-needles-and-swiss-cheese-safety), so these are stops of their own.
SCALP = _stop("Scalp", "in the hair", "top of the head; back of the head; side of the head")
EARS = _stop("Ears", "behind them, too", "ear")
FACE = _stop("Face", "up to the hairline", "forehead; temple; eye; nose; cheek; mouth; jaw; chin")
NECK = _stop("Neck and shoulders", "under the hair", "nape; throat; side of the neck; shoulder")
HANDS = _stop(
    "Hands", "between the fingers",
    "wrist; palm; back of the hand; thumb; index finger; middle finger; ring finger; little finger",
)  # fmt: skip
ARMS = _stop(
    "Arms", "on the inside, too",
    "anterior upper arm; posterior upper arm; elbow; anterior forearm; posterior forearm; lateral forearm; medial forearm",
)  # fmt: skip
FRONT = _stop(
    "Front", "in the armpits and at the sides",
    (
        "breastbone; chest; side of the chest and armpit; flank; upper abdomen; lower abdomen; middle of the upper abdomen; "
        "middle of the lower abdomen"
    ),
)  # fmt: skip
BACK = _stop(
    "Back", "down to the sacrum", "spine, upper back; spine, lower back; upper back; shoulder blade; lower back; sacrum"
)  # fmt: skip
LEGS = _stop(
    "Legs", "behind the knees",
    (
        "anterior thigh; posterior thigh; lateral thigh; medial thigh; knee; back of the knee; anterior lower leg; posterior lower leg; "
        "lateral lower leg; medial lower leg"
    ),
)  # fmt: skip
FEET = _stop(
    "Feet", "between the toes",
    (
        "lateral ankle; medial ankle; heel; top of the foot; lateral side of the foot; medial side of the foot; plantar forefoot; "
        "plantar midfoot; big toe; second toe; third toe; fourth toe; little toe"
    ),
)  # fmt: skip
# Skin that stays covered; and the couch and the floor, where one that fell is looked for. What the atlas has no name for ends here, too.
BLANKET = _stop("Under the blanket", "at buttocks, hips and groin, on the couch and on the floor", "groin; genital region; buttock; hip")
WALK = (SCALP, EARS, FACE, NECK, HANDS, ARMS, FRONT, BACK, LEGS, FEET, BLANKET)

_STOPS = {region: stop for stop in WALK for region in stop.regions}


def stop_of(needle: Needle) -> Stop:
    """Where a needle is counted; one that fell is not looked for where it was to go in."""
    if needle.mishap is Mishap.DROPPED:
        return BLANKET
    return _STOPS.get(needle.site.region.removeprefix("left ").removeprefix("right "), BLANKET)


def is_out(needle: Needle) -> bool:
    """Whether a needle is out and counted."""
    return needle.removed is not None and needle.counted


def walk(needles: Iterable[Needle]) -> dict[Stop, list[Needle]]:
    """Every stop in its order, with the needles that ever went in or fell there as they were charted; the planned ones are left out."""
    found: dict[Stop, list[Needle]] = {stop: [] for stop in WALK}
    for needle in sorted(needles, key=lambda needle: needle.position):
        if not needle.is_planned:
            found[stop_of(needle)].append(needle)
    return found
