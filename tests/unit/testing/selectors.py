"""Selectors that are broken on purpose, each in one way, with the law that must catch it."""

import itertools
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from attrs import evolve, frozen

from custlife import DecisionTable, HitPolicy, Room
from custlife.sources import ASCARZA, KAL
from custlife.strategy import (
    Evidence,
    Market,
    Recommendation,
    RunnerUp,
    Selector,
    Signals,
    Strategy,
    TableSelector,
    buttle_selector,
    customer_rows,
    former_rows,
    prospect_rows,
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


@caught_by(named_facts_suffice, "which is not named|all that is named is the same")
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


def saying(change):
    """The sound selector, but for what is changed of each recommendation."""

    def selector(profile):
        return evolve(change(SOUND(profile)), selector=selector)

    return selector


def reasoned(advice, **values):
    """A recommendation with another reason."""
    return evolve(advice, reason=evolve(advice.reason, **values))


def proven(advice, **values):
    """A recommendation with other evidence."""
    evidence = evolve(advice.reason.evidence, **values)
    return reasoned(advice, find=lambda: evidence)


class Publishing(Selector):
    """The sound selector, with limits of its own, and recommendations of another class."""

    def __init__(self, kind=Recommendation, limits=dict):
        self.kind, self.limits = kind, limits

    def __call__(self, profile):
        advice = SOUND(profile)
        return self.kind(profile, advice.strategy, self, advice.reason)

    def thresholds(self, profile):
        return self.limits(SOUND.thresholds(profile))


def table(rows):
    """A selector of these rows, in their order."""
    return TableSelector("ours", DecisionTable("ours", tuple(rows), HitPolicy.FIRST))


def every_row(**changed):
    """The rows of the sound selector, but for some that are changed by their ids, or left out."""
    rows = (*prospect_rows(), *customer_rows(), *former_rows())
    by_id = {name.replace("_", "-"): values for name, values in changed.items()}
    assert by_id.keys() <= {row.id for row in rows}
    found = ((row, by_id.get(row.id, {})) for row in rows)
    return [evolve(row, **values) for row, values in found if values is not None]


# Who decides by what is not named.


def decides(room, strategy, holds):
    """The sound selector, but for customers of whom something holds, which it does not name."""
    return instead(room, strategy, holds, used=["room"])


@caught_by(named_facts_suffice, "what differs: .*cycle")
def decides_by_the_cycle():
    """Who came back is protected."""
    return decides(Room.CUSTOMER, Strategy.PROTECT, lambda one: one.relationship.cycle > 2)


@caught_by(named_facts_suffice, "what differs: .*state")
def decides_by_the_stage():
    """Advocates are protected."""
    return decides(
        Room.CUSTOMER, Strategy.PROTECT, lambda one: one.relationship.state.is_in("advocate")
    )


@caught_by(named_facts_suffice, "what differs: .*record")
def decides_by_the_record():
    """Who has bought often is protected, whatever the value says."""
    return decides(
        Room.CUSTOMER, Strategy.PROTECT, lambda one: one.relationship.record.purchases > 10
    )


@caught_by(named_facts_suffice, "what differs: .*departure")
def decides_by_who_took_the_customer():
    """Who went to a rival that is known by name is let go."""
    return decides(Room.FORMER, Strategy.END, lambda one: one.departure.to is not None)


@caught_by(named_facts_suffice, r"what differs: customer\.$")
def decides_by_an_id_that_its_code_names():
    """One customer is a friend."""
    return decides(
        Room.CUSTOMER, Strategy.PROTECT, lambda one: one.relationship.customer == "Q-4711-B"
    )


@caught_by(named_facts_suffice, r"what differs: customer\.$")
def decides_by_the_form_of_the_id():
    """Long ids are those of the old system."""
    return decides(Room.CUSTOMER, Strategy.HARVEST, lambda one: len(one.relationship.customer) > 30)


@caught_by(named_facts_suffice, r"what differs: as_of\.$")
def decides_by_the_weekday():
    """At weekends everybody is protected."""
    return decides(
        Room.CUSTOMER,
        Strategy.PROTECT,
        lambda one: one.as_of is not None and one.as_of.weekday() >= 5,
    )


@caught_by(named_facts_suffice, "what differs: .*market")
def decides_by_the_reputation():
    """In a market that is spoilt nobody is started."""
    return decides(
        Room.PROSPECT,
        Strategy.END,
        lambda one: one.market.reputation is not None and one.market.reputation < Decimal("0.5"),
    )


@caught_by(named_facts_suffice, "what differs: .*account")
def decides_by_the_offerings():
    """Who holds two of them is harvested."""
    return decides(
        Room.CUSTOMER, Strategy.HARVEST, lambda one: one.account and len(one.account.held) > 1
    )


@caught_by(named_facts_suffice, "what differs: .*departure_rules")
def decides_by_the_rules():
    """Under other rules nobody is started."""
    return decides(
        Room.PROSPECT,
        Strategy.END,
        lambda one: one.relationship.departure_rules.moment_grace > timedelta(0),
    )


@caught_by(named_facts_suffice, r"by changing income to 41\d\d\d(\.\d+)?, which is not named")
def decides_beside_a_number_that_its_code_names():
    """A narrow band of incomes is protected."""
    return decides(
        Room.CUSTOMER, Strategy.PROTECT, lambda one: 41_111 <= (one.value.income or 0) <= 41_112
    )


def by_profit(fact, is_much):
    """A selector that protects customers of whom something is known to be much; it names a fact."""

    def selector(profile):
        value = profile.value
        if profile.room is not Room.CUSTOMER:
            return evolve(SOUND(profile), selector=selector)
        missing = [name for name in ("margin", "cost_to_serve") if getattr(value, name) is None]
        much = not missing and is_much(value)
        return Recommendation.stated(
            profile,
            Strategy.PROTECT if much else Strategy.ENHANCE,
            selector,
            row="MUCH" if much else "LITTLE",
            sentence="That is much." if much else "That is little.",
            used=["room", *([] if missing else [fact])],
            missing=missing,
        )

    return selector


@caught_by(named_facts_suffice, r"all that is named is the same \(room, tier\)")
def names_the_tier_and_decides_by_the_profit():
    """A tier is many profits."""
    return by_profit("tier", lambda value: value.profit > 50)


@caught_by(named_facts_suffice, "what differs: .*margin, cost_to_serve")
def names_the_profit_and_decides_by_the_margin():
    """A profit is many margins."""
    return by_profit("profit", lambda value: value.margin > 50)


# Who does not answer alike.


@caught_by(same_again, "it asks the clock, by datetime.now")
def decides_by_todays_date():
    """Who has been silent until today is harvested; no date in the profile says when that is."""
    return decides(
        Room.CUSTOMER,
        Strategy.HARVEST,
        lambda one: datetime.now(UTC) - one.relationship.record.last_at > timedelta(days=20_000),
    )


@caught_by(same_again, "asks the clock, by time.time()")
def decides_by_the_hour():
    """It is generous in the first second of every day."""
    return decides(Room.CUSTOMER, Strategy.PROTECT, lambda one: int(time.time()) % 86_400 == 0)


@caught_by(same_again, "it asks chance, by random")
def tosses_a_coin():
    """One in a thousand is tried out."""
    return decides(Room.CUSTOMER, Strategy.HARVEST, lambda one: random.random() < 0.001)  # noqa: S311


@caught_by(same_again, "it changes the profile")
def writes_into_the_profile():
    """It fills in what it supposes."""

    def selector(profile):
        advice = SOUND(profile)
        object.__setattr__(profile.signals, "interest", False)
        return advice

    return selector


@caught_by(same_again, "first it was .* then")
def knows_customers_by_their_address():
    """It takes equal profiles for those of different customers."""
    return decides(Room.CUSTOMER, Strategy.HARVEST, lambda one: id(one) // 16 % 3 == 0)


@caught_by(same_again, "first it was .* then")
def never_forgives():
    """It keeps the ids of former customers, and harvests them when they are back."""
    gone = set()

    def selector(profile):
        if profile.room is Room.FORMER:
            gone.add(profile.relationship.customer)
        back = profile.relationship.customer in gone
        return decides(Room.CUSTOMER, Strategy.HARVEST, lambda _: back)(profile)

    return selector


@caught_by(same_again, "first it was .* then")
def has_a_budget():
    """It protects fifty, and ends those who come later."""
    left = itertools.count(50, -1)
    return decides(Room.CUSTOMER, Strategy.HARVEST, lambda one: next(left) < 0)


# Who lets channels and ids decide.


@caught_by(channels_decide_nothing, "by the channels branch .* is Signals")
def takes_a_channel_that_its_code_names_for_interest():
    """Who came to a branch is courted, which decides for key customers only."""
    return of_channels(lambda channels: Signals(courted="branch" in channels))


@caught_by(channels_decide_nothing, "by the channels .* the market is")
def takes_the_web_for_competition():
    """Who comes by the web compares."""

    def profile_of(journey):
        web = any(event.channel == "web" for event in journey.events)
        return evolve(as_recorded(journey), market=Market(competition=1 if web else None))

    return Selection(selector=SOUND, profile_of=profile_of)


@caught_by(channels_decide_nothing, "under the customer's id C-17 the strategy is")
def takes_signals_from_the_id():
    """An odd id is no target."""

    def profile_of(journey):
        signals = Signals(target=not journey.relationship.customer.endswith("7"))
        return evolve(as_recorded(journey), signals=signals)

    return Selection(selector=SOUND, profile_of=profile_of)


@caught_by(channels_decide_nothing, "with other ids of events the (signals|strategy) is")
def takes_signals_from_the_ids_of_events():
    """Ids of the old system show no interest."""

    def profile_of(journey):
        old = any((event.id or "").startswith("A-") for event in journey.events)
        return evolve(as_recorded(journey), signals=Signals(interest=not old))

    return Selection(selector=SOUND, profile_of=profile_of)


@caught_by(channels_decide_nothing, "the profile is not that of the history")
def keeps_profiles_by_customer():
    """It makes a profile once for each id."""
    kept = {}

    def profile_of(journey):
        return kept.setdefault(journey.relationship.customer, as_recorded(journey))

    return Selection(selector=SOUND, profile_of=profile_of)


# Who judges against the sources.


@caught_by(key_customers_stay_protected, "a key customer is ended")
def ends_key_customers():
    """It protects nobody, and a key customer is too dear."""
    rows = every_row(PROTECT_AT_RISK={"outcome": Strategy.END})
    return table(rows)


@caught_by(key_customers_stay_protected, "a key customer is ended, though it looks at who is one")
def ends_the_unwanted_first():
    """It asks whether somebody is a key customer after it has ended the unwanted."""
    rows = every_row()
    return table(sorted(rows, key=lambda row: row.id != "END-UNWANTED"))


@caught_by(what_is_ruled_out_is_not_followed, "start is ruled out: The enterprise does not want")
def starts_the_unwanted():
    """It has forgotten a row."""
    return table(every_row(END_NOT_A_TARGET=None))


@caught_by(better_news_ends_nobody, "start if potential_value is .*, and ended if it is")
def confuses_large_and_small():
    """It ends whose potential is large enough."""

    def confused(one):
        value = one.signals.potential_value
        return value is not None and value >= 100

    return instead(Room.PROSPECT, Strategy.END, confused, used=["potential_value"])


# Who explains what was not decided.


@caught_by(always_an_answer, "it explains nothing")
def has_nothing_to_say():
    """Its explanation is yet to be written."""

    class Silent(Recommendation):
        def explain(self):
            return ""

    return Publishing(Silent)


@caught_by(unknown_is_not_no, "it names mood as missing, which is no fact")
def misses_what_is_no_fact():
    """It asks for what no profile has."""
    return saying(lambda one: proven(one, missing=(*one.missing, "mood")))


@caught_by(named_facts_suffice, "it names mood as sunny, which it is not")
def names_a_fact_of_its_own():
    """It names what no profile has."""
    return saying(lambda one: proven(one, facts={**one.facts, "mood": "sunny"}))


def flipped(change):
    """The sound selector, with other counterfactuals."""

    class Flipped(Recommendation):
        def counterfactuals(self):
            return change(super().counterfactuals())

    return Publishing(Flipped)


@caught_by(counterfactuals_are_true, "but it is")
def forgets_what_it_was():
    """Its counterfactuals say that everything is unknown."""
    return flipped(lambda flips: tuple(evolve(flip, was=None) for flip in flips))


@caught_by(counterfactuals_are_true, "but it is [a-z ]+ by row")
def promises_another_strategy():
    """Every change is said to lead to a harvest."""
    return flipped(lambda flips: tuple(evolve(one, strategy=Strategy.HARVEST) for one in flips))


@caught_by(counterfactuals_are_true, "the smallest change does not come first")
def begins_with_the_largest():
    """Its counterfactuals are in no order."""
    return flipped(lambda flips: flips[::-1])


@caught_by(counterfactuals_are_true, "the smallest change does not come first")
def takes_the_last_for_the_smallest():
    """It has the counterfactuals in order, and shows another one."""

    class Backward(Recommendation):
        def counterfactual(self):
            return next(reversed(self.counterfactuals()), None)

    return Publishing(Backward)


@caught_by(counterfactuals_are_true, "the nearest change is said to be to")
def overshoots():
    """It changes more than it needs to."""

    def far(flip):
        is_number = flip.fact == "potential_value" and flip.strategy is Strategy.START
        return evolve(flip, to=flip.to + 500) if is_number else flip

    return flipped(lambda flips: tuple(map(far, flips)))


@caught_by(counterfactuals_are_true, "and no threshold is named there")
def publishes_limits_that_are_not_there():
    """Each is a little off; what is found beside it is right by luck."""
    return Publishing(
        limits=lambda found: {
            name: {limit + 7 for limit in limits} for name, limits in found.items()
        }
    )


@caught_by(reasons_fit_the_answer, "which its 'uses' does not declare")
def declares_too_little():
    """Combinations believe what it declares."""

    class Modest(Selector):
        uses = ("target",)

        def __call__(self, profile):
            return evolve(SOUND(profile), selector=self)

    return Modest()


@caught_by(reasons_fit_the_answer, "it says that .* recommends it, which gives")
def hides_behind_another_selector():
    """It changes the strategy, and names whom it asked."""

    def selector(profile):
        advice = SOUND(profile)
        enhanced = advice.row == "ENHANCE-BUYER"
        return evolve(advice, strategy=Strategy.PROTECT) if enhanced else advice

    return selector


@caught_by(reasons_fit_the_answer, "row ENHANCE-BUYER says enhance, and it answers protect")
def keeps_the_row_of_another_strategy():
    """It changes the strategy, and not the reason."""

    def other(advice):
        enhanced = advice.row == "ENHANCE-BUYER"
        return evolve(advice, strategy=Strategy.PROTECT) if enhanced else advice

    return saying(other)


@caught_by(reasons_fit_the_answer, "it answers by row START-KEY, which does not hold")
def answers_by_a_row_that_does_not_hold():
    """It gives all prospects the reason of key customers."""

    def other(advice):
        started = advice.strategy is Strategy.START
        (row,) = (row for row in SOUND.table.rows if row.id == "START-KEY")
        key = reasoned(advice, row=row.id, sentence=row.sentence, source=row.source)
        key = proven(key, runners_up=())
        return key if started else advice

    return saying(other)


@caught_by(reasons_fit_the_answer, "row .* says enhance, and it answers harvest")
def answers_otherwise_than_its_row():
    """It lets nobody grow, for the reasons to let them grow."""
    grown = {Strategy.ENHANCE: Strategy.HARVEST}
    return saying(lambda one: evolve(one, strategy=grown.get(one.strategy, one.strategy)))


@caught_by(reasons_fit_the_answer, "row .* has the source .*, and it names KAL-9")
def cites_another_source():
    """It has one source for everything."""
    return saying(lambda one: reasoned(one, source=KAL[9]))


@caught_by(reasons_fit_the_answer, "row .* is not contested by Ascarza")
def is_contested_by_a_study_of_something_else():
    """It has one study for everything."""
    return saying(lambda one: reasoned(one, contested=ASCARZA))


def sentence_of(id_):
    return next(row.sentence for row in SOUND.table.rows if row.id == id_)


@caught_by(reasons_fit_the_answer, "it explains row .* by the sentence of row START-OPEN")
def explains_by_the_sentence_of_another_row():
    """It has one sentence for all who are started."""

    def other(advice):
        started = advice.strategy is Strategy.START
        return reasoned(advice, sentence=sentence_of("START-OPEN")) if started else advice

    return saying(other)


@caught_by(reasons_fit_the_answer, "it explains end by the sentence of row START-OPEN")
def explains_by_the_sentence_of_another_strategy():
    """It has rows of its own, and one sentence for all prospects."""

    def other(advice):
        ours = reasoned(advice, row=f"OUR-{advice.row}", sentence=sentence_of("START-OPEN"))
        return ours if advice.profile.room is Room.PROSPECT else advice

    return saying(other)


def beside(change):
    """The sound selector, with other runners-up."""
    return saying(lambda one: proven(one, runners_up=tuple(change(one))))


@caught_by(reasons_fit_the_answer, "it names row .* as a runner-up beside itself")
def competes_with_itself():
    """It lists the row that fired, too."""
    return beside(
        lambda one: (RunnerUp(one.row, one.strategy, holds=True, because=()), *one.runners_up)
    )


@caught_by(reasons_fit_the_answer, "it names win back as a runner-up, which does not fit the room")
def considers_what_cannot_be():
    """It lists what is done about others."""
    return beside(
        lambda one: (
            (*one.runners_up, RunnerUp("OUR-OTHER", Strategy.WIN_BACK, None, ("?",)))
            if one.profile.room is Room.CUSTOMER
            else one.runners_up
        )
    )


@caught_by(reasons_fit_the_answer, "it names as a runner-up what is not so: .* holds as well")
def says_that_all_rows_hold():
    """It never looks why a row did not fire."""
    return beside(lambda one: [evolve(other, holds=True) for other in one.runners_up])


@caught_by(reasons_fit_the_answer, "it names as a runner-up what is not so: end by row START")
def mistakes_the_strategy_of_a_runner_up():
    """It lists all as if they ended somebody."""
    return beside(lambda one: [evolve(other, strategy=Strategy.END) for other in one.runners_up])


@caught_by(reasons_fit_the_answer, "its runners-up that hold do not come first")
def lists_the_nearest_last():
    """Its runners-up are upside down."""
    return beside(lambda one: one.runners_up[::-1])


@caught_by(reasons_fit_the_answer, "row OUR-DREAM as a runner-up, by which it answers nobody")
def considers_a_row_that_does_not_exist():
    """It lists what it would like to have."""
    return beside(lambda one: (*one.runners_up, RunnerUp("OUR-DREAM", Strategy.END, None, ("?",))))


@caught_by(reasons_fit_the_answer, "the source of row OURS is .* here, and was")
def takes_the_source_from_below():
    """It has one row for all, and the sources of many."""
    return saying(lambda one: reasoned(one, row="OURS", sentence=f"{one.strategy.words} ours"))


@caught_by(reasons_fit_the_answer, "the strategy of 'As our rules say.' is .* here, and was")
def explains_everything_by_one_sentence():
    """It could have said nothing as well."""

    def ours(one):
        row = f"OUR-{one.row}"
        return reasoned(one, row=row, sentence="As our rules say.", source=KAL[1], contested=None)

    return saying(ours)


@caught_by(reasons_fit_the_answer, "it names income again and again, which decides for nobody")
def names_what_does_not_count():
    """It names what it knows beside."""

    def more(one):
        income = one.profile.value.income
        facts = {**one.facts, **({} if income is None else {"income": income})}
        return proven(one, facts=facts, missing=(*one.missing, *(["income"] * (income is None))))

    return saying(more)


@caught_by(reasons_fit_the_answer, "its explanation names harvest instead of")
def explains_another_strategy():
    """Its explanation is a text that was copied."""

    class Copied(Recommendation):
        def explain(self):
            return f"{self.profile}: harvest. {self.reason.sentence}"

    return Publishing(Copied)


@caught_by(reasons_fit_the_answer, "its explanation names no strategy instead of")
def explains_no_strategy():
    """Its explanation is the sentence of the row alone."""

    class Brief(Recommendation):
        def explain(self):
            return "As discussed."

    return Publishing(Brief)


@caught_by(reasons_fit_the_answer, "its explanation does not say '")
def explains_without_the_reason():
    """Its explanation is the headline alone."""

    class Brief(Recommendation):
        def explain(self):
            return f"{self.profile}: {self.strategy.words}."

    return Publishing(Brief)


@caught_by(reasons_fit_the_answer, "its log has 'end' as strategy instead of")
def logs_another_strategy():
    """Its log is that of another selector."""

    class Logged(Recommendation):
        def to_dict(self, *, counterfactual=False):
            return {**super().to_dict(counterfactual=counterfactual), "strategy": "end"}

    return Publishing(Logged)
