"""The habits of the house (docs/house.md), checked over all its code. A failure names file:line and the rule.

Exceptions stand in a list beside their rule, each with its reason. A list may not hold what is no exception any more.
"""

import ast
import re
from collections import Counter
from pathlib import Path

from django.apps import apps
from house.source import ROOT, Source, calls, decorators, imports, layer, public_functions, sources
from house.urls import all_urls

from lantoa.common.models import Thing
from lantoa.directory.permissions import PERMISSIONS


def nothing(found: list[str]) -> None:
    """Fails with one finding a line."""
    assert not found, "\n" + "\n".join(found)


# ---- rooms

WORDS_OF_OTHERS = {"services.py", "utils.py", "helpers.py", "signals.py", "receivers.py"}


def test_no_file_is_called_services_utils_or_signals() -> None:
    nothing([source.path for source in sources() if Path(source.path).name in WORDS_OF_OTHERS])


def test_nothing_happens_behind_a_signal() -> None:
    nothing(
        [
            source.at(node, "connects to a signal: call the action instead")
            for source in sources()
            for name, node in imports(source.tree)
            if name.startswith("django.db.models.signals.") or name == "django.dispatch.receiver"
        ]
    )


RELATIONS = {"ForeignKey", "OneToOneField", "ManyToManyField"}


def test_no_table_points_at_another_rooms_table_by_a_string() -> None:
    found = []
    for source in sources("lantoa"):
        for name, call in calls(source.tree):
            if name.rsplit(".", 1)[-1] not in RELATIONS:
                continue
            target = [*call.args[:1], *(word.value for word in call.keywords if word.arg == "to")]
            if target and isinstance(target[0], ast.Constant) and "." in str(target[0].value):
                found.append(source.at(call, f"points at {target[0].value!r} as a string: import the model"))
    nothing(found)


PURE = {"django", "psycopg", "config"}


def test_rules_know_no_django_no_database_and_no_settings() -> None:
    nothing(
        [
            source.at(node, f"rules import {name}")
            for source in layer("rules")
            for name, node in imports(source.tree)
            if name.split(".")[0] in PURE
        ]
    )


def test_rules_import_only_rules_and_the_pure_part_of_common() -> None:
    impure = {
        source.path.removesuffix(".py").replace("/", ".")
        for source in layer_of_common()
        if any(name.split(".")[0] in PURE for name, _ in imports(source.tree))
    }
    found = []
    for source in layer("rules"):
        for name, node in imports(source.tree):
            parts = name.split(".")
            if parts[0] != "lantoa" or "rules" in parts[2:3]:
                continue
            if parts[1] != "common" or ".".join(parts[:3]) in impure:
                found.append(source.at(node, f"rules import {name}"))
    nothing(found)


def layer_of_common() -> list[Source]:
    return [source for source in sources("lantoa") if source.room == "common"]


# ---- time

CLOCK = re.compile(
    r"(timezone\.(now|localdate|localtime)|(date|dt\.date|datetime\.date)\.today|datetime\.(now|today|utcnow)"
    r"|time\.time|time\.localtime)"
)
MAY_READ_THE_CLOCK = {"views", "management", "jobs", "tasks"}
READS_THE_CLOCK = {
    "lantoa/ledger/actions.py": "a line is written down at the moment it is written",
    "lantoa/directory/access.py": "rights are asked by pages; `today` is the clock of all of them",
    "lantoa/common/hot.py": "it answers devices as a page does: when something reached us is what counts",
    "lantoa/exams/hot.py": "it answers devices as a page does: when something reached us is what counts",
    "lantoa/workshops/hot.py": "it answers devices as a page does",
    "lantoa/workshops/hub.py": "it tells pages the centre's clock, as a page does",
    "lantoa/office/actions/worker.py": "the task that runs the jobs: it has no caller who could tell it the time",
}


def test_only_pages_commands_and_tasks_read_the_clock() -> None:
    found: dict[str, list[str]] = {}
    for source in sources("lantoa"):
        if source.layer.split("_")[0] in MAY_READ_THE_CLOCK:
            continue
        for name, call in calls(source.tree):
            converts = name in {"timezone.localtime", "timezone.localdate"} and call.args
            if CLOCK.fullmatch(name) and not converts:
                found.setdefault(source.path, []).append(source.at(call, f"reads the clock: {name}()"))
    nothing([line for path, lines in found.items() if path not in READS_THE_CLOCK for line in lines])


