"""How targets are measured, on tables made by hand: answers known on paper, and what must not move them.

Which months and which worlds count is tested in test_validation.
"""

import functools
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from cyclesim.analysis import measuring
from cyclesim.analysis.simulated import Worlds
from cyclesim.analysis.trials import CUT, TRAINING_SETS
from cyclesim.vocabulary import Form, Group

MONTHS, SHOCK = 120, 24
SHARE = 0.4  # of the money, coded as such
BUDGETS = {2022: 12.0, 2023: 24.0}  # dollars a year; later years as 2023
SEXUAL, LABOUR = Form.SEXUAL_EXPLOITATION, Form.FORCED_LABOUR
OF_WORLDS = {
    "of_unseen": measuring.of_unseen,
    "of_mechanism": measuring.of_mechanism,
    "of_strong_systems": measuring.of_strong_systems,
    "of_counts": measuring.of_counts,
    "of_shock": lambda worlds: measuring.of_shock(worlds, SHOCK),
    "of_capacity": lambda worlds: measuring.of_capacity(worlds, FORGETTING),
    "of_checks": lambda worlds: measuring.of_checks(worlds, worlds),
    "of_the_alike": measuring.of_the_alike,
}
FORGETTING = SimpleNamespace(months=pd.DataFrame({"month": range(12), "trained_share": np.geomspace(0.8, 0.4, 12)}))
NAMES = ["U", "M", "S", "UA", "M at home", "capacity cut", "no back end", "full back end", "low detection", "truly low"]
NAMES += [f"{kind} {level}" for kind in ("corrected", "naive", "naive doubled") for level in ("low", "high")]
NAMES += ["rich", "rich until cut", *(f"training {name}: {word}" for name in TRAINING_SETS for word in ("yes", "no"))]
FLOWS = ["identified", "came_forward", "identified_police", "convictions", "suspects", "on_two_lists", "reported"]
FLOWS += ["committed_cents", "disbursed_cents", "newly_trafficked", "in_need"]
LEVELS = ["detected_share", "answered_share", "trained_share", "attention", "trust", "deception", "true_prevalence"]
LEVELS += ["survey_corrected"]


def table(values, months=MONTHS, worlds=1, crises=1, donor=None):
    """Return worlds of what is given: {scenario: {measure: what broadcasts to (worlds, crises, months)}}; else zero.

    There is one person in each crisis unless `people` says more.
    """
    shape = (worlds, crises, months)
    columns = {measure for given in values.values() for measure in given} | {"people", "in_need", *FLOWS, *LEVELS}
    frames = []
    for name, given in values.items():
        whole = {**dict.fromkeys(columns, 0.0), "people": 1.0, **given}
        made = {measure: np.broadcast_to(value, shape).ravel() for measure, value in whole.items()}
        frames.append(pd.DataFrame({"scenario": name, **made}))
    donor = donor or SimpleNamespace(budget_in=lambda year: BUDGETS[min(year, 2023)])
    scenario = SimpleNamespace(
        months=months, start="2022-01", donors={"one": donor}, parameter={"coded_share": SHARE}.__getitem__
    )
    scenarios = dict.fromkeys(values, scenario)
    rows = pd.concat(frames, ignore_index=True).astype({"scenario": "category"})
    return Worlds(SimpleNamespace(table=rows, scenarios=scenarios, worlds=worlds))


@functools.cache
def many(order=tuple(range(12)), factor=1.0, of=()):
    """Return a dozen worlds of chance numbers in an order; some measures are multiplied by a factor."""
    rng = np.random.default_rng(7)
    values = {name: {flow: rng.uniform(20, 90, (12, 2, MONTHS)) for flow in FLOWS} for name in NAMES}
    for given in values.values():
        given |= {level: rng.uniform(0.1, 0.9, (12, 2, MONTHS)) for level in LEVELS}
        given |= {"people": rng.uniform(50, 150, (12, 2, MONTHS)), "attention": np.linspace(1, 0.1, MONTHS)}
    chosen = list(order)
    values = {
        name: {
            measure: (value[chosen] if value.ndim == 3 else value) * (factor if measure in of else 1.0)
            for measure, value in given.items()
        }
        for name, given in values.items()
    }
    return table(values, worlds=len(chosen), crises=2)


