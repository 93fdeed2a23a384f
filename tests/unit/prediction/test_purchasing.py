"""What all models of purchases have in common: their answers, their fit, and their errors."""

import pickle
from math import expm1, inf, isfinite, nan

import pytest
from attrs import evolve
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.prediction.cdnow import cdnow
from tests.unit.prediction.integrals import exponential, geometric

from custlife.errors import FitFailed, InvalidArgument
from custlife.prediction.bgnbd import BGNBD, MBGNBD
from custlife.prediction.pareto import ParetoNBD
from custlife.prediction.summary import Summary

KINDS = (BGNBD, MBGNBD, ParetoNBD)
SCALES = ("alpha", "beta")
"""The parameters that are lengths of time."""
BG = BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
MBG = MBGNBD(r=0.525, alpha=6.183, a=0.891, b=1.614)
PARETO = ParetoNBD(r=0.553, alpha=10.578, s=0.606, beta=11.669)
MODELS = (BG, evolve(BG, one_time_buyers="mbg"), MBG, PARETO)
HISTORIES = [(2, 30.43, 38.86), (0, 0.0, 38.86), (7, 20.0, 38.86), (1, 38.86, 38.86)]

every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
every_model = pytest.mark.parametrize("model", MODELS, ids=["bg", "bg, mbg", "mbg", "pareto"])


def made(kind, *values):
    """A model of this kind."""
    return kind(**dict(zip(kind.parameters, values, strict=True)))


def by_definition(model, history, horizon):
    """The log-likelihood, alive, expected, buys and stays, by the model's definition."""
    parameters = [getattr(model, name) for name in model.parameters]
    if isinstance(model, ParetoNBD):
        return exponential(parameters, history, horizon)
    first = isinstance(model, MBGNBD) or (history[0] == 0 and model.one_time_buyers == "mbg")
    return geometric(parameters, history[0] + first, history, horizon)


def answered(model, history, horizon):
    """The same by the library, but for the log-likelihood."""
    asked = (model.expected, model.buys, model.stays)
    return model.alive(*history), *(ask(*history, horizon) for ask in asked)


@every_model
@pytest.mark.parametrize("history", HISTORIES, ids=str)
@pytest.mark.parametrize("horizon", [0.01, 39, 520])
def test_every_answer_is_that_of_the_definition(model, history, horizon):
    """An independent double integral over the rates and chances of customers says the same."""
    _, *expected = by_definition(model, history, horizon)

    assert answered(model, history, horizon) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("model", [BG, MBG, PARETO], ids=["bg", "mbg", "pareto"])
@pytest.mark.parametrize("history", HISTORIES, ids=str)
def test_the_likelihood_is_that_of_the_definition(model, history):
    """The same integral without a condition."""
    expected, *_ = by_definition(model, history, 1)

    assert model.log_likelihood_of([Summary("C-17", *history)]) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("model", [BG, MBG, PARETO], ids=["bg", "mbg", "pareto"])
@pytest.mark.parametrize("history", HISTORIES, ids=str)
def test_a_purchase_is_what_a_longer_silence_excludes(model, history):
    """The chance is 1 - L(x, t_x, T + horizon) / L(x, t_x, T)."""
    x, t_x, T = history
    later, now = (model.log_likelihood_of([Summary("C-17", x, t_x, end)]) for end in (T + 39, T))

    assert model.buys(*history, 39) == pytest.approx(-expm1(later - now))


@every_model
@pytest.mark.parametrize("history", HISTORIES, ids=str)
def test_a_silence_is_the_same_history_at_a_later_time(model, history):
    """What is expected after it, is what was expected of those who are silent until then."""
    x, t_x, T = history

    assert model.expected(*history, 39, silence=26) == model.expected(x, t_x, T + 26, 39)
    assert model.expected(*history, 39, silence=26) <= model.expected(*history, 39)


