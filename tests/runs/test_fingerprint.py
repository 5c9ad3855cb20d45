"""The fingerprint moves with whatever determines a run, and with nothing else."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import lazy_loader
import pytest

from cyclesim import sources
from cyclesim.errors import FolderError
from cyclesim.worlds import fingerprint as prints
from processes import pythons
from trees import ROOT, Tree

SOURCE = '''
"""What it is."""
from typing import TYPE_CHECKING
import numpy as np  # arrays
if TYPE_CHECKING:
    from cyclesim.worlds.plan import Plan
def hazard(p, people):
    """Return it."""
    factor = 0.5
    """Half."""
    return f"{p.escape:.3f}" + str(factor * people)
'''


def syntax(source):
    return sources.Module.parse(source.encode()).syntax


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("What it is.", "Something else."),
        ("  # arrays", ""),
        ('    """Return it."""\n', ""),
        ('    """Half."""\n', ""),
        ("    from cyclesim.worlds.plan import Plan\n", "    from cyclesim.worlds.plan import Item, Plan\n"),
        ("    factor = 0.5\n", "\n    factor   =  0.50  \n"),
        ("(p, people)", "(\n    p,\n    people,\n)"),
    ],
)
def test_what_a_computer_does_not_execute_does_not_count(before, after):
    assert before in SOURCE
    assert syntax(SOURCE.replace(before, after)) == syntax(SOURCE)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("0.5", "0.25"),
        ("0.5", "5e-1 + 0"),
        ("factor", "share"),
        ("p.escape", "p.death"),
        (".3f", ".4f"),
        ("factor * people", "people * factor"),
        ("return", "yield"),
        ("numpy as np", "numpy"),
        ("p, people", "p, people=1"),
    ],
)
def test_what_it_executes_counts(before, after):
    assert before in SOURCE
    assert syntax(SOURCE.replace(before, after)) != syntax(SOURCE)


def test_a_constant_of_another_type_or_in_another_place_counts():
    values = ("1", "1.0", "True", "'1'", "b'1'", "1j", "(1,)", "[1]", "-1", "['a', 'b']", "['ab']", "['ab', '']")
    assert len({syntax(f"a = {value}") for value in (*values, "f'{x}ab'", "f'a{x}b'")}) == len(values) + 2
    assert syntax("a = f'{x}' 'a' 'b'") == syntax("a = f'{x}ab'")


def test_a_module_names_what_it_imports_and_reads():
    module = sources.Module.parse(SOURCE.encode())
    assert set(module.imports) == {"typing", "typing.TYPE_CHECKING", "numpy"}
    assert {"escape"} <= set(module.names)


def test_every_python_here_gives_the_same(tmp_path):
    """Only the syntax: this Python's libraries are of other versions elsewhere."""
    code = (
        "import json, sys\nfrom cyclesim import sources\n"
        "found = sources.closure(json.loads(sys.argv[1]))\nprint(json.dumps({k: v.syntax for k, v in found.items()}))"
    )
    environment = Tree(tmp_path).environment()
    shutil.copytree(Path(lazy_loader.__file__).parent, tmp_path / "libraries" / "lazy_loader")  # the package needs it
    environment["PYTHONPATH"] += os.pathsep + str(tmp_path / "libraries")
    others = pythons()
    assert others
    for version, python in others.items():
        environment["XDG_CACHE_HOME"] = str(tmp_path / version)
        words = [python, "-S", "-c", code, json.dumps(prints.ROOTS)]
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
        found = json.loads(done.stdout)
        data = ("measures", "parameters")
        here = {name: hashed for name, hashed in prints.modules().items() if name not in data}
        assert {name: hashed for name, hashed in found.items() if name not in prints.SHOWN} == here, version


