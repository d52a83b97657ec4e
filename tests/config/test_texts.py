"""Every sentence fits its text message and the ear of a caller; the lint finds those that do not. The numbers are those
of docs/menu-rules.md."""

import re
from pathlib import Path

import pytest
from city_files import copied, edited, line_of

from config import lint
from config.gsm7 import gsm7_length
from config.hotline import HERE, city


def test_the_shipped_sentences_pass() -> None:
    report = lint.examine()
    assert report.problems == []
    assert {code for code, _, _ in report.texts} == {menu.language for menu in report.menus} == {"id", "en"}
    assert {name for _, name, _ in report.texts} == set(city().languages["id"].sentences["sms"])
    assert max(length for _, _, length in report.texts) <= 160
    assert {menu.name for menu in report.menus} == {*city().menus, "root, flood", "root, own report"}
    assert all(menu.options <= 5 and menu.seconds <= menu.most for menu in report.menus)
    assert all(menu.first_seconds <= 8 for menu in report.menus)
    assert {name for _, name, _, _ in report.sentences} >= set(city().languages["id"].sentences["voice"])
    assert all(taken <= most <= 25 for _, _, taken, most in report.sentences)


def test_the_root_is_measured_as_it_is_heard() -> None:
    (root,) = [menu for menu in lint.examine().menus if (menu.language, menu.name) == ("id", "root")]
    said = (
        "Selamat siang, Layanan Warga Kota Bekasi. Keadaan darurat, tekan 1. | For English, press 8. | "
        "Melapor, tekan 2. | Cek laporan, tekan 3. | Informasi, tekan 4. | "
        "Usulan warga, tekan 5. | Berbicara dengan petugas, tekan 0. | Atau sebutkan keperluannya."
    )
    assert (root.options, root.syllables) == (5, lint.syllables("id", said))
    assert root.seconds == pytest.approx(lint.seconds("id", said))
    assert root.first_seconds == pytest.approx(lint.seconds("id", said[: said.index("| For") + 1]))


def test_what_the_city_says_of_itself_is_filled_in_once() -> None:
    assert city().text("id", "voice", "greeting") == "Selamat {daypart}, Layanan Warga Kota Bekasi."
    assert "1 1 2, gratis" in city().text("id", "voice", "emergency")
    assert city().text("en", "voice", "root_english") == "Untuk bahasa Indonesia, tekan 8. |"


def test_a_receipt_goes_out_at_night_and_a_status_waits() -> None:
    assert city().sms_class("SMS01") == "receipt"
    assert city().sms_class("SMS03") == "status"
    assert city().sms_class("") is None


@pytest.mark.parametrize(
    ("text", "length"),
    [("", 0), ("abc", 3), ("Rp 5 @ ñ", 8), ("{}[]~|^\\€", 18), ("’", None), ("🙂", None), ("a\n", 2)],
)
def test_gsm7_counts_extension_characters_twice(text: str, length: int | None) -> None:
    assert gsm7_length(text) == length


# -- planted faults ------------------------------------------------------------------------------------------------

