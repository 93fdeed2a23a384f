"""Replay 2,357 real customers of an online shop: who fell silent, where they stand, what to do.

Run it from anywhere: ``python examples/cdnow.py [output folder]``. It reads
``examples/data/CDNOW_sample.txt``, prints a report, and writes the diagram of the lifecycle and, if
matplotlib is installed, two charts. The data holds purchases only, so that nobody complains or says
goodbye in it. Who left shows in their silence; a backtest chooses the rule that says so.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from itertools import groupby
from math import inf
from pathlib import Path
from typing import Any

from attrs import evolve

from custlife import CUSTOMER_LIFECYCLE, Journey, Purchased, replay, to_diagram
from custlife.prediction import (
    MBGNBD,
    Backtest,
    GammaGamma,
    Inclination,
    PurchaseModel,
    Scores,
    SurvivalCurve,
    Trend,
    backtest,
    lifespans,
    stage_stays,
    summaries,
    trend,
)
from custlife.silence import Answer, DeadlineRule, FixedWindow, LikelyGone, OwnRhythm, Status, both
from custlife.strategy import (
    ButtlePolicy,
    CustomerValue,
    Profile,
    Signals,
    Unit,
    buttle_selector,
    contacts,
    portfolio,
    recommend,
)

HERE = Path(__file__).parent
DATA = HERE / "data" / "CDNOW_sample.txt"
WEEK = timedelta(weeks=1)
QUARTER, YEAR = 13 * WEEK, 52 * WEEK
BEGIN, END = datetime(1997, 1, 1, tzinfo=UTC), datetime(1998, 7, 1, tzinfo=UTC)
SPLIT, HORIZON = datetime(1997, 9, 30, tzinfo=UTC), 39 * WEEK
"""The backtest hides what is later than the split, and asks about the horizon after it."""
MARGIN_RATE, COST_TO_SERVE = Decimal("0.30"), Decimal(10)
"""Assumed, since the data lacks them: the margin, and the yearly cost to serve a customer."""
LETTERS, LETTER_COST, EFFECT = 10, Decimal("0.50"), Decimal("0.1")
"""The budget and the cost of a letter, and by which share of itself it raises the chance that the
customer buys within a year. All are assumed; an experiment would tell the last one."""
SELECTOR = buttle_selector(ButtlePolicy(name="CD shop", considerable_cost=COST_TO_SERVE))
"""The margins are small, so what a customer costs to serve is considerable."""
KEY_SHARE = 20
"""One customer of this many, by revenue, counts as a key customer."""


def purchases(lines: Iterable[str]) -> Iterator[tuple[str, Purchased]]:
    """The sample's id of the customer, and the purchase, for each line of the file."""
    for line in lines:
        _, customer, day, _, dollars = line.split()
        at = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
        yield customer, Purchased(at=at, amount=Decimal(dollars), channel="web")


def replayed(path: Path) -> list[Journey]:
    """One journey for each customer of the file, which is sorted by customer."""
    with path.open(encoding="ascii") as lines:
        return [
            replay((event for _, event in history), customer=customer)
            for customer, history in groupby(purchases(lines), key=lambda pair: pair[0])
        ]


def silence_rules(model: PurchaseModel) -> dict[str, DeadlineRule]:
    """The silence rules to choose from; by each of them a longer silence is a departure."""
    short, quarter, half = (
        FixedWindow(lapsed_after=weeks * WEEK, departed_after=YEAR) for weeks in (8, 13, 26)
    )
    own = OwnRhythm(factor=3, departed_factor=12, fallback=4 * WEEK)
    return {
        "silent for 8 weeks": short,
        "silent for 13 weeks": quarter,
        "silent for 26 weeks": half,
        "silent for 3 own gaps": own,
        "silent for 3 gaps and 13 weeks": both(own, quarter),
        "likely gone by MBG/NBD": LikelyGone(model, departed_below=0.1),
    }


def in_days(length: timedelta | float) -> str:
    """A length of time in days, if it is known."""
    return f"{length.days:,} days" if isinstance(length, timedelta) else "unknown yet"


