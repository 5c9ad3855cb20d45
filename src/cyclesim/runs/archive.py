"""An archive: results in one file with all that is needed to read, check and repeat them, ready for a repository."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cyclesim.errors import FolderError
from cyclesim.measures import MEASURES, PERSON_MONTHS
from cyclesim.runs import folder as folders
from cyclesim.runs.sweep import read_sweep
from cyclesim.runs.verify import INSIDE
from cyclesim.worlds import plan as plans
from cyclesim.worlds import seals, writing
from cyclesim.worlds.fingerprint import Fingerprint, fingerprint, modules
from cyclesim.worlds.totals import TOTALS

PACKAGE = "datapackage.json"
_WHEN = (1980, 1, 1, 0, 0, 0)  # time of every member, so that equal results give an equal archive
_KEYS = {
    "key": "Hash of all that determines the run.",
    "scenario": "Name of the scenario.",
    "draw": "Number of the draw of uncertain inputs; 0 stands for the defaults.",
    "replication": "Number of the world within a draw: which luck.",
    "crisis": "Name of the crisis.",
    "month": "Month, counted from the first reported one; negative before it.",
    "measure": "Name of the measure.",
}
_TYPES = (
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_integer, "integer"),
    (pa.types.is_floating, "number"),
    (pa.types.is_list, "array"),
    (pa.types.is_fixed_size_list, "array"),
)


def archive(folder: str | Path, out: str | Path | None = None) -> Path:
    """Put a folder of finished results into one file, ``FOLDER.zip`` beside it if none is named; return its path."""
    folder = Path(folder).resolve()
    about = seals.read_manifest(folder)
    sweep = read_sweep(folder) if about["kind"] == plans.KIND else None
    if sweep is not None:
        sweep.check()
        if not sweep.complete:
            raise FolderError(f"{folder} is not complete; go on with: cyclesim resume {folder}")
    listed = seals.checksums(folder)
    lacking = [seals.MANIFEST, *(sweep.store.names if sweep else ())]
    lacking = [name for name in lacking if name not in listed]
    if lacking:
        way_out = f"cyclesim resume {folder}" if sweep else "its command again"
        raise FolderError(f"{seals.SUMS} in {folder} does not list {lacking[0]}, so that nobody could check it; run "
                          f"{way_out}")  # fmt: skip
    place = Path(out) if out is not None else folder.with_name(f"{folder.name}.zip")
    if place.absolute().is_relative_to(folder):
        raise FolderError(f"{place} is inside the folder that it would hold; name another file with --out")
    members = {f"{INSIDE}/{name}": seals.read_file(folder, name) for name in listed}
    unlisted = [name for name in (seals.SUMS, *seals.LOGS) if (folder / name).is_file()]
    members |= {f"{INSIDE}/{name}": (folder / name).read_bytes() for name in unlisted}
    members |= dict(_around(folder, about))
    with writing.additions(place.parent, place.name) as output:
        output.write({place.name: _packed(members)})
    return place


def _around(folder: Path, about: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Yield what the archive adds: scenarios, study, environment, data package, a text for people."""
    for name in about.get("scenarios", ()):
        yield f"scenarios/{name}.yaml", folders.scenario_of(about, name).to_yaml().encode()
    if "study" in about:
        yield "study.json", seals.as_text(about["study"]).encode()
    made_by = Fingerprint.parse(about.get("fingerprint"))
    environment = {"fingerprint": made_by.to_dict(), **json.loads(folders.log())}
    for key in ("finished", "command", "modules"):
        environment.pop(key, None)
    if made_by.equals(fingerprint()):
        environment["modules"] = modules()
    yield "environment.json", seals.as_text({**environment, "about": "Of the machine that made the archive."}).encode()
    yield PACKAGE, seals.as_text(package(folder, about)).encode()
    yield "README.txt", _readme(about, made_by).encode()


