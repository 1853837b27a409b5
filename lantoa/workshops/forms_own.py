"""Text into clean values: what whoever answers for a site says of it themselves."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form
from lantoa.workshops.forms_sites import PhoneField


class OwnSiteForm(Form):
    """Equipment and line of one's own site."""

    equipment = forms.CharField(label=_("Equipment"), max_length=300, required=False)
    line = forms.CharField(label=_("Internet line"), max_length=100, required=False)
    phone = PhoneField(label=_("Telephone of the room"), max_length=40, required=False)
    seats = forms.IntegerField(label=_("Seats"), min_value=0, max_value=999_999, required=False)
