"""The cycle is an outcome, not a rule: it comes out of the stages, and there are values for which it does not.

The worlds are made for it, as expected numbers: half a million people, a line in the plan that stays, little paid by
others, and no path from money to belief but the case counts, unless a test says so.
"""

import numpy as np
import pytest

from scaling import of_crisis, scaled
from science.worlds import STILL, changed, table

LAST_YEAR = slice(168, 180)
OTHER_PATHS = {
    "prevention_effect": 0, "herding": 0, "deterrence": 0, "displacement": 0, "adaptation": 0, "forgotten": 0,
    "ask_elasticity": 0,
}  # fmt: skip
"""Paths from money to belief and giving beside case counts: the truth itself, other donors, perpetrators, the ask."""
EXPLICIT = {"paid_by_others": 0.1, "prior_prevalence": 6, "assumed_spread": 0.7, "inertia_years": 2}
CRISIS = of_crisis(scaled("unseen-crisis", 20_000_000, spin_up=0), line=True)
WORLD = CRISIS.with_values({"months": 180, **STILL, **OTHER_PATHS, **EXPLICIT})
POOR, RICH = 0.01, 0.2  # US dollars per person and year, as coded
HELD = {"inertia_years": 50}  # money hardly moves, so that belief can be watched at a level of money


def world(**values):
    """Return the monthly table of expected numbers."""
    return table(WORLD.with_values(values), twin=True)


def late(result, measure):
    return float(result[measure][LAST_YEAR].mean())


def held(measure, **values):
    """Return a measure of the last year with money held low, and high."""
    return [late(world(initial_funding=level, **HELD, **values), measure) for level in (POOR, RICH)]


def test_naive_donors_in_a_poor_world_believe_less_than_is_true_and_money_follows():
    naive, corrected = world(naivety=1.0), world(naivety=0.0)
    assert late(naive, "deception") < 0.2
    assert late(naive, "coverage") < 0.5 * late(corrected, "coverage")
    assert naive["believed_prevalence"][0] == pytest.approx(6)  # it was not there from the beginning
    assert late(naive, "true_prevalence") > late(corrected, "true_prevalence")


@pytest.mark.parametrize(("naivety", "loop"), [(0.0, False), (1.0, True)])
def test_belief_follows_money_at_the_same_truth_if_and_only_if_donors_are_naive(naivety, loop):
    """The link from money to belief, with money held low and high: gone (under 2 %) without naivety."""
    poor, rich = held("deception", naivety=naivety)
    if loop:
        assert rich > 1.7 * poor
    else:
        assert rich == pytest.approx(poor, rel=0.02)
        assert rich == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize(
    "given",
    [{}, {"paid_by_others": 1.0}, {"prior_prevalence": 1}, {"completeness": 0.3}],
    ids=["as it is", "others pay", "low prior", "few reports"],
)
def test_without_naivety_donors_believe_what_is_true(given):
    """Whatever they believed before, and whoever pays: the share of the exploited who are found is known to them."""
    result = world(naivety=0.0, **given)
    assert result["believed_prevalence"][-1] == pytest.approx(result["true_prevalence"][-13], rel=0.03)  # lag: a year


@pytest.mark.parametrize("certain", [True, False])
def test_belief_falls_below_the_truth_even_where_the_assumed_share_is_unbiased(certain):
    """A naive donor who is right at one level of money is wrong below it, and gives less for it.

    Who doubts the share assumed (naivety by neglect) is less wrong than who is certain of it.
    """
    reference = world(naivety=1.0, initial_funding=RICH, **HELD)
    share = late(reference, "detected_prevalence") / late(reference, "true_prevalence")
    unbiased = {"naive_detection_share": share, "half_belief": 12.0, "assumed_spread": 0.0 if certain else 0.7}
    unbiased["prior_prevalence"] = late(reference, "true_prevalence")
    poor, rich = held("deception", naivety=1.0, **unbiased)
    assert rich == pytest.approx(1, abs=0.08)
    assert poor < (0.5 if certain else 0.75)
    free = [world(naivety=n, initial_funding=POOR, **unbiased) for n in (1.0, 0.0)]
    assert late(free[0], "deception") < 0.9
    assert late(free[0], "coverage") < 0.9 * late(free[1], "coverage")


def test_doubt_of_the_assumed_share_weakens_the_loop():
    """A count then tells less of prevalence: belief follows money less (F2)."""
    ratios = [np.divide(*held("believed_prevalence", naivety=1.0, assumed_spread=s)[::-1]) for s in (0.0, 0.7, 1.2)]
    assert ratios[0] > ratios[1] > ratios[2] > 1


