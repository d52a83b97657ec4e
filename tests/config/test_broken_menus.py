"""A city whose menus, or the texts that they need, do not fit together is refused with the line of every problem."""

import re
from pathlib import Path

import pytest
from city_files import Broken, copied, edited, names_the_line, problems

BROKEN: dict[str, Broken] = {
    "category of a menu": (
        "hotline.toml",
        'text = "topic_rubbish"\ncategory = "sampah"',
        'text = "topic_rubbish"\ncategory = "sampa"',
        1,
        "menu topic names category sampa, which is not defined",
    ),
    "menu that is asked": (
        "hotline.toml",
        'ask = "roads"',
        'ask = "road"',
        0,
        "menu topic asks menu road, which is not defined",
    ),
    "digit twice": (
        "hotline.toml",
        'digit = 2\ntext = "topic_rubbish"',
        'digit = 1\ntext = "topic_rubbish"',
        0,
        "menu topic has digit 1 twice",
    ),
    "digit left out": (
        "hotline.toml",
        'digit = 3\ntext = "topic_water"',
        'digit = 6\ntext = "topic_water"',
        0,
        "menu topic must have digit 3 here",
    ),
    "too many options": (
        "hotline.toml",
        "\n[[menus.roads]]",
        '\n[[menus.topic]]\ndigit = 6\ntext = "topic_other"\ncategory = "lainnya"\n\n[[menus.roads]]',
        0,
        "menu topic has 6 options, at most 5 can be remembered",
    ),
    "too many options in the root": (
        "hotline.toml",
        "\n[[menus.topic]]",
        '\n[[menus.root]]\ndigit = 7\ntext = "root_status"\ntalk = "status"\n\n[[menus.topic]]',
        0,
        "menu root has 7 options, at most 5 can be remembered",
    ),
    "option to nowhere": (
        "hotline.toml",
        'text = "topic_other"\nask = "other"',
        'text = "topic_other"',
        -2,
        "option 5 of menu topic needs one of category, ask, topic and talk",
    ),
    "option to two things": (
        "hotline.toml",
        'text = "topic_other"\nask = "other"',
        'text = "topic_other"\nask = "other"\ncategory = "lainnya"',
        -2,
        "option 5 of menu topic needs one of category, ask, topic and talk",
    ),
    "option to an unknown talk": (
        "hotline.toml",
        'talk = "proposal"',
        'talk = "proposals"',
        0,
        "menu root names talk proposals; there are emergency, information, proposal, report, status",
    ),
    "option to a talk that no menu may lead to": (
        "hotline.toml",
        'talk = "proposal"',
        'talk = "survey"',
        0,
        "menu root names talk survey",
    ),
    "option to an unknown topic": (
        "hotline.toml",
        'topic = "tax"',
        'topic = "taxes"',
        0,
        "menu money names topic taxes, which is not defined",
    ),
    "option of the root that reports at once": (
        "hotline.toml",
        'digit = 5\ntext = "root_proposal"\ntalk = "proposal"',
        'digit = 5\ntext = "root_proposal"\ncategory = "usulan"',
        -1,
        "option 5 of menu root has category, it needs talk",
    ),
    "option of the root that asks a menu": (
        "hotline.toml",
        'digit = 5\ntext = "root_proposal"\ntalk = "proposal"',
        'digit = 5\ntext = "root_proposal"\nask = "topic"',
        -1,
        "option 5 of menu root has ask, it needs talk",
    ),
    "option among the topics that informs": (
        "hotline.toml",
        'text = "roads_lights"\ncategory = "lampu-jalan"',
        'text = "roads_lights"\ntopic = "tax"',
        -2,
        "option 2 of menu roads has topic, it needs category",
    ),
    "option of the information that reports": (
        "hotline.toml",
        'topic = "tax"',
        'category = "lainnya"',
        -3,
        "option 1 of menu money has category, it needs topic",
    ),
    "key 1 of the root": (
        "hotline.toml",
        'digit = 1    # always the emergency\ntext = "root_emergency"\ntalk = "emergency"',
        'digit = 1\ntext = "root_emergency"\ntalk = "report"',
        2,
        "key 1 of the root is the emergency, always",
    ),
    "menu that leads back to itself": (
        "hotline.toml",
        'text = "roads_damage"\ncategory = "jalan-rusak"',
        'text = "roads_damage"\nask = "topic"',
        None,
        "menu topic leads back to itself",
    ),
    "menu that asks itself": (
        "hotline.toml",
        'topic = "tax"',
        'ask = "money"',
        -3,
        "menu money leads back to itself",
    ),
    "menu without its question": (
        "hotline.toml",
        "\n[[menus.money]]\ndigit = 1",
        "\n[[menus.costs]]\ndigit = 1",
        0,
        "text costs_ask is missing in [voice] of id.toml",
    ),
    "text of a root option": (
        "hotline.toml",
        'text = "root_status"',
        'text = "root_state"',
        0,
        "text root_state is missing in [menu] of id.toml",
    ),
    "text of an option": (
        "hotline.toml",
        'text = "topic_other"',
        'text = "topic_more"',
        0,
        "text topic_more is missing in [menu] of id.toml",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_city_names_the_line(tmp_path: Path, name: str) -> None:
    names_the_line(tmp_path, BROKEN[name])


@pytest.mark.parametrize("menu", ["root", "topic", "information"])
def test_a_menu_that_every_call_needs_is_missed(tmp_path: Path, menu: str) -> None:
    folder = copied(tmp_path)
    path = folder / "hotline.toml"
    path.write_text(path.read_text().replace(f"[[menus.{menu}]]", "[[menus.elsewhere]]"))
    found = [problem for problem in problems(folder) if f"menu {menu} is missing; every call needs it" in problem]
    assert len(found) == 1
    assert re.match(r"hotline.toml line \d+: ", found[0])


def test_without_any_menu_the_city_is_refused_and_not_half_loaded(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    path = folder / "hotline.toml"
    path.write_text(re.sub(r"\[\[menus\.\w+\]\]\n(?:.+\n)+", "", path.read_text()))
    assert any("menus: Field required" in problem for problem in problems(folder))


@pytest.mark.parametrize("id_", ["root_report", "topic_ask", "info_tax"])
def test_a_text_that_is_missing_in_every_language_is_missed(tmp_path: Path, id_: str) -> None:
    """The languages agree, so only what the city names shows it."""
    folder = copied(tmp_path)
    for path in (folder / "texts").glob("*.toml"):
        path.write_text(re.sub(rf"^{id_} = .*\n", "", path.read_text(), flags=re.M))
    found = problems(folder)
    assert len(found) == 2 * (2 if id_ == "info_tax" else 1)
    assert all(re.match(rf"hotline.toml line \d+: text {id_} is missing in", problem) for problem in found)


def test_the_emergency_stays_key_1_whatever_comes_first_in_the_file(tmp_path: Path) -> None:
    first = '[[menus.root]]\ndigit = 1    # always the emergency\ntext = "root_emergency"\ntalk = "emergency"\n\n'
    folder, _ = edited(tmp_path, "hotline.toml", first, "")
    found = "\n".join(problems(folder))
    assert "key 1 of the root is the emergency, always" in found
    assert "menu root must have digit 1 here" in found