@every_model
@pytest.mark.parametrize("history", HISTORIES, ids=str)
def test_nothing_happens_in_no_time(model, history):
    """Nothing is expected and nobody stops within a horizon of 0."""
    alive = model.alive(*history)

    assert answered(model, history, 0) == pytest.approx((alive, 0, 0, alive), rel=1e-9)


@every_model
@pytest.mark.parametrize("history", HISTORIES, ids=str)
@pytest.mark.parametrize("below", [0.95, 0.5, 1e-3])
def test_a_customer_is_silent_until_the_chance_has_fallen(model, history, below):
    """At that time it is just at the limit; before, it is above."""
    x, t_x, _ = history

    until = model.silent_until(x, t_x, below)

    assert until >= t_x
    assert until in (t_x, inf) or model.alive(x, t_x, until) == pytest.approx(below, rel=1e-6)
    assert until == t_x or model.alive(x, t_x, t_x + 0.999 * min(until - t_x, 1e9)) > below


@st.composite
def cases(draw):
    """A model of any parameters, and any history of up to a hundred years in days."""
    powers = st.floats(-3, 4).map(lambda power: 10**power)
    kind = draw(st.sampled_from(KINDS))
    T = draw(st.floats(1e-3, 36_525))
    x = draw(st.just(0) | st.integers(1, 10_000))
    t_x = max(T * draw(st.floats(0.001, 1)), 1e-6) if x else 0.0
    return made(kind, *(draw(powers) for _ in range(4))), (x, t_x, T)


@given(cases(), st.floats(0, 36_525))
def test_every_answer_keeps_its_bounds(case, horizon):
    """Chances are 0 to 1; and who stays, or buys, is alive now."""
    model, history = case

    alive, expected, buys, stays = answered(model, history, horizon)

    assert 0 <= max(stays, buys) <= alive <= 1
    assert isfinite(expected)
    assert expected >= buys * (1 - 1e-6)


@given(cases(), st.floats(0, 36_525))
def test_who_is_silent_for_longer_is_less_alive(case, silence):
    """The chance falls with T for the same x and t_x; so does what is expected."""
    model, (x, t_x, T) = case

    assert model.alive(x, t_x, T + silence) <= model.alive(x, t_x, T) + 1e-9


@given(cases(), st.floats(0, 1000), st.floats(0, 1000))
def test_a_longer_horizon_brings_more(case, horizon, more):
    """More purchases, more chance of one, and more chance to stop."""
    model, history = case

    _, expected, buys, stays = answered(model, history, horizon)
    _, later_expected, later_buys, later_stays = answered(model, history, horizon + more)

    assert later_expected >= expected * (1 - 1e-7)
    assert later_buys >= buys - 1e-9
    assert later_stays <= stays + 1e-9


@given(cases(), st.floats(0.1, 1000), st.sampled_from([7, 365.25, 86_400]))
def test_no_answer_depends_on_the_unit_of_time(case, horizon, unit):
    """Weeks, days and seconds say the same."""
    model, (x, t_x, T) = case
    other = evolve(
        model, **{name: getattr(model, name) * unit for name in model.parameters if name in SCALES}
    )

    answers = answered(other, (x, t_x * unit, T * unit), horizon * unit)

    assert answers == pytest.approx(answered(model, (x, t_x, T), horizon), rel=1e-6, abs=1e-9)


@given(cases())
def test_the_derivatives_are_those_of_the_likelihood(case):
    """Central differences by each parameter say the same."""
    model, (x, t_x, T) = case
    values = [getattr(model, name) for name in model.parameters]
    groups = [(x, t_x, T, 3), (0, 0.0, T, 1)]

    _, slope = model._sum(values, groups)

    for place, value in enumerate(values):
        up, down = (
            model._sum([*values[:place], value * by, *values[place + 1 :]], groups)[0]
            for by in (1 + 1e-4, 1 - 1e-4)
        )
        difference = (up - down) / 2e-4
        noise = 1e-9 * (1 + x + sum(values))
        assert value * slope[place] == pytest.approx(difference, rel=1e-4, abs=1e-6 + noise)


