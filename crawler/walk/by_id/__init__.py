"""The walk in id order: slices that overlap by one row, so that no row that stays is missed.

A slice is one snapshot of rows that follow each other in id order. If it begins at rank 0, or with
a row at or below the floor that was taken before, then no row between the floor and its last id is
missing from it, and the floor rises to that last id. Otherwise rows before it have vanished, or
rows were skipped.

A row below the floor that was not taken is LATE, and it is taken: nothing that was received is
dropped. It became visible after the walk had passed its place, or the list does not keep to the
order of ids, as where a plugin shows the newest post in every answer and the floor rises too early.
That is why an anchor must be a row that came with an earlier slice: then all slices overlap, and
together they show every rank of the list.

The last row of a slice proves nothing at first: it may be the newest one, in place of the row that
stands there. It is taken, but the floor rises only to the row before it, and the next slice begins
there. A slice that shows both rows, one after the other, and several rows behind them, proves that
the list ends its answers honestly. Then the last rows count, and slices overlap by one row. A slice
that reaches the end of the list counts whole in any case.

In the end the rows must form a chain: each was shown directly behind the one before it, or all ids
between the two were requested. So a row that the site adds to its answers proves nothing.

A walk that goes on where an earlier one stopped knows how many rows that one has read. As long as
the slices lie among these, it requests only the few fields that show whether a row is held as it is
now. Such a row is accepted at once; all others are requested by id, as many as possible at a time.
So the proof is that of any other walk: it was shown every row.

An answer goes this way through the files:

    slices.py       puts answers into rank order
    events.py       says what an answer means, from what is known (`known.py`, `position.py`,
                    `page_size.py`)
    chain.py        keeps the links between rows, which prove the walk in the end (`closing.py`)
    transitions.py  says what the walk does then: a step to the next state
    effects.py      what a step asks for: ids to request, doubts in the certificate
    walk.py         takes the step; it alone keeps the state
    requests.py     makes the next request for a slice or the highest ids, `by_include.py` for ids
    taken.py        remembers which rows were taken
"""
