# ruff: noqa: N801 - python-statemachine names a compound state by its class
"""Charts as users write them, with everything that a lifecycle can hold."""

from statemachine import Event, State, StateChart, StateMachine

from custlife import CUSTOMER_LIFECYCLE, to_chart


class Club(StateChart):
    """Three rooms, and nothing else."""

    class prospect(State.Compound, initial=True):
        guest = State(initial=True)

    class customer(State.Compound):
        member = State(initial=True)

    class former(State.Compound):
        gone = State(initial=True)

    joined = prospect.to(customer)
    left = customer.to(former)
    returned = former.to(prospect)


class VIPClub(StateMachine):
    """The strict base class: an event without a transition is an error."""

    class prospect(State.Compound, initial=True):
        guest = State(initial=True)
        friend = State()
        met = guest.to(friend) | friend.to.itself()

    class customer(State.Compound):
        member = State(initial=True)

    class former(State.Compound):
        gone = State(initial=True)

    joined = prospect.to(customer)
    left = customer.to(former)


class Nested(StateChart):
    """Stages in stages; the first child is not always the first entered."""

    class customer(State.Compound):
        class member(State.Compound):
            gold = State()
            silver = State(initial=True)
            upgraded = silver.to(gold)
            fell = gold.to(silver)

        patron = State()
        gave = member.to(patron) | patron.to(member.gold)
        reset = member.to.itself() | patron.to.itself(internal=True)

    class prospect(State.Compound, initial=True):
        class visitor(State.Compound):
            looking = State()
            asking = State()
            asked = looking.to(asking)

        guest = State(initial=True)
        entered = guest.to(visitor)
        asked = visitor.asking.to(guest)

    class former(State.Compound):
        gone = State()
        fled = State()
        forgot = gone.to(fled)

    left = prospect.to(former) | customer.to(former.fled) | customer.member.gold.to(former.gone)
    joined = prospect.to(customer) | prospect.visitor.asking.to(customer.patron)
    returned = former.to(prospect.visitor.asking)
    gave_in = former.to(customer.member.gold)
    stayed = customer.to(None) | prospect.visitor.to.itself(internal=True)


class Regions(StateChart):
    """Two regions that move side by side, alone and together."""

    class prospect(State.Compound, initial=True):
        guest = State(initial=True)

    class customer(State.Parallel):
        class bond(State.Compound):
            trial = State(initial=True)

            class member(State.Compound):
                silver = State(initial=True)
                gold = State()
                upgraded = silver.to(gold)

            renewed = trial.to(member)

        class mood(State.Compound):
            happy = State(initial=True)
            cross = State()
            vexed = happy.to(cross)
            soothed = cross.to(happy)
            renewed = cross.to(happy)

    class former(State.Compound):
        gone = State(initial=True)

    joined = prospect.to(customer)
    joined_crossly = prospect.to(customer.mood.cross)
    joined_as_member = prospect.to(customer.bond.member)
    joined_to_the_region = prospect.to(customer.mood)
    joined_as_both = prospect.to([customer.mood.cross, customer.bond.member.gold])
    left = customer.to(former)
    returned = former.to(customer.bond)
    fell = customer.bond.member.gold.to(customer.bond.member)
    restarted = customer.bond.member.gold.to(customer.bond.member.silver)


class Resets(StateChart):
    """Transitions of and to whole regions, inside and outside of them."""

    class prospect(State.Compound, initial=True):
        guest = State(initial=True)

    class customer(State.Parallel):
        class bond(State.Compound):
            trial = State(initial=True)
            member = State()
            renewed = trial.to(member)

        class mood(State.Compound):
            happy = State(initial=True)
            cross = State()
            vexed = happy.to(cross)

    class former(State.Compound):
        gone = State(initial=True)

    joined = prospect.to(customer)
    left = customer.to(former)
    inside = customer.bond.to(customer.bond.member, internal=True)
    outside = customer.bond.to(customer.bond.member)
    itself = customer.bond.to.itself()
    itself_inside = customer.bond.to.itself(internal=True)
    to_the_region = customer.bond.member.to(customer.bond)
    to_the_room = customer.bond.member.to(customer)
    of_the_room = customer.to.itself()
    from_the_room = customer.to(customer.mood.cross)
    from_the_room_inside = customer.to(customer.mood.cross, internal=True)
    across = customer.bond.member.to(customer.mood.cross)
    to_both = customer.bond.trial.to([customer.bond.member, customer.mood.cross])
    beside = customer.mood.cross.to(customer.mood.happy)
    stood = customer.bond.to(None)


