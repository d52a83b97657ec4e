"""Places as people say them and speech-to-text writes them, each with the place that is meant."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.city import Area
from config.hotline import city
from corpus import figures, rows
from ticketing.rules.places import Place, recognise

MATCH = {
    # the name as people write and say it
    "kayu ringin": "kayuringinjaya",
    "Kayuringin": "kayuringinjaya",
    "pekayon": "pekayonjaya",
    "kali abang": "kaliabangtengah",
    "kaliabang tengah": "kaliabangtengah",
    "jati bening": "jatibening",
    "jati bening baru": "jatibeningbaru",
    "jatibening yang baru": "jatibeningbaru",
    "jati bening lama": "jatibening",
    "bintara": "bintara",
    "bintara jaya": "bintarajaya",
    "jaka sempurna": "jakasampurna",
    "ciketing": "ciketingudik",
    "harapan mulia": "harapanmulya",
    "pucung": "telukpucung",
    # inside a sentence
    "di kelurahan margahayu dekat pasar": "margahayu",
    "kel. teluk pucung rt 3": "telukpucung",
    "KEL TELUK PUCUNG RT 03/RW 12": "telukpucung",
    "bekasi utara kaliabang tengah": "kaliabangtengah",
    "kaliabang tengah, bekasi utara": "kaliabangtengah",
    "saya di jatiluhur pak": "jatiluhur",
    "ehm itu di jalan raya jatiwaringin": "jatiwaringin",
    "jalan raya pekayon kelurahan jaka setia": "jakasetia",
    "kranji dekat bintara": "kranji",
    "marga bekasi utara": "margamulya",
    "bekasi timur marga": "margahayu",
    "it is in Aren Jaya": "arenjaya",
    # both levels
    "jati asihnya yang kelurahan ya pak": "jatiasih",
    "kelurahan jatiasih": "jatiasih",
    "kelurahan jatiasih kecamatan jatiasih": "jatiasih",
    "kecamatan jatiasih kelurahan jatirasa": "jatirasa",
    "jatiasih jatirasa": "jatirasa",
    # who corrects themself means what they said last
    "bukan pejuang tapi kaliabang tengah": "kaliabangtengah",
    "jatimekar eh salah jatirasa": "jatirasa",
    "kota baru *kranji": "kranji",
    "jatiwarna bukan jatirahayu": "jatiwarna",
    # endings and address
    "pengasinannya pak": "pengasinan",
    "di kranjinya bu": "kranji",
    # misheard beside its kecamatan
    "jati ranggun jatisampurna": "jatiranggon",
    # shortened and joined
    "jtmekar": "jatimekar",
    "tlkpucung": "telukpucung",
    "hrpn baru": "harapanbaru",
    "jalanrusakdibintara": "bintara",
    "tolongkebakaranrumahdikranji": "kranji",
    # misheard for "jaka"
    "jakarta mulya bekasi selatan": "jakamulya",
    # a street is no place where there is one
    "gang bintara kelurahan jatirahayu": "jatirahayu",
    "kecamatan medan satria kelurahan pejuang": "pejuang",
    # misheard and mistyped
    "durian jaya": "durenjaya",
    "arena jaya": "arenjaya",
    "teluk pucuk": "telukpucung",
    "margahayo": "margahayu",
    "bintra": "bintara",
    "keranji": "kranji",
    "jatibenin": "jatibening",
    "jati bening bar": "jatibeningbaru",
    "jatirangon": "jatiranggon",
    "jatimakmoor": "jatimakmur",
    "cimunin": "cimuning",
    "mustika sar": "mustikasari",
    "harapan bar": "harapanbaru",
    "pengasihan": "pengasinan",
    "kali abang tengha": "kaliabangtengah",
    "kayoringin": "kayuringinjaya",
    "sepanjang jya": "sepanjangjaya",
    "bekasi barat jaka semprna": "jakasampurna",
    "jatikeramat": "jatikramat",
    # landmarks
    "pondok gede permai": "jatirasa",
    "PGP": "jatirasa",
    "depan stasiun bekasi": "margamulya",
    "summarecon": "margamulya",
    "galaxy": "jakasetia",
    "wisma asri": "telukpucung",
    "kampung lebak": "telukpucung",
    "terminal bekasi": "margahayu",
    "kantor wali kota": "margajaya",
    "TPA Sumur Batu": "sumurbatu",
    "galaxy, pekayon": "pekayonjaya",
}

KECAMATAN = {
    "bekasi timur": "Bekasi Timur",
    "kecamatan bekasi utara": "Bekasi Utara",
    "rawa lumbu": "Rawalumbu",
    "pondok gede": "Pondokgede",
    "pndok gede": "Pondokgede",
    "pondok melati": "Pondokmelati",
    "kecamatan jatiasih": "Jatiasih",
    "kec. jatiasi": "Jatiasih",
    "kecamatan mustika jaya": "Mustikajaya",
    "kemang pratama": "Rawalumbu",
    "harapan indah": "Medansatria",
    "kranggan": "Jatisampurna",
    "kampung sawah": "Pondokmelati",
    "tpst bantargebang": "Bantargebang",
    "stasiun bekasi timur": "Bekasi Timur",
}

AMBIGUOUS = {
    "marga": ("margahayu", "margamulya"),
    "harapan": ("harapanbaru", "harapanjaya"),
    "bekasi selatan jaka": ("jakamulya", "jakasetia"),
    "bojong": ("bojongrawalumbu", "bojongmenteng"),
    "mustika": ("mustikajaya", "mustikasari"),
    "jatiraden atau jatiranggon": ("jatiraden", "jatiranggon"),
    "kranji bintara": ("kranji", "bintara"),
    # a name of both levels
    "mustika jaya": ("mustikajaya", "kec-mustikajaya"),
    "daerah jati asih": ("jatiasih", "kec-jatiasih"),
    "medan satria": ("medansatria", "kec-medansatria"),
    # what contradicts itself, and what only one source of ours says
    "jatirasa bekasi utara": ("jatirasa", "kec-bekasiutara"),
    "delta pekayon": ("pekayonjaya",),
    # beside a place that is not ours
    "kali baru cilincing": ("kalibaru",),
}

OUTSIDE = {
    "jati sari karawang": "kabupaten-karawang",
    "kali baru depok": "depok",
    "saya dari tambun": "kabupaten-bekasi",
    "tambun": "kabupaten-bekasi",
    "tambun selatan grand wisata": "kabupaten-bekasi",
    "kabupaten bekasi": "kabupaten-bekasi",
    "babelan": "kabupaten-bekasi",
    "cikarang barat": "kabupaten-bekasi",
    "jatimulya": "kabupaten-bekasi",
    "cakung": "dki-jakarta",
    "pondok kelapa": "dki-jakarta",
    "duren sawit": "dki-jakarta",
    "bintaro": "dki-jakarta",
    "saya di cibubur": "dki-jakarta",
    "cileungsi": "kabupaten-bogor",
    "gunung putri": "kabupaten-bogor",
    "villa nusa indah": "kabupaten-bogor",
    "depok": "depok",
}

NONE = [
    "",
    " ",
    "🙂",
    "bekasi",
    "kota bekasi",
    "kota bekasi ya pak",
    "jalan",
    "di sana",
    "tidak tahu",
    "di depan rumah saya",
    "sampah menumpuk di jalan depan rumah",
    "lampu mati sudah tiga hari",
    "jembatan",
    "pengaduan",
    "bintang",
    "sepanjang jalan",
    "kelurahan",
    "jati",
    "jalan raya bogor",
    "arah jakarta",
    "12345",
]


@pytest.mark.parametrize("said", MATCH)
def test_a_kelurahan_is_recognised(said: str) -> None:
    place = recognise(said)
    assert (place.result, place.area) == ("match", MATCH[said]), place
    area = city().area(MATCH[said])
    assert (place.kecamatan, place.kelurahan) == (area.kecamatan, area.kelurahan)


@pytest.mark.parametrize("said", KECAMATAN)
def test_a_kecamatan_alone_is_a_place_without_kelurahan(said: str) -> None:
    place = recognise(said)
    assert (place.result, place.kecamatan, place.kelurahan) == ("match", KECAMATAN[said], None), place
    assert place.area is not None and city().area(place.area).kecamatan == KECAMATAN[said]


@pytest.mark.parametrize("said", AMBIGUOUS)
def test_two_that_remain_are_asked_about(said: str) -> None:
    place = recognise(said)
    assert (place.result, place.candidates, place.area) == ("ambiguous", AMBIGUOUS[said], None), place


@pytest.mark.parametrize("said", OUTSIDE)
def test_a_place_beyond_the_border_is_referred(said: str) -> None:
    place = recognise(said)
    assert (place.result, place.outside) == ("outside", OUTSIDE[said]), place
    assert place.outside_name


@pytest.mark.parametrize("said", NONE)
def test_nothing_is_invented(said: str) -> None:
    assert recognise(said).result == "none", recognise(said)


@pytest.mark.parametrize("area", city().areas.values(), ids=lambda area: area.key)
def test_every_kelurahan_is_known_however_it_is_written(area: Area) -> None:
    official = area.kelurahan or ""
    for name in (official, area.spoken, area.spoken.lower(), area.spoken.replace(" ", "").lower(), f"kel. {official}"):
        found = recognise(name)
        if area.kelurahan in city().kecamatan and not name.startswith("kel."):
            assert found.candidates == (area.key, city().kecamatan_key(area.key)), "nobody can know which is meant"
        else:
            assert found.area == area.key
        assert recognise(f"di kelurahan {name}, kecamatan {area.kecamatan}").area == area.key


@pytest.mark.parametrize("area", city().kecamatan.values(), ids=lambda area: area.key)
def test_every_kecamatan_is_known(area: Area) -> None:
    for name in (area.kecamatan, area.spoken, *area.variants):
        place = recognise(f"kecamatan {name}")
        assert (place.area, place.kelurahan) == (area.key, None)


def test_every_landmark_is_where_it_is() -> None:
    for landmark in city().landmarks:
        for name in (landmark.name, *landmark.variants):
            found = recognise(name)
            if landmark.confirmed:
                assert found.area == landmark.area, name
            else:
                assert (found.result, found.candidates) == ("ambiguous", (landmark.area,)), name


def test_every_outside_place_is_outside() -> None:
    for referral in city().referrals.values():
        for name in referral.places:
            assert recognise(name).outside == referral.key, name


@pytest.mark.parametrize(
    "said", ["a" * 10_000, "jati bening baru " * 600, "pengaduan soal jembatan " * 420, "x y z " * 1700]
)
def test_ten_thousand_characters_are_read_quickly(said: str) -> None:
    recognise("warm up")
    start = time.thread_time()
    recognise(said)
    assert time.thread_time() - start < 0.5  # some milliseconds of this thread's own, whoever else is busy


@given(st.text(max_size=200))
def test_nothing_said_raises(said: str) -> None:
    assert recognise(said).result in ("match", "ambiguous", "outside", "none")


def shares(understood: Callable[[str], Place], mode: str) -> tuple[float, float]:
    """How many places by writers set apart are right, and how many wrong and certain."""
    found = [figures.placed(spot, understood(spot.text)) for spot in rows.spots("apart") if spot.mode == mode]
    return found.count("right") / len(found), found.count("wrong") / len(found)


@pytest.mark.parametrize("mode", ["spoken", "written"])
def test_places_by_writers_set_apart(mode: str) -> None:
    right, wrong = shares(recognise, mode)
    assert right >= 0.9 and wrong <= 0.02


@pytest.mark.parametrize(
    "fault", [Place("none"), Place("match", area="kranji", kelurahan="Kranji")], ids=["deaf", "rash"]
)
def test_who_understands_nothing_or_anything_is_found(fault: Place) -> None:
    right, wrong = shares(lambda _: fault, "written")
    assert right < 0.9 or wrong > 0.02
