"""What happens between a customer and the enterprise: frozen, past tense, validated.

An event says what happened and when. What follows from it is the lifecycle's to say.
"""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from enum import Enum, IntEnum
from functools import wraps
from types import MemberDescriptorType
from typing import Any, ClassVar

from attrs import Attribute, field, fields, fields_dict, frozen
from attrs.converters import optional

from custlife import _checks
from custlife.causes import Cause, Initiator
from custlife.errors import InvalidEvent
from custlife.money import as_money


class Activity(IntEnum):
    """What an event counts as in the record of a relationship.

    An app's own event counts as something by deriving from an event that does:
    ``class Renewed(Purchased)`` is a purchase. Others count as OTHER.
    """

    OTHER = 0
    CONTACT = 1
    ENGAGEMENT = 2
    PURCHASE = 3
    COMPLAINT = 4
    SETTLEMENT = 5
    DISREGARD = 6
    RECOMMENDATION = 7
    LAPSE = 8
    COMMITMENT = 9
    SERVICE_FAILURE = 10
    REFUND = 11


ANSWERS = (Activity.SETTLEMENT, Activity.DISREGARD)
"""The activities that answer a complaint."""


def snake(name: str) -> str:
    """The name of a class in snake_case, as charts and tables have it.

    Examples:
        >>> snake("ComplaintSettled"), snake("ABTest")
        ('complaint_settled', 'ab_test')
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _with_checks(init: Callable[..., None], ours: "list[Attribute[Any]]") -> Callable[..., None]:
    """An initializer that also runs the base's checks of fields that a subclass has redefined."""

    @wraps(init)
    def checked(self: "Event", *args: object, **given: object) -> None:
        init(self, *args, **given)
        for base in ours:
            convert: Any = base.converter or (lambda value: value)
            check: Any = base.validator
            value = convert(getattr(self, base.name, None))
            check(self, base, value)
            object.__setattr__(self, base.name, value)

    return checked


_FIELDS = type(field()), MemberDescriptorType
_WITH_FIELDS = {Activity.PURCHASE: "Purchased", Activity.REFUND: "Refunded"}
"""Activities of which the record needs more than the event's time: only this class's events have
it."""


