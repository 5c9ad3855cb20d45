"""The catalogue of interventions, its use in scenario files, and its command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from cyclesim.cli.inputs import interventions
from cyclesim.errors import ParametersError, ScenarioError, UnknownNameError
from cyclesim.inputs import shipped
from cyclesim.inputs.files import load
from cyclesim.inputs.interventions import catalogue, entry, read_interventions
from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.paths import bounds
from cyclesim.inputs.reading import read as read_yaml
from cyclesim.inputs.scenario import Scenario
from cyclesim.inputs.schedule import Schedule
from cyclesim.inputs.shifts import VERBS, shifted, sized
from cyclesim.model.cycle import CycleModel

ALL = [f"R{n}" for n in range(1, 25)] + [f"P{n}" for n in range(1, 19)]
BUILT = [name for name, one in catalogue().items() if one.built]
NEWCOMERS = (
    "crises:\n  protracted:\n    organisations:\n      Newcomers: {kind: newly_registered, channel: humanitarian,"
    " setting: camps, staff: 60, count: 2000, vetted: false, arrives: 2023-02}\n"
)
"""An organisation nobody has vetted: P2 acts on nothing else."""
ARRIVALS = (
    "\n    arrivals:\n      displaced before: {people: 100000}\n"
    "      fled: {month: 2023-05, people: 20000, settings: {camps: 1}}\n"
)
"""Some who come later: P13 acts on nobody else."""
LINES = "parameters: {line_hazard: 0.07}\n"
"""The one plan of these two years gets its line by P1 only: its luck lies between the two chances."""


def use(folder: Path, *lines: str, below: str = "baseline", more: str = "") -> Path:
    path = folder / "mine.yaml"
    body = "".join(f"    {line}\n" for line in lines)
    path.write_text(f"extends: {below}\n{more}interventions:\n  help:\n{body}", encoding="utf-8")
    return path


def probe(folder: Path, *lines: str) -> Scenario:
    """Return the baseline with 100,000 people, an unvetted organisation, two years, and perhaps an intervention."""
    small = "months: 24\nspin_up: 0\n" + LINES + NEWCOMERS.rstrip() + ARRIVALS
    if lines:
        return load(use(folder, *lines, "from: 2023-04", more=small))
    path = folder / "base.yaml"
    path.write_text(f"extends: baseline\n{small}", encoding="utf-8")
    return load(path)


def shifts_of(name: str) -> list[tuple[str, str, float]]:
    """Return the changes of an entry, with names of this package's scenarios in place of ``*``."""
    changes = entry(name).changes
    assert changes
    return [(v, path.replace("*", "any"), x) for v in VERBS for path, x in getattr(changes, v).items()]


def priors(luck: np.random.Generator, path: str, number: int) -> list[float]:
    """Return values from the range of a parameter; its value where it has none, 0.5 where it is no parameter."""
    quantity = parameters().get(path.removeprefix("parameters."))
    if quantity is None or quantity.range is None:
        return [0.5 if quantity is None else quantity.value]
    return [*quantity.range, *luck.uniform(*quantity.range, number)]


def table(scenario: Scenario) -> dict[str, Any]:
    months = CycleModel(scenario).run().observations.tables()["months"]
    return {
        name: values.tolist()
        for name, values in months.items()
        if name not in ("intervention_cents", "total_spent_cents")
    }


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return table(probe(tmp_path_factory.mktemp("base")))


