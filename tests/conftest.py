"""Makes what stands in this folder importable by the tests (strategies), and lets go of what they leave behind."""

import mesa
import pytest
from hypothesis import settings

settings.register_profile("compiling", deadline=None)  # functions compile when first called: that is no test's time
settings.load_profile("compiling")


@pytest.fixture(autouse=True, scope="module")
def forget_models():
    """Mesa 3 keeps every model that was not closed: let the memory of a module's worlds be freed after it."""
    yield
    getattr(mesa.Agent, "_ids", {}).clear()
