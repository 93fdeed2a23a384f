"""Whether what a recommendation says of itself fits what it recommends."""

import re
from collections import Counter
from collections.abc import Iterator

from attrs import Factory, define

from custlife.decisions.evidence import facts_of
from custlife.decisions.predicates import words
from custlife.decisions.tables import Row
from custlife.sources import OWN
from custlife.strategy.facts import INPUTS
from custlife.strategy.inputs import inputs_of
from custlife.strategy.reasons import RunnerUp
from custlife.strategy.recommend import recommend
from custlife.strategy.recommendation import Recommendation, wrapped
from custlife.strategy.selectors.combining import Combination
from custlife.strategy.strategies import Strategy
from custlife.testing.generators.profiles import choices
from custlife.testing.laws.others import altered_to
from custlife.testing.laws.selector_law import Selection

OVERRIDE = "OVERRIDE"
"""The row of a person's decision, which can be any."""
_OFTEN = 120
"""A runner-up that was named so often, and never answered, does not exist; and a fact that was
named so often, and never decided, does not count."""
_STRATEGIES = re.compile(rf"\b({'|'.join(strategy.words for strategy in Strategy)})\b")


@define
class Said:
    """What a selector said of all customers that a law has asked about.

    Attributes:
        meant: What it said of a row or a sentence, by what is said and of which.
        answered: The rows by which it answered.
        decided: The facts that decided for somebody.
        times: How often it named a fact or a runner-up.
    """

    meant: dict[tuple[str, str], str] = Factory(dict)
    answered: set[str] = Factory(set)
    decided: set[str] = Factory(set)
    times: Counter[str] = Factory(Counter)

    def differs(self, what: str, of: str, value: str) -> Iterator[str]:
        """That something else was said before; nothing if it was the same."""
        before = self.meant.setdefault((what, of), value)
        if before != value:
            yield f"the {what} of {of} is {value} here, and was {before}."


def problems_of(selection: Selection, advice: Recommendation, said: Said) -> Iterator[str]:
    """What does not fit, in words."""
    yield from _of_selector(selection, advice)
    yield from _of_row(selection, advice)
    yield from _of_runners_up(selection, advice)
    yield from _of_before(selection, advice, said)
    yield from _of_facts(selection, advice, said)
    if type(advice) is not Recommendation:
        yield from _of_texts(advice)


def _of_selector(selection: Selection, advice: Recommendation) -> Iterator[str]:
    """What it reads is declared, and what it names as its selector gives the same answer."""
    asked, evidence = wrapped(selection.selector), advice.reason.evidence
    read = inputs_of((*evidence.facts, *evidence.missing), evidence.catalogue)
    undeclared = read - inputs_of(asked.uses, evidence.catalogue)
    if undeclared:
        yield f"it names {', '.join(sorted(undeclared))}, which its 'uses' does not declare."
    if advice.selector != asked:
        theirs = advice.selector(advice.profile)
        if theirs is None or (theirs.strategy, theirs.row) != (advice.strategy, advice.row):
            yield f"it says that {advice.selector.name} recommends it, which gives {theirs!r}."


def _of_row(selection: Selection, advice: Recommendation) -> Iterator[str]:
    """A row of a table that the selector is made of means what it means there."""
    reason = advice.reason
    rows = selection.rows.get(advice.row, ())
    told = [
        row for every in selection.rows.values() for row in every if row.sentence == reason.sentence
    ]
    row = f"row {advice.row}"
    if rows and not any(one.outcome is advice.strategy for one in rows):
        yield f"{row} says {words(rows[0].outcome)}, and it answers {advice.strategy.words}."
    if rows and all(_holds(one, advice) is False for one in rows):
        yield f"it answers by {row}, which does not hold."
    if rows and reason.source not in (OWN, *(one.source for one in rows)):
        yield f"{row} has the source {rows[0].source}, and it names {reason.source}."
    if rows and reason.contested not in (None, *(one.contested for one in rows)):
        yield f"{row} is not contested by {reason.contested}."
    if told and rows and not any(one.id == advice.row for one in told):
        yield f"it explains {row} by the sentence of row {told[0].id}."
    if told and not any(one.outcome is advice.strategy for one in told):
        yield f"it explains {advice.strategy.words} by the sentence of row {told[0].id}."


