"""What is typed about units, people and roles, made into clean values."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lantoa.accounts.rules import good_username
from lantoa.common.forms import Form
from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory.models import Gender, Level, Person, Role
from lantoa.directory.rules.people import Birth, NewPerson, birth, id_number, person_name, phone_number


class UnitSearch(Form):
    """Words of a unit's name."""

    q = forms.CharField(label=_("Name of a unit, as it is or was called"), required=False, max_length=120)


class UnderFilter(Form):
    """A level, and words of a name."""

    level = forms.ChoiceField(
        label=_("Level"),
        required=False,
        choices=[
            ("", _("All levels")),
            (Level.PROVINCE, _("Provinces and cities")),
            (Level.DISTRICT, _("Districts")),
            (Level.COMMUNE, _("Communes and wards")),
            (Level.AGENCY, _("Agencies")),
        ],
    )
    q = forms.CharField(label=_("Name"), required=False, max_length=120)


class PeopleFilter(Form):
    """Words of a person's name."""

    q = forms.CharField(label=_("Name of a person"), required=False, max_length=100)


class PersonForm(Form):
    """What is known of a person."""

    full_name = forms.CharField(
        label=_("Full name"),
        help_text=_("Family name first, as in the identity card."),
        max_length=100,
        error_messages={"required": _("Enter the person's full name")},
    )
    birth_day = forms.IntegerField(label=_("Day of birth"), required=False, min_value=1, max_value=31)
    birth_month = forms.IntegerField(label=_("Month of birth"), required=False, min_value=1, max_value=12)
    birth_year = forms.IntegerField(
        label=_("Year of birth"),
        required=False,
        min_value=1900,
        max_value=2100,
    )
    gender = forms.ChoiceField(
        label=_("Gender"),
        required=False,
        choices=[(Gender.UNKNOWN, _("Not said")), (Gender.FEMALE, _("Female")), (Gender.MALE, _("Male"))],
    )
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=30)
    email = forms.EmailField(label=_("Email"), required=False)
    id_number = forms.CharField(
        label=_("Citizen's number"),
        help_text=_(
            "Only used to recognise the person again; the number itself is not kept, only its last 3 digits."
        ),
        required=False,
        max_length=20,
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on

    def clean_full_name(self) -> str:
        return _or_error(person_name, self.cleaned_data["full_name"])

    def clean_phone(self) -> str:
        return _or_error(phone_number, self.cleaned_data["phone"])

    def clean_id_number(self) -> str:
        number: str = self.cleaned_data["id_number"]
        return _or_error(id_number, number) if number else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        parts = [data.get(name) for name in ("birth_year", "birth_month", "birth_day")]
        try:
            data["birth"] = birth(*parts, on=self.on)
        except Refused as refused:
            self.add_error("birth_year", say(refused))
        return data

    @property
    def birth(self) -> Birth:
        born: Birth = self.cleaned_data["birth"]
        return born


class CorrectionForm(PersonForm):
    """What is known of a person, and why it is corrected; what stood there before is kept."""

    reason = forms.CharField(
        label=_("Why it is corrected"),
        help_text=_("What stood there before is kept and shown on the person's page."),
        required=False,
        max_length=300,
    )


class NewPersonForm(PersonForm):
    """A person and their post in the unit of the page."""

    post_title = forms.CharField(label=_("Post in this unit"), required=False, max_length=200)
    since = forms.DateField(
        label=_("In this post since"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Enter the day since which the person has this post")},
    )
    although_known = forms.BooleanField(label=_("This is somebody else: add a new person"), required=False)

    def new_person(self, unit_id: int) -> NewPerson:
        data = self.cleaned_data
        return NewPerson(
            full_name=data["full_name"],
            birth=self.birth,
            gender=data["gender"],
            phone=data["phone"],
            email=data["email"],
            id_number=data["id_number"],
            unit_id=unit_id,
            post_title=data["post_title"],
        )


def person_values(person: Person) -> dict[str, Any]:
    """The initial values of `PersonForm` for someone known."""
    fields = ("full_name", "birth_day", "birth_month", "birth_year", "gender", "phone", "email")
    return {field: getattr(person, field) for field in fields}


class PostForm(Form):
    """A post: where, as what, since when."""

    unit = forms.CharField(
        label=_("Unit"),
        help_text=_("For example: Phường Phước Long A, Quận 9"),
        max_length=300,
        error_messages={"required": _("Enter the unit")},
    )
    title = forms.CharField(label=pgettext_lazy("of a person", "Post"), required=False, max_length=200)
    since = forms.DateField(
        label=_("Since"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Enter the day since which the person has this post")},
    )


class EndPostForm(Form):
    """The first day on which a post no longer holds."""

    on = forms.DateField(
        label=_("First day without this post"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Enter the day")},
    )


class TransferForm(Form):
    """Which post ends, where the next one begins, as what and from when."""

    post = forms.ChoiceField(
        label=_("The post that ends"), error_messages={"required": _("Choose the post that ends")}
    )
    unit = forms.CharField(
        label=_("Receiving unit"),
        help_text=_("For example: Phường Phước Long A, Quận 9"),
        max_length=300,
        error_messages={"required": _("Enter the unit")},
    )
    title = forms.CharField(label=_("Post in the new unit"), required=False, max_length=200)
    on = forms.DateField(
        label=_("First day in the new unit"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Enter the day")},
    )

    def __init__(self, *args: Any, posts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["post"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = posts
        if len(posts) == 1:
            self.initial["post"] = posts[0][0]


class LeaveForm(Form):
    """The first day out of office."""

    on = forms.DateField(
        label=_("First day out of office"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Enter the day")},
    )


ROLE_NAMES = {
    Role.ADMINISTRATOR: _("Administrator"),
    Role.PROGRAMME_OFFICER: _("Programme officer"),
    Role.UNIT_COORDINATOR: _("Unit coordinator"),
    Role.LECTURER: _("Lecturer"),
    Role.SITE_OPERATOR: _("Site operator"),
    Role.LEARNER: _("Learner"),
    Role.AUDITOR: _("Auditor"),
}


def _role_field() -> forms.ChoiceField:
    """None is chosen beforehand: the first would be the administrator."""
    return forms.ChoiceField(
        label=_("Role"),
        choices=[("", _("Choose a role")), *ROLE_NAMES.items()],
        error_messages={"required": _("Choose a role")},
    )


class GrantForm(Form):
    """Whom to give which role."""

    username = forms.CharField(
        label=_("Username of the account"), max_length=80, error_messages={"required": _("Enter a username")}
    )
    role = _role_field()


class NewAccountForm(Form):
    """Who gets an account, and the role it has."""

    full_name = forms.CharField(
        label=_("Full name"), max_length=100, error_messages={"required": _("Enter the person's full name")}
    )
    username = forms.CharField(
        label=_("Username"),
        help_text=_("What they type to sign in: 2 to 80 letters a-z without marks, digits and . _ - @ +"),
        max_length=80,
        error_messages={"required": _("Enter a username")},
    )
    email = forms.EmailField(label=_("Email"), help_text=_("If they have one."), required=False)
    role = _role_field()

    def clean_full_name(self) -> str:
        return _or_error(person_name, self.cleaned_data["full_name"])

    def clean_username(self) -> str:
        return _or_error(good_username, self.cleaned_data["username"])


class RenameForm(Form):
    """Another name to sign in with."""

    username = forms.CharField(
        label=_("Username"),
        help_text=_("What they type to sign in: 2 to 80 letters a-z without marks, digits and . _ - @ +"),
        max_length=80,
        error_messages={"required": _("Enter a username")},
    )


class SubjectForm(Form):
    """Who the account is for the provider."""

    subject = forms.CharField(
        label=_("Identifier (sub) at the provider"),
        help_text=_("The provider's administrator tells it. It opens this account and gives no right."),
        max_length=255,
        error_messages={"required": _("Enter the identifier")},
    )


def _or_error(clean: Any, value: str) -> str:
    try:
        return str(clean(value))
    except Refused as refused:
        raise forms.ValidationError(say(refused)) from refused


__all__ = [
    "ROLE_NAMES",
    "CorrectionForm",
    "EndPostForm",
    "GrantForm",
    "LeaveForm",
    "NewAccountForm",
    "NewPersonForm",
    "PeopleFilter",
    "PersonForm",
    "PostForm",
    "RenameForm",
    "SubjectForm",
    "TransferForm",
    "UnderFilter",
    "UnitSearch",
    "person_values",
]
