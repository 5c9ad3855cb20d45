"""Fixed luck: the only door to randomness.

Every random number is a pure function of its key and of nothing else: the seed, the draw, the replication, the
crisis, the cohort, the person's rank in it, the episode, the attempt and the purpose. A policy can therefore
change hazards, never luck, and the same person has the same luck in every scenario.

The generator is Philox4x64-10 (Salmon et al. 2011), as in numpy. One cohort has one 128-bit key, a
cryptographic hash of length-prefixed names. The 256-bit counter is laid out as::

    word 0   4 * person + {1, 2, 3, 4}       four blocks of four numbers: the 16 slots of a record
    word 1   episode * 2**32 + attempt
    word 2   page: 0 holds what everybody needs (`Slot`), 1 what only people on record need (`ListSlot`), 2 departures
    word 3   zero

People with consecutive ranks thus stand in consecutive counters and numpy's generator reads them in one go,
wherever a block begins (`Stream.records`). People scattered over cohorts are computed by the same arithmetic on
arrays (`scattered`), with the same bits; a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyclesim.errors import DesignError

Floats = NDArray[np.float64]
Words = NDArray[np.uint64]
Counts = NDArray[np.int64] | NDArray[np.float64]
"""People or cases counted: whole in the individual ledger, expected numbers in its twin."""


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
_FEW = 15  # below this many people numpy's own generator, one by one, is faster than arithmetic on arrays


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
        Array of shape (count, 16): a row for each person, a column for each `Slot`. The values do not depend
        on how a range of people is cut into blocks.
        """
        return _generator(self.key, 4 * first).random((count, SLOTS))


def exponential(uniform: Floats) -> Floats:
    """Return unit exponentials from uniforms on [0, 1), one for one."""
    result: Floats = np.negative(np.log1p(np.negative(uniform)))
    return result


def scattered(
    keys: Words, person: NDArray[np.int64], episode: NDArray[np.int64], attempt: NDArray[np.int64], page: int = 0
) -> Floats:
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
    if person.size < _FEW:
        return _one_by_one(keys, person, episode, attempt, page)
    return _by_arithmetic(keys, person, episode, attempt, page)


def _generator(key: int, counter: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=key, counter=counter))


def _one_by_one(
    keys: Words, person: NDArray[np.int64], episode: NDArray[np.int64], attempt: NDArray[np.int64], page: int
) -> Floats:
    result = np.empty((person.size, SLOTS))
    rows = zip(keys.tolist(), person.tolist(), episode.tolist(), attempt.tolist(), strict=True)
    for row, ((low, high), rank, spell, trial) in enumerate(rows):
        counter = 4 * rank + ((spell << 32 | trial) << 64) + (page << 128)
        result[row] = _generator(high << 64 | low, counter).random(SLOTS)
    return result


def _by_arithmetic(
    keys: Words, person: NDArray[np.int64], episode: NDArray[np.int64], attempt: NDArray[np.int64], page: int
) -> Floats:
    number = person.size
    counter = np.zeros((4, number, 4), dtype=np.uint64)  # word, person, block of four
    counter[0] = 4 * person[:, None] + np.arange(1, 5)
    counter[1] = (episode << 32 | attempt)[:, None]
    counter[2] = page
    words = _philox(counter, keys.T[:, :, None])
    uniform = (words >> np.uint64(11)).astype(np.float64) * 2.0**-53
    result: Floats = uniform.reshape(number, SLOTS)
    return result


_MULTIPLIERS = np.array([0xD2E7470EE14C6C93, 0xCA5A826395121157], dtype=np.uint64)[:, None, None]
_WEYL = np.array([0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B], dtype=np.uint64)[:, None, None]
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


def _philox(counter: Words, key: Words) -> Words:
    """Ten rounds of Philox4x64 on arrays (Salmon et al. 2011, section 4); integers wrap as they should.

    Words one and three, which are multiplied, go through the rounds in one array; words two and four in another.

    Parameters
    ----------
    counter, key
        Shapes (4, n, 4) and (2, n, 1).

    Returns
    -------
    The four words, shape (n, 4, 4), words last.
    """
    odd, even, key = counter[0::2].copy(), counter[1::2].copy(), np.array(key, order="C")
    room = np.empty((4, *odd.shape), dtype=np.uint64)  # new arrays in each round would cost more than the arithmetic
    for _ in range(10):
        high, low = _multiply(odd, room)
        np.bitwise_xor(high[::-1], even, out=odd)
        odd ^= key
        even[:] = low[::-1]
        key += _WEYL
    return np.stack((odd[0], even[0], odd[1], even[1]), axis=-1)


_MULTIPLIERS_LOW, _MULTIPLIERS_HIGH = _MULTIPLIERS & _LOW, _MULTIPLIERS >> _HALF


def _multiply(value: Words, room: Words) -> tuple[Words, Words]:
    """Return the high and low 64 bits of the 128-bit products with the two multipliers, in the room given."""
    low, high, part, middle = room
    np.bitwise_and(value, _LOW, out=low)
    np.right_shift(value, _HALF, out=high)
    np.multiply(low, _MULTIPLIERS_LOW, out=part)
    part >>= _HALF
    np.multiply(high, _MULTIPLIERS_LOW, out=middle)
    middle += part  # cannot overflow: (2^32-1)^2 + 2^32-1 < 2^64
    low *= _MULTIPLIERS_HIGH
    np.bitwise_and(middle, _LOW, out=part)
    low += part  # the carry
    middle >>= _HALF
    low >>= _HALF
    high *= _MULTIPLIERS_HIGH
    high += middle
    high += low
    return high, np.multiply(value, _MULTIPLIERS, out=part)
