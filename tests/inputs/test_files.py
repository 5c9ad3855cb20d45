"""Files: names, `extends`, CSV tables, and the way back to a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from cyclesim.errors import ScenarioError, UnknownNameError
from cyclesim.inputs import shipped
from cyclesim.inputs.changes import differences, first_change
from cyclesim.inputs.files import base, check, load
from cyclesim.inputs.scenario import Scenario

PARENT = """\
title: Parent
question: "Is it the parent?"
start: 2023-01
months: 24
parameters: {naivety: 0.5}
donors:
  North: {kind: government, budget: 100, lines: {training: 0.5, data: 0.5}}
  South: {kind: southern_fund, budget: {2022: 10, 2023: 20}}
crises:
  valley:
    needs_met: 0.5
    groups: {women: 0.6, men: 0.4}
    statuses: {host_community: 1}
    settings:
      camp: {back_end: national}
      town: {back_end: national}
    arrivals:
      first: {people: 100, settings: {camp: 0.5, town: 0.5}}
    back_ends:
      national: {caseworkers: 1, investigators: 1, conditional: 0, assistance_places: 1}
"""


def write(folder: Path, text: str, name: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def child(folder: Path, text: str, name: str = "child.yaml") -> Scenario:
    write(folder, PARENT, "parent.yaml")
    return load(write(folder, f"extends: parent.yaml\n{text}", name))


def problems(folder: Path, text: str) -> list[str]:
    write(folder, PARENT, "parent.yaml")
    return [str(problem) for problem in check(write(folder, f"extends: parent.yaml\n{text}", "child.yaml"))]


class TestNames:
    def test_every_shipped_scenario_loads_by_name_and_as_a_file(self) -> None:
        assert shipped.names() == sorted(shipped.names())
        for name in shipped.names():
            scenario = load(name)
            assert scenario.name == name
            assert load(shipped.path(name)) == scenario
            assert check(str(shipped.path(name))) == []

    def test_the_working_directory_has_no_effect(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write(tmp_path, "title: not this one", "small")
        monkeypatch.chdir(tmp_path)
        assert load("small").name == "small"

    def test_a_relative_path_is_relative_to_the_working_directory(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(tmp_path, PARENT, "parent.yaml")
        monkeypatch.chdir(tmp_path)
        assert load("parent.yaml") == load(Path("parent.yaml")) == load("./parent.yaml")


class TestExtends:
    def test_a_child_replaces_a_leaf_and_keeps_the_rest(self, tmp_path: Path) -> None:
        scenario = child(tmp_path, "title: Child\ndonors: {North: {budget: 50}}\n")
        assert scenario.name == "child"
        assert scenario.title == "Child"
        assert scenario.donors["North"].budget == 50
        assert scenario.donors["North"].lines is not None
        assert scenario.question == "Is it the parent?"

    def test_mappings_by_year_merge_and_shares_are_replaced_as_a_whole(self, tmp_path: Path) -> None:
        text = """\
donors:
  South: {budget: {2023: 99}}
  North: {lines: {prevention: 1}}
crises:
  valley:
    groups: {girls: 1}
    arrivals: {first: {settings: {town: 1}}}
