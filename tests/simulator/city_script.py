"""A short, lifelike hotline for the page's tests: menu, place by speech, recording, officer, number."""

from ivr.simulator.carrier import Carrier
from ivr.simulator.network.ledger import Message, new_sid

from .script import Script

VOICE = 'voice="Google.id-ID-Wavenet-A" language="id-ID"'
NUMBER = "123456786"
BREAK = '<break time="500ms"/>'


def say(*parts: str) -> str:
    return f"<Say {VOICE}>{BREAK.join(parts)}</Say>"


def ask(path: str, *parts: str, **attributes: str) -> str:
    given = {"numDigits": "1", "finishOnKey": "", "timeout": "5", "actionOnEmptyResult": "true"} | attributes
    return f'<Gather action="{path}" {" ".join(f"{k}={v!r}" for k, v in given.items())}>{say(*parts)}</Gather>'


ROOT = ask(
    "/turn/topic",
    "Selamat pagi, Layanan Warga Kota Bekasi. Keadaan darurat, tekan 1.",
    "Untuk melapor atau mengadu, tekan 2.",
    "Berbicara dengan petugas, tekan 0.",
)
TOPIC = ask("/turn/place", "Laporan tentang apa? Jalan atau lampu, tekan 1.", "Sampah, tekan 2.")
PLACE = ask(
    "/turn/record",
    "Di kelurahan mana? Sebutkan namanya.",
    "Untuk melewati, tekan bintang.",
    input="dtmf speech",
    language="id-ID",
)
RECORD = say(
    "Setelah nada, sebutkan masalahnya, alamat dan patokannya, lalu nama. Suara direkam untuk laporan ini.",
    "Jika selesai, tekan tanda pagar.",
) + ('<Record action="/turn/number" finishOnKey="#0" timeout="5" maxLength="120"/>')
NUMBERS = ask(
    "/turn/end",
    "Terima kasih. Nomor laporan Bapak Ibu: 1 2 3, 4 5 6, 7 8 6.",
    "Kami ulangi: 1 2 3, 4 5 6, 7 8 6. Nomor ini kami kirim lewat SMS.",
    "Laporan lain, tekan 1. Jika sudah cukup, silakan tutup telepon.",
)
OFFICER = say("Kami sambungkan dengan petugas.") + (
    '<Dial action="/turn/end" timeout="20"><Number url="/whisper">+62215550100</Number></Dial>'
)
WHISPER = ask("/whispered", "Telepon warga 1500-444.", "Untuk menerima, tekan 1.") + "<Hangup/>"


def city(script: Script, carrier: Carrier) -> None:
    """Fill in the answers; a kept report is texted to the caller."""

    def numbered(form: dict[str, str]) -> str:
        body = f"Laporan {NUMBER} Lampu jalan mati diterima. Jawaban 26 Nov. Cek {carrier.app_url}/t/k7Qm2xRt"
        carrier.deliver(Message(new_sid("SM"), "BEKASI", form["From"], body, "outbound-api", "queued"))
        return NUMBERS

    script.answers |= {
        "/voice/incoming": ROOT,
        "/turn/topic": lambda form: {"2": TOPIC, "0": OFFICER}.get(form["Digits"], ROOT),
        "/turn/place": PLACE,
        "/turn/record": RECORD,
        "/turn/number": numbered,
        "/turn/end": say("Terima kasih, Bapak Ibu.") + "<Hangup/>",
        "/whisper": WHISPER,
        "/whispered": lambda form: "" if form["Digits"] == "1" else "<Hangup/>",
    }


MAIL = f"""From: 1500444@hotline.invalid
To: dbmsda@bekasikota.invalid
Subject: Laporan 123-456-786: Lampu jalan mati, Kayuringin Jaya
X-Ticket: {NUMBER}
Content-Type: text/plain; charset=utf-8

Yth. Dinas Bina Marga dan Sumber Daya Air,

Ada laporan warga untuk Bapak Ibu.

Nomor laporan: 123-456-786
Kategori: Lampu jalan mati
Lokasi: Kel. Kayuringin Jaya, Kec. Bekasi Selatan
Diterima: Selasa, 24 November 2026, 09.12
Jawaban awal: Selasa, 24 November 2026, 15.12

Dengarkan rekaman (sampai 24 Desember 2026):
http://127.0.0.1:8000/recordings/8f1c2d
"""

TICKET = {
    "number": NUMBER,
    "category": "lampu-jalan",
    "department": "dbmsda",
    "area": "Kayuringin Jaya",
    "status": "forwarded",
    "priority": "P3",
    "channel": "voice",
    "created_at": "2026-11-24T02:12:00Z",
    "due_at": "2026-12-01T16:59:00Z",
    "reporter": "0812****1234",
    "deliveries": [{"kind": "email", "destination": "dbmsda", "state": "delivered"}],
    "history": [
        {
            "at": "2026-11-24T02:12:00Z",
            "by": "telepon",
            "action": "opened",
            "from": None,
            "to": "received",
            "why": {"rule": "lampu-jalan"},
        },
        {
            "at": "2026-11-24T02:13:00Z",
            "by": "hotline",
            "action": "moved",
            "from": "received",
            "to": "forwarded",
            "why": {},
        },
    ],
    "notes": [],
}