@frozen(kw_only=True)
class Event:
    """The base of every event; subclass it for a lifecycle of your own.

    The name in charts and tables is the class name in snake_case. A lifecycle that has no rule for
    a class handles it by the rules of the class that it derives from.

    Args:
        at: When it happened: an aware datetime of any zone, kept in UTC.
        channel: The way it came, such as ``shop`` or ``phone``. No rule ever looks at it (CHE-3).
        id: The app's own id of the event. Complaints are answered by it, purchases are refunded by
            it, and what is wrong is corrected by it.
        offering: The product or service it was about (IMH-4).
        recorded_at: When the app came to know of it; None if it knew when it happened.

    Raises:
        InvalidEvent: If ``at`` is naive, or a text is blank; and where a subclass is defined with
            a field that is called ``name``, ``activity``, ``invalid``, ``subject`` or ``type``.

    Examples:
        >>> from datetime import datetime, timezone
        >>> from attrs import frozen
        >>> @frozen(kw_only=True)
        ... class TrialStarted(Event):
        ...     days: int = 30
        >>> TrialStarted.name
        'trial_started'
        >>> TrialStarted(at=datetime(2026, 1, 1, tzinfo=timezone.utc)).days
        30
    """

    name: ClassVar[str] = "event"
    """The name in charts and tables."""
    activity: ClassVar[Activity] = Activity.OTHER
    """What the event counts as in the record."""
    invalid: ClassVar[type[InvalidEvent]] = InvalidEvent
    _init: ClassVar[object]

    at: datetime = field(converter=_checks.in_utc, validator=_checks.quick_moment)
    channel: str | None = field(default=None, validator=_checks.quick_text_or_none)
    id: str | None = field(default=None, validator=_checks.quick_text_or_none)
    offering: str | None = field(default=None, validator=_checks.quick_text_or_none)
    recorded_at: datetime | None = field(
        default=None, converter=_checks.in_utc_or_none, validator=_checks.quick_moment_or_none
    )

    def __init_subclass__(cls) -> None:
        cls.name = cls.__dict__.get("name", snake(cls.__name__))
        if not isinstance(cls.name, _FIELDS):  # a field is refused below, with a better remedy
            _checks.text.require(InvalidEvent, snake(cls.__name__), "name", cls.name)
        _checks.one_of(Activity).require(InvalidEvent, cls.name, "activity", cls.activity)
        for activity, base in _WITH_FIELDS.items():
            if cls.activity is activity and not cls._is_a(base):
                remedy = f"Derive the event from {base}."
                raise InvalidEvent(cls.name, "activity", cls.activity, "inherited", remedy)

    @classmethod
    def __attrs_init_subclass__(cls) -> None:
        event = snake(cls.__name__)
        for name in ("name", "activity", "invalid", "subject", "type"):
            if name in fields_dict(cls):
                raise InvalidEvent(event, name, "a field", "left to Event", "Rename the field.")
        ours = (one for base in cls.__mro__ if base.__module__ == __name__ for one in fields(base))
        theirs, own = fields_dict(cls), "__attrs_init__" in vars(cls)
        if shed := [one for one in ours if own or theirs[one.name].validator is not one.validator]:
            setattr(cls, "__init__", _with_checks(cls.__init__, shed))  # noqa: B010 - mypy reads it as a signature
        cls._init = cls.__init__

    @classmethod
    def _is_a(cls, name: str) -> bool:
        """Whether it derives from the class of this module that has the name."""
        return any(base.__name__ == name for base in cls.__mro__ if base.__module__ == __name__)

    @property
    def subject(self) -> str:
        """What an error calls this event."""
        return self.name

    @property
    def known_since(self) -> datetime:
        """When the app came to know of it: when it was recorded, or else when it happened."""
        return self.recorded_at or self.at


Event._init = Event.__init__  # noqa: SLF001 - that of the base is the first


@frozen(kw_only=True)
class Contacted(Event):
    """The enterprise reached out, or its advertising reached the person.

    Source: KAL-1, IMH-1.
    """

    activity: ClassVar[Activity] = Activity.CONTACT


@frozen(kw_only=True)
class Engaged(Event):
    """The person turned to the enterprise: a visit, a question, a trial.

    Source: EFR-2, KAL-2.
    """

    activity: ClassVar[Activity] = Activity.ENGAGEMENT


@frozen(kw_only=True)
class Purchased(Event):
    """The person bought.

    Source: IMH-3, EFR-3.

    Args:
        amount: What was paid, in the one currency of the caller's choice; exact, 0 or more.

    Raises:
        InvalidEvent: If the amount is a float, NaN, infinite, negative or beyond the exact range.

    Examples:
        >>> from datetime import datetime, timezone
        >>> Purchased(at=datetime(2026, 1, 1, tzinfo=timezone.utc), amount=Decimal("11.77")).amount
        Decimal('11.77')
    """

    activity: ClassVar[Activity] = Activity.PURCHASE

    amount: Decimal = field(converter=as_money, validator=_checks.quick_money)


@frozen(kw_only=True)
class Refunded(Event):
    """Money went back to the person. The purchase stays a purchase.

    Source: ASSUMPTION.

    Args:
        amount: How much went back, in the caller's currency; exact, 0 or more.
        purchase: The id of the purchase, one of the last 32 that have an id; None if the refund is
            for an older one, or for none in particular.

    Raises:
        InvalidEvent: If the amount is a float, NaN, infinite, negative or beyond the exact range.

    Examples:
        >>> from datetime import datetime, timezone
        >>> Refunded(at=datetime(2026, 1, 9, tzinfo=timezone.utc), amount=5, purchase="p1").amount
        Decimal('5')
    """

    activity: ClassVar[Activity] = Activity.REFUND

    amount: Decimal = field(converter=as_money, validator=_checks.quick_money)
    purchase: str | None = field(default=None, validator=_checks.quick_text_or_none)


