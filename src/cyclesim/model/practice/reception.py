"""Reception: between an escape or a referral and a record of trafficking stands somebody who is paid to make it.

A hotline that is answered, a safe place, an outreach worker who screens and opens a case. Without reception a person is
helped or not as something else, and no record of trafficking arises (report sections 5 and 7).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from cyclesim.model.values import Values


@dataclass(frozen=True)
class Received:
    """Whom reception receives.

    Attributes
    ----------
    reach
        Share of the people within its reach: elsewhere nobody comes forward, and there is nobody to refer to.
    forward, referred
        Of those within reach, the shares of people who come by themselves, and of people who are referred, whom it
        takes: it is full for the others.
    """

    reach: float
    forward: float
    referred: float


def received(posts: float, people: int, forward: float, referred: float, p: Values) -> Received:
    """Return whom the reception of one jurisdiction receives in a month   (P12, P13).

    With reach = 1 - exp(-posts per million / reception_need) and capacity = posts * intakes_per_post / 12, of `wanted`
    people the share reach / (1 + reach * wanted / capacity) is received: reach where few come, capacity where many do.
    It is Erlang's loss formula for posts that each work alone: some are full while others wait.

    Parameters
    ----------
    posts
        Reception posts in full use.
    people
        People present.
    forward, referred
        People expected to come by themselves, and to be referred (wrong suspicions included), this month.
    """
    if posts <= 0 or people <= 0:
        return Received(0.0, 0.0, 0.0)
    reach = -math.expm1(-posts * 1e6 / people / p.reception_need)
    capacity = posts * p.intakes_per_post / 12.0
    alike = _share(capacity, reach * (forward + referred))
    first = _share(capacity, reach * forward)
    then = _share(capacity - reach * first * forward, reach * referred)
    order = float(p.survivors_first)
    return Received(reach, alike + order * (first - alike), alike + order * (then - alike))


def _share(capacity: float, coming: float) -> float:
    return 1.0 / (1.0 + coming / capacity) if capacity > 0 else 0.0
