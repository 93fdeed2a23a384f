"""The formulas of the models over columns, beside those of single customers."""

import pytest

numpy = pytest.importorskip("numpy", reason="the extra bulk is not installed")

from custlife.bulk.formulas import FORMULAS
from custlife.prediction import BGNBD, MBGNBD, ParetoNBD

BETA = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
MODELS = [
    BGNBD(**BETA),
    BGNBD(**BETA, one_time_buyers="mbg"),
    MBGNBD(**BETA),
    ParetoNBD(r=0.553, alpha=10.578, s=0.606, beta=11.669),
    ParetoNBD(r=0.553, alpha=11.669, s=0.606, beta=10.578),
    ParetoNBD(r=0.553, alpha=11.0, s=0.606, beta=11.0),
]
X = numpy.array([0, 0, 1, 2, 2, 7, 300])
T_X = numpy.array([0.0, 0.0, 3.5, 30.43, 38.86, 30.0, 300.0])
T = numpy.array([0.0, 38.86, 38.86, 38.86, 38.86, 900.0, 301.0])


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_the_chance_to_be_alive_is_that_of_the_model(model):
    """Also of who has just bought, of one-time buyers, and of who bought hundreds of times."""
    with numpy.errstate(divide="ignore"):
        found = FORMULAS[type(model)](model).alive(X, T_X, T)

    rows = zip(X.tolist(), T_X.tolist(), T.tolist(), strict=True)
    assert found.tolist() == pytest.approx([model.alive(*row) for row in rows], abs=1e-12)


@pytest.mark.parametrize("model", MODELS, ids=repr)
@pytest.mark.parametrize("horizon", [0.0, 39.0, 5000.0])
@pytest.mark.parametrize("name", ["expected", "buys", "stays"])
def test_what_is_to_come_of_who_is_alive_is_that_of_the_model(model, name, horizon):
    """Whether the horizon is long, short or none."""
    with numpy.errstate(all="ignore"):
        found = getattr(FORMULAS[type(model)](model), name)(X, T, horizon)

    alone = getattr(model, f"_{name}_if_alive")
    rows = zip(X.tolist(), T.tolist(), strict=True)
    assert found.tolist() == pytest.approx(
        [alone(*row, horizon) for row in rows], rel=1e-12, abs=1e-12
    )
