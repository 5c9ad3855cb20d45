"""Multiple systems estimation: closed forms, likelihood equations, existence, published tables."""

import doctest
import itertools
import math
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from capture import histories, published, random_counts, simulated
from cyclesim import estimation
from cyclesim.errors import DesignError, TableError, UnknownNameError
from cyclesim.estimation import choice, closed, loglinear
from cyclesim.estimation.histories import Counts, RefusedError
from cyclesim.estimation.methods import METHODS, Options, estimate

ARTIFICIAL = {(1, 0, 0): 40, (0, 1, 0): 30, (0, 0, 1): 20, (1, 1, 0): 6}
AB, AC, BC = 0b011, 0b101, 0b110


def total(counts, method, **options):
    return estimate(counts, method, Options(**options)).estimate


# ------------------------------------------------------------------------------------------- closed forms
@given(random_counts(2, least=1))
@settings(max_examples=40, deadline=None)
def test_two_independent_lists_are_lincoln_petersen(counts):
    fitted, known = estimate(counts, "independence"), estimate(counts, "lincoln-petersen")
    first, second, both = counts.margins[1], counts.margins[2], counts.margins[3]
    assert known.estimate == first * second / both
    assert fitted.estimate == pytest.approx(known.estimate, rel=1e-9)
    assert fitted.standard_error == pytest.approx(known.standard_error, rel=1e-6)
    assert total(counts, "chapman") == pytest.approx((first + 1) * (second + 1) / (both + 1) - 1)


def test_chapman_is_unbiased_where_lists_are_large_enough():
    """E = N where n1 + n2 >= N (Chapman 1951); checked on every overlap that two lists of given size can have."""
    people, first, second = 30, 18, 14
    overlaps = range(first + second - people, second + 1)
    ways = [math.comb(first, m) * math.comb(people - first, second - m) for m in overlaps]
    tables = [Counts.of({(1, 0): first - m, (0, 1): second - m, (1, 1): m}) for m in overlaps]
    mean = sum(w * total(t, "chapman") for w, t in zip(ways, tables, strict=True)) / sum(ways)
    assert mean == pytest.approx(people)


@given(random_counts(3))
@settings(max_examples=40, deadline=None)
def test_independent_lists_solve_darrochs_equation(counts):
    """1 - n / N = product of (1 - n_i / N) (Darroch 1958)."""
    found = estimate(counts, "independence")
    assume(not found.refused)
    shares = counts.margins[[1, 2, 4]] / found.estimate
    assert np.prod(1 - shares) == pytest.approx(1 - counts.observed / found.estimate, rel=1e-6, abs=1e-9)


@given(random_counts(3, least=1))
@settings(max_examples=40, deadline=None)
def test_all_pairs_of_three_lists_fit_every_count(counts):
    """The model without the triple has as many parameters as histories: N0 = n1 n2 n4 n7 / (n3 n5 n6)."""
    _, one, two, ab, three, ac, bc, abc = counts.cells
    unseen = one * two * three * abc / (ab * ac * bc)
    assert total(counts, "pairs") == pytest.approx(counts.observed + unseen, rel=1e-8)
    fitted = loglinear.fit(counts, choice.pairs(3))
    np.testing.assert_allclose(fitted.means[1:], counts.cells[1:], rtol=1e-8)


def test_chao_by_hand():
    counts = Counts.of({(1, 0, 0): 10, (0, 1, 0): 8, (0, 0, 1): 6, (1, 1, 0): 3, (0, 1, 1): 1, (1, 1, 1): 2})
    assert closed.chao(counts).total == pytest.approx(30 + 48)
    assert closed.chao(counts, corrected=True).total == pytest.approx(30 + 36.8)


@given(st.integers(2, 6), st.floats(0.02, 0.6))
def test_chao_is_exact_for_equal_independent_lists_and_people_alike(lists, share):
    """With N t p q^(t-1) people on one list and N t (t-1)/2 p^2 q^(t-2) on two, it adds N q^t for any t."""
    people = 10_000_000_000
    counts = {
        history: round(people * share ** sum(history) * (1 - share) ** (lists - sum(history)))
        for history in itertools.product((0, 1), repeat=lists)
        if any(history)
    }
    for corrected in (False, True):
        assert closed.chao(Counts.of(counts), corrected).total == pytest.approx(people, rel=2e-3)


