"""Speaks WordPress's REST API: requests, answers, errors."""
