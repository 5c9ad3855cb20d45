"""Clear outputs and counts of the lessons, in place: python notebooks/clear.py [FILE ...]."""

import json
import sys
from pathlib import Path


def cleared(text: str) -> str:
    """Return a notebook without what running it left in it."""
    book = json.loads(text)
    for cell in book["cells"]:
        cell["metadata"] = {"tags": cell["metadata"]["tags"]} if "tags" in cell["metadata"] else {}
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    book["metadata"] = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return json.dumps(book, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for name in sys.argv[1:] or sorted(Path(__file__).parent.glob("*.ipynb")):
        path = Path(name)
        text = path.read_text(encoding="utf-8")
        if cleared(text) != text:
            path.write_text(cleared(text), encoding="utf-8")
            print(f"cleared {path}")
