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


def cells_of(
    machine: Automaton,
    code: NDArray[np.uint8],
    length: Numbers,
    state: NDArray[np.uint16],
) -> NDArray[np.int32]:
    """For each event the cell of the automaton in which it falls.

    Args:
        machine: The automaton.
        code: For each event its code; the events of a history stand together, in order.
        length: For each history how many events it has.
        state: For each history the state before its first event.
    """
    found = np.empty(len(code), np.int32)
    start = np.cumsum(length) - length
    if len(long := np.flatnonzero(length > LONG)):
        _alone(machine, code, start[long], length[long], state[long], found)
    if len(side := np.flatnonzero((length > 0) & (length <= LONG))):
        _together(machine, code, start[side], length[side], state[side], found)
    return found


def _alone(  # noqa: PLR0913, PLR0917 - what a fold is about
    machine: Automaton,
    code: NDArray[np.uint8],
    start: Numbers,
    length: Numbers,
    state: NDArray[np.uint16],
    found: NDArray[np.int32],
) -> None:
    """Long histories: a walk that takes several events at a time, and is filled in then."""
    strides = machine.strides
    many, leads = strides.many, strides.leads
    blocks = -(-length // many)
    stop = np.cumsum(blocks)
    padded = np.zeros(stop[-1] * many, np.uint8)
    histories = [
        (slice(at, at + size), slice((end - few) * many, (end - few) * many + size), end - few, end)
        for at, size, few, end in zip(
            start.tolist(), length.tolist(), blocks.tolist(), stop.tolist(), strict=True
        )
    ]
    for events, into, *_ in histories:
        padded[into] = code[events]
    codes = np.ascontiguousarray(padded.reshape(-1, many).T)
    step = np.zeros(stop[-1], np.int64)
    for one in codes:
        step = step * strides.kinds + strides.kind.take(one)
    here = np.empty(stop[-1], np.int32)
    for (*_, begin, end), now in zip(histories, state.tolist(), strict=True):
        walk = step[begin:end].tolist()
        here[begin] = now
        here[begin + 1 : end] = [now := leads[now][one] for one in walk[:-1]]  # the hot loop
    row = here * np.int32(machine.width)
    cells = np.empty(codes.shape, np.int32)
    for one, cell in zip(codes, cells, strict=True):
        np.add(row, one, out=cell)
        row = machine.leads.take(cell)
    whole = cells.T.reshape(-1)
    for events, into, *_ in histories:
        found[events] = whole[into]


def _together(  # noqa: PLR0913, PLR0917 - what a fold is about
    machine: Automaton,
    code: NDArray[np.uint8],
    start: Numbers,
    length: Numbers,
    state: NDArray[np.uint16],
    found: NDArray[np.int32],
) -> None:
    """Histories side by side, the longest first: rank after rank, the first so many go on."""
    longest_first = np.argsort((LONG - length).astype(np.uint16), kind="stable")
    going_on = len(length) - np.cumsum(np.bincount(length))[: length[longest_first[0]]]
    place = start[longest_first]
    row = state[longest_first] * np.int32(machine.width)
    for many in going_on.tolist():
        here = place[:many]
        cell = row[:many] + code.take(here)
        found[here] = cell
        row[:many] = machine.leads.take(cell)
        here += 1