def of_run(groups, forms, month=24, settings=None):
    """Return a run in which people are found in one month: {name: (identified, newly exploited)}."""

    def rows(key, cells):
        found = [{"month": month, key: name, "identified": n, "newly_exploited": of} for name, (n, of) in cells.items()]
        return pd.DataFrame(found)

    tables = {"groups": rows("group", groups), "forms": rows("form", forms)}
    tables["settings"] = rows("setting", settings or {"elsewhere": (0, 0)})
    return SimpleNamespace(tables=tables, scenario=SimpleNamespace(months=MONTHS))


def everybody(**cells):
    """Return the cells of all groups; 1 of 10 found where nothing is said."""
    return {str(group): cells.get(group, (1, 10)) for group in Group}


def every_form(**cells):
    return {str(form): cells.get(form, (1, 10)) for form in Form}


def means(measured):
    return [float(np.mean(value)) for value in measured]


def ramp(before, after, turn, months=MONTHS):
    """Return one value before a month and another from it on."""
    return np.where(np.arange(months) < turn, before, after)


# ---------------------------------------------------------------- closed forms


def test_two_found_a_month_of_a_thousand_in_need_are_24_000_per_million_and_year():
    made = table({"U": {"identified": 2.0, "in_need": 1000.0}})
    assert measuring.per_million(made, "U") == pytest.approx([24_000])
    assert measuring.of_unseen(made)["T1a"][0] == pytest.approx([24_000])
    assert measuring.per_million(made, "U", "in_need", slice(6, 7)) == pytest.approx([12e6])  # a person-year a year


def test_shares_of_crises_count_by_people_and_people_are_summed():
    """Nine in ten people live where a half is found, the others where nobody is: 0.45."""
    people, share = np.array([[[900.0], [100.0]]]), np.array([[[0.5], [0.0]]])
    made = table({"M": {}, "S": {"people": people, "detected_share": share, "identified": people / 100}}, crises=2)
    assert measuring.of_strong_systems(made)["T2"][0] == pytest.approx([0.45])
    assert made.total("S", "identified", slice(0, 12)) == pytest.approx([120])


def test_of_ten_found_a_month_shares_are_what_is_counted_of_them_and_too_late_months_do_not_count():
    later = np.arange(132) >= 120
    found = {"identified": 10.0 + 1e6 * later, "came_forward": 6.0, "identified_police": 2.0, "convictions": 0.5}
    found |= {"suspects": 8.0, "detected_share": 0.05 + later, "in_need": 1e6, "on_two_lists": 0.1}
    made = table({"M": found, "M at home": {**found, "detected_share": 0.04}, "S": found}, months=132)
    measured = measuring.of_mechanism(made)
    assert means(measured["T1"]) == pytest.approx([0.04, 0.05])
    assert means(measured["T1c"] + measured["T3"] + measured["T4"]) == pytest.approx([120, 0.6, 0.2])
    assert means(measured["T13"]) == pytest.approx([0.05, 0.8])
    assert means(measuring.of_strong_systems(made)["T2"] + measuring.of_strong_systems(made)["T5"]) == pytest.approx(
        [0.05, 0.01, 0.01]
    )


def test_a_shock_that_doubles_money_and_halves_who_is_found_says_so():
    """Budgets double as well when the second year begins, so that the share of money must double on top of that."""
    dollars = ramp(1.0, 4.0, 12, months=48)
    values = {"committed_cents": dollars, "identified": ramp(8.0, 4.0, 13, months=48), "reported": 5.0}
    values["attention"] = np.where(np.arange(48) == 12, 0.8, 0.2)
    measured = measuring.of_shock(table({"UA": values}, months=48), 12)
    assert means(measured["T7"]) == pytest.approx([2.0, 0.0])
    assert means(measured["T8"] + measured["T10"]) == pytest.approx([0.5, 0.25])


def test_money_that_grows_as_budgets_do_is_no_larger_share():
    dollars = ramp(1.0, 2.0, 12, months=48)
    values = {"committed_cents": dollars, "identified": 1.0, "reported": 1.0, "attention": 1.0}
    assert means(measuring.of_shock(table({"UA": values}, months=48), 12)["T7"]) == pytest.approx([1.0, 0.0])


def test_36_dollars_a_month_among_1000_people_are_43_cents_a_head_and_what_is_coded_a_share_of_them():
    made = table({"UA": {"disbursed_cents": 3600.0, "in_need": 1000.0}})
    assert measuring.coded_per_head(made, "UA", slice(0, 36)) == pytest.approx([12 * 0.036 * SHARE])
    assert measuring.coded(made.scenario("UA")) == SHARE


