"""Parameters, money, dates and the JSON Schema."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyclesim.errors import ParametersError
from cyclesim.inputs import dates, shipped
from cyclesim.inputs.files import load
from cyclesim.inputs.money import cents, split
from cyclesim.inputs.parameters import parameters, read_parameters
from cyclesim.inputs.quantity import Quantity
from cyclesim.inputs.reading import read as read_yaml
from cyclesim.inputs.schema import json_schema

ENTRY = """\
first: {value: 1, unit: share, grade: report, source: "section 2", text: a first one}
naivety:
  value: 0.95
  unit: share
  range: [0.0, 1.0]
  bounds: [0, 1]
  role: lever
  grade: assumption
  source: "none"
  mechanisms: [M1]
  text: how naive
"""


class TestParameters:
    def test_every_quantity_is_inside_its_range_and_bounds_and_has_a_source(self) -> None:
        assert list(parameters()) == sorted(parameters())
        for name, quantity in parameters().items():
            assert quantity.name == name
            assert quantity.source
            if quantity.range is not None:
                low, high = quantity.range
                assert quantity.bounds[0] <= low <= quantity.value <= high <= quantity.bounds[1]

    @pytest.mark.parametrize(
        ("old", "new", "line", "words"),
        [
            ('  source: "none"\n', "", 2, "naivety.source: is missing"),
            ('source: "none"', 'source: ""', 9, "naivety.source: must not be empty"),
            ("grade: assumption", "grade: guess", 8, "is not one of the words known here"),
            ("value: 0.95", "value: 1.95", 2, "must be between 0 and 1"),
            ("range: [0.0, 1.0]", "range: [0.0, 0.5]", 2, "does not contain the value"),
            ("range: [0.0, 1.0]", "range: [0.0, 2.0]", 2, "does not lie inside bounds"),
            ("range: [0.0, 1.0]", "range: [0.0, 1.0]\n  scale: log", 2, "above zero"),
            ("unit: share\n  range", "units: share\n  range", 4, "no such key 'units'"),
            ("value: 0.95", "value: high", 2, "must be a number"),
            ("  role: lever\n", "", 2, "a quantity with a range is a state or a lever: give its role"),
            ("role: lever", "role: knob", 7, "is not one of the words known here"),
            ("role: lever", "role: state", 2, "0.95 is quantile 0.95 of its prior: move it to its source, or quote"),
        ],
    )
    def test_a_wrong_entry_is_reported_with_its_line(
        self, old: str, new: str, line: int, words: str, tmp_path: Path
    ) -> None:
        path = tmp_path / "parameters.yaml"
        path.write_text(ENTRY.replace(old, new, 1))
        with pytest.raises(ParametersError) as caught:
            read_parameters(path)
        found = [str(problem) for problem in caught.value.problems]
        assert any(text.startswith(f"parameters.yaml:{line}:") for text in found), found
        assert any(words in text for text in found), found

    def test_the_right_entry_loads_with_open_bounds_by_default(self, tmp_path: Path) -> None:
        path = tmp_path / "parameters.yaml"
        path.write_text(ENTRY)
        quantities = read_parameters(path)
        assert quantities["first"].bounds == (0.0, math.inf)
        assert quantities["naivety"].mechanisms == ("M1",)

    def test_draws_move_states_of_the_world_and_nothing_else(self, tmp_path: Path) -> None:
        path = tmp_path / "parameters.yaml"
        path.write_text(ENTRY.replace("role: lever", "role: state\n  beyond: a source"))
        assert [name for name, quantity in read_parameters(path).items() if quantity.sampled] == ["naivety"]
        path.write_text(ENTRY)
        assert not any(quantity.sampled for quantity in read_parameters(path).values())

    @given(st.floats(1e-6, 1e6), st.floats(1.001, 1e3), st.floats(0, 1), st.sampled_from(["linear", "log"]))
    def test_a_quantile_is_the_place_in_the_prior_on_its_own_scale(
        self, low: float, ratio: float, share: float, scale: str
    ) -> None:
        high = low * ratio
        value = low * ratio**share if scale == "log" else low + (high - low) * share
        entry = {"value": min(max(value, low), high), "range": [low, high], "scale": scale, "beyond": "a source"}
        words = {"name": "n", "unit": "share", "role": "state", "grade": "report", "source": "s", "text": "t"}
        assert Quantity(**words, **entry).quantile() == pytest.approx(share, abs=1e-6)


class TestMoney:
    @given(
        total=st.integers(0, 10**15),
        weights=st.lists(st.floats(0, 1e12, allow_nan=False), min_size=1, max_size=12),
    )
    def test_the_parts_add_up_and_stay_within_one_of_their_quota(self, total: int, weights: list[float]) -> None:
        weights[0] += 1.0
        parts = split(total, weights)
        assert sum(parts) == total
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part - total * weight / math.fsum(weights)) <= 1 + total * 1e-12
            assert part >= 0

    @given(counts=st.lists(st.integers(0, 10**7), min_size=1, max_size=12))
    def test_shares_of_whole_numbers_give_the_whole_numbers_back(self, counts: list[int]) -> None:
        counts[0] += 1
        total = sum(counts)
        assert split(total, [count / total for count in counts]) == counts

    def test_ties_go_by_position(self) -> None:
        assert split(2, [1, 1, 1]) == [1, 1, 0]
        assert split(100, [1, 1, 1]) == [34, 33, 33]

    def test_what_cannot_be_split_is_refused(self) -> None:
        assert split(0, [0, 0]) == [0, 0]
        for total, weights in ((1, [0, 0]), (-1, [1]), (1, [-1, 2]), (1, [])):
            with pytest.raises(ValueError, match=r"split|negative"):
                split(total, weights)

    @pytest.mark.parametrize(("usd", "expected"), [(1.005, 100), (1.015, 102), (0, 0), (16667, 1_666_700), (0.1, 10)])
    def test_half_a_cent_goes_to_the_even_cent(self, usd: float, expected: int) -> None:
        assert cents(usd) == expected


class TestDates:
    @given(st.integers(-1400, 1400))
    def test_index_and_date_are_inverse(self, index: int) -> None:
        assert dates.index(dates.date(index, "2023-05"), "2023-05") == index

    @pytest.mark.parametrize("wrong", ["2023-13", "2023-1", "2023", 2023, "2023-01-01", None, "٢٠٢٣-01", "2023-01\n"])
    def test_what_is_no_month_is_refused(self, wrong: object) -> None:
        with pytest.raises(ValueError, match="YYYY-MM"):
            dates.checked(wrong)


class TestSchema:
    def test_it_is_a_schema_and_accepts_every_shipped_file(self) -> None:
        from jsonschema import Draft202012Validator

        schema = json.loads(json.dumps(json_schema(), allow_nan=False))
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema)
        for name in shipped.names():
            assert list(validator.iter_errors(read_yaml(shipped.path(name)).data)) == []
            assert list(validator.iter_errors(load(name).resolved())) == []

    @pytest.mark.parametrize("wrong", [{"monhts": 3}, {"months": "x"}, {"parameters": {"naivety": 2}}, {"extends": 3}])
    def test_it_refuses_what_the_loader_refuses(self, wrong: dict[str, object]) -> None:
        from jsonschema import Draft202012Validator

        assert list(Draft202012Validator(json_schema()).iter_errors({"extends": "small", **wrong}))
