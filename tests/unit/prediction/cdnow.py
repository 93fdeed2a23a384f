"""Customers of an online shop until 1997-09-30, in weeks, as the papers read them."""

from collections import defaultdict
from datetime import date
from functools import cache
from pathlib import Path

from custlife.prediction.summary import Summary

ROOT = Path(__file__).parents[3]
NOW = date(1997, 9, 30)


@cache
def cdnow(days=7):
    """One summary for each customer, in units of so many days; purchases of one day are one."""
    spent = defaultdict(lambda: defaultdict(float))
    for line in (ROOT / "examples/data/CDNOW_sample.txt").read_text(encoding="ascii").splitlines():
        customer, _, day, _, dollars = line.split()
        spent[customer][date.fromisoformat(day)] += float(dollars)
    return [
        summary(customer, {day: money for day, money in by_day.items() if day <= NOW}, days)
        for customer, by_day in spent.items()
    ]


def summary(customer, by_day, days):
    first, *others = sorted(by_day)
    return Summary(
        customer,
        x=len(others),
        t_x=(max(by_day) - first).days / days,
        T=(NOW - first).days / days,
        money=sum(by_day[day] for day in others) / len(others) if others else None,
    )
