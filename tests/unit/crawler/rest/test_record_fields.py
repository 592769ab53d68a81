import pytest

from crawler.rest.record_fields import record_date, record_id


@pytest.mark.parametrize(
    ("raw", "id_"),
    [
        (b'{"id":12,"x":1}', 12),
        (b'{"id":12}', 12),
        (b'{"id":"12","x":1}', 12),
        (b'{"id":12.0}', 12),
        (b'{"author":{"id":5},"id":10}', 10),
        (b'{"x":"' + b"y" * 1000 + b'","id":10}', 10),
        (b'{"id":12,"broken":\\', 12),
        (b'{"title":"\\"id\\":7","id":3}', 3),
        (b'{"title":"no id"}', None),
        (b'{"id":null}', None),
        (b'{"id":-3}', None),
        (b'{"id":9999999999999999999,"x":1}', None),
        (b'{"id":12345678901234567890123}', None),
        (b'{"author":{"id":5},"id":10', None),
        (b"7", None),
    ],
)
def test_a_record_s_id_is_its_own(raw, id_):
    assert record_id(raw) == id_


@pytest.mark.parametrize(
    ("raw", "date"),
    [
        (b'{"id":1,"date":"2024-05-17T10:30:00"}', "2024-05-17T10:30:00"),
        (b'{"id":1}', None),
        (b'{"id":1,"date":7}', None),
        (b'{"id":1', None),
    ],
)
def test_a_record_s_date(raw, date):
    assert record_date(raw) == date
