"""Addresses of the room."""

from django.urls import URLPattern, path

from lantoa.accounts import views, views_openid

app_name = "accounts"
urlpatterns: list[URLPattern] = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("password/", views.change_password, name="change_password"),
    path("password/first/", views.first_password, name="first_password"),
    path("code/", views.code, name="code"),
    path("codes/", views.own_codes, name="own_codes"),
    path("sign-in/openid/", views_openid.begin, name="openid"),
    path("sign-in/openid/back/", views_openid.back, name="openid_back"),
    path("sign-in/openid/bind/", views_openid.bind, name="openid_bind"),
    path("l/<str:token>", views.personal_link, name="personal_link"),
    path("card/", views.card, name="card"),
]
