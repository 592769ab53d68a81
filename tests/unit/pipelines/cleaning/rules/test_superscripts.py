"""Raised numbers are exponents, cents, fractions or marks of footnotes."""

import pytest

from tests.cleaning import clean

CENTS = [
    ("€19<sup>95</sup>", "€19.95"),
    ("$1,299<sup>00</sup> now", "$1,299.00 now"),
    ("€1.299<sup>95</sup> now", "€1.299,95 now"),
    ("<span>€</span><span>19</span><sup>95</sup>", "€19.95"),
    ("<sup>$</sup>19<sup>99</sup>", "$19.99"),
    (
        "US$ 7<sup>50</sup>, CHF 5.<sup>90</sup>, Rs. 499<sup>00</sup>",
        "US$ 7.50, CHF 5.90, Rs. 499.00",
    ),
    ("€ 19,<sup>95</sup>", "€ 19,95"),
    ("19<sup>95</sup> € pro Stück", "19,95 € pro Stück"),
    ("19,<sup>95</sup> €", "19,95 €"),
    ("19<sup>95</sup><b>€</b>", "19,95€"),
    ("19<sup><b>95</b></sup> <i>EUR</i>", "19,95 EUR"),
    ("19,<sup><b>95</b></sup> <i>EUR</i>", "19,95 EUR"),
    ("19<sup>95 €</sup>", "19,95 €"),
    ("19€<sup>95</sup>, 19<sup>€95</sup>", "19€95, 19€95"),
    ("1 299<sup>00</sup> руб. 4<sup>90</sup> zł", "1 299,00 руб. 4,90 zł"),
    ("¥1,980<sup>00</sup>", "¥1,980.00"),
]
NO_CENTS = [
    ("$10<sup>6</sup> and $10<sup>12</sup>", "$10^6 and $10^12"),
    ("10<sup>9</sup> € and 10<sup>12</sup> EUR", "10^9 € and 10^12 EUR"),
    ("$40<sup>12</sup> per month", "$40^12 per month"),
    ("x<sup>20</sup> $y$ and 2<sup>10</sup> $x$", "x^20 $y$ and 2^10 $x$"),
    ("5<sup>25</sup> £30", "5^25 £30"),
    ("5<sup>20</sup> bytes", "5^20 bytes"),
    ("$5/m<sup>2</sup>", "$5/m^2"),
    ("in 2019,<sup>95</sup> he", "in 2019,[95] he"),
    ("€19<sup>1</sup> more", "€19[1] more"),
    ("19 €<sup>2</sup> more", "19 €[2] more"),
    ("1,980円<sup>1</sup>", "1,980円[1]"),
    ("$1<sup>1</sup>/<sub>2</sub> a pound", "$1 1/2 a pound"),
    ("$3.59<sup>9/10</sup> or $3.59<sup>9</sup>", "$3.59 9/10 or $3.599"),
    ("<p>19<sup>95</sup></p><p>€ 7</p>", "19^95\n\n€ 7"),
]


@pytest.mark.parametrize(("html", "text"), CENTS + NO_CENTS)
def test_raised_numbers_of_prices(html: str, text: str) -> None:
    content = clean(html)
    assert content.text == text
    assert clean(content.html).text == text


def test_the_text_of_a_link_has_the_cents() -> None:
    (link,) = clean('<a href="https://shop.example/">19,<sup>95</sup> €</a>').links
    assert link["text"] == "19,95 €"


@pytest.mark.parametrize("end", ["/", " €"])
def test_what_was_replaced_is_not_revised(end: str) -> None:
    html = f'<sup class="fn">19<sup>95</sup></sup>{end}<sup class="fn">$1<sup>1</sup></sup>{end}'
    assert clean(html).text.startswith("19")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('"He went."<sup>12</sup> Then "so"<sup>3</sup>', '"He went."[12] Then "so"[3]'),
        ("5\"<sup>2</sup> and f'<sup>2</sup>", "5\"2 and f'2"),
        ("<sup>1</sup>Smith, 1999<br><sup>2</sup>“Tides”", "1 Smith, 1999\n2 “Tides”"),
        ("<sup>16</sup>Als es kam, <sup>17</sup>da ging er", "16 Als es kam, 17 da ging er"),
        ("<sup>3</sup><a href='/x'>Linked</a>", "3 Linked"),
        ("<sup>14</sup>C dating, <sup>3</sup>He, <sup>99m</sup>Tc", "14C dating, 3He, 99mTc"),
    ],
)
def test_numbers_of_notes_stand_apart(html: str, text: str) -> None:
    content = clean(html)
    assert content.text == text
    assert clean(content.html).text == text
