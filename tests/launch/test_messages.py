"""The translations: compiled from all rooms' files, and compared with the code; planted faults are found."""

import gettext
from pathlib import Path

import pytest

from config.messages import MessageFault, compile_all, faults_of, messages_in_code, skeleton

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=1; plural=0;\\n"\n\n'


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, encoding="utf-8")


def translate(root: Path, room: str, **translations: str) -> None:
    entries = "\n".join(f'msgid "{text}"\nmsgstr "{words}"\n' for text, words in translations.items())
    write(root, f"locale/vi/{room}.po", HEAD + entries)


def found(root: Path) -> list[str]:
    return [str(fault) for fault in faults_of(root)]


def test_messages_are_found_in_python_and_in_templates(tmp_path: Path) -> None:
    write(
        tmp_path,
        "lantoa/training/actions.py",
        'a = _("One")\n\nb = Refused(\n    N_("Two"\n       " parts."), x=1)\n'
        'c = ngettext("a class", "%(n)d classes", n)\n'
        'd = pgettext("month", "May")\ne = translation.gettext_lazy("Five")\nf = _(variable)\n',
    )
    write(
        tmp_path,
        "lantoa/training/templates/training/page.html",
        '{% load i18n %}\n<p>{% translate "Six (six)" %}</p>\n'
        "{% blocktranslate trimmed with n=x %}\n  Seven {{ n }}\n  of 7 %\n{% endblocktranslate %}\n"
        "{% blocktranslate count n=x %}one{% plural %}{{ n }} many{% endblocktranslate %}\n"
        '{% include "c.html" with label=_("It\'s eight") %}',
    )
    assert [(said.line, said.context, said.text, said.plural) for said in messages_in_code(tmp_path)] == [
        (1, "", "One", ""),
        (4, "", "Two parts.", ""),
        (6, "", "a class", "%(n)d classes"),
        (7, "month", "May", ""),
        (8, "", "Five", ""),
        (2, "", "Six (six)", ""),
        (3, "", "Seven %(n)s of 7 %%", ""),
        (7, "", "one", "%(n)s many"),
        (8, "", "It's eight", ""),
    ]


def test_a_complete_translation_has_no_faults(tmp_path: Path) -> None:
    write(tmp_path, "lantoa/training/views.py", '_("Class %(code)s")')
    translate(tmp_path, "training", **{"Class %(code)s": "Lớp %(code)s"})
    assert found(tmp_path) == []


def test_planted_faults_are_named_with_their_places(tmp_path: Path) -> None:
    write(
        tmp_path,
        "lantoa/training/views.py",
        '\n_("Missing")\n_("Class %(code)s of %(n)d")\n_("Vague")\n_("Twice")',
    )
    translate(tmp_path, "training", **{"Class %(code)s of %(n)d": "Lớp %(ma)s", "Unused": "Thừa", "Twice": "Hai lần"})
    with open(tmp_path / "locale/vi/training.po", "a") as file:
        file.write('\n#, fuzzy\nmsgid "Vague"\nmsgstr "Mơ hồ"\n')
    translate(tmp_path, "web", Twice="Đôi")
    assert found(tmp_path) == [
        "lantoa/training/views.py:2: missing: 'Missing'",
        "lantoa/training/views.py:4: missing: 'Vague'",
        "locale/vi/training.po:4: placeholders: 'Class %(code)s of %(n)d'"
        " English has %(code)s %(n)d, Vietnamese has %(ma)s",
        "locale/vi/training.po:7: unused: 'Unused'",
        "locale/vi/training.po:13: fuzzy: 'Vague'",
        "locale/vi/web.po:4: contradiction: 'Twice' is 'Hai lần' in locale/vi/training.po:10",
    ]


def test_all_files_are_compiled_into_one(tmp_path: Path) -> None:
    translate(tmp_path, "training", Class="Lớp", Empty="")
    translate(tmp_path, "web", Page="Trang", Class="Lớp")
    assert compile_all(tmp_path / "locale") == 2
    with open(tmp_path / "locale/vi/LC_MESSAGES/django.mo", "rb") as file:
        said = gettext.GNUTranslations(file)
    assert [said.gettext(text) for text in ("Class", "Page", "Empty")] == ["Lớp", "Trang", "Empty"]
    assert [one.name for one in (tmp_path / "locale/vi/LC_MESSAGES").iterdir()] == ["django.mo"]


def test_a_contradiction_between_two_files_is_refused_naming_both(tmp_path: Path) -> None:
    translate(tmp_path, "training", Class="Lớp")
    translate(tmp_path, "web", Page="Trang", Class="Hạng")
    with pytest.raises(MessageFault) as refusal:
        compile_all(tmp_path / "locale")
    assert str(refusal.value) == (
        "Cannot compile the translations: 'Class' is 'Lớp' in locale/vi/training.po:4 and 'Hạng' in"
        " locale/vi/web.po:7. Make them the same, or give one a context (pgettext)."
    )


def test_the_skeleton_of_a_room_holds_what_it_lacks_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, "lantoa/training/views.py", '_("Known")\n_("New %(n)s")\n_("New %(n)s")')
    write(tmp_path, "lantoa/web/views.py", '_("Of another room")')
    translate(tmp_path, "training", Known="Biết")
    said = skeleton("training", tmp_path)
    assert said.split("\n\n", 1)[1] == (
        '#: lantoa/training/views.py:2 lantoa/training/views.py:3\n#, python-format\nmsgid "New %(n)s"\nmsgstr ""\n'
    )
