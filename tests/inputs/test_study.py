"""Study files: what is read, and what is refused with its place and a way out."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cyclesim.errors import CycleSimError, StudyError, UnknownNameError
from cyclesim.inputs import shipped
from cyclesim.inputs.study import Study, is_study, load_study
from cyclesim.runs.sweep import plan_of

HEAD = "title: T\nquestion: Q?\nscenarios: [small]\n"


@pytest.fixture
def write(tmp_path):
    def to(text, name="mine.yaml"):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return to


def test_the_shipped_studies_can_be_carried_out():
    assert len(shipped.studies()) >= 5
    for name in shipped.studies():
        study, plan = plan_of(load_study(name))
        assert len(plan) == len(plan.draws) * study.replications * len(study.scenarios)
        assert study.sources, name


def test_one_number_and_a_block_and_a_list_and_a_mapping_are_the_same(write):
    one = load_study(write(HEAD + "design: {method: lhs, draws: 8, quantities: [naivety]}\n"))
    two = load_study(write(HEAD + "design: {method: lhs, draws: [8], quantities: {naivety: }}\n", "other.yaml"))
    assert one.resolved() == two.resolved()


def test_names_titles_and_places_of_tables_do_not_determine_a_study(write, tmp_path):
    (tmp_path / "a.csv").write_text("naivety\n0.1\n")
    (tmp_path / "b.csv").write_text("draw,naivety\n1,0.1\n")
    one = load_study(write(HEAD + "design: {method: table, file: a.csv}\n"))
    two = load_study(write(HEAD.replace("T", "Other") + "design: {method: table, file: b.csv}\n", "b.yaml"))
    assert one.resolved() == two.resolved()


def test_scenarios_are_files_relative_to_the_study_or_shipped_ones(write, tmp_path):
    (tmp_path / "near.yaml").write_text("extends: small\nparameters: {naivety: 0}\n")
    study = load_study(write("title: T\nquestion: Q?\nscenarios: [small, ./near.yaml, near.yaml]\n"))
    assert [scenario.name for scenario in study.load_scenarios()] == ["small", "near", "near"]


BAD = [
    ("scenarios: [small]\ntitle: T\nquestion: Q\n", ["3:11", "question mark"]),
    (HEAD + "replications: 0\n", ["4:15", "at least 1", "got 0"]),
    (HEAD + "replikations: 2\n", ["4:1", "did you mean 'replications'"]),
    (HEAD + "name: x\n", ["4:1", "named after its file"]),
    (HEAD + "luck: same\n", ["4:7", "own", "shared"]),
    (HEAD + "seed: 1.5\n", ["4:7", "whole number"]),
    (HEAD + "design: {method: latin, draws: 3}\n", ["4:18", "lhs"]),
    (HEAD + "design: {method: lhs}\n", ["draws", "missing", "add a line"]),
    (HEAD + "design: {method: lhs, draws: 0}\n", ["4:30", "at least 1"]),
    (HEAD + "design: {method: lhs, draws: []}\n", ["4:30", "at least 1 entry"]),
    (HEAD + "design: {method: lhs, draws: 4, levels: 4}\n", ["4:33", "no meaning for lhs", "morris"]),
    (HEAD + "design: {method: morris, trajectories: 4, levels: 3}\n", ["4:51", "even"]),
    (HEAD + "design: {method: grid}\n", ["quantities", "missing"]),
    (HEAD + "design: {method: lhs, draws: 2, quantities: {naivety: [.nan, 1]}}\n", ["4:56", "finite"]),
    (HEAD + "design: {method: table, file: none.csv}\n", ["4:31", "No such file", "relative to the study"]),
    ("title: T\nquestion: Q?\nscenarios: []\n", ["3:12", "at least 1 entry"]),
    ("title: T\nquestion: Q?\n", ["scenarios", "is missing"]),
]


@pytest.mark.parametrize(("text", "words"), BAD)
def test_a_bad_study_gets_its_place_and_a_way_out(write, text, words):
    with pytest.raises(StudyError) as caught:
        load_study(write(text))
    for word in words:
        assert word.casefold() in str(caught.value).casefold(), str(caught.value)


def test_all_problems_come_at_once(write):
    with pytest.raises(StudyError) as caught:
        load_study(write("title: T\nquestion: Q\nscenarios: []\nreplications: 0\nsede: 2\n"))
    assert len(caught.value.problems) == 4


TABLES = [
    ("", "first row must name"),
    ("naivety\n", "has no draws"),
    ("naivety,naivety\n0,1\n", "no name twice"),
    ("naivety,contact\n0.1\n", "has 1 cells, the first row 2"),
    ("naivety\nlots\n", "finite number"),
    ("naivety\n\n0.1\n0.2,\n", "has 2 cells"),
    ("naivety\nnan\n", "finite number"),
    ("naivety\ninf\n", "finite number"),
    ("naivety\n1_0\n", "finite number"),
    ("draw,naivety\n2,0.1\n", "number the rows"),
]


@pytest.mark.parametrize(("table", "words"), TABLES)
def test_a_bad_table_gets_its_line(write, tmp_path, table, words):
    (tmp_path / "t.csv").write_text(table)
    with pytest.raises(StudyError) as caught:
        load_study(write(HEAD + "design: {method: table, file: t.csv}\n"))
    assert words in str(caught.value)
    assert "t.csv" in str(caught.value)


def test_what_is_wrong_in_a_scenario_is_told_with_the_line_of_the_study(write, tmp_path):
    (tmp_path / "wrong.yaml").write_text("extends: small\nmonths: many\n")
    with pytest.raises(StudyError) as caught:
        load_study(write("title: T\nquestion: Q?\nscenarios: [small, wrong.yaml, smal]\n")).load_scenarios()
    text = str(caught.value)
    assert "mine.yaml:3:20" in text
    assert "wrong.yaml:2:9" in text
    assert "did you mean 'small'" in text


def test_an_unknown_shipped_study_gets_a_suggestion():
    with pytest.raises(UnknownNameError, match="did you mean 'first-sweep'"):
        load_study("first-sweeps")


def test_a_study_is_told_from_a_scenario(write):
    assert is_study(str(write(HEAD)))
    assert not is_study(str(write("title: T\nextends: small\n", "scenario.yaml")))
    assert not is_study(str(write(": : :\n", "broken.yaml")))


def test_more_draws_are_a_further_block_and_less_is_refused(write):
    study = load_study(write(HEAD + "replications: 2\ndesign: {method: lhs, draws: 8}\n"))
    assert study.with_size(12, 3).design.draws == [8, 4]
    assert study.with_size(8, 2) == study
    for size in [(4, None), (None, 1)]:
        with pytest.raises(StudyError, match="already"):
            study.with_size(*size)
    for design in ["", "design: {method: grid, quantities: {naivety: [0, 1]}}\n"]:
        with pytest.raises(StudyError, match="draws cannot be added"):
            load_study(write(HEAD + design, "other.yaml")).with_size(draws=4)


def test_a_study_survives_its_way_through_json(write):
    for name in shipped.studies():
        study = load_study(name)
        again = Study.model_validate_json(json.dumps(study.model_dump(mode="json")))
        assert again.model_dump() == study.model_dump()
        assert len(plan_of(study)[1]) == len(plan_of(study.with_size())[1])


def test_every_shipped_study_agrees_with_the_schema():
    import jsonschema

    from cyclesim.inputs import reading
    from cyclesim.inputs.schema import study_schema

    schema = study_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for name in shipped.studies():
        jsonschema.validate(reading.read(shipped.study(name)).data, schema)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**12) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_KEYS = st.sampled_from([*Study.model_fields, "seeds"])
_DESIGN = st.dictionaries(st.sampled_from(["method", "draws", "trajectories", "levels", "quantities", "file"]), _VALUES)


@settings(deadline=None)
@given(st.dictionaries(_KEYS, _VALUES, max_size=4), _DESIGN)
def test_whatever_stands_in_a_study_it_loads_or_says_why_not(tmp_path_factory, extra, design):
    file = tmp_path_factory.mktemp("fuzz") / "study.yaml"
    content = {"title": "T", "question": "Q?", "scenarios": ["small"], "design": {"method": "lhs", **design}, **extra}
    file.write_text(json.dumps(content, allow_nan=True))
    try:
        study = load_study(file)
    except CycleSimError as error:
        said = str(error)
    else:
        said = study.title
    assert said