class Guards(StateChart):
    """Guards that ask which stages are active, in all their spellings."""

    class prospect(State.Compound, initial=True):
        guest = State(initial=True)
        friend = State()
        met = guest.to(friend)

    class customer(State.Parallel):
        class bond(State.Compound):
            trial = State(initial=True)
            silver = State()
            gold = State()
            rose = trial.to(silver) | silver.to(gold)
            fell = gold.to(trial)

        class mood(State.Compound):
            happy = State(initial=True)
            cross = State()
            lost = State()
            vexed = happy.to(cross) | cross.to(lost)
            plain = lost.to(happy, cond="In('gold')")
            negated = lost.to(happy, cond="not In('gold')")
            exclaimed = lost.to(happy, cond="!In('gold')")
            spared = lost.to(happy, unless="In('gold')")
            spared_both = lost.to(happy, unless=["In('gold')", "In('silver')"])
            either = lost.to(happy, cond="In('gold') or In('silver')")
            vee = lost.to(happy, cond="In('gold') v In('silver')")
            mixed = lost.to(happy, cond="not (In('gold') or In('silver')) and In('customer')")
            hat = lost.to(happy, cond="In('bond') ^ !In('trial')")
            several = lost.to(happy, cond=["In('gold')", "not In('silver')"], unless="In('trial')")
            at_once = lost.to(happy, cond="In('gold', 'lost')")
            shouted = lost.to(happy, cond="IN('gold')")
            constant = lost.to(happy, cond="True and In('gold') or False")
            nothing = lost.to(happy, cond="In()")
            first = (
                lost.to(happy, cond="In('gold')")
                | lost.to(cross, cond="In('silver') or In('gold')")
                | lost.to(None)
            )

    class former(State.Compound):
        gone = State(initial=True)

    joined = prospect.to(customer)
    invited = prospect.to(customer.bond.gold, cond="In('friend')") | prospect.to(customer)
    left = customer.to(former, cond="In('lost') and (In('trial') or In('silver'))")
    returned = former.to(prospect, cond="In('former')")
    soothed = customer.mood.to(customer.mood.happy, unless="In('happy')", internal=True)
    soothed |= customer.bond.gold.to(customer.bond.silver, cond="In('cross') or In('lost')")


class AllRegions(StateChart):
    """Every room has regions, one of them a single one."""

    class prospect(State.Parallel, initial=True):
        class interest(State.Compound):
            cold = State(initial=True)
            warm = State()
            warmed = cold.to(warm)

        class contact(State.Compound):
            none = State(initial=True)
            known = State()
            met = none.to(known)

    class customer(State.Parallel):
        class bond(State.Compound):
            trial = State(initial=True)
            member = State()
            renewed = trial.to(member)
            itself = member.to.itself()

    class former(State.Parallel):
        class reason(State.Compound):
            unknown = State(initial=True)
            told = State()
            asked = unknown.to(told)

        class terms(State.Compound):
            friendly = State(initial=True)
            hostile = State()
            sued = friendly.to(hostile)

    joined = prospect.to(customer)
    joined_well = prospect.interest.warm.to(customer.bond.member)
    left = customer.to(former.terms.hostile) | prospect.to(former)
    returned = former.to(prospect.contact.known)
    forgave = former.terms.to(former.reason.told)
    reset = customer.bond.to.itself(internal=True)


class Shared(StateChart):
    """Events that many transitions share, and transitions that many events share."""

    class prospect(State.Compound, initial=True):
        guest = State(initial=True)
        friend = State()
        touched = guest.to(friend, event="wrote called")

    class customer(State.Compound):
        member = State(initial=True)
        patron = State()
        called = member.to(patron)
        touched = patron.to(member)

    class former(State.Compound):
        gone = State(initial=True)

    joined = Event(prospect.to(customer) | former.to(customer.patron), name="Has joined")
    left = former.from_(prospect, customer)
    cursed = former.from_.any()
    wrote = customer.to(None)


class Handled(StateChart):
    """Callbacks that act are no part of a lifecycle."""

    class prospect(State.Compound, initial=True):
        guest = State(initial=True)

    class customer(State.Compound):
        member = State(initial=True)

    class former(State.Compound):
        gone = State(initial=True, final=True)

    joined = prospect.to(customer, on="greet", before="greet", after="greet")
    left = customer.to(former)
    returned = former.to(customer)

    def greet(self):
        """Wave."""

    def on_enter_customer(self):
        """Open the door."""

    @left.on
    def mourn(self):
        """Wave again."""


class Descendant(to_chart(CUSTOMER_LIFECYCLE)):
    """A user's own class upon the generated one."""


CHARTS = {
    Club: 3,
    VIPClub: 4,
    Nested: 8,
    Regions: 8,
    Resets: 6,
    Guards: 12,
    AllRegions: 10,
    Shared: 5,
    Handled: 3,
    Descendant: 15,
}
"""Each chart, and how many combinations of innermost stages it can stand in."""
