"""Frontline organisations: recognition, knowledge of the pathway, trust and training.

State lives in arrays, one entry an organisation, ordered by setting, channel and name; `Responder` agents are
named views on it. What happens to them in a month stands in `frontline.py`.
"""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np

from cyclesim.inputs.parts import Organisation
from cyclesim.model.arrays import Floats, Integers
from cyclesim.model.parameters import Parameters
from cyclesim.model.practice.frontline import CHANNELS, Frontline, place_of


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

    def __getattr__(self, name: str) -> Any:
        """Return an array of the organisations by its name in `Frontline`."""
        if name == "frontline" or name not in Frontline._fields:
            raise AttributeError(name)
        return getattr(self.frontline, name)

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

    def agents(self, model: mesa.Model, specs: dict[str, Organisation]) -> list[Any]:
        """Create the Mesa agents that show this table."""
        return [Responder(model, self, index, name, specs[name]) for index, name in enumerate(self.names)]
