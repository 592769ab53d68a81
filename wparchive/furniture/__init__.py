"""Find what a site repeats in its posts and is not their text: boxes to join, sponsors, notices.

A block whose text stands in many posts of a site is furniture, within guards. All functions here
are pure; `wparchive/backends/remembering.py` has the passes over an archive.

    keys.py      the key of a block: what it says, whatever its case, quotes and numbers
    guards.py    which blocks are never furniture
    varied.py    what recurs as a form that each post fills in: facts, questions, labels, values
    noted.py     what posts have of what recurs, noted while they are written
    counting.py  how often blocks occur, and what is furniture by that
    memory.py    what is remembered of a block, and of the last count of a site
    remove.py    a post's blocks with its furniture marked as removed
"""
