"""Run lessons with the kernel of this Python, each with its solutions: python run_lessons.py LESSON ..."""

import re
import sys
import time
import warnings
from pathlib import Path

import nbclient
import nbformat

SOLUTION = re.compile(r"<details><summary>A solution</summary>\n\n```python\n(.*?)```", re.S)


def main(paths):
    warnings.simplefilter("ignore")
    for path in map(Path, paths):
        book = nbformat.read(path, as_version=4)
        with_solutions = []
        for cell in book.cells:
            with_solutions.append(cell)
            if cell.cell_type == "markdown":
                with_solutions += map(nbformat.v4.new_code_cell, SOLUTION.findall(cell.source))
        book.cells = with_solutions
        begun = time.perf_counter()
        nbclient.NotebookClient(book, timeout=300, kernel_name="python3").execute()
        print(f"{path.stem} {time.perf_counter() - begun:.1f} s", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
