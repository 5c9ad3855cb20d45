"""Mutated scenario, study and count files: what is valid runs briefly, what is not gets an error that can be read."""
# ruff: noqa: E501  (tables)

from __future__ import annotations

import random
import re
import resource
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cyclesim.errors import CycleSimError
from cyclesim.inputs import captures
from cyclesim.inputs.files import load
from cyclesim.inputs.scenario import Scenario
from cyclesim.inputs.study import load_study
from cyclesim.model.cycle import CycleModel
from cyclesim.runs.sweep import plan_of

ROOT = Path(__file__).parents[1]
SCENARIOS = sorted(ROOT.glob("scenarios/*.yaml"))
STUDIES = sorted(ROOT.glob("studies/*.yaml"))
COUNTS = sorted((ROOT / "src/cyclesim/inputs/capture_tables").glob("*.csv"))
MOST_SECONDS, MOST_PEOPLE, MONTHS = 20, 2000, 3
SCALARS = (
    "0", "-1", "1e308", "-1e308", ".nan", ".inf", "-.inf", "1e12", "10**9", "null", "~", "true", "[]", "{}", "''", "[1, 2]", "{a: 1}", "2023-13",
    "0000-01", "9999-12", "2023-01", "..", "/etc/passwd", "../../x", "small", "baseline", "\u202eabc", "a\u200bb", "<script>alert(1)</script>",
    "!!python/object/apply:os.system ['x']", "&a [*a]", "*a", "0x10", "1_000", "12:30:00", "=1+1", "\N{SNOWMAN}", "x" * 5000, "[" * 50, "1e-320", "0.1.2",
)  # fmt: skip
"""What stands where a value was: edges of types, of sizes and of YAML, and words that must never be markup or paths."""
KEYS = ("extends", "months", "crises", "uses", "<<", "__proto__", "count", "people", "set", "name", "", "\u202e", "*")
Mutation = Callable[[random.Random, list[str]], list[str]]


def value(luck: random.Random, lines: list[str]) -> list[str]:
    """Put something else where a value stands."""
    places = [k for k, line in enumerate(lines) if re.search(r":\s*\S", line)]
    if places:
        k = luck.choice(places)
        lines[k] = lines[k].split(":", 1)[0] + ": " + luck.choice(SCALARS)
    return lines


def inner(luck: random.Random, lines: list[str]) -> list[str]:
    """Put something else where a number stands, be it inside a list or a mapping."""
    k = luck.randrange(len(lines))
    found = list(re.finditer(r"(?<![\w.])-?\d[\d_.e-]*", lines[k]))
    if found:
        one = luck.choice(found)
        lines[k] = lines[k][: one.start()] + luck.choice(SCALARS) + lines[k][one.end() :]
    return lines


def key(luck: random.Random, lines: list[str]) -> list[str]:
    """Put something else where a key stands."""
    places = [k for k, line in enumerate(lines) if ":" in line]
    if places:
        k = luck.choice(places)
        indent = re.match(r"\s*", lines[k])[0]
        lines[k] = f"{indent}{luck.choice(KEYS)}:{lines[k].split(':', 1)[1]}"
    return lines


def moved(luck: random.Random, lines: list[str]) -> list[str]:
    """Leave a line out, write one twice, put two in the other order, or shift one."""
    k, j = luck.randrange(len(lines)), luck.randrange(len(lines))
    match luck.randrange(4):
        case 0:
            lines.pop(k)
        case 1:
            lines.insert(j, lines[k])
        case 2:
            lines[k], lines[j] = lines[j], lines[k]
        case _:
            lines[k] = "  " * luck.randrange(1, 4) + lines[k]
    return lines or [""]


def characters(luck: random.Random, lines: list[str]) -> list[str]:
    """Change characters anywhere."""
    text = list("\n".join(lines))
    for _ in range(luck.randrange(1, 6)):
        k = luck.randrange(len(text))
        text[k : k + luck.randrange(2)] = luck.choice(
            "\t\x00{}[]:#&*!|>'\"%@`,-\r\n\x7f\ufeff\u2028é0" + chr(luck.randrange(32, 0xD000))
        )
    return "".join(text).split("\n")


MUTATIONS: tuple[Mutation, ...] = (value, value, inner, inner, key, moved, characters)