CITY, ID, EN = "hotline.toml", "texts/id.toml", "texts/en.toml"
LONG = "Satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas dua belas tiga. "
TOLD = "Petugas menjawab setiap pertanyaan dengan senang hati pada jam kerja. " * 4
# What is planted: the rule, the file, what is there, what stands there instead, and what the lint says; and where, if
# not in the line of the fault: a menu is judged where it begins to be said.
FAULTS: dict[str, tuple[str, ...]] = {
    "V01 a menu of six": (
        CITY,
        "\n[[menus.roads]]",
        '\n[[menus.topic]]\ndigit = 6\ntext = "topic_other"\ncategory = "lainnya"\n\n[[menus.roads]]',
        "menu topic has 6 options, at most 5 can be remembered",
    ),
    "V01 a sentence of six": (
        ID,
        "Membatalkan laporan ini, tekan 5.",
        "Membatalkan laporan ini, tekan 5. | Petugas lain, tekan 6.",
        "[voice] status_menu has 6 options, at most 5 can be remembered",
    ),
    "V02 a key before its function": (ID, "Ya, tekan 1.", "Tekan 1 untuk ya.", "names a key before its function"),
    "V02 an English key before its function": (EN, "Yes, press 1.", "Press 1 for yes.", '(write "function, press 1")'),
    "V02 every key before its function": (
        ID,
        '"{function}, tekan {key}. |"',
        '"Tekan {key} untuk {function}. |"',
        "menu topic names a key before its function",
        'topic_ask = "',
    ),
    "V03 a gap": (ID, "Rekam ulang, tekan 3.", "Rekam ulang, tekan 4.", "has keys 1, 2, 4, which must ascend from 1"),
    "V03 a key twice": (ID, "Rekam ulang, tekan 3.", "Rekam ulang, tekan 2.", "has keys 1, 2, 2, which must ascend"),
    "V03 the second key first": (
        EN,
        "Yes, press 1. | No, press 2.",
        "No, press 2. | Yes, press 1.",
        "has keys 2, 1, which must ascend from 1",
    ),
    "V03 the officer first": (
        ID,
        "Laporan lain, tekan 1. | Berbicara dengan petugas, tekan 0.",
        "Berbicara dengan petugas, tekan 0. | Laporan lain, tekan 1.",
        "names key 0 before the last option",
    ),
    "V03 a menu with a gap": (
        CITY,
        'digit = 3\ntext = "topic_water"',
        'digit = 6\ntext = "topic_water"',
        "menu topic must have digit 3 here",
    ),
    "V04 a first option that comes late": (
        ID,
        'root_emergency = "',
        'root_emergency = "Bila ada orang yang sedang berada dalam bahaya, atau ',
        "menu root ends its first option after",
        'greeting = "',
    ),
    "V04 a root that takes too long": (
        ID,
        'root_proposal = "',
        'root_proposal = "Untuk menyampaikan atau mendukung sebuah gagasan atau pemikiran yang baik dan membangun, ',
        "menu root takes",
        'greeting = "',
    ),
    "V04 a root that takes too long with news of a report": (
        ID,
        'known_report = "',
        'known_report = "Kabar baik. ',
        "menu root, own report takes",
        'greeting = "',
    ),
    "V04 a menu that takes too long": (
        ID,
        'topic_ask = "',
        'topic_ask = "Sebutkan permasalahan yang ingin disampaikan kepada petugas. ',
        "menu topic takes 19.",
    ),
    "V04 options in a sentence that take too long": (
        ID,
        "{department} tutup, buka lagi",
        "{department} sedang tutup, buka lagi",
        "[voice] department_closed takes 18.1 s, 18 s are the limit",
    ),
    "V04 information that takes too long": (ID, 'info_tax = "', f'info_tax = "{TOLD}', "[voice] info_tax takes 2"),
    "V06 no pause": (ID, "Ya, tekan 1. |", "Ya, tekan 1.", "has two options without a pause between them"),
    "V06 no pause in any menu": (
        ID,
        '"{function}, tekan {key}. |"',
        '"{function}, tekan {key}."',
        "menu topic has two options without a pause between them",
        'topic_ask = "',
    ),
    "V09 a banned word": (ID, 'slower = "', 'slower = "Nomor SALAH, ', 'says "salah"'),
    "V09 a banned phrase": (ID, 'slower = "', 'slower = "Nomor tidak valid. ', 'says "tidak valid"'),
    "V09 a banned phrase over a comma": (
        ID,
        'goodbye = "',
        'goodbye = "Panggilan Anda, penting bagi kami. ',
        'says "panggilan anda penting bagi kami"',
    ),
    "V09 a banned English word": (EN, 'slower = "', 'slower = "Invalid. ', 'says "invalid"'),
    "V09 a banned word in a menu": (
        ID,
        'roads_damage = "',
        'roads_damage = "Error ',
        '[menu] roads_damage says "error"',
    ),
    "V09 a long sentence": (ID, 'slower = "', f'slower = "{LONG}', "has a sentence of 14 words, 12 are the limit"),
    "V09 a long option": (
        ID,
        'topic_other = "',
        'topic_other = "Segala sesuatu yang belum disebutkan dalam pilihan sebelum ini tadi itu juga ',
        "[menu] topic_other has a sentence of 13 words",
    ),
    "V09 addressed twice": (
        ID,
        'listen_intro = "',
        'listen_intro = "Bapak Ibu, silakan. ',
        '"bapak ibu" more than once',
    ),
    "V21 a sentence in one language": (
        EN,
        'listen_intro = "',
        'intro_listen = "',
        "[voice] listen_intro is missing",
        "[voice]\noption",
    ),
    "V21 a menu in one language": (
        EN,
        'topic_other = "',
        'topic_others = "',
        "[menu] topic_other is missing",
        "[menu]\ntopic",
    ),
    "V21 other fills": (
        EN,
        'first_answer = "You will get a first answer by {date}.',
        'first_answer = "',
        "differ in {date}",
    ),
    "V23 a notice that leaves no room": (
        ID,
        'notice = "Info',
        'notice = "Perhatian bagi semua warga Kota Bekasi tercinta, berikut sebuah info',
        "leaves less than 3 s for what is announced",
    ),
    "V23 a flood notice with a key that the root does not have": (
        ID,
        "Evakuasi, tekan 1.",
        "Evakuasi, tekan 7.",
        "[voice] flood_notice names key 7, which the root does not have",
    ),
    "V23 news with a key that the root does not have": (
        EN,
        "target {target}. For details, press 3.",
        "target {target}. For details, press 7.",
        "[voice] known_report names key 7, which the root does not have",
    ),
    "V26 a recording that is not announced": (
        ID,
        "Suara direkam untuk pesan ini. ",
        "",
        "without saying that it is recorded",
    ),
    "V26 an English recording that is not announced": (
        EN,
        "Your voice is recorded for this message. ",
        "",
        "asks to speak without saying that it is recorded",
    ),
    "V26 announced without a purpose": (
        ID,
        "Suara direkam untuk pesan ini",
        "Suara direkam",
        "[voice] record_message says that it records, and not what for",
    ),
    "V26 announced in English without a purpose": (
        EN,
        "You are recorded for this matter, please",
        "You are recorded, please",
        "[voice] record_again says that it records, and not what for",
    ),
    "V26 announced elsewhere": (ID, 'slower = "', 'slower = "Suara direkam. ', "speaks of recording without one"),
    "V26 announced at length": (
        ID,
        "Suara direkam untuk pesan ini",
        "Suara Bapak Ibu direkam untuk keperluan penanganan pesan ini",
        "s to say that it records, 3 s are the limit",
    ),
    "V36 a greeting of the mayor": (ID, "Layanan Warga {city}", "Wali Kota menyapa warga {city}", 'says "wali kota"'),
    "V36 a slogan": (ID, 'slower = "', 'slower = "Bekasi unggul. ', 'says "unggul"'),
    "V36 an English advert": (EN, 'slower = "', 'slower = "Follow us. ', 'says "follow us"'),
    "V36 a long greeting": (
        ID,
        "Layanan Warga {city}",
        "terima kasih telah menelepon Layanan Warga {city}",
        "the greeting has 9 words, 6 are the limit: the options come first",
    ),
    "a text message too long": (
        ID,
        'Pantau: {link} {hotline}" }    # reopened',
        'Pantau di tautan ini: {link} {hotline}" } #',
        "160 fit",
    ),
    "an English text message too long": (
        EN,
        'Track: {link} {hotline}" }    # reopened',
        'You find all the details of it at this address: {link} {hotline}" } #',
        "160 fit",
    ),
    "a character that texts do not have": (ID, "Mohon maaf, laporan", "Mohon maaf — laporan", "not GSM-7: —"),
    "a text without its sender": (
        ID,
        "{hotline}: laporan {number} diteruskan",
        "Laporan {number} diteruskan",
        "does not say 1500-444",
    ),
}
# Where the languages must agree before sentences are judged.
FAULTS_OF_BOTH = {
    "a fill of a text that nobody knows": (
        ("SMS02", "laporan {number}", "laporan {nomor}"),
        ("SMS02", "report {number}", "report {nomor}"),
        "[sms] SMS02 has {nomor}, whose longest fill is not known",
    ),
    "a fill of a sentence that nobody knows": (
        ("status_due", "{date}", "{tanggal}"),
        ("status_due", "{date}", "{tanggal}"),
        "[voice] status_due has {tanggal}, whose longest fill is not known",
    ),
    "V23 a notice without its time": (
        ("notice", "Info pukul {time}", "Info"),
        ("notice", "Notice at {time}", "Notice"),
        "[voice] notice must say {time} and {words}",
    ),
    "V23 a flood notice without its words": (
        ("flood_notice", ": {words}", ""),
        ("flood_notice", ": {words}", ""),
        "[voice] flood_notice must say {time} and {words}",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_the_lint_names_the_line(tmp_path: Path, name: str) -> None:
    file, before, after, expected, *elsewhere = FAULTS[name]
    folder, line = edited(tmp_path, file, before, after)
    if elsewhere:
        line = line_of((HERE / file).read_text(), elsewhere[0])
    found = lint.examine(folder).problems
    named = f"{Path(file).name} line {line}: "
    assert any(problem.startswith(named) and expected in problem for problem in found), found


@pytest.mark.parametrize("name", FAULTS_OF_BOTH)
def test_what_both_languages_have_is_found_in_both(tmp_path: Path, name: str) -> None:
    folder = copied(tmp_path)
    *planted, expected = FAULTS_OF_BOTH[name]
    for code, (id_, before, after) in zip(("id", "en"), planted, strict=True):
        path = folder / f"texts/{code}.toml"
        lines = path.read_text().splitlines(keepends=True)
        (at,) = [at for at, line in enumerate(lines) if line.startswith(f"{id_} = ")]
        assert before in lines[at]
        lines[at] = lines[at].replace(before, after)
        path.write_text("".join(lines))
    found = lint.examine(folder).problems
    assert len([problem for problem in found if expected in problem]) == 2, found


def test_every_rule_of_the_lint_is_planted() -> None:
    planted = {name.split()[0] for name in (*FAULTS, *FAULTS_OF_BOTH) if re.match(r"V\d\d ", name)}
    assert planted == {"V01", "V02", "V03", "V04", "V06", "V09", "V21", "V23", "V26", "V36"}


def test_the_command_prints_what_it_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert lint.main() == 0
    printed = capsys.readouterr().out
    assert "id  SMS01           152 of 160 characters" in printed
    assert re.search(r"^en  topic +5 options, +\d+ syllables, first option after +\d\.\d s, whole", printed, re.M)
    assert "The sentences nearest to their limit:" in printed
