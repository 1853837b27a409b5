"""Addresses of targets, figures and campaigns."""

from django.urls import URLPattern, path

from lantoa.programmes.views import figures, owing, plan, shares
from lantoa.programmes.views import reporting as campaigns
from lantoa.programmes.views import targets as pages

targets: list[URLPattern] = [
    path("targets/", pages.targets, name="targets"),
    path("targets/new/", pages.new_target, name="new_target"),
    path("targets/<slug:key>/", pages.target, name="target"),
    path("targets/<slug:key>/change/", pages.change, name="change_target"),
    path("targets/<slug:key>/retire/", pages.retire, name="retire_target"),
    path("targets/<slug:key>/units/", shares.share, name="share_target"),
    path("targets/<slug:key>/before/", shares.forebears, name="target_forebears"),
    path("targets/<slug:key>/report/", figures.report, name="report_figure"),
    path("figures/", figures.waiting, name="waiting"),
    path("figures/<slug:key>/", figures.review, name="review_figure"),
    path("reporting/", campaigns.reportings, name="reportings"),
    path("reporting/new/", campaigns.new_reporting, name="new_reporting"),
    path("reporting/<slug:key>/", campaigns.reporting, name="reporting"),
    path("reporting/<slug:key>/ask/", campaigns.ask, name="ask_figures"),
    path("reporting/<slug:key>/deadline/", campaigns.deadline, name="reporting_deadline"),
    path("reporting/<slug:key>/close/", campaigns.close, name="close_reporting"),
    path("reporting/<slug:key>/remind/", campaigns.remind, name="remind_figures"),
    path("reporting/<slug:key>/sheet/", campaigns.sheet, name="figures_sheet"),
    path("reporting/<slug:key>/load/", campaigns.load, name="load_figures"),
    path("reports/", owing.owed, name="owed"),
    path("reports/<slug:key>/<slug:unit>/sheet/", owing.owed_sheet, name="owed_sheet"),
    path("reports/<slug:key>/<slug:unit>/load/", owing.load_owed, name="load_owed"),
    path("plan/<slug:key>/", plan.plan, name="plan"),
    path("plan/<slug:key>/report/", plan.draft, name="draft_plan"),
]
