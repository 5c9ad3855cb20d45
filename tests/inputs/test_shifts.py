"""The four verbs of a dated change: what each does, in which order, in part, and at another size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyclesim.errors import ScenarioError
from cyclesim.inputs.files import load
from cyclesim.inputs.scenario import Scenario
from cyclesim.inputs.schedule import Schedule
from cyclesim.inputs.shifts import VERBS, shifted, sized, weakened

SHARES = st.floats(0, 1)
PATH = "parameters.leadership"


def scenario(section: str, **entries: dict[str, Any]) -> Scenario:
    data = load("baseline").resolved()
    return Scenario.parse(data | {"months": 24, "spin_up": 0, section: entries})


def months(world: Scenario, path: str = PATH) -> list[float]:
    """Return the number in each month."""
    schedule, value, found = Schedule(world), float(world.value(path)), []
    for month in range(world.months):
        value = next((v for p, v in schedule.at(month) if p == path and v is not None), value)
        found.append(value)
    return found


class TestVerbs:
    @given(SHARES, SHARES, SHARES)
    def test_closing_stays_between_what_is_and_the_top(self, value: float, amount: float, weight: float) -> None:
        assert value <= shifted("close", value, amount, weight, 1.0) <= 1.0

    @given(SHARES)
    def test_closing_all_is_the_top_exactly(self, value: float) -> None:
        assert shifted("close", value, 1.0, 1.0, 0.99) == max(value, 0.99)

    @pytest.mark.parametrize("verb", VERBS)
    @given(SHARES, SHARES)
    def test_nothing_moves_before_it_is_in_force(self, verb: str, value: float, amount: float) -> None:
        assert shifted(verb, value, amount, 0.0, 1.0) == value

    def test_closing_does_not_bring_back_what_went_beyond_the_top(self) -> None:
        assert shifted("close", 1.2, 0.5, 1.0, 1.0) == 1.2


class TestSize:
    @pytest.mark.parametrize("verb", VERBS)
    @given(SHARES)
    def test_one_is_what_is_stated_bit_by_bit(self, verb: str, amount: float) -> None:
        assert sized(verb, amount, 1.0) == amount

    def test_two_is_the_change_made_twice(self) -> None:
        assert sized("scale", 0.7, 2.0) == pytest.approx(0.7 * 0.7)
        assert sized("add", 6.0, 2.0) == 12.0
        once = shifted("close", 0.2, 0.3, 1.0, 1.0)
        twice = shifted("close", once, 0.3, 1.0, 1.0)
        assert shifted("close", 0.2, sized("close", 0.3, 2.0), 1.0, 1.0) == pytest.approx(twice)

    @pytest.mark.parametrize(("verb", "amount"), [("scale", 0.0), ("scale", 3.0), ("add", 6.0), ("close", 1.0)])
    def test_none_is_no_change(self, verb: str, amount: float) -> None:
        assert shifted(verb, 0.4, sized(verb, amount, 0.0), 1.0, 1.0) == 0.4

    def test_half_the_strength_is_half_the_way(self) -> None:
        for verb, amount in (("scale", 0.4), ("add", 0.2), ("close", 0.6)):
            whole = shifted(verb, 0.5, amount, 1.0, 1.0) - 0.5
            assert shifted(verb, 0.5, weakened(verb, amount, 0.5), 1.0, 1.0) - 0.5 == pytest.approx(whole / 2)

    def test_a_study_can_vary_it_and_the_cost_stays(self) -> None:
        help_ = {"from": "2023-03", "scale": {PATH: 0.5}, "cost": 1200.0}
        stated = scenario("interventions", help=help_)
        large = stated.with_values({"interventions.help.size": 2})
        assert months(large)[2] == pytest.approx(float(stated.value(PATH)) * 0.25)
        assert Schedule(large).cost(2) == Schedule(stated).cost(2) == 120_000
        assert months(stated.with_values({"interventions.help.size": 1})) == months(stated)

    def test_what_is_set_has_no_size(self) -> None:
        help_ = {"from": "2023-03", "set": {PATH: 0.5}, "size": 1.2}
        with pytest.raises(ScenarioError, match=r"interventions\.help\.size: does not go with set .*leave out size"):
            scenario("interventions", help=help_)

    @pytest.mark.parametrize(("size", "message"), [(-0.1, "at least 0"), (11, "at most 10"), ("much", "a number")])
    def test_a_size_that_makes_no_sense_is_refused(self, size: Any, message: str) -> None:
        with pytest.raises(ScenarioError, match=rf"interventions\.help\.size: must be {message}"):
            scenario("interventions", help={"from": "2023-03", "set": {PATH: 0.5}, "size": size})


class TestClose:
    def test_ramp_share_and_until(self) -> None:
        help_ = {"from": "2023-03", "until": "2023-09", "ramp": 2, "share": 0.5, "close": {PATH: 0.8}}
        world = scenario("interventions", help=help_)
        before = float(world.value(PATH))
        gap = 1 - before
        expected = [before] * 2 + [before + 0.2 * gap] + [before + 0.4 * gap] * 5 + [before] * 16
        assert months(world) == pytest.approx(expected)

    def test_it_comes_after_all_other_changes_of_a_number(self) -> None:
        world = scenario(
            "changes",
            a={"from": "2023-01", "close": {PATH: 0.5}},
            b={"from": "2023-01", "set": {PATH: 0.4}, "scale": {PATH: 0.5}, "add": {PATH: 0.1}},
        )
        assert months(world)[0] == pytest.approx(0.3 + 0.5 * 0.7)

    def test_two_leave_the_product_of_what_each_leaves(self) -> None:
        one, two = {"from": "2023-01", "close": {PATH: 0.5}}, {"from": "2023-01", "close": {PATH: 0.2}}
        world = scenario("changes", one=one, two=two)
        assert 1 - months(world)[0] == pytest.approx((1 - float(world.value(PATH))) * 0.5 * 0.8)

    def test_a_donor_that_follows_its_parameter_follows_the_gap_too(self) -> None:
        path = "donors.Government A.flexible_share"
        world = scenario("changes", one={"from": "2023-01", "close": {path: 0.5, "parameters.flexible_share": 0.5}})
        assert 1 - months(world, path)[0] == pytest.approx((1 - float(world.value(path))) * 0.25)

    def test_the_top_is_the_bound_of_the_parameter(self) -> None:
        world = scenario("changes", one={"from": "2023-01", "close": {"parameters.poaching": 1.0}})
        assert months(world, "parameters.poaching")[0] == 0.99

    @pytest.mark.parametrize(
        ("path", "share", "message"),
        [
            ("parameters.patience", 0.5, r"patience: close goes with shares, and .* may be as large as 240\. Write sc"),
            ("donors.Government A.budget", 0.5, r"budget: close goes with shares, .* has no upper bound\. Write scale"),
            ("parameters.leadership", 1.5, r"close\.parameters\.leadership: must be at most 1 \(got 1\.5\)"),
            ("parameters.leadership", -0.1, r"leadership: must be at least 0"),
            ("parameters.leadrship", 0.5, r"no parameter 'leadrship'.*leadership"),
            ("parameters.trust_initial", 0.5, "is read once"),
        ],
    )
    def test_what_cannot_be_closed_is_refused(self, path: str, share: float, message: str) -> None:
        with pytest.raises(ScenarioError, match=message):
            scenario("changes", one={"from": "2023-01", "close": {path: share}})

    def test_check_tells_what_becomes_of_the_number(self, tmp_path: Path) -> None:
        from click.testing import CliRunner

        from cyclesim.cli.inputs import check

        path = tmp_path / "mine.yaml"
        path.write_text(
            "extends: baseline\ninterventions:\n  help:\n    from: 2025-01\n    size: 2\n"
            "    close: {parameters.local_voice: 0.5}\n",
            encoding="utf-8",
        )
        result = CliRunner().invoke(check, [str(path)])
        assert "parameters.local_voice: 0 -> 0.75" in result.output
        assert "2 times as large as stated" in result.output
