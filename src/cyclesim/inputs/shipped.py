"""The scenarios and studies that come with the package."""

from pathlib import Path

from cyclesim.errors import UnknownNameError, did_you_mean

_PACKAGE = Path(__file__).resolve().parents[1]


def folder(kind: str = "scenarios") -> Path:
    """Return the folder of the shipped scenarios, or studies.

    A wheel holds it inside the package; a checkout reads the top level of the repository, the one source.
    """
    packaged = _PACKAGE / kind
    return packaged if packaged.is_dir() else _PACKAGE.parents[1] / kind


def names() -> list[str]:
    """Return the names of the shipped scenarios, sorted; those of the experiments are not among them."""
    return sorted(file.stem for file in folder().glob("*.yaml"))


def arms() -> list[str]:
    """Return the names of the scenarios of the experiments, sorted."""
    return sorted(file.stem for file in (folder() / "experiments").glob("*.yaml"))


def path(name: str) -> Path:
    """Return the file of a shipped scenario, those of the experiments included."""
    if name in arms():
        return folder() / "experiments" / f"{name}.yaml"
    known = names()
    if name not in known:
        way_out = did_you_mean(name, known)
        raise UnknownNameError(f"no shipped scenario {name!r}; {way_out} (a file is named with .yaml or a slash)")
    return folder() / f"{name}.yaml"


def studies() -> list[str]:
    """Return the names of the shipped studies, sorted."""
    return sorted(file.stem for file in folder("studies").glob("*.yaml"))


def study(name: str) -> Path:
    """Return the file of a shipped study."""
    known = studies()
    if name not in known:
        is_scenario = f"{name} is a scenario: cyclesim run {name}, or name it in a study of your own"
        way_out = is_scenario if name in names() else did_you_mean(name, known)
        raise UnknownNameError(f"no shipped study {name!r}; {way_out} (a file is named with .yaml or a slash)")
    return folder("studies") / f"{name}.yaml"
