"""The files that a site publishes: which there are, and how they are fetched and kept."""
