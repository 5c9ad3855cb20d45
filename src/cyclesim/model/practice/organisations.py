"""Frontline organisations: recognition, knowledge of the pathway, trust and training.

State lives in arrays, one entry an organisation, ordered by setting, channel and name; `Responder` agents are
named views on it. Sums over organisations run in that order one by one, so that an organisation without staff
moves no bit.
"""

from __future__ import annotations

import math
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from cyclesim.inputs.parts import Organisation
from cyclesim.model.luck import Floats
from cyclesim.model.values import Values
from cyclesim.vocabulary import Channel

Integers = NDArray[np.int64]
CHANNELS = len(Channel)


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
        p: Values,
    ) -> None:
        channels = list(Channel)

        def place(name: str) -> int:
            return settings.index(specs[name].setting) * CHANNELS + channels.index(Channel(specs[name].channel))

        self.names = sorted(specs, key=lambda name: (place(name), name))
        chosen = [specs[name] for name in self.names]
        self.place: Integers = np.array([place(name) for name in self.names], dtype=np.int64)
        self.places = len(settings) * CHANNELS
        self.posts = np.array([float(o.staff) for o in chosen])
        self.trained = np.array([p.initial_trained if o.trained is None else o.trained for o in chosen])
        self.trust = np.full(len(chosen), float(p.trust_initial))
        self._international = np.array([o.international for o in chosen], dtype=bool)
        self._vetted = np.array([o.vetted for o in chosen], dtype=bool)
        self._context = np.array([float(o.context) for o in chosen])
        self._arrives = np.array([months.get(name, first_month) for name in self.names])
        self._fade = np.array([math.inf if o.fade_months is None else float(o.fade_months) for o in chosen])
        self.staff = np.zeros(len(chosen))
        self._weight = np.zeros(len(chosen))

    def be_present(self, month: int) -> None:
        """Set the staff at work this month: posts, from arrival, fading with their half-life."""
        age = month - self._arrives
        self.staff = np.where(age >= 0, self.posts * np.exp2(-np.maximum(age, 0) / self._fade), 0.0)

    def referral(self, p: Values, people: Integers, clarity: float, local: float) -> Floats:
        """Return the hazard of referral of a victim whose case is taken up, shape (channels, settings)   (P1).

        For each setting and channel: contact at the density of its staff, times the mean over staff of
        recognition, knowledge of the pathway and trust, times the clarity of the pathway.

        Parameters
        ----------
        people
            People in need present, shape (settings,).
        clarity
            Share of referrals that are not lost.
        local
            Share by which preparedness closes the gap in context.
        """
        staff = np.bincount(self.place, self.staff, self.places)
        context = self._context + (1.0 - self._context) * local
        skill = self.trained * (p.sensitivity_trained * p.know_trained)
        skill += (1.0 - self.trained) * (p.sensitivity_untrained * p.know_untrained)
        skill *= context * np.where(self._vetted, 1.0, p.unvetted_recognition) * self.trust
        total = np.maximum(staff, 1e-300)
        density = staff * 1e4 / np.maximum(np.repeat(people, CHANNELS), 1) / (p.staff_reference / CHANNELS)
        contact = p.contact * np.expm1(-density) / math.expm1(-1.0)
        self._weight = self.staff / total[self.place] * skill * contact[self.place]
        hazard = np.bincount(self.place, self._weight, self.places) * clarity
        return np.ascontiguousarray(hazard.reshape(-1, CHANNELS).T, dtype=np.float64)

    def assign(self, setting: Integers, channel: Integers, uniform: Floats) -> Integers:
        """Return the organisation behind each referral: by its share of the hazard, from the person's own luck."""
        if uniform.size == 0:
            return np.empty(0, dtype=np.int64)
        edges = np.concatenate(([0.0], np.cumsum(self._weight)))
        place = setting * CHANNELS + channel
        first = np.searchsorted(self.place, place, side="left")
        last = np.searchsorted(self.place, place, side="right")
        low, high = edges[first], edges[last]
        chosen = np.searchsorted(edges, low + uniform * (high - low), side="right") - 1
        latest = np.searchsorted(edges, high, side="left") - 1  # the last with any weight
        result: Integers = np.clip(chosen, first, latest)
        return result

    def learn(self, p: Values, rate: float) -> None:
        """Train, forget and replace staff for a month   (P2).

        Parameters
        ----------
        rate
            Share of all staff that donors' money trains this month.
        """
        turnover = np.where(self._international, p.turnover_international, p.turnover_national)
        forgetting = math.log(2.0) / p.skill_half_life
        gain = -math.expm1(-(rate + p.training_background))
        loss = -np.expm1(-(turnover + forgetting))
        change = (1.0 - self.trained) * gain - self.trained * loss
        self.trained += np.where(self.staff > 0, change, 0.0)  # nobody learns or forgets before arriving

    def hear(self, p: Values, answered: Integers, lapsed: Integers) -> None:
        """Update trust from this month's share of referrals answered; silence where nothing was settled   (P3)."""
        settled = answered + lapsed
        share = answered / np.maximum(settled, 1)
        change = p.trust_gain * share * (1.0 - self.trust) - p.trust_loss * (1.0 - share) * self.trust
        self.trust += np.where(settled > 0, change, 0.0)

    def mean(self, values: Floats) -> float:
        """Return a mean over staff at work; 0 without staff."""
        staff = math.fsum(self.staff.tolist())
        return math.fsum((self.staff * values).tolist()) / staff if staff > 0 else 0.0

    def agents(self, model: mesa.Model, specs: dict[str, Organisation]) -> list[Any]:
        """Create the Mesa agents that show this table."""
        return [Responder(model, self, index, name, specs[name]) for index, name in enumerate(self.names)]
