"""Questions nobody wrote an answer for get the nearest one, or the number of whoever knows; what is somebody else's is
kept and says whom to call."""

import pytest
from people import House, Resident, use


@pytest.fixture
def ani(house: House) -> Resident:
    use(SMS_DUA_ARAH="true")
    return Resident(house)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("nomor pln berapa ya", "hubungi PLN 123."),
        ("nomor polsek bekasi barat ada?", "hubungi Polisi 110."),
        ("nomor jasa marga berapa ya kak", "hubungi Jasa Marga 14080 (belum pasti)."),
        ("jadwal truk sampah hari apa", "itu urusan DLH."),
        ("bayar pbb dimana", "PBB dibayar di bank"),
    ],
)
def test_a_question_opens_no_report(ani: Resident, question: str, answer: str) -> None:
    ani.texts(question)
    ani.house.work()
    assert ani.house.tickets() == [] and answer in ani.inbox[-1]


def test_what_is_the_power_company_s_is_kept_and_says_whom_to_call(ani: Resident) -> None:
    ani.texts("listrik mati di jatiasih dari jam 3 sore")
    ani.house.work()
    ticket = ani.house.ticket()
    assert (ticket["department"], ticket["category"]) == ("call-centre", "lainnya")
    assert f"Laporan {ticket['number']} tercatat. Agar cepat, hubungi juga PLN 123;" in ani.inbox[-1]


def test_a_street_lamp_is_the_city_s(ani: Resident) -> None:
    ani.texts("lampu jalan mati di margahayu")
    ani.house.work()
    assert ani.house.ticket()["department"] == "dishub" and "PLN" not in ani.inbox[-1]


def test_a_number_is_asked_for_in_any_words(ani: Resident) -> None:
    ani.texts("minta nomer pemadam dong")
    ani.house.work()
    assert ani.house.tickets() == [] and "hubungi pemadam 113." in ani.inbox[-1]
