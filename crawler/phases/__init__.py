"""The phases of a run, in order: find the site, plan, collect, look for vanished objects.

How the collect phase goes about a collection, and what it proves, is the strategy's.
"""
