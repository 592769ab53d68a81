"""What an analyst reads: posts, versions, events, summaries."""