@every_model
@pytest.mark.parametrize("ask", ["alive", "expected", "buys", "stays"])
@pytest.mark.parametrize(
    ("history", "field"),
    [((-1, 0, 9), "x"), ((1, 2, 1), "t_x"), ((1, 1, nan), "T"), ((True, 1, 9), "x")],
    ids=str,
)
def test_a_history_that_is_none_is_refused(model, ask, history, field):
    """By the name of the call and of the number."""
    horizon = [] if ask == "alive" else [39]

    with pytest.raises(InvalidArgument, match=rf"{type(model).__name__}\.{ask}\(\)") as caught:
        getattr(model, ask)(*history, *horizon)

    assert caught.value.field == field


@pytest.mark.parametrize("value", [-1, nan, inf, True, "39", None, 1e16])
def test_a_horizon_and_a_silence_are_lengths_of_time(value):
    """Finite, and not below 0."""
    for ask in (BG.expected, BG.buys, BG.stays):
        with pytest.raises(InvalidArgument, match="horizon"):
            ask(2, 30.43, 38.86, value)
    with pytest.raises(InvalidArgument, match="silence"):
        BG.expected(2, 30.43, 38.86, 39, silence=value)


@pytest.mark.parametrize("below", [0, 1, -0.1, nan, True, None])
def test_a_limit_is_a_chance(below):
    """Above 0 and below 1."""
    with pytest.raises(InvalidArgument, match=r"silent_until\(\): below is"):
        PARETO.silent_until(2, 30.43, below)


@every_kind
@pytest.mark.parametrize("value", [0, -1, nan, inf, True, "1", 1e16])
def test_a_parameter_is_positive(kind, value):
    """And a model with another one is not made."""
    for place, name in enumerate(kind.parameters):
        values = [1.0] * 4
        values[place] = value
        with pytest.raises(InvalidArgument, match=f"{kind.subject}: {name} is"):
            made(kind, *values)


@every_kind
@pytest.mark.parametrize(
    ("field", "value"),
    [("log_likelihood", nan), ("log_likelihood", "-1"), ("customers", -1), ("customers", 1.5)],
)
def test_what_a_model_was_fitted_to_is_a_number(kind, field, value):
    """Or it is left out."""
    with pytest.raises(InvalidArgument, match=f"{kind.subject}: {field} is"):
        evolve(made(kind, 1, 2, 3, 4), **{field: value})


@every_kind
def test_a_model_made_by_hand_was_fitted_to_nothing(kind):
    """It says so."""
    model = made(kind, 1, 2, 3, 4)

    assert (model.log_likelihood, model.customers, model.standard_errors) == (None, None, {})
    assert str(model).startswith(f"{kind.subject}: r 1, alpha 2, ")
    assert str(model).endswith(" 4; not fitted")


@every_kind
def test_a_fitted_model_is_a_value(kind):
    """It cannot be changed, it has a hash, and it pickles with its standard errors."""
    model = kind.fit(cdnow()[:300])

    back = pickle.loads(pickle.dumps(model))

    assert len({model, back}) == 1
    assert back.standard_errors == model.standard_errors
    assert str(model).endswith("; fitted to 300 customers")
    with pytest.raises(FrozenInstanceError):
        model.r = 1.0
    with pytest.raises(TypeError):
        model.standard_errors["r"] = 1.0


@every_kind
def test_a_fit_does_not_depend_on_the_unit_of_time(kind):
    """The scales are seven times as many days as weeks, and their standard errors too."""
    weeks, days = kind.fit(cdnow(7)[:500]), kind.fit(cdnow(1)[:500])

    for name in kind.parameters:
        unit = 7 if name in SCALES else 1
        assert getattr(days, name) == pytest.approx(unit * getattr(weeks, name), rel=1e-5)
        assert days.standard_errors[name] == pytest.approx(
            unit * weeks.standard_errors[name], rel=1e-3
        )


