"""Fixed luck: the only door to randomness.

Every random number is a pure function of its key and of nothing else: the seed, the draw, the replication, the
crisis, the cohort, the person's rank in it, the episode, the attempt and the purpose. A policy can therefore
change hazards, never luck, and the same person has the same luck in every scenario.

The generator is Philox4x64-10 (Salmon et al. 2011), with the numbers of numpy's. One cohort has one 128-bit key, a
cryptographic hash of length-prefixed names. The 256-bit counter is laid out as::

    word 0   4 * person + {1, 2, 3, 4}       four blocks of four numbers: the 16 slots of a record
    word 1   episode * 2**32 + attempt
    word 2   page: 0 holds what everybody needs (`Slot`), 1 what only people on record need (`ListSlot`), 2 departures
    word 3   zero
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from hashlib import blake2b
from typing import Any

import numpy as np

from cyclesim.errors import DesignError
from cyclesim.model.arrays import Floats, Integers, Words
from cyclesim.model.compiled import COMPILED, compiled, within


class Slot(IntEnum):
    """The purposes for which one person, in one episode and one attempt, needs a number of his or her own."""

    LADDER = 0  # gap to the next threshold of the cohort's ladder (first episode only)
    FORM = 1
    ESCAPE = 2
    DEATH = 3
    COMES_FORWARD = 4
    RETURN = 5
    CHANNEL_1 = 6  # one slot for each frontline channel, in the order of the vocabulary
    CHANNEL_2 = 7
    CHANNEL_3 = 8
    CHANNEL_4 = 9
    INVESTIGATION = 10
    ORGANISATION = 11
    SERVICE = 12
    CONSENT = 13
    ACCEPTANCE = 14
    REPORTING = 15


class ListSlot(IntEnum):
    """What the records about one person need; numbers 11 to 15 of that page are not used."""

    HOME = 0  # list on which the person is recorded first
    RECORD = 1  # to 5: whether each other list holds a record too, in the order of the vocabulary
    LINK = 6  # to 10: whether each record can be shared and matched


LIST_PAGE = 1
DEPARTURE_PAGE = 2
"""Of its 16 numbers the first says when a person leaves a crisis for good; the others are not used."""
SLOTS = len(Slot)


def checked(name: str, number: Any) -> int:
    """Return a number that names luck.

    Raises
    ------
    DesignError
        If it is not a non-negative whole number.
    """
    try:
        whole = int(number)
        good = whole == number and whole >= 0 and not isinstance(number, bool | str)
    except (TypeError, ValueError, OverflowError):
        good = False
    if not good:
        raise DesignError(f"{name} must be a non-negative whole number (got {number!r}): equal seeds give equal worlds")
    return whole


@dataclass(frozen=True)
class Luck:
    """The luck of one world.

    Parameters
    ----------
    seed, draw, replication
        The three numbers that name a world; non-negative. All scenarios that are compared share them.
    """

    seed: int = 1
    draw: int = 0
    replication: int = 0

    def __post_init__(self) -> None:
        for name in ("seed", "draw", "replication"):
            object.__setattr__(self, name, checked(name, getattr(self, name)))

    def stream(self, *names: str) -> Stream:
        """Return the stream of the cohort with these names (crisis first)."""
        hasher = blake2b(digest_size=16)
        for part in (str(self.seed), str(self.draw), str(self.replication), *names):
            text = part.encode()
            hasher.update(len(text).to_bytes(8, "little"))
            hasher.update(text)
        return Stream(int.from_bytes(hasher.digest(), "little"))


@dataclass(frozen=True)
class Stream:
    """The luck of one cohort: a 128-bit key."""

    key: int

    def words(self) -> tuple[int, int]:
        """Return the key as two 64-bit words, low word first."""
        return self.key & 0xFFFFFFFFFFFFFFFF, self.key >> 64

    def records(self, first: int, count: int) -> Floats:
        """Return uniforms on [0, 1) of people ``first`` to ``first + count - 1`` in their first episode.

        Returns
        -------
        Array of shape (count, 16): a row for each person, a column for each `Slot`.
        """
        person, zero = np.arange(first, first + count), np.zeros(count, dtype=np.int64)
        return scattered(np.tile(np.array(self.words(), dtype=np.uint64), (count, 1)), person, zero, zero)


word: Any = np.uint64 if COMPILED else int
"""What makes a 64-bit word: Python's own integers where nothing is compiled, since numpy warns when its words wrap."""

