"""Selectors that are broken on purpose, each in one way, with the law that must catch it."""

from collections.abc import Callable
from decimal import Decimal

from attrs import evolve, frozen

from custlife import Room
from custlife.strategy import (
    Evidence,
    Recommendation,
    Signals,
    Strategy,
    buttle_selector,
)
from custlife.testing import (
    Selection,
    SelectorLaw,
    a_dearer_return_is_not_tried,
    always_an_answer,
    as_recorded,
    better_news_ends_nobody,
    channels_decide_nothing,
    counterfactuals_are_true,
    key_customers_stay_protected,
    named_facts_suffice,
    reasons_fit_the_answer,
    same_again,
    unknown_is_not_no,
    what_is_ruled_out_is_not_followed,
)
from custlife.testing.laws.selector_law import Selectable

SOUND = buttle_selector()


@frozen
class BrokenSelector:
    """A selector with one fault."""

    name: str
    law: SelectorLaw
    says: str
    make: Callable[[], Selectable]


SELECTORS: list[BrokenSelector] = []


def caught_by(law, says):
    """Hang what makes a broken selector in the gallery, with the law and what it must say."""

    def hang(make):
        SELECTORS.append(BrokenSelector(make.__name__, law, says, make))
        return make

    return hang


def instead(room, strategy, holds, *, used=(), missing=()):
    """The sound selector, but for customers of a room of whom something holds."""

    def selector(profile):
        if profile.room is room and holds(profile):
            return Recommendation.stated(
                profile,
                strategy,
                selector,
                row="OURS",
                sentence="Ours.",
                used=used,
                missing=[name for name in missing if getattr(profile.signals, name) is None],
            )
        return evolve(SOUND(profile), selector=selector)

    return selector


@caught_by(always_an_answer, "NoRecommendation: .* recommends nothing for C-1, former")
def silent_about_former_customers():
    """It was written for those who are present."""
    return lambda profile: None if profile.room is Room.FORMER else SOUND(profile)


@caught_by(always_an_answer, "UnfitStrategy: .* recommends win back for .*, customer")
def wins_back_who_is_present():
    """It asks what the customer is worth, and not where they stand."""
    return instead(Room.CUSTOMER, Strategy.WIN_BACK, lambda profile: profile.signals.strategic)


@caught_by(always_an_answer, "TypeError")
def compares_what_is_unknown():
    """It forgets that a profit can be unknown."""
    return instead(Room.CUSTOMER, Strategy.END, lambda profile: profile.value.profit < 0)


@caught_by(always_an_answer, "UnknownFact: There is no fact 'profits'")
def names_a_fact_that_does_not_exist():
    """It misspells what it used."""
    return instead(Room.PROSPECT, Strategy.END, lambda profile: True, used=["profits"])


@caught_by(always_an_answer, "gave <Strategy.END: 'end'>")
def gives_a_bare_strategy():
    """It recommends without a reason."""
    return lambda profile: Strategy.END


@caught_by(always_an_answer, "InvalidSelector: .*gave a recommendation for")
def answers_for_what_it_supposes():
    """It takes unknown interest for none, and gives the answer to that."""

    def selector(profile):
        supposed = profile.signals.interest is None
        return SOUND(profile.altered(interest=False) if supposed else profile)

    return selector


@caught_by(same_again, "first it was .* then")
def changes_its_mind():
    """It counts how often it was asked."""
    asked = []

    def often(profile):
        asked.append(profile)
        return len(asked) % 2

    return instead(Room.CUSTOMER, Strategy.HARVEST, often)


@caught_by(same_again, "first it was .* then")
def compares_with_the_customer_before():
    """It remembers whom it was asked about, and ends who is asked about twice in a row."""
    before = [None]

    def seen(profile):
        same, before[0] = before[0] is profile, profile
        return not same

    return instead(Room.CUSTOMER, Strategy.END, seen)


def of_channels(signals):
    """A selection whose profiles take signals from the channels of a history."""

    def profile_of(journey):
        channels = {event.channel for event in journey.events}
        return evolve(as_recorded(journey), signals=signals(channels))

    return Selection(selector=SOUND, profile_of=profile_of)


@caught_by(channels_decide_nothing, "by the channels .* is Signals")
def puts_the_fax_last():
    """Who faxes is no target."""
    return of_channels(lambda channels: Signals(target=False if "fax" in channels else None))


@caught_by(channels_decide_nothing, "by the channels .* is Signals")
def takes_the_web_for_interest():
    """Who comes by no web shows no interest, and there is no hope."""
    return of_channels(lambda channels: Signals(interest="web" in channels, improvement_chance=0))


@caught_by(channels_decide_nothing, "by the channels .* the value is")
def counts_the_cost_of_the_phone():
    """Who phones is taken to be dear to serve, whatever it costs."""

    def profile_of(journey):
        profile = as_recorded(journey)
        dear = any(event.channel == "phone" for event in journey.events)
        value = evolve(profile.value, cost_to_serve=400 if dear else 40)
        return evolve(profile, value=value)

    return Selection(selector=SOUND, profile_of=profile_of)


