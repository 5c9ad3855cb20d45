"""Draw who imports whom: the whole package, and the modules on the way of one person and of one dollar.

python docs/make_architecture.py

Arrows are the imports in the code, less those that other arrows imply. Numbers are the items of docs/architecture.md
that name a module first.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Hashable
from itertools import accumulate
from pathlib import Path

import matplotlib.pyplot as plt
import networkx as nx

HERE = Path(__file__).parent
ROOT = HERE.parent / "src" / "cyclesim"
FIGURES = HERE / "figures"
INK, LINE, FILL = "#1f2933", "#9aa5b1", "#eef2f6"


def imports() -> nx.DiGraph:
    """Return the modules of the package; an edge leads from a module to one that it imports, not only for its types."""
    graph = nx.DiGraph()
    names = {module(path): path for path in sorted(ROOT.rglob("*.py"))}
    for name, path in names.items():
        graph.add_node(name)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        tree.body = [
            node for node in tree.body if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test))
        ]
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("cyclesim"):
                base = node.module.removeprefix("cyclesim").removeprefix(".")
                for found in sorted({f"{base}.{alias.name}".lstrip(".") for alias in node.names} | {base}):
                    if found in names and found != name:
                        graph.add_edge(name, found)
    return graph


def module(path: Path) -> str:
    """Return the name of a module without the package's own."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def floors(graph: nx.DiGraph) -> nx.DiGraph:
    """Return the same between packages; the modules of model/ itself stand for themselves."""
    packages = nx.DiGraph()
    for a, b in graph.edges:
        ends = package(a), package(b)
        if ends[0] != ends[1] and "" not in ends:
            packages.add_edge(*ends)
    return packages


def package(name: str) -> str:
    """Return the package, or the module directly below cyclesim or model/, in which a module lies; "" for cyclesim."""
    parts = name.split(".")
    if parts[0].startswith("cli"):
        return "cli"
    return "" if parts[0] == "__main__" else "/".join(parts[:2]) if parts[0] == "model" else parts[0]


def way(section: str) -> dict[str, int]:
    """Return the modules that a section of docs/architecture.md names, each with the item that names it first."""
    text = (HERE / "architecture.md").read_text(encoding="utf-8").split(f"## {section}\n")[1].split("\n## ")[0]
    found: dict[str, int] = {}
    for number, item in re.findall(r"^(\d+)\. (.*?)(?=^\d+\. |\Z)", text, re.MULTILINE | re.DOTALL):
        for name in re.findall(r"`([a-z_]+(?:/[a-z_]+)+)\.py`", item):
            found.setdefault(name.replace("/", "."), int(number))
    return found


def labels(items: dict[str, int]) -> dict[str, str]:
    """Return what is written in the box of each module."""
    return {name: f"{n}  {name.removeprefix('model.').replace('.', '/')}" for name, n in items.items()}


def draw(graph: nx.DiGraph, labels: dict[str, str], out: Path) -> None:
    """Draw a graph without cycles in rows, whoever imports above whom it imports; long arrows pass between boxes."""
    graph = nx.transitive_reduction(graph)
    where = in_rows(graph, labels)
    rows = {row for _, row in where.values()}
    width = 2 * max(abs(x) for x, _ in where.values()) + 1.6
    figure, axes = plt.subplots(figsize=(1.15 * width, 0.8 * len(rows) + 0.2))
    box = {"boxstyle": "round,pad=0.45", "facecolor": FILL, "edgecolor": LINE}
    for name, label in labels.items():
        axes.text(*where[name], label, ha="center", va="center", fontsize=9, color=INK, bbox=box, zorder=3)
    for edge in sorted(graph.edges):
        points = [where[edge[0]], *(where[edge, row] for row in sorted(rows, reverse=True) if (edge, row) in where)]
        xs, ys = zip(*points, strict=True)
        axes.plot(xs, ys, color=LINE, linewidth=1.1, zorder=1)
        arrow = {"arrowstyle": "-|>", "color": LINE, "shrinkA": 0, "shrinkB": 12, "linewidth": 1.1}
        axes.annotate("", where[edge[1]], points[-1], arrowprops=arrow, zorder=1)
    axes.set(xlim=(-width / 2, width / 2), ylim=(-0.5, len(rows) - 0.5))
    axes.axis("off")
    figure.savefig(out, bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)


def in_rows(graph: nx.DiGraph, labels: dict[str, str]) -> dict[Hashable, tuple[float, float]]:
    """Return where each node stands, and each arrow in the rows that it passes, with few crossings (Sugiyama 1981)."""
    depth: dict[Hashable, int] = {}
    for name in reversed(list(nx.lexicographical_topological_sort(graph))):
        depth[name] = 1 + max((depth[below] for below in graph.successors(name)), default=-1)
    between = nx.Graph()
    for edge in sorted(graph.edges):
        passed = [(edge, row) for row in range(depth[edge[0]] - 1, depth[edge[1]], -1)]
        depth |= {place: place[1] for place in passed}
        nx.add_path(between, [edge[0], *passed, edge[1]])
    rows: dict[int, list[Hashable]] = defaultdict(list)
    for name in sorted(depth, key=str):
        rows[depth[name]].append(name)
    where = {name: at for row, line in rows.items() for name, at in in_line(line, row, labels).items()}
    best, shortest = where, float("inf")
    for sweep in range(60):
        for row in sorted(rows, reverse=bool(sweep % 2)):
            near = {name: [where[other][0] for other in between[name]] for name in rows[row]}
            if sweep < 20:  # at first only those in the row before
                step = 1 if sweep % 2 else -1
                near = {name: [where[o][0] for o in between[name] if depth[o] == row + step] for name in rows[row]}
            centre = {name: sum(xs) / len(xs) if xs else where[name][0] for name, xs in near.items()}
            where = where | in_line(sorted(rows[row], key=lambda name, centre=centre: centre[name]), row, labels)
        length = sum((where[a][0] - where[b][0]) ** 2 for a, b in between.edges)
        if length < shortest:
            best, shortest = where, length
    return best


def in_line(line: list[Hashable], row: int, labels: dict[str, str]) -> dict[Hashable, tuple[float, float]]:
    """Return where the things in a row stand: in the middle, boxes as wide as their labels, arrows narrow."""
    widths = [0.11 * len(labels[name]) + 0.55 if name in labels else 0.4 for name in line]
    ends = list(accumulate(widths, initial=-sum(widths) / 2))
    return {name: ((a + b) / 2, float(row)) for name, a, b in zip(line, ends, ends[1:], strict=False)}


def main() -> None:
    plt.rcParams["svg.hashsalt"] = "cyclesim"
    graph = imports()
    packages = floors(graph)
    draw(packages, {name: name for name in packages}, FIGURES / "architecture.svg")
    for section, out in (("The way of one person", "person"), ("The way of one dollar", "dollar")):
        items = way(section)
        part = nx.DiGraph()
        part.add_nodes_from(items)
        part.add_edges_from((a, b) for a in items for b in items if a != b and nx.has_path(graph, a, b))
        draw(part, labels(items), FIGURES / f"way-of-one-{out}.svg")


if __name__ == "__main__":
    main()