def distribution(title: str, names: Iterable[str]) -> Iterator[str]:
    """How many customers have each name, the most frequent first."""
    counts = Counter(names)
    yield f"{title}:"
    for name, count in counts.most_common():
        yield f"  {name:26}{count:6,}  {count / counts.total():6.1%}"


def base(journeys: Sequence[Journey]) -> Iterator[str]:
    """How many customers and purchases there are, and when."""
    days = [event.at.date() for journey in journeys for event in journey.events]
    newest = max(journey.events[0].at.date() for journey in journeys)
    yield f"CDNOW: {len(journeys):,} customers, {len(days):,} purchases, {min(days)} to {max(days)}"
    yield f"The newest customer came on {newest}."


def row(name: str, found: Scores) -> str:
    """One line of the backtest table."""
    rates = found.precision, found.recall, found.specificity
    figures = *rates, found.balanced_accuracy, found.auc, found.accuracy, found.f1
    cells = ("unknown" if one is None else f"{one:.2f}" for one in figures)
    return f"  {name:30}" + "".join(f"{cell:>10}" for cell in cells)


def backtests(tests: Mapping[str, Scores], best: str, later: Backtest) -> Iterator[str]:
    """The table of the backtests, the chosen rule, the trap of F1, and how the rule did later."""
    truth, trap = tests[best], max(tests, key=lambda name: tests[name].f1 or 0.0)
    bought = truth.customers - truth.gone
    everybody = evolve(
        truth, true_gone=truth.gone, false_gone=bought, true_stays=0, false_stays=0, auc=0.5
    )
    yield f"On {SPLIT.date()}, who is gone: who buys nothing in the next {HORIZON // WEEK} weeks?"
    yield f"In truth {truth.gone:,} of {truth.customers:,}."
    heads = "precision", "recall", "specific.", "balanced", "AUC", "accuracy", "F1"
    yield " " * 32 + "".join(f"{head:>10}" for head in heads)
    yield from (row(name, scores) for name, scores in tests.items())
    yield row('"gone" of everybody', everybody)
    yield f"Chosen: {best}, by the balanced accuracy of all customers. A guess has 0.5."
    yield "F1 and accuracy are traps where most are gone: see the line of everybody. By F1,"
    yield f'"{trap}" would win, and find {tests[trap].specificity:.0%} of those who bought.'
    yield (
        f"Asked again on {later.split.date()} about {later.horizon // WEEK} weeks, the chosen rule "
        f"has {later.all.balanced_accuracy:.2f}."
    )


def answer(journey: Journey, rule: DeadlineRule) -> Answer:
    """What the rule says today; asked of what was given, it tells of the presumed departed too."""
    return rule.judge(journey.unwatched().relationship, END)


def standing(journeys: Sequence[Journey], rule: DeadlineRule) -> Iterator[str]:
    """Who is active, lapsed, lost to silence or returned; the stages and the views."""
    gone = sum(len(journey.departures) for journey in journeys)
    back = sum(step.is_reentry for journey in journeys for step in journey.steps)
    yield from distribution("Customers", (answer(one, rule).status.value for one in journeys))
    yield "Presumed departed is lost to silence: nobody said goodbye."
    yield f"{gone:,} departures were presumed in all; after {back:,} of them the customer returned."
    yield from distribution("Stages, bond+standing", (str(j.relationship.state) for j in journeys))
    for view in CUSTOMER_LIFECYCLE.views:
        seen = (one.relationship.view(view.model) for one in journeys)
        names = ("none" if value is None else str(value.value) for value in seen)
        yield from distribution(view.model.__name__, names)


def time_in_stage(journeys: Sequence[Journey]) -> Iterator[str]:
    """How long people stay in each stage."""
    yield f"  {'stage':12}{'visits':>8}{'still there':>13}{'half are over by':>18}"
    for stage, curve in stage_stays(journeys, as_of=END).items():
        going = curve.customers - curve.ended
        yield f"  {stage:12}{curve.customers:8,}{going:13,}{in_days(curve.median):>18}"
    yield "A median that is a limit of the silence rule tells of the rule."


