"""Luck is a pure function of its key, the same bits whichever way it is read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyclesim.model.arithmetic import exponential
from cyclesim.model.luck import LIST_PAGE, SLOTS, Luck, scattered

KEY = Luck(3, 1, 4).stream("crisis", "cohort")


@given(first=st.integers(0, 10**9), counts=st.lists(st.integers(1, 40), min_size=1, max_size=4))
def test_a_range_of_people_has_the_same_luck_however_it_is_cut(first, counts):
    whole = KEY.records(first, sum(counts))
    start, parts = first, []
    for count in counts:
        parts.append(KEY.records(start, count))
        start += count
    assert (np.concatenate(parts) == whole).all()


@given(
    people=st.lists(st.tuples(st.integers(0, 10**10), st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=30)
)
def test_luck_has_the_bits_of_numpys_philox(people):
    rank, episode, attempt = np.array(people, dtype=np.int64).T
    keys = np.array([KEY.words()] * len(people), dtype=np.uint64)
    for page in (0, LIST_PAGE):
        for row, own in enumerate(scattered(keys, rank, episode, attempt, page)):
            counter = 4 * people[row][0] + ((people[row][1] << 32 | people[row][2]) << 64) + (page << 128)
            assert (own == np.random.Generator(np.random.Philox(key=KEY.key, counter=counter)).random(SLOTS)).all()


def test_scattered_people_in_their_first_episode_have_the_luck_of_the_ladder():
    ranks = np.arange(100, dtype=np.int64)
    keys, zero = np.array([KEY.words()] * 100, dtype=np.uint64), np.zeros(100, dtype=np.int64)
    assert (scattered(keys, ranks, zero, zero) == KEY.records(0, 100)).all()


@pytest.mark.parametrize(
    "other", [("crisis", "cohor", "t"), ("crisi", "scohort"), ("crisiscohort",), ("crisis", "Cohort")]
)
def test_names_that_join_to_the_same_text_have_different_luck(other):
    assert Luck(3, 1, 4).stream(*other).key != KEY.key


@pytest.mark.parametrize("world", [(4, 1, 4), (3, 2, 4), (3, 1, 5), (31, 0, 4)])
def test_seed_draw_and_replication_each_change_the_luck(world):
    assert Luck(*world).stream("crisis", "cohort").key != KEY.key


def test_episodes_and_attempts_have_luck_of_their_own():
    keys = np.array([KEY.words()] * 4, dtype=np.uint64)
    rows = scattered(keys, np.array([7, 7, 7, 8]), np.array([0, 1, 0, 0]), np.array([0, 0, 1, 0]))
    assert len(np.unique(rows)) == 4 * SLOTS


def test_uniforms_and_exponentials_have_their_distributions():
    from scipy.stats import kstest

    uniform = KEY.records(0, 62_500).ravel()  # a million numbers
    assert kstest(uniform, "uniform").pvalue > 1e-3
    assert kstest([exponential(number) for number in uniform], "expon").pvalue > 1e-3
    assert uniform.min() >= 0
    assert uniform.max() < 1


def test_slots_are_uncorrelated():
    uniform = KEY.records(0, 50_000)
    correlation = np.corrcoef(uniform.T) - np.eye(SLOTS)
    assert np.abs(correlation).max() < 5 / np.sqrt(50_000)


def test_a_page_has_numbers_of_its_own_and_leaves_the_first_page_alone():
    keys = np.array([KEY.words()] * 40, dtype=np.uint64)
    person, episode, attempt = np.arange(40), np.arange(40) % 3, np.arange(40) % 2
    first, lists = (scattered(keys, person, episode, attempt, page) for page in (0, LIST_PAGE))
    assert (first == scattered(keys, person, episode, attempt)).all()
    assert len(np.unique(np.concatenate([first, lists]))) == 80 * SLOTS