class TestCatalogue:
    def test_it_holds_every_recommendation_and_practice_in_order(self) -> None:
        assert list(catalogue()) == ALL

    def test_every_entry_is_built(self) -> None:
        assert BUILT == ALL

    @pytest.mark.parametrize("name", BUILT)
    def test_at_the_defaults_a_change_leads_inside_the_plausible_range(self, name: str) -> None:
        for verb, path, amount in shifts_of(name):
            quantity = parameters().get(path.removeprefix("parameters."))
            if quantity and quantity.range:
                value = shifted(verb, quantity.value, amount, 1.0, bounds(path)[1])
                assert quantity.range[0] <= value <= quantity.range[1], path

    @pytest.mark.parametrize("name", BUILT)
    def test_no_number_that_it_acts_on_moves_the_wrong_way_at_any_state_of_the_world(self, name: str) -> None:
        luck = np.random.default_rng(1)
        for verb, path, amount in shifts_of(name):
            assert verb != "set", f"{path}: a target is the wrong way from beyond it"
            low, high = bounds(path)
            states = [low, *luck.uniform(low, min(high, 1e6), 200), *priors(luck, path, 200)]
            sign = np.sign(amount - 1.0 if verb == "scale" else amount)
            for size in (*entry(name).size, 1.0):
                for weight in (0.0, 0.3, 1.0):
                    moved = [shifted(verb, v, sized(verb, amount, size), weight, high) - v for v in states]
                    assert all(sign * move >= 0 for move in moved), path
            assert sign * sum(moved) > 0, f"{path} never moves"

    @pytest.mark.parametrize("name", BUILT)
    def test_no_draw_and_no_size_takes_a_number_out_of_its_bounds(self, name: str) -> None:
        luck = np.random.default_rng(2)
        for verb, path, amount in shifts_of(name):
            low, high = bounds(path)
            for size in entry(name).size:
                for before in priors(luck, path, 200):
                    assert low <= shifted(verb, before, sized(verb, amount, size), 1.0, high) <= high, path

    @pytest.mark.parametrize("name", BUILT)
    def test_every_change_moves_its_number_at_the_default(self, name: str) -> None:
        for verb, path, amount in shifts_of(name):
            quantity = parameters().get(path.removeprefix("parameters."))
            if quantity:
                assert shifted(verb, quantity.value, amount, 1.0, bounds(path)[1]) != quantity.value, path

    def test_what_is_nested_changes_nothing_that_the_other_does_not(self) -> None:
        for one in catalogue().values():
            outer = one.overlap.rule.partition("nested in ")[2] if one.overlap else ""
            if outer:
                whole = entry(outer).changes
                assert one.changes
                assert whole
                assert set(one.changes.touched) <= set(whole.touched)

    def test_an_entry_cannot_be_changed(self) -> None:
        with pytest.raises(ValueError, match="frozen"):
            entry("R9").title = "other"  # type: ignore[misc]

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ("title:", "titel:", r"file\.yaml:2:3: R9\.titel: no such key 'titel'. Did you mean 'title'\?"),
            ("a few words", "word " * 13, r"file\.yaml:3:10: R9\.words: must be a short quotation"),
            ("parameters.naivety", "parameters.naivty", r"file\.yaml:5:12: R9\.changes: a dated change cannot touch"),
            (
                "set: {parameters.naivety: 0.5}",
                "close: {parameters.naivety: 2}",
                r"close\.parameters\.naivety: must be at most",
            ),
            (
                "set: {parameters.naivety: 0.5}",
                "close: {parameters.patience: 0.5}",
                r"close goes with .* as large as 240",
            ),
            (
                "  section: s\n",
                "  section: s\n  size: [1.2, 1.5]\n",
                r"R9\.size: must be two numbers with 1 between them",
            ),
            ("naivety: 0.5", "naivety: 2", r"R9\.changes: parameters\.naivety must be between 0 and 1"),
            ("naivety: 0.5", "trust_initial: 0.5", "is read once"),
            ("  cost: {value: 1, grade: assumption, reckoned: so}\n", "", "is incomplete"),
            ("rule: additive", "rule: nested in R8", "'R8' is not built"),
            ("rule: additive", "rule: summed", r"file\.yaml:7:19: R9\.overlap\.rule"),
            ("  section: s\n", "  section: s\n  reason: none\n", "Keep one of them"),
        ],
    )
    def test_a_wrong_catalogue_is_refused_with_its_line(self, tmp_path: Path, old: str, new: str, message: str) -> None:
        right = (
            "R9:\n  title: t\n  words: a few words\n  section: s\n  changes: {set: {parameters.naivety: 0.5}}\n"
            "  cost: {value: 1, grade: assumption, reckoned: so}\n  overlap: {rule: additive, why: so}\n"
        )
        path = tmp_path / "file.yaml"
        path.write_text(right, encoding="utf-8")
        assert list(read_interventions(path)) == ["R9"]
        assert old in right
        path.write_text(right.replace(old, new), encoding="utf-8")
        with pytest.raises(ParametersError, match=message):
            read_interventions(path)


