"""Compilation: it makes the model fast and changes nothing.

A function marked `compiled` keeps to a subset of Python (docs/engine.md): numbers, arrays, records of arrays, loops.
Where Numba is installed it becomes machine code; elsewhere, or with ``CYCLESIM_COMPILED=0``, the same text runs as
Python, with the same results to the last bit. Machine code is kept on disk, in a folder that belongs to this text of
the model: Numba itself does not notice when a function changes that another one calls.
"""

import os
import tempfile
from collections.abc import Callable
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

from cyclesim.sources import cache_folder

F = TypeVar("F", bound=Callable[..., Any])

COMPILED = os.environ.get("CYCLESIM_COMPILED", "1") != "0" and find_spec("numba") is not None
"""Whether functions marked `compiled` are machine code."""


def compiled(function: F) -> F:
    """Return the function as machine code, where that can be had."""
    return _just_in_time(function) if COMPILED else function


def within(function: F) -> F:
    """Return the function as machine code that only compiled functions can call.

    Records of many arrays take long to hand over from Python, and the code that does it takes long to compile: a few
    functions take a whole world, and call these.
    """
    return _closed(_just_in_time(function, no_cpython_wrapper=True)) if COMPILED else function


def _cache() -> Path | None:
    """Return the folder in which the machine code of this text of the model is kept; None where nothing can be."""
    text = blake2b(digest_size=8)
    model = Path(__file__).parent
    for path in sorted([*model.rglob("*.py"), model.parent / "vocabulary.py"]):  # its numbers of words are compiled in
        text.update(path.read_bytes())
    folder = cache_folder() / f"compiled-{text.hexdigest()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return None


if COMPILED:
    import numba
    import numba.core.registry
    from numba.core import config

    _FOLDER = _cache()
    if _FOLDER is not None:
        config.CACHE_DIR = str(_FOLDER)  # type: ignore[attr-defined]

    def _just_in_time(function: F, **more: Any) -> F:
        """Compile when first called; `_nrt`: nothing is allocated, so that no array needs its references counted."""
        options: dict[str, Any] = {"cache": _FOLDER is not None, "error_model": "python", "_nrt": False}
        code: F = numba.njit(**options, **more)(function)
        return code

    class _Closed(numba.core.registry.CPUDispatcher):
        def __call__(self, *values: Any) -> Any:
            name = self.py_func.__name__
            raise TypeError(f"{name} is called by compiled functions only; mark it `compiled` to call it yourself")

    def _closed(code: Any) -> Any:
        """Return machine code that has no way in from Python, and says so."""
        code.__class__ = _Closed
        return code
