"""Finding out what changed in a collection without reading it: small state machines without I/O.

| poll | reads | finds |
|---|---|---|
| `NewestFirst` by id | the highest ids, down to one that is held | what was created |
| `NewestFirst` by date | the newest dates, down to the watermark | what became visible |
| `ModifiedSince` | what was modified since the watermark, in that order | what was edited |
| `NewestFirst` by modified | the same, on sites without `modified_after` | what was edited |
| `RankSearch` | single windows of the list in id order | what vanished |

`news.py` says which of them a collection needs, and what they prove together.
"""
