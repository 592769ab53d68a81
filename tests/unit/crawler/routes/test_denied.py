"""Lists about people and machinery are never read: their names are known."""

import pytest

from crawler.routes.denied import why_denied
from crawler.routes.offered import unknown_routes
from crawler.routes.plugin_shapes import KNOWN_SHAPES

PERSONAL = {
    "forms": (
        "/gf/v2/entries /gf/v2/forms /contact-form-7/v1/contact-forms /wpforms/v1/entries "
        "/frm/v2/entries /fluentform/v1/submissions /fluentform/v1/forms "
        "/ninja-forms-submissions/submissions/get /everest-forms/v1/entries "
        "/forminator/v1/preview/forms /sureforms/v1/submit-form /formgent/responses "
        "/acme/v1/form_submissions /acme/v1/formEntries /acme/v1/form-entry"
    ),
    "shops": (
        "/wc/v3/orders /wc/v3/customers /wc/v3/coupons /wc/v3/products/reviews "
        "/wc/v3/reports/sales /wc/v3/subscriptions /wc/v3/payment_gateways /wc/v3/webhooks "
        "/wc/store/v1/cart /wc/store/v1/cart/items /wc/store/v1/checkout "
        "/wc/store/v1/products/reviews /wc-analytics/reports/customers /wc-admin/options "
        "/edd/v1/customers /edd/v2/sales /surecart/v1/orders /acme/v1/order-items "
        "/acme/v1/getOrders /dokan/v1/orders /dokan/v1/customers /wcfm/v1/orders"
    ),
    "newsletters": (
        "/mailpoet/v1/subscribers /newsletter/v2/subscribers /fluent-crm/v2/subscribers "
        "/mrm/v1/contacts /groundhogg/v4/contacts /mailerpress/v1/contact /hubspot/v1/contacts "
        "/mailster/v1/list /wp-sms/v1/newsletter"
    ),
    "courses": (
        "/ldlms/v2/users /ldlms/v2/sfwd-essays /ldlms/v2/sfwd-assignment /ldlms/v1/users "
        "/llms/v1/students /llms/v1/enrollments /sensei-internal/v1/course-students/batch "
        "/sensei-internal/v1/course-progress/batch /tutor/v1/quiz-attempts /lp/v1/users "
        "/learnpress/v1/users /masteriyo/v1/orders /masteriyo/v1/quiz-attempts "
        "/academy/v1/enrolled-students /acme/v1/student"
    ),
    "bookings": (
        "/wc-bookings/v1/bookings /ssa/v1/appointments /salon/api/v1/customers "
        "/salon/api/v1/bookings /bookly/v1/list /amelia/v1/appointments /latepoint/v1/list "
        "/wbk/v1/get-items /hotel/v1/reservations /mphb/v1/bookings /mphb/v1/payments"
    ),
    "donors": (
        "/give-api/v2/donors /give-api/v2/donations /givewp/v3/donors "
        "/givewp/v3/donations /charitable/v1/list /acme/v1/donor"
    ),
    "communities": (
        "/buddypress/v1/members /buddypress/v2/activity /buddypress/v1/messages "
        "/buddypress/v1/xprofile/fields /buddypress/v1/groups /buddyboss/v1/members "
        "/buddyboss/v1/notifications /peepso/v1/list /ultimatemember/v1/list "
        "/bbp-api/v1/topics /bbp-api/v1/replies /wpforo/v1/topics /mp/v1/members "
        "/mp/v1/transactions /pmpro/v1/orders /rcp/v1/members /acme/v1/friends"
    ),
    "events": (
        "/tribe/events/v1/organizers /tribe/tickets/v1/attendees /tribe/tickets/v1/tickets "
        "/eventin/v2/attendees /eventin/v2/orders /ee/v4.8.36/registrations "
        "/ee/v4.8.36/attendees /mec/v1/bookings"
    ),
    "people": (
        "/acme/v1/comments /acme/v1/user-meta /acme/v1/usermeta /acme/v1/user_meta "
        "/acme/v1/users/list /acme/v1/employee /erp/v1/hrm/list /erp/v1/crm/contacts "
        "/kivicare/api/v1/patient /wpdiscuz/v1/list /acme/v1/guestbook /acme/v1/emails "
        "/acme/v1/profile /acme/v1/allMembers /jobboardwp/v1/list /acme/v1/candidates "
        "/fluent-support/v2/tickets /acme/v1/newsletter_subscriber /acme/v1/people2 "
        "/acme/v1/clientes /acme/v1/kunden-liste /acme/v1/anfragen "
        "/acme/v1/formulaires /acme/v1/teilnehmerliste"
    ),
    "visits and keys": (
        "/wp-statistics/v2/hits /acme/v1/visitors /jwt-auth/v1/token /acme/v1/api-keys "
        "/acme/v1/sessions /acme/v1/poll-votes /acme/v1/survey-responses"
    ),
    "machinery": (
        "/jetpack/v4/module /wp-site-health/v1/directory-sizes /wp-block-editor/v1/list "
        "/yoast/v1/list /elementor/v1/globals /redirection/v1/redirect /acme/v1/settings"
    ),
}


@pytest.mark.parametrize("group", PERSONAL)
def test_lists_of_people_and_machinery_are_never_asked_for(group: str) -> None:
    described = {"namespace": "x/v1", "endpoints": [{"methods": ["GET"], "args": {"page": {}}}]}
    for route in PERSONAL[group].split():
        assert why_denied(route), route
        found, refused = unknown_routes({route: described})
        assert found == [], route
        assert [each.route for each in refused] == [route]


def test_letters_in_disguise_are_read() -> None:
    assert why_denied("/acme/v1/us%65rs")


def test_lists_of_content_are_not_denied() -> None:
    routes = [route for shape in KNOWN_SHAPES for route in shape.routes]
    routes += ["/acme/v1/recipes", "/acme/v2/books", "/acme/v1/places", "/acme/v1/platforms"]
    routes += ["/betterdocs/v1/glossaries", "/tutor/v1/courses", "/acme/v1/border-towns"]
    assert {route: why_denied(route) for route in routes if why_denied(route)} == {}