"""
        scenario = child(tmp_path, text)
        assert scenario.donors["South"].budget == {2022: 10, 2023: 99}
        assert scenario.donors["North"].lines == {"prevention": 1}
        assert scenario.crises["valley"].groups == {"girls": 1}
        assert scenario.crises["valley"].arrivals["first"].settings == {"town": 1}

    def test_null_removes_an_entry(self, tmp_path: Path) -> None:
        scenario = child(tmp_path, "donors: {South: null, North: {lines: null}}\nparameters: {naivety: null}\n")
        assert list(scenario.donors) == ["North"]
        assert scenario.donors["North"].lines is None
        assert scenario.stated == frozenset()
        assert scenario.parameter("naivety") == load("baseline").parameter("naivety")

    def test_null_that_removes_nothing_is_an_error(self, tmp_path: Path) -> None:
        (problem,) = problems(tmp_path, "donors: {Suoth: null}\n")
        assert "donors.Suoth: is empty" in problem

    def test_a_problem_names_the_file_that_set_the_value(self, tmp_path: Path) -> None:
        local = "{caseworkers: 1, investigators: 1, conditional: 0, assistance_places: -1}"
        text = f"crises: {{valley: {{back_ends: {{national: null, local: {local}}}}}}}\n"
        own, first, second = problems(tmp_path, text)
        assert own.startswith(f"{tmp_path / 'child.yaml'}:2:")
        assert first.startswith(f"{tmp_path / 'parent.yaml'}:15:")
        assert second.startswith(f"{tmp_path / 'parent.yaml'}:16:")
        assert "no back end 'national'" in first

    def test_a_child_of_a_shipped_scenario_states_what_its_parents_state(self, tmp_path: Path) -> None:
        path = write(tmp_path, "extends: small\nparameters: {naivety: 0.3}\n", "mine.yaml")
        assert load(path).stated == load("small").stated | {"naivety"}
        assert base(path) == load("small")

    def test_a_circle_and_an_endless_chain_are_errors(self, tmp_path: Path) -> None:
        write(tmp_path, "extends: b.yaml\n", "a.yaml")
        write(tmp_path, "extends: a.yaml\n", "b.yaml")
        assert "in a circle" in str(check(tmp_path / "a.yaml")[0])
        for i in range(30):
            write(tmp_path, f"extends: chain{i + 1}.yaml\n", f"chain{i}.yaml")
        assert "a chain of more than 20 files" in str(check(tmp_path / "chain0.yaml")[0])

    def test_a_broken_parent_is_reported_with_its_own_name(self, tmp_path: Path) -> None:
        write(tmp_path, PARENT.replace("needs_met: 0.5", "needs_met: [0.5"), "parent.yaml")
        (problem,) = check(write(tmp_path, "extends: parent.yaml\n", "child.yaml"))
        assert problem.file == str(tmp_path / "parent.yaml")


class TestTables:
    BUDGETS = "donor,year,budget\nNorth,2022,5.5\nNorth,2023,6\n"
    ARRIVALS = "wave,month,setting,people\nspring,2023-04,camp,30\nspring,2023-04,town,10\nold,,camp,7\n"

    def test_budgets_are_filled_from_a_csv_file(self, tmp_path: Path) -> None:
        write(tmp_path, self.BUDGETS, "b.csv")
        scenario = child(tmp_path, "budgets_from: b.csv\n")
        assert scenario.donors["North"].budget == {2022: 5.5, 2023: 6.0}
        assert scenario.donors["North"].budget_in(2023) == 6.0

    def test_a_donor_may_leave_its_budget_to_the_table(self, tmp_path: Path) -> None:
        write(tmp_path, self.BUDGETS, "b.csv")
        text = PARENT.replace("budget: 100, ", "") + "budgets_from: b.csv\n"
        assert load(write(tmp_path, text, "x.yaml")).donors["North"].budget_in(2022) == 5.5

    def test_arrivals_are_added_wave_by_wave(self, tmp_path: Path) -> None:
        write(tmp_path, self.ARRIVALS, "a.csv")
        waves = child(tmp_path, "crises: {valley: {arrivals_from: a.csv}}\n").crises["valley"].arrivals
        assert list(waves) == ["first", "old", "spring"]
        assert (waves["spring"].month, waves["spring"].people) == ("2023-04", 40)
        assert waves["spring"].settings == {"camp": 0.75, "town": 0.25}
        assert (waves["old"].month, waves["old"].people) == (None, 7)

    def test_arrivals_may_have_departures(self, tmp_path: Path) -> None:
        rows = "spring,2023-04,camp,30,0.02\nspring,2023-04,town,10,0.02\nold,,camp,7,\n"
        write(tmp_path, "wave,month,setting,people,departure\n" + rows, "a.csv")
        waves = child(tmp_path, "crises: {valley: {arrivals_from: a.csv}}\n").crises["valley"].arrivals
        assert (waves["spring"].departure, waves["old"].departure) == (0.02, 0.0)

    @pytest.mark.parametrize(
        ("row", "words"),
        [
            ("old,,camp,1,0.02", "differs within one wave (got '0.02'). Give each departure a wave of its own"),
            ("spring,2023-04,camp,1,often", "must be a number of at least 0 (got 'often')"),
        ],
    )
    def test_a_wrong_departure_is_reported_with_its_own_line(self, row: str, words: str, tmp_path: Path) -> None:
        write(tmp_path, f"wave,month,setting,people,departure\nold,,town,5,0.01\n{row}\n", "a.csv")
        (problem,) = problems(tmp_path, "crises: {valley: {arrivals_from: a.csv}}\n")
        assert problem.startswith(f"{tmp_path / 'a.csv'}:3:1:")
        assert words in problem

    @pytest.mark.parametrize(
        ("content", "line", "words"),
        [
            ("donor;year;budget\n", 1, "must name the columns donor, year, budget"),
            ("donor,year,budget\nNorht,2022,5\n", 2, "no donor 'Norht' (got 'Norht'). Did you mean 'North'?"),
            ("donor,year,budget\nNorth,2022,5\nNorth,2022,6\n", 3, "given twice"),
            ("donor,year,budget\nNorth,2022,5 000\n", 2, "must be a number of at least 0 (got '5 000')"),
            ("donor,year,budget\nNorth,2022,nan\n", 2, "must be a number of at least 0"),
            ("donor,year,budget\nNorth,2022,-5\n", 2, "must be a number of at least 0"),
            ("donor,year,budget\nNorth,22,5\n", 2, "must be a year"),
            ("donor,year,budget\n\nNorth,2022\n", 3, "has 2 cells where the first line has 3"),
            ('donor,year,budget\n"North,2022,5\n', 2, "is not CSV"),
        ],
    )
    def test_a_wrong_table_is_reported_with_its_own_line(
        self, content: str, line: int, words: str, tmp_path: Path
    ) -> None:
        write(tmp_path, content, "b.csv")
        (problem,) = problems(tmp_path, "budgets_from: b.csv\n")
        assert problem.startswith(f"{tmp_path / 'b.csv'}:{line}:1:")
        assert words in problem

    @pytest.mark.parametrize(
        ("row", "words"),
        [
            ("spring,2023-4,camp,1", "YYYY-MM"),
            ("spring,2023-04,kamp,1", "no setting 'kamp'. Did you mean 'camp'?"),
            ("spring,2023-04,camp,1.5", "must be a whole number of at least 0"),
            ("spring,2099-04,camp,1", "after the last simulated month"),
        ],
    )
    def test_a_wrong_arrival_is_reported_with_its_own_line(self, row: str, words: str, tmp_path: Path) -> None:
        write(tmp_path, f"wave,month,setting,people\nold,,town,5\n{row}\n", "a.csv")
        (problem,) = problems(tmp_path, "crises: {valley: {arrivals_from: a.csv}}\n")
        assert problem.startswith(f"{tmp_path / 'a.csv'}:3:1:")
        assert words in problem

    def test_a_wave_in_both_files_is_an_error(self, tmp_path: Path) -> None:
        write(tmp_path, "wave,month,setting,people\nfirst,,town,5\n", "a.csv")
        text = PARENT.replace("    arrivals:\n", "    arrivals_from: a.csv\n    arrivals:\n")
        (problem,) = check(write(tmp_path, text, "x.yaml"))
        assert "also given under arrivals" in str(problem)

    def test_a_budget_in_both_files_is_an_error(self, tmp_path: Path) -> None:
        write(tmp_path, self.BUDGETS, "b.csv")
        (problem,) = problems(tmp_path, "budgets_from: b.csv\ndonors: {North: {budget: 3}}\n")
        assert "also in the scenario file" in problem


class TestValues:
    def test_value_reads_by_path_by_parameter_name_and_falls_back(self) -> None:
        scenario = load("small")
        assert scenario.value("incidence") == scenario.value("parameters.incidence") == 0.0015
        assert scenario.value("donors.Foundation.flexible_share") == 0.5
        assert scenario.value("donors.Government.flexible_share") == scenario.parameter("flexible_share")
        assert scenario.value("months") == 24

    def test_with_values_takes_numpy_scalars_and_changes_no_original(self, tmp_path: Path) -> None:
        import numpy as np

        scenario = load("small")
        path = "crises.valley.needs_met"
        changed = scenario.with_values({"naivety": np.float64(0.25), path: np.float32(0.5), "months": np.int64(12)})
        assert (changed.parameter("naivety"), changed.value(path), changed.months) == (0.25, 0.5, 12)
        assert scenario.parameter("naivety") != 0.25
        changed.to_yaml(tmp_path / "small.yaml")
        assert load(tmp_path / "small.yaml") == changed

    @pytest.mark.parametrize(
        ("path", "words"),
        [
            ("naivty", "did you mean 'naivety'"),
            ("donors.Foundatoin.budget", "did you mean 'Foundation'"),
            ("crises.valey.needs_met", "did you mean 'valley'"),
        ],
    )
    def test_an_unknown_path_gets_a_suggestion(self, path: str, words: str) -> None:
        with pytest.raises(UnknownNameError, match=words):
            load("small").with_values({path: 0.5})
        with pytest.raises(UnknownNameError, match=words):
            load("small").value(path)

    def test_with_values_checks_like_a_file(self) -> None:
        with pytest.raises(ScenarioError, match="between 0 and 1") as caught:
            load("small").with_values({"naivety": 2, "crises.valley.needs_met": "x"})
        assert len(caught.value.problems) == 2

    def test_text_is_no_part_of_the_hash(self) -> None:
        scenario = load("small")
        assert scenario.with_values({"title": "Another"}).hash == scenario.renamed("x").hash == scenario.hash
        assert scenario.with_values({"naivety": 0.1}).hash != scenario.hash
        assert len(scenario.hash) == 12

    def test_one_and_one_point_zero_are_one_value(self) -> None:
        scenario = load("small")
        assert scenario.with_values({"naivety": 1}).hash == scenario.with_values({"naivety": 1.0}).hash
        assert scenario.with_values({"naivety": 0.0}).hash == scenario.with_values({"naivety": -0.0}).hash

    def test_a_year_without_a_budget_takes_the_last_before_it_or_the_first(self, tmp_path: Path) -> None:
        south = child(tmp_path, "").donors["South"]
        assert [south.budget_in(year) for year in (2020, 2022, 2023, 2030)] == [10, 10, 20, 20]


class TestChanges:
    CUT = "changes: {cut: {from: 2023-06, scale: {donors.North.budget: 0.5}}}\n"

    def test_a_dated_change_counts_from_its_date(self, tmp_path: Path) -> None:
        plain, cut = child(tmp_path, ""), child(tmp_path, self.CUT)
        (difference,) = differences(plain, cut)
        assert difference.path == "changes.cut"
        assert difference.before is None
        assert first_change(plain, cut) == first_change(cut, plain) == 5

    def test_the_earlier_date_counts_and_never_before_the_first_month(self, tmp_path: Path) -> None:
        cut = child(tmp_path, self.CUT)
        assert first_change(cut, cut.with_values({"changes.cut.from": "2023-03"})) == 2
        assert first_change(cut, cut.with_values({"changes.cut.from": "2020-03"})) == 0
        assert first_change(cut, cut.with_values({"changes.cut.until": "2023-09"})) == 5

    def test_anything_else_counts_from_the_first_simulated_month(self, tmp_path: Path) -> None:
        plain = child(tmp_path, "spin_up: 3\n")
        cut = child(tmp_path, self.CUT + "spin_up: 3\nparameters: {naivety: 0.6}\n")
        assert first_change(plain, cut) == -3
        assert [d.path for d in differences(plain, cut)] == ["changes.cut", "parameters.naivety"]

    def test_a_parameter_stated_at_its_default_is_no_difference(self, tmp_path: Path) -> None:
        plain = child(tmp_path, "")
        stated = plain.with_values({"acceptance": plain.parameter("acceptance")})
        assert differences(plain, stated) == []
        assert first_change(plain, stated) is None

    def test_titles_and_questions_are_no_differences(self, tmp_path: Path) -> None:
        assert first_change(child(tmp_path, ""), child(tmp_path, "title: Another\nsources: [me]\n", "b.yaml")) is None
