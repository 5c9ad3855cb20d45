"""Frontline organisations: recognition, knowledge of the pathway, trust and training.

State lives in arrays, one entry an organisation, ordered by setting, channel and name; `Responder` agents are
named views on it. What happens to them in a month stands in `frontline.py`.
"""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np

from cyclesim.inputs.parts import Organisation
from cyclesim.model.arrays import Counts, Floats, Integers
from cyclesim.model.parameters import Parameters
from cyclesim.model.practice import frontline
from cyclesim.model.practice.frontline import CHANNELS, Conditions, Frontline, place_of


class Responder(mesa.Agent):
    """A frontline organisation, or a stated number of like ones.

    Attributes
    ----------
    name, kind, channel, setting
        As in the scenario.
    count
        Organisations this agent stands for.
    """

    def __init__(self, model: mesa.Model, table: Organisations, index: int, name: str, spec: Organisation) -> None:
        super().__init__(model)
        self._table, self._index = table, index
        self.name, self.kind, self.channel, self.setting = name, spec.kind, spec.channel, spec.setting
        self.count, self.vetted = spec.count, spec.vetted

    @property
    def staff(self) -> float:
        """Staff at work this month, full-time equivalents."""
        return float(self._table.staff[self._index])

    @property
    def trained(self) -> float:
        """Share of staff trained."""
        return float(self._table.trained[self._index])

    @property
    def trust(self) -> float:
        """Probability that a worker follows the referral protocol."""
        return float(self._table.trust[self._index])


