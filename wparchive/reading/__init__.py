"""The reading library of an analyst: posts, versions, events, summaries."""
