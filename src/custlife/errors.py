"""Every error that custlife raises on purpose.

Each has typed attributes, pickles, and says what happened, which rule, the value against the
limit, and what to do. An error never leaves anything half done: what was rejected changed nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from attrs import define, frozen

from custlife.state import State

_LONGEST = 80
_MOST = 40
_MOST_DIFFERENCES = 10


def listed(names: Sequence[str]) -> str:
    """Join names for a sentence: ``a, b and c``; ``nothing`` for none; long lists are cut."""
    shortened = [*map(cut, names[:_MOST])]
    if len(names) > _MOST:
        shortened.append(f"{len(names) - _MOST} more")
    return " and ".join(filter(None, (", ".join(shortened[:-1]), *shortened[-1:]))) or "nothing"


def shown(value: object) -> str:
    """A value for a message, cut where it is long.

    Examples:
        >>> shown("x" * 100)
        "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..."
    """
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a message never fails because of what it shows
        text = f"<{type(value).__qualname__} that cannot be shown>"
    return cut(text)


def cut(text: str, longest: int = _LONGEST) -> str:
    r"""A text for a message: cut where it is long, and on one line.

    Examples:
        >>> print(cut("one\ntwo"))
        one\ntwo
    """
    start = text[:longest] if text[:longest].isprintable() else repr(text[:longest])[1:-1]
    return start if len(text) <= longest else f"{start}..."


def counted(faults: Sequence[object]) -> str:
    """How many faults there are, and a line for each."""
    count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    return "\n  - ".join((f"{count}:", *map(str, faults)))


class CustlifeError(Exception):
    """The base of every custlife error.

    Examples:
        >>> issubclass(EventNotAllowed, CustlifeError)
        True
    """


@define(eq=False, slots=False)
class InvalidValue(CustlifeError):
    """A value that is out of its bounds.

    Attributes:
        subject: What was being built, such as ``purchased``.
        field: The field at fault.
        value: The value that was given.
        expectation: What the field must be.
        remedy: What to do.
    """

    subject: str
    field: str
    value: object
    expectation: str
    remedy: str

    def __str__(self) -> str:
        return (
            f"{cut(self.subject)}: {cut(self.field)} is {shown(self.value)}, but must be "
            f"{self.expectation}. {self.remedy}"
        )


class InvalidEvent(InvalidValue):
    """An event with a field that is out of its bounds; no event was made."""


class InvalidRelationship(InvalidValue):
    """A relationship with a field that is out of its bounds; no relationship was made."""


class InvalidPolicy(InvalidValue):
    """A policy number that is out of its bounds; no policy was made."""


class InvalidMoment(InvalidValue):
    """A moment that cannot be used to look at a journey."""


class InvalidArgument(InvalidValue, TypeError):
    """An argument of the wrong type or out of its bounds; the call did nothing."""


@define(eq=False, slots=False)
class EventNotAllowed(CustlifeError):
    """The lifecycle forbids this event in this state; nothing was changed.

    Attributes:
        event: The event's name.
        state: The state in which it arrived.
        allowed: The names of the events that this state allows.
        because: The sentence that forbids it.
        source: The source row of that sentence.
        customer: Whose relationship it was, or None for a bare table or chart.
        offering: The offering that it was about, in an account; else None.
    """

    event: str
    state: State
    allowed: tuple[str, ...]
    because: str
    source: str
    customer: str | None = None
    offering: str | None = None

    def __str__(self) -> str:
        who = "" if self.customer is None else f" for {shown(self.customer)}"
        who += "" if self.offering is None else f" and the offering {shown(self.offering)}"
        return (
            f"{shown(self.event)} is not allowed{who} in {self.state.describe()}: {self.because} "
            f"[{cut(self.source)}] Nothing was changed; allowed here: {listed(self.allowed)}."
        )


@define(eq=False, slots=False)
class ComplaintNotOpen(CustlifeError):
    """An answer to a complaint that is not open; nothing was changed.

    Attributes:
        event: The event's name.
        complaint: The id that it names.
        open: The ids of the complaints that are open.
        unnamed: How many more are open that have no id.
        customer: Whose relationship it was.
    """

    event: str
    complaint: str
    open: tuple[str, ...]
    unnamed: int
    customer: str

    def __str__(self) -> str:
        ids = [*self.open, *[f"{self.unnamed} without an id"] * bool(self.unnamed)]
        remedy = (
            "name one of these, or none to answer the oldest" if ids else "there is no answer due"
        )
        return (
            f"{shown(self.event)} answers the complaint {shown(self.complaint)} of "
            f"{shown(self.customer)}, which is not open. Open: {listed(ids)}. Nothing was changed; "
            f"{remedy}."
        )


@define(eq=False, slots=False)
class RefundTooHigh(CustlifeError):
    """A refund of more than can be refunded; nothing was changed.

    Attributes:
        amount: What was to go back.
        rest: What can be refunded at most.
        purchase: The id of the purchase, or None if the refund names none.
        customer: Whose relationship it was.
    """

    amount: Decimal
    rest: Decimal
    purchase: str | None
    customer: str

    def __str__(self) -> str:
        what = "all purchases" if self.purchase is None else f"the purchase {shown(self.purchase)}"
        return (
            f"A refund of {cut(str(self.amount))} to {shown(self.customer)} is more than the "
            f"{cut(str(self.rest))} that is left of {what}. Nothing was changed; refund no more "
            f"than that."
        )


@define(eq=False, slots=False)
class UnknownPurchase(CustlifeError):
    """A refund for a purchase that is not on record by its id; nothing was changed.

    Attributes:
        purchase: The id that the refund names.
        known: The ids of the purchases that can be refunded by id.
        most: How many of the latest purchases are kept by id.
        customer: Whose relationship it was.
    """

    purchase: str
    known: tuple[str, ...]
    most: int
    customer: str

    def __str__(self) -> str:
        return (
            f"No purchase {shown(self.purchase)} of {shown(self.customer)} can be refunded by its "
            f"id. The last {self.most} purchases with an id can: {listed(self.known)}. Nothing was "
            f"changed; for an older one leave the purchase out of the refund."
        )


@define(eq=False, slots=False)
class IdReused(CustlifeError):
    """An id that stands for two events that differ; nothing was changed.

    Attributes:
        id: The id.
        event: The name of the event that came with it.
        at: When that event happened.
        other: The name of the event that has the id.
        other_at: When that one happened.
        differ: The fields in which they differ; none where they are of two classes.
    """

    id: str
    event: str
    at: datetime
    other: str
    other_at: datetime
    differ: tuple[str, ...]

    def __str__(self) -> str:
        where = f" in {listed(self.differ)}" if self.differ else ""
        return (
            f"The id {shown(self.id)} of {shown(self.event)} of {self.at.date()} is that of "
            f"{shown(self.other)} of {self.other_at.date()}, and the two differ{where}. "
            f"Nothing was changed; give each event its own id, or amend(replace=...) the one."
        )


@define(eq=False, slots=False)
class UnknownEventId(CustlifeError):
    """A correction of an event that is not there; nothing was changed.

    Attributes:
        id: The id that was to be corrected.
        what: What it should be the id of: an event or a purchase.
        known: The ids that could be corrected.
        customer: Whose journey it was.
    """

    id: str
    what: str
    known: tuple[str, ...]
    customer: str

    def __str__(self) -> str:
        return (
            f"The journey of {shown(self.customer)} has no {cut(self.what)} {shown(self.id)} that "
            f"counts. It has {listed(self.known)}. Nothing was changed; name one of these."
        )


@define(eq=False, slots=False)
class UnknownCode(CustlifeError, KeyError):
    """A code that a cause map does not know.

    Attributes:
        code: The code.
        known: The codes that it knows.
    """

    code: object
    known: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"The cause map does not know the code {shown(self.code)}. It knows "
            f"{listed(self.known)}; add the code with its cause, such as Cause.OTHER."
        )


@define(eq=False, slots=False)
class UnclearOffering(CustlifeError):
    """A purchase or refund that names no offering, and could concern several; nothing was changed.

    Attributes:
        event: The event's name.
        at: When it happened.
        offerings: The names of the offerings that it could concern.
        customer: Whose it was.
    """

    event: str
    at: datetime
    offerings: tuple[str, ...]
    customer: str

    def __str__(self) -> str:
        several = listed(self.offerings)
        return (
            f"{shown(self.event)} of {self.at.isoformat()} names no offering, and could be about "
            f"{several} of {shown(self.customer)}. Money is about one offering. Nothing was "
            f"changed; name it: offering=..."
        )


@define(eq=False, slots=False)
class OutOfOrderEvent(CustlifeError):
    """An event that is older than the last one on record; nothing was changed.

    Attributes:
        event: The event's name.
        at: When it happened.
        last_at: When the last event on record happened.
        customer: Whose relationship it was.
    """

    event: str
    at: datetime
    last_at: datetime
    customer: str

    def __str__(self) -> str:
        return (
            f"{shown(self.event)} of {self.at.isoformat()} is older than the last event of "
            f"{shown(self.customer)}, {self.last_at.isoformat()}. Nothing was changed; apply "
            f"events in the order of time, or give all of them to replay(), which sorts."
        )


@define(eq=False, slots=False)
class UnknownEvent(CustlifeError):
    """An event that the lifecycle does not know; nothing was changed.

    Attributes:
        event: The name or the object that was given.
        lifecycle: The lifecycle's name.
        known: The names that it knows.
    """

    event: object
    lifecycle: str
    known: tuple[str, ...]

    def __str__(self) -> str:
        event = shown(self.event)
        if isinstance(self.event, type):
            return f"{event} is a class; give an event, not its class."
        if isinstance(self.event, Iterable) and not isinstance(self.event, str):
            return f"{event} may hold events; give them one by one: *events."
        if hasattr(self.event, "activity"):
            return f"{event} is of a class that attrs did not make; decorate it with attrs.frozen."
        if isinstance(self.event, str) and self.event in self.known:
            return f"{event} is the name of an event; give an event, made from its class."
        return (
            f"The lifecycle {shown(self.lifecycle)} does not know the event {event}. "
            f"It knows {listed(self.known)}."
        )


@define(eq=False, slots=False)
class InvalidFrame(CustlifeError):
    """A data frame with a column or a cell that cannot be used; nothing was replayed.

    Attributes:
        column: The column at fault, or the columns.
        row: The number of the row, from 0; None if the whole column is at fault.
        value: What stands there.
        expectation: What it must be.
        remedy: What to do.
    """

    column: str
    row: int | None
    value: object
    expectation: str
    remedy: str

    def __str__(self) -> str:
        where = "" if self.row is None else f", row {self.row:,}"
        return (
            f"Column {shown(self.column)}{where}: it is {shown(self.value)}, but must be "
            f"{self.expectation}. {self.remedy}"
        )


@define(eq=False, slots=False)
class UnknownState(CustlifeError):
    """A state, stage, region or room that the lifecycle does not know.

    Attributes:
        state: What was given.
        lifecycle: The lifecycle's name.
        known: The names that would have been understood.
    """

    state: object
    lifecycle: str
    known: tuple[str, ...]

    def __str__(self) -> str:
        if isinstance(self.state, str) and self.state in self.known:
            name = shown(self.state)
            return f"{name} is text; give a State: lifecycle.state({name})."
        what = cut(str(self.state)) if isinstance(self.state, str | State) else shown(self.state)
        return (
            f"The lifecycle {shown(self.lifecycle)} does not know {what}. "
            f"It knows {listed(self.known)}."
        )


@define(eq=False, slots=False)
class ViewNotDefined(CustlifeError):
    """A view that the lifecycle does not define.

    Attributes:
        view: The name of the model that was asked for.
        lifecycle: The lifecycle's name.
        defined: The names of the models that it is viewed through.
    """

    view: str
    lifecycle: str
    defined: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"The lifecycle {shown(self.lifecycle)} has no view {shown(self.view)}. It defines "
            f"{listed(self.defined)}; add a View to the lifecycle's views for another."
        )


@frozen
class Fault:
    """One fault of a lifecycle definition, or of a migration from one to another.

    Attributes:
        code: A stable name of the kind of fault, such as ``two_rules``.
        where: The stage, region, room, state, move or view at fault.
        message: What is wrong and what to do, in words.
    """

    code: str
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message} ({self.code})"


@define(eq=False, slots=False)
class InvalidLifecycle(CustlifeError):
    """A lifecycle definition with faults; no lifecycle was made.

    Attributes:
        lifecycle: The lifecycle's name.
        faults: All faults that were found.
    """

    lifecycle: str
    faults: tuple[Fault, ...]

    def __str__(self) -> str:
        return f"The lifecycle {shown(self.lifecycle)} has {counted(self.faults)}"


@define(eq=False, slots=False)
class InvalidMigration(CustlifeError):
    """A migration between two lifecycles with faults; no migration was made.

    Attributes:
        lifecycle: The name of the earlier lifecycle.
        faults: All faults that were found.
    """

    lifecycle: str
    faults: tuple[Fault, ...]

    def __str__(self) -> str:
        return f"The migration of the lifecycle {shown(self.lifecycle)} has {counted(self.faults)}"


@define(eq=False, slots=False)
class LifecycleChanged(CustlifeError):
    """Data that was stored under another definition of the lifecycle; nothing was made of it.

    Attributes:
        lifecycle: The name of the lifecycle that it was stored under.
        stored: The fingerprint that it was stored under.
        current: The fingerprint of the codec's lifecycle.
        differences: What differs, one sentence each; empty where the codec does not know the
            earlier definition.
    """

    lifecycle: str
    stored: str
    current: str
    differences: tuple[str, ...] = ()

    def __str__(self) -> str:
        changed = (
            f"The lifecycle {shown(self.lifecycle)} has changed: this was stored under the "
            f"fingerprint {cut(self.stored)}, and the codec's is {cut(self.current)}."
        )
        if not self.differences:
            return (
                f"{changed} Give the codec the definition that it was stored under, or a "
                f"migration from it: Codec(..., earlier=[Migration(old, new, stages)])."
            )
        rest = len(self.differences) - _MOST_DIFFERENCES
        lines = [f"\n  - {cut(line, 300)}" for line in self.differences[:_MOST_DIFFERENCES]]
        more = f"\n  - and {rest} more" if rest > 0 else ""
        return (
            f"{changed} Say where its customers belong now: Codec(..., earlier=[Migration(old, "
            f"new, stages)]). What differs:{''.join(lines)}{more}"
        )


@define(eq=False, slots=False)
class DataGuard(CustlifeError):
    """A chart whose guard looks at data, so that its moves are not a finite table.

    Attributes:
        chart: The name of the chart class.
        guard: The guard's name.
        at: The state whose transition it guards.
        event: The event of that transition.
    """

    chart: str
    guard: str
    at: str
    event: str

    def __str__(self) -> str:
        return (
            f"{cut(self.chart)}: the guard {shown(self.guard)} on {shown(self.event)} at "
            f"{shown(self.at)} looks at data. A lifecycle may ask only which stages are active, "
            f"as In('stage') does: turn the decision into an event of its own, or into a stage."
        )


@define(eq=False, slots=False)
class UndecidedTable(CustlifeError):
    """A decision table that gives no single answer for these facts.

    Attributes:
        table: The table's name.
        rows: The ids of the rows that hold; none for a gap, several for an overlap.
        facts: The facts that were given.
        missing: The facts that are unknown and would decide it.
    """

    table: str
    rows: tuple[str, ...]
    facts: tuple[tuple[str, object], ...]
    missing: tuple[str, ...]

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={shown(value)}" for name, value in self.facts)
        facts, table = facts or "no facts at all", f"Table {shown(self.table)}"
        if self.rows:
            return f"{table}: rows {listed(self.rows)} overlap at {facts}. Part them."
        if self.missing:
            return f"{table} needs to know {listed(self.missing)}; given: {facts}."
        return f"{table} has no row for {facts}. Add one."


@define(eq=False, slots=False)
class InvalidTable(CustlifeError):
    """A decision table that cannot be built or applied.

    Attributes:
        table: The table's name.
        problem: What is wrong and what to do.
    """

    table: str
    problem: str

    def __str__(self) -> str:
        return f"Decision table {shown(self.table)}: {self.problem}"


@define(eq=False, slots=False)
class InvalidData(CustlifeError):
    """Stored data that cannot be read back; nothing was made of it.

    Attributes:
        path: Where in the data the problem is, such as ``$.record.revenue``.
        problem: What is wrong there.
    """

    path: str
    problem: str

    def __str__(self) -> str:
        return f"Stored data at {cut(self.path)}: {self.problem}"


@define(eq=False, slots=False)
class FitFailed(CustlifeError):
    """A model that could not be fitted to the observations; no model was made.

    Attributes:
        model: The model's name.
        problem: Why it could not be fitted.
        parameters: The last parameters, as pairs of name and value; empty if none were tried.
        remedy: What to do.
    """

    model: str
    problem: str
    parameters: tuple[tuple[str, float], ...]
    remedy: str

    def __str__(self) -> str:
        last = listed([f"{name} {value:.4g}" for name, value in self.parameters])
        tried = f" The last parameters were {last}." if self.parameters else ""
        return f"{cut(self.model)} cannot be fitted: {self.problem}.{tried} {self.remedy}"
