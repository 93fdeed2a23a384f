"""The backtest: how well a silence rule or a model would have told who is gone.

The history is cut at a moment. What is later is hidden from the rule or the model, and shows
afterwards who did not buy again.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from inspect import isabstract
from operator import attrgetter
from typing import Literal, cast

from attrs import evolve, frozen

from custlife import _checks
from custlife._checks import Check, is_float
from custlife._due import judged
from custlife.answers import A_RULE, SilenceRule, Status
from custlife.errors import InvalidArgument, cut
from custlife.events import Activity
from custlife.journey import Journey
from custlife.prediction.purchasing import PurchaseModel
from custlife.prediction.scores import Scores, Told, scores_of
from custlife.prediction.summaries import WEEK, journeys_of, summary_of
from custlife.prediction.summary import MOST_UNITS, Summary, chance
from custlife.prediction.survival import length_in_words
from custlife.relationship import Relationship
from custlife.state import Room

By = Literal["alive", "expected"]
"""The answer of a model by which a customer counts as gone."""

_AT = attrgetter("at")
_LAST = datetime.max.replace(tzinfo=UTC)
_RANKS = {
    Status.UNDETERMINED: 0.0,
    Status.ACTIVE: 0.0,
    Status.LAPSED: 1.0,
    Status.DEPARTED: 2.0,
}
number_of_purchases = Check(
    lambda value: is_float(value, MOST_UNITS) and value > 0,
    f"a number of purchases above 0 and at most {MOST_UNITS:g}",
    "Give a number, such as 0.5.",
)


@frozen(kw_only=True)
class Backtest:
    """How well a silence rule or a model would have told who is gone; made by `backtest`.

    Attributes:
        what: The rule or the model, in words.
        split: The moment at which the history was cut.
        horizon: The length of time after it in which a purchase shows that a customer stays.
        all: How well it told of all customers.
        repeat: How well it told of those who had bought on two days or more.
        left_out: Of how many people it was not asked: those who had not bought by then or were no
            customers.
    """

    what: str
    split: datetime
    horizon: timedelta
    all: Scores
    repeat: Scores
    left_out: int

    def explain(self) -> str:
        """The figures as a small table in plain words.

        Examples:
            >>> everybody = Scores(
            ...     customers=10, true_gone=7, false_gone=1, true_stays=1, false_stays=1
            ... )
            >>> repeat = Scores(
            ...     customers=2, true_gone=0, false_gone=0, true_stays=1, false_stays=1, auc=1.0
            ... )
            >>> print(Backtest(
            ...     what="A rule", split=datetime(1997, 9, 30, tzinfo=UTC),
            ...     horizon=timedelta(weeks=39), all=everybody, repeat=repeat, left_out=3,
            ... ).explain())
            A rule was asked on 1997-09-30 who is gone: who buys nothing in the next 273 days.
                                                                all   repeat
            customers                                            10        2
            undetermined, and in no figure below              0.000    0.000
            gone in truth                                         8        1
            of those said to be gone, are (precision)         0.875  unknown
            of those gone, said to be (recall)                0.875    0.000
            of those who bought, said to stay (specificity)   0.500    1.000
            balanced accuracy, 0.5 for a guess                0.688    0.500
            AUC, 0.5 for a guess                            unknown    1.000
            Brier score, 0 for the best                     unknown  unknown
            F1                                                0.875    0.000
            F1 of saying "gone" of everybody                  0.889    0.667
            F1 and accuracy are a trap where most are gone: look at balanced accuracy and AUC.
            Left out: 3 who were no customers then, or had not bought.
        """
        lines = [f"{name:<47}{one:>8}{other:>9}" for name, one, other in self._rows()]
        return "\n".join(
            (
                f"{self.what} was asked on {self.split.date()} who is gone: who buys nothing in "
                f"the next {length_in_words(self.horizon)}.",
                *lines,
                "F1 and accuracy are a trap where most are gone: look at balanced accuracy and "
                "AUC.",
                f"Left out: {self.left_out:,} who were no customers then, or had not bought.",
            )
        )

    def _rows(self) -> Iterator[tuple[str, str, str]]:
        yield "", "all", "repeat"
        for words, name in (
            ("customers", "customers"),
            ("undetermined, and in no figure below", "undetermined"),
            ("gone in truth", "gone"),
            ("of those said to be gone, are (precision)", "precision"),
            ("of those gone, said to be (recall)", "recall"),
            ("of those who bought, said to stay (specificity)", "specificity"),
            ("balanced accuracy, 0.5 for a guess", "balanced_accuracy"),
            ("AUC, 0.5 for a guess", "auc"),
            ("Brier score, 0 for the best", "brier"),
            ("F1", "f1"),
            ('F1 of saying "gone" of everybody', "f1_of_all_gone"),
        ):
            yield words, _figure(getattr(self.all, name)), _figure(getattr(self.repeat, name))


@frozen
class _Person:
    """A customer at the split, and the truth."""

    relationship: Relationship
    known: Summary
    gone: bool


def backtest(  # noqa: PLR0913 - each of the last three can be left out
    what: SilenceRule | PurchaseModel | type[PurchaseModel],
    journeys: Iterable[Journey],
    *,
    split: datetime,
    horizon: timedelta,
    by: By = "alive",
    below: float = 0.5,
    unit: timedelta = WEEK,
) -> Backtest:
    """Ask who is gone at a past moment, and compare with who bought nothing afterwards.

    Asked about are those who were customers at the split and had bought. What a rule inferred in
    the journeys does not count. What was corrected later is taken as if it had been known.

    A rule says that who lapsed or is presumed to have departed is gone. Its ranking is the degree
    of the silence, or the status where there is none.

    Source: KAL-8.

    Args:
        what: A silence rule; a model of purchases; or the class of one, which is then fitted to
            these customers as they are known at the split. A model that is given should know
            nothing of the future either.
        journeys: The journeys, one for each customer.
        split: The moment at which the history is cut: an aware datetime.
        horizon: Who buys nothing for so long after it is gone [> 0]. The data must reach as far,
            which cannot be checked here.
        by: By a model, who is gone: ``"alive"``, where the chance that the customer has not stopped
            is below the limit; ``"expected"``, where fewer purchases than that are expected in the
            horizon.
        below: The limit: a chance above 0 and below 1, or a number of purchases above 0.
        unit: The unit of time of the model [> 0].

    Raises:
        InvalidArgument: If an argument is out of its bounds; if there is no journey, or nobody was
            a customer at the split; or if ``by`` or ``below`` is given with a rule.
        FitFailed: If the model cannot be fitted.

    Examples:
        >>> from custlife import Purchased, replay
        >>> from custlife.silence import FixedWindow
        >>> t = datetime(2026, 1, 1, tzinfo=UTC)
        >>> days = {"C-17": (0, 120), "C-18": (0, 20, 90), "C-19": (0, 90, 150)}
        >>> journeys = [
        ...     replay([Purchased(at=t + timedelta(day), amount=5) for day in bought], customer=who)
        ...     for who, bought in days.items()
        ... ]
        >>> rule = FixedWindow(lapsed_after=timedelta(days=60))
        >>> found = backtest(rule, journeys, split=t + timedelta(100), horizon=timedelta(100))
        >>> found.all.recall, found.all.specificity, found.repeat.customers
        (0.0, 0.5, 2)
    """
    cut_at, end = bounds(split, horizon)
    _checks.span.argument("backtest", "unit", unit)
    _checks.either("alive", "expected").argument("backtest", "by", by)
    limit = chance if by == "alive" else number_of_purchases
    limit.argument("backtest", "below", below)
    given = journeys_of("backtest", journeys)
    found = (_person(journey.unwatched(), cut_at, end, unit) for journey in given)
    people = [person for person in found if person is not None]
    if not people:
        rule = "a moment at which somebody is a customer who has bought"
        remedy = "Give a later moment, or other journeys."
        raise InvalidArgument("backtest()", "split", cut_at, rule, remedy)
    model = what
    if isinstance(what, type) and issubclass(what, PurchaseModel) and not isabstract(what):
        model = what.fit(person.known for person in people)
    if isinstance(model, PurchaseModel):
        words = f"{model.name} ({by} below {below:g})"
        tell = _by_model(model, horizon / unit, by, below)
    else:
        require_rule(model, by, below)
        words = cut(repr(model), 300)
        tell = _by_rule(cast("SilenceRule", model), cut_at)
    told = [tell(person) for person in people]
    again = [one for person, one in zip(people, told, strict=True) if person.known.x]
    return Backtest(
        what=words,
        split=cut_at,
        horizon=horizon,
        all=scores_of(told),
        repeat=scores_of(again),
        left_out=len(given) - len(people),
    )


def bounds(split: datetime, horizon: timedelta) -> tuple[datetime, datetime]:
    """The moment at which the history is cut, in UTC, and the end of the horizon."""
    call = "backtest"
    cut_at = _checks.in_utc(split)
    _checks.moment.argument(call, "split", cut_at)
    _checks.span.argument(call, "horizon", horizon)
    if horizon > _LAST - cut_at:
        rule, remedy = f"at most until {_LAST.date()}", "Give a shorter horizon."
        raise InvalidArgument(f"{call}()", "horizon", horizon, rule, remedy)
    return cut_at, cut_at + horizon


def _person(journey: Journey, split: datetime, end: datetime, unit: timedelta) -> _Person | None:
    """A customer as known at the split, and whether they are gone; None for who is left out."""
    relationship = journey.as_of(split)
    known = summary_of(relationship, split, unit)
    if known is None or relationship.state.room is not Room.CUSTOMER:
        return None
    start, stop = (bisect_right(journey.events, moment, key=_AT) for moment in (split, end))
    later = journey.events[start:stop]
    return _Person(
        relationship, known, all(event.activity is not Activity.PURCHASE for event in later)
    )


def require_rule(rule: object, by: By, below: float) -> None:
    """Make sure that it is a silence rule, and that nothing is said that only a model takes."""
    remedy = "Give a rule, such as FixedWindow(), or a model or its class, such as BGNBD."
    evolve(A_RULE, remedy=remedy).argument("backtest", "what", rule)
    for name, value, default in (("by", by, "alive"), ("below", below, 0.5)):
        if value != default:
            expectation, remedy = "left out with a rule", "A rule says itself who is gone."
            raise InvalidArgument("backtest()", name, value, expectation, remedy)


def _by_rule(rule: SilenceRule, split: datetime) -> Callable[[_Person], Told]:
    def tell(person: _Person) -> Told:
        answer = judged(person.relationship, rule, split)
        status, degree = answer.status, answer.degree
        said = None if status is Status.UNDETERMINED else status is not Status.ACTIVE
        rank = _RANKS[status] if degree is None else degree
        return Told(person.known.customer, person.gone, said, rank)

    return tell


def _by_model(
    model: PurchaseModel, ahead: float, by: By, below: float
) -> Callable[[_Person], Told]:
    def tell(person: _Person) -> Told:
        history = person.known.x, person.known.t_x, person.known.T
        value = model.alive(*history) if by == "alive" else model.expected(*history, ahead)
        gone = 1 - model.buys(*history, ahead)
        return Told(person.known.customer, person.gone, value < below, -value, gone)

    return tell


def _figure(value: float | None) -> str:
    if value is None:
        return "unknown"
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"