def test_the_error_of_chao_is_its_spread():
    rng, truth = np.random.default_rng(1), 5_000
    probabilities = {h: 0.15 ** sum(h) * 0.85 ** (3 - sum(h)) for h in itertools.product((0, 1), repeat=3)}
    answers = []
    for drawn in rng.multinomial(truth, list(probabilities.values()), size=400):
        table = {history: int(n) for history, n in zip(probabilities, drawn, strict=True) if any(history)}
        answers.append(closed.chao(Counts.of(table)))
    totals = np.array([answer.total for answer in answers])
    assert totals.mean() == pytest.approx(truth, rel=0.02)
    assert np.mean([answer.error for answer in answers]) == pytest.approx(totals.std(), rel=0.1)


# ------------------------------------------------------------------------ likelihood, existence, identifiability
def design(counts, terms):
    """Return histories that can occur and the columns of finite parameters, written out anew."""
    lists = len(counts.lists)
    every = [0, *(1 << k for k in range(lists)), *terms]
    empty = [term for term in every if not counts.margins[term]]
    cells = [cell for cell in range(1, 1 << lists) if not any(cell & term == term for term in empty)]
    kept = [term for term in every if term not in empty]
    return cells, np.array([[float(cell & term == term) for term in kept] for cell in cells])


def positive_table_exists(counts, terms):
    """Ask for a table of the same margins with every entry at least 1/1000."""
    cells, columns = design(counts, terms)
    found = linprog(np.zeros(len(cells)), A_eq=columns.T, b_eq=columns.T @ counts.cells[cells], bounds=(1e-3, None))
    return found.status == 0


@given(random_counts(3, most=3), st.sets(st.sampled_from([AB, AC, BC])))
@settings(max_examples=120, deadline=None)
def test_a_model_is_refused_if_and_only_if_it_has_no_single_maximum(counts, terms):
    assume(counts.observed > counts.on[1])
    _, columns = design(counts, terms)
    identified = np.linalg.matrix_rank(columns) == columns.shape[1]
    stands = identified and positive_table_exists(counts, terms)
    try:
        fitted = loglinear.fit(counts, terms)
    except RefusedError:
        assert not stands
        return
    assert stands
    cells, columns = design(counts, terms)
    gap = columns.T @ (fitted.means[cells] - counts.cells[cells])
    assert np.abs(gap).max() < 1e-6  # the likelihood equations: fitted margins are the observed ones
    occurs = np.isin(np.arange(8), [0, *cells])
    assert (fitted.means[~occurs] == 0).all()
    assert (fitted.means[occurs] > 0).all()


def test_a_fit_that_proves_nothing_is_confirmed_where_it_is_the_maximum_and_refused_elsewhere():
    counts = Counts.of({(1, 0): 30, (0, 1): 40, (1, 1): 12})
    found = loglinear.fit(counts)
    loglinear.confirm(counts, replace(found, proven=False))
    with pytest.raises(RefusedError):
        loglinear.confirm(counts, replace(found, proven=False, means=found.means * 1.2))


def test_published_example_of_sparse_lists():
    """Chan, Silverman & Vincent (2021), table 2: which models of it have an answer."""
    counts = Counts.of(ARTIFICIAL)
    assert total(ARTIFICIAL, "pairs") is None
    assert "not identifiable" in estimate(ARTIFICIAL, "pairs").reason
    for terms in ([AB], [AB, AC], [AB, BC]):
        with pytest.raises(RefusedError, match="no maximum"):
            loglinear.fit(counts, terms)
    both = loglinear.fit(counts, [AC, BC])
    assert both.answer(96).total == pytest.approx(96 + 40 * 30 / 6)  # A and B alone are left
    assert both.means[[AC, BC, 0b111]].tolist() == [0, 0, 0]
    assert both.parameters == 6  # those at minus infinity are counted
    for terms in ([], [AC], [BC]):
        assert loglinear.fit(counts, terms).means[0] > 0


def test_without_overlap_there_is_no_answer():
    apart = {(1, 0, 0): 40, (0, 1, 0): 30, (0, 0, 1): 20}
    for method in METHODS:
        found = estimate(apart, method)
        assert found.refused
        assert found.estimate is None
        assert found.reason
    assert estimate({(1, 0): 5, (0, 1): 9}, "chapman").estimate == 59
    assert estimate({(1, 0): 0, (1, 1): 0}, "chapman").reason == "nobody is on any list"


