"""People in a queue as expected numbers: one line before each back end, a batch for each month of referral."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyclesim.model.luck import Floats
from cyclesim.model.people.risks import CAME_FORWARD, SOURCES

_OWN = CAME_FORWARD
Index = NDArray[np.int64] | slice


@dataclass(frozen=True)
class Leaving:
    """What becomes of those who leave exploitation by themselves while they wait, by cell.

    Parameters
    ----------
    rate
        Hazard of leaving, the mean over cells (escape and death strike everybody alike while they wait).
    forward, unseen
        Shares, shape (cells,): escapes and comes forward, escapes unseen; the others die.
    """

    rate: float
    forward: Floats
    unseen: Floats


@dataclass(frozen=True)
class Settled:
    """What a month did to the people of one line, shapes (sources, cells), (cells,) or (organisations,).

    Parameters
    ----------
    answered, lapsed
        By source; the last row are people who came forward, before or after they were referred.
    left
        People referred who left exploitation by themselves before the answer.
    heard_answered, heard_lapsed
        Referrals of each organisation.
    waited
        Months waited by those found and answered, added up.
    """

    answered: Floats
    lapsed: Floats
    left: Floats
    heard_answered: Floats
    heard_lapsed: Floats
    waited: float


class Line:
    """The cases that wait for one back end.

    Parameters
    ----------
    cells, organisations
        Which cells this back end serves (a mask), and which organisations refer to it.
    """

    def __init__(self, cells: NDArray[np.bool_], organisations: NDArray[np.int64]) -> None:
        self.cells, self.organisations = _index(cells), organisations
        self._size = int(np.count_nonzero(cells))
        self.people: Floats = np.zeros((0, SOURCES, self._size))  # (batches, sources, cells)
        self._referred: Floats = np.zeros((0, organisations.size))
        self.times: list[tuple[float, float]] = []  # of arrival: of the oldest and the newest, by batch

    def join(self, month: int, people: Floats, referred: Floats) -> None:
        """Let this month's cases join: by source and cell, and those found by organisation."""
        if people.any():
            self.people = np.concatenate([self.people, people[None]])
            self._referred = np.concatenate([self._referred, referred[None]])
            self.times.append((float(month), month + 1.0))

    def needs(self, refusal: Floats, forward: Floats) -> list[tuple[float, float, float]]:
        """Return the places that each batch needs: came forward, found and accepting, found and turning to help.

        Parameters
        ----------
        refusal
            Probability that a person found declines help, shape (cells,) of this line.
        forward
            Share of those leaving exploitation who come forward, shape (cells,) of this line.
        """
        weights = np.stack([1.0 - refusal, forward], axis=1)
        found = self.people[:, :_OWN].sum(axis=1) @ weights
        own = self.people[:, _OWN].sum(axis=1)
        return list(zip(own.tolist(), *found.T.tolist(), strict=True))

    def settle(
        self,
        stayed: Sequence[Sequence[float]],
        left: Sequence[Sequence[float]],
        waited: Sequence[float],
        heads: Sequence[float],
        leaving: Leaving,
    ) -> Settled:
        """Apply what the back end did with the batches.

        Parameters
        ----------
        stayed, left
            Shares of each batch answered, lapsed and still waiting: of those found, while in exploitation, and having
            left it by themselves.
        waited
            Months waited by those found and answered, as a share of each batch.
        heads
            Time of arrival of the oldest who still waits.
        leaving
            What becomes of those who left.
        """
        stay, gone = np.array(stayed).reshape(-1, 3), np.array(left).reshape(-1, 3)
        found, own = self.people[:, :_OWN], self.people[:, _OWN]
        each = found.sum(axis=1)
        turned = gone.T @ each * leaving.forward[self.cells]  # (3, cells): left exploitation and came forward
        whole = (stay + gone).T @ own + turned  # came forward: answered, lapsed, still waiting
        ends = np.empty((2, SOURCES, self._size))
        ends[:, :_OWN] = np.tensordot(stay[:, :2], found, axes=(0, 0))
        ends[:, _OWN] = whole[:2]
        heard = stay[:, :2].T @ self._referred
        months = float(np.dot(waited, each.sum(axis=1)))
        result = Settled(ends[0], ends[1], gone.sum(axis=1) @ each, heard[0], heard[1], months)
        self._keep(stay[:, 2], gone[:, 2], each, leaving, heads)
        return result

    def _keep(self, stay: Floats, gone: Floats, each: Floats, leaving: Leaving, heads: Sequence[float]) -> None:
        """Keep who still waits."""
        rest = np.flatnonzero(stay + gone > 0.0)
        still, turned = stay[rest, None], gone[rest, None]
        people = self.people[rest]
        people[:, _OWN] = people[:, _OWN] * (still + turned) + each[rest] * turned * leaving.forward[self.cells]
        people[:, :_OWN] *= still[:, :, None]
        self.people, self._referred = people, self._referred[rest] * still
        self.times = [(heads[k], self.times[k][1]) for k in rest.tolist()]


def _index(mask: NDArray[np.bool_]) -> Index:
    """Return where a mask is true: as a slice, which is quick, where that is one stretch."""
    places = np.flatnonzero(mask)
    if places.size and places[-1] - places[0] + 1 == places.size:
        return slice(int(places[0]), int(places[-1]) + 1)
    return places
