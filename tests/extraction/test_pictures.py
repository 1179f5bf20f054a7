import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.extraction.pictures import taken


@pytest.mark.parametrize(
    ("name", "when"),
    [
        ("/content/images/2017/05/Photo-May-08--2-52-01-PM.jpg", "05-08T14:52:01"),
        ("Photo-Dec-31--12-05-09-AM.jpg", "12-31T00:05:09"),
        ("IMG_20170508_145201.jpg", "2017-05-08T14:52:01"),
        ("IMG_20170508_145201123.jpg", "2017-05-08T14:52:01"),
        ("2017-05-08 14.52.01.jpg", "2017-05-08T14:52:01"),
        ("Screenshot%202017-05-08%20at%202.52.01%20PM.png", "2017-05-08T14:52:01"),
        ("PXL_20230412_091500.jpg", "2023-04-12T09:15:00"),
        ("2017-05-08-stage.jpg", "2017-05-08"),
        ("slide-3.png", ""),
        ("IMG_1234.jpg", ""),
        ("20171345.jpg", ""),
    ],
)
def test_a_name_tells_when_a_picture_was_taken(name: str, when: str) -> None:
    assert taken(name) == when


@given(st.text(max_size=60))
def test_any_name_can_be_read(name: str) -> None:
    taken(name)
