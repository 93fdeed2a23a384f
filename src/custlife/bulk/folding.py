"""The fold over columns: what each event of many histories does, one lookup an event.

Histories are folded side by side, their first events, then their second ones; long histories one
after the other.
"""

import numpy as np
from numpy.typing import NDArray

from custlife.bulk.automaton import Automaton

FEW = 128
"""Where fewer histories go on, they are folded one after the other."""
_RANKS = 512
"""So many events of each history are folded side by side at most."""
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
    shorter = (_RANKS - np.minimum(length, _RANKS)).astype(np.uint16)
    order = np.argsort(shorter, kind="stable")  # the longest first
    place, length = (np.cumsum(length) - length)[order], length[order]
    row = state[order] * np.int32(machine.width)
    going_on = np.searchsorted(shorter[order], np.arange(_RANKS, 0, -1), "left")
    ranks = going_on[going_on >= FEW].tolist()
    for many in ranks:  # the first so many histories go on
        here = place[:many]
        cell = row[:many] + code.take(here)
        found[here] = cell
        row[:many] = machine.leads.take(cell)
        here += 1
    rest = np.flatnonzero(length > len(ranks))
    if len(rest):
        _alone(machine, code, place[rest], length[rest] - len(ranks), row[rest], found)
    return found


def _alone(  # noqa: PLR0913, PLR0917 - what a fold is about
    machine: Automaton,
    code: NDArray[np.uint8],
    start: Numbers,
    length: Numbers,
    row: NDArray[np.int32],
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
    here, states = np.empty(stop[-1], np.int32), row // np.int32(machine.width)
    for (*_, begin, end), now in zip(histories, states.tolist(), strict=True):
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
