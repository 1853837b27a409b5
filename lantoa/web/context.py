"""What every page needs to know of the house and of its reader."""

from typing import Any

from django.http import HttpRequest


def house(request: HttpRequest) -> dict[str, Any]:
    """The navigation open to the reader and how the page shall look."""
    return {
        "navigation": [],
        "look": {"theme": request.COOKIES.get("theme", ""), "text": request.COOKIES.get("text", "")},
    }
