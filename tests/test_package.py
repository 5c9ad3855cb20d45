"""The package: its public names, its weight, its floors, and what a wheel holds."""

import re
import subprocess
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import cyclesim as cs
from cyclesim.inputs import shipped
from cyclesim.inputs.parameters import parameters

ROOT = Path(__file__).parent.parent


def python(code, **options):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, **options
    ).stdout.strip()


def test_public_names_are_sorted_and_there():
    assert cs.__all__ == sorted(cs.__all__)
    for name in cs.__all__:
        assert getattr(cs, name).__doc__, name
    assert set(cs.__all__) <= set(dir(cs))


def test_one_version_stands_for_package_numbers_changelog_and_citation():
    """docs/releasing.md says when it moves."""
    (cited,) = re.findall(r"^version: (\S+)$", (ROOT / "CITATION.cff").read_text(), re.M)
    newest = re.findall(r"^## (\S+?),? ", (ROOT / "CHANGELOG.md").read_text(), re.M)[0]
    assert cs.__version__ == cited == newest == version("cyclesim")


def test_importing_cyclesim_or_asking_for_help_imports_nothing_heavy():
    heavy = "[m for m in ('mesa', 'numpy', 'scipy', 'pandas', 'matplotlib', 'pyarrow', 'pydantic') if m in sys.modules]"
    assert python(f"import sys, cyclesim; print({heavy})") == "[]"
    code = "import sys, cyclesim.cli as c\ntry: c.cyclesim(['--help'])\nexcept SystemExit: pass\n"
    assert python(f"{code}print({heavy})").endswith("[]")


def test_shipped_scenarios_are_found_from_any_folder(tmp_path):
    names = python("from cyclesim.inputs import shipped; print(*shipped.names())", cwd=tmp_path).split()
    assert names == shipped.names() == sorted(path.stem for path in (ROOT / "scenarios").glob("*.yaml"))


def test_the_wheel_holds_the_scenarios_byte_for_byte(tmp_path):
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, capture_output=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    for path in (path for path in (ROOT / "scenarios").rglob("*") if path.is_file()):
        assert held[f"cyclesim/{path.relative_to(ROOT).as_posix()}"] == path.read_bytes()
    assert "cyclesim/inputs/parameters.yaml" in held
    assert "cyclesim/inputs/capture_tables/uk-6-lists.csv" in held
    assert "cyclesim/inputs/capture_tables/sources.yaml" in held
    assert "cyclesim/py.typed" in held
    assert "cyclesim/equal_code.json" in held


def test_every_parameter_is_read_by_the_code():
    """A number that does nothing would be a false promise."""
    sources = " ".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
    unread = [name for name in parameters() if f".{name}" not in sources and f'"{name}"' not in sources]
    assert unread == []
