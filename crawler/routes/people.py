"""Tell whether records are about people, by the names of fields and the shape of values.

A value counts at any depth, also inside JSON or serialised PHP that stands in a text:

| what | by its shape alone | with a name that says so |
|---|---|---|
| an e-mail address | yes | yes |
| a telephone number | with `+`, or in groups as people write them | any number |
| an IP address | yes | yes |
| a picture at Gravatar, but for that of an author | yes | any picture |
| a postal address | a street with a number | any text with a digit |
| a date of birth, a person's name, a number of identity | no | yes |

A text with more in it than that is an article, and does not count. Telephone numbers and postal
addresses of places (a venue, whatever has coordinates) are the places'. Pure.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from ipaddress import ip_address
from itertools import pairwise
from typing import Any

LONGEST_VALUE = 200
"""Characters of a value that may be an address or a number; what is longer is a text."""
_LONGEST_PACKED = 1_000_000
_LONGEST_NAME = 80
_MOST_WORDS = 5
"""Words of the longest term: `numero de securite sociale`, and one more."""

_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NOT_WORDS = re.compile(r"[\W_]+")
_LAST_NUMBER = re.compile(r"(?<=\D)_?\d{1,2}$")
_TAGS = re.compile(r"<(?![^<>\s=]+@)[^<>]*>")
_SEPARATORS = re.compile(r"[;,|]")
_LABEL = re.compile(r"^[^:\d@]{1,40}:\s*(?=\S)")
_GRAVATAR = re.compile(r"gravatar\.com/avatar/[0-9a-f]")
_WRITE_TO = re.compile(
    r"(?:<a\b[^<>]*?)?mailto:([^\"'<>?\s]+)[^<>]*(?:>[^<>]*</a>)?", re.IGNORECASE
)
"""A value that is one link to write to somebody."""
_PHP = re.compile(r"[aO]:\d+:")
_PHP_TEXT = re.compile(r's:\d+:"([^"]*)"')

# Names of pictures for fine screens look alike: `logo@2x.png`.
_EMAIL = re.compile(
    r"(?:[^<>@]{0,80}<)?(?:mailto:)?[\w.+%'-]{1,64}"
    r"(?:@(?!\dx\.)|\s?[(\[{]\s?(?:at|@)\s?[)\]}]\s?)"
    r"[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}(?:\.|\s?[(\[{]\s?(?:dot|\.)\s?[)\]}]\s?)"
    r"(?:[^\W\d_]{2,24}|xn--[\w-]{2,50})>?",
    re.IGNORECASE,
)
_TELEPHONE = re.compile(
    r"(?:\+|00)[1-9]\d{0,2}[\s./-]?(?:\(0?\d{0,4}\)[\s./-]?)?\d[\d\s./-]{4,16}\d"
    r"|\(\+?\d{1,5}\)[\s./-]?\d[\d\s./-]{4,14}\d"
    r"|0\d{1,4}[\s/-]\d[\d\s./-]{4,14}\d"
    r"|0\d(?:[\s.]\d\d){4}"
    r"|\d{3}[-.]\d{3}[-.]\d{4}"
)
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b(?![./-]\d)")
_NUMBER = re.compile(r"[+(]?[\d\s()./+-]{6,30}(?:\s?(?:ext|x|int)\.?\s?\d{1,6})?", re.IGNORECASE)
_NAME = r"[^\W\da-z][\w.'-]*"
_STREET = re.compile(
    # 12 Elm Street, Springfield
    rf"\d{{1,5}}\w?,?\s(?:{_NAME}\s){{1,3}}"
    r"(?i:street|st|avenue|ave|road|rd|lane|drive|dr|boulevard|blvd|terrace|crescent)\.?(?:,.*)?"
    # Lange Straße 5, 12345 Ort; Kerkstraat 5
    r"|(?:\w[\w.'-]*\s){0,4}\w*(?i:stra(?:ß|ss)e|str\.|gasse|allee|straat|gatan|vej|veien|katu)"
    r"\s?\d{1,5}\b.*"
    # 12 bis, rue de la Paix
    r"|\d{1,5}\w?(?:\s(?:bis|ter))?,?\s(?i:rue|avenue|boulevard|chemin|impasse|quai|place)\s.+"
    # Calle de Alcalá, 5; Via Roma 12; ул. Ленина, д. 5
    r"|(?i:calle|avda\.?|avenida|paseo|plaza|c/|via|viale|piazza|corso|rua"
    r"|travessa|ul\.|ул\.|улица)"
    rf"\s?(?:(?:de|del|della|di|da|do|dos|la|los|las)\s){{0,2}}(?:{_NAME},?\s){{1,5}}"
    r"(?:n[.º°]\s?|д\.\s?)?\d{1,5}\b.*"
)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a record on its way to be judged."""

    path: str
    name: str
    """The name of its field, normalised; that of the list around it for a member of one."""
    value: Any
    is_of_place: bool