def test_an_empty_list_changes_nothing():
    extra = {(*history, 0): people for history, people in ARTIFICIAL.items()}
    for method in ("independence", "stepwise", "chao"):
        assert total(extra, method) == pytest.approx(total(ARTIFICIAL, method), rel=1e-9)


# ---------------------------------------------------------------------------------------------- published tables
POINTS = {
    "uk-6-lists": {"independence": 12214.00, "pairs": 10568.71, "stepwise": 11417.99},
    "uk-5-lists": {
        "independence": 13444.13, "pairs": 11232.53, "stepwise": 11312.99, "bic": 22991.33,
    },
    "new-orleans-8-lists": {"independence": 996.66, "pairs": 2393.20, "stepwise": 1183.69},
    "australia-4-lists": {"independence": 827.17, "pairs": 6276.73, "stepwise": 6496.01},
    "kosovo-4-lists": {"independence": 7394.59, "pairs": 14402.49, "stepwise": 14341.66},
}  # fmt: skip


@pytest.mark.parametrize("name", POINTS)
def test_published_tables_give_the_published_numbers(name):
    """Stepwise: SparseMSE (Chan, Silverman & Vincent 2021); independence of the UK: Binette & Steorts (2022)."""
    counts = published(name)
    for method, value in POINTS[name].items():
        assert total(counts, method) == pytest.approx(value, abs=0.011), method


CHAO_WITHOUT_FACTOR = {
    "uk-6-lists": 15627.95, "uk-5-lists": 17616.73, "new-orleans-8-lists": 1529.73, "australia-4-lists": 1707.75,
    "kosovo-4-lists": 10270.48,
}  # fmt: skip
"""As another program has it, whose unseen people lack the factor (t - 1)/t."""


@pytest.mark.parametrize("name", CHAO_WITHOUT_FACTOR)
def test_chao_adds_the_part_of_the_unseen_that_the_number_of_lists_says(name):
    counts = published(name)
    unseen = (CHAO_WITHOUT_FACTOR[name] - counts.observed) * (1 - 1 / len(counts.lists))
    assert total(counts, "chao") == pytest.approx(counts.observed + unseen, abs=0.011)


def test_bic_with_triples_on_kosovo():
    found = estimate(published("kosovo-4-lists"), "bic", Options(order=3))
    assert found.estimate == pytest.approx(10356.52, abs=0.01)
    assert ("ABA", "EXH", "OSCE") in found.model


# --------------------------------------------------------------------------------------------- choosing a model
def test_number_of_hierarchical_models():
    """All of them, from the Dedekind numbers: 2, 9, 114 and 6,894 with every single list in the model."""
    assert [sum(1 for _ in choice.hierarchical(lists, lists)) for lists in (2, 3, 4, 5)] == [2, 9, 114, 6894]
    assert [sum(1 for _ in choice.hierarchical(lists, 2)) for lists in (3, 4, 5)] == [8, 64, 1024]
    models = list(choice.hierarchical(4, 3))
    assert len(set(models)) == len(models)


@pytest.mark.parametrize("criterion", ["bic", "aic"])
def test_the_best_model_is_the_best_of_all(criterion):
    counts = simulated(3000, (0.2, 0.15, 0.1, 0.1), seed=3, odds=4.0)
    price = choice.penalty(counts, criterion)
    costs = {}
    for number in range(7):
        for terms in combinations(choice.pairs(4), number):
            costs[terms] = choice.cost(loglinear.fit(counts, terms), price)
    best = min(costs, key=costs.__getitem__)
    assert choice.best(counts, criterion, 2).terms == best
    assert AB in best


def test_an_average_is_the_mean_by_weights_of_bic():
    counts = simulated(2000, (0.3, 0.2, 0.2), seed=5)
    fits = [loglinear.fit(counts, terms) for number in range(4) for terms in combinations(choice.pairs(3), number)]
    costs = np.array([choice.cost(one, math.log(counts.observed)) for one in fits])
    weights = np.exp((costs.min() - costs) / 2)
    totals = counts.observed + np.array([one.means[0] for one in fits])
    assert total(counts, "average") == pytest.approx(weights @ totals / weights.sum(), rel=1e-3)


