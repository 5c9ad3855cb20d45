"""The hazard of being trafficked, and what moves it (docs/design.md, equations H1 to H3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cyclesim.model.arithmetic import exp, expm1, log1p
from cyclesim.model.arrays import Flags, Floats, Integers
from cyclesim.model.compiled import compiled, within
from cyclesim.model.parameters import Parameters
from cyclesim.model.people.cohorts import Cohort, Cohorts
from cyclesim.vocabulary import CHILDREN, Form, Group, Status

_VULNERABLE = {Group.UNACCOMPANIED_CHILDREN.value, Group.INSTITUTIONAL_CHILDREN.value}


@dataclass(frozen=True)
class Layout:
    """The cells of a crisis: setting x group x status x form, in a fixed order.

    A stratum is a (setting, group, status) that some cohort has, on arrival or at home before; a cell is
    ``stratum * len(Form) + form``.
    """

    settings: tuple[str, ...]
    strata: tuple[tuple[str, str, str], ...]
    stratum_of_cohort: Integers
    stratum_at_home: Integers
    setting_of_cell: Integers
    group_of_cell: Integers
    status_of_cell: Integers
    form_of_cell: Integers

    @classmethod
    def of(cls, settings: tuple[str, ...], cohorts: list[Cohort]) -> Layout:
        """Lay out the cells of these cohorts."""
        there = [(c.setting, c.group, c.status) for c in cohorts]
        before = [_at_home(c) for c in cohorts]
        strata = tuple(sorted({*there, *before}))
        groups, statuses, forms = [list(names) for names in (Group, Status, Form)]
        index = {stratum: number for number, stratum in enumerate(strata)}
        each = len(forms)
        return cls(
            settings=settings,
            strata=strata,
            stratum_of_cohort=np.array([index[s] for s in there], dtype=np.int64),
            stratum_at_home=np.array([index[s] for s in before], dtype=np.int64),
            setting_of_cell=_repeated([settings.index(s) for s, _, _ in strata], each),
            group_of_cell=_repeated([groups.index(Group(g)) for _, g, _ in strata], each),
            status_of_cell=_repeated([statuses.index(Status(s)) for _, _, s in strata], each),
            form_of_cell=np.tile(np.arange(each), len(strata)),
        )

    @property
    def cells(self) -> int:
        """Return the number of cells."""
        return self.setting_of_cell.size

    def stratum(self, arrived: Flags) -> Integers:
        """Return the stratum in which each cohort lives, shape (cohorts,): people move house once, on arrival."""
        return np.where(arrived, self.stratum_of_cohort, self.stratum_at_home)

    def setting(self, arrived: Flags) -> Integers:
        """Return the setting in which each cohort lives, shape (cohorts,)."""
        return self.setting_of_cell[self.stratum(arrived) * len(Form)]


def _at_home(cohort: Cohort) -> tuple[str, str, str]:
    if cohort.home is None:
        return cohort.setting, cohort.group, cohort.status
    return cohort.home, cohort.group, Status.HOST_COMMUNITY.value


def _repeated(values: list[int], each: int) -> NDArray[np.int64]:
    return np.repeat(np.array(values, dtype=np.int64), each)


class AtRisk(NamedTuple):
    """What raises or lowers the hazard of each cohort, shape (cohorts,); of two rows the first is before arrival.

    Attributes
    ----------
    arrival, displaced_since, has_home
        Month of arrival, and since when displaced; whether they are in the model before.
    setting, vulnerable, displaced, regular
        Where they live, and what their group and status make them, shape (2, cohorts).
    protected, poor, with_means, poor_share
        Whether they may hold a protective status; whether they are without or with means, where told apart; share of
        the people of their setting without means.
    """

    arrival: Integers
    displaced_since: Integers
    has_home: Flags
    setting: Integers
    vulnerable: Flags
    displaced: Flags
    regular: Flags
    protected: Flags
    poor: Flags
    with_means: Flags
    poor_share: Floats

    @classmethod
    def of(cls, cohorts: Cohorts, layout: Layout) -> AtRisk:
        """Return what is known of these cohorts."""
        cells = np.stack([layout.stratum_at_home, layout.stratum_of_cohort]) * len(Form)
        group, status = layout.group_of_cell[cells], layout.status_of_cell[cells]
        statuses, everybody = list(Status), cohorts.cohorts
        vulnerable = np.isin(group, [number for number, g in enumerate(Group) if g in _VULNERABLE])
        return cls(
            cohorts.arrival,
            cohorts.displaced_since,
            cohorts.has_home,
            layout.setting_of_cell[cells],
            vulnerable | (status == statuses.index(Status.IRREGULAR_STATUS)),
            status != statuses.index(Status.HOST_COMMUNITY),
            status == statuses.index(Status.REGULAR_STATUS),
            np.array([c.protected for c in everybody], dtype=bool),
            np.array([c.means is False for c in everybody], dtype=bool),
            np.array([c.means is True for c in everybody], dtype=bool),
            np.array([c.without_means for c in everybody], dtype=np.float64),
        )


class Level:
    """The hazard of being trafficked for the first time at the reference state; see `first_hazard`.

    It is set so that the mean over the people who are there first, in need or not, at the reference state
    (intensity 1, on arrival, no prevention, no protection), is the parameter `incidence`. Later waves have the risks
    they have.
    """

    def __init__(self, cohorts: Cohorts, at_risk: AtRisk) -> None:
        self._at_risk = at_risk
        first = min((c.arrival for c in cohorts.cohorts), default=0)
        self._reference = cohorts.sizes * cohorts.present(first)
        self._first_lives = cohorts.arrived(first).astype(np.int64)

    def __call__(self, p: Parameters) -> float:
        """Return it for these parameters."""
        weighted = mean_risk(p.records, self._at_risk, self._first_lives, self._reference)
        return float(p.incidence) / weighted if weighted > 0 else 0.0


@compiled
def first_hazards(
    month: int, ps: Sequence[Parameters], at_risk: AtRisk, level: float, intensity: Floats, unmet: float,
    prevention: float, shadow: float, hazards: Floats,
) -> None:  # fmt: skip
    """Write the hazard of each cohort; 0 before people are in the model."""
    for cohort in range(hazards.size):
        lives = 1 if at_risk.arrival[cohort] <= month else 0
        hazards[cohort] = 0.0
        if lives or at_risk.has_home[cohort]:
            pressure = intensity[at_risk.setting[lives, cohort]]
            other = first_hazard(cohort, lives, month, ps[0], at_risk, unmet, shadow)
            hazards[cohort] = level * pressure * (1.0 - prevention) * other


@within
def first_hazard(
    cohort: int, lives: int, month: int, p: Parameters, at_risk: AtRisk, unmet: float, shadow: float
) -> float:
    """Return what makes the hazard of one cohort: of those below, all but the first three   (H1).

    h_c = h0 * intensity_s * pressure_s * (1 - prevention)
          * risk_c * delayed_c * (1 - protection_c) * shadow_c * portal_c * (1 - moved_c)
    """
    time = max(month - at_risk.displaced_since[cohort], 0) if at_risk.displaced[lives, cohort] else 0
    regular = 1.0 if at_risk.regular[lives, cohort] else 0.0
    holders = regular * p.protection_uptake if at_risk.protected[cohort] else 0.0
    hazard = relative_risk(cohort, lives, p, at_risk) * delayed(time, unmet, p)
    hazard *= 1.0 - holders * p.protection_effect
    hazard *= 1.0 + holders * p.expiry_shadow * shadow
    hazard *= 1.0 + regular * p.portal_risk
    return hazard * (1.0 - moved_on(time, p)) if at_risk.with_means[cohort] else hazard


@within
def relative_risk(cohort: int, lives: int, p: Parameters, at_risk: AtRisk) -> float:
    """Return the risk of vulnerable people, displaced people and people without means over that of others.

    Telling people apart by their means changes nothing in the mean of their setting.
    """
    risk = p.vulnerable_relative_risk if at_risk.vulnerable[lives, cohort] else 1.0
    risk *= p.displacement_risk if at_risk.displaced[lives, cohort] else 1.0
    poor = p.without_means_risk if at_risk.poor[cohort] else 1.0
    return risk * poor / (1.0 + at_risk.poor_share[cohort] * (p.without_means_risk - 1.0))


@compiled
def delayed(time: int, unmet: float, p: Parameters) -> float:
    """Return the delayed vulnerability of the displaced: 1 + kappa_d * unmet * (1 - exp(-time / tau))   (H2)."""
    kappa = (p.late_multiplier - 1.0) / (p.unmet_reference * -expm1(-24.0 / p.late_months))
    return 1.0 - kappa * unmet * expm1(-time / p.late_months)


@within
def moved_on(time: int, p: Parameters) -> float:
    """Return the share of displaced people with means who have moved on to safety: selection   (H7; M44)."""
    return -p.relocation * expm1(-time / p.relocation_months)


@compiled
def mean_risk(ps: Sequence[Parameters], at_risk: AtRisk, lives: Integers, people: Integers) -> float:
    """Return the mean relative risk of people, who live before arrival or after it; 0 of nobody."""
    weighted, total = 0.0, 0
    for cohort in range(people.size):
        weighted += people[cohort] * relative_risk(cohort, lives[cohort], ps[0], at_risk)
        total += people[cohort]
    return weighted / total if total > 0 else 0.0


@compiled
def driven(p: Parameters, conflict: float, climate: float, broken_ties: float) -> float:
    """Return the factor of what drives people in a setting on the hazard   (H6; M42).

    Conflict and climate each count in a setting's intensity; here is what they add where both hit the same people.
    """
    return (1.0 + p.double_vulnerability * conflict * climate) * (1.0 + p.ties_effect * broken_ties)


@compiled
def shadow_of_expiry(p: Parameters, months_left: float) -> float:
    """Return how near the expected end of a protective status is: employers drop contracts before it   (H8; M50).

    Parameters
    ----------
    months_left
        Months until the expected end; from then on there is no shadow.
    """
    return exp((1.0 - months_left) / p.expiry_months) if months_left > 0.0 else 0.0


@within
def return_hazards(
    ps: Sequence[Parameters], intensity: Floats, prevention: float, elapsed: int, hazards: Floats
) -> None:
    """Write the hazard of being trafficked again, shape (2 * settings,): not assisted, assisted by setting (H3).

    Parameters
    ----------
    elapsed
        Months since most people arrived: the risk rises as a crisis protracts.
    """
    p = ps[0]
    protracted = 1.0 - p.return_protraction * expm1(-max(elapsed, 0) / 24.0)
    for setting in range(intensity.size):
        for assisted in range(2):
            chance = p.retrafficking_assisted if assisted else p.retrafficking_unassisted
            monthly = intensity[setting] * (-log1p(-chance) / p.return_months)
            hazards[2 * setting + assisted] = monthly * ((1.0 - prevention) * protracted)


def form_thresholds(p: Parameters) -> Floats:
    """Return the cumulative mix of forms by group, shape (groups, forms - 1)."""
    mix = np.array([[p.form_mix[g.value][f.value] for f in Form] for g in Group])
    return np.cumsum(mix / mix.sum(axis=1, keepdims=True), axis=1)[:, :-1]


def inside_areas_of_responsibility(layout: Layout) -> Flags:
    """Return which cells fall under gender-based violence or child protection (M20)."""
    groups, forms = list(Group), list(Form)
    gendered = (Form.SEXUAL_EXPLOITATION, Form.FORCED_MARRIAGE)
    inside = [
        groups[g] in CHILDREN or (groups[g] == Group.WOMEN and forms[f] in gendered)
        for g, f in zip(layout.group_of_cell.tolist(), layout.form_of_cell.tolist(), strict=True)
    ]
    return np.array(inside, dtype=bool)
