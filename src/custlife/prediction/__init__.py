"""Prediction: what the history says before the customer does."""

from custlife.prediction.backtesting import Backtest, backtest
from custlife.prediction.bgnbd import BGNBD, MBGNBD
from custlife.prediction.comparison import Lengthening, lengthened
from custlife.prediction.contracts import ShiftedBetaGeometric
from custlife.prediction.gammagamma import GammaGamma
from custlife.prediction.lifespan import cohort, lifespans, stage_stays
from custlife.prediction.pareto import ParetoNBD
from custlife.prediction.purchasing import PurchaseModel
from custlife.prediction.scores import Scores, Tenth
from custlife.prediction.summaries import summaries, summary_of
from custlife.prediction.summary import Summary
from custlife.prediction.survival import SurvivalCurve, kaplan_meier
from custlife.prediction.trend import Inclination, Trend, trend
from custlife.prediction.uplift import Uplift, uplift_by

__all__ = [
    "BGNBD",
    "MBGNBD",
    "Backtest",
    "GammaGamma",
    "Inclination",
    "Lengthening",
    "ParetoNBD",
    "PurchaseModel",
    "Scores",
    "ShiftedBetaGeometric",
    "Summary",
    "SurvivalCurve",
    "Tenth",
    "Trend",
    "Uplift",
    "backtest",
    "cohort",
    "kaplan_meier",
    "lengthened",
    "lifespans",
    "stage_stays",
    "summaries",
    "summary_of",
    "trend",
    "uplift_by",
]
