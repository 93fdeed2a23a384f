"""Whether contacting customers changes what they do, segment by segment.

Who is likely to leave, or to buy, is not always who is moved by a letter. An experiment tells: some
customers of a segment are contacted, others are not, and the uplift is the difference.

Source: KAL-9 (spend on those who are likely to buy), refined by E. Ascarza, Retention Futility:
Targeting High-Risk Customers Might Be Ineffective, Journal of Marketing Research 55(1), 2018.
"""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from math import hypot, sqrt
from statistics import NormalDist
from typing import TypeVar

from attrs import frozen

from custlife import _checks
from custlife._checks import Check
from custlife.errors import InvalidArgument, cut

T = TypeVar("T")

_CALL = "uplift_by"
_PRECISE = 10
"""Numbers from here on are shown without decimals."""
_confidence = Check(
    lambda value: isinstance(value, int | float) and 0 < value < 1,
    "a float between 0 and 1, neither of them included",
    "Give how sure the interval should be, such as 0.95.",
)


@frozen(kw_only=True)
class Uplift:
    """What contacting changed in one segment; made by `uplift_by`.

    Attributes:
        segment: The segment's name.
        treated: How many were contacted.
        control: How many were not.
        treated_responses: How many of the contacted responded.
        control_responses: How many of the others responded.
        low: The lower end of the uplift's confidence interval, -1 to 1; -1 if it is unknown.
        high: The upper end, -1 to 1; 1 if it is unknown.
    """

    segment: str
    treated: int
    control: int
    treated_responses: int
    control_responses: int
    low: float
    high: float

    @property
    def treated_rate(self) -> float | None:
        """The share of the contacted that responded, 0 to 1; None if nobody was contacted."""
        return self.treated_responses / self.treated if self.treated else None

    @property
    def control_rate(self) -> float | None:
        """The share of the others that responded, 0 to 1; None if there are no others."""
        return self.control_responses / self.control if self.control else None

    @property
    def uplift(self) -> float | None:
        """The rate of the contacted less that of the others, -1 to 1; None if one is unknown."""
        if not self.treated or not self.control:
            return None
        rate = Fraction(self.treated_responses, self.treated)
        return float(rate - Fraction(self.control_responses, self.control))

    @property
    def helps(self) -> bool | None:
        """Whether contacting brings more responses.

        True if the whole interval is above 0, False if all of it is below 0, else None.

        Examples:
            >>> (one,) = uplift_by(["new"] * 2, [True, False], [True, False])
            >>> one.uplift, one.helps is None
            (1.0, True)
        """
        if self.low > 0:
            return True
        return False if self.high < 0 else None

    def explain(self) -> str:
        """The uplift in a sentence for a manager.

        Examples:
            >>> treated = [True] * 100 + [False] * 100
            >>> responded = [n % 100 < (30 if n < 100 else 20) for n in range(200)]
            >>> print(uplift_by(["new"] * 200, treated, responded)[0].explain())
            new: of 100 contacted, 30 responded; of 100 not contacted, 20: 10 more of 100, between \
2 less and 22 more.
        """
        name = cut(self.segment)
        if self.uplift is None:
            missing = "not contacted" if self.treated else "contacted"
            return f"{name}: nobody was {missing}, so what a contact changes is unknown."
        return (
            f"{name}: of {self.treated:,} contacted, {self.treated_responses:,} responded; of "
            f"{self.control:,} not contacted, {self.control_responses:,}: {_more(self.uplift)} "
            f"of 100, between {_more(self.low)} and {_more(self.high)}."
        )


def uplift_by(
    segments: Iterable[str],
    treated: Iterable[bool],
    responded: Iterable[bool],
    *,
    confidence: float = 0.95,
) -> tuple[Uplift, ...]:
    """The uplift of each segment, the highest first, with its confidence interval.

    Chance must have decided who was contacted; otherwise the uplift also holds what those chosen
    have in common. Of twenty segments in which a contact changes nothing, about one has an interval
    of 95 % that leaves 0 out.

    Source: R. G. Newcombe, Interval Estimation for the Difference Between Independent Proportions,
    Statistics in Medicine 17(8), 1998: the hybrid score interval without continuity correction
    (method 10), of the limits of E. B. Wilson, Journal of the American Statistical Association
    22(158), 1927.

    Args:
        segments: For each customer, the name of the segment.
        treated: For each of them, whether they were contacted.
        responded: For each of them, whether they did what was hoped for.
        confidence: How sure the interval is, between 0 and 1.

    Returns:
        Segments of equal uplift in the order of first appearance. Those in which everybody was
        contacted, or nobody, come last: their uplift is unknown.

    Raises:
        InvalidArgument: If a value is no name, or neither True nor False, the iterables are not
            equally long, or the confidence is out of its bounds.

    Examples:
        >>> table = uplift_by(
        ...     ["new", "new", "old", "old", "old"],
        ...     [True, False, True, False, False],
        ...     [True, False, True, True, False],
        ... )
        >>> [(one.segment, one.uplift) for one in table]
        [('new', 1.0), ('old', 0.5)]
    """
    names = _column("segments", segments, "names", _checks.text)
    contacted = _column("treated", treated, "True or False", _checks.flag)
    answers = _column("responded", responded, "True or False", _checks.flag)
    for name, column in (("treated", contacted), ("responded", answers)):
        if len(column) != len(names):
            rule = f"{len(names)}, as many as the segments"
            remedy = "Give one value for each customer."
            raise InvalidArgument(f"{_CALL}()", f"len({name})", len(column), rule, remedy)
    _confidence.argument(_CALL, "confidence", confidence)
    z = -NormalDist().inv_cdf((1 - confidence) / 2)
    counts = Counter(zip(names, contacted, answers, strict=True))
    table = [_uplift(segment, counts, z) for segment in dict.fromkeys(names)]
    return tuple(sorted(table, key=lambda one: (one.uplift is None, -(one.uplift or 0))))


def _column(name: str, values: Iterable[T], things: str, check: Check) -> list[T]:
    _checks.iterable_of(things).argument(_CALL, name, values)
    column = list(values)
    for value in column:
        check.argument(_CALL, name, value)
    return column


def _uplift(segment: str, counts: Counter[tuple[str, bool, bool]], z: float) -> Uplift:
    responses, others = counts[segment, True, True], counts[segment, False, True]
    treated = responses + counts[segment, True, False]
    control = others + counts[segment, False, False]
    low, high = -1.0, 1.0
    if treated and control:
        rate, below, above = _wilson(responses, treated, z)
        base, base_below, base_above = _wilson(others, control, z)
        low = max(low, rate - base - hypot(below, base_above))
        high = min(high, rate - base + hypot(above, base_below))
    return Uplift(
        segment=segment,
        treated=treated,
        control=control,
        treated_responses=responses,
        control_responses=others,
        low=low,
        high=high,
    )


def _wilson(responses: int, customers: int, z: float) -> tuple[float, float, float]:
    """The rate, and how far the limits of Wilson's score interval lie below and above it."""
    rate, total = responses / customers, customers + z * z
    middle = (responses + z * z / 2) / total
    half = z * sqrt(rate * (1 - rate) * customers + z * z / 4) / total
    return rate, rate - middle + half, middle + half - rate


def _more(share: float) -> str:
    """How many more or less this is of a hundred."""
    number = abs(100 * share)
    text = f"{number:.0f}" if number >= _PRECISE else f"{number:.2g}"
    return f"{text} {'less' if share < 0 else 'more'}"