def test_who_is_found_in_the_first_year_is_told_by_group_form_and_setting():
    made = table({"UA": {"disbursed_cents": 1.0, "in_need": 1.0}})
    groups = {str(group): (10, 0) for group in Group} | {"men": (50, 0)}
    forms = {str(form): (2, 0) for form in Form} | {"forced_labour": (90, 0)}
    inside = {"inside Ukraine": (70, 0), "abroad": (30, 0)}
    runs = [of_run(groups, forms, month, settings=inside) for month in (11, 11)]
    measured = measuring.of_ukraine(made, runs)
    men, children, labour = measured["T23"]
    assert men == pytest.approx([0.5, 0.5])
    assert children == pytest.approx([0.4, 0.4])
    assert labour == pytest.approx([0.9, 0.9])
    assert measured["T24"][0].tolist() == [70, 70]
    nobody = measuring.of_ukraine(made, [of_run(groups, forms, 11)])
    assert nobody["T24"] == ["the scenario has no setting 'inside Ukraine'"]


def test_a_cut_by_a_quarter_that_comes_back_in_full():
    """A quarter fewer are found and a half convicted in the year of the cut; trust falls to a third, or stays."""
    cut = np.where((np.arange(MONTHS) >= CUT) & (np.arange(MONTHS) < CUT + 12), 0.75, 1.0)
    lost = {"identified": 40 * cut, "convictions": ramp(2.0, 1.0, CUT)}
    values = {"capacity cut": lost, "M": {"identified": 40.0, "convictions": 2.0}}
    values |= {"no back end": {"trust": ramp(0.6, 0.2, CUT)}, "full back end": {"trust": 0.6}}
    forgetting = pd.DataFrame({"month": [0, 0, 6, 6], "trained_share": [0.4, 0.6, 0.1, 0.3]})  # two crises
    measured = measuring.of_capacity(table(values), SimpleNamespace(months=forgetting))
    assert means(measured["T9"]) == pytest.approx([-0.25, -0.5, 1.0])
    assert measured["T11"] == pytest.approx([0.4])
    assert means(measured["T12"]) == pytest.approx([1 / 3, 1.0, 2 / 3])


def test_the_same_in_both_worlds_tells_nothing_and_half_the_cases_say_a_half():
    values = {"low detection": {"identified": 3.0, "survey_corrected": 0.02}}
    values["truly low"] = {"identified": 6.0, "survey_corrected": 0.02}
    assert means(measuring.of_the_alike(table(values))["e"]) == pytest.approx([0.5, 1.0])


# ---------------------------------------------------------------- odds


def test_the_odds_of_women_do_not_ask_how_many_they_are():
    """Two in ten women and girls are found, one in ten men and boys: 2, whatever is true of the other children."""
    cells = everybody(women=(30, 150), girls=(10, 50), men=(40, 400), boys=(2, 20))
    forms = every_form(sexual_exploitation=(60, 100))
    for alone in ((1, 10), (0, 10), (1000, 1)):
        cells |= {"unaccompanied_children": alone, "institutional_children": alone}
        sexes, sexual = measuring.measure_t14([of_run(cells, forms), of_run(cells, forms)])["T14"]
        assert sexes == pytest.approx([2.0, 2.0])
        assert sexual == pytest.approx([6.0, 6.0])  # against 5 of 50 in the other forms


def test_odds_turn_over_with_the_sides_and_stay_with_the_number_of_people():
    small, large = (of_run(everybody(women=(3 * k, 20 * k), men=(2 * k, 30 * k)), every_form()) for k in (1, 1000))
    (ratio,) = measuring.odds_ratios([small], "group", ["women"], ["men"])
    assert ratio == pytest.approx((3 / 20) / (2 / 30))
    assert measuring.odds_ratios([large], "group", ["women"], ["men"]) == pytest.approx([ratio])
    assert measuring.odds_ratios([small], "group", ["men"], ["women"]) == pytest.approx([1 / ratio])
    assert measuring.odds_ratios([small], "group", ["women"], ["women"]) == pytest.approx([1.0])


