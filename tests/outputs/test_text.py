"""Sentences: rounded to what the worlds support, and no finding where there is none."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyclesim.outputs import text

NAN = math.nan
EXPLOITED = ("person-months of exploitation", "person-months")


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
        (1234.5, (1234.5, 1234.5), "1,230"),
        (1234.5, (NAN, NAN), "1,230"),
        (NAN, None, "no value"),
        (math.inf, None, "no value"),
    ],
)
def test_numbers_are_rounded_to_what_their_interval_supports(x, interval, written):
    assert text.number(x, interval) == written


@given(st.floats(1e-9, 1e15).flatmap(lambda x: st.sampled_from([x, -x])), st.floats(0, 1e12))
def test_rounding_never_loses_the_size_or_the_sign_of_a_number(x, width):
    written = float(text.number(x, (x - width, x + width)).replace(",", ""))
    assert math.copysign(1, written) == math.copysign(1, x)
    assert abs(written - x) <= 0.5 * abs(x) * 1.0001


@pytest.mark.parametrize(
    ("title", "unit", "mean", "low", "high", "baseline", "sentence"),
    [
        (*EXPLOITED, 1904, 1200, 2700, 950_000,
         "averts about 1,900 person-months of exploitation (5-95 % of worlds: 1,200 to 2,700), 0.2 % of the baseline"),
        (*EXPLOITED, -1904, -2700, -1200, 95_000,
         "adds about 1,900 person-months of exploitation (5-95 % of worlds: 1,200 to 2,700), 2 % of the baseline"),
        (*EXPLOITED, 500, -300, 1300, 950_000,
         "no clear difference in person-months of exploitation (5-95 % of worlds: -300 to 1,300)"),
        (*EXPLOITED, 500, 0, 1300, 950_000,
         "no clear difference in person-months of exploitation (5-95 % of worlds: 0 to 1,300)"),
        (*EXPLOITED, 0, 0, 0, 950_000, "no difference in person-months of exploitation"),
        (*EXPLOITED, -2, 1, 5, 950_000,
         "no clear difference in person-months of exploitation (5-95 % of worlds: 1 to 5)"),
        (*EXPLOITED, 0, NAN, NAN, 950_000, "no difference in person-months of exploitation in this one world"),
        (*EXPLOITED, 1904, NAN, NAN, 95_200,
         "averts about 1,900 person-months of exploitation in this one world, 2 % of the baseline"),
        (*EXPLOITED, 1, NAN, NAN, 0, "averts about 1 person-month of exploitation in this one world"),
        (*EXPLOITED, NAN, NAN, NAN, NAN, "no value for person-months of exploitation"),
        (*EXPLOITED, 1904, 1200, 2700, NAN,
         "averts about 1,900 person-months of exploitation (5-95 % of worlds: 1,200 to 2,700)"),
        ("the number of people identified", "people", 5600, 5460, 5800, 7180,
         "raises the number of people identified by about 5,600 people (5-95 % of worlds: 5,460 to 5,800), "
         "78 % of the baseline"),
        ("the number of people identified", "people", -1, NAN, NAN, 100,
         "lowers the number of people identified by about 1 person in this one world, 1 % of the baseline"),
        ("the number of referrals", "cases", 1, 1, 1, 10,
         "raises the number of referrals by about 1 case (5-95 % of worlds: 1 to 1), 10 % of the baseline"),
        ("trust", "share", 0.4061, 0.398, 0.415, 0.45,
         "raises trust by about 40.6 percentage points (5-95 % of worlds: 39.8 to 41.5), from 45 %"),
        ("trust", "share", -0.01, NAN, NAN, 0.453,
         "lowers trust by about 1 percentage point in this one world, from 45 %"),
        ("money disbursed", "cents", 76_400_000, 74_300_000, 78_700_000, 206_000_000,
         "raises money disbursed by about US$764,000 (5-95 % of worlds: US$743,000 to US$787,000), "
         "37 % of the baseline"),
        ("money disbursed", "cents", 100, -20_000, 30_000, 1,
         "no clear difference in money disbursed (5-95 % of worlds: -US$200 to US$300)"),
        ("believed over true prevalence", "ratio", 0.0325, 0.03, 0.035, 0.0722,
         "raises believed over true prevalence by about 0.0325 (5-95 % of worlds: 0.03 to 0.035), "
         "45 % of the baseline"),
        ("true prevalence", "per 1,000 per year", -0.5, NAN, NAN, 20,
         "lowers true prevalence by about 0.5 per 1,000 per year in this one world, 2.5 % of the baseline"),
    ],
)  # fmt: skip
def test_a_finding_is_one_honest_sentence(title, unit, mean, low, high, baseline, sentence):
    assert text.finding(title, mean, low, high, unit, baseline) == sentence


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 0), st.floats(0, 1e9))
def test_an_interval_that_covers_zero_is_never_called_a_finding(mean, low, high):
    assert text.finding("trust", mean, low, high, "index", 1.0).startswith(("no clear difference", "no difference"))


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
        (0.5, "index", "0.5"),
    ],
)
def test_a_value_carries_its_unit(x, unit, written):
    assert text.quantity(x, unit) == written
