"""Addresses of the room: the resources from their declarations, then the pages."""

from django.urls import URLPattern, path

from lantoa.api.views import document, exports, subscriptions, systems
from lantoa.api.views.calling import Resource
from lantoa.api.views.operations import BASE, OPERATIONS, Operation, name_of

app_name = "api"


def _resources() -> list[URLPattern]:
    by_path: dict[str, list[Operation]] = {}
    for operation in OPERATIONS:
        by_path.setdefault(operation.path, []).append(operation)
    return [
        path(BASE + one.replace("{", "<str:").replace("}", ">"), Resource(operations), name=name_of(one))
        for one, operations in by_path.items()
    ]


urlpatterns: list[URLPattern] = [
    *_resources(),
    path(f"{BASE}<path:rest>", document.no_such_address, name="no_such_address"),
    path("api/", document.documentation, name="documentation"),
    path("api/openapi.json", document.openapi, name="openapi"),
    path("systems/", systems.systems, name="systems"),
    path("exports/", exports.exports, name="take_away"),
    path("exports/dictionary/", exports.dictionary, name="dictionary"),
    path("units/<str:key>/token/", systems.new_token, name="new_token"),
    path("units/<str:key>/subscription/", subscriptions.new_subscription, name="new_subscription"),
    path("subscriptions/<str:key>/", subscriptions.subscription, name="subscription"),
    path("tokens/<str:key>/revoke/", systems.revoke, name="revoke_token"),
]
