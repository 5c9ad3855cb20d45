"""What is published is the model's of today: results, pictures and generated numbers name the code that made them."""

import json
import re
import sys
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest

import md
from cyclesim.analysis.beside import placed
from cyclesim.inputs.parameters import graded
from cyclesim.questions.validate.tell import quantiles
from cyclesim.runs import verify
from cyclesim.worlds import seals
from cyclesim.worlds.fingerprint import fingerprint, same_as

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "docs"))
RESULT, FIGURES = ROOT / "results" / "back-end-capacity", ROOT / "docs" / "figures"
AGAIN = "python docs/make_figures.py makes it again"


def of_today(made_by):
    """Return whether results were made by this code, whatever the versions of NumPy and SciPy."""
    return same_as(made_by["code"]) == fingerprint().code


def test_the_published_result_is_whole_and_of_this_code():
    assert of_today(seals.read_manifest(RESULT)["fingerprint"]), AGAIN
    assert verify.verify(RESULT, share=0).good
    assert set(seals.checksums(RESULT)) == {path.name for path in RESULT.iterdir()} - {seals.SUMS}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_published_numbers_are_those_of_the_command(tmp_path):
    import make_figures
    from cyclesim.cli import cyclesim

    cyclesim([*make_figures.COMMAND, "--out", str(tmp_path / "made")], standalone_mode=False)
    one, two = (pd.read_csv(folder / "comparison.csv") for folder in (RESULT, tmp_path / "made"))
    pd.testing.assert_frame_equal(one, two, rtol=1e-9)


def test_the_pictures_are_of_this_code_and_those_that_were_made():
    about = json.loads((FIGURES / "made_by.json").read_text())
    assert of_today(about["fingerprint"]), AGAIN
    found = {path.name: sha256(path.read_bytes()).hexdigest() for path in FIGURES.glob("*.png")}
    assert found == about["sums"], AGAIN
    for name in ("cycle.png", "difference.png"):
        assert (FIGURES / name).read_bytes() == (RESULT / name).read_bytes()


def test_the_table_of_targets_is_of_this_code():
    about = json.loads((FIGURES / "validation.json").read_text())
    again = "python docs/make_validation.py makes the table of targets again"
    assert of_today(about["fingerprint"]), again
    table = md.part((ROOT / "docs" / "validation.md").read_text(encoding="utf-8"), "targets")
    assert sha256(table.encode()).hexdigest() == about["sum"], again


def test_every_miss_is_named_in_the_readme_and_has_its_reason():
    page = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    missed = json.loads((FIGURES / "validation.json").read_text())["missed"]
    readme = md.part((ROOT / "README.md").read_text(encoding="utf-8"), "missed")
    assert all(f"{name} ({fact})" in readme for name, fact in missed.items())
    reasons = page.split("### Why what is missed is missed")[1].split("\n## ")[0]
    assert re.findall(r"^- \*\*(.*?)\*\*", reasons, flags=re.MULTILINE) == list(missed)


def test_the_readme_counts_assumptions_as_the_model_does():
    (assumed, number) = re.findall(r"(\d+) of its (\d+) parameters are assumptions", (ROOT / "README.md").read_text())[
        0
    ]
    assert {"assumptions": int(assumed), "number": int(number)} == graded()


def test_the_readme_says_what_the_ladder_and_the_table_of_targets_say():
    import make_readme

    page = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, words in make_readme.parts().items():
        assert md.part(page, name) == words.strip(), "python docs/make_readme.py makes it again"


def test_the_quantiles_on_the_page_are_those_of_the_priors():
    page = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    assert md.part(page, "quantiles") == quantiles(placed())
