"""Text into clean values: a site, a list of sites, what is looked for among them."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form
from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory.models import Person
from lantoa.directory.rules.people import Known
from lantoa.programmes.queries import unit_called, unit_in_words
from lantoa.training.rules.roster.numbers import read_phone
from lantoa.workshops.forms import CODE
from lantoa.workshops.models import Site, Workshop
from lantoa.workshops.queries.people import namesakes
from lantoa.workshops.rules.people import ADD, NewPerson, who_is
from lantoa.workshops.rules.times import known_zones
from lantoa.workshops.rules.words import COUNTRIES, LANGUAGES, ZONES

PEOPLE: Final = ("operator", "deputy")


class FindSiteForm(Form):
    """One site of many, by what somebody says on the telephone."""

    q = forms.CharField(label=_("Code or name of the site"), max_length=100, required=False)


class FindSitesForm(FindSiteForm):
    """Which sites to show."""

    under = forms.ChoiceField(label=_("Under the site"), required=False)
    without = forms.ChoiceField(
        label=_("Which"),
        required=False,
        choices=[("", _("All")), ("operator", _("without an operator")), ("unit", _("without a unit"))],
    )

    def __init__(self, *args: Any, roots: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if roots:
            self.fields["under"].choices = [("", gettext("All")), *roots]  # type: ignore[attr-defined]
        else:
            del self.fields["under"]


class SitesFileForm(Form):
    """A list of sites."""

    file = forms.FileField(label=_("File"))


class PhoneField(forms.CharField):
    """A telephone number, kept as +84…."""

    def clean(self, value: Any) -> str:
        """Empty, or a number that can be one."""
        text = super().clean(value)
        number, _remarks = read_phone(text)
        if text and not number:
            raise ValidationError(gettext("“%(value)s” is no telephone number.") % {"value": text[:40]})
        return number


class SiteForm(Form):
    """A site by hand. Whoever of the same name may be meant is asked for, never assumed."""

    name = forms.CharField(label=_("Name of the site"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    code = forms.CharField(label=_("Code of the site"), max_length=40, validators=[CODE])
    above = forms.CharField(
        label=_("Code of the site above"),
        max_length=40,
        required=False,
        help_text=_("Whoever answers for that one answers for this one too. Left empty, it stands at the top."),
    )
    place = forms.IntegerField(
        label=_("Order of protocol"),
        min_value=1,
        max_value=999_999,
        required=False,
        help_text=_("Left empty, after the last one."),
    )
    unit = forms.CharField(
        label=_("Unit"),
        max_length=600,
        required=False,
        help_text=_("By its name on that day, the smallest first: Quận 9, Thành phố Hồ Chí Minh"),
    )
    country = forms.ChoiceField(label=_("Country"), choices=[(code, _(name)) for code, name in COUNTRIES.items()])
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    operator = forms.CharField(label=_("Operator"), max_length=100, required=False)
    operator_phone = PhoneField(label=_("Telephone of the operator"), max_length=30, required=False)
    deputy = forms.CharField(label=_("Deputy"), max_length=100, required=False)
    deputy_phone = PhoneField(label=_("Telephone of the deputy"), max_length=30, required=False)
    phone = PhoneField(label=_("Telephone of the room"), max_length=30, required=False)
    equipment = forms.CharField(label=_("Equipment"), max_length=300, required=False)
    line = forms.CharField(
        label=_("Internet line"), max_length=100, required=False, help_text=_("Fibre 100 Mbit/s, 4G …")
    )
    seats = forms.IntegerField(label=_("Seats"), min_value=0, max_value=999_999, required=False)
    expected = forms.IntegerField(label=_("People expected"), min_value=0, max_value=999_999, required=False)
    language = forms.ChoiceField(label=_("Language"))

    def __init__(self, *args: Any, workshop: Workshop, site: Site | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = values_of(site) if site else {"country": "VN", "language": workshop.languages[0]}
        super().__init__(*args, **kwargs)
        self.workshop, self.site = workshop, site
        self.on = timezone.localdate(workshop.during.lower)
        self.fields["language"].choices = [(one, gettext(LANGUAGES[one])) for one in workshop.languages]  # type: ignore[attr-defined]
        for who in PEOPLE:  # there only when somebody has to say who is meant
            if self.data.get(f"{who}_is"):
                self._ask(who, [])

    def _ask(self, who: str, people: list[Known]) -> None:
        label = gettext("Who is meant as operator?") if who == "operator" else gettext("Who is meant as deputy?")
        said = [
            (one.key, " · ".join(filter(None, (one.full_name, str(one.birth or ""), one.phone)))) for one in people
        ]
        self.fields[f"{who}_is"] = forms.CharField(
            label=label,
            required=False,
            widget=forms.RadioSelect(choices=[*said, (ADD, gettext("somebody else, not on record yet"))]),
        )

    def clean_above(self) -> Site | None:
        """The site of the code."""
        code = self.cleaned_data["above"]
        if not code:
            return None
        found = self.workshop.sites.filter(code=code).first()
        if found is None:
            raise ValidationError(gettext("The workshop has no site of the code %(code)s.") % {"code": code})
        return found

    def clean_unit(self) -> Any:
        """The unit of the name."""
        text = self.cleaned_data["unit"]
        try:
            return unit_called(text, on=self.on) if text else None
        except Refused as reason:
            raise ValidationError(say(reason)) from reason

    def clean(self) -> dict[str, Any]:
        """Whoever looks after the site: on record, or new, or to be asked for."""
        values = super().clean() or {}
        if not self.errors:
            for who in PEOPLE:
                values[who] = self._person(who, values)
        return values

    def _person(self, who: str, values: dict[str, Any]) -> Person | NewPerson | None:
        name, phone, unit = values[who], values[f"{who}_phone"], values["unit"]
        now = getattr(self.site, who) if self.site else None
        if not name:
            return None
        if now is not None and (now.full_name, now.phone) == (name, phone or now.phone):
            return now  # type: ignore[no-any-return]
        named = (name, phone, unit.pk if unit else None)
        meant = who_is(*named, namesakes([named])[named])
        if meant.kind == "known":
            return Person.objects.get(key=meant.people[0].key)
        if meant.kind == "doubtful":
            said = self.data.get(f"{who}_is", "")
            if said in {one.key for one in meant.people}:
                return Person.objects.get(key=said)
            if said != ADD:
                self._ask(who, list(meant.people))
                self.add_error(f"{who}_is", gettext("Somebody of this name is on record. Say who is meant."))
                return None
        return NewPerson(name, phone)

    def facts(self) -> dict[str, Any]:
        """The values that both adding and changing take."""
        named = (
            "name", "name_en", "code", "above", "place", "unit", "country", "address", "operator", "deputy", "phone",
            "equipment", "line", "seats", "expected", "language",
        )  # fmt: skip
        values = {name: self.cleaned_data[name] for name in named}
        values["expected"] = values["expected"] or 0
        values["zone"] = self._zone(values["country"])
        if values["place"] is None:
            del values["place"]
        return values

    def _zone(self, country: str) -> str:
        if self.site is not None and self.site.country == country and self.site.zone in known_zones():
            return self.site.zone
        zone = ZONES.get(country, self.workshop.zone)
        return zone if zone in known_zones() else self.workshop.zone


def values_of(site: Site) -> dict[str, Any]:
    """A site as its form shows it."""
    on = timezone.localdate(site.workshop.during.lower)
    values: dict[str, Any] = {
        name: getattr(site, name)
        for name in (
            "name", "name_en", "code", "place", "country", "address", "phone", "equipment", "line", "seats",
            "expected", "language",
        )
    }  # fmt: skip
    for who in PEOPLE:
        person = getattr(site, who)
        values |= {who: person.full_name, f"{who}_phone": person.phone} if person else {}
    values["above"] = site.above.code if site.above else ""
    values["unit"] = unit_in_words(site.unit, on=on) if site.unit else ""
    return values
