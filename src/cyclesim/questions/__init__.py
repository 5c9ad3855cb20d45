"""Questions that can be put to the model, each with what it computes, says and draws, in a package of its name."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cyclesim.questions.asking import Question


def question(name: str) -> Question[..., Any]:
    """Return a question by the name of its command, imported when it is asked."""
    return getattr(import_module(f"cyclesim.questions.{name}"), name)
