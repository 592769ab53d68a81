"""Send a site the credentials of its owner, and name it when the site refuses them.

Scrapy's own HttpAuthMiddleware knows domains only: it would send a password over plain http, to
other ports and to subdomains, and its settings are printed with all others.
"""

import json
import os
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Request, Response

from crawler.credentials import Credentials, credentials_for
from crawler.errors import CredentialsRefused, NoResponse
from crawler.rest.client import ANONYMOUS

_REASONS = {
    "incorrect_password": "the password is wrong: WordPress wants an application password "
    "(Users, Profile, Application Passwords), not the one for logging in",
    "invalid_username": "the site has no user of this name",
    "invalid_email": "the site has no user with this e-mail address",
    "application_passwords_disabled": "application passwords are switched off on this site: "
    "its owner can switch them on (filter wp_is_application_passwords_available)",
    "application_passwords_disabled_for_user": "application passwords are switched off "
    "for this user",
}
"""What WordPress's codes mean; source: wp_authenticate_application_password() in
wp-includes/user.php."""


class OwnerLoginMiddleware:
    """A downloader middleware that adds the header Authorization, robots.txt included.

    Each request is looked at anew, also after a redirect: another origin never gets the header.
    """

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read the credentials for the spider's site. Raises NotConfigured without any."""
        address = getattr(crawler.spider, "address", "")
        setting = crawler.settings["CRAWL_CREDENTIALS_FILE"]
        credentials = credentials_for(address, setting, os.environ)
        if credentials is None:
            raise NotConfigured
        return cls(credentials)

    def process_request(self, request: Request) -> None:
        """Set the header, or take it away where a redirect has led to another origin.

        Raises NoResponse for an address that repeats the credentials: they would be sent on.
        """
        if self._credentials.stand_in(request.url):
            raise NoResponse("not asked: the site leads to an address with the credentials in it")
        request.headers.pop("Authorization", None)
        if self._is_for(request):
            request.headers["Authorization"] = self._credentials.header

    def process_response(self, request: Request, response: Response) -> Response:
        """Raise CredentialsRefused where the site does not take them.

        An answer that repeats them, a debugging page for instance, is cleared of them.
        """
        if not self._is_for(request):
            return response
        if response.status == 401:
            reason = refusal_reason(response)
            if reason:
                raise CredentialsRefused(f"{request.url} refuses the credentials: {reason}")
        body = self._credentials.hidden_in(response.body)
        headers = self._credentials.hidden_in_headers(response.headers)
        if body == response.body and headers == response.headers:
            return response
        return response.replace(body=body, headers=headers)

    def _is_for(self, request: Request) -> bool:
        return not request.meta.get(ANONYMOUS) and self._credentials.go_to(request.url)


def refusal_reason(response: Response) -> str:
    """Return why a 401 is about the credentials themselves; empty where it is not."""
    try:
        answer = json.loads(response.body)
    except ValueError:
        answer = None
    code = answer.get("code") if isinstance(answer, dict) else None
    if isinstance(code, str) and code in _REASONS:
        return f"{code}: {_REASONS[code]}"
    challenge = response.headers.get("WWW-Authenticate") or b""
    if challenge.lower().startswith(b"basic"):
        return "the web server asks for another user or password (401, Basic)"
    return ""
