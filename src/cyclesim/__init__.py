"""cyclesim: the funding-practice-data deficiency cycle in anti-trafficking work, simulated.

Read in this order: `cyclesim.model.cycle` (the month on one screen), `cyclesim.model.crisis` (its stages),
then the stage you care about: `people`, `practice`, `evidence`, `funding`. docs/design.md has the equations.

>>> import cyclesim as cs
>>> small = cs.load("small")
>>> run = cs.run(small, seed=1)
>>> int(run.months["people"].iloc[-1])
2000
"""

import lazy_loader

from cyclesim import sources  # noqa: F401 - notes when each file was last written: that is what is imported
from cyclesim.version import VERSION

__version__ = VERSION
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)  # of __init__.pyi, when first used
