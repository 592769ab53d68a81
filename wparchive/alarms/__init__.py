"""Alarms: what a run saw of a site that is not as it usually is there."""