def mutated(luck: random.Random, path: Path) -> bytes:
    """Return a shipped file after one to four mutations; one time in twelve with bytes that are no text."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for _ in range(luck.randrange(1, 5)):
        lines = luck.choice(MUTATIONS)(luck, lines)
    content = "\n".join(lines).encode("utf-8", errors="surrogatepass")
    if luck.randrange(12) == 0 and content:
        k = luck.randrange(len(content))
        content = content[:k] + luck.randbytes(luck.randrange(1, 4)) + content[k + luck.randrange(3) :]
    return content


@contextmanager
def no_longer_than(seconds: int) -> Iterator[None]:
    """Raise TimeoutError if it takes longer."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"more than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def no_more_than(more: int) -> Iterator[None]:
    """Let the process take no more than so many bytes of further memory: beyond, Python raises MemoryError."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + more, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def briefly(scenario: Scenario) -> None:
    """Run what is valid for three months with at most 2,000 people."""
    data = scenario.resolved()
    waves = [wave for crisis in data["crises"].values() for wave in crisis["arrivals"].values()]
    people = sum(wave["people"] for wave in waves)
    for wave in waves:
        wave["people"] = min(wave["people"], int(MOST_PEOPLE * wave["people"] / people)) if people else 0
    model = CycleModel(Scenario.parse({**data, "spin_up": 0}, scenario.name), seed=1)
    for _ in range(min(MONTHS, scenario.months)):
        model.step()
    model.observations.tables()
    model.close()


def as_scenario(path: Path) -> None:
    """Load a scenario and run it briefly."""
    briefly(load(path))


def as_study(path: Path) -> None:
    """Load a study and what it plans."""
    plan_of(load_study(path))


def as_counts(path: Path) -> None:
    """Read a table of counts and estimate from it."""
    import cyclesim as cs

    table = captures.read(path)
    cs.estimate(table.counts, method="chao")


KINDS: tuple[tuple[str, list[Path], Callable[[Path], None]], ...] = (
    (".yaml", SCENARIOS, as_scenario),
    (".yaml", SCENARIOS, as_scenario),
    (".yaml", STUDIES, as_study),
    (".csv", COUNTS, as_counts),
)


def attempt(number: int, folder: Path) -> tuple[str, Path]:
    """Mutate a file and read it; return how that ended, and the file.

    Returns
    -------
    ``runs`` or ``refused``; anything else is a fault.
    """
    luck = random.Random(number)
    ending, shipped, use = KINDS[number % len(KINDS)]
    source = luck.choice(shipped)
    path = folder / f"mutated-{number}{ending}"
    path.write_bytes(mutated(luck, source))
    try:
        with no_longer_than(MOST_SECONDS):
            use(path)
    except CycleSimError as error:
        words = str(error)
        return ("refused" if words.strip() and len(words) < 20_000 else f"words: {words[:200]!r}"), path
    except TimeoutError as error:
        return f"hangs: {error}", path
    except Exception as error:  # every other error is a fault
        return f"{type(error).__name__}: {error}"[:300], path
    return "runs", path


def command(number: int, folder: Path) -> subprocess.CompletedProcess[str]:
    """Give a mutated file to the command line: check for scenarios and studies, estimate for counts."""
    luck = random.Random(number)
    ending, shipped, use = KINDS[number % len(KINDS)]
    path = folder / f"mutated-{number}{ending}"
    path.write_bytes(mutated(luck, luck.choice(shipped)))
    words = ["estimate", str(path), "--out", str(folder / "out")] if use is as_counts else ["check", str(path)]
    words = [sys.executable, "-m", "cyclesim", *words]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def fuzz(numbers: range, folder: Path, most_bytes: int = 2 * 2**30) -> tuple[Counter[str], dict[int, str]]:
    """Try many; return how often each ending came, and the faults by number."""
    ends: Counter[str] = Counter()
    faults: dict[int, str] = {}
    for number in numbers:
        ended, path = attempt(number, folder)
        ends[ended if ended in ("runs", "refused") else "fault"] += 1
        if ended in ("runs", "refused"):
            path.unlink()
        else:
            faults[number] = ended
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    if peak > most_bytes:
        faults[-1] = f"{peak / 2**30:.1f} GiB of memory"
    return ends, faults
