"""Words and lists of the room that need no table: states, languages, countries and their time zones."""

from typing import Final

from lantoa.common.refused import N_

DRAFT, READY, LIVE, OVER = "draft", "ready", "live", "over"
STATES: Final = {
    DRAFT: N_("being prepared"),
    READY: N_("announced"),
    LIVE: N_("live now"),
    OVER: N_("over"),
}
STATE_KINDS: Final = {DRAFT: "none", READY: "wait", LIVE: "now", OVER: "ok"}
MAY_BECOME: Final = {DRAFT: (READY,), READY: (DRAFT, LIVE), LIVE: (OVER,), OVER: ()}
LANGUAGES: Final = {"vi": N_("Vietnamese"), "en": N_("English")}
COUNTRIES: Final = {  # of the sites of the house's neighbours and partners; a code that is not here stands as it is
    "VN": N_("Vietnam"),
    "SG": N_("Singapore"),
    "LA": N_("Laos"),
    "KH": N_("Cambodia"),
    "TH": N_("Thailand"),
    "JP": N_("Japan"),
    "KR": N_("South Korea"),
    "AU": N_("Australia"),
    "CH": N_("Switzerland"),
    "US": N_("the United States"),
}
ZONES: Final = {
    "VN": "Asia/Ho_Chi_Minh",
    "SG": "Asia/Singapore",
    "LA": "Asia/Vientiane",
    "KH": "Asia/Phnom_Penh",
    "TH": "Asia/Bangkok",
    "JP": "Asia/Tokyo",
    "KR": "Asia/Seoul",
    "AU": "Australia/Sydney",
    "CH": "Europe/Zurich",
    "US": "America/New_York",
}
HOME_ZONE: Final = "Asia/Ho_Chi_Minh"
