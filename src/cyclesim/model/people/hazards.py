"""The hazard of being trafficked, and what moves it (docs/design.md, equations H1 to H3)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyclesim.model.luck import Floats
from cyclesim.model.people.cohorts import Cohort, Cohorts
from cyclesim.model.values import OfParameters, Values
from cyclesim.vocabulary import CHILDREN, Form, Group, Status

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
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
        result: Integers = np.where(arrived, self.stratum_of_cohort, self.stratum_at_home)
        return result

    def setting(self, arrived: Flags) -> Integers:
        """Return the setting in which each cohort lives, shape (cohorts,)."""
        result: Integers = self.setting_of_cell[self.stratum(arrived) * len(Form)]
        return result


def _at_home(cohort: Cohort) -> tuple[str, str, str]:
    if cohort.home is None:
        return cohort.setting, cohort.group, cohort.status
    return cohort.home, cohort.group, Status.HOST_COMMUNITY.value


def _repeated(values: list[int], each: int) -> NDArray[np.int64]:
    return np.repeat(np.array(values, dtype=np.int64), each)


class FirstHazard:
    """Hazard of being trafficked for the first time, per cohort and month.

    h_c = h0 * intensity_s * pressure_s * risk_c * delayed_c * (1 - prevention)
          * (1 - protection_c) * shadow_c * portal_c * (1 - moved_c)                                              (H1)

    with h0 set so that the mean over the people who are there first, in need or not, at the reference state
    (intensity 1, on arrival, no prevention, no protection), is the parameter `incidence`. Later waves have the risks
    they have.
    """

    def __init__(self, cohorts: Cohorts, layout: Layout) -> None:
        self._cohorts, self._layout = cohorts, layout
        first = min((c.arrival for c in cohorts.cohorts), default=0)
        self._live(cohorts.arrived(first))
        self._reference = cohorts.sizes * cohorts.present(first)
        self._protected = np.array([c.protected for c in cohorts.cohorts], dtype=float)
        self._poor = np.array([c.means is False for c in cohorts.cohorts], dtype=bool)
        self._poor_share = np.array([c.without_means for c in cohorts.cohorts])
        self._with_means = np.array([c.means is True for c in cohorts.cohorts], dtype=bool)
        self._exposed_first = self._vulnerable, self._displaced
        self._level = OfParameters(self._level_of)

    def _live(self, arrived: Flags) -> None:
        """Note where cohorts live, and what of their status raises or lowers their risk."""
        cell = self._layout.stratum(arrived) * len(Form)
        group, status = self._layout.group_of_cell[cell], self._layout.status_of_cell[cell]
        statuses = list(Status)
        self._setting = self._layout.setting_of_cell[cell]
        self._vulnerable = np.isin(group, [number for number, g in enumerate(Group) if g in _VULNERABLE])
        self._vulnerable |= status == statuses.index(Status.IRREGULAR_STATUS)
        self._regular = (status == statuses.index(Status.REGULAR_STATUS)).astype(float)
        self._displaced = status != statuses.index(Status.HOST_COMMUNITY)
        self._arrived = arrived

    def of_month(
        self, month: int, p: Values, intensity: Floats, unmet_need: float, prevention: float, shadow: float = 0.0
    ) -> Floats:
        """Return the hazard of each cohort in a month, shape (cohorts,); 0 before people are in the model.

        Parameters
        ----------
        intensity
            Intensity of the setting times the pressure of perpetrators in it, shape (settings,).
        unmet_need, prevention
            Shares between 0 and 1.
        shadow
            How near the expected end of a protective status is, 0 to 1; see `shadow_of_expiry`.
        """
        arrived = self._cohorts.arrived(month)
        if not np.array_equal(arrived, self._arrived):
            self._live(arrived)
        risk = self._relative_risk(p, self._vulnerable, self._displaced)
        holders = self._regular * self._protected * p.protection_uptake
        protection = holders * p.protection_effect
        portal = 1.0 + self._regular * p.portal_risk
        hazard = (self._level(p) * (1.0 - prevention)) * risk * intensity[self._setting]
        hazard *= self._delayed(month, p, unmet_need) * (1.0 - protection) * portal
        hazard *= 1.0 + holders * (p.expiry_shadow * shadow)
        if self._with_means.any():
            hazard *= 1.0 - self._moved_on(month, p)
        result: Floats = np.where(self._cohorts.present(month), hazard, 0.0)
        return result

    def _level_of(self, p: Values) -> float:
        weighted = math.fsum((self._reference * self._relative_risk(p, *self._exposed_first)).tolist())
        return float(p.incidence) * int(self._reference.sum()) / weighted if weighted > 0 else 0.0

    def _relative_risk(self, p: Values, vulnerable: Flags, displaced: Flags) -> Floats:
        """Return the risk of vulnerable people, displaced people and people without means over that of others.

        Telling people apart by their means changes nothing in the mean of their setting.
        """
        risk = np.where(vulnerable, p.vulnerable_relative_risk, 1.0) * np.where(displaced, p.displacement_risk, 1.0)
        poor = np.where(self._poor, p.without_means_risk, 1.0)
        result: Floats = risk * (poor / (1.0 + self._poor_share * (p.without_means_risk - 1.0)))
        return result

    def _moved_on(self, month: int, p: Values) -> Floats:
        """Share of displaced people with means who have moved on to safety: selection leaves the others   (H7; M44)."""
        since = np.maximum(month - self._cohorts.displaced_since, 0) * (self._displaced & self._with_means)
        result: Floats = -p.relocation * np.expm1(since / -p.relocation_months)
        return result

    def _delayed(self, month: int, p: Values, unmet_need: float) -> Floats:
        """Delayed vulnerability of the displaced: 1 + kappa_d * unmet * (1 - exp(-time / tau))   (H2)."""
        kappa = (p.late_multiplier - 1.0) / (p.unmet_reference * -math.expm1(-24.0 / p.late_months))
        since = np.maximum(month - self._cohorts.displaced_since, 0) * self._displaced
        result: Floats = 1.0 - kappa * unmet_need * np.expm1(since / -p.late_months)
        return result


def drivers(p: Values, conflict: Floats, climate: Floats, broken_ties: Floats) -> Floats:
    """Return the factor of a setting's drivers on the hazard, shape (settings,)   (H6; M42).

    Conflict and climate each count in a setting's intensity; here is what they add where both hit the same people.
    """
    result: Floats = (1.0 + p.double_vulnerability * conflict * climate) * (1.0 + p.ties_effect * broken_ties)
    return result


def shadow_of_expiry(p: Values, months_left: int | None) -> float:
    """Return how near the expected end of a protective status is: employers drop contracts before it   (H8; M50).

    Parameters
    ----------
    months_left
        Months until the expected end; None where none is expected. From then on there is no shadow.
    """
    if months_left is None or months_left <= 0:
        return 0.0
    return math.exp((1 - months_left) / p.expiry_months)


def return_hazard(p: Values, intensity: Floats, prevention: float, elapsed: int) -> Floats:
    """Return the hazard of being trafficked again, shape (2 * settings,): not assisted, assisted by setting (H3).

    Parameters
    ----------
    elapsed
        Months since most people arrived: the risk rises as a crisis protracts.
    """
    protracted = 1.0 - p.return_protraction * math.expm1(-max(elapsed, 0) / 24.0)
    chances = np.array([p.retrafficking_unassisted, p.retrafficking_assisted])
    monthly = -np.log1p(-chances) / p.return_months
    result: Floats = (intensity[:, None] * monthly * ((1.0 - prevention) * protracted)).ravel()
    return result


def form_thresholds(p: Values) -> Floats:
    """Return the cumulative mix of forms by group, shape (groups, forms - 1)."""
    mix = np.array([[p.form_mix[g.value][f.value] for f in Form] for g in Group])
    cumulative: Floats = np.cumsum(mix / mix.sum(axis=1, keepdims=True), axis=1)[:, :-1]
    return cumulative


def inside_areas_of_responsibility(layout: Layout) -> Flags:
    """Return which cells fall under gender-based violence or child protection (M20)."""
    groups, forms = list(Group), list(Form)
    gendered = (Form.SEXUAL_EXPLOITATION, Form.FORCED_MARRIAGE)
    inside = [
        groups[g] in CHILDREN or (groups[g] == Group.WOMEN and forms[f] in gendered)
        for g, f in zip(layout.group_of_cell.tolist(), layout.form_of_cell.tolist(), strict=True)
    ]
    return np.array(inside, dtype=bool)
