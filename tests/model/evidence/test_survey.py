"""A prevalence survey: unbiased once corrected, and too high where prevalence is low and it is not."""

import math

import numpy as np
import pytest

from cyclesim.inputs.parameters import parameters
from cyclesim.model.evidence.survey import Instrument, binomial, on_log_scale
from cyclesim.model.parameters import Parameters

LUCK = (np.arange(4_000) + 0.5) / 4_000  # every quantile once: means over luck without noise


def test_the_survey_of_the_evidence_finds_twelve_true_and_thirty_false():
    """n = 3,000 at 8 per 1,000, one half tells, 1 % false positives (EVIDENCE 4.1)."""
    simple = Instrument(asked=3000, design_effect=1.0, detects=0.5, mistakes=0.01)
    assert 3000 * 0.008 * simple.detects == pytest.approx(12)
    assert 3000 * simple.positive(0.008) == pytest.approx(12 + 29.76)
    assert simple.survey(0.008, None).raw == pytest.approx(13.92)


@pytest.mark.parametrize("design_effect", [1.0, 2.0])
@pytest.mark.parametrize("prevalence", [0.02, 0.1, 0.4])
def test_corrected_it_is_unbiased_and_its_error_is_the_spread_over_samples(prevalence, design_effect):
    instrument = Instrument(3000, design_effect, 0.475, 0.01)
    found = [instrument.survey(prevalence, u) for u in LUCK]
    corrected = np.array([f.corrected for f in found])
    assert corrected.mean() == pytest.approx(1000 * prevalence, rel=0.01)
    assert np.mean([f.corrected_error for f in found]) == pytest.approx(corrected.std(), rel=0.05)


def test_an_instrument_that_tells_nothing_corrects_nothing_and_says_so():
    found = Instrument(3000, 2.0, detects=0.01, mistakes=0.01).read(30.0, 1500)
    assert (found.raw, found.corrected, found.corrected_error) == (20.0, 0.0, np.inf)
    assert found.raw_error == pytest.approx(1000 * np.sqrt(30.5 / 1501 * (1 - 30.5 / 1501) / 1500))


def test_network_scale_up_asks_about_those_known_and_is_corrected_for_their_visibility():
    values = {name: quantity.value for name, quantity in parameters().items()}
    direct = Instrument.of(Parameters(values))
    network = Instrument.of(Parameters({**values, "survey_network": 290.0}))
    assert network.asked == 290 * direct.asked
    found = [network.survey(0.015, u) for u in LUCK[::40]]
    assert np.mean([f.raw for f in found]) == pytest.approx(1000 * (0.015 * 0.3 + 0.985 * 0.002), rel=0.01)
    assert np.mean([f.corrected for f in found]) == pytest.approx(15, rel=0.01)
    assert found[0].corrected_error < direct.survey(0.015, None).corrected_error
    known = Instrument.of(Parameters({**values, "survey_network": 290.0, "survey_visibility": 0.6}))
    assert known.survey(0.015, None).corrected_error < found[0].corrected_error


def test_raw_it_overstates_a_rare_event_and_understates_a_common_one():
    instrument = Instrument(3000, 1.0, 0.5, 0.01)
    assert instrument.survey(0.002, None).raw > 5 * 2
    assert instrument.survey(0.4, None).raw < 0.6 * 400


def test_an_instrument_that_tells_nothing_says_so():
    assert math.isinf(Instrument(100, 1.0, 0.01, 0.01).survey(0.3, 0.5).corrected_error)


def test_the_binomial_quantile_is_that_of_scipy():
    from scipy.stats import binom

    for number, chance in ((10, 0.3), (3000, 0.014), (16_000, 0.2)):
        for uniform in (1e-9, 0.1, 0.5, 0.987):
            assert binomial(number, chance, uniform) == binom.ppf(uniform, number, chance)
    assert binomial(10, 0.0, 0.99) == 0
    assert binomial(10, 1.0, 0.0) == 10


def test_nothing_found_is_weak_evidence_of_little():
    found = Instrument(3000, 1.0, 0.5, 0.0).read(0, 3000)
    mean, error = on_log_scale(found.raw, found.raw_error)
    assert mean < math.log(0.3)
    assert error > 1
    strong = on_log_scale(10.0, 1.0)
    assert strong == pytest.approx((math.log(10), 0.1), abs=0.001)