def test_without_naivety_and_the_other_paths_the_loop_is_gone():
    """Low and high starts end within 2 % of each other where neither belief nor ask follows money."""
    long = {"naivety": 0.0, "half_belief": 12.0, "months": 300}  # what is asked for follows slowly (F11)
    low, high = (world(initial_funding=f, **long) for f in (POOR, RICH))
    for measure in ("coverage", "disbursed_cents", "believed_prevalence", "identified"):
        assert low[measure][-12:].mean() == pytest.approx(high[measure][-12:].mean(), rel=0.02), measure


def test_the_ask_is_a_second_path_of_the_loop():
    """Documented need follows money whatever donors believe; giving follows the ask where it has an elasticity."""
    poor, rich = held("requirement_cents", naivety=0.0)
    assert rich > 1.5 * poor

    def apart(elasticity):
        values = {"naivety": 0.0, "ask_elasticity": elasticity}
        low, high = (world(initial_funding=f, **values)["disbursed_cents"][48:60].sum() for f in (POOR, RICH))
        return high / low

    assert apart(0.7) > 1.02 * apart(0.0)


def test_belief_rises_with_the_cases_that_reach_reports():
    """With the same money and the same truth, for naive donors; those who know the share believe the same."""
    shares = (0.2, 0.4, 0.75, 1.0)
    naive, corrected = (
        [late(world(naivety=n, completeness=c, initial_funding=RICH, **HELD), "believed_prevalence") for c in shares]
        for n in (1.0, 0.0)
    )
    assert (np.diff(naive) > 0).all()
    assert corrected == pytest.approx(np.full(len(shares), corrected[-1]), rel=0.02)


@pytest.mark.parametrize("spread", [0.2, 0.7, 1.2])
def test_who_begins_to_correct_never_believes_less_than_before(spread):
    """Where counts say far too little, in no month after the change, however certain donors were of their share."""
    before = WORLD.with_values({"naivety": 0.95, "assumed_spread": spread, **HELD})
    change = {"reading": {"from": "2028-01", "scale": {"parameters.naivety": 0.2}}}
    without, with_it = (table(one, twin=True) for one in (before, changed(before, changes=change)))
    assert late(without, "deception") < 0.5
    assert (with_it["believed_prevalence"] >= without["believed_prevalence"] * (1 - 1e-9)).all()
    assert late(with_it, "believed_prevalence") > 2 * late(without, "believed_prevalence")


def test_what_others_pay_weakens_the_loop():
    """Records that hang on no anti-trafficking money: belief follows this money less."""
    ratios = [np.divide(*held("believed_prevalence", naivety=1.0, paid_by_others=p)[::-1]) for p in (0.0, 0.3, 1.0)]
    assert ratios[0] > ratios[1] > ratios[2] > 1


def test_more_self_reports_to_others_weaken_the_loop():
    """Those who come forward to reception that others pay for do not depend on this money."""
    data = WORLD.resolved()
    data["crises"]["protracted"]["back_ends"]["national"]["reception"] = 2_000
    open_doors = changed(WORLD, crises=data["crises"]).with_values({"paid_by_others": 1.0, **HELD})

    def spread(self_report):
        poor, rich = (
            table(open_doors.with_values({"self_report": self_report, "initial_funding": level}), twin=True)
            for level in (POOR, RICH)
        )
        return late(rich, "believed_prevalence") / late(poor, "believed_prevalence")

    assert spread(0.016) < spread(0.002)


def test_without_money_what_it_has_built_decays_to_what_others_pay():
    """A rich start and no giving from the third year on: posts fall to those of others, training to what they train."""
    start = world(initial_funding=RICH, **HELD, paid_by_others=0.5)
    cut = changed(WORLD, changes={"no money": {"from": "2025-01", "set": {"parameters.giving": 0.0}}})
    values = {"initial_funding": RICH, **HELD, "paid_by_others": 0.5}
    ended = table(cut.with_values(values), twin=True)
    others = WORLD.crises["protracted"].back_ends["national"]
    assert not ended["disbursed_cents"][24:].any()
    for measure, paid in (("reception_posts", others.reception), ("caseworkers", others.caseworkers)):
        built = ended[measure] - 0.5 * paid
        assert built[24] > 1
        assert (np.diff(built[36:]) <= 1e-9).all()  # purses are empty, and those hired before are in full use
        assert built[-1] == pytest.approx(0, abs=1e-6)
    assert ended["specialists"][24] > 1
    assert ended["specialists"][-1] == pytest.approx(0.5 * others.specialists, abs=1e-6)
    nothing = world(giving=0.0, paid_by_others=0.5)
    assert ended["trained_share"][-1] == pytest.approx(nothing["trained_share"][-1], rel=0.05)
    assert late(ended, "identified") < late(start, "identified")