class TestUses:
    @pytest.mark.parametrize("name", BUILT)
    def test_every_entry_loads_and_moves_a_measure(self, name: str, tmp_path: Path, base: dict[str, Any]) -> None:
        chosen = load(use(tmp_path, f"uses: {name}", "from: 2025-01")).interventions["help"]
        assert chosen.recommendation == name
        assert chosen.ramp == entry(name).ramp
        after = table(probe(tmp_path, f"uses: {name}"))
        moved = [measure for measure, values in after.items() if values != base[measure]]
        assert moved
        assert all(after[measure][:3] == base[measure][:3] for measure in moved)

    @pytest.mark.parametrize("name", BUILT)
    def test_without_strength_no_bit_moves(self, name: str, tmp_path: Path, base: dict[str, Any]) -> None:
        assert table(probe(tmp_path, f"uses: {name}", "strength: 0")) == base

    def test_it_becomes_an_ordinary_intervention_for_the_names_of_this_scenario(self, tmp_path: Path) -> None:
        scenario = load(use(tmp_path, "uses: P17", "from: 2025-01", "until: 2027-01", "ramp: 3"))
        chosen = scenario.interventions["help"]
        places = ("camps", "host towns", "informal settlements")
        expected = {f"crises.protracted.settings.{place}.intensity": 0.9 for place in places}
        assert chosen.scale == {**expected, "parameters.reluctance": 0.7}
        assert (chosen.from_, chosen.until, chosen.ramp) == ("2025-01", "2027-01", 3)
        assert chosen.why == entry("P17").title
        text = json.dumps(scenario.resolved())
        assert "uses" not in json.loads(text)["interventions"]["help"]
        assert Scenario.parse(scenario.resolved(), "mine") == scenario

    def test_a_wildcard_reaches_every_back_end(self, tmp_path: Path) -> None:
        chosen = load(use(tmp_path, "uses: P8", "from: 2022-06", below="ukraine-2022")).interventions["help"]
        ends = ("Ukraine", "host countries")
        assert chosen.scale == {f"crises.ukraine.back_ends.{end}.conditional": 0.0 for end in ends}

    def test_strength_goes_from_the_present_value_to_the_whole_change(self, tmp_path: Path) -> None:
        half = ("from: 2025-01", "strength: 0.5")
        donors = load(use(tmp_path, "uses: R17", *half)).interventions["help"]
        assert donors.scale["parameters.naivety"] == pytest.approx(1 + 0.5 * (0.2 - 1))
        posts = load(use(tmp_path, "uses: R9", *half)).interventions["help"].add
        assert posts == {"parameters.added_caseworkers": 3, "parameters.added_investigators": 1}
        closed = load(use(tmp_path, "uses: R8", *half)).interventions["help"].close
        assert closed == {"parameters.initial_preparedness": pytest.approx(0.15)}

    def test_size_goes_with_a_use(self, tmp_path: Path) -> None:
        large = load(use(tmp_path, "uses: R9", "from: 2025-01", "size: 1.5"))
        stated = load(use(tmp_path, "uses: R9", "from: 2025-01")).interventions["help"]
        assert large.interventions["help"].add == stated.add
        assert large.interventions["help"].cost == stated.cost
        late = dict(Schedule(large).at(35))
        assert late["parameters.added_caseworkers"] == pytest.approx(9)

    def test_cost_follows_the_people_in_need_when_it_begins(self, tmp_path: Path) -> None:
        value = entry("R9").cost.value  # type: ignore[union-attr]
        lines = ("uses: R9", "from: 2025-01", "strength: 0.5")
        scenario = load(use(tmp_path, *lines))
        people = sum(wave.people for crisis in scenario.crises.values() for wave in crisis.arrivals.values())
        assert scenario.interventions["help"].cost == pytest.approx(people / 1e6 * value)
        lines = ("uses: R9", "from: 2021-06")
        early = load(use(tmp_path, *lines, below="ukraine-2022")).interventions["help"].cost
        assert early == pytest.approx(1.4 * value)
        lines = ("uses: R9", "from: 2022-03")
        late = load(use(tmp_path, *lines, below="ukraine-2022")).interventions["help"].cost
        assert late == pytest.approx((1.4 + 6.5 + 3.7) * value)

    def test_a_file_further_up_changes_the_strength_alone(self, tmp_path: Path) -> None:
        use(tmp_path, "uses: R8", "from: 2025-01").rename(tmp_path / "below.yaml")
        path = use(tmp_path, "strength: 0.5", below="below.yaml")
        assert load(path).interventions["help"].close == {"parameters.initial_preparedness": pytest.approx(0.15)}

    @pytest.mark.parametrize(
        ("lines", "message"),
        [
            (
                ("uses: R99",),
                r"mine\.yaml:4:11: interventions\.help\.uses: no such .* \(got 'R99'\)\. Did you mean 'R9'",
            ),
            (("uses: 9",), "no such recommendation or practice"),
            (
                ("uses: R9", "scale: {parameters.naivety: 0.5}"),
                r"mine\.yaml:5:5: interventions\.help\.scale: scale comes from uses: R9 already\. Delete this line",
            ),
            (("uses: R9", "set: {parameters.naivety: 0.5}"), "set comes from uses"),
            (("uses: R9", "add: {parameters.naivety: 0.5}"), "add comes from uses"),
            (("uses: R9", "close: {parameters.naivety: 0.5}"), "close comes from uses"),
            (("uses: R9", "cost: 5"), "cost comes from uses"),
            (("uses: R9", "strength: 1.5"), r"mine\.yaml:5:15: .*strength: must be between 0 .* \(got 1\.5\)"),
            (("uses: R9", "strength: much"), "strength: must be between 0"),
            (("strength: 0.5", "cost: 5"), r"mine\.yaml:4:5: .*strength: goes with uses only"),
            (("uses: R9", "strenght: 1"), r"no such key 'strenght'. Did you mean 'strength'\?"),
            (("uses: R9", "ramp: x"), r"interventions\.help\.ramp: must be a whole number"),
        ],
    )
    def test_a_wrong_use_is_one_problem_with_its_place_and_a_way_out(
        self, tmp_path: Path, lines: tuple[str, ...], message: str
    ) -> None:
        with pytest.raises(ScenarioError, match=message) as error:
            load(use(tmp_path, *lines, "from: 2025-01"))
        assert len(error.value.problems) == 1

    def test_a_use_that_takes_a_number_out_of_its_bounds_is_refused(self, tmp_path: Path) -> None:
        own = "parameters: {exploration_floor: 0.98}\n"
        with pytest.raises(ScenarioError, match=r"mine\.yaml:4:3: interventions\.help.* between 0 and 1"):
            load(use(tmp_path, "uses: R17", "from: 2025-01", more=own))

    def test_a_use_that_matches_nothing_is_refused(self, tmp_path: Path) -> None:
        path = use(tmp_path, "uses: P8", "from: 2025-01", more="crises: {protracted: {back_ends: {national: null}}}\n")
        with pytest.raises(
            ScenarioError, match=r"mine\.yaml:5:11: interventions\.help\.uses: P8 matches nothing in this scenario"
        ):
            load(path)