@pytest.mark.parametrize("cell", [{"women": (0, 10)}, {"men": (0, 10)}, {"men": (10, 0)}])
def test_odds_without_anybody_in_a_cell_are_said_in_words(cell):
    some, none = of_run(everybody(), every_form()), of_run(everybody(**cell), every_form())
    said = measuring.odds_ratios([some, none], "group", ["women"], ["men"])
    assert said == "in some world nobody of one group was identified"


# ---------------------------------------------------------------- published counts


def published(*years):
    """Return worlds in which so many are published in each year; a row a world."""
    months = np.repeat(np.atleast_2d(np.array(years, dtype=float)) / 12, 12, axis=1)
    return table({"M": {"reported": months[:, None, :]}}, months=months.shape[1], worlds=len(months))


def test_counts_that_double_and_halve_jump_by_ln_2_and_counts_that_stay_do_not():
    changes = np.log([2.0, 0.5, 2.0, 0.5])
    assert measuring.of_counts(published(400, 800, 400, 800, 400))["T22"][0] == pytest.approx([changes.std(ddof=1)])
    grows = [400 * 1.1**year for year in range(8)]
    steady, growing = measuring.of_counts(published([500.0] * 8, grows))["T22"][0]
    assert steady == pytest.approx(0, abs=1e-12)
    assert growing == pytest.approx(0, abs=1e-12)  # a trend is no jump


def test_jumps_do_not_ask_how_many_are_published_within_the_size():
    years = np.array([400.0, 500.0, 450.0, 700.0, 600.0])
    assert measuring.of_counts(published(*years))["T22"][0] == pytest.approx(
        measuring.of_counts(published(*(2 * years)))["T22"][0]
    )


@pytest.mark.parametrize(
    ("years", "counts"),
    [
        ((300, 1500, 300, 1500), True),  # the ends are inside, and the last year need not be
        ((300, 1500, 300, 9000), True),
        ((299, 1500, 300, 400), False),
        ((301, 1501, 300, 400), False),
        ((400, 400, 400), False),  # two changes
        ((400, 400, 400, 0), False),  # nothing is published in the last
    ],
)
def test_three_years_of_300_to_1500_are_enough_and_fewer_are_said_in_words(years, counts):
    (found,) = measuring.of_counts(published(*years))["T22"]
    if counts:
        assert found.shape == (1,)
    else:
        mean = f"{np.mean(years):.3g}"
        assert found == f"too few years in which 300 to 1500 are published (mean {mean})"


def test_one_world_of_too_few_years_speaks_for_all():
    (found,) = measuring.of_counts(published([400] * 5, [10] * 5))["T22"]
    assert found == "too few years in which 300 to 1500 are published (mean 205)"


def test_months_beyond_the_last_full_year_are_left_out():
    whole = published(400, 800, 400, 800, 400)
    months = np.append(whole("M", "reported")[0], [1e6] * 11)
    (found,) = measuring.of_counts(table({"M": {"reported": months}}, months=71))["T22"]
    assert found == pytest.approx(measuring.of_counts(whole)["T22"][0])


# ---------------------------------------------------------------- checks


def checks(last, **changed):
    """Return checks a to f of worlds that end with these deceptions, and of a world in which all is alike."""
    values = {name: {"deception": 0.5, "identified": 1.0, "newly_trafficked": 1.0} for name in NAMES}
    for name, given in changed.items():
        values[name.replace("_", " ")] |= given
    deception = np.zeros((len(last), 1, 12))
    deception[:, 0, -1] = last
    prevalence = ramp(0.0, 1.0, 11, months=12)
    small = table({"small": {"deception": deception, "true_prevalence": prevalence}}, months=12, worlds=len(last))
    return measuring.of_checks(table(values), small)


def test_one_in_ten_deceived_has_the_skewness_of_a_coin_of_one_in_ten():
    """(1 - 2p) / sqrt(p (1 - p)) at p = 1/10 is 8 / 3."""
    median, skewness = checks(np.tile([1.0] + [0.0] * 9, 20)[np.random.default_rng(1).permutation(200)])["a"]
    assert np.mean(median) == pytest.approx(0.0)
    assert np.mean(skewness) == pytest.approx(8 / 3)


def test_what_leans_nowhere_has_no_skewness_and_what_all_agree_on_no_spread():
    median, skewness = checks(np.linspace(0.0, 1.0, 101))["a"]
    assert (np.mean(median), np.mean(skewness)) == (pytest.approx(0.5), pytest.approx(0.0, abs=1e-12))
    median, skewness = checks(np.full(50, 0.3))["a"]
    assert median == pytest.approx([0.3] * 10)
    assert skewness == pytest.approx([0.0] * 10, abs=1e-9)


