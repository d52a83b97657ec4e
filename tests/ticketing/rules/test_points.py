"""Points that somebody may paste for a place: coordinates, geo: addresses, links of maps; and words that are none of
these.
"""

import re

import pytest

from config.hotline import city
from ticketing.rules import points
from ticketing.rules.places import nearest
from ticketing.web.residents import city_map

HERE = (-6.2383, 106.9756)


@pytest.mark.parametrize(
    "text",
    [
        "-6.2383, 106.9756",
        "  -6.2383,106.9756 ",
        "-6.2383 106.9756",
        "(-6.2383; 106.9756)",
        "-6,2383, 106,9756",
        "geo:-6.2383,106.9756",
        "GEO:-6.2383,106.9756;u=35",
        "geo:-6.2383,106.9756?z=17",
        "geo:0,0?q=-6.2383,106.9756(Masjid)",
        "https://maps.google.com/?q=-6.2383,106.9756",
        "https://www.google.com/maps?q=loc:-6.2383,106.9756&z=17",
        "https://www.google.co.id/maps/@-6.2383,106.9756,17z",
        "https://www.google.com/maps/place/Bekasi/@-6.30,106.90,17z/data=!3m1!4b1!8m2!3d-6.2383!4d106.9756",
        "https://www.google.com/maps/search/?api=1&query=-6.2383%2C106.9756",
        "https://www.google.com/maps/place/-6.2383,106.9756/",
        "Lokasi saya https://maps.google.com/?q=-6.2383,106.9756",
        "https://www.openstreetmap.org/?mlat=-6.2383&mlon=106.9756#map=17/-6.30/106.90",
        "https://www.openstreetmap.org/#map=17/-6.2383/106.9756",
        "https://maps.apple.com/?ll=-6.2383,106.9756&q=Masjid",
        "https://waze.com/ul?ll=-6.2383,106.9756&navigate=yes",
    ],
)
def test_a_point_is_read(text: str) -> None:
    assert points.read(text) == HERE
    assert nearest(HERE) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "depan masjid",
        "-6.2383",
        "6",
        "1,2,3",
        "91.5, 106.9",
        "-6.2, 181.5",
        "nan, nan",
        "1e3, 1e3",
        "-6.2383, 106.9756 rumah",
        "https://maps.app.goo.gl/AbCdEf",
        "https://jahat.invalid/?q=-6.2383,106.9756",
        "javascript:alert(-6.2383,106.9756)",
        "https://google.com.jahat.invalid/maps/@-6.2383,106.9756,17z",
        "https://maps.google.com/",
        "geo:",
        "geo:abc",
        "\0",
        "\u202e-6.2383, 106.9756",
        "٦.٢, ١٠٦.٩",
        "-" * 5000,
        "9" * 5000,
        "https://maps.google.com/?q=" + "1" * 5000,
    ],
)
def test_what_is_no_point_is_none(text: str) -> None:
    assert points.read(text) is None


@pytest.mark.parametrize(
    ("x", "y"), [("0", "0"), ("", ""), ("-1", "5"), ("5", "99999"), ("289", "5"), ("1.5", "2"), ("a", "b"), ("٣", "٣")]
)
def test_what_is_no_touch_of_the_sketch_is_none(x: str, y: str) -> None:
    assert city_map.point(x, y) is None


def test_a_touch_on_the_dot_of_a_kelurahan_is_that_kelurahan() -> None:
    dots = re.findall(r'cx="(\d+)" cy="(\d+)" r="2\.5"', city_map.drawn())
    found = [nearest(city_map.point(x, y) or (0, 0)) for x, y in dots]
    assert found == [key for key, area in city().areas.items() if area.lat is not None]
