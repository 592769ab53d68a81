"""A small site on loopback that answers as WordPress's REST API does, over records that it is given.

`make demo` crawls it, tests put it into every awkward state, and the benchmarks load it with thousands of posts.
It is part of the repository and not of the installed package.
"""
