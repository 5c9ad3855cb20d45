"""What stands beside the targets: numbers nobody aims at, what is lost without money, defaults in their priors."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

import numpy as np

from cyclesim.analysis.measuring import TEN_YEARS, Measured, coded_per_head, per_million
from cyclesim.analysis.payers import POSTS, stated, training_rate
from cyclesim.analysis.plain import finite
from cyclesim.analysis.simulated import Simulated, Worlds
from cyclesim.analysis.targets import Sample
from cyclesim.analysis.trials import LADDER
from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.quantity import MIDDLE
from cyclesim.intervals import ratio
from cyclesim.runs.run import Run

IN_NEED = 362_000_000  # people in need in 2023 (report, introduction)
IDENTIFIED_ON_EARTH = 133_943  # victims of trafficking identified in 2023 in all countries together
YEARS = (1, 4, 7, 10)  # reported years in which levels are shown
OUTCOMES = {"identified": "identified", "assisted": "assisted", "exploited": "person-months of exploitation"}


@dataclass(frozen=True)
class Beside:
    """A number that nobody aims at, of the world of a rung: mean over worlds."""

    name: str  # with its unit
    rung: str
    value: float
    ceiling: float | None = None  # what it cannot exceed if the world is what is known of it


@dataclass(frozen=True)
class Loss:
    """What is lost in ten years in a rung when all anti-trafficking money is taken away."""

    rung: str
    outcome: str
    present: float  # with the money there is, and without any: mean over worlds
    without: float

    @property
    def lost(self) -> float:
        """What is lost, in people or person-months: above zero is worse without money."""
        lost = self.present - self.without
        return -lost if self.outcome == OUTCOMES["exploited"] else lost

    @property
    def share(self) -> float:
        """The same over what there is at present; NaN of nothing."""
        return self.lost / self.present if self.present else math.nan


@dataclass(frozen=True)
class Placed:
    """A default in its prior: quantile, and the source that puts it outside the middle, if any."""

    name: str
    value: float
    low: float
    high: float
    scale: str
    quantile: float
    beyond: str

    @property
    def outside(self) -> bool:
        """Whether it stands outside the middle of its prior."""
        return not MIDDLE[0] <= round(self.quantile, 9) <= MIDDLE[1]


def plain(entry: Beside | Loss | Placed) -> dict[str, Any]:
    """Return an entry as JSON types."""
    values = asdict(entry)
    if isinstance(entry, Loss):
        values |= {"lost": entry.lost, "share": entry.share}
    told: dict[str, Any] = finite(values)
    return told | ({"outside": entry.outside} if isinstance(entry, Placed) else {})


def placed() -> list[Placed]:
    """Return every default that draws move, in its prior, by name."""
    found = []
    for name, quantity in parameters().items():
        quantile = quantity.quantile()
        if quantile is not None and quantity.range is not None:
            low, high = quantity.range
            found.append(Placed(name, quantity.value, low, high, quantity.scale, quantile, quantity.beyond))
    return found


def _with_and_without(worlds: Worlds) -> Iterator[tuple[str, str, Sample, Sample]]:
    """Yield rung, outcome, and its totals of ten years with the money there is and without any."""
    for rung, measure in product(LADDER, OUTCOMES):
        present, without = (worlds.total(name, measure, TEN_YEARS) for name in (rung, f"{rung} without money"))
        yield rung, measure, present, without


def losses(worlds: Worlds) -> list[Loss]:
    """Return what all anti-trafficking money is worth in each rung of the ladder."""
    return [
        Loss(rung, OUTCOMES[measure], float(present.mean()), float(without.mean()))
        for rung, measure, present, without in _with_and_without(worlds)
    ]


def of_losses(worlds: Worlds) -> dict[str, Measured]:
    """Return the same as a share of what there is, one value a world: the row "zero money"."""
    found = [
        ratio(without, present) - 1.0 if measure == "exploited" else 1.0 - ratio(without, present)
        for _, measure, present, without in _with_and_without(worlds)
    ]
    return {"zero money": found}


def of_costs(found: Simulated) -> dict[str, Measured]:
    """Return US dollars per person identified over ten years, by payer (T19)."""
    measured: list[Any] = []
    for rung in LADDER:
        people = found.worlds.total(rung, "identified", TEN_YEARS)
        donors, others, investigators = costs(found.worlds, rung, found.runs[rung])
        measured += [ratio(money, people) for money in (donors, donors + others - investigators, investigators)]
    return {"T19": measured}


def costs(worlds: Worlds, rung: str, runs: Sequence[Run]) -> tuple[Any, Any, Any]:
    """Return US dollars over ten years: what donors give, what others pay, and what of both goes into investigators.

    Others pay for stated posts, their training, and assistance that donors do not pay, at the unit costs of the model.
    """
    scenario = worlds.scenario(rung)
    years = len(range(*TEN_YEARS.indices(scenario.months))) / 12
    donors = worlds.total(rung, "disbursed_cents", TEN_YEARS) / 100
    posts = math.fsum(stated(scenario, kind) * scenario.parameter(cost) for kind, (cost, _) in POSTS.items()) * years
    untrained = worlds.crises(rung, "frontline_staff") * (1.0 - worlds.crises(rung, "trained_share"))
    rate = training_rate(scenario)
    training = untrained[..., TEN_YEARS].sum(axis=(1, 2)) * rate * scenario.parameter("cost_training")
    assistance = worlds.total(rung, "assisted", TEN_YEARS) * scenario.parameter("cost_assistance")
    lines = [run.tables["lines"] for run in runs]
    assisting = [t[(t["line"] == "assistance") & (t["month"] < TEN_YEARS.stop)] for t in lines]
    paid = np.array([float(table["spent_cents"].sum()) / 100 for table in assisting])
    posted = worlds.crises(rung, "investigators")[..., TEN_YEARS].sum(axis=(1, 2)) / 12
    investigators = posted * scenario.parameter("cost_investigator")
    return donors, posts + training + np.maximum(assistance - paid, 0.0), investigators


def numbers(found: Simulated) -> list[Beside]:
    """Return the numbers that nobody aims at, with their ceilings."""
    worlds = found.worlds
    mean = float(per_million(worlds, "U").mean())
    words = "identified per million in need"
    rows = [
        Beside(f"{words}, times 362 million people", "U", mean * IN_NEED / 1e6, IDENTIFIED_ON_EARTH),
        Beside(f"{words} and year", "U", mean, IDENTIFIED_ON_EARTH / IN_NEED * 1e6),
    ]
    for words, measure in (
        ("share of referrals answered", "answered_share"),
        ("trust in the referral pathway", "trust"),
        ("share of front-line staff trained", "trained_share"),
    ):
        rows += [Beside(f"{words}, year {y}", "U", float(worlds("U", measure)[:, _year(y)].mean()), 1.0) for y in YEARS]
    rows += [
        Beside(f"coded US$ a head, year {y}", "U", float(coded_per_head(worlds, "U", _year(y)).mean())) for y in YEARS
    ]
    for rung in LADDER:
        rows += _money(found, rung) + _staff(worlds, rung)
    return rows


def _year(number: int) -> slice:
    return slice(12 * (number - 1), 12 * number)


def _money(found: Simulated, rung: str) -> list[Beside]:
    people = found.worlds.total(rung, "identified", TEN_YEARS).mean()
    paid = zip(("donors", "others"), costs(found.worlds, rung, found.runs[rung])[:2], strict=True)
    words = "US$ of {} per person identified (assistance as given)"
    return [Beside(words.format(who), rung, float(money.mean() / people)) for who, money in paid]


def _staff(worlds: Worlds, rung: str) -> list[Beside]:
    """Return posts in full use per million in need, mean of ten years: in all, and those that others pay."""
    millions = worlds(rung, "in_need")[:, TEN_YEARS].mean() / 1e6
    rows = []
    for kind, (_, measure) in POSTS.items():
        every = worlds.crises(rung, measure)[..., TEN_YEARS].sum(axis=1).mean()
        rows.append(Beside(f"{kind} per million", rung, float(every / millions)))
        others = stated(worlds.scenario(rung), kind) / millions
        rows.append(Beside(f"{kind} per million that others pay", rung, float(others)))
    return rows