def test_stepwise_finds_the_pair_that_depends_and_at_threshold_0_none():
    counts = simulated(20_000, (0.1, 0.1, 0.08, 0.05), seed=2, odds=8.0)
    assert ("A", "B") in estimate(counts, "stepwise").model
    assert estimate(counts, "stepwise", Options(threshold=0)).model == ()
    assert total(counts, "stepwise", threshold=0) == total(counts, "independence")


def test_above_five_lists_a_search_says_so():
    counts = published("uk-6-lists")
    for method in ("bic", "aic", "average"):
        assert "stepwise search: 6 lists" in estimate(counts, method).note
    found = estimate(counts, "bic")
    price = choice.penalty(counts, "bic")
    terms = [sum(1 << counts.lists.index(name) for name in pair) for pair in found.model]
    cost = choice.cost(loglinear.fit(counts, terms), price)
    for pair in choice.pairs(6):  # no step up or down is better
        near = set(terms) ^ {pair}
        assert choice.cost(loglinear.fit(counts, near), price) >= cost - 1e-9


# ------------------------------------------------------------------------------------------------- symmetries
@given(random_counts(3, least=0, most=40), st.permutations(range(3)), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_order_of_lists_and_rows_changes_nothing(counts, order, random):
    table = {tuple(cell >> k & 1 for k in range(3)): int(counts.cells[cell]) for cell in range(1, 8)}
    rows = list(table.items())
    random.shuffle(rows)
    permuted = Counts.of({tuple(h[k] for k in order): n for h, n in rows}, [counts.lists[k] for k in order])
    for method in METHODS:
        assert estimate(permuted, method) == estimate(counts, method)


def test_absent_histories_count_0():
    full = dict.fromkeys(histories(3), 0) | ARTIFICIAL
    for method in METHODS:
        assert estimate(full, method) == estimate(ARTIFICIAL, method)


def test_ten_times_the_people_is_ten_times_the_estimate():
    counts = published("australia-4-lists")
    tenfold = counts.resampled(10 * counts.cells)
    for method in ("independence", "pairs", "chao"):
        assert total(tenfold, method) == pytest.approx(10 * total(counts, method), rel=1e-8)
    one, ten = estimate(counts, "independence"), estimate(tenfold, "independence")
    assert ten.standard_error == pytest.approx(math.sqrt(10) * one.standard_error, rel=1e-6)


def test_very_large_tables_are_fitted():
    counts = published("uk-6-lists")
    large = counts.resampled(1e6 * counts.cells)
    assert total(large, "independence") == pytest.approx(1e6 * total(counts, "independence"), rel=1e-8)


# ------------------------------------------------------------------------------------------------ what is wrong
@pytest.mark.parametrize(
    ("histories", "counts", "words"),
    [
        ([[1, 0], [0, 1]], [3, -1], "whole number"),
        ([[1, 0], [0, 1]], [3, 1.5], "whole number"),
        ([[1, 0], [0, 1]], [3, math.nan], "whole number"),
        ([[1, 0], [1, 0]], [3, 1], "there twice"),
        ([[1, 0], [0, 0]], [3, 1], "on no list"),
        ([[1, 0], [0, 2]], [3, 1], "other than 0 and 1"),
        ([[1], [1]], [3, 1], "1 list"),
        ([[1] * 20], [3], "20 lists"),
        ([[1, 0], [0, 1, 1]], [3, 1], "needs a history"),
        ([[1, 0]], [3, 1], "needs a history"),
    ],
)
def test_wrong_tables_are_told(histories, counts, words):
    with pytest.raises(TableError, match=words):
        Counts.from_arrays(histories, counts)


def test_wrong_questions_are_told():
    with pytest.raises(UnknownNameError, match="did you mean 'stepwise'"):
        estimate(ARTIFICIAL, "stepwize")
    with pytest.raises(TableError, match="names for 3 lists"):
        Counts.of(ARTIFICIAL, ["police", "health"])
    with pytest.raises(DesignError, match="order 1"):
        Options(order=1)
    with pytest.raises(DesignError, match="threshold"):
        Options(threshold=2)


def test_the_example_in_the_docstring():
    assert doctest.testmod(estimation, optionflags=doctest.ELLIPSIS).failed == 0
