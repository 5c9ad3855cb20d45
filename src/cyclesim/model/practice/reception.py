"""Reception: between an escape or a referral and a record of trafficking stands somebody who is paid to make it.

A hotline that is answered, a safe place, an outreach worker who screens and opens a case. Without reception a person is
helped or not as something else, and no record of trafficking arises (report sections 5 and 7).
"""

from collections.abc import Sequence
from typing import NamedTuple

from cyclesim.model.arithmetic import expm1
from cyclesim.model.arrays import Floats, Integers
from cyclesim.model.compiled import compiled, within
from cyclesim.model.parameters import Parameters


class Received(NamedTuple):
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


@compiled
def received(posts: float, people: float, forward: float, referred: float, p: Parameters) -> Received:
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
    reach = -expm1(-posts * 1e6 / people / p.reception_need)
    capacity = posts * p.intakes_per_post / 12.0
    alike = _share(capacity, reach * (forward + referred))
    first = _share(capacity, reach * forward)
    then = _share(capacity - reach * first * forward, reach * referred)
    order = p.survivors_first
    return Received(reach, alike + order * (first - alike), alike + order * (then - alike))


@compiled
def _share(capacity: float, coming: float) -> float:
    return 1.0 / (1.0 + coming / capacity) if capacity > 0 else 0.0


@within
def receive(
    ps: Sequence[Parameters], posts: Floats, back_end: Integers, people: Integers, coming: Floats, referred: Floats,
    wrong: Floats, reach: Floats, taken: Floats,
) -> None:  # fmt: skip
    """Write whom the receptions of all jurisdictions receive, by setting; see `received`.

    Parameters
    ----------
    posts
        Reception posts in full use, shape (back ends,).
    back_end, people
        Of each setting: the back end that serves it, and the people present.
    coming, referred, wrong
        People expected to come by themselves, to be referred, and to be suspected wrongly, shape (settings,).
    reach, taken
        Shapes (settings,) and (2, settings).
    """
    for number in range(posts.size):
        everybody, forwards, referrals = 0, 0.0, 0.0
        for place in range(people.size):
            if back_end[place] == number:
                everybody += people[place]
                forwards += coming[place]
                referrals += referred[place] + wrong[place]
        now = received(posts[number], everybody, forwards, referrals, ps[0])
        for place in range(people.size):
            if back_end[place] == number:
                reach[place], taken[0, place], taken[1, place] = now.reach, now.forward, now.referred