def sign_of_people(record: Any) -> str:
    """Return the first sign that a record is about people, and where it is; empty for none."""
    # Strangers make the answers, so there is no recursion. Each text inside a text is shorter.
    waiting = [_Part("", "", record, False)]
    while waiting:
        part = waiting.pop()
        sign = _sign_in_name(part) or _sign_in_value(part)
        if sign:
            return f"{part.path}: {sign}" if part.path else sign
        waiting += _parts_of(part)
    return ""


def _parts_of(part: _Part) -> Iterator[_Part]:
    """Yield what a part holds."""
    value = part.value
    if isinstance(value, str):
        value = _unpacked(value)
        if isinstance(value, str):  # JSON within JSON
            yield _Part(part.path, part.name, value, part.is_of_place)
    if isinstance(value, list):
        for member in value:
            yield _Part(part.path, part.name, member, part.is_of_place)
    if not isinstance(value, dict):
        return
    names = {name: normal_name(str(name)) for name in value}
    of_place = part.is_of_place or part.name in _PLACE_NAMES
    of_place = of_place or not _PLACE_SIGNS.isdisjoint(names.values())
    fields = [(names[name], member) for name, member in value.items()]
    for name, member in (*fields, *_named_values(value)):
        path = f"{part.path}.{name}".strip(".")
        yield _Part(path[:LONGEST_VALUE], name, member, of_place)