def lifetimes(journeys: Sequence[Journey]) -> Iterator[str]:
    """The plain mean of those who left, beside the mean of all within the time that is observed."""
    yield f"  {'':24}{'plain mean of who left':>24}{'mean of all':>26}{'half are over by':>18}"
    for name, curve, span in life_curves(journeys):
        plain, mean = in_days(curve.mean_of_ended or inf), in_days(curve.restricted_mean(span))
        of_all = f"{mean} of {span.days:,}"
        yield f"  {name:24}{plain:>24}{of_all:>26}{in_days(curve.median):>18}"
    yield "The plain mean is too short: it leaves out those who are still there, and these last"
    yield "longest. The mean of all counts no day after those that can be observed."


def life_curves(
    journeys: Sequence[Journey],
) -> Iterator[tuple[str, SurvivalCurve[timedelta], timedelta]]:
    """How long customers last by two ends, and up to which length that is observed.

    Only a year of silence shows that a purchase was the last one.
    """
    departure = lifespans(journeys, as_of=END, end="departure")["all"]
    yield "until presumed departed", departure, END - BEGIN
    last = lifespans(journeys, as_of=END, end="last_purchase")["all"]
    yield "until the last purchase", last, END - BEGIN - YEAR


def step_by_step(journeys: Sequence[Journey]) -> Iterator[str]:
    """The shortest journey of a customer who was presumed departed and returned."""
    returned = [one for one in journeys if any(step.is_reentry for step in one.steps)]
    yield min(returned, key=lambda journey: len(journey.events)).explain()


