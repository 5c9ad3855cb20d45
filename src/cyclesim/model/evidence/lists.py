"""Records on lists: who holds a record of whom, and what linking the lists makes of it (report box 4; M4, M33, M40).

Whoever is identified is on one list, the *home* list: that of the organisation behind the referral, of the police
after an investigation, or the one on which people who come forward are recorded. Other agencies may have met the
same person in the months around; then their lists hold a record too. Only records that may be shared enter the
common data set, and only those with complete fields are matched there: an unmatched record stands for a person of
its own (a missed link), and now and then the record of somebody else is taken for this person's (a false link).

Both engines use the same chances. The ledger gives every person a history of his or her own (`realised`), from
numbers that nothing else reads; the expected histories are a sum over sources (`expected`)::

    histories = sum over sources of identified(source) * P(history | source)
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyclesim.model.arithmetic import exp, expm1
from cyclesim.model.arrays import Counts, Floats
from cyclesim.model.compiled import compiled
from cyclesim.model.luck import ListSlot
from cyclesim.model.parameters import Parameters
from cyclesim.vocabulary import Channel, Kind, RecordList

LISTS = len(RecordList)
HISTORIES = 2**LISTS
SOURCES = len(Channel) + 2
"""The frontline channels, proactive investigation, and people who come forward."""

BITS = 1 << np.arange(LISTS)
"""The bit of each list in a history, in the order of the vocabulary."""

LIST_OF_KIND = {
    Kind.UN_INGO: RecordList.INTERNATIONAL_ORGANISATION,
    Kind.SPECIALIST: RecordList.NGO,
    Kind.LOCAL_NGO: RecordList.NGO,
    Kind.NEWLY_REGISTERED: RecordList.NGO,
    Kind.BORDER_FORCE: RecordList.GOVERNMENT_BORDER,
    Kind.POLICE: RecordList.POLICE,
    Kind.HEALTH: RecordList.HEALTH,
    Kind.EDUCATION: RecordList.GOVERNMENT_BORDER,
    Kind.LABOUR_INSPECTORATE: RecordList.GOVERNMENT_BORDER,
    Kind.SOCIAL_SERVICES: RecordList.HEALTH,
}
"""The list that holds the records of an organisation of each kind."""

_ORDER = {name: index for index, name in enumerate(RecordList)}
_POLICE, _BORDER = _ORDER[RecordList.POLICE], _ORDER[RecordList.GOVERNMENT_BORDER]
_MEMBER = (np.arange(HISTORIES)[:, None] & BITS) > 0
"""Whether a history holds a list, shape (histories, lists)."""

_LISTS_IN = _MEMBER.sum(axis=1)


def lists_of(kinds: list[Kind]) -> NDArray[np.int64]:
    """Return the index of the list of each organisation."""
    return np.array([_ORDER[LIST_OF_KIND[kind]] for kind in kinds], dtype=np.int64)


@dataclass(frozen=True)
class Chances:
    """The chances of records on lists and of their linkage.

    Attributes
    ----------
    home
        Probability of each home list by source and setting, shape (sources, settings, lists).
    other
        Probability that a list which is not the home list holds a record too, shape (lists, cells).
    matched, alone
        Probability that a record is shared and matched with others of the person, and that it is shared and stays
        unmatched, by list, shape (lists,).
    false
        Probability that a list's record of somebody else is taken for this person's.
    setting_of_cell
        Setting of each cell.
    """

    home: Floats
    other: Floats
    matched: Floats
    alone: Floats
    false: float
    setting_of_cell: NDArray[np.int64]


@dataclass(frozen=True)
class Histories:
    """People by capture history, shape (histories,): bit k of the index is list k of the vocabulary.

    Attributes
    ----------
    held
        People identified, by the lists that truly hold a record of them; their sum is the people identified.
    linked
        Entries of the common data set, as an analyst sees it. Entry 0 is nobody.
    """

    held: Counts
    linked: Counts

    @property
    def records(self) -> Counts:
        """Return the records by list that truly exist, shape (lists,)."""
        return by_list(self.held)

    @property
    def shared(self) -> Counts:
        """Return the records by list in the common data set, shape (lists,)."""
        return by_list(self.linked)

    @property
    def on_two(self) -> float:
        """Return the people whom the common data set shows on two lists or more."""
        return float(self.linked[_LISTS_IN >= 2].sum())


def by_list(histories: Counts) -> Counts:
    """Return the entries whose history holds each list, shape (lists,)."""
    return np.where(_MEMBER.T, histories, 0).sum(axis=1)


NOBODY = Histories(np.zeros(HISTORIES, dtype=np.int64), np.zeros(HISTORIES, dtype=np.int64))
"""The histories of a month in which no lists are put together."""


def chances(
    p: Parameters, by_place: Floats, rates: Floats, setting_of_cell: NDArray[np.int64], built: float
) -> Chances:
    """Return the chances of records   (L1 to L3).

    Parameters
    ----------
    by_place
        Share of the referrals of a channel in a setting by the list of the organisations behind them, shape
        (channels, settings, lists).
    rates
        Hazard of being identified, by source and cell, shape (sources, cells).
    built
        Share of the gaps in sharing and in fields that money for data closes.
    """
    home = _home(p, by_place)
    # hazard that another agency records a person, by list and cell: that of the paths that lead to its list
    met = _over_sources(home, rates, setting_of_cell)
    other = np.empty(met.shape)
    others(p.records, np.ascontiguousarray(met), other)
    shared = np.full(LISTS, float(p.record_sharing))
    shared[_POLICE] *= 1.0 - p.no_sharing
    shared[_BORDER] *= 1.0 - p.border_equipment
    shared = 1.0 - (1.0 - shared) * (1.0 - built)
    missing = p.missing_fields * (1.0 - built)
    return Chances(home, other, shared * (1.0 - missing), shared * missing, float(p.false_links), setting_of_cell)


def realised(now: Chances, cell: NDArray[np.int64], source: NDArray[np.int64], luck: Floats) -> Histories:
    """Return the histories of people identified, each from luck of his or her own.

    Parameters
    ----------
    cell, source
        Of each person, shape (people,).
    luck
        Their numbers of `luck.LIST_PAGE`, shape (people, 16).
    """
    if cell.size == 0:
        return NOBODY
    edges = np.cumsum(now.home[source, now.setting_of_cell[cell]], axis=1)
    home = (luck[:, ListSlot.HOME, None] >= edges[:, :-1]).sum(axis=1)
    on_home = home[:, None] == np.arange(LISTS)
    record, link = (luck[:, slot : slot + LISTS] for slot in (ListSlot.RECORD, ListSlot.LINK))
    chance = now.other[:, cell].T
    held = on_home | (record < chance)
    believed = held | (record < chance + (1.0 - chance) * now.false)
    matched = believed & (link < now.matched)
    alone = held & ~(link < now.matched) & (link < now.matched + now.alone)
    linked = np.bincount(matched @ BITS, minlength=HISTORIES)
    linked[0] = 0
    linked[BITS] += alone.sum(axis=0)
    return Histories(np.bincount(held @ BITS, minlength=HISTORIES), linked)


def expected(now: Chances, identified: Floats) -> Histories:
    """Return the expected histories of people identified   (L4).

    The chances of the other lists are averaged over the people of a home list, so that pairs of lists are exact
    and only histories of three lists and more are not.

    Parameters
    ----------
    identified
        By source and cell, shape (sources, cells).
    """
    people = _over_sources(now.home, identified, now.setting_of_cell)  # by home list and cell
    number = people.sum(axis=1)
    shared = (people[:, None, :] * now.other[None]).sum(axis=2)  # a matrix product has last bits of the processor's
    other = np.divide(shared, number[:, None], out=np.zeros((LISTS, LISTS)), where=number[:, None] > 0)
    np.fill_diagonal(other, 1.0)  # row: home list; column: list that holds a record
    believed = (other + (1.0 - other) * now.false) * now.matched
    linked = _weighted(number, _products(believed))
    linked[0] = 0.0
    linked[BITS] += _weighted(number, other * now.alone)
    return Histories(_weighted(number, _products(other)), linked)


@compiled
def others(ps: Sequence[Parameters], hazards: Floats, chances: Floats) -> None:
    """Write the probability that a list which is not the home list holds a record too, shape (lists, cells)   (L2).

    Parameters
    ----------
    hazards
        That another agency records a person in a month, shape (lists, cells).
    """
    p = ps[0]
    dependence = exp(p.list_dependence)
    for name in range(hazards.shape[0]):
        for cell in range(hazards.shape[1]):
            other = -expm1(-(p.record_months * hazards[name, cell]))
            odds = other / max(1.0 - other, 1e-12) * dependence
            chances[name, cell] = odds / (1.0 + odds)


def _home(p: Parameters, by_place: Floats) -> Floats:
    settings = by_place.shape[1]
    home = np.zeros((SOURCES, settings, LISTS))
    home[: len(Channel)] = by_place
    home[len(Channel), :, _POLICE] = 1.0  # proactive investigation
    home[len(Channel) + 1] = [p.forward_lists[name] for name in RecordList]
    return home


def _over_sources(home: Floats, values: Floats, setting_of_cell: NDArray[np.int64]) -> Floats:
    """Return values by source and cell as values by home list and cell, shape (lists, cells)."""
    return (home[:, setting_of_cell] * values[:, :, None]).sum(axis=0).T


def _weighted(weights: Floats, rows: Floats) -> Floats:
    return (weights[:, None] * rows).sum(axis=0)


def _products(chance: Floats) -> Floats:
    """Return the probability of each history for independent lists: (rows, lists) to (rows, histories)."""
    return np.where(_MEMBER, chance[:, None, :], 1.0 - chance[:, None, :]).prod(axis=2)
