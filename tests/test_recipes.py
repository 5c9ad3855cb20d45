"""Every recipe of docs/recipes.md does what it promises: applied to a copy of the checkout, it is run there.

Blocks are read as the head of that page says: lines that come in and go out, whole files, and commands.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COPIED = ("src", "scenarios", "studies", "docs", "tests", "benchmarks")
FILES = ("pyproject.toml", "README.md", "CHANGELOG.md")
PROMISED = {
    "A parameter": [],
    "A mechanism: a factor on a hazard": [],
    "A mechanism: a rule in a stage": [],
    "A measure": ["assisted_share (level, share)"],
    "An estimator": ["zelterman (people on one list and on two, heterogeneous)"],
    "An analysis (a question)": ["of those in exploitation are not identified.", "cyclesim unseen small --year 2"],
    "A chart": ["out/answers.svg"],
    "An intervention": ["Outreach at night (outreach-at-night)", "parameters.contact", "parameters.no_right_to_stay"],
}
"""Recipes, and words that their commands print."""
PAGE = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
RECIPES = dict(part.split("\n", 1) for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:])
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEAD = re.compile(r"# (\S+)(?: \((new|at the end)\))?\n")
AT_ONCE = """
import json, runpy, sys
sys.path.insert(0, "docs")
pages, commands, tests = json.loads(sys.argv[1])
for page in pages:
    runpy.run_path(page, run_name="__main__")
import make_odd, make_parameters, make_reference, md
assert make_parameters.PLACE.read_text() == make_parameters.typed(), "it must make types: make_parameters.py"
for name, page in make_reference.pages().items():
    assert (make_reference.HERE / name).read_text() == page, "it must make a page again: make_reference.py"
odd, design = (make_reference.HERE.joinpath(name).read_text() for name in ("odd.md", "design.md"))
assert md.fill(odd, make_odd.parts(design)) == odd, "it must make a page again: make_odd.py"
from cyclesim.cli import cyclesim
for command in commands:
    cyclesim(command, standalone_mode=False)
import pytest
for words in tests:
    status = pytest.main(["-q", "-p", "no:cacheprovider", *words])
    assert status == 0, f"pytest ends with {status}"
"""
"""Makes pages again, holds all quick ones against the code, runs commands and tests: one process for each recipe."""


LONG = "test_long_modules_and_functions_are_few_and_have_a_reason_in_the_design"


def steps(recipe):
    """Return the blocks of a recipe in order: language and content."""
    return BLOCK.findall(RECIPES[recipe])


def commands(recipe):
    """Return the commands of a recipe, as words."""
    return [shlex.split(line) for kind, text in steps(recipe) if kind == "sh" for line in text.splitlines()]


class Checkout:
    """A copy of the checkout to which recipes are applied; compiled files come along, for speed."""

    def __init__(self, place):
        self.place, self.touched = place, set()
        for name in COPIED:
            shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("*.png"))
        for name in FILES:
            shutil.copy2(ROOT / name, place / name)

    def apply(self, recipe):
        """Change the files as the blocks of a recipe say."""
        for kind, text in steps(recipe):
            head = HEAD.match(text)
            if kind == "sh" or not head:
                continue
            name, where = head.groups()
            path, body = self.place / name, text[head.end() :]
            if kind == "text":
                assert body in path.read_text(encoding="utf-8"), f"this does not stand in {name}:\n{body}"
                continue
            self.touched.add(name)
            if kind == "diff":
                self._exchange(path, body)
            elif where == "new":
                assert not path.exists(), f"{name} is there already"
                path.parent.mkdir(exist_ok=True)
                path.write_text(body, encoding="utf-8")
            else:
                assert where == "at the end", f"say of the block of {name} where it goes"
                before = path.read_text(encoding="utf-8")
                path.write_text(f"{before}\n\n{body}", encoding="utf-8")

    def _exchange(self, path, body):
        lines = [line or " " for line in body.splitlines()]
        assert {line[0] for line in lines} <= set(" +-"), body
        before, after = ("".join(f"{line[1:]}\n" for line in lines if line[0] in kept) for kept in (" -", " +"))
        text = path.read_text(encoding="utf-8")
        places = f"\n{text}".count(f"\n{before}")
        assert places == 1, f"these lines are {places} times in {path.name}:\n{before}"
        path.write_text(f"\n{text}".replace(f"\n{before}", f"\n{after}")[1:], encoding="utf-8")

    def run(self, *words):
        """Run Python in the copy, and return what it prints."""
        cache = self.place / "cache"
        environment = os.environ | {"PYTHONPATH": str(self.place / "src"), "XDG_CACHE_HOME": str(cache)}
        done = subprocess.run(
            [sys.executable, *words], cwd=self.place, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    def at_once(self, typed):
        """Run commands: pages are made again, then no other page may be out of date; then those of cyclesim; tests."""
        of = {name: [rest for program, *rest in typed if program == name] for name in ("python", "cyclesim", "pytest")}
        assert sum(map(len, of.values())) == len(typed), "python, cyclesim and pytest can be run here"
        return self.run("-c", AT_ONCE, json.dumps([[page for (page,) in of["python"]], of["cyclesim"], of["pytest"]]))

    def lint(self):
        """Hold the files that were touched against the rules of the house."""
        files = sorted(name for name in self.touched if name.endswith(".py"))
        if files:
            self.run("-m", "ruff", "check", "--no-cache", *files)
            self.run("-m", "ruff", "format", "--no-cache", "--check", *files)


def test_every_recipe_is_tried_and_stands_in_the_table_at_the_top():
    assert [*PROMISED, "A result moves"] == list(RECIPES)
    table = PAGE.split("\n## ")[0]
    anchors = set(re.findall(r"^\| \[.*?\]\(#(.*?)\)", table, flags=re.MULTILINE))
    assert anchors == {re.sub(r"[^a-z -]", "", name.lower()).replace(" ", "-") for name in PROMISED}


@pytest.fixture(scope="module")
def tried(request, tmp_path_factory):
    """Return what comes of each recipe that is asked for; two are tried at a time."""
    asked = [item.callspec.params["recipe"] for item in request.session.items if "tried" in item.fixturenames]
    places = {recipe: tmp_path_factory.mktemp("recipe") for recipe in asked}
    with ThreadPoolExecutor(2) as pool:
        yield {recipe: pool.submit(tried_in, place, recipe) for recipe, place in places.items()}


def tried_in(place, recipe):
    """Apply a recipe to a copy, and return what its commands print."""
    copy = Checkout(place)
    copy.apply(recipe)
    copy.lint()
    return copy.at_once(commands(recipe))


@pytest.mark.parametrize("recipe", PROMISED)
def test_a_recipe_does_what_it_promises(recipe, tried):
    printed = tried[recipe].result()
    for words in [*PROMISED[recipe], " passed"]:
        assert words in printed


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_all_recipes_together_pass_types_and_contracts_and_the_tests_that_list_things(tmp_path):
    copy = Checkout(tmp_path)
    for recipe in PROMISED:
        copy.apply(recipe)
    copy.at_once([words for recipe in PROMISED for words in commands(recipe) if words[0] == "python"])
    copy.lint()
    copy.run("-m", "mypy", "--cache-dir", str(tmp_path / "types"))
    copy.run("-c", "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])")
    tests = (
        "inputs/test_numbers.py",
        "inputs/test_interventions.py",
        "estimation",
        "docs",
        f"test_architecture.py::{LONG}",
    )
    copy.run("-m", "pytest", "-q", "-p", "no:cacheprovider", *(f"tests/{name}" for name in tests))
