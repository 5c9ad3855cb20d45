"""Sentences: rounded to what the worlds support, and no finding where there is none."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyclesim import text
from cyclesim.intervals import Spread
from cyclesim.measures import EVERY

NAN = math.nan


def over(mean, low, high, half=0.0, worlds=200, draws=1):
    """Return a mean with an interval of itself so wide to both sides, and where worlds lie."""
    return Spread(mean, half / 2, mean - half, mean + half, low, high, worlds, draws, draws if draws > 1 else worlds)


def one(mean):
    return Spread(mean, NAN, NAN, NAN, NAN, NAN, 1, 1, 1)


@pytest.mark.parametrize(
    ("x", "interval", "written"),
    [
        (1904.3, (1200, 2700), "1,900"),
        (94_412, (92_311, 97_204), "94,400"),
        (12_931, None, "12,900"),
        (0, (-3, 3), "0"),
        (0, None, "0"),
        (-1904.3, (-2700, -1200), "-1,900"),
        (3, (-500, 500), "3"),
        (0.04321, (0.03, 0.05), "0.043"),
        (1234.6, None, "1,235"),
        (1234.6, (1234.6, 1234.6), "1,235"),
        (1234.6, (NAN, NAN), "1,235"),
        (9_999, None, "9,999"),
        (-123.45, None, "-123"),
        (12.345, None, "12.3"),
        (0.0012345, None, "0.00123"),
        (NAN, None, "-"),
        (math.inf, None, "endless"),
        (-math.inf, (0, 1), "-"),
    ],
)
def test_numbers_are_rounded_to_what_their_interval_supports(x, interval, written):
    assert text.number(x, interval) == written


@given(st.floats(1e-9, 1e15).flatmap(lambda x: st.sampled_from([x, -x])), st.floats(0, 1e12))
def test_rounding_never_loses_the_size_or_the_sign_of_a_number(x, width):
    written = float(text.number(x, (x - width, x + width)).replace(",", ""))
    assert math.copysign(1, written) == math.copysign(1, x)
    assert abs(written - x) <= 0.5 * abs(x) * 1.0001


@given(st.integers(-9_999, 9_999))
def test_whole_numbers_below_ten_thousand_are_written_in_full(x):
    assert text.number(x) == f"{x:,}"


PERSON_MONTHS, IDENTIFIED = "person_months_exploited", "identified"


@pytest.mark.parametrize(
    ("measure", "found", "baseline", "covers", "sentence"),
    [
        (PERSON_MONTHS, over(1904, 1200, 2700, 200), 950_000, "luck and inputs",
         "averts about 1,900 person-months of exploitation (~200 worlds: 1,200 to 2,700), 0.2 % of the "
         "baseline"),
        (PERSON_MONTHS, over(-1904, -2700, -1200, 200), 95_000, "luck and inputs",
         "adds about 1,900 person-months of exploitation (~200 worlds: 1,200 to 2,700), 2 % of the baseline"),
        (PERSON_MONTHS, over(500, -300, 1300, 200), 950_000, "luck and inputs",
         "averts about 500 person-months of exploitation (~200 worlds: -300 to 1,300), 0.053 % of the "
         "baseline"),
        (PERSON_MONTHS, over(500, 100, 900, 501), 950_000, "luck and inputs",
         "no clear difference in person-months of exploitation (~200 worlds: 100 to 900)"),
        (PERSON_MONTHS, over(-500, -1300, 300, 501), 950_000, "luck and inputs",
         "no clear difference in person-months of exploitation (~200 worlds: -1,300 to 300)"),
        (PERSON_MONTHS, over(1904, 1200, 2700, 200, 5), 950_000, "luck only",
         "averts about 1,900 person-months of exploitation (luck only, all 5 worlds: 1,200 to 2,700), 0.2 % of the "
         "baseline"),
        (PERSON_MONTHS, over(1904, 1200, 2700, 200, 40, 20), 950_000, "luck and inputs",
         "averts about 1,900 person-months of exploitation (~40 worlds of 20 draws: 1,200 to 2,700), 0.2 % of "
         "the baseline"),
        (PERSON_MONTHS, over(1904, 1200, 2700, 200, 40, 4), 950_000, "inputs only",
         "averts about 1,900 person-months of exploitation (inputs only, all 40 worlds of 4 draws: 1,200 to 2,700), "
         "0.2 % of the baseline"),
        (PERSON_MONTHS, over(0, 0, 0), 950_000, "luck only", "no difference in person-months of exploitation"),
        (PERSON_MONTHS, over(0, -3, 3, 1), 950_000, "luck only",
         "no clear difference in person-months of exploitation (luck only, ~200 worlds: -3 to 3)"),
        (PERSON_MONTHS, one(0), 950_000, "one world",
         "no difference in person-months of exploitation in this one world"),
        (PERSON_MONTHS, one(0), 950_000, "expected values",
         "no difference in person-months of exploitation in expected values"),
        (PERSON_MONTHS, one(1904), 95_200, "one world",
         "averts about 1,904 person-months of exploitation in this one world, 2 % of the baseline"),
        (PERSON_MONTHS, one(1904), 95_200, "expected values",
         "averts about 1,904 person-months of exploitation in expected values, 2 % of the baseline"),
        (PERSON_MONTHS, one(1), 0, "one world", "averts about 1 person-month of exploitation in this one world"),
        (PERSON_MONTHS, one(NAN), NAN, "one world", "no value for person-months of exploitation"),
        (PERSON_MONTHS, over(1904, 1200, 2700, 200), NAN, "luck and inputs",
         "averts about 1,900 person-months of exploitation (~200 worlds: 1,200 to 2,700)"),
        (IDENTIFIED, over(5600, 5460, 5800, 50), 7180, "luck and inputs",
         "raises the number of people identified by about 5,600 people (~200 worlds: 5,460 to 5,800), "
         "78 % of the baseline"),
        (IDENTIFIED, one(-1), 100, "one world",
         "lowers the number of people identified by about 1 person in this one world, 1 % of the baseline"),
        ("newly_trafficked", over(30, 10, 50, 4), 300, "luck only",
         "lowers the number of people trafficked for the first time by about 30 people (luck only, ~200 "
         "worlds: -50 to -10), 10 % of the baseline"),
        ("newly_trafficked", over(-30, -50, -10, 4), 300, "luck only",
         "raises the number of people trafficked for the first time by about 30 people (luck only, ~200 "
         "worlds: 10 to 50), 10 % of the baseline"),
        ("newly_trafficked", over(10, -10, 50, 12), 300, "luck only",
         "no clear difference in the number of people trafficked for the first time (luck only, ~200 worlds: "
         "-50 to 10)"),
        ("referred", over(1, 1, 1), 10, "luck and inputs",
         "raises the number of referrals by about 1 case (~200 worlds: 1 to 1), 10 % of the baseline"),
        ("referred", over(1, 1, 1, 0, 5), 10, "luck only",
         "no clear difference in the number of referrals (luck only, all 5 worlds: 1 to 1)"),
        ("trust", over(0.4061, 0.398, 0.415, 0.001), 0.45, "luck and inputs",
         "raises trust in the referral pathway by about 40.6 percentage points (~200 worlds: 39.8 to 41.5), "
         "from 45 %"),
        ("trust", one(-0.01), 0.453, "one world",
         "lowers trust in the referral pathway by about 1 percentage point in this one world, from 45 %"),
        ("disbursed_cents", over(76_400_000, 74_300_000, 78_700_000, 300_000), 206_000_000, "luck and inputs",
         "raises money disbursed by about US$764,000 (~200 worlds: US$743,000 to US$787,000), "
         "37 % of the baseline"),
        ("disbursed_cents", over(100, -20_000, 30_000, 4_000), 1, "luck and inputs",
         "no clear difference in money disbursed (~200 worlds: -US$200 to US$300)"),
        ("deception", over(0.0325, 0.03, 0.035, 0.001), 0.0722, "luck and inputs",
         "raises believed over true prevalence by about 0.0325 (~200 worlds: 0.03 to 0.035), "
         "45 % of the baseline"),
        ("true_prevalence", one(0.5), 20, "one world",
         "lowers the true prevalence by about 0.5 per 1,000 per year in this one world, 2.5 % of the baseline"),
    ],
)  # fmt: skip
def test_a_finding_is_one_honest_sentence(measure, found, baseline, covers, sentence):
    words = sentence.replace("~", "9 in 10 further worlds, judged by ")
    assert text.finding(EVERY[measure], found, baseline, covers) == words


NAMES, SIZES = st.sampled_from(sorted(EVERY)), st.floats(1e-6, 1e9)


@given(NAMES, st.floats(-1e9, 1e9, allow_subnormal=False), st.floats(1, 2), SIZES, SIZES)
def test_a_mean_whose_interval_covers_zero_is_never_called_a_finding(name, mean, wider, below, above):
    found = over(mean, mean - below, mean + above, wider * abs(mean))
    assert text.finding(EVERY[name], found, 1.0).startswith(("no clear difference in", "no difference in"))


@given(NAMES, SIZES, st.booleans(), st.floats(0.01, 0.99), SIZES, SIZES)
def test_a_clear_finding_says_more_or_less_as_it_is_wherever_worlds_lie(name, size, fewer, part, below, above):
    """The verb says which way, and the interval that follows is told the same way."""
    measure, mean = EVERY[name], -size if fewer else size
    found = over(mean, mean - below, mean + above, part * size)
    said = text.finding(measure, found, math.nan, "luck and inputs")
    if name == PERSON_MONTHS:
        verb, shown = ("adds", -found) if fewer else ("averts", found)
    else:
        shown = -found if measure.averted else found
        verb = "raises" if shown.mean > 0 else "lowers"
    assert said.startswith(f"{verb} ")
    assert said.endswith(f"({text.interval(shown, measure.unit)})")
    unclear = text.finding(measure, over(mean, mean - below, mean + above, 1.01 * size), math.nan)
    told = found if name == PERSON_MONTHS else shown
    assert unclear == f"no clear difference in {measure.words} ({text.interval(told, measure.unit)})"


@pytest.mark.parametrize(
    ("x", "unit", "written"),
    [
        (0.35, "share", "35 %"),
        (0.0792, "share", "7.9 %"),
        (0, "share", "0 %"),
        (NAN, "share", "no value"),
        (120_000, "cents", "US$1,200"),
        (-3000, "cents", "-US$30"),
        (NAN, "cents", "no value"),
        (1, "people", "1 person"),
        (2, "people", "2 people"),
        (NAN, "people", "no value"),
        (math.inf, "ratio", "no value"),
        (0.5, "index", "0.5"),
    ],
)
def test_a_value_carries_its_unit(x, unit, written):
    assert text.quantity(x, unit) == written


def test_a_difference_of_shares_is_in_percentage_points():
    assert text.points(0.01) == "1 percentage point"
    assert text.points(-0.0346, (-0.04, -0.03)) == "-3.5 percentage points"
    assert text.points(NAN) == "no value"
