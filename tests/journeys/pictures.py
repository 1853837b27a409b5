"""Which pages the pictures of the guides show: who looks, at what of the demonstration, what is said there."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shown:
    """A page of a picture: its reader, the name of its address, words that stand on it, its corner."""

    account: str
    page: str
    says: str
    corner: str = "running"


PICTURES: dict[str, Shown] = {
    "asked": Shown("dieuphoi", "training:asked", "Answers by"),
    "call": Shown("canbo", "training:call", "units have not answered"),
    "certificates": Shown("canbo", "training:certificates", "Certificates", "finished"),
    "class": Shown("canbo", "training:class", "Meetings"),
    "hand-in": Shown("hocvien", "training:hand_in", "Hand in"),
    "import": Shown("canbo", "training:import_roster", "Read the list"),
    "learning": Shown("hocvien", "training:me", "My learning"),
    "ledger": Shown("kiemtra", "web:ledger", "Ledger"),
    "load-plan": Shown("canbo", "training:load_plan", "Load a programme file"),
    "meeting": Shown("giangvien", "training:meeting", "Learners"),
    "my-data": Shown("hocvien", "web:my_data", "My data"),
    "notices": Shown("dieuphoi", "office:notices", "Messages"),
    "open-classes": Shown("", "training:open_classes", "Open classes"),
    "papers": Shown("canbo", "training:papers", "Draft the report", "finished"),
    "people": Shown("dieuphoi", "directory:people", "Add a person"),
    "person": Shown("dieuphoi", "directory:person", "Enter a post"),
    "privacy": Shown("quantri", "web:privacy", "Privacy desk"),
    "programme": Shown("canbo", "training:programme", "What you can do here"),
    "roles": Shown("quantri", "directory:roles", "Roles in this unit"),
    "roll": Shown("giangvien", "training:roll_call", "Save the roll"),
    "seals": Shown("kiemtra", "web:seals", "Check the seals now"),
    "sign-in": Shown("", "accounts:sign_in", "Sign in"),
    "systems": Shown("quantri", "api:systems", "Other systems"),
    "teaching": Shown("giangvien", "training:teaching", "My meetings"),
    "verify": Shown("", "training:verify", "Verify a certificate"),
    "way-in": Shown("dieuphoi", "web:way_in", "Way in without a password"),
    "workshop-booth": Shown("canbo", "workshops:booth", "Send the line", "live"),
    "workshop-chair": Shown("canbo", "workshops:chair", "The floor", "live"),
    "workshop-desk": Shown("canbo", "workshops:desk", "not reported", "live"),
    "workshop-site": Shown("canbo", "workshops:site_roll", "How many people are here", "live"),
    "year": Shown("dieuphoi", "training:unit_year", "The year ahead"),
}
