"""The addresses of all apps, by string: the composition root imports none of them."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
