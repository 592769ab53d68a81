"""Records of people are seen by names in many languages and by values; articles are not."""

import json
from typing import Any

import pytest

from crawler.routes.offered import recognised
from crawler.routes.people import sign_of_people
from crawler.routes.shape import RouteShape

OF_PEOPLE: list[dict[str, Any]] = [
    # Names, in the languages of plugins and of those who fill in forms.
    {"email": ""},
    {"userEmail": "x"},
    {"First-Name": "Ann"},
    {"meta": {"billing": {"street": "Lane 4"}}},
    {"ip_address": "192.0.2.7"},
    {"correo": None},
    {"Correo electrónico": "x"},
    {"prénom": "Zoé"},
    {"Nachname": "Muster"},
    {"nombre": "Ana", "apellidos": "García"},
    {"Cognome": "Rossi"},
    {"sobrenome": "Silva"},
    {"achternaam": "Jansen"},
    {"imię": "Jan"},
    {"Фамилия": "Иванов"},
    {"氏名": "山田"},
    {"姓名": "王"},
    {"Geburtsdatum": "1980-02-01"},
    {"fecha_de_nacimiento": "01/02/1980"},
    {"Date de naissance": "01/02/1980"},
    {"fødselsdato": "01.02.1980"},
    {"user": {"dateOfBirth": 315619200}},
    # Names that need a value of their kind.
    {"data": {"telefon": "0301234567"}},
    {"data": {"teléfono": 600123456}},
    {"téléphone": "01 23 45 67 89"},
    {"Telefonnummer": "030/12345-67"},
    {"Teléfono de contacto": "600 123 456"},
    {"телефон": "8 495 123 45 67"},
    {"手机号": "13800138000"},
    {"phone_1": "5550100"},
    {"adresse": "Am Bach 3"},
    {"Código postal": "28013"},
    {"住所": "東京都千代田区1-1"},
    # Values alone.
    {"contact": "ann@example.org"},
    {"rows": [{"fields": ["7", " ann@example.org "]}]},
    {"c": "Ann Example <ann@example.org>"},
    {"c": "mailto:ann@example.org"},
    {"c": '<a href="mailto:ann@example.org">ann@example.org</a>'},
    {"c": "Ann, ann@example.org, 5550100"},
    {"c": "E-Mail: ann@example.org"},
    {"c": "ann [at] example.org"},
    {"c": "ann@bücher.example"},
    {"f3": "+34 600 123 456"},
    {"f3": "tel:+34600123456"},
    {"f3": "(555) 123-4567"},
    {"f3": "555-123-4567"},
    {"f3": "06 12 34 56 78"},
    {"f3": "+49 (0)30 1234567"},
    {"seen": "192.0.2.7"},
    {"seen": "2001:db8::7"},
    {"f4": "12 Elm Street, Springfield"},
    {"f4": "Lange Straße 5, 12345 Musterstadt"},
    {"f4": "12 bis, rue de la Paix, 75002 Paris"},
    {"f4": "Calle de Alcalá, 5"},
    {"f4": "Via Roma 12"},
    {"f4": "ул. Ленина, д. 5"},
    # Packed in other forms.
    {"data": '{"contact": {"a": ["ann@example.org"]}}'},
    {"data": 'a:1:{s:2:"c1";s:15:"ann@example.org";}'},
    {"data": 'a:1:{s:8:"nachname";s:6:"Muster";}'},
    {"meta": [{"key": "vorname", "value": "Ann"}]},
    {"fields": [{"label": "Ihr Telefon", "value": "0301234567"}]},
    {"a": [[[[{"b": [{"c": {"d": {"e": {"f": [["ann@example.org"]]}}}}]}]]]]},
    # Users as WordPress shows them: an address at Gravatar is the hash of an e-mail address.
    {"name": "Carl", "slug": "carl", "avatar_urls": {"24": "https://example.org/a.png"}},
    {
        "name": "Carl",
        "picture": "https://secure.gravatar.com/avatar/0bc83cb571cd1c50",
    },
    {"user_nicename": "carl"},
    {"roles": ["author"], "capabilities": {"edit_posts": True}},
    {"1.3": "Bob", "form_id": "4", "user_agent": "Mozilla/5.0"},
    # Packed twice, with marks before it, or as HTML.
    {"data": '"{\\"email\\":\\"x\\"}"'},
    {"data": '\ufeff{"email":"x"}'},
    {"data": "{&quot;email&quot;:&quot;x&quot;}"},
    {"contact": "mailto:b@example.org?subject=Hello"},
    {"contact": '<a class="x" href="mailto:b@example.org">write</a>'},
    {"contact": "&#98;@example.org"},
    {"contact": "b%40example.org"},
]

