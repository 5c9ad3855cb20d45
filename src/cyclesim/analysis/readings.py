"""What could be known beside case counts: how each datum is read from a world, and what one reading costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cyclesim.inputs.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

Sample = NDArray[np.float64]
"""One reading a world; NaN where the datum gives none."""


@dataclass(frozen=True)
class Datum:
    """Something that could be known beside or instead of case counts.

    Attributes
    ----------
    name, unit
        What it is, and what one reading is in.
    truth
        Whether a reading is an estimate of the prevalence.
    caution
        What must be said with it.
    read
        Gives the readings from the last year's rows of one crisis: a row for each world and month, sorted.
    cost
        Gives US dollars for one reading from the scenario and the people in need.
    """

    name: str
    unit: str
    truth: bool
    caution: str
    read: Callable[[pd.DataFrame], Sample]
    cost: Callable[[Scenario, float], float]


def _worlds(table: pd.DataFrame) -> Any:
    return table.groupby(["draw", "replication"])


def total(table: pd.DataFrame, name: str) -> Sample:
    """Return the sum of a measure over months, one a world."""
    result: Sample = _worlds(table)[name].sum().to_numpy(dtype=np.float64)
    return result


def _last(table: pd.DataFrame, name: str) -> Sample:
    result: Sample = _worlds(table)[name].last().to_numpy(dtype=np.float64)
    return result


def _linked(year: pd.DataFrame) -> Sample:
    """Return the estimates from the year's lists; NaN where the estimator refused."""
    refused = _last(year, "mse_refused") > 0
    return np.where(refused, np.nan, _last(year, "mse_estimate"))


def _effort(year: pd.DataFrame) -> Sample:
    """Return referrals of the year per 100 frontline staff; NaN without staff."""
    staff = _worlds(year)["frontline_staff"].mean().to_numpy(dtype=np.float64)
    referred = 100.0 * total(year, "referred")
    result: Sample = np.divide(referred, staff, out=np.full(staff.size, np.nan), where=staff > 0)
    return result


def _cost_of_survey(scenario: Scenario, people: float) -> float:
    return float(scenario.parameter("cost_survey"))


def _cost_of_linking(scenario: Scenario, people: float) -> float:
    return float(scenario.parameter("data_need")) * people / 1e6


def _cost_of_record(scenario: Scenario, people: float) -> float:
    return float(scenario.parameter("cost_caseworker"))


_PREVALENCE = "per 1,000 per year"
CASES = Datum(
    "case counts", "reported a year", False, "what is known already",
    lambda year: total(year, "reported"), lambda scenario, people: 0.0,
)  # fmt: skip
DATA = (
    Datum(
        "prevalence survey", _PREVALENCE, True,
        "corrected for disclosure and mistakes as if these were known exactly; as answered it would tell the worlds "
        "apart as well, but overstate both, since near 1 % prevalence most of those counted are counted by mistake",
        lambda year: _last(year, "survey_corrected"), _cost_of_survey,
    ),
    Datum(
        "linked lists", _PREVALENCE, True,
        "only if all records may be shared for a year; the level of the estimate is biased, so one must know what "
        "either world would give",
        _linked, _cost_of_linking,
    ),
    Datum(
        "effort record", "referrals per 100 staff a year", False,
        "staff and referrals are known, priced as one caseworker's post for a year; it can show that few look, not "
        "that people are out of everybody's reach",
        _effort, _cost_of_record,
    ),
)  # fmt: skip
"""What could be known besides case counts; all are read at the end of the last year."""
