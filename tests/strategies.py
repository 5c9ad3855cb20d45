"""Hypothesis strategies: small random scenarios that are valid, as plain dicts."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from cyclesim.inputs import dates
from cyclesim.inputs.money import split
from cyclesim.vocabulary import Channel, DonorKind, Group, Kind, Line, Route, Status

START = "2023-01"
NAMES = ("camps", "Łódź (north)", "host towns", "l'étape", "North-East_2", "عيادة", "A, B")


def numbers(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False, allow_subnormal=False).map(lambda value: round(value, 4))


@st.composite
def shares(draw: st.DrawFn, keys: list[str]) -> dict[str, float]:
    """Shares that add up to 1, some of them zero."""
    weights = draw(st.lists(st.integers(0, 9), min_size=len(keys), max_size=len(keys)))
    weights[0] += 1
    return {key: part / 1000 for key, part in zip(keys, split(1000, weights), strict=True)}


def some(draw: st.DrawFn, words: type[Any], low: int, high: int) -> list[str]:
    return draw(st.lists(st.sampled_from([str(word) for word in words]), min_size=low, max_size=high, unique=True))


def names(draw: st.DrawFn, low: int, high: int) -> list[str]:
    return draw(st.lists(st.sampled_from(NAMES), min_size=low, max_size=high, unique=True))


@st.composite
def donors(draw: st.DrawFn) -> dict[str, Any]:
    yearly = st.dictionaries(st.integers(2022, 2025), numbers(0, 1e5), min_size=1, max_size=3)
    optional = {
        "fiscal_month": st.integers(1, 12),
        "flexible_share": numbers(0, 1),
        "naivety": numbers(0, 1),
        "prior_prevalence": numbers(0.1, 20),
        "multi_year_share": numbers(0, 1),
        "route": st.sampled_from(list(Route)).map(str),
        "lines": shares([str(line) for line in Line]),
    }
    required = {"kind": st.sampled_from(list(DonorKind)).map(str), "budget": st.one_of(numbers(0, 1e5), yearly)}
    return draw(st.fixed_dictionaries(required, optional=optional))


@st.composite
def waves(draw: st.DrawFn, settings: list[str], months: int, people: int) -> dict[str, Any]:
    wave: dict[str, Any] = {"people": people, "settings": draw(shares(settings))}
    arrival = draw(st.integers(0, months - 1))
    if draw(st.booleans()):
        wave["month"] = dates.date(arrival, START)
    if draw(st.booleans()):
        wave["displaced_months"] = draw(st.integers(0, 60))
    if draw(st.booleans()):
        wave["groups"] = {draw(st.sampled_from(list(Group))).value: 1}
    if draw(st.booleans()):
        wave["departure"] = draw(numbers(0, 0.2))
    if draw(st.booleans()):
        wave["departs"] = {dates.date(draw(st.integers(arrival, months - 1)), START): draw(numbers(0, 1))}
    return wave


@st.composite
def organisations(draw: st.DrawFn, settings: list[str], months: int) -> dict[str, Any]:
    optional = {
        "count": st.integers(1, 50),
        "trained": numbers(0, 1),
        "international": st.booleans(),
        "vetted": st.booleans(),
        "context": numbers(0, 1),
        "arrives": st.integers(-6, months - 1).map(lambda month: dates.date(month, START)),
        "fade_months": numbers(0.5, 24),
    }
    required = {
        "kind": st.sampled_from(list(Kind)).map(str),
        "channel": st.sampled_from(list(Channel)).map(str),
        "setting": st.sampled_from(settings),
        "staff": numbers(0, 40),
    }
    return draw(st.fixed_dictionaries(required, optional=optional))


def back_ends() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "reception": numbers(0, 5),
            "caseworkers": numbers(0, 5),
            "investigators": numbers(0, 5),
            "specialists": numbers(0, 5),
            "conditional": numbers(0, 1),
            "assistance_places": numbers(0, 20),
            "training": numbers(0, 0.2),
        }
    )


def drivers() -> st.SearchStrategy[dict[str, float]]:
    keys = ("conflict", "climate", "broken_ties", "without_means")
    return st.fixed_dictionaries({}, optional={key: numbers(0, 1) for key in keys})


@st.composite
def crises(draw: st.DrawFn, months: int) -> dict[str, Any]:
    settings, ends = names(draw, 1, 2), names(draw, 1, 2)
    people = split(draw(st.integers(50, 3000)), [1] * draw(st.integers(1, 2)))
    groups, statuses = some(draw, Group, 1, 3), some(draw, Status, 1, 2)
    wave_names = ("there before", "later")
    return {
        "needs_met": draw(numbers(0, 1)),
        "line": draw(st.booleans()),
        "groups": draw(shares(groups)),
        "statuses": draw(shares(statuses)),
        "settings": {
            name: {"back_end": draw(st.sampled_from(ends)), "intensity": draw(numbers(0, 3)), **draw(drivers())}
            for name in settings
        },
        "arrivals": {
            name: draw(waves(settings, months, count)) for name, count in zip(wave_names, people, strict=False)
        },
        "organisations": {name: draw(organisations(settings, months)) for name in names(draw, 1, 4)},
        "back_ends": {name: draw(back_ends()) for name in ends},
        "attention": {
            name: {"month": START, "peak": draw(numbers(0, 2))} for name in (["shock"] if draw(st.booleans()) else [])
        },
    }


@st.composite
def changes(draw: st.DrawFn, data: dict[str, Any]) -> dict[str, Any]:
    crisis = next(iter(data["crises"]))
    parts = data["crises"][crisis]
    setting, end = next(iter(parts["settings"])), next(iter(parts["back_ends"]))
    path = draw(
        st.sampled_from(
            [
                "parameters.naivety",
                "parameters.giving",
                "parameters.paid_by_others",
                f"donors.{next(iter(data['donors']))}.flexible_share",
                f"crises.{crisis}.needs_met",
                f"crises.{crisis}.settings.{setting}.intensity",
                f"crises.{crisis}.organisations.{next(iter(parts['organisations']))}.staff",
                f"crises.{crisis}.back_ends.{end}.caseworkers",
            ]
        )
    )
    is_share = path.rpartition(".")[2] in {
        "naivety", "giving", "paid_by_others", "flexible_share", "needs_met",
    }  # fmt: skip
    how = draw(st.sampled_from(["set", "scale", "close"] if is_share else ["set", "scale", "add"]))  # sums exceed 1
    begin = draw(st.integers(-3, data["months"] - 1))
    change: dict[str, Any] = {"from": dates.date(begin, START), how: {path: draw(numbers(0, 1))}}
    if draw(st.booleans()):
        change["until"] = dates.date(begin + draw(st.integers(1, 6)), START)
    if draw(st.booleans()):
        change["ramp"] = draw(st.integers(0, 6))
    return change


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a small valid scenario as the plain dict of a scenario file.

    One crisis with 1-2 settings, at most 6 cells of group and status, 50-3,000 people, 1-4 organisations and 1-2
    back ends; 1-4 donors; 0-3 changes; 3-18 months after 0-6 of spin-up.
    """
    months = draw(st.integers(3, 18))
    sector = st.fixed_dictionaries({"requirement": numbers(0, 100), "coverage": numbers(0, 1)})
    data: dict[str, Any] = {
        "title": "A small scenario",
        "question": "Does it hold?",
        "start": START,
        "months": months,
        "spin_up": draw(st.integers(0, 6)),
        "sectors": {name: draw(sector) for name in (["food security"] if draw(st.booleans()) else [])},
        "donors": {name: draw(donors()) for name in names(draw, 1, 4)},
        "crises": {"protracted": draw(crises(months))},
    }
    data["changes"] = {f"change {i}": draw(changes(data)) for i in range(draw(st.integers(0, 3)))}
    return data