_MULTIPLIER_1, _MULTIPLIER_2 = word(0xD2E7470EE14C6C93), word(0xCA5A826395121157)
_WEYL_1, _WEYL_2 = word(0x9E3779B97F4A7C15), word(0xBB67AE8584CAA73B)
_WORD, _LOW, _HALF, _UNUSED = word(0xFFFFFFFFFFFFFFFF), word(0xFFFFFFFF), word(32), word(11)
_BLOCK = 4


@within
def _high(a: Any, b: Any) -> Any:
    """Return the upper word of the 128-bit product of two words."""
    a_low, a_high, b_low, b_high = a & _LOW, a >> _HALF, b & _LOW, b >> _HALF
    first = a_high * b_low + (a_low * b_low >> _HALF)
    second = a_low * b_high + (first & _LOW)
    return a_high * b_high + (first >> _HALF) + (second >> _HALF)


@compiled
def block(low: Any, high: Any, rank: int, episode: int, attempt: int, page: int, number: int, luck: Floats) -> None:
    """Write four uniforms on [0, 1) of a person: ten rounds of Philox4x64 (Salmon et al. 2011, section 4).

    Parameters
    ----------
    low, high
        Key words of the cohort.
    number
        Which four of the 16 numbers of the page, 0 to 3.
    luck
        Where they go, shape (16,): entries ``4 * number`` and the next three.
    """
    x0 = word(_BLOCK) * word(rank) + word(number + 1)
    x1, x2, x3 = word(episode) << _HALF | word(attempt), word(page), word(0)
    k0, k1 = word(low), word(high)
    for _ in range(10):
        h0, l0 = _high(x0, _MULTIPLIER_1), x0 * _MULTIPLIER_1 & _WORD
        h1, l1 = _high(x2, _MULTIPLIER_2), x2 * _MULTIPLIER_2 & _WORD
        x0, x1, x2, x3 = h1 ^ x1 ^ k0, l1, h0 ^ x3 ^ k1, l0
        k0, k1 = k0 + _WEYL_1 & _WORD, k1 + _WEYL_2 & _WORD
    first = _BLOCK * number
    luck[first] = (x0 >> _UNUSED) * 2.0**-53
    luck[first + 1] = (x1 >> _UNUSED) * 2.0**-53
    luck[first + 2] = (x2 >> _UNUSED) * 2.0**-53
    luck[first + 3] = (x3 >> _UNUSED) * 2.0**-53


@compiled
def record(low: Any, high: Any, rank: int, episode: int, attempt: int, page: int, luck: Floats) -> None:
    """Write the 16 uniforms of a person on a page; see `block`."""
    for number in range(4):
        block(low, high, rank, episode, attempt, page, number, luck)


@compiled
def _records(keys: Words, person: Integers, episode: Integers, attempt: Integers, page: int, luck: Floats) -> None:
    for row in range(person.size):
        record(keys[row, 0], keys[row, 1], person[row], episode[row], attempt[row], page, luck[row])


def scattered(keys: Words, person: Integers, episode: Integers, attempt: Integers, page: int = 0) -> Floats:
    """Return the records of people scattered over cohorts, episodes and attempts.

    Parameters
    ----------
    keys
        Shape (n, 2): the two key words of each person's cohort.
    person, episode, attempt
        Shape (n,): rank in the cohort, number of the episode (0 is the first) and of the attempt (0 is the first).
    page
        Which 16 numbers of these people: 0, `LIST_PAGE` or `DEPARTURE_PAGE`.

    Returns
    -------
    Uniforms on [0, 1), shape (n, 16).
    """
    luck = np.empty((person.size, SLOTS))
    ranks, episodes, attempts = (np.ascontiguousarray(numbers) for numbers in (person, episode, attempt))
    _records(np.ascontiguousarray(keys), ranks, episodes, attempts, page, luck)
    return luck
