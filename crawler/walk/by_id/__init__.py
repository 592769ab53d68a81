"""The walk in id order: slices that overlap by one row, so that no row that stays is missed.

A slice is one snapshot of rows that follow each other in id order. It fits if it begins at rank 0,
or with a row at or below the floor that was taken before. Then no row between the floor and its
last id is missing from it, and the floor rises to that last id. Otherwise rows before it have
vanished, or rows were skipped.

A row below the floor that was not taken is LATE, and it is taken: nothing that was received is
dropped. It may have become visible after the walk had passed its place. Or the list does not keep
to the order of ids: where a plugin shows the newest post in every answer, the floor rises too
early. That is why an anchor must be a row that came with an earlier slice: then all slices overlap,
and together they show every rank of the list.

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
    records.py      remembers which rows were taken, and requests records by id

In this table "slices" stands for the state in which the next slice is requested: BISECTION while
that search is not over, else SLICES.

state            event            what the walk does                                 next state
---------------  ---------------  -------------------------------------------------  ----------
                 A slice is received
any slice state  RISING           keeps it until its turn comes                      the same
                 WHOLE            takes its rows: they are all that there are        SETTLED
                 DISORDERED       gives up; another walk may do better               STOPPED

                 Each row of such a slice
any slice state  NEW              takes it                                           the same
                 KNOWN            drops it: it was taken                             the same
                 LATE             takes it                                           the same

                 The turn of a slice has come
any slice state  ANCHORED         accepts it                                         see below
                 GAP              queues the ids in the gap, then accepts it         see below
                 ANCHOR_MISSING   steps back                                         slices
                 TOO_FAR          requests again from its position                   slices
                 NO_ROWS          looks whether the list by default has any          TOP
                 EMPTY            looks for rows behind it                           see below

                 A slice is accepted: the floor rises to its last id
any slice state  FULL             goes on to its last row, may request ahead         slices
                 SHORT            goes on to its last row                            slices
                 LAST             has reached the end                                SETTLED
                 LAST_OF_FULL     looks from the top whether this is the end         TOP
                 REPEATED         compares it with the highest ids                   TOP
                 OUTGROWN         gives up                                           STOPPED
                 STUCK            looks for rows behind it                           see below

                 A slice has no new row
any slice state  ALL_SEEN         settles the end from the top                       TOP
                 SUSPECT          looks from the top whether any row is left         TOP
                 MORE_BEHIND      goes on behind it, and leaves a gap                slices

                 The highest ids are received
TOP              REACHED          has reached the end                                SETTLED
                 JOINED           queues those that it did not receive               SETTLED
                 STAYS            believes no link of such a row                     SETTLED
                 OTHERS           queues those that it did not receive               SETTLED
                 EMPTY_LIST       has read the empty collection                      SETTLED
                 ELSEWHERE        requests the highest ids                           TOP
                 UNORDERED        gives up; another walk may do better               STOPPED
                 BEYOND           goes on, and believes no total any more            slices
                 DEEPER           looks at the rows before the ones looked at        TOP
                 UNREADABLE       has reached the end, in doubt if rows are counted  SETTLED
                 HIGHER           goes on behind the rows that cannot be read        slices
                 FEW_MISSED       queues the ids from the floor to the top           SETTLED
                 MISSED           looks again where it saw its anchor last           slices
                 UNCOUNTED        goes on behind its position, and leaves a gap      slices
                 OFFSET_IGNORED   requests by page number from now on                slices
                 SAME_PAGE        gives up; another form of URL may do better        STOPPED
                 ALIKE            requests one more id, to see whether it is heard   TOP
                 TOP_DISORDERED   gives up; another walk may do better               STOPPED

                 A request for a slice, or for the highest ids, meets a problem
SLICES           FAILED           requests the same slice again, but only its ids    IDS_ONLY
SLICES, larger   FAILED           requests as many rows as went through before       SLICES
IDS_ONLY         FAILED           halves the slice, or skips its only row            slices
BISECTION        FAILED           halves the slice, or skips its only row            slices
TOP              FAILED           requests fewer rows                                TOP
TOP, one row     FAILED           queues a few ids above the floor, in doubt         SETTLED
any              SIZE_REFUSED     lowers all sizes                                   slices, TOP
                 OFFSET_REFUSED   requests by page number from now on                slices, TOP
                 REFUSED          gives up; another walk may do better               STOPPED
                 ENDED            gives up                                           STOPPED

                 A batch of ids is answered
any              FOUND            takes the records                                  the same
                 FOREIGN          gives up; another form of URL may do better        STOPPED

                 A batch of ids meets a problem
any              AGAIN            requests the ids in smaller batches, or singly     the same
                 IS_UNREADABLE    names the record in the certificate                the same
                 IMPOSSIBLE       names the id in the certificate, in doubt          the same

                 Nothing is left to request
SETTLED          FEW_SHOWN        requests any rows but the latest ones              TOP
                 OPEN             requests the ids between rows without a link       SETTLED
                 TOO_MANY_OPEN    ends in doubt                                      SETTLED
                 ROOM_UNSURE      requests known rows, to see whether so many come   SETTLED
                 TOP_UNSURE       requests the highest ids until two answers agree   TOP
                 HIDDEN           requests some of these ids, and all if any comes   SETTLED
                 TOO_MANY_HIDDEN  ends in doubt                                      SETTLED
                 COPIED           ends in doubt                                      SETTLED
                 LINKED           ends                                               SETTLED

Only FULL and SHORT leave the slices in flight that were requested ahead. Every other event at the
turn of a slice drops them: their answers are not judged any more, and of their problems only FAILED
is ignored. Only the first slice in flight changes the state when it is FAILED; a later one is
dropped with those behind it, and requested again. SETTLED can only become STOPPED, or TOP when
nothing is left to request. A problem that is FATAL means ENDED for a batch of ids too.

Records by id (`by_include.py`) are requested beside all this: what a failed slice held comes
before any other request, and what lies in gaps comes after SETTLED. The walk is finished when it is
STOPPED, or SETTLED with nothing left to request and no link missing (`closing.py`). It also stops
when too many records in a row cannot be had, or when its requests have no end.
"""
