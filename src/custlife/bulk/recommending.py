"""Strategies for whole customer bases: what `custlife.strategy.recommend` says, over columns.

Tables decide over columns, and so does what `first_of`, `when` and overrides by customer make of
them. What is a function is asked customer by customer, and the result marks these customers.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from custlife.bulk.columns import Array, Mask
from custlife.bulk.customers import Customers, Named
from custlife.bulk.frames import Frame, column, like
from custlife.bulk.masks import Answers, decide, joined, listed_in
from custlife.bulk.missing import Evidence, Masks
from custlife.bulk.reading import AS_REPLAYED
from custlife.bulk.results import Replayed, of_base
from custlife.decisions.gaps import limits
from custlife.decisions.predicates import Predicate
from custlife.decisions.tables import DecisionTable
from custlife.lifecycle.default import CUSTOMER_LIFECYCLE
from custlife.lifecycle.definition import Lifecycle
from custlife.state import Room
from custlife.strategy.fact import Fact
from custlife.strategy.recommend import recommend as recommend_one
from custlife.strategy.recommendation import PartialSelector, Selector
from custlife.strategy.selectors.buttle import buttle_selector
from custlife.strategy.selectors.combining import ByCustomer, FirstOf, Overridden, When
from custlife.strategy.selectors.protocol import answered, as_selector
from custlife.strategy.selectors.table import TableSelector
from custlife.strategy.signals import UNKNOWN_MARKET, Market
from custlife.strategy.strategies import Strategy

_DEFAULT = buttle_selector()
_PASSES = -1


class _Advice(NamedTuple):
    """What a selector answers about some customers.

    Attributes:
        rules: For each the place of the rule that fired; -1 where the selector passes.
        missing: By the names of inputs, whose answer they could change.
    """

    rules: Array
    missing: Masks


def recommend(  # noqa: PLR0913 - what is known of customers, as a profile has it
    states: Replayed | Frame,
    selector: PartialSelector = _DEFAULT,
    *,
    signals: Named = (),
    value: Named = (),
    as_of: datetime | None = None,
    market: Market | None = None,
    decimals: int = 0,
    lifecycle: Lifecycle = CUSTOMER_LIFECYCLE,
) -> Frame:
    """What to do about each customer of a base, and which unknown facts could change it.

    Each answer is that of `custlife.strategy.recommend` for the profile of the customer.

    Whole numbers of money are in minor units: 1177 is 11.77 with two decimals. So are floats that
    are whole, as pandas has whole numbers beside gaps. Exact decimals are amounts as they stand.
    Shares, ratios and years are numbers, and a float counts as it is printed.

    Args:
        states: A bulk replay; or a frame of its states, with columns of signals and of numbers of
            the value joined to it; null is unknown.
        selector: What decides: Buttle's strategies if left out.
        signals: The columns that hold fields of `Signals`: a column by the name of each field, or
            the names of columns that are called as the fields.
        value: The same for `CustomerValue`.
        as_of: The moment of the question, from which days are counted; unknown if left out.
        market: What is known about the market.
        decimals: How many decimals the minor units of a frame are; a replay says it itself.
        lifecycle: The lifecycle of a frame; a replay has its own.

    Returns:
        A frame of the same library, one row a customer in the order given: ``customer``;
        ``strategy``; ``row``, the id of the rule; ``missing``, the inputs to be learnt, sorted,
        with a comma between; and ``note``: what of the answer was asked one by one, or null.

    Raises:
        InvalidArgument: If an argument is of the wrong type, or names a field that there is not.
        InvalidFrame: If a column is missing, or a cell is out of its bounds.
        NoRecommendation: If the selector does not decide.
        InvalidSelector: If the selector does not fit the lifecycle, or is none.

    Examples:
        >>> import pyarrow as pa
        >>> states = pa.table({
        ...     "customer": ["C-17"], "state": ["potential"], "cycle": [1],
        ...     "open_complaints": [0], "open_public_complaints": [0], "purchases": [0],
        ...     "departure_kind": pa.nulls(1), "departure_cause": pa.nulls(1),
        ...     "departure_key_customer": pa.nulls(1), "departure_purchases": pa.nulls(1),
        ...     "wants": [True], "interest": [True],
        ... })
        >>> found = recommend(states, signals={"target": "wants", "interest": "interest"})
        >>> found.to_pylist()[0]["row"], found.to_pylist()[0]["missing"]
        ('START-INTEREST', 'purchase_likelihood')
    """
    base = of_base(states, lifecycle, decimals)
    customers = Customers(
        base.states,
        signals=signals,
        value=value,
        as_of=as_of,
        market=UNKNOWN_MARKET if market is None else market,
        decimals=base.decimals,
        lifecycle=base.lifecycle,
    )
    adviser = _Adviser(customers)
    found = selector if isinstance(selector, Selector) else as_selector(selector)
    everyone = np.arange(customers.size)
    advice = adviser.advice(found, everyone)
    for row in np.flatnonzero(advice.rules == _PASSES)[:1]:
        recommend_one(customers.profile(int(row)), found)
    texts = listed_in(advice.missing, customers.size)
    missing = [", ".join(names) for names in texts.choices]
    notes = listed_in(adviser.notes, customers.size)
    said = ["; ".join(each) or None for each in notes.choices]
    return like(
        customers.frame,
        {
            "customer": column(customers.frame, "customer", "states", "recommend()", AS_REPLAYED),
            "strategy": _texts([each.value for each, _ in adviser.rules], advice.rules),
            "row": _texts([row for _, row in adviser.rules], advice.rules),
            "missing": _texts(missing, texts.values),
            "note": _texts(said, notes.values),
        },
    )


def _texts(texts: Sequence[str | None], places: Array) -> pa.Array:
    return pa.array(texts, pa.string()).take(pa.array(places))


class _Adviser:
    """Asks selectors about customers, and keeps the rules that fired."""

    def __init__(self, customers: Customers) -> None:
        self.customers = customers
        self.rules: list[tuple[Strategy, str]] = []
        self._places: dict[tuple[Strategy, str], int] = {}
        self.notes: Masks = {}

    def advice(self, selector: Selector, rows: Array) -> _Advice:
        """What a selector answers about these customers."""
        if not len(rows):
            return _Advice(np.zeros(0, np.int32), {})
        if type(selector) is TableSelector:
            return self._of_table(selector, rows)
        if type(selector) is When:
            return self._where(selector, rows)
        if type(selector) is FirstOf:
            return self._first(selector, rows)
        if type(selector) is Overridden and isinstance(
            selector.override,
            ByCustomer,
        ):
            return self._overridden(selector, rows)
        return self._one_by_one(selector, rows)

    def passing(self, selector: Selector, rows: Array) -> Masks:
        """What it depends on that a selector passes."""
        if type(selector) is When:
            opening, holds = self._opening(selector, rows)
            inner = np.flatnonzero(holds)
            more = self.passing(selector.selector, rows[inner])
            return joined([opening, _spread(more, inner, len(rows))])
        if type(selector) is FirstOf:
            return joined(self.passing(part, rows) for part in selector.parts)
        masks: Masks = {}
        for place, row in enumerate(rows.tolist()):
            for name in selector.passing(self.customers.profile(row)).missing:
                masks.setdefault(name, np.zeros(len(rows), bool))[place] = True
        return masks

    def _place(self, strategy: Strategy, row: str) -> int:
        """The place of a rule among those that fired."""
        place = self._places.setdefault((strategy, row), len(self.rules))
        if place == len(self.rules):
            self.rules.append((strategy, row))
        return place

    def _note(self, text: str, rows: Array) -> None:
        mask = self.notes.setdefault(text, np.zeros(self.customers.size, bool))
        mask[rows] = True

    def _facts(
        self, name: str, predicates: Iterable[Predicate], catalogue: Iterable[Fact], rows: Array
    ) -> Answers:
        """What predicates over facts answer about these customers."""
        named = limits(predicates)
        facts = [fact for fact in catalogue if fact.name in named]
        columns, one_by_one = self.customers.facts(name, facts, rows)
        for fact in one_by_one:
            self._note(f"fact {fact} read one by one", rows)
        return Answers(columns, len(rows))

    def _asked(self, answers: Answers, rows: Array) -> None:
        for text, mask in answers.one_by_one():
            self._note(f"predicate {text} asked one by one", rows[mask])

    def _of_table(self, selector: TableSelector, rows: Array) -> _Advice:
        rooms = self.customers.at("relationship.state.room")
        here = rooms.take(rows)
        advice = np.full(len(rows), _PASSES, np.int32)
        missing: list[Masks] = []
        for room in Room:
            if room not in here.choices:
                continue
            inner = np.flatnonzero(here.values == here.choices.index(room))
            if len(inner):
                found = self._in_room(selector, room, rows[inner])
                advice[inner] = found.rules
                missing.append(_spread(found.missing, inner, len(rows)))
        return _Advice(advice, joined(missing))

    def _in_room(self, selector: TableSelector, room: Room, rows: Array) -> _Advice:
        table = DecisionTable(selector.table.name, selector.rows(room), selector.table.hit)
        whens = [row.when for row in table.rows]
        answers = self._facts(selector.name, whens, selector.facts, rows)
        # One customer the scalar way: it raises where the table does not fit the lifecycle.
        selector(self.customers.profile(int(rows[0])))
        decided = decide(table, answers.columns, size=len(rows))
        decided.require()
        evidence = Evidence(self.customers, rows, decided.answers, selector.facts)
        missing = evidence.of_table(decided)
        self._asked(decided.answers, rows)
        places = np.array([self._place(row.outcome, row.id) for row in table.rows])
        return _Advice(places[decided.row], missing)

    def _where(self, selector: When, rows: Array) -> _Advice:
        opening, holds = self._opening(selector, rows)
        inner = np.flatnonzero(holds)
        found = self.advice(selector.selector, rows[inner])
        advice = np.full(len(rows), _PASSES, np.int32)
        advice[inner] = found.rules
        return _Advice(advice, joined([opening, _spread(found.missing, inner, len(rows))]))

    def _opening(self, selector: When, rows: Array) -> tuple[Masks, Mask]:
        """The missing inputs of a condition, and where it is sure to hold."""
        when = selector.predicate
        answers = self._facts(selector.name, [when], selector.facts, rows)
        holds = answers(when).holds
        evidence = Evidence(self.customers, rows, answers, selector.facts)
        found = [
            evidence.supporting(when, mask, answer=answer, sure=answer)
            for mask, answer in ((holds, True), (~holds, False))
        ]
        unknown = answers.missing(when, np.ones(len(rows), bool))
        self._asked(answers, rows)
        return joined([unknown, evidence.inputs(joined(found))]), holds

    def _first(self, selector: FirstOf, rows: Array) -> _Advice:
        advice = np.full(len(rows), _PASSES, np.int32)
        missing: Masks = {}
        open_ = np.arange(len(rows))
        for part in selector.parts:
            found = self.advice(part, rows[open_])
            passes = found.rules == _PASSES
            advice[open_] = found.rules
            kept = {name: mask & ~passes for name, mask in found.missing.items()}
            missing = joined([missing, _spread(kept, open_, len(rows))])
            open_ = open_[passes]
            if not len(open_):
                break
            passed = self.passing(part, rows[open_])
            missing = joined([missing, _spread(passed, open_, len(rows))])
        return _Advice(advice, missing)

    def _overridden(self, selector: Overridden, rows: Array) -> _Advice:
        names = self.customers.cell("customer").take(rows)
        given: dict[str, Strategy] = selector.override.strategies  # type: ignore[attr-defined]  # by customer
        coded = names.coded()
        there = np.array([str(name) in given for name in coded.values] or [False])[coded.codes]
        inner = np.flatnonzero(~there)
        found = self.advice(selector.selector, rows[inner])
        advice = np.full(len(rows), _PASSES, np.int32)
        advice[inner] = found.rules
        outer = np.flatnonzero(there)
        advice[outer] = self._one_by_one(selector, rows[outer], noted=False).rules
        return _Advice(advice, _spread(found.missing, inner, len(rows)))

    def _one_by_one(self, selector: Selector, rows: Array, *, noted: bool = True) -> _Advice:
        if noted:
            self._note(f"selector {selector.name} asked one by one", rows)
        advice = np.full(len(rows), _PASSES, np.int32)
        missing: Masks = {}
        for place, row in enumerate(rows.tolist()):
            found = answered(selector, self.customers.profile(row))
            if found is not None:
                advice[place] = self._place(found.strategy, found.row)
                for name in found.missing:
                    missing.setdefault(name, np.zeros(len(rows), bool))[place] = True
        return _Advice(advice, missing)


def _spread(masks: Masks, places: Array, size: int) -> Masks:
    """Masks of some customers as masks of all of them."""
    spread = {}
    for name, mask in masks.items():
        spread[name] = np.zeros(size, bool)
        spread[name][places] = mask
    return spread
