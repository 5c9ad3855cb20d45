"""Every mechanism acts, and acts through its switch: off, some number changes; on, it changes what its text says."""

import numpy as np
import pytest

from cyclesim.inputs.files import load
from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.scenario import Scenario
from science.worlds import table

SWITCHES = sorted(name for name, quantity in parameters().items() if quantity.off is not None)


def probe():
    """Return a world in which every mechanism has something to act on."""
    data = load("baseline").resolved()
    data |= {"months": 36, "spin_up": 12, "changes": {}}
    crisis = data["crises"]["protracted"]
    crisis["arrivals"]["displaced before"]["people"] = 150_000
    crisis["arrivals"]["fled"] = {"month": "2023-06", "people": 100_000, "settings": {"host towns": 1.0}}
    crisis["attention"] = {"news": {"month": "2023-06", "peak": 1.0}}
    for organisation in crisis["organisations"].values():
        organisation["staff"] /= 5
    crisis["organisations"]["Surge"] = {
        "kind": "un_ingo", "channel": "humanitarian", "setting": "host towns", "staff": 60,
        "international": True, "context": 0.5, "arrives": "2023-06",
    }  # fmt: skip
    crisis["organisations"]["Newcomers"] = {
        "kind": "newly_registered", "channel": "humanitarian", "setting": "host towns", "staff": 60, "count": 500,
        "vetted": False, "arrives": "2023-06",
    }  # fmt: skip
    crisis["back_ends"]["national"]["caseworkers"] = 0.3
    crisis["needs_met"] = 0.3
    for donor in data["donors"].values():
        donor["budget"] /= 8  # so that other sectors' needs bind
    data["parameters"] = {
        "incidence": 0.0015, "initial_preparedness": 0.3, "protection_uptake": 0.4, "inertia_years": 1,
        "reporting_lag": 3, "triage": 0.03, "record_sharing": 0.7, "false_links": 0.005,
    }  # fmt: skip
    return Scenario.parse(data, "probe")


PROBE = probe()
ON = table(PROBE)
DIRECT = PROBE.with_values({"trust_gain": 0, "trust_loss": 0, "frustration": 0})
"""Without trust: more referrals overload the back end, and lost trust would hide what a mechanism does directly."""


@pytest.mark.parametrize("name", SWITCHES)
def test_a_mechanism_switched_off_changes_the_world(name):
    off = table(PROBE.with_values({name: parameters()[name].off}))
    assert any(ON[m].tobytes() != off[m].tobytes() for m in ON if m != "crisis"), f"{name} does nothing"


# switched off, the mean of the measure over the run is higher (+) or lower (-) than with the mechanism on
DIRECTIONS = {
    "access_displaced": ("referral_rate", "+"),
    "adaptation": ("referral_rate", "+"),
    "agenda": ("committed_cents", "+"),
    "assumed_covered": ("referral_rate", "+"),
    "awareness_gap": ("referral_rate", "+"),
    "border_equipment": ("referral_rate", "+"),
    "chaos": ("newly_trafficked", "-"),
    "competition": ("referral_rate", "+"),
    "completeness": ("reported", "+"),
    "complicity": ("referral_rate", "+"),
    "cover": ("referral_rate", "+"),
    "coverage_outside": ("referral_rate", "+"),
    "crowding": ("referral_rate", "+"),
    "fragmentation": ("referral_rate", "+"),
    "gatekeeping": ("reported", "+"),
    "infiltration": ("newly_trafficked", "-"),
    "international_demand": ("newly_trafficked", "-"),
    "late_multiplier": ("newly_trafficked", "-"),
    "leadership": ("referral_rate", "+"),
    "lens": ("referral_rate", "+"),
    "list_dependence": ("on_two_lists", "-"),
    "false_links": ("on_two_lists", "-"),
    "missing_fields": ("on_two_lists", "+"),
    "record_sharing": ("on_two_lists", "+"),
    "champion_dependence": ("referral_rate", "+"),
    "cut_exponent": ("committed_cents", "+"),
    "hotline": ("came_forward", "-"),
    "local_loss": ("frontline_staff", "+"),
    "local_voice": ("referral_rate", "+"),
    "lost_referral": ("referral_rate", "+"),
    "media_multiplier": ("committed_cents", "-"),
    "no_right_to_stay": ("came_forward", "+"),
    "no_sharing": ("referral_rate", "+"),
    "parallel_structures": ("referral_rate", "+"),
    "need_elasticity": ("newly_trafficked", "-"),
    "onset_awareness": ("trained_share", "+"),
    "poaching": ("trained_share", "+"),
    "political_sensitivity": ("committed_cents", "+"),
    "portal_risk": ("newly_trafficked", "-"),
    "prevention_effect": ("newly_trafficked", "+"),
    "priority": ("committed_cents", "+"),
    "proof_gap": ("identified_formally", "+"),
    "protection_effect": ("newly_trafficked", "+"),
    "proven_only": ("reported", "+"),
    "reach_weight": ("committed_cents", "+"),
    "refusal_conditional": ("declined", "-"),
    "reluctance": ("came_forward", "+"),
    "retrafficking_unassisted": ("retrafficked", "-"),
    "return_protraction": ("retrafficked", "-"),
    "sensitivity_untrained": ("referral_rate", "+"),
    "smuggling_lens": ("referral_rate", "+"),
    "turnover_international": ("trained_share", "+"),
    "turnover_national": ("trained_share", "+"),
    "trust_loss": ("trust", "+"),
    "unvetted_recognition": ("referral_rate", "+"),
    "wider_gap": ("trained_share", "+"),
}


@pytest.mark.parametrize("name", DIRECTIONS)
def test_a_mechanism_acts_in_the_direction_its_text_says(name):
    measure, sign = DIRECTIONS[name]
    world = PROBE if measure == "trust" else DIRECT
    off = [table(world.with_values({name: parameters()[name].off}), seed)[measure].mean() for seed in (1, 2)]
    on = [table(world, seed)[measure].mean() for seed in (1, 2)]
    assert (np.mean(off) - np.mean(on)) * (1 if sign == "+" else -1) > 0
