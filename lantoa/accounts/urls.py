"""Addresses of the room."""

from django.urls import URLPattern, path

from lantoa.accounts import views

app_name = "accounts"
urlpatterns: list[URLPattern] = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("password/", views.change_password, name="change_password"),
    path("password/first/", views.first_password, name="first_password"),
    path("l/<str:token>", views.personal_link, name="personal_link"),
    path("card/", views.card, name="card"),
]
