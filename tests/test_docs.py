"""The documentation is true: its code runs, its links lead somewhere, its generated pages are those of the code."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cyclesim.inputs.parameters import parameters

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    path for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("results/*/*.md")] if path.is_file()
)
HAVE_TESTS_OF_THEIR_OWN = {"README.md", "recipes.md", "sweeps.md"}
LESSONS = sorted(ROOT.glob("notebooks/*.ipynb"))
sys.path.insert(0, str(ROOT / "docs"))


def blocks(path, language):
    return re.findall(rf"```{language}\n(.*?)```", path.read_text(), flags=re.DOTALL)


def test_pages_count_assumptions_as_the_parameters_do():
    known = parameters().values()
    true = f"{sum(one.grade == 'assumption' for one in known)} of {len(known)}"
    found = {page.name: re.findall(r"(\d+ of \d+)(?= (?:numbers|parameters) are)", page.read_text()) for page in PAGES}
    assert sum(map(len, found.values())) >= 3
    assert {said for every in found.values() for said in every} == {true}


PYTHON = [
    pytest.param(code, id=f"{path.stem}-{k}")
    for path in PAGES
    if path.name not in HAVE_TESTS_OF_THEIR_OWN
    for k, code in enumerate(blocks(path, "python"))
]


@pytest.mark.parametrize("code", PYTHON)
def test_every_python_example_runs(code, tmp_path):
    (tmp_path / "example.py").write_text(code)
    done = subprocess.run([sys.executable, "example.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("page", ["start-advocate.md"])
def test_every_command_runs(page, tmp_path):
    for block in blocks(ROOT / "docs" / page, "sh"):
        for line in block.splitlines():
            if line.startswith("cyclesim "):
                words = line.replace("cyclesim ", f"{sys.executable} -m cyclesim ", 1)
                done = subprocess.run(words, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)
                assert done.returncode == 0, (line, done.stderr)
    assert (tmp_path / "results" / "back-end" / "report.html").exists()


def words(path):
    """Return the markdown cells of a lesson, without code."""
    cells = (cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "markdown")
    return [re.sub(r"```.*?```", "", "".join(cell["source"]), flags=re.DOTALL) for cell in cells]


def links(path):
    text = path.read_text()
    if path.suffix == ".ipynb":
        text = "\n".join(words(path))
    return re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)", text)


@pytest.mark.parametrize("path", [*PAGES, *LESSONS], ids=lambda path: path.name)
def test_every_link_leads_somewhere(path):
    missing = [target for target in links(path) if not (path.parent / target).exists()]
    assert not missing


def test_generated_pages_are_those_of_the_code():
    import make_reference

    for name, page in make_reference.pages().items():
        assert (ROOT / "docs" / name).read_text() == page, f"python docs/make_reference.py makes {name} again"


def test_the_reference_lists_every_public_name():
    import cyclesim as cs

    page = (ROOT / "docs" / "api.md").read_text()
    listed = re.findall(r"^\.\. auto(?:class|function):: cyclesim\.(\w+)$", page, re.M)
    errors = re.findall(r"^\.\. automodule:: cyclesim\.errors\n   :members:$", page, re.M)
    assert sorted([*listed, "CycleSimError"]) == cs.__all__
    assert errors
    assert "`cs.__version__`" in page


HASHES = re.compile(r"\b[0-9a-f]{12}\b")
"""They move with every NumPy, the numbers beside them do not."""


@pytest.mark.slow
def test_the_page_of_the_lesson_is_that_of_the_code(tmp_path):
    import make_page

    made = tmp_path / "first-page.html"
    make_page.main(made)
    pages = [HASHES.sub("", page.read_text(encoding="utf-8")) for page in (made, make_page.PAGE)]
    assert pages[0] == pages[1], "python docs/make_page.py makes it again"


@pytest.mark.slow
def test_the_site_is_built_without_a_warning_and_asks_for_nothing(tmp_path):
    pytest.importorskip("furo")
    import make_site

    site = tmp_path / "site"
    assert make_site.main(quick=True, site=site) == 0
    pages = {path.relative_to(site).as_posix(): path.read_text() for path in site.rglob("*.html")}
    assert {"index.html", "docs/index.html", "docs/api.html", "notebooks/1-first-steps.html"} <= set(pages)
    assert "cyclesim.compare" in pages["docs/api.html"]
    for name, text in pages.items():
        loaded = re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=\"([^\"]+)\"", text)
        assert not [target for target in loaded if re.match("https?:|//", target)], name


# ---------------------------------------------------------------- words


GLOSSARY = (ROOT / "docs" / "glossary.md").read_text()
WORDS = {word.strip().lower() for row in re.findall(r"^\| \*\*(.+?)\*\*", GLOSSARY, re.M) for word in row.split(",")}
OF_THE_README = (
    "agent-based model", "assumption", "back end", "capture-recapture", "closed form", "draw", "equal spending",
    "funding-practice-data deficiency cycle", "hazard", "interval", "ledger", "luck", "mechanism", "ODD", "paired",
    "person-month", "placebo", "prevalence", "scenario", "twin", "trafficking in persons",
)  # fmt: skip
"""Words of the README that a student of the first year need not know."""


@pytest.mark.parametrize("path", LESSONS[:3], ids=lambda path: path.stem)
def test_the_glossary_has_every_word_in_bold(path):
    bold = {word.lower() for cell in words(path) for word in re.findall(r"\*\*([^*]+)\*\*", cell)}
    bold -= {"a.", "b.", "c.", "go on", "not", "bold"}
    known = WORDS | {word + "s" for word in WORDS}
    assert bold
    assert not bold - known


def test_the_glossary_has_the_words_of_the_readme():
    readme = (ROOT / "README.md").read_text().lower()
    for word in OF_THE_README:
        assert word.lower() in WORDS, word
        assert re.split(r"[ -]", word.lower())[0] in readme, f"{word} is in the README no more"
