"""What is said about money: who pays for interventions, what both sides spend, and the price of what is achieved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cyclesim import text

if TYPE_CHECKING:
    from cyclesim.analysis.spending import Account, Price

_UNITS = {"person_month_averted": "per person-month averted", "person_identified": "per further person identified"}


def lines(account: Account) -> list[str]:
    """Return what a counterfactual costs beside its baseline, as lines of text."""
    where = "out of donors' money" if account.equal else "on top of donors' money"
    return [
        "Money, US dollars per million people in need and year: "
        f"spent {text.number(account.baseline)} in the baseline, {text.number(account.counterfactual)} here; "
        f"of this {text.number(account.interventions)} on interventions, {where}; "
        f"disbursed {text.number(account.disbursed_baseline)} and {text.number(account.disbursed_counterfactual)}",
        *equal(account),
        f"Interventions cost US${text.number(account.cost)} in all; "
        + "; ".join(f"{_UNITS[what]}: {price(p)}" for what, p in account.prices.items()),
    ]


def equal(account: Account) -> list[str]:
    """Say what equal spending means for a counterfactual; nothing where others pay."""
    return [_equal(account)] if account.equal else []


def _equal(account: Account) -> str:
    if account.carried_out == 0:
        return (
            "Equal spending: interventions are paid out of what donors disburse. That pays for less than one part in "
            "10,000 of them, so nothing that costs anything is carried out."
        )
    if all(price.reason == "costs nothing" for price in account.prices.values()):
        return "Equal spending: interventions would be paid out of what donors disburse, but these cost nothing."
    carried = (
        "in full"
        if account.carried_out == 1
        else f"to {text.percent(account.carried_out)}, effects and cost alike: donors' money does not reach further"
    )
    owed = f"US${text.number(account.owed)} of it is still owed at the end" if account.owed else "nothing of it is owed"
    return (
        f"Equal spending: interventions are paid out of what donors disburse. They are carried out {carried}; "
        f"{text.percent(account.paid)} of their cost was paid, {owed}."
    )


def price(found: Price) -> str:
    """Return a price with its interval, or why there is none."""
    if found.value is None or found.low is None or found.high is None:
        return f"none ({found.reason})"
    ends = f"{text.number(found.low)} to {text.number(found.high)}"
    return f"US${text.number(found.value)} ({ends}, 95 % interval)"