def _named_values(fields: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    """Yield a value with the name that stands beside it, as entries of forms have them."""
    value = next((fields[name] for name in _NAMED_VALUES if fields.get(name)), None)
    for name in _NAMES_OF_VALUES:
        if value and isinstance(fields.get(name), str):
            yield normal_name(fields[name]), value


def _unpacked(text: str) -> Any:
    """Return what a text of JSON or serialised PHP holds; None for any other text."""
    text = text.strip().removeprefix("\ufeff")
    if len(text) > _LONGEST_PACKED:
        return None
    if text.startswith(("{", "[", '"', "&")):
        for form in (text, unescape(text)):
            try:
                return json.loads(form)
            except (ValueError, RecursionError):
                continue
        return None
    if _PHP.match(text):
        texts = _PHP_TEXT.findall(text)
        # Names and values take turns where all values are texts; each may be either here.
        return [dict(pairwise(texts)), texts]
    return None


@lru_cache(maxsize=4096)
def _ends_like_people(name: str) -> bool:
    words = name.split("_")
    return any("_".join(words[-count:]) in _ENDINGS for count in range(1, _MOST_WORDS + 1))


def _sign_in_name(part: _Part) -> str:
    """Return what the name of a field says about people."""
    # A switch (`show_email`) is about nobody.
    if not part.name or isinstance(part.value, bool):
        return ""
    if part.name in _WHOLE_NAMES or _ends_like_people(part.name):
        return "a field of people"
    if part.name in _PICTURES and part.value and not _is_of_author(part.path):
        return "a picture of a person"
    return ""


def _is_of_author(path: str) -> bool:
    return not _AUTHORS.isdisjoint(path.split("."))


def _sign_in_value(part: _Part) -> str:
    """Return what the shape of a value says about people."""
    value = part.value
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return ""
    if len(value) > 2 * LONGEST_VALUE:
        return ""
    if _GRAVATAR.search(value) and not _is_of_author(part.path):
        return "a picture of a person"
    text = unescape(_TAGS.sub("", value)).replace("%40", "@").strip()
    if not 3 <= len(text) <= LONGEST_VALUE:
        return ""
    whole = _LABEL.sub("", text)
    pieces = {
        text,
        whole,
        _written_to(value),
        *(piece.strip() for piece in _SEPARATORS.split(whole)),
    }
    if any(_EMAIL.fullmatch(piece) for piece in pieces):
        return "an e-mail address"
    if _has_word(part.name, _THINGS):
        return ""
    if _is_ip_address(text):
        return "an IP address"
    if part.is_of_place:
        return ""
    if any(_is_telephone(piece, part.name) for piece in pieces):
        return "a telephone number"
    if _is_postal(whole, part.name):
        return "a postal address"
    return ""


def _written_to(value: str) -> str:
    link = _WRITE_TO.fullmatch(value.strip())
    return unescape(link[1]).replace("%40", "@") if link else ""


def _is_ip_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_telephone(text: str, name: str) -> bool:
    digits = sum(character.isdigit() for character in text)
    if not 6 <= digits <= 17 or _DATE.match(text):
        return False
    if digits >= 8 and _TELEPHONE.fullmatch(text):
        return True
    return bool(_NUMBER.fullmatch(text)) and _has_word(name, _TELEPHONES)


def _is_postal(text: str, name: str) -> bool:
    if name not in _TITLES and _STREET.fullmatch(text):
        return True
    has_digit = any(character.isdigit() for character in text)
    return has_digit and "://" not in text and _has_word(name, _POSTAL)


def _has_word(name: str, terms: frozenset[str]) -> bool:
    """Tell whether a name has a term among its words."""
    padded = f"_{name}_"
    return any(f"_{term}_" in padded for term in terms)


def normal_name(name: str) -> str:
    """Return the name of a field in lower case, without accents, its words joined by `_`."""
    spaced = _HUMPS.sub("_", name[:_LONGEST_NAME])
    plain = unicodedata.normalize("NFKD", spaced.casefold())
    # Marks of Indic and Thai scripts are parts of their words, and both sides lose them.
    bare = "".join(character for character in plain if not unicodedata.combining(character))
    joined = _NOT_WORDS.sub("_", bare).strip("_")
    return _LAST_NUMBER.sub("", joined)


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


def _normal_names(names: str) -> frozenset[str]:
    return frozenset(map(normal_name, _names(names)))


# The names, in many languages.
_ENDINGS = _normal_names(
    """
    email e_mail mail email_address e_mail_address mail_address emailadresse e_mail_adresse
    mailadresse mailadres correo correo_electronico courriel adresse_mail adresse_e_mail
    adresse_email posta_elettronica indirizzo_email endereco_de_email epost epostadresse
    e_postadress sahkoposti eposta e_posta emailova_adresa адрес_почты почта электронная_почта
    эл_почта имейл пошта 邮箱 电子邮件 電子郵件 メール メールアドレス 이메일 بريد_الكتروني
    البريد_الإلكتروني ایمیل דואל אימייל อีเมล thư_điện_tử ईमेल billing customer_id donor_id
    subscriber_id student_id customer_name user_nicename nickname user_agent capabilities
    first_name last_name firstname lastname surname family_name
    given_name full_name fullname middle_name maiden_name vorname nachname familienname zuname
    apellido apellidos primer_apellido nombre_completo nombre_y_apellidos nombres_y_apellidos
    prenom prenoms nom_de_famille nom_complet nom_et_prenom cognome nome_completo nome_e_cognome
    sobrenome apelido voornaam achternaam volledige_naam fornavn efternavn etternavn fornamn
    efternamn etunimi sukunimi imie nazwisko imie_i_nazwisko jmeno_a_prijmeni prijmeni priezvisko
    keresztnev vezeteknev prenume adi_soyadi ad_soyad soyad soyadi soyadı adı_soyadı фамилия
    отчество фио прізвище όνοματεπώνυμο επώνυμο 姓名 氏名 お名前 フリガナ 성명 שם_משפחה שם_פרטי
    اسم_العائلة نام_خانوادگی họ_và_tên họ_tên nama_lengkap date_of_birth birth_date birthdate
    birthday dob geburtsdatum geburtstag fecha_de_nacimiento fecha_nacimiento date_de_naissance
    date_naissance data_di_nascita data_nascita data_de_nascimento data_nascimento geboortedatum
    fodselsdato fødselsdato fodelsedatum syntymaaika data_urodzenia datum_narozeni szuletesi_datum
    data_nasterii dogum_tarihi дата_рождения дата_народження ημερομηνία_γέννησης 出生日期 生年月日
    생년월일 תאריך_לידה تاريخ_الميلاد ngày_sinh tanggal_lahir ip_address user_ip client_ip
    author_ip remote_addr remote_ip adresse_ip direccion_ip ip_adresse iban card_number
    credit_card kreditkarte ssn social_security_number passport_number passport_no dni cpf pesel
    codice_fiscale numero_de_securite_sociale sozialversicherungsnummer personnummer steuernummer
    инн снилс паспорт 身份证 身份证号 마이넘버 주민등록번호
    """
)
"""How names of fields end that only records of people have."""
_WHOLE_NAMES = _names("ip username user_login user_pass password mobile phone_number")
"""Names that mean people only where nothing stands before them: every post has a
`post_password`."""
_PICTURES = _names("avatar avatar_url avatar_urls gravatar gravatar_url")
"""Fields with pictures of people. Their addresses at Gravatar are hashes of e-mail addresses."""
_AUTHORS = _names("author authors post_author _author")
"""Fields with the author of a record, who is shown with what they publish."""
_TELEPHONES = _normal_names(
    """
    phone telephone tel telefon telefono telefone telefoon telefoonnummer telefonnummer telefonnr
    telefonszam telefonni phone_number phonenumber cell cellphone mobile mobil movil celular
    cellulare portable handy handynummer mobilnummer mobiltelefon gsm whatsapp fax faxnummer
    puhelin puhelinnumero telemovel telefonas telefoni телефон тел мобильный мобилен τηλέφωνο
    κινητό 电话 電話 電話番号 手机 手機 手机号 携帯 携帯電話 전화 전화번호 휴대폰 טלפון נייד هاتف
    الهاتف جوال تلفن موبایل โทรศัพท์ điện_thoại फ़ोन मोबाइल
    """
)
"""Words of a field's name that make its number a telephone number."""
_POSTAL = _normal_names(
    """
    address addresses street street_address address_1 address_2 address_line zip zip_code zipcode
    postcode postal_code postal adresse anschrift strasse hausnummer plz postleitzahl direccion
    calle domicilio codigo_postal rue code_postal domicile indirizzo cap_postale endereco rua
    morada cep adres straat huisnummer adress gatuadress postnummer osoite katuosoite postinumero
    ulica adresa ulice psc lakcim cim iranyitoszam strada adresi posta_kodu адрес улица индекс
    адреса вулиця διεύθυνση οδός 地址 住址 住所 郵便番号 邮编 주소 우편번호 כתובת عنوان العنوان
    آدرس ที่อยู่ địa_chỉ alamat पता
    """
)
"""Words of a field's name that make its text a part of a postal address."""
_PLACE_NAMES = _names(
    """
    venue venues location locations place places store stores shop shops branch branches office
    hotel restaurant property geo geolocation map standort ort lugar ubicacion lieu luogo local
    plaats
    """
)
"""Names of fields that hold a place: a shop, the venue of an event."""
_PLACE_SIGNS = _names("lat lng lon latitude longitude coordinates geo geolocation opening_hours")
"""Names of fields that only a place has."""
_THINGS = _names("isbn issn ean sku gtin upc mpn doi version")
"""Words of names whose numbers look like those of telephones and computers, and are of things."""
_TITLES = _names("title name label headline caption alt rendered post_title")
"""Names of fields in which a street with a number may be the name of anything."""
_NAMES_OF_VALUES = ("key", "name", "label", "field", "meta_key", "field_name")
"""Fields that name the value beside them, as in `{"label": "Phone", "value": ...}`."""
_NAMED_VALUES = ("value", "meta_value", "field_value")
"""Fields with such a value."""