# ---- actions

ONE_BY_ONE = {
    "lantoa/ledger/actions.py record": "the line itself, written inside the transaction of its action",
    "lantoa/ledger/actions.py look": "one INSERT, on pages that change nothing else",
    "lantoa/training/actions/results.py decide_programme": "a transaction for each class, so that none waits for all",
    "lantoa/office/actions/retention.py forget_all_due": "a transaction for each kind of thing that is due",
    "lantoa/office/actions/imports.py keep_and_preview": "the file stays kept whatever its reading finds",
    "lantoa/office/actions/sent_files.py preview_sent": "the same",
    "lantoa/accounts/actions/__init__.py change_password": "a failed try stays counted though its change is undone",
    "lantoa/accounts/actions/codes.py confirm_codes": "the same",
    "lantoa/accounts/actions/codes.py new_recovery_codes": "the same",
    "lantoa/accounts/actions/codes.py turn_codes_off": "the same",
}


def test_actions_take_everything_by_name_and_happen_in_one_transaction() -> None:
    found = []
    for source in layer("actions"):
        for function in public_functions(source):
            arguments = function.args
            named = {one.arg for one in arguments.kwonlyargs}
            every = named | {one.arg for one in (*arguments.args, *arguments.posonlyargs)}
            if "by" not in every:
                continue
            if arguments.args or arguments.posonlyargs:
                found.append(source.at(function, f"{function.name} takes arguments by position"))
            if f"{source.path} {function.name}" not in ONE_BY_ONE and not _in_one_transaction(function):
                found.append(source.at(function, f"{function.name} is not one transaction.atomic"))
    nothing(found)