@caught_by(key_customers_stay_protected, "a key customer is ended")
def ends_dear_key_customers():
    """It protects whom it does not know, and ends key customers who are courted."""

    def choice(profile):
        signals = profile.signals
        ended = signals.strategic and signals.courted
        strategy = Strategy.END if ended else Strategy.PROTECT
        return Recommendation.stated(
            profile,
            strategy,
            choice,
            row="DEAR",
            sentence="Too dear.",
            used=["strategic"],
            missing=["strategic", "courted"],
        )

    return lambda profile: choice(profile) if profile.room is Room.CUSTOMER else SOUND(profile)


@caught_by(a_dearer_return_is_not_tried, "let go, but won back where that costs")
def believes_that_dear_is_good():
    """It confuses the two sides of the comparison."""
    return instead(
        Room.FORMER,
        Strategy.WIN_BACK,
        lambda profile: (profile.signals.regain_cost or 0) > 1000,
        used=["regain_cost"],
        missing=["regain_cost"],
    )


@caught_by(named_facts_suffice, r"target to \w+.*which is not named")
def hides_what_it_used():
    """It names nothing."""
    return instead(Room.PROSPECT, Strategy.END, lambda profile: profile.signals.target is False)


@caught_by(named_facts_suffice, "of whom all that is named is th")
def names_only_the_row_that_fired():
    """It forgets what kept the rows before it from holding."""

    def selector(profile):
        advice = SOUND(profile)
        (row,) = (row for row in SOUND.table.rows if row.id == advice.row)
        fired = dict.fromkeys(name for atom in row.when.atoms() for name in atom.facts)
        return Recommendation.stated(
            profile,
            advice.strategy,
            selector,
            row=advice.row,
            sentence="As the table.",
            used=list(fired),
            missing=advice.missing,
        )

    return selector


@caught_by(named_facts_suffice, "it names target as no, which it is not")
def names_what_is_not_so():
    """It tells the facts that would fit its answer."""

    def selector(profile):
        advice = SOUND(profile)
        facts = {**advice.facts, "target": False}
        return evolve(
            advice, reason=evolve(advice.reason, find=lambda: Evidence(facts, advice.missing))
        )

    return selector


@caught_by(unknown_is_not_no, "it names target as missing, which is known")
def asks_for_what_it_was_told():
    """It never looks whether it knows."""

    def selector(profile):
        advice = SOUND(profile)
        return Recommendation.stated(
            profile,
            advice.strategy,
            selector,
            row=advice.row,
            sentence="As the table.",
            used=list(advice.facts),
            missing={*advice.missing, "target"},
        )

    return selector


@caught_by(unknown_is_not_no, "courted to yes.* which is unknown and not named as missing")
def takes_unknown_for_no():
    """Who is not known to be courted is taken as not courted."""
    return instead(
        Room.CUSTOMER,
        Strategy.HARVEST,
        lambda profile: not profile.signals.courted,
        used=["courted"],
    )


@caught_by(unknown_is_not_no, "which is unknown and not named as missing")
def takes_unknown_for_zero():
    """An unknown potential counts as none."""
    return instead(
        Room.PROSPECT,
        Strategy.END,
        lambda profile: (profile.signals.potential_value or 0) < 100,
        used=["potential_value"],
    )


@caught_by(unknown_is_not_no, "which is unknown and not named as missing")
def names_the_wrong_fact():
    """It says that something else is missing."""
    return instead(
        Room.FORMER,
        Strategy.WIN_BACK,
        lambda profile: not (profile.signals.regain_cost or Decimal(0)) > 100,
        used=["regain_cost"],
        missing=["regain_benefit"],
    )


@caught_by(counterfactuals_are_true, "the nearest change is not named")
def lets_another_answer_for_it():
    """It overrules another selector, which it leaves to answer what would change that."""

    def overruling(profile):
        overruled = profile.room is Room.PROSPECT and profile.signals.interest is not None
        return evolve(SOUND(profile), strategy=Strategy.END) if overruled else SOUND(profile)

    return overruling


@caught_by(reasons_fit_the_answer, "OURS")
def one_row_for_two_strategies():
    """It gives the same reason for whatever it recommends."""

    def selector(profile):
        key = profile.signals.strategic
        if profile.room is not Room.CUSTOMER or key is None:
            return evolve(SOUND(profile), selector=selector)
        strategy = Strategy.PROTECT if key else Strategy.ENHANCE
        return Recommendation.stated(
            profile, strategy, selector, row="OURS", sentence="Ours.", used=["strategic"]
        )

    return selector


@caught_by(what_is_ruled_out_is_not_followed, "win back is ruled out")
def wins_back_whom_it_sent_away():
    """It asks whether a former customer is a key customer, and not who ended it."""
    return instead(
        Room.FORMER,
        Strategy.WIN_BACK,
        lambda profile: profile.signals.strategic is True,
        used=["strategic"],
    )


@caught_by(better_news_ends_nobody, "interest")
def ends_who_shows_interest():
    """It has the sign of interest the wrong way round."""
    return instead(
        Room.CUSTOMER,
        Strategy.END,
        lambda profile: profile.signals.interest is True,
        used=["interest"],
    )