@frozen(kw_only=True)
class PurchaseCancelled(Event):
    """A purchase never took place: the payment failed, was charged back, or the person withdrew.

    It corrects the history: `replay` and ``Journey.amend`` strike the purchase out, in every
    lifecycle. A relationship alone keeps no history, and refuses it.

    Source: ASSUMPTION.

    Args:
        at: When it was cancelled. Until then the purchase was believed, so ``journey.known_at``
            of an earlier moment still has it.
        purchase: The id of the purchase.
    """

    purchase: str = field(validator=_checks.text.quick)


@frozen(kw_only=True)
class Paused(Event):
    """The customer suspended the relationship for a while, such as a subscription.

    A lifecycle knows it by `with_pause`.

    Source: ASSUMPTION.
    """


@frozen(kw_only=True)
class Resumed(Event):
    """The customer took the relationship up again after a pause.

    Source: ASSUMPTION.
    """


@frozen(kw_only=True)
class Complained(Event):
    """The person voiced displeasure.

    Its ``id`` is the complaint's: an answer can name it.

    Source: EFR-4, EFR-5.

    Args:
        public: Whether others saw it, in a review or on a social network: such a complaint costs
            prospects, too (IMH-9, IMH-10).
    """

    activity: ClassVar[Activity] = Activity.COMPLAINT

    public: bool = field(default=False, validator=_checks.flag.quick)


@frozen(kw_only=True)
class ComplaintSettled(Event):
    """The enterprise put right what the person complained of.

    Source: EFR-5.

    Args:
        complaint: The id of the complaint that it answers; the oldest open one if left out.
    """

    activity: ClassVar[Activity] = Activity.SETTLEMENT

    complaint: str | None = field(default=None, validator=_checks.quick_text_or_none)


@frozen(kw_only=True)
class ComplaintIgnored(Event):
    """A complaint was left without an answer that satisfies.

    Nobody waits for an answer any more, but what was said in public stays said: such a complaint
    can still be settled.

    Source: EFR-5, IMH-8.

    Args:
        complaint: The id of the complaint that was ignored; the oldest open one if left out.
    """

    activity: ClassVar[Activity] = Activity.DISREGARD

    complaint: str | None = field(default=None, validator=_checks.quick_text_or_none)


@frozen(kw_only=True)
class Recommended(Event):
    """The customer recommended the enterprise to others.

    Source: EFR-5.
    """

    activity: ClassVar[Activity] = Activity.RECOMMENDATION


@frozen(kw_only=True)
class Committed(Event):
    """The customer bound themselves: a standing order, an open-ended contract, a sole supplier.

    Source: KAL-4.
    """

    activity: ClassVar[Activity] = Activity.COMMITMENT


class Link(Enum):
    """The links of the chain along which service can fail.

    Source: CHE-1 names supply and delivery; the others are an assumption.
    """

    SUPPLY = "supply"
    DELIVERY = "delivery"
    SUPPORT = "support"
    BILLING = "billing"
    PRODUCT = "product"


@frozen(kw_only=True)
class ServiceFailed(Event):
    """The enterprise failed to serve, whether or not the person said anything.

    A person who comes for the first time leaves silently: the failure is the only sign.

    Source: CHE-1, IMH-9, EFR-5.

    Args:
        link: Where along the chain it failed; None where unknown.
    """

    activity: ClassVar[Activity] = Activity.SERVICE_FAILURE

    link: Link | None = field(default=None, validator=_checks.one_of(Link).or_none.quick)


@frozen(kw_only=True)
class Lapsed(Event):
    """The customer has been silent for too long, as the app judges it.

    Source: KAL-8.
    """

    activity: ClassVar[Activity] = Activity.LAPSE


