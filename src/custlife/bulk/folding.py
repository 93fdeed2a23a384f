"""The fold over columns: what each event of many histories does, one lookup an event.

Histories are folded side by side, their first events, then their second ones; long histories one
after the other.
"""

import numpy as np
from numpy.typing import NDArray

from custlife.bulk.automaton import Automaton

LONG = 256
"""Histories of more events are folded one after the other."""
Numbers = NDArray[np.int64]


def states_before(
    machine: Automaton,
    code: NDArray[np.uint8],
    length: Numbers,
    state: NDArray[np.uint16],
) -> NDArray[np.uint16]:
    """For each event the state before it.

    Args:
        machine: The automaton.
        code: For each event its code; the events of a history stand together, in order.
        length: For each history how many events it has.
        state: For each history the state before its first event.
    """
    found = np.empty(len(code), np.uint16)
    start = np.cumsum(length) - length
    for history in np.flatnonzero(length > LONG):
        events = slice(start[history], start[history] + length[history])
        found[events] = _alone(machine, code[events], int(state[history]))
    side = np.flatnonzero((length > 0) & (length <= LONG))
    if len(side):
        _together(machine, code, start, length, state, side, found)
    return found


def _alone(machine: Automaton, code: NDArray[np.uint8], state: int) -> NDArray[np.uint16]:
    """One long history: a walk that takes several events at a time, and is filled in then."""
    first, width, strides = state, machine.width, machine.strides
    many, leads = strides.many, strides.leads
    rest = -len(code) % many
    blocks = np.append(code, np.zeros(rest, np.uint8)).reshape(-1, many)
    steps = strides.kind[blocks] @ strides.kinds ** np.arange(many)[::-1]
    stops = [state := leads[state][step] for step in steps.tolist()]  # the hot loop
    found = np.empty(blocks.shape, np.uint16)
    here = np.empty(len(stops), np.uint16)
    here[0], here[1:] = first, stops[:-1]
    for step in range(many):
        found[:, step] = here
        here = machine.after[here * np.int32(width) + blocks[:, step]]
    return found.reshape(-1)[: len(code)]


def _together(  # noqa: PLR0913, PLR0917 - what a fold is about
    machine: Automaton,
    code: NDArray[np.uint8],
    start: Numbers,
    length: Numbers,
    state: NDArray[np.uint16],
    side: Numbers,
    found: NDArray[np.uint16],
) -> None:
    """Histories side by side, the longest first: rank after rank, the first so many go on."""
    longest_first = side[np.argsort((LONG - length[side]).astype(np.uint16), kind="stable")]
    lengths = length[longest_first]
    going_on = len(lengths) - np.cumsum(np.bincount(lengths, minlength=LONG + 1))[: lengths[0]]
    offset = np.concatenate(([0], np.cumsum(going_on))).astype(np.int32)
    # Where each event goes if the events are put rank by rank.
    ends = np.cumsum(lengths, dtype=np.int32)
    rank = np.arange(ends[-1], dtype=np.int32) - np.repeat(ends - lengths, lengths)
    event = rank + np.repeat(start[longest_first], lengths)
    into = offset[rank] + np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    codes = np.empty(len(into), np.uint8)
    codes[into] = code[event]
    before = np.empty(len(into), np.uint16)
    here = state[longest_first]
    width = np.int32(machine.width)
    for rank_, many in enumerate(going_on.tolist()):
        part = slice(offset[rank_], offset[rank_ + 1])
        before[part] = here[:many]
        here[:many] = machine.after[here[:many] * width + codes[part]]
    found[event] = before[into]
