"""Programmes and courses."""

from typing import Final

from lantoa.common.refused import N_
from lantoa.competence.models import Course, Material, Topic
from lantoa.programmes.models import (
    BudgetEntry,
    BudgetLine,
    ExpectedList,
    LegalAct,
    Measurement,
    Partner,
    Programme,
    Reporting,
    System,
    Target,
)
from lantoa.programmes.words_inventory import kind_words
from lantoa.web.queries.things.kind import Kind, at

KINDS: Final = (
    Kind(
        Programme,
        N_("programme"),
        "unit",
        "programmes.view",
        lambda row: row.name,
        page=at("training:programme"),
    ),
    Kind(Target, N_("target"), "unit", "programmes.view", lambda row: row.code, page=at("programmes:target")),
    Kind(
        Measurement,
        N_("figure of a target"),
        "target__unit",
        "programmes.view",
        lambda row: row.target.code,
        page=at("programmes:target", "target"),
        joins=("target",),
    ),
    Kind(
        Reporting,
        N_("reporting campaign"),
        "unit",
        "programmes.manage",
        lambda row: row.title,
        page=at("programmes:reporting"),
    ),
    Kind(
        BudgetLine,
        N_("budget line"),
        "programme__unit",
        "programmes.view",
        lambda row: str(row.year),
        page=at("programmes:budget", "programme"),
        joins=("programme",),
    ),
    Kind(
        BudgetEntry,
        N_("amount of a budget"),
        "line__programme__unit",
        "programmes.view",
        lambda row: f"{row.day:%d/%m/%Y}",
        page=at("programmes:budget_entries", "line.programme"),
        joins=("line__programme",),
    ),
    Kind(
        LegalAct,
        N_("legal act"),
        "unit",
        "programmes.view",
        lambda row: row.decision.number,
        page=at("programmes:act"),
        joins=("decision",),
    ),
    Kind(
        System,
        N_("platform or infrastructure"),
        "unit",
        "programmes.view",
        lambda row: kind_words(row.kind),
        page=at("programmes:system"),
    ),
    Kind(
        ExpectedList,
        N_("list of what units are to run"),
        "unit",
        "programmes.view",
        lambda row: f"{row.since:%d/%m/%Y}",
        page=at("programmes:unit_inventory", "unit"),
        joins=("unit",),
    ),
    Kind(Partner, N_("partner"), "programme__unit", "programmes.view", lambda row: row.name),
    Kind(Course, N_("course"), "unit", "programmes.view", lambda row: row.title, page=at("competence:course")),
    Kind(
        Topic,
        N_("topic"),
        "course__unit",
        "programmes.view",
        lambda row: row.title,
        page=at("competence:course", "course"),
        joins=("course",),
    ),
    Kind(
        Material,
        N_("material"),
        "topic__course__unit",
        "programmes.view",
        lambda row: row.title,
        page=at("competence:course", "topic.course"),
        joins=("topic__course",),
    ),
)
