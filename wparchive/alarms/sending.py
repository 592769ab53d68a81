"""Sending alarms: by mail, to a webhook, or any other way that Apprise knows."""

import os
from collections.abc import Iterable, Sequence

from wparchive.alarms.wording import alarm_text
from wparchive.errors import InvalidURI, OutputFailed
from wparchive.export.arrow import optional_package
from wparchive.model.run_records import Alarm
from wparchive.reading.views import counted_text

ADDRESSES_VARIABLE = "CRAWL_ALARMS_TO"
"""The environment variable that says where alarms go; it may hold passwords, as no setting may."""


def addresses_to_alarm() -> list[str]:
    """Return the addresses that the environment names; none where nobody asked for alarms."""
    return os.environ.get(ADDRESSES_VARIABLE, "").split()


def send_alarms(site: str, alarms: Sequence[Alarm], addresses: Iterable[str]) -> None:
    """Send alarms of a site to every address, as one message.

    Raises ExtraMissing, InvalidURI for an address that means nothing, and OutputFailed where a
    message did not arrive. No message names an address, because it may hold a password.
    """
    apprise = optional_package("apprise")
    post = apprise.Apprise(asset=apprise.AppriseAsset(app_id="wparchive"))
    for number, address in enumerate(addresses, 1):
        if not post.add(address):
            raise InvalidURI(
                f"address {number} of {ADDRESSES_VARIABLE} means nothing to Apprise: "
                "mailto://, json://, ... (docs/alarms.md)"
            )
    sent = post.notify(
        title=f"wparchive: {counted_text(len(alarms), 'alarm')} on {site}",
        body=alarm_text(alarms),
        notify_type="warning",
    )
    if not sent:
        raise OutputFailed("an alarm could not be sent: one of the addresses did not take it")
