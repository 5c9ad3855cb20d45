"""The people engine against a model without individuals, on the work that the benchmark of peers gives to everybody."""

import numpy as np
import own
import pytest
import work

PEOPLE, CHANCE, SEEDS = 20_000, 5e-4, 12


@pytest.fixture(scope="module")
def expected():
    """Return mean and standard deviation of the binomial model's flows, by stratum."""
    totals = np.array([work.binomial(PEOPLE, CHANCE, seed).sum(axis=0) for seed in range(300)])
    return totals.mean(axis=0), totals.std(axis=0)


@pytest.mark.parametrize("way", list(own.WAYS.values()), ids=list(own.WAYS))
def test_every_flow_of_every_stratum_agrees_with_the_binomial_model(expected, way):
    mean, deviation = expected
    got = np.mean([way(PEOPLE, CHANCE, seed).sum(axis=0) for seed in range(1, SEEDS + 1)], axis=0)
    distance = (got - mean) / (deviation * np.sqrt(1 / SEEDS + 1 / 300))
    assert np.abs(distance).max() < 4.0  # 60 numbers


def test_people_are_conserved_and_never_fewer_than_none():
    stocks = work.stocks(own.run(PEOPLE, CHANCE, 1), PEOPLE)
    assert (stocks >= 0).all()
    assert (stocks.sum(axis=2) == work.sizes(PEOPLE)).all()


def test_the_queue_changes_nobody_s_luck():
    straight, through_the_queue = (way(PEOPLE, CHANCE, 1) for way in own.WAYS.values())
    assert straight[:, :, 0].tolist() == through_the_queue[:, :, 0].tolist()