def package(folder: Path, about: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data package of the tables in a folder (Frictionless Data Package, version 2)."""
    made_by = Fingerprint.parse(about.get("fingerprint"))
    titles = [entry.get("title", name) for name, entry in about.get("scenarios", {}).items()]
    study = about.get("study", {})
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"cyclesim-{about['kind']}-{about['hash']}",
        "title": study.get("title") or " / ".join(titles) or f"cyclesim: {about['kind']}",
        "description": f"Results of a simulation, not observations. Made by cyclesim {made_by}; hash {about['hash']}.",
        "version": made_by.version,
        "keywords": ["simulation", "agent-based model", "human trafficking", "humanitarian funding"],
        "resources": [
            _resource(folder, name, digest)
            for name, digest in seals.checksums(folder).items()
            if name.endswith((".csv", ".parquet"))
        ],
    }


def _resource(folder: Path, name: str, digest: str) -> dict[str, Any]:
    stem, _, kind = name.rpartition(".")
    found: dict[str, Any] = {
        "name": stem.replace("/", "-").replace("_", "-").lower(),
        "path": f"{INSIDE}/{name}",
        "format": kind,
        "mediatype": "text/csv" if kind == "csv" else "application/vnd.apache.parquet",
    }
    if kind == "csv":  # of Parquet the usual validator counts no bytes; its checksums are in SHA256SUMS
        found |= {"type": "table", "encoding": "utf-8"}
        found |= {"bytes": (folder / name).stat().st_size, "hash": f"sha256:{digest}"}
    return {**found, "schema": {"fields": [_field(*column) for column in _columns(folder / name, kind)]}}


def _columns(file: Path, kind: str) -> list[tuple[str, str]]:
    """Return the columns of a table and their types in the words of the data package."""
    if kind == "csv":
        import pandas as pd

        schema = pa.Schema.from_pandas(pd.read_csv(file), preserve_index=False)
    else:
        schema = pq.read_schema(file)
    return [(one.name, next((name for test, name in _TYPES if test(one.type)), "string")) for one in schema]


def _field(name: str, kind: str) -> dict[str, str]:
    """Return a column with what its measure is and in which unit."""
    found = {"name": name, "type": kind}
    measure = name.removesuffix("_by_month")
    if name in _KEYS:
        found["description"] = _KEYS[name]
    elif measure == PERSON_MONTHS:
        found |= {"description": "People in exploitation at the end of each month, summed over months.",
                  "unit": "person-months"}  # fmt: skip
    elif measure in MEASURES:
        how = "" if measure == name else " Month by month."
        how = how or (" Of a run: summed over its months." if TOTALS[measure] == "flow" else " Of a run: the mean over "
                      "its months.")  # fmt: skip
        found |= {"description": f"{MEASURES[measure].text}.{how}".replace("..", "."), "unit": MEASURES[measure].unit}
    return found


def _readme(about: Mapping[str, Any], made_by: Fingerprint) -> str:
    return (
        "Results of cyclesim: simulated worlds, not observations.\n\n"
        f"{INSIDE}/           the folder as cyclesim wrote it; manifest.json says what determines it\n"
        f"{PACKAGE}   the tables, their columns and units (Frictionless Data Package)\n"
        "scenarios/, study   what was simulated\n"
        "environment.json    fingerprint and versions\n"
        f"{seals.SUMS}          checksums: sha256sum --check {seals.SUMS}\n\n"
        f"Made by cyclesim {made_by} with NumPy {made_by.numpy} and SciPy {made_by.scipy}; hash {about['hash']}.\n"
        "Check it, and simulate a share of its runs again, with: cyclesim verify THIS_FILE.zip --share 0.01\n"
        "How many of its inputs are assumptions is in manifest.json, under parameters.\n"
    )


def _packed(members: dict[str, bytes]) -> bytes:
    """Return a zip file; equal members give equal bytes."""
    members[seals.SUMS] = seals.sums_as_text({name: sha256(content).hexdigest() for name, content in members.items()})
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(members):
            member = zipfile.ZipInfo(name, _WHEN)
            member.external_attr, member.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
            packed.writestr(member, members[name])
    return sink.getvalue()
