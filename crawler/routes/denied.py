"""Tables of what is never read, because it is about people or is no content. Pure."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

_PERSONAL = "personal data"
_BOUGHT = f"{_PERSONAL}: what people bought"
_BOOKED = f"{_PERSONAL}: what people booked"
_PAID = f"{_PERSONAL}: what people paid"
_FORMS = f"{_PERSONAL}: what people sent by forms"
_LEARNT = f"{_PERSONAL}: who learns, and how well"
_VISITS = f"{_PERSONAL}: who visited the site"
_MAILED = f"{_PERSONAL}: who is written to"
_COMMUNITY = f"{_PERSONAL}: members and what they do"
_SECRETS = "keys and logins"
_MACHINERY = "the machinery of the site, not content"

_WORDS_BY_REASON: Mapping[str, str] = {
    _PERSONAL: (
        "users usermeta customers clients members memberships accounts attendees participants "
        "registrations registrants guests instructors employees staff profiles xprofile people "
        "persons contacts leads candidates resumes applicants applications patients doctors "
        "volunteers addresses phones emails invitations invites signups guestbook "
        "benutzer nutzer kunden mitglieder mitarbeiter teilnehmer kontakte personen spender "
        "usuarios clientes miembros empleados contactos personas alumnos suscriptores "
        "utilisateurs membres employes contacts personnes abonnes utenti clienti iscritti persone "
        "utilizadores membros funcionarios pessoas gebruikers klanten leden deelnemers "
        "uzytkownicy klienci kullanicilar musteriler teilnehmerliste userlist"
    ),
    _BOUGHT: (
        "orders order carts cart checkout sales refunds purchases wishlists licenses "
        "bestellungen pedidos commandes ordini bestellingen"
    ),
    _BOOKED: "bookings appointments reservations waitlists buchungen reservas prenotazioni",
    _PAID: "payments transactions invoices donors donations pledges payouts commissions",
    _FORMS: (
        "entries submissions forms form responses enquiries inquiries feedback formentries "
        "anfragen kontaktanfragen formulare formulaires formularios solicitudes mensajes"
    ),
    _LEARNT: (
        "students learners enrollments enrolments progress grades gradebook attempts assignments "
        "essays certificates statistics quizattempts"
    ),
    _MAILED: "subscribers subscriptions newsletters mailinglists campaigns",
    _COMMUNITY: "activity activities messages notifications friends followers replies forums",
    _VISITS: "visitors visits sessions analytics reports stats clicks",
    _SECRETS: "auth login logins tokens keys webhooks passwords jwt oauth oauth1 oauth2 2fa mfa",
    f"{_PERSONAL}: names and opinions of customers": "reviews ratings testimonials",
    f"{_PERSONAL}: names, telephone numbers and addresses of people": "organizers organisers",
    f"{_PERSONAL}: who comes, or who asked for help": "tickets",
    f"{_PERSONAL}: opinions of visitors": "votes polls surveys",
    f"{_PERSONAL}: ask for them with -a comments=1": "comments",
    "secrets of a shop": "coupons giftcards vouchers",
    "what other lists hold": "search",
    _MACHINERY: (
        "logs log options batch settings plugins themes oembed health editor backups cron queue "
        "schedules cache system"
    ),
}
_NAMESPACES_BY_REASON: Mapping[str, str] = {
    _FORMS: (
        "gf wpforms frm contact-form-7 ninja-forms ninja-forms-submissions fluentform forminator "
        "everest-forms sureforms formgent weforms bitform happyforms kaliforms"
    ),
    _MAILED: (
        "mailpoet newsletter mailster mc4wp fluent-crm groundhogg mrm mailerpress mailchimp "
        "hubspot leadin wp-sms optinmonster omapp hustle"
    ),
    _BOUGHT: "wc-analytics edd sensei-wc",
    _BOOKED: "bookly amelia latepoint ssa salon wbk booking wc-bookings",
    _PAID: "give-api givewp charitable mp pmpro rcp surecart stripe",
    _COMMUNITY: "buddypress buddyboss peepso ultimatemember um bbp-api bbpress wpforo",
    _PERSONAL: "erp kivicare fluent-support wpdiscuz jobboardwp",
    _LEARNT: "sensei-internal tincanny xapi",
    _VISITS: "wp-statistics matomo burst koko-analytics iawp monsterinsights",
    _SECRETS: "jwt-auth simple-jwt-login two-factor",
    _MACHINERY: (
        "wp-site-health wp-block-editor wp-abilities jetpack wpcom yoast rankmath elementor "
        "redirection wordfence wc-admin wc-telemetry code-snippets litespeed itsec updraftplus "
        "wp-mail-smtp post-smtp ithemes-security really-simple-security"
    ),
}


def _by_word(table: Mapping[str, str]) -> dict[str, str]:
    return {word: reason for reason, words in table.items() for word in words.split()}


DENIED: Mapping[str, str] = _by_word(_WORDS_BY_REASON) | _by_word(_NAMESPACES_BY_REASON)
"""Words and parts of paths whose lists are never read, with the reason."""

PERSONAL_TYPES: Mapping[str, str] = _by_word(
    {
        _BOUGHT: "shop_order shop_order_refund shop_order_placehold shop_subscription llms_order",
        "secrets of a shop": "shop_coupon",
        _PAID: "edd_payment give_payment tec_tc_order sfwd-transactions mp-transaction",
        _BOOKED: "wc_booking",
        _FORMS: "flamingo_inbound flamingo_outbound nf_sub feedback wpforms_entry",
        _PERSONAL: "flamingo_contact tribe_rsvp_attendees tec_tc_attendee tribe_wooticket",
        _LEARNT: "sfwd-essays sfwd-assignment lp_order llms_my_certificate",
    }
)
"""Types of WordPress that are records of people, and are read only where they are asked for."""

_PARTS = re.compile(r"[_.\W]+")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")


def why_denied(route: str) -> str | None:
    """Return why a list is never read; None where it may be.

    A word inside a name counts too (`form-submissions`, `getCustomers`), and so does its singular,
    and a number after it (`people2`).
    """
    for part in filter(None, unquote(route).split("/")):
        words = _PARTS.split(_HUMPS.sub("-", part))
        # The whole part, too: `wc-admin` is denied, and neither of its words is.
        for word in (part, *words):
            for name in _forms(word.lower()):
                if name in DENIED:
                    return DENIED[name]
    return None


def _forms(word: str) -> Iterator[str]:
    yield word
    word = word.rstrip("0123456789")
    yield word
    yield f"{word}s"
    if word.endswith("y"):
        yield f"{word[:-1]}ies"