class TestShippedFiles:
    @pytest.mark.parametrize("name", [name for name in BUILT if name.startswith("R")])
    def test_every_recommendation_has_a_scenario_that_uses_it_and_says_so(self, name: str) -> None:
        (file,) = [file for file in shipped.names() if file.startswith(f"r{int(name[1:]):02d}-")]
        written = read_yaml(shipped.path(file)).data
        assert [one["uses"] for one in written["interventions"].values()] == [name]
        assert written["extends"] == "baseline"
        assert any(f"{name} " in source for source in written["sources"])
        (one,) = load(file).interventions.values()
        assert one.recommendation == name


class TestCommand:
    def test_the_list_names_every_entry(self) -> None:
        result = CliRunner().invoke(interventions)
        assert result.exit_code == 0
        rows = json.loads(CliRunner().invoke(interventions, ["--json"]).output)
        assert [row["id"] for row in rows] == ALL
        for row in rows:
            assert row["title"] in result.output
            assert row["reason"] in result.output
            assert all(path.removeprefix("parameters.") in result.output for path in row["levers"])

    @pytest.mark.parametrize("name", ALL)
    def test_one_entry_is_explained(self, name: str) -> None:
        text = CliRunner().invoke(interventions, [name.lower()]).output
        row = json.loads(CliRunner().invoke(interventions, [name, "--json"]).output)
        assert row["id"] == name
        told = [row["title"], row["words"], row["reason"], row["note"]]
        told += [row["cost"]["reckoned"], row["overlap"]["why"], *row["levers"]] if row["built"] else []
        assert all(part in text for part in told)

    def test_the_example_can_be_pasted(self, tmp_path: Path) -> None:
        text = CliRunner().invoke(interventions, ["R9"]).output
        path = tmp_path / "mine.yaml"
        path.write_text("extends: baseline\n" + text[text.index("interventions:") :], encoding="utf-8")
        assert load(path).interventions["R9 in use"].recommendation == "R9"

    def test_an_unknown_id_gets_a_suggestion(self) -> None:
        error = CliRunner().invoke(interventions, ["R99"]).exception
        assert isinstance(error, UnknownNameError)
        assert "did you mean 'R9'?" in str(error)


def test_the_catalogue_is_used_without_a_file_too(tmp_path):
    use_r9 = {"interventions": {"help": {"uses": "R9", "from": "2025-01"}}}
    assert load("baseline").with_values(use_r9).hash == load(use(tmp_path, "uses: R9", "from: 2025-01")).hash
    with pytest.raises(ScenarioError, match="R99"):
        load("baseline").with_values({"interventions": {"help": {"uses": "R99", "from": "2025-01"}}})