def _holds(row: Row[Strategy], advice: Recommendation) -> bool | None:
    names = {name for atom in row.when.atoms() for name in facts_of(atom)}
    catalogue = advice.reason.evidence.catalogue
    facts = {fact.name: fact.read(advice.profile) for fact in catalogue if fact.name in names}
    return row.when.holds(facts)


def _of_runners_up(selection: Selection, advice: Recommendation) -> Iterator[str]:
    """They are other rows, each once, that fit the room; what is said of a table's row is so."""
    seen = {advice.row}
    holding = [other.holds is True for other in advice.runners_up]
    if holding != sorted(holding, reverse=True):
        yield "its runners-up that hold do not come first."
    for other in advice.runners_up:
        if other.row in seen:
            yield f"it names row {other.row} as a runner-up beside itself."
        if not other.strategy.fits(advice.profile.room):
            yield f"it names {other.strategy.words} as a runner-up, which does not fit the room."
        rows = selection.rows.get(other.row, ())
        if rows and not any(_is_so(row, other, advice) for row in rows):
            yield f"it names as a runner-up what is not so: {other}."
        seen.add(other.row)


def _is_so(row: Row[Strategy], other: RunnerUp, advice: Recommendation) -> bool:
    return row.outcome is other.strategy and _holds(row, advice) is other.holds


def _of_before(selection: Selection, advice: Recommendation, said: Said) -> Iterator[str]:
    """A row has one strategy and one source, and a sentence one strategy, for everybody."""
    reason = advice.reason
    said.answered.add(advice.row)
    yield from said.differs("source", f"row {advice.row}", reason.citation)
    for row, strategy in ((advice.row, advice.strategy), *_pairs(advice)):
        if row != OVERRIDE:
            yield from said.differs("strategy", f"row {row}", strategy.words)
    if advice.row != OVERRIDE:
        yield from said.differs("strategy", f"{reason.sentence!r}", advice.strategy.words)
    others = {row for row, _ in _pairs(advice)} if advice.row in selection.rows else set()
    for row in sorted(others - selection.rows.keys() - said.answered):
        said.times[row] += 1
        if said.times[row] > _OFTEN:
            yield f"it names row {row} as a runner-up, by which it answers nobody."


def _pairs(advice: Recommendation) -> Iterator[tuple[str, Strategy]]:
    return ((other.row, other.strategy) for other in advice.runners_up)


def _of_facts(selection: Selection, advice: Recommendation, said: Said) -> Iterator[str]:
    """What is named again and again decides for somebody; a combination names what it may read."""
    if isinstance(wrapped(selection.selector), Combination):
        return
    named = INPUTS.keys() & {*advice.facts, *advice.missing}
    for name in sorted(named - said.decided):
        said.times[name] += 1
        if _decides(selection, advice, name):
            said.decided.add(name)
        elif said.times[name] > _OFTEN:
            yield f"it names {name} again and again, which decides for nobody."


def _decides(selection: Selection, advice: Recommendation, name: str) -> bool:
    """Whether another value of an input changes the strategy or the row."""
    every = choices(INPUTS[name], selection.near.get(name, ()))
    for one, _ in altered_to(advice.profile, ({name: value} for value in every)):
        other = recommend(one, selection.selector)
        if (other.strategy, other.row) != (advice.strategy, advice.row):
            return True
    return False


def _of_texts(advice: Recommendation) -> Iterator[str]:
    """What a recommendation of the app's own class tells and logs."""
    text = advice.explain()
    first = _STRATEGIES.search(text)
    if first is None or first[0] != advice.strategy.words:
        named = "no strategy" if first is None else first[0]
        yield f"its explanation names {named} instead of {advice.strategy.words}."
    for what in (advice.profile.relationship.customer, advice.reason.sentence):
        if what not in text:
            yield f"its explanation does not say {what!r}."
    logged = advice.to_dict()
    for name, value in Recommendation.to_dict(advice).items():
        if logged.get(name) != value:
            yield f"its log has {logged.get(name)!r} as {name} instead of {value!r}."
