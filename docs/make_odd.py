"""Make the tables of docs/odd.md again, from the code.

python docs/make_odd.py
"""

from __future__ import annotations

from pathlib import Path

from cyclesim.outputs import markdown, protocol

PAGE = Path(__file__).with_name("odd.md")


def main() -> None:
    parts = protocol.parts(PAGE.with_name("design.md").read_text(encoding="utf-8"))
    PAGE.write_text(markdown.fill(PAGE.read_text(encoding="utf-8"), parts), encoding="utf-8")


if __name__ == "__main__":
    main()
