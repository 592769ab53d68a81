"""A small site on 127.0.0.1 that answers as WordPress's REST API does.

`make demo` crawls it, tests put it into every awkward state, and the benchmarks load it with
thousands of posts. It is a part of the repository and not of the installed package.
"""
