"""custlife: the customer lifecycle as a library.

Where does a customer stand, how did they get there, and were they lost or eroded?

Examples:
    >>> from datetime import datetime, timezone
    >>> from custlife import Engaged, Relationship
    >>> rel = Relationship("C-17").apply(Engaged(at=datetime(2026, 1, 1, tzinfo=timezone.utc)))
    >>> rel.state.stage
    'visitor'
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from custlife._roll_up import UNNAMED_OFFERING
    from custlife.account import Account, replay_account
    from custlife.causes import Cause, CauseMap, DefectorKind, Initiator
    from custlife.changes import Change, ChangeKind
    from custlife.complaints import OpenComplaint
    from custlife.decisions.predicates import (
        Predicate,
        above,
        all_of,
        any_of,
        at_least,
        at_most,
        below,
        exceeds,
        is_,
        is_not,
        not_,
        some_of,
        within,
    )
    from custlife.decisions.tables import DecisionTable, HitPolicy, Row, Verdict
    from custlife.departure_kind import KIND_FACTS, DepartureKind
    from custlife.departure_rules import DEFAULT_DEPARTURE_RULES, DepartureRules
    from custlife.departures import Departure
    from custlife.errors import (
        ComplaintNotOpen,
        CustlifeError,
        DataGuard,
        EventNotAllowed,
        Fault,
        FitFailed,
        IdReused,
        InvalidArgument,
        InvalidData,
        InvalidEvent,
        InvalidFrame,
        InvalidLifecycle,
        InvalidMigration,
        InvalidMoment,
        InvalidPolicy,
        InvalidRelationship,
        InvalidTable,
        InvalidValue,
        LifecycleChanged,
        OutOfOrderEvent,
        RefundTooHigh,
        UnclearOffering,
        UndecidedTable,
        UnknownCode,
        UnknownEvent,
        UnknownEventId,
        UnknownPurchase,
        UnknownState,
        ViewNotDefined,
    )
    from custlife.events import (
        EVENTS,
        Activity,
        CauseLearnt,
        Committed,
        Complained,
        ComplaintIgnored,
        ComplaintSettled,
        Contacted,
        Departed,
        Engaged,
        Event,
        Lapsed,
        Link,
        Paused,
        PurchaseCancelled,
        Purchased,
        Recommended,
        Refunded,
        Resumed,
        ServiceFailed,
        Terminated,
    )
    from custlife.journey import Journey, merge, replay
    from custlife.lifecycle._chart import restore_chart, state_of, to_chart
    from custlife.lifecycle.chart_reader import from_chart
    from custlife.lifecycle.default import CUSTOMER_LIFECYCLE, Ladder, Phase, Process
    from custlife.lifecycle.definition import Lifecycle
    from custlife.lifecycle.diagram import to_diagram
    from custlife.lifecycle.differences import differences
    from custlife.lifecycle.parts import Forbid, Move, Region, Rule, Stage, Stay, View
    from custlife.lifecycle.pause import with_pause
    from custlife.lifecycle.table import Table, to_table
    from custlife.migration import Drift, Migration
    from custlife.record import Record
    from custlife.relationship import Relationship
    from custlife.severity import SEVERITY_FACTS, Severity
    from custlife.sources import ASSUMPTION, BUT, CHE, EFR, IMH, KAL, OWN, WORKS, Source, Work
    from custlife.state import Room, State
    from custlife.steps import Correction, Rejection, Step, Withdrawn

    __version__: str
else:

    def __getattr__(name: str) -> object:
        """A public name, or the version of the installed package, at its first use."""
        from importlib import import_module  # noqa: PLC0415 - `import custlife` stays light

        if name == "__version__":
            value = import_module("importlib.metadata").version("custlife")
        elif name in _HOMES:
            value = getattr(import_module(f"custlife.{_HOMES[name]}"), name)
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


_HOMES = {
    name: home
    for home, names in {
        "_roll_up": "UNNAMED_OFFERING",
        "account": "Account replay_account",
        "causes": "Cause CauseMap DefectorKind Initiator",
        "changes": "Change ChangeKind",
        "complaints": "OpenComplaint",
        "decisions.predicates": (
            "Predicate above all_of any_of at_least at_most below exceeds is_ is_not not_ some_of "
            "within"
        ),
        "decisions.tables": "DecisionTable HitPolicy Row Verdict",
        "departure_kind": "KIND_FACTS DepartureKind",
        "departure_rules": "DEFAULT_DEPARTURE_RULES DepartureRules",
        "departures": "Departure",
        "errors": (
            "ComplaintNotOpen CustlifeError DataGuard EventNotAllowed Fault FitFailed IdReused "
            "InvalidArgument InvalidData InvalidEvent InvalidFrame InvalidLifecycle "
            "InvalidMigration InvalidMoment InvalidPolicy InvalidRelationship InvalidTable "
            "InvalidValue LifecycleChanged OutOfOrderEvent RefundTooHigh UnclearOffering "
            "UndecidedTable UnknownCode UnknownEvent UnknownEventId UnknownPurchase UnknownState "
            "ViewNotDefined"
        ),
        "events": (
            "EVENTS Activity CauseLearnt Committed Complained ComplaintIgnored ComplaintSettled "
            "Contacted Departed Engaged Event Lapsed Link Paused PurchaseCancelled Purchased "
            "Recommended Refunded Resumed ServiceFailed Terminated"
        ),
        "journey": "Journey merge replay",
        "lifecycle._chart": "restore_chart state_of to_chart",
        "lifecycle.chart_reader": "from_chart",
        "lifecycle.default": "CUSTOMER_LIFECYCLE Ladder Phase Process",
        "lifecycle.definition": "Lifecycle",
        "lifecycle.diagram": "to_diagram",
        "lifecycle.differences": "differences",
        "lifecycle.parts": "Forbid Move Region Rule Stage Stay View",
        "lifecycle.pause": "with_pause",
        "lifecycle.table": "Table to_table",
        "migration": "Drift Migration",
        "record": "Record",
        "relationship": "Relationship",
        "severity": "SEVERITY_FACTS Severity",
        "sources": "ASSUMPTION BUT CHE EFR IMH KAL OWN WORKS Source Work",
        "state": "Room State",
        "steps": "Correction Rejection Step Withdrawn",
    }.items()
    for name in names.split()
}
"""The module of each name, which is loaded at the name's first use; a type checker reads the
imports above."""

__all__ = [
    "ASSUMPTION",
    "BUT",
    "CHE",
    "CUSTOMER_LIFECYCLE",
    "DEFAULT_DEPARTURE_RULES",
    "EFR",
    "EVENTS",
    "IMH",
    "KAL",
    "KIND_FACTS",
    "OWN",
    "SEVERITY_FACTS",
    "UNNAMED_OFFERING",
    "WORKS",
    "Account",
    "Activity",
    "Cause",
    "CauseLearnt",
    "CauseMap",
    "Change",
    "ChangeKind",
    "Committed",
    "Complained",
    "ComplaintIgnored",
    "ComplaintNotOpen",
    "ComplaintSettled",
    "Contacted",
    "Correction",
    "CustlifeError",
    "DataGuard",
    "DecisionTable",
    "DefectorKind",
    "Departed",
    "Departure",
    "DepartureKind",
    "DepartureRules",
    "Drift",
    "Engaged",
    "Event",
    "EventNotAllowed",
    "Fault",
    "FitFailed",
    "Forbid",
    "HitPolicy",
    "IdReused",
    "Initiator",
    "InvalidArgument",
    "InvalidData",
    "InvalidEvent",
    "InvalidFrame",
    "InvalidLifecycle",
    "InvalidMigration",
    "InvalidMoment",
    "InvalidPolicy",
    "InvalidRelationship",
    "InvalidTable",
    "InvalidValue",
    "Journey",
    "Ladder",
    "Lapsed",
    "Lifecycle",
    "LifecycleChanged",
    "Link",
    "Migration",
    "Move",
    "OpenComplaint",
    "OutOfOrderEvent",
    "Paused",
    "Phase",
    "Predicate",
    "Process",
    "PurchaseCancelled",
    "Purchased",
    "Recommended",
    "Record",
    "RefundTooHigh",
    "Refunded",
    "Region",
    "Rejection",
    "Relationship",
    "Resumed",
    "Room",
    "Row",
    "Rule",
    "ServiceFailed",
    "Severity",
    "Source",
    "Stage",
    "State",
    "Stay",
    "Step",
    "Table",
    "Terminated",
    "UnclearOffering",
    "UndecidedTable",
    "UnknownCode",
    "UnknownEvent",
    "UnknownEventId",
    "UnknownPurchase",
    "UnknownState",
    "Verdict",
    "View",
    "ViewNotDefined",
    "Withdrawn",
    "Work",
    "above",
    "all_of",
    "any_of",
    "at_least",
    "at_most",
    "below",
    "differences",
    "exceeds",
    "from_chart",
    "is_",
    "is_not",
    "merge",
    "not_",
    "replay",
    "replay_account",
    "restore_chart",
    "some_of",
    "state_of",
    "to_chart",
    "to_diagram",
    "to_table",
    "with_pause",
    "within",
]