def test_skewness_changes_sign_with_what_it_is_of_and_the_median_goes_along():
    values = np.random.default_rng(3).beta(2, 5, 150)
    (median, skewness), (other, opposite) = (means(checks(v)["a"]) for v in (values, 1 - values))
    assert other == pytest.approx(1 - median)
    assert opposite == pytest.approx(-skewness)
    assert median == pytest.approx(np.median(values))


def test_a_world_alike_in_all_its_variants_moves_nothing():
    measured = checks(np.linspace(0, 1, 20))
    assert means(measured["b"]) == pytest.approx([0.0, 0.0])
    assert means(measured["c"]) == pytest.approx([1.0])
    assert means(measured["d"]) == pytest.approx([1.0, 1.0, 1.0])
    assert means(measured["f"]) == pytest.approx([1.0, 1.0])


def test_money_moves_the_naive_and_more_who_come_forward_move_them_less():
    """Ten times less to ten times more money: the corrected stay, the naive fall by half; doubled, by a quarter."""
    high = {"naive_high": 0.25, "naive_doubled_high": 0.375}
    measured = checks(np.linspace(0, 1, 20), **{name: {"deception": value} for name, value in high.items()})
    assert means(measured["b"]) == pytest.approx([0.0, -0.5])
    assert means(measured["c"]) == pytest.approx([1.5])


def test_all_money_cut_is_told_for_the_second_and_third_year_of_who_is_found_and_the_third_of_who_is_trafficked():
    month = np.arange(MONTHS)
    found = np.select([month < CUT + 12, month < CUT + 24, month < CUT + 36], [9.0, 0.5, 0.25], 9.0)
    trafficked = np.where((month >= CUT + 24) & (month < CUT + 36), 1.125, 9.0)
    measured = checks(np.linspace(0, 1, 20), rich_until_cut={"identified": found, "newly_trafficked": trafficked})
    assert means(measured["d"]) == pytest.approx([0.5, 0.25, 1.125])


def training(rises):
    """Return worlds in which training moves who is found at once and a year later, by set of parameters."""
    month = np.arange(MONTHS)
    pairs = zip(TRAINING_SETS, rises, strict=True)
    return {
        f"training {name}: yes": {"identified": np.where(month < CUT + 6, at_once, later)}
        for name, (at_once, later) in pairs
    }


@pytest.mark.parametrize(
    ("rises", "told"),
    [
        ([(1.5, 1.2), (1.1, 0.9), (1.3, 0.7), (1.4, 0.8)], (1.3, 0.7)),  # the deepest of all
        ([(1.5, 1.2), (0.8, 0.1), (1.0, 0.2), (1.2, 0.9)], (1.2, 0.9)),  # the deepest of those that rise
        ([(0.9, 0.9), (0.8, 0.6), (1.0, 0.7), (0.5, 0.8)], (0.8, 0.6)),  # nothing rises
    ],
)
def test_training_is_told_of_the_set_that_rises_and_then_falls_deepest(rises, told):
    assert means(checks(np.linspace(0, 1, 20), **training(rises))["f"]) == pytest.approx(told)


# ---------------------------------------------------------------- what must not move what is measured


def same(one, other):
    assert one.keys() == other.keys()
    for id_, values in one.items():
        for value, its in zip(values, other[id_], strict=True):
            assert np.mean(its) == pytest.approx(np.mean(value)), id_


@pytest.mark.parametrize("name", OF_WORLDS)
def test_the_order_of_worlds_does_not_move_what_is_measured(name):
    shuffled = np.random.default_rng(11).permutation(12).tolist()
    same(OF_WORLDS[name](many()), OF_WORLDS[name](many(tuple(shuffled))))


@pytest.mark.parametrize("name", OF_WORLDS)
def test_worlds_twice_over_measure_the_same(name):
    same(OF_WORLDS[name](many()), OF_WORLDS[name](many((*range(12), *range(12)))))


@pytest.mark.parametrize("name", OF_WORLDS)
def test_the_unit_of_money_does_not_move_what_is_measured_of_people(name):
    """In another currency commitments and payments grow together; only the share of the budgets grows with them."""
    same(OF_WORLDS[name](many()), OF_WORLDS[name](many(factor=3.0, of=("committed_cents", "disbursed_cents"))))