def _in_one_transaction(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Decorated, or everything it writes stands in a `with transaction.atomic()`."""
    inside = any(
        isinstance(node, ast.With)
        and any(ast.unparse(item.context_expr).startswith("transaction.atomic") for item in node.items)
        for node in ast.walk(function)
    )
    return inside or any(one.startswith("transaction.atomic") for one in decorators(function))


# ---- tables

NO_PUBLIC_ID = {
    "accounts.Throttle": "counts of tries, named by a hash",
    "api.Followed": "one row: how far the ledger has been read",
    "directory.Coverage": "says of a unit for which days it is known; nobody points at it",
    "directory.Lookalike": "a pair of people, forgotten at the next run",
    "directory.LookalikeRun": "a moment: one row",
    "directory.MergeStep": "a part of its merge",
    "directory.SuccessionLink": "a part of its succession",
    "exams.Aim": "a part of its version",
    "exams.Answer": "a line that nothing points at, named by attempt, device and sequence",
    "exams.LastSeen": "a line of its attempt, and of no account: it may be lost",
    "ledger.Look": "a line that nothing points at, named by its number",
    "ledger.Seal": "named by its number",
    "office.DayChange": "named by its day",
    "office.ImportRow": "a row of its import, named by its number",
    "programmes.Field": "a word of a list, named by its code",
    "workshops.Slide": "a page of its deck, named by its number",
    "workshops.SiteHeard": "a line of its site, and of no account: it may be lost",
    "workshops.SiteReport": "a line that nothing points at, named by roll call, site and nonce",
    "workshops.SiteState": "what stands of a site, written by the database",
    "workshops.Caption": "a line that nothing points at, named by its number",
    "pilots.Vote": "a voice for its pain point, of its person",
    "workshops.Vote": "a voice for its question, of its person",
    "workshops.Telling": "a line of its workshop, named by its number",
}


def test_every_table_has_a_public_id() -> None:
    without = [
        f"{model._meta.label}: {model.__module__.replace('.', '/')}.py: inherits Thing, or stands in NO_PUBLIC_ID"
        for model in apps.get_models()
        if model.__module__.startswith("lantoa.")
        and not issubclass(model, Thing)
        and model._meta.label not in NO_PUBLIC_ID
    ]
    nothing(without)


def test_the_list_of_tables_without_a_public_id_is_up_to_date() -> None:
    tables = {model._meta.label for model in apps.get_models() if not issubclass(model, Thing)}

    assert set(NO_PUBLIC_ID) - tables == set()


# ---- pages

NOT_OURS: dict[str, str] = {}  # addresses of the framework itself


def test_every_page_says_which_permission_it_needs() -> None:
    nothing(
        [
            f"{url.name} ({url.route}): its view is not decorated with @needs"
            for url in all_urls()
            if url.permission is None and url.name not in NOT_OURS
        ]
    )


def test_every_permission_opens_something() -> None:
    """A page asks for it with @needs, or a page or query names it beside its own."""
    asked = {url.permission for url in all_urls()}
    words = {
        node.value
        for source in sources("lantoa")
        if source.path != "lantoa/directory/permissions.py"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    nothing([name for name in PERMISSIONS if name not in asked and name not in words])


NAMED_BY_DJANGO = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}
NAMED = re.compile(r"""["']([\w./-]+\.(?:html|txt|svg|xml|typ|ics|json))["']""")
PIECE = re.compile(r"""template_of\(["'](\w+)["']\)""")  # a component that a tag renders itself
COMPONENT = re.compile(r"""{%\s*component\s+["'](\w+)["']""")


def test_every_template_is_used() -> None:
    templates = {
        path.relative_to(folder).as_posix(): path
        for folder in [ROOT / "templates", *sorted((ROOT / "lantoa").glob("*/templates"))]
        for path in folder.rglob("*")
        if path.is_file()
    }
    used = set(NAMED_BY_DJANGO)
    texts = [source.text for source in sources("lantoa")]
    texts += [path.read_text(encoding="utf-8") for path in templates.values()]
    for text in texts:
        used |= set(NAMED.findall(text))
        used |= {f"components/{name}.html" for name in (*COMPONENT.findall(text), *PIECE.findall(text))}
    unused = {name for name in templates if name not in used}
    nothing(sorted(templates[name].relative_to(ROOT).as_posix() for name in unused))


# ---- reading

LONGEST = 400
LONGER = {  # how long at most, and why it is not a folder yet
    "lantoa/common/pictures.py": (430, "one picture after the other, which share their drawing"),
    "lantoa/office/actions/imports.py": (470, "the life of one import: its steps share their locks"),
    "lantoa/office/rules/sheets/tables.py": (550, "how a table is found in any sheet: its steps share their words"),
    "lantoa/web/acts.py": (450, "a table: one line for each act of the ledger"),
    "lantoa/training/actions/plan.py": (460, "a programme file becomes rows in one order"),
}


def test_no_file_is_longer_than_one_can_read() -> None:
    nothing(
        [
            f"{source.path}: {lines} lines of code, at most {most}"
            for source in sources()
            for most, _ in [LONGER.get(source.path, (LONGEST, ""))]
            if (lines := _lines_of_code(source)) > most
        ]
    )


def _lines_of_code(source: Source) -> int:
    """Blank lines and comments are not counted."""
    return sum(1 for line in source.text.splitlines() if line.strip() and not line.strip().startswith("#"))


def test_every_module_says_what_it_is() -> None:
    nothing(
        [
            source.at(source.tree, "the module has no docstring")
            for source in sources()
            if source.text.strip() and not ast.get_docstring(source.tree)
        ]
    )


PAGES = {"views", "management", "urls", "migrations"}


def test_every_public_function_says_what_it_means() -> None:
    nothing(
        [
            source.at(function, f"{function.name} has no docstring")
            for source in sources()
            if source.layer.split("_")[0] not in PAGES
            for function in public_functions(source)
            if not ast.get_docstring(function)
        ]
    )


def test_no_test_replaces_our_own_code() -> None:
    replaced = re.compile(
        r"""(?:monkeypatch\.setattr|mocker\.patch|mock\.patch|@patch)\w*\(\s*["'](?:lantoa|config)"""
    )
    nothing(
        [
            f"{source.path}:{source.text.count(chr(10), 0, found.start()) + 1}: replaces our own code in a test"
            for source in sources("tests")
            for found in replaced.finditer(source.text)
        ]
    )


# ---- the lists themselves


def test_no_list_of_exceptions_names_a_file_that_is_gone() -> None:
    paths = {source.path for source in sources()}
    listed = {*READS_THE_CLOCK, *LONGER, *(name.split()[0] for name in ONE_BY_ONE)}

    assert listed - paths == set()


def test_every_url_has_a_name_of_its_own() -> None:
    counted = Counter(url.name for url in all_urls())

    nothing([name for name, count in counted.items() if count > 1 or not name])