def test_all_that_a_run_imports_of_the_package_is_in_it():
    """Whatever runs between a scenario and its totals was imported by then, in a process that does nothing else."""
    code = (
        "import json, sys\nfrom cyclesim.inputs.files import load\nfrom cyclesim.worlds import item, totals\n"
        "before = set(sys.modules)\n"
        "from cyclesim.model.cycle import CycleModel\n"
        "for name, twin in (('small', False), ('small', True), ('r16-better-data', True), ('ukraine-2022', True)):\n"
        "    totals.totals(item.simulate_months(load(name), {}, 1, 0, 0, twin), list(totals.TOTALS))\n"
        "print(json.dumps(sorted(m for m in set(sys.modules) - before if m.startswith('cyclesim'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    used = set(json.loads(done.stdout))
    assert len(used) > 30
    packages = {name for name in used if sources.path_of(name).endswith("__init__.py")}
    assert used - packages - set(prints.SHOWN) <= set(prints.modules())


READ = """
import json
import cyclesim as cs
from cyclesim.model.parameters import Parameters
read = set()
Parameters.__getattribute__ = lambda self, name: read.add(name) or object.__getattribute__(self, name)
for scenario in (cs.load("small"), cs.load("r16-better-data").with_values({"months": 40, "spin_up": 12})):
    for twin in (False, True):
        cs.CycleModel(scenario.with_values({"incidence": 1e-5}), twin=twin).run()
print(json.dumps(sorted(read)))
"""


def test_every_parameter_that_a_run_reads_is_in_it():
    """Nothing is compiled here: compiled functions read a record."""
    environment = os.environ | {"CYCLESIM_COMPILED": "0"}
    done = subprocess.run([sys.executable, "-c", READ], env=environment, capture_output=True, text=True, check=True)
    read = set(json.loads(done.stdout))
    known = set(prints.parameters())
    assert len(read & known) > 150
    named = {word for module in sources.closure(prints.ROOTS).values() for word in module.names}
    assert read & known <= named


def test_a_parameter_that_nothing_reads_moves_nothing_and_a_default_that_is_read_does(monkeypatch):
    base, known = prints.modules.__wrapped__(), prints.parameters()
    patience = known["patience"]
    more = {**known, "a_number_that_nothing_reads": patience}
    monkeypatch.setattr(prints, "parameters", lambda: more)
    assert prints.modules.__wrapped__() == base
    other = patience.model_copy(update={"value": patience.value + 1})
    monkeypatch.setattr(prints, "parameters", lambda: {**known, "patience": other})
    changed = prints.modules.__wrapped__()
    assert {name for name in base if changed[name] != base[name]} == {"parameters"}


def test_libraries_that_do_the_arithmetic_are_in_it_and_the_version_is_not():
    of = prints.Fingerprint.of
    one = of("abc", "2.4.6", "1.17.1")
    assert of("abc", "2.4.6", "1.17.1", "9.9").hash == one.hash
    others = [of("abd", "2.4.6", "1.17.1"), of("abc", "2.4.7", "1.17.1"), of("abc", "2.4.6", "1.17.2")]
    assert len({one.hash, *(other.hash for other in others)}) == 4
    assert [other.differences(one)[0].split()[0] for other in others] == ["the", "numpy", "scipy"]
    assert prints.Fingerprint.parse(one.to_dict()) == one


def test_equal_codes_have_one_hash_whatever_the_order_in_which_they_were_listed():
    pairs = [{"before": "a", "after": "b"}, {"before": "c", "after": "d"}, {"before": "b", "after": "c"}]
    assert prints.groups(pairs) == [["a", "b", "c", "d"]]
    assert prints.groups(pairs[:2]) == [["a", "b"], ["c", "d"]]
    assert prints.groups([]) == []


def test_listed_codes_count_as_the_first(monkeypatch, tmp_path):
    listed = tmp_path / "equal.json"
    listed.write_text(json.dumps({"pairs": [{"before": "one", "after": "two"}]}))
    monkeypatch.setattr(prints, "EQUAL", listed)
    two = prints.Fingerprint.of("two", "1", "1")
    assert two.hash == prints.Fingerprint.of("one", "1", "1").hash
    assert two.hash != prints.Fingerprint.of("three", "1", "1").hash
    assert two.equals(prints.Fingerprint.of("one", "1", "1"))
    before = prints.Fingerprint("0.4.0", "two", "1", "1", "hash of before it was listed")
    assert two.equals(before)  # whose keys stay as they are
    assert before.hash == prints.Fingerprint.parse(before.to_dict()).hash


def test_source_written_after_it_was_imported_is_refused(tmp_path):
    tree = Tree(tmp_path)
    code = (
        "import json, pathlib, cyclesim as cs\nfrom cyclesim.worlds.fingerprint import fingerprint\n"
        "first = fingerprint().code\nfile = pathlib.Path(cs.__file__).parent / 'model/people/exits.py'\n"
        "file.write_text(file.read_text() + '\\n# a remark')\n"
        "try:\n    fingerprint()\n    said = 'nothing'\nexcept cs.CycleSimError as error:\n    said = str(error)\n"
        "print(json.dumps(said))"
    )
    said = tree.python(code)
    assert "model/people/exits.py" in said
    assert "start it anew" in said


def test_it_is_the_same_without_a_cache_and_with_a_damaged_one(tmp_path):
    tree = Tree(tmp_path)
    base = tree.code()
    assert base == prints.fingerprint().code
    (cache,) = (tmp_path / "cache/cyclesim").iterdir()
    cache.write_text("{]")
    assert tree.code() == base
    cache.unlink()
    cache.parent.rmdir()
    (tmp_path / "cache").rmdir()
    (tmp_path / "cache").write_text("a file where a folder should be")
    assert tree.code() == base


def test_a_cached_fingerprint_takes_little_time():
    """The aim is 20 ms on a quiet machine (benchmarks/proof.py); here only that nothing is parsed again."""
    sources.closure(prints.ROOTS)
    times = []
    for _ in range(5):
        began = time.perf_counter()
        sources.closure(prints.ROOTS)
        times.append(time.perf_counter() - began)
    assert min(times) < 0.1


def test_no_run_key_without_a_fingerprint():
    with pytest.raises(FolderError, match=r"0\.3 or older"):
        prints.Fingerprint.parse(None)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_code_rewritten_without_moving_a_bit_is_declared_equal_and_a_changed_constant_refused(tmp_path):
    before, after = Tree(tmp_path / "before"), Tree(tmp_path / "after")
    command = [sys.executable, ROOT / "tests/golden/equal.py", "--before", before.place, "--after", after.place]

    def declared(*more):
        return subprocess.run([*map(str, command), *more], capture_output=True, text=True, check=False)

    assert "nothing to declare" in declared().stdout
    after.replace("model/people/exits.py", "held", "kept_in")
    own = after.code()
    assert before.code() != own
    done = declared("--draws", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "is declared equal" in done.stdout
    *_, pair = json.loads((after.place / "src/cyclesim/equal_code.json").read_text())["pairs"]
    assert pair["before"] == before.code() == after.code()  # it counts as what it is equal to
    assert pair["after"] == own
    hashes = "import json\nfrom cyclesim.worlds.fingerprint import fingerprint as f\nprint(json.dumps(f().hash))"
    assert before.python(hashes) == after.python(hashes)
    after.replace(
        "model/people/exits.py",
        "1.0 - p.low_level_share * (1.0 - p.lens)",
        "1.0 - p.low_level_share * (1.0 - 1.01 * p.lens)",
    )
    refused = declared("--only", "small")
    assert refused.returncode == 1
    assert "REFUSED" in refused.stdout
