"""Words for fields of people, in many languages: data for `people.py`."""

_ENDINGS = """
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
_PICTURES = "avatar avatar_url avatar_urls gravatar gravatar_url"
_AUTHORS = "author authors post_author _author"
_WHOLE = "ip username user_login user_pass password mobile phone_number"
_TELEPHONES = """
phone telephone tel telefon telefono telefone telefoon telefoonnummer telefonnummer telefonnr
telefonszam telefonni phone_number phonenumber cell cellphone mobile mobil movil celular
cellulare portable handy handynummer mobilnummer mobiltelefon gsm whatsapp fax faxnummer
puhelin puhelinnumero telemovel telefonas telefoni телефон тел мобильный мобилен τηλέφωνο
κινητό 电话 電話 電話番号 手机 手機 手机号 携帯 携帯電話 전화 전화번호 휴대폰 טלפון נייד هاتف
الهاتف جوال تلفن موبایل โทรศัพท์ điện_thoại फ़ोन मोबाइल
"""
_POSTAL = """
address addresses street street_address address_1 address_2 address_line zip zip_code zipcode
postcode postal_code postal adresse anschrift strasse hausnummer plz postleitzahl direccion
calle domicilio codigo_postal rue code_postal domicile indirizzo cap_postale endereco rua
morada cep adres straat huisnummer adress gatuadress postnummer osoite katuosoite postinumero
ulica adresa ulice psc lakcim cim iranyitoszam strada adresi posta_kodu адрес улица индекс
адреса вулиця διεύθυνση οδός 地址 住址 住所 郵便番号 邮编 주소 우편번호 כתובת عنوان العنوان
آدرس ที่อยู่ địa_chỉ alamat पता
"""
_PLACES = """
venue venues location locations place places store stores shop shops branch branches office
hotel restaurant property geo geolocation map standort ort lugar ubicacion lieu luogo local
plaats
"""
_SIGNS_OF_PLACES = "lat lng lon latitude longitude coordinates geo geolocation opening_hours"
_THINGS = "isbn issn ean sku gtin upc mpn doi version"
_TITLES = "title name label headline caption alt rendered post_title"
_NAMES_OF_VALUES = "key name label field meta_key field_name"
_VALUES = "value meta_value field_value"

ENDINGS_OF_PEOPLE = frozenset(_ENDINGS.split())
"""How names of fields end that only records of people have."""
WHOLE_NAMES_OF_PEOPLE = frozenset(_WHOLE.split())
"""Names that mean people only where nothing stands before them: every post has a
`post_password`."""
PICTURES_OF_PEOPLE = frozenset(_PICTURES.split())
"""Fields with pictures of people. Their addresses at Gravatar are hashes of e-mail addresses."""
AUTHORS = frozenset(_AUTHORS.split())
"""Fields with the author of a record, who is shown with what they publish."""
TELEPHONE_WORDS = frozenset(_TELEPHONES.split())
"""Words of a field's name that make its number a telephone number."""
POSTAL_WORDS = frozenset(_POSTAL.split())
"""Words of a field's name that make its text a part of a postal address."""
PLACE_NAMES = frozenset(_PLACES.split())
"""Names of fields that hold a place: a shop, the venue of an event."""
PLACE_SIGNS = frozenset(_SIGNS_OF_PLACES.split())
"""Names of fields that only a place has."""
THINGS = frozenset(_THINGS.split())
"""Words of names whose numbers look like those of telephones and computers, and are of things."""
TITLES = frozenset(_TITLES.split())
"""Names of fields in which a street with a number may be the name of anything."""
NAMES_OF_VALUES = tuple(_NAMES_OF_VALUES.split())
"""Fields that name the value beside them, as in `{"label": "Phone", "value": ...}`."""
NAMED_VALUES = tuple(_VALUES.split())
"""Fields with such a value."""
