"""Addresses of the means of programmes: what units run, legal acts, money."""

from django.urls import URLPattern, path

from lantoa.programmes.views import acts, budget, budget_file, budgets, inventory, inventory_file

means: list[URLPattern] = [
    path("inventory/", inventory.inventory, name="inventory"),
    path("inventory/file/", inventory_file.inventory_file, name="inventory_file"),
    path("inventory/<slug:key>/", inventory.unit_inventory, name="unit_inventory"),
    path("inventory/<slug:key>/new/", inventory.new_system, name="new_system"),
    path("inventory/<slug:key>/load/", inventory_file.load_inventory, name="load_inventory"),
    path("inventory/<slug:key>/expected/", inventory.declare, name="declare_expected"),
    path("inventory/<slug:unit>/take/<slug:key>/", inventory.take, name="take_system"),
    path("systems/<slug:key>/", inventory.system, name="system"),
    path("systems/<slug:key>/change/", inventory.change_system, name="change_system"),
]
means += [
    path("acts/", acts.acts, name="acts"),
    path("acts/new/", acts.new_act, name="new_act"),
    path("acts/<slug:key>/", acts.act, name="act"),
    path("acts/<slug:key>/change/", acts.change, name="change_act"),
    path("acts/<slug:key>/rests/", acts.rests, name="rests_on_act"),
    path("acts/<slug:key>/relate/", acts.relate, name="relate_act"),
    path("acts/<slug:key>/keep/", acts.keep_file, name="keep_act_file"),
    path("acts/<slug:key>/file/", acts.act_file, name="act_file"),
    path("act-relations/<slug:key>/remove/", acts.unrelate, name="unrelate_act"),
]
means += [
    path("budgets/", budgets.budgets, name="budgets"),
    path("budgets/amounts/", budgets.entries, name="budgets_entries"),
    path("budgets/file/", budgets.budgets_file, name="budgets_file"),
    path("programmes/<slug:key>/budget/", budget.budget, name="budget"),
    path("programmes/<slug:key>/budget/amounts/", budget.entries, name="budget_entries"),
    path("programmes/<slug:key>/budget/new/", budget.new_line, name="new_budget_line"),
    path("programmes/<slug:key>/budget/file/", budget_file.budget_file, name="budget_file"),
    path("programmes/<slug:key>/budget/load/", budget_file.load_budget, name="load_budget"),
    path("budget-lines/<slug:key>/enter/", budget.amount, name="enter_amount"),
    path("amounts/<slug:key>/counter/", budget.counter, name="counter_amount"),
]
