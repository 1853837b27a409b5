"""What a technical check measures, what is good enough, and the colour of the whole."""

from collections.abc import Mapping
from typing import Any, Final

from lantoa.common.refused import N_, Refused

GREEN, AMBER, RED = "green", "amber", "red"
YES_NO: Final = {  # what works, or does not
    "camera": N_("camera"),
    "microphone": N_("microphone"),
    "speaker": N_("loudspeaker"),
    "stream": N_("the stream plays"),
}
MEASURED: Final = {  # numbers, with their unit
    "down": (N_("line down"), "Mbit/s"),
    "up": (N_("line up"), "Mbit/s"),
    "jitter": (N_("jitter"), "ms"),
    "clock": (N_("clock off by"), "s"),
}
# (good, just enough): a stream of 360p needs 1 Mbit/s, of 720p 3; speech breaks up from 50 ms of jitter on.
LIMITS: Final = {"down": (3.0, 1.0), "up": (1.5, 0.5), "jitter": (30.0, 80.0), "clock": (2.0, 30.0)}
HIGHEST: Final = {"down": 100_000.0, "up": 100_000.0, "jitter": 60_000.0, "clock": 10_000_000.0}
MORE_IS_BETTER: Final = ("down", "up")
NEEDED: Final = (
    "camera",
    "microphone",
    "speaker",
)  # without one of these a site can follow, but not be seen or heard
OK, BAD, UNKNOWN = "ok", "bad", "unknown"


def clean_results(given: Mapping[str, Any]) -> dict[str, Any]:
    """The results as they are kept: only what is known here, numbers within reason. Raises Refused."""
    found: dict[str, Any] = {}
    for name in YES_NO:
        value = given.get(name) or UNKNOWN
        if value not in (OK, BAD, UNKNOWN):
            raise Refused(N_("Cannot keep the check: “%(name)s” is neither ok, bad nor unknown."), name=name)
        found[name] = value
    for name in MEASURED:
        value = given.get(name)
        if value is None or value == "":
            continue
        try:
            number = abs(float(value))
        except (TypeError, ValueError) as error:
            raise Refused(N_("Cannot keep the check: “%(name)s” is no number."), name=name) from error
        if not number <= HIGHEST[name]:
            raise Refused(N_("Cannot keep the check: “%(name)s” is no number."), name=name)
        found[name] = str(round(number, 2))
    return found


def colour_of(name: str, results: Mapping[str, Any]) -> str:
    """The colour of one thing; "" where nothing is known of it."""
    value = results.get(name)
    if name in YES_NO:
        return {OK: GREEN, BAD: RED}.get(str(value), "")
    if value is None:
        return ""
    good, enough = LIMITS[name]
    number = float(value)
    if name in MORE_IS_BETTER:
        return GREEN if number >= good else AMBER if number >= enough else RED
    return GREEN if number <= good else AMBER if number <= enough else RED


def colour(results: Mapping[str, Any]) -> str:
    """The whole: red when sound or line is not enough; amber when something is doubtful, not seen or not known; green
    when camera, microphone and loudspeaker work and the line was found good (or, by form, nothing speaks against)."""
    single = {name: colour_of(name, results) for name in (*YES_NO, *MEASURED)}
    worst = [single[name] for name in ("microphone", "speaker", "stream", "down", "jitter")]
    if RED in worst:
        return RED
    if {RED, AMBER} & set(single.values()) or any(not single[name] for name in NEEDED):
        return AMBER
    return GREEN
