"""Where people meet reception: what it is asked for, and what it makes of the hazards of being found."""

from cyclesim.model.arrays import Floats, Integers
from cyclesim.model.compiled import within
from cyclesim.model.people.risks import CHANNELS, POLICE, Risk


@within
def demand(
    people: Floats,
    risks: Floats,
    forward: Floats,
    detained: Floats,
    setting: Integers,
    coming: Floats,
    referred: Floats,
) -> None:
    """Write how many are expected to come forward, and to be referred, this month, shape (settings,).

    Parameters
    ----------
    people
        In exploitation and unknown, shape (cells,).
    risks, forward, detained
        As in `cyclesim.model.people.exits.Exits`. Who is detained or expelled is not referred.
    setting
        Of each cell.
    """
    for place in range(coming.size):
        coming[place], referred[place] = 0.0, 0.0
    for cell in range(people.size):
        here, found = setting[cell], -risks[Risk.CHANNELS + POLICE, cell] * detained[cell]
        for channel in range(CHANNELS):
            found += risks[Risk.CHANNELS + channel, cell]
        coming[here] += people[cell] * risks[Risk.ESCAPE, cell] * forward[cell]
        referred[here] += people[cell] * found


@within
def admit(
    people: Floats, risks: Floats, forward: Floats, detained: Floats, setting: Integers, reach: Floats, taken: Floats,
    at_work: Floats, turned_away: Floats,
) -> None:  # fmt: skip
    """Let reception take whom it can: lower the hazard of referral and the chance of coming forward by the others.

    Parameters
    ----------
    people, risks, forward, detained, setting
        As in `demand`; hazards of referral and the chances are changed in place. Reception stands in nobody's way who
        is detained or expelled.
    reach, taken
        Share of the people within reach of reception, shape (settings,); of those, the shares of people who come
        forward and of people referred whom it takes, shape (2, settings).
    at_work
        Share of posts whose holders are at work, shape (settings,).
    turned_away
        Referrals expected that it does not take, shape (settings * channels,); written here.
    """
    for place in range(turned_away.size):
        turned_away[place] = 0.0
    for cell in range(people.size):
        here, police = setting[cell], Risk.CHANNELS + POLICE
        held = risks[police, cell] * detained[cell]
        risks[police, cell] -= held
        for channel in range(CHANNELS):
            hazard = risks[Risk.CHANNELS + channel, cell]
            turned_away[here * CHANNELS + channel] += people[cell] * hazard * reach[here] * (1.0 - taken[1, here])
            risks[Risk.CHANNELS + channel, cell] = hazard * reach[here] * taken[1, here]
        risks[police, cell] += held
        detained[cell] = held / risks[police, cell] if risks[police, cell] > 0.0 else 0.0
        forward[cell] *= reach[here] * taken[0, here] * at_work[here]