def profiles(
    journeys: Sequence[Journey], model: PurchaseModel, money: GammaGamma
) -> Iterator[Profile]:
    """One profile a customer; a key customer is one of the twentieth that paid most."""
    revenues = sorted((j.relationship.record.revenue for j in journeys), reverse=True)
    key = revenues[len(revenues) // KEY_SHARE]
    for journey in journeys:
        now = journey.relationship
        value = CustomerValue.of(
            now,
            margin_rate=MARGIN_RATE,
            cost_to_serve=COST_TO_SERVE,
            until=END,
            model=model,
            money=money,
        )
        is_key = now.record.revenue > key
        signals = Signals.from_history(journey, model, as_of=END, strategic=is_key)
        yield Profile(relationship=now, value=value, signals=signals, as_of=END)


def strategies(
    journeys: Sequence[Journey], model: PurchaseModel, money: GammaGamma
) -> Iterator[str]:
    """How many customers get each strategy, and one of each of the three most frequent ones."""
    advice = [recommend(one, SELECTOR) for one in profiles(journeys, model, money)]
    worth = [one.profile.value.remaining_value for one in advice if one.profile.departure is None]
    total = sum(filter(None, worth), Decimal(0))
    yield f"Who is still there should bring a profit of {total:,.0f} dollars in three years."
    yield from distribution("Strategies", (each.strategy.words for each in advice))
    yield "\nThree of them explained"
    for strategy, _ in Counter(each.strategy for each in advice).most_common(3):
        yield "\n" + next(each for each in advice if each.strategy is strategy).explain()


def falling(
    journeys: Iterable[Journey], rule: DeadlineRule, model: PurchaseModel
) -> Iterator[tuple[Journey, Answer, Trend]]:
    """Who is less inclined than a quarter ago and silent for longer than usual, but not for long.

    They are active, or lapsed for less than a quarter.
    """
    for journey in journeys:
        said = answer(journey, rule)
        lapsed = said.status is Status.LAPSED and said.since and END - said.since < QUARTER
        if said.status is Status.ACTIVE or lapsed:
            change = trend(journey, model, since=END - QUARTER, until=END)
            silence = journey.relationship.time_since_purchase(END)
            usual = change.gap_before
            if change.direction is Inclination.FALLING and usual and silence and silence > usual:
                yield journey, said, change


def letters(
    journeys: Sequence[Journey], rule: DeadlineRule, model: PurchaseModel, money: GammaGamma
) -> Iterator[str]:
    """To whom of those who are falling silent a letter is worth most, and why."""
    people = {one[0].customer: one for one in falling(journeys, rule, model)}
    candidates = contacts(
        summaries((journey for journey, _, _ in people.values()), as_of=END),
        model,
        money=money,
        margin_rate=MARGIN_RATE,
        cost=LETTER_COST,
        effect=EFFECT,
    )
    choice = portfolio(candidates.known, LETTERS, unit=Unit.CONTACTS)
    worth = len(choice.chosen) + len(choice.left_out)
    yield f"{len(people)} customers are falling silent now, and {worth} of them are worth a letter."
    yield f"The best {LETTERS} gain {choice.gain:.0f} dollars after their cost, {LETTER_COST} each."
    yield f"It is assumed that a letter makes a purchase within a year {EFFECT:.0%} more likely."
    for one in choice.chosen:
        journey, said, change = people[one.customer]
        record = journey.relationship.record
        yield f"\n{change.explain()}"
        yield (
            f"  {said.explain()} They paid {record.revenue:.0f} dollars on "
            f"{record.purchase_days} days; the letter is worth {one.gain:.2f}."
        )


def charts(out: Path, journeys: Sequence[Journey], forecast: Scores) -> str:
    """Write the two charts if matplotlib is installed, and say where they are."""
    try:
        figure: Any = import_module("matplotlib.figure")
    except ImportError:
        return "There are no charts, since matplotlib is not installed: pip install matplotlib."
    survival, calibration = figure.Figure(layout="tight"), figure.Figure(layout="tight")
    axes = survival.subplots()
    for name, curve, _ in life_curves(journeys):
        weeks = [0.0, *(time / WEEK for time in curve.times)]
        axes.step(weeks, [1.0, *curve.survival], where="post", label=name)
    axes.set(title="How long customers last", xlabel="weeks", ylabel="share", ylim=(0, 1.02))
    axes.legend()
    axes, tenths = calibration.subplots(), forecast.calibration
    axes.plot([0, 1], [0, 1], "--", color="grey", label="a perfect forecast")
    points = [one.chance for one in tenths], [one.gone for one in tenths]
    axes.plot(*points, "o", label="a tenth of the customers")
    title = f"Who buys nothing in {HORIZON // WEEK} weeks: forecast by MBG/NBD, and truth"
    axes.set(title=title, xlabel="chance to be gone", ylabel="share that is gone")
    axes.legend()
    for name, drawn in (("survival", survival), ("calibration", calibration)):
        drawn.savefig(out / f"{name}.png")
    return f"The charts are {out / 'survival.png'} and {out / 'calibration.png'}."


def main(out: Path) -> None:
    """Print the report, and write the diagram and the charts."""
    plain = replayed(DATA)
    before = MBGNBD.fit(summaries(plain, as_of=SPLIT))
    rules = silence_rules(before)
    tests = {
        name: backtest(rule, plain, split=SPLIT, horizon=HORIZON).all
        for name, rule in rules.items()
    }
    best = max(tests, key=lambda name: tests[name].balanced_accuracy or 0.0)
    rule = rules[best]
    later = backtest(rule, plain, split=SPLIT + QUARTER, horizon=HORIZON - QUARTER)
    forecast = backtest(before, plain, split=SPLIT, horizon=HORIZON).all
    journeys = [replay(one.events, customer=one.customer, silence=rule, as_of=END) for one in plain]
    known = summaries(journeys, as_of=END)
    model, money = MBGNBD.fit(known), GammaGamma.fit(known)
    for title, lines in (
        ("The base", base(plain)),
        ("The backtest", backtests(tests, best, later)),
        (f"Where they stand on {END.date()}", standing(journeys, rule)),
        ("Time in stage", time_in_stage(journeys)),
        ("How long they stay", lifetimes(journeys)),
        ("One journey, step by step", step_by_step(journeys)),
        ("What to do", strategies(journeys, model, money)),
        (f"{LETTERS} letters", letters(journeys, rule, model, money)),
    ):
        print(f"{title}\n", *lines, "", sep="\n")
    out.mkdir(parents=True, exist_ok=True)
    diagram = out / "lifecycle.mmd"
    diagram.write_text(to_diagram(CUSTOMER_LIFECYCLE, "mermaid") + "\n", encoding="utf-8")
    print(charts(out, journeys, forecast))
    print(f"The diagram of the lifecycle is {diagram} (Mermaid).")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "out")