OF_CONTENT: list[dict[str, Any]] = [
    {
        "name": "Soup",
        "author": 3,
        "description": "<p>Write to soup@example.org for the recipe.</p>",
        "venue": {"city": "Lund", "phone": "555 0100", "address": "Lange Straße 5"},
        "images": [{"src": "/a@2x.png"}],
    },
    {"nombre": "Taza", "precio": "12,50", "sku": "0306-40615-2"},
    {"title": {"rendered": "12 Elm Street"}, "content": {"rendered": "<p>Call 555-123-4567.</p>"}},
    {
        "title": "A shop",
        "lat": "55.7",
        "lng": "13.2",
        "address": "Lilla gatan 5",
        "phone": "46123456",
    },
    # As `get_posts()` of WordPress gives them.
    {"ID": 7, "post_password": "", "post_name": "x", "post_date": "2024-05-01 10:00:00"},
    {"date": "2024-05-01T10:00:00+02:00", "day": "01.05.2024", "span": "01/05/2024 10.30"},
    {"time": "1714550400", "ean": "4006381333931", "isbn": "978-3-16-148410-0", "n": 4006381333931},
    {"version": "1.2.3.4", "rating": "4.5", "size": "100-200", "range": "1990-2000"},
    {"show_email": True, "excerpt": "Ten tips for life on the road", "rgb": "255, 128, 0"},
    {"link": "https://example.org/@ann", "handle": "@ann", "follow": "Follow @ann.example"},
    {"text": "10 Tips for Life on the Road", "hours": "10:00-18:00", "price": "+12"},
    {"postal_note": "none", "street_art": "yes", "telefon": "siehe unten", "name": "Ann"},
    {"title": "Soup", "author": {"name": "Ann", "avatar_urls": {"24": "https://example.org/a"}}},
    {"title": "Soup", "_embedded": {"author": [{"x": "https://gravatar.com/avatar/0bc83cb5"}]}},
    {"text": 'Ask us: <a href="mailto:info@example.org">write</a>, or call.', "quoted": '"Soup"'},
    {"question": "How do I change my email", "answer": "In the settings."},
]


@pytest.mark.parametrize("record", OF_PEOPLE, ids=str)
def test_records_of_people_are_seen(record: dict[str, Any]) -> None:
    record = {"id": 1, **record}
    answers: tuple[Any, ...] = ([{"id": 9}, record], {"rows": [record], "total": 1})
    for answer in answers:
        assert sign_of_people(answer)
        found = recognised("/acme/v1/innocent", json.dumps(answer).encode())
        assert isinstance(found, str)
        assert "fields of people" in found


@pytest.mark.parametrize("record", OF_CONTENT, ids=str)
def test_records_of_content_are_not_taken_for_people(record: dict[str, Any]) -> None:
    record = {"id": 1, **record}
    assert not sign_of_people([record])
    assert isinstance(recognised("/acme/v1/recipes", json.dumps([record]).encode()), RouteShape)


def test_a_sign_says_where_it_is_and_not_what_it_is() -> None:
    sign = sign_of_people([{"id": 1, "data": {"Teléfono\x1b[31m": "600 123 456"}}])
    assert sign == "data.telefono_31m: a telephone number"


def test_deep_records_end_the_search_soon() -> None:
    record: Any = "ann@example.org"
    for _ in range(50_000):
        record = [record]
    assert sign_of_people(record) == "an e-mail address"
    assert not sign_of_people(["[" * 100_000, "a" * 199, "1 " * 99, "(" * 199, "<" * 390])