@frozen(kw_only=True)
class Departed(Event):
    """The person left; use `Terminated` for what the enterprise alone ended.

    Source: IMH-6, IMH-8, KAL-5.

    Args:
        cause: Why.
        reason: The app's own code or words for why; a `CauseMap` turns codes into causes.
        initiator: Who ended it.
        to: The competitor that the person went to, or None where unknown (IMH-11).
        inferred: Whether this was concluded, from silence for example, instead of observed.
        sales_cost: What the sale had cost so far, in the caller's currency; None where unknown.
        deal_size: What the deal was worth, in the caller's currency; None where unknown.
        key_customer: Whether this was a key customer; None where unknown.
    """

    cause: Cause = field(default=Cause.UNKNOWN, validator=_checks.one_of(Cause).quick)
    reason: str | None = field(default=None, validator=_checks.quick_text_or_none)
    initiator: Initiator = field(
        default=Initiator.CUSTOMER, validator=_checks.one_of(Initiator).quick
    )
    to: str | None = field(default=None, validator=_checks.quick_text_or_none)
    inferred: bool = field(default=False, validator=_checks.flag.quick)
    sales_cost: Decimal | None = field(
        default=None, converter=optional(as_money), validator=_checks.quick_money_or_none
    )
    deal_size: Decimal | None = field(
        default=None, converter=optional(as_money), validator=_checks.quick_money_or_none
    )
    key_customer: bool | None = field(default=None, validator=_checks.flag.or_none.quick)


@frozen(kw_only=True)
class Terminated(Event):
    """The enterprise alone ended the relationship.

    Source: BUT-6.

    Args:
        cause: Why.
        reason: The app's own code or words for why.
    """

    initiator: ClassVar[Initiator] = Initiator.ENTERPRISE

    cause: Cause = field(default=Cause.DISMISSED, validator=_checks.one_of(Cause).quick)
    reason: str | None = field(default=None, validator=_checks.quick_text_or_none)


@frozen(kw_only=True)
class CauseLearnt(Event):
    """The cause of a departure, or the competitor, became known only now.

    The last departure on record is judged anew; what was believed before stays readable there.

    Source: BUT-7.

    Args:
        cause: Why; None if that is no news. It takes back the reason for another cause that was
            named before; if it says that nobody captured the person, also the competitor.
        reason: The app's own code or words for why; None if that is no news.
        to: The competitor that the person went to; None if that is no news.

    Raises:
        InvalidEvent: If nothing was learnt.

    Examples:
        >>> from datetime import datetime, timezone
        >>> CauseLearnt(at=datetime(2026, 5, 1, tzinfo=timezone.utc))
        Traceback (most recent call last):
        ...
        custlife.errors.InvalidEvent: cause_learnt: cause is None, but must be given where neither \
a reason nor a competitor is. Say what was learnt: cause=Cause.PRICE, reason="..." or to="...".
    """

    cause: Cause | None = field(default=None, validator=_checks.one_of(Cause).or_none.quick)
    reason: str | None = field(default=None, validator=_checks.quick_text_or_none)
    to: str | None = field(default=None, validator=_checks.quick_text_or_none)

    def __attrs_post_init__(self) -> None:
        if self.cause is None and self.reason is None and self.to is None:
            rule = "given where neither a reason nor a competitor is"
            remedy = 'Say what was learnt: cause=Cause.PRICE, reason="..." or to="...".'
            raise InvalidEvent(self.name, "cause", None, rule, remedy)


def checks_fields(kind: type) -> bool:
    """Whether a class is one of events, with an initializer that attrs made: it runs the checks."""
    return issubclass(kind, Event) and kind.__init__ is kind._init  # noqa: SLF001 - see above


AN_EVENT_CLASS = _checks.Check(
    lambda value: isinstance(value, type) and issubclass(value, Event),
    "a class of events",
    "Give the class, such as Purchased.",
)

EVENTS: tuple[type[Event], ...] = (
    Contacted,
    Engaged,
    Purchased,
    Refunded,
    Complained,
    ComplaintSettled,
    ComplaintIgnored,
    Recommended,
    Committed,
    ServiceFailed,
    Lapsed,
    Departed,
    Terminated,
    CauseLearnt,
)
"""The event classes of the default lifecycle, in the order of its table."""

ALL_EVENTS: tuple[type[Event], ...] = (*EVENTS, PurchaseCancelled, Paused, Resumed)
"""Every event class of custlife."""
