"""The four ways in which a dated change moves a number: set, scale, add and close.

Where several changes touch one number, values set apply first, then factors, then amounts, and last the shares of
what is left that are closed; so a gap that is closed is the one that all others leave.
"""

VERBS = ("set", "scale", "add", "close")
"""In the order in which they apply."""
AS_LIST = f"{', '.join(VERBS[:-1])} or {VERBS[-1]}"


def shifted(verb: str, value: float, amount: float, weight: float, top: float) -> float:
    """Return a number after a change of which the part ``weight`` is in force: 0 leaves it as it is, bit by bit.

    ``amount`` is what is set, the factor, what is added, or the share of what is left that is closed, up to the upper
    bound ``top``. Closing never lowers a number that other changes took beyond it.
    """
    if verb == "set":
        return amount if weight == 1.0 else value + weight * (amount - value)
    if verb == "scale":
        return value * (1.0 + weight * (amount - 1.0))
    if verb == "add":
        return value + weight * amount
    return value if value >= top else min(value + weight * amount * (top - value), top)


def sized(verb: str, amount: float, size: float) -> float:
    """Return the amount of a change whose effect is ``size`` times as large as stated, as if made so many times.

    A factor f becomes f**size, an amount a becomes size * a, and a share c that is closed 1 - (1 - c)**size. What is
    set stays: a target has no size.
    """
    if size == 1.0 or verb == "set":
        return amount
    if verb == "scale":
        return float(amount**size)
    return size * amount if verb == "add" else 1.0 - float((1.0 - amount) ** size)


def weakened(verb: str, amount: float, strength: float) -> float:
    """Return the amount of a factor, sum or share of which only a part is made: 0 is no change."""
    return 1.0 + (amount - 1.0) * strength if verb == "scale" else amount * strength