@every_kind
def test_a_fit_does_not_depend_on_the_order_of_the_rows(kind):
    """To the last digit."""
    rows = cdnow()[:500]

    assert kind.fit(rows[::-1]) == kind.fit(iter(rows))


@every_kind
def test_the_log_likelihood_of_a_fit_is_that_of_its_rows(kind):
    """And no parameters beside these make the rows more likely."""
    rows = cdnow()[:500]

    model = kind.fit(rows)

    assert model.log_likelihood_of(rows) == pytest.approx(model.log_likelihood, abs=1e-8)
    for name in kind.parameters:
        for by in (0.95, 1.05):
            beside = evolve(model, **{name: by * getattr(model, name)})
            assert beside.log_likelihood_of(rows) < model.log_likelihood


@every_kind
def test_standard_errors_are_those_of_the_hessian(kind):
    """Central differences of the log-likelihood by the parameters themselves say the same."""
    rows = cdnow()[:250]
    model = kind.fit(rows)
    values = {name: getattr(model, name) for name in kind.parameters}
    steps = {name: value * 2e-3 for name, value in values.items()}

    def level(**moves):
        moved = {name: values[name] + by * steps[name] for name, by in moves.items()}
        return made(kind, *{**values, **moved}.values()).log_likelihood_of(rows)

    def curvature(one, other):
        if one == other:
            return -(level(**{one: 1}) - 2 * level() + level(**{one: -1})) / steps[one] ** 2
        corners = [i * j * level(**{one: i, other: j}) for i in (1, -1) for j in (1, -1)]
        return -sum(corners) / (4 * steps[one] * steps[other])

    information = [[curvature(one, other) for other in values] for one in values]

    for place, name in enumerate(values):
        variance = minor(information, place) / determinant(information)
        assert model.standard_errors[name] == pytest.approx(variance**0.5, rel=0.01)


def determinant(matrix):
    if not matrix:
        return 1.0
    return sum((-1) ** place * one * minor(matrix, 0, place) for place, one in enumerate(matrix[0]))


def minor(matrix, row, column=None):
    column = row if column is None else column
    rest = matrix[:row] + matrix[row + 1 :]
    return determinant([line[:column] + line[column + 1 :] for line in rest])


@every_kind
def test_fewer_customers_than_parameters_are_too_few(kind):
    """The error counts them, and names no parameters."""
    for count in (0, 3):
        rows = [Summary(f"C-{n}", 1, 2.0, 9.0 + n) for n in range(count)]
        with pytest.raises(
            FitFailed, match=rf"at least 4 customers, and got {count}\. Give"
        ) as caught:
            kind.fit(rows)
        assert (caught.value.model, caught.value.parameters) == (kind.subject, ())


@every_kind
def test_one_time_buyers_alone_say_nothing(kind):
    """Nobody bought again."""
    with pytest.raises(FitFailed, match="no customer bought again"):
        kind.fit([Summary(f"C-{n}", 0, 0, 9.0 + n) for n in range(50)])


@every_kind
def test_customers_who_are_all_alike_cannot_be_told_apart(kind):
    """The parameters run away; the error holds the last ones in the unit of the data."""
    rows = [Summary(f"C-{n}", 5, 30.0, 40.0) for n in range(50)]

    with pytest.raises(FitFailed, match=r"without end.*The last parameters were r ") as caught:
        kind.fit(rows)

    last = dict(caught.value.parameters)
    assert last["r"] / last["alpha"] == pytest.approx(5 / 40, rel=0.1)
    assert [*last] == [*kind.parameters]


@every_kind
@pytest.mark.parametrize("rows", [None, "rows", 1, ["row"], [(2, 30.43, 38.86)]], ids=str)
def test_rows_are_summaries(kind, rows):
    """What is none is refused, by the fit and by the likelihood."""
    for ask in (kind.fit, made(kind, 1, 2, 3, 4).log_likelihood_of):
        with pytest.raises(InvalidArgument, match=r"rows|Summary"):
            ask(rows)