def test_money_and_budgets_in_another_currency_are_the_same_share_and_so_many_times_a_head():
    values = {"UA": {"committed_cents": np.linspace(5, 9, 60), "identified": 1.0, "reported": 1.0, "attention": 1.0}}
    values["UA"] |= {"disbursed_cents": np.linspace(1, 7, 60), "in_need": 50.0}
    dear = {"UA": {k: v * 40 if k.endswith("cents") else v for k, v in values["UA"].items()}}
    budgets = SimpleNamespace(budget_in=lambda year: 40 * BUDGETS[min(year, 2023)])
    plain, dearer = table(values, months=60), table(dear, months=60, donor=budgets)
    same(measuring.of_shock(plain, 12), measuring.of_shock(dearer, 12))
    heads = [measuring.coded_per_head(worlds, "UA", slice(0, 36)) for worlds in (plain, dearer)]
    assert heads[1] == pytest.approx(40 * heads[0])


def test_ten_times_the_people_found_among_ten_times_the_people_is_the_same_per_million():
    one, ten = many(), many(factor=10.0, of=(*FLOWS, "people"))
    for name in ("of_unseen", "of_mechanism", "of_strong_systems", "of_the_alike", "of_capacity", "of_checks"):
        same(OF_WORLDS[name](one), OF_WORLDS[name](ten))


def test_one_world_is_measured_as_itself():
    for measured in (OF_WORLDS[name](many((4,))) for name in OF_WORLDS if name not in ("of_counts", "of_checks")):
        assert all(np.size(value) == 1 for values in measured.values() for value in values)
    made = many((4,))
    found, need = (made("M", measure)[0].sum() for measure in ("identified", "in_need"))
    assert measuring.of_mechanism(made)["T1c"][0] == pytest.approx([found / (need / 12) * 1e6])


# ---------------------------------------------------------------- nobody


def test_a_world_without_anybody_counts_for_nothing_and_of_none_but_such_nothing_is_known():
    heads, found = np.array([1000.0, 0.0])[:, None, None], np.array([2.0, 0.0])[:, None, None]
    made = table({"U": {"in_need": heads, "identified": found}}, worlds=2)
    assert measuring.per_million(made, "U").mean() == pytest.approx(24_000)
    nobody = table({"U": {}, "M": {}, "M at home": {}, "S": {}, "low detection": {}, "truly low": {}, "UA": {}})
    assert np.isnan(measuring.per_million(nobody, "U")).all()
    assert np.isnan(measuring.coded_per_head(nobody, "UA", slice(0, 36))).all()
    for name, id_ in (("of_mechanism", "T13"), ("of_strong_systems", "T5"), ("of_the_alike", "e")):
        assert np.isnan(means(OF_WORLDS[name](nobody)[id_])).all()


def test_nobody_in_a_crisis_leaves_its_shares_at_zero():
    nobody = table({"U": {"people": 0.0, "detected_share": 0.5}})
    assert measuring.of_unseen(nobody)["T1b"][0] == pytest.approx([0.0])


def test_worlds_without_anybody_exploited_at_the_end_are_not_asked_how_deceived_they_are():
    last = np.tile([0.2, 0.6], 30)
    prevalence = np.where(last == 0.2, 0.0, 1.0)[:, None, None]
    small = table({"small": {"deception": last[:, None, None], "true_prevalence": prevalence}}, months=12, worlds=60)
    alike = table({name: {"deception": 0.5, "identified": 1.0, "newly_trafficked": 1.0} for name in NAMES})
    median, _ = measuring.of_checks(alike, small)["a"]
    assert np.mean(median) == pytest.approx(0.6)


@pytest.mark.parametrize("exploited", [0, 9])
def test_with_fewer_than_ten_worlds_to_ask_deception_is_unknown_and_said_so(exploited):
    prevalence = (np.arange(20) < exploited)[:, None, None].astype(float)
    small = table({"small": {"deception": 0.5, "true_prevalence": prevalence}}, months=12, worlds=20)
    alike = table({name: {"deception": 0.5, "identified": 1.0, "newly_trafficked": 1.0} for name in NAMES})
    said = f"in {exploited} of 20 worlds anybody is exploited at the end; 10 are needed"
    assert measuring.of_checks(alike, small)["a"] == [said, said]
