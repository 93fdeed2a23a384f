"""One bulk replay: bucket by bucket, over columns where that can be, and one by one where not."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from attrs import Factory, define, frozen
from numpy.typing import NDArray

from custlife._watching import Watch
from custlife.bulk.adding import Moves, add_up
from custlife.bulk.automaton import OF_COMPLAINTS, Automaton, automaton
from custlife.bulk.bucket import Bucket, ends, in_shares, sorted_bucket
from custlife.bulk.checkpoint import Checkpoint
from custlife.bulk.folded import Folded, stuck
from custlife.bulk.gone import NOTHING, Gone, Said, is_plain, said
from custlife.bulk.left import Left, LeftOut, Refused
from custlife.bulk.log import Faults, Log
from custlife.bulk.one_by_one import Alone, alone, memo_of, put
from custlife.bulk.order import Each, Share
from custlife.bulk.results import Replayed
from custlife.bulk.routes import KEPT, NO_RULE, OLD_SILENCE, STUCK, Routes
from custlife.bulk.standing import Standing
from custlife.bulk.ticks import micros
from custlife.bulk.watching import INFERRED, Silences, late, silences_of
from custlife.departures import Departure
from custlife.lifecycle.table import Table
from custlife.relationship import Relationship


@define(eq=False)
class _Aside:
    """What the customers of a bucket gave who were replayed one by one."""

    moves: list[tuple[int, ...]] = Factory(list)
    people: list[int] = Factory(list)
    departures: list[Departure] = Factory(list)
    learnt: list[int] = Factory(list)
    memos: dict[int, Mapping[str, Any]] = Factory(dict)
    left: list[LeftOut] = Factory(list)

    def add(self, place: int, one: Alone, machine: Automaton, unit: int) -> None:
        """Add a customer."""
        table, journey = machine.table, one.journey
        for step in journey.steps:
            if step.is_move:
                begin = 0 if step.inference is None else machine.given
                kind = machine.kinds.index(type(step.event), begin)
                states = table.index(step.before), table.index(step.after)
                at, number = micros(step.event.at), one.number(step.event)
                self.moves.append((place, at, number, kind, *states, step.cycle))
        departures = [*journey.departures]
        now, before = journey.relationship.departure, journey.start.departure
        if now is not None and not departures and now != before:
            departures = [now]  # the one from before the start, with what was learnt
            self.learnt.append(place)
        self.people += [place] * len(departures)
        self.departures += departures
        if memo := memo_of(journey.relationship, unit):
            self.memos[place] = memo
        self.left += one.left_out()


@frozen(eq=False)
class Part:
    """What a bucket gave; customers are numbered within the base.

    Attributes:
        first: The first customer.
        moves: The moves.
        gone: The departures.
        refused: What the lifecycle refuses.
        late: The numbers of events that came too late.
        left: What else does not count.
        memos: What no column holds of customers who were replayed one by one.
        learnt: The customers of whose departure before the start more became known, and no more.
        stuck: The customers who could not be folded over columns after all.
    """

    first: int
    moves: Moves
    gone: Gone
    refused: Refused
    late: NDArray[np.int64]
    left: tuple[LeftOut, ...]
    memos: Mapping[int, Mapping[str, Any]]
    learnt: tuple[int, ...]
    stuck: NDArray[np.int64]


@define(eq=False)
class Run:
    """One bulk replay.

    Attributes:
        log: The log.
        watch: How the customers are watched for silence.
        before: Where the base stood before.
        start: A relationship before its first event, of nobody.
        machine: The automaton.
        saids: For each kind of event what it says of a departure; `NOTHING` where it says more.
        standing: Where the customers stand; it is changed.
        routes: Who is replayed one by one.
        silences: The silences over columns; None if there is no rule, or it does not go so.
        parts: What the buckets gave so far.
    """

    log: Log
    watch: Watch | None
    before: Checkpoint | None
    start: Relationship
    machine: Automaton
    saids: tuple[Said, ...]
    standing: Standing
    routes: Routes
    silences: Silences | None
    parts: list[Part] = Factory(list)

    @classmethod
    def of(
        cls,
        log: Log,
        table: Table,
        watch: Watch | None,
        before: Checkpoint | None,
        start: Relationship,
    ) -> "Run":
        """A replay that is ready to go."""
        if before is None:
            standing = Standing.unset(log.customers, table)
        else:
            log = before.continued(log)
            standing = before.standing_for(log, table)
        silences = None if watch is None else silences_of(watch.rule, watch.as_of, table, log.kinds)
        inferred = () if watch is None else INFERRED
        waiting = any(kind.activity in OF_COMPLAINTS for kind in log.kinds)
        machine = automaton(
            table,
            log.kinds,
            inferred,
            waiting=waiting or (before is not None and bool(standing.waiting.any())),
        )
        routes = Routes.of(log, table, watched=silences is not None)
        everybody = np.ones(log.customers, np.bool_)
        if watch is not None and silences is None:
            routes.customers(NO_RULE, everybody)
        if before is not None:
            routes.customers(KEPT, before.special(log, watched=watch is not None))
        if before is not None and silences is not None:
            routes.customers(OLD_SILENCE, late(silences, machine, standing))
        given = (said(one, inferred=False) if is_plain(one) else NOTHING for one in log.kinds)
        saids = *given, *(said(one, inferred=True) for one in inferred)
        return cls(log, watch, before, start, machine, saids, standing, routes, silences)

    def go(self, each: Each) -> Iterator[int]:
        """Replay bucket by bucket; say after each how many of all events are done."""
        every, done = in_shares(self.log, each), 0
        every.sort(key=lambda share: -share.events)  # so that no thread ends alone with a large one
        for part, share in zip(each(self._part, every), every, strict=True):
            self.parts.append(part)
            done += share.events
            yield done
        self.parts.sort(key=lambda part: part.first)

    def _part(self, share: Share) -> Part:
        """Replay one bucket."""
        people, log, machine = share.customers, self.log, self.machine
        first, standing = people.start, self.standing.part(people)
        if self.before is None:
            standing.set_back(machine.table)
        whole = sorted_bucket(share)
        aside, bucket = self.routes.alone[people], whole
        if aside.any():
            bucket = bucket.some(np.flatnonzero(~aside[bucket.customer]))
        late_ = np.empty(0, np.int64)
        if self.before is not None:
            old = bucket.at < standing.last_at[bucket.customer]
            late_, bucket = bucket.event(np.flatnonzero(old)), bucket.some(np.flatnonzero(~old))
        if self.silences is not None:
            bucket = self.silences.watched(bucket, machine, standing, aside)
        folded = Folded.of(bucket, machine, standing)
        out = stuck(folded, standing)
        if out.any():
            folded = folded.some(~out)
            late_ = late_[~out[log.customer[late_] - first]]
        moves, gone, refused = Moves.none(), Gone.none(), Refused.none()
        if len(folded.bucket.customer):
            moves, endings, places = add_up(folded, standing)
            cell = folded.cell.take(places)
            event = folded.bucket.event(places)
            refused = Refused(event, machine.state[cell], machine.waits[cell])
            gone = Gone.by(log, moves, endings, self.saids)
        others = _Aside()
        if out.any() or aside.any():
            for place, one in self._alone(whole, aside | out, first):
                others.add(place, one, machine, log.decimals)
                put(standing, place, one.journey.relationship, machine.table, log.decimals)
        if others.departures:
            more = Gone.of(others.people, others.departures, machine.table, log.decimals)
            gone = Gone.together([gone, more])
        gone.customer = gone.customer + np.int32(first)
        return Part(
            first,
            moves.with_rows(others.moves).after(first),
            gone,
            refused,
            late_,
            (*others.left,),
            {first + place: memo for place, memo in others.memos.items()},
            tuple(first + place for place in others.learnt),
            np.flatnonzero(out) + first,
        )

    def _alone(
        self, bucket: Bucket, which: NDArray[np.bool_], first: int
    ) -> Iterator[tuple[int, Alone]]:
        """Replay some customers of a bucket one by one."""
        some = bucket.some(np.flatnonzero(which[bucket.customer]))
        stop = np.flatnonzero(ends(some.customer)) + 1
        begin = np.append(0, stop)[:-1]
        events = some.event(np.arange(len(some.customer)))
        numbers = {
            int(some.customer[a]): events[a:b].tolist() for a, b in zip(begin, stop, strict=True)
        }
        for place in np.flatnonzero(which).tolist():
            start = self._start(first + place)  # who has no events is there to fall silent
            yield place, alone(self.log, start, numbers.get(place, ()), self.watch)

    def _start(self, customer: int) -> Relationship:
        if self.before is None:
            return self.start.rename(self.log.name(customer))
        return self.before.relationship(customer, self.log, self.start, self.machine.table)

    def result(
        self,
        native: Any,  # noqa: ANN401 - a narwhals frame
        faults: Faults,
        threads: int,
    ) -> Replayed:
        """The result of all parts."""
        old = Gone.none() if self.before is None else self.before.gone
        gone = Gone.together([old, *(part.gone for part in self.parts)])
        # The last departure of each customer, the earlier ones from before the start.
        np.maximum.at(self.standing.departure, gone.customer, np.arange(len(gone)))
        stuck = np.zeros(self.log.customers, np.bool_)
        for part in self.parts:
            stuck[part.stuck] = True
        self.routes.customers(STUCK, stuck)
        memos = {} if self.before is None else dict(self.before.memos)
        for place in np.flatnonzero(self.routes.alone).tolist():
            memos.pop(place, None)
        for part in self.parts:
            memos |= part.memos
        left = Left(
            self.log,
            self.machine.table,
            np.empty(0, np.int64) if self.before is None else self.before.standing.last_at,
            faults.errors,
            tuple(part.refused for part in self.parts),
            tuple(part.late for part in self.parts),
            tuple(one for part in self.parts for one in part.left),
        )
        return Replayed(
            native=native,
            log=self.log,
            start=self.start,
            machine=self.machine,
            standing=self.standing,
            moves=tuple(part.moves for part in self.parts),
            gone=gone,
            old=len(old),
            learnt=tuple(one for part in self.parts for one in part.learnt),
            left=left,
            memos=memos,
            alone=self.routes.alone,
            watch=self.watch,
            before=self.before,
            notes=dict(self.routes.reasons),
            threads=threads,
        )