class Organisations:
    """All frontline organisations of one crisis, as arrays.

    Attributes
    ----------
    staff, trained, trust
        As in `Responder`, shape (organisations,).
    context
        Knowledge of place, law and language, 0 to 1: newcomers gain it, rotation loses it.
    vetted
        Share of the organisations that an entry stands for that somebody has vetted.

    Parameters
    ----------
    specs
        Organisations of the scenario, by name.
    settings
        Names of the settings, in the order of the layout.
    months, first_month
        Month of arrival of those that arrive later, by name; the first simulated month, when all others do.
    p
        Parameters at the first month.
    """

    def __init__(
        self,
        specs: dict[str, Organisation],
        settings: tuple[str, ...],
        months: dict[str, int],
        first_month: int,
        p: Parameters,
    ) -> None:
        self.names = sorted(specs, key=lambda name: (place_of(specs[name], settings), name))
        self.places = len(settings) * CHANNELS
        chosen = [specs[name] for name in self.names]
        arrives = np.array([months.get(name, first_month) for name in self.names], dtype=np.int64)
        self.frontline = Frontline.of(chosen, settings, arrives, p)
        self._first_month, self._month = first_month, first_month

    def __getattr__(self, name: str) -> Any:
        """Return an array of the organisations by its name in `Frontline`."""
        if name == "frontline" or name not in Frontline._fields:
            raise AttributeError(name)
        return getattr(self.frontline, name)

    def update_presence(self, month: int, uprooted: Floats, p: Parameters) -> None:
        """Set the staff at work this month   (P7).

        Posts count from arrival and fade with their half-life; where many people arrive or leave, local staff are
        hit by the same crisis and some are absent (M27).

        Parameters
        ----------
        uprooted
            Share of the people of each setting who arrived or left within the last quarter, shape (settings,).
        """
        self._month = month
        frontline.be_present(month, p.records, self.frontline, uprooted)

    def at_work(self) -> Floats:
        """Return the share of posts in each setting whose holders are at work, shape (settings,)   (P7; M27).

        Where the crisis hits local staff, those who receive people are hit as well; organisations nobody has vetted do
        not count.
        """
        at_work, posts = np.empty((2, self.places // CHANNELS))
        frontline.work(self.frontline, at_work, posts)
        return at_work

    def referral(self, p: Parameters, now: Conditions) -> Floats:
        """Return the hazard of referral of a victim whose case is taken up, shape (channels, settings)   (P1).

        For each setting and channel: contact at the density of its staff, times the mean over staff of
        recognition, knowledge of the pathway and trust, times the clarity of the pathway.
        """
        staff, contact, hazard = np.empty((3, self.places))
        frontline.refer(p.records, self.frontline, now, staff, contact, hazard)
        return np.ascontiguousarray(hazard.reshape(-1, CHANNELS).T)

    def false_positives(self, p: Parameters, people: Integers) -> Floats:
        """Return the people expected to be referred who are no victims, after triage, shape (settings,)   (P8; M38)."""
        rate = np.bincount(self.place // CHANNELS, self.suspicion, self.places // CHANNELS)
        return np.asarray(rate * people * float(p.triage), dtype=np.float64)

    def assign(self, setting: Integers, channel: Integers, uniform: Floats) -> Integers:
        """Return the organisation behind each referral: by its share of the hazard, from the person's own luck."""
        if uniform.size == 0:
            return np.empty(0, dtype=np.int64)
        edges = np.concatenate(([0.0], np.cumsum(self.weight)))
        place = setting * CHANNELS + channel
        first = np.searchsorted(self.place, place, side="left")
        last = np.searchsorted(self.place, place, side="right")
        low, high = edges[first], edges[last]
        chosen = np.searchsorted(edges, low + uniform * (high - low), side="right") - 1
        latest = np.searchsorted(edges, high, side="left") - 1  # the last with any weight
        return np.clip(chosen, first, latest)

    def shares_of_referrals(self, label: Integers, number: int) -> Floats:
        """Return who is behind the referrals of a channel in a setting, shape (channels, settings, labels).

        Parameters
        ----------
        label
            A label of each organisation, 0 to ``number - 1``.

        Returns
        -------
        Share of this month's hazard of referral by label; 0 throughout where there is no such hazard.
        """
        weight = np.bincount(self.place * number + label, self.weight, self.places * number)
        weight = weight.reshape(-1, CHANNELS, number).transpose(1, 0, 2)
        total = weight.sum(axis=2, keepdims=True)
        return np.divide(weight, total, out=np.zeros(weight.shape), where=total > 0)

    def shares(self) -> Floats:
        """Return the share of each organisation in the referrals of its channel and setting; 0 where there are none."""
        total = np.bincount(self.place, self.weight, self.places)[self.place]
        return np.divide(self.weight, total, out=np.zeros_like(self.weight), where=total > 0.0)

    def learn(self, p: Parameters, rate: float, others: Floats, churn: float = 1.0) -> None:
        """Train, forget and replace staff for a month   (P2).

        Parameters
        ----------
        rate
            Share of all staff that anti-trafficking money trains this month.
        others
            Rate at which others train staff, by setting, per untrained worker and month.
        churn
            Factor on turnover where agencies compete for staff.
        """
        surge = frontline.recent_share(self._month, self._first_month, self.frontline)
        frontline.train(p.records, self.frontline, float(rate), others, float(churn), surge)

    def vet(self, p: Parameters) -> None:
        """Vet as many new organisations as can be vetted in a month, in proportion to their number   (M31)."""
        frontline.vet(p.records, self.frontline)

    def share(self, which: str) -> float:
        """Return the share of staff that is `international`, or works `unvetted`."""
        values = self.international.astype(float) if which == "international" else 1.0 - self.vetted
        return self.mean(values)

    def update_trust(
        self, p: Parameters, answered: Counts, lapsed: Counts, taken: Floats, turned_away: Floats, wrong: float
    ) -> None:
        """Update trust from what became of this month's referrals; silence where nothing became of any   (P3).

        Parameters
        ----------
        answered, lapsed
            Referrals of each organisation settled this month.
        taken
            Share of referrals that reception is not too full to take, by setting: the others are not answered.
        turned_away
            Referrals of each organisation expected to be turned away.
        wrong
            Share of this month's referrals about people who are no victims: they frustrate police (M38).
        """
        # of expected referrals: the chance that any is settled (Poisson)
        whole = np.asarray(answered).dtype.kind in "iu"
        heard = np.asarray(answered, dtype=np.float64), np.asarray(lapsed, dtype=np.float64)
        frontline.hear(p.records, self.frontline, *heard, whole, taken, turned_away, float(wrong))

    def mean(self, values: Floats) -> float:
        """Return a mean over staff at work; 0 without staff."""
        return frontline.mean(self.staff, np.asarray(values, dtype=np.float64))

    def agents(self, model: mesa.Model, specs: dict[str, Organisation]) -> list[Any]:
        """Create the Mesa agents that show this table."""
        return [Responder(model, self, index, name, specs[name]) for index, name in enumerate(self.names)]
