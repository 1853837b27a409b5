"""Home: the desk of whoever is signed in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lantoa.directory.access import needs
from lantoa.directory.permissions import SIGNED_IN


@needs(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "web/home.html")
