"""Is a run healthy, blocked, drifted, empty, stale or failed? Pure: what was seen and is declared, in; health, out.

A blocked site is not an empty site, and neither is a site whose markup has changed. Zero rows are never success.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from crawlers.items import State
from crawlers.source import Source
from kb.clock import days_between
from kb.reading.encoding import decode

# 521 and 412 are the answers of the script challenges in front of several agencies; 429 asks for fewer requests.
BLOCKED_STATUSES = frozenset({403, 412, 429, 521})
GONE_STATUSES = frozenset({404, 410})
MOST_REFUSALS = 3  # or time-outs: then the host is left alone until the next run
_GONE = frozenset(f"HTTP {status}" for status in GONE_STATUSES)
NO_ANSWER = "no answer"  # how the fault of a time-out begins
_CHALLENGE_SCRIPT = re.compile(
    rb"__jsl_clearance|__jsluid|acw_sc__v|\$_ts\b|document\.cookie\s*=|location\.reload|cf-chl|challenge-platform"
)
_CHALLENGE_WORDS = re.compile(
    "访问验证|安全验证|人机验证|滑动验证|访问被拦截|请求被拦截|访问被阻断|疑似攻击|访问过于频繁|Access Denied"
)
_LEADS_ON = re.compile(
    rb"(?i)location(?:\.href)?\s*=\s*[\"']([^\"']+)[\"']|http-equiv\s*=\s*[\"']?refresh[^>]*?url\s*=\s*[\"']?([^\"'>\s]+)"
)
_LONGEST_CHALLENGE = 500_000  # bytes
_SAID_BY_SCRIPT, _SAID_IN_WORDS = 300, 900  # visible bytes; what says more is a page, however it handles its cookies

FaultState = Literal["blocked", "drifted", "failed"]
_WORST_FIRST: tuple[FaultState, ...] = ("blocked", "failed", "drifted")


@dataclass(frozen=True)
class Fault:
    """One thing that did not come as it should: a sentence for a person."""

    state: FaultState
    what: str


@dataclass
class Way:
    """One road to the rows of a list, as far as it was gone. ``expected`` follows from what the site announces."""

    rows: int = 0
    first_rows: int = 0
    pages: int = 0
    known_pages: int = 0  # one page or more of them that hold nothing new: a daily run stops soon behind
    announced: int | None = None
    size: int | None = None
    faults: list[Fault] = field(default_factory=list)

    @property
    def expected(self) -> int | None:
        if self.announced is None:
            return None
        return min(self.announced, self.pages * self.size) if self.size else self.announced


@dataclass
class Seen:
    """What one run saw of one source. ``pages`` and ``annexes`` count what was asked for, whether it came or not.

    ``odd`` are faults of pages that never came, while pages that appeared after them did; ``recorded`` says
    whether pages of its agency came in earlier runs.
    """

    ways: dict[str, Way] = field(default_factory=dict)
    listed: int = 0
    newest: str | None = None
    pages: int = 0
    annexes: int = 0
    page_faults: list[Fault] = field(default_factory=list)
    annex_faults: list[Fault] = field(default_factory=list)
    odd: list[Fault] = field(default_factory=list)
    recorded: bool = False
    broken: str = ""  # the crawler itself failed
    usual: int | None = None  # the fewest rows that the last good runs saw on the first page
    deep: bool = False

    @property
    def faults(self) -> list[Fault]:
        return self.page_faults + self.annex_faults

    @property
    def refusals(self) -> int:
        return sum(fault.state == "blocked" for fault in self.faults)

    @property
    def silences(self) -> int:
        return sum(fault.what.startswith(NO_ANSWER) for fault in self.faults)

    @property
    def first_rows(self) -> int:
        return max((way.first_rows for way in self.ways.values()), default=0)

    def way(self, name: str) -> Way:
        return self.ways.setdefault(name, Way())


@dataclass(frozen=True)
class Health:
    outcome: State
    detail: str


def refusal(status: int | None, body: bytes) -> Fault | None:
    """The fault of an answer that is not the page asked for, by its status alone; None when it may be read."""
    if status in BLOCKED_STATUSES:
        return Fault("blocked", f"HTTP {status}")
    if status != 200:  # 206 is a part, 204 and 205 are nothing, 203 was altered on the way
        challenge = status is not None and 200 < status < 300 and is_challenge(body)
        return Fault("blocked", "a challenge page") if challenge else Fault("failed", f"HTTP {status}")
    return None if body else Fault("failed", "an answer without any content")


def unexpected(body: bytes, what: str) -> Fault:
    """The fault of a body without its marker: a challenge page is a block, anything else a changed site."""
    if is_challenge(body):
        return Fault("blocked", "a challenge page")
    moved = _leads_on(body)
    return Fault("drifted", f"the page only leads on to {moved}" if moved else what)


def is_challenge(body: bytes) -> bool:
    """A page that is only a script which sets a cookie and reloads, or that says so in words."""
    if len(body) > _LONGEST_CHALLENGE:
        return False
    visible = _visible(body)
    by_script = visible <= _SAID_BY_SCRIPT and _CHALLENGE_SCRIPT.search(body)
    return bool(by_script or (visible <= _SAID_IN_WORDS and _CHALLENGE_WORDS.search(decode(body)[0])))


def _leads_on(body: bytes) -> str:
    """Where a page without words of its own sends its readers, by a script or a refresh."""
    found = _LEADS_ON.search(body) if len(body) <= _LONGEST_CHALLENGE and _visible(body) <= _SAID_BY_SCRIPT else None
    return decode(found[1] or found[2])[0].strip() if found else ""


def _visible(body: bytes) -> int:
    return len(re.sub(rb"(?is)<script.*?</script>|<style.*?</style>|<!--.*?-->|<[^>]+>|\s+", b"", body))


def judge(source: Source, seen: Seen, today: str) -> Health:
    """Health of one run. ``today`` begins with YYYY-MM-DD."""
    if seen.broken:
        return Health("failed", seen.broken)
    if not any(way.pages or way.faults for way in seen.ways.values()):
        return Health("failed", "no list was asked for")
    faults, notes = _list_faults(seen.ways)
    if faults:
        state = next(state for state in _WORST_FIRST if any(fault.state == state for fault in faults))
        return Health(state, _say([fault.what for fault in faults if fault.state == state] + notes))
    if worst := _state_of_documents(seen):
        return Health(worst, _say(_counted(seen.faults) + notes))
    if seen.listed == 0:
        return Health("empty", _say(["the list is there and has no rows", *notes]))
    if seen.listed < source.min:
        return Health("drifted", _say([f"{seen.listed} rows, at least {source.min} expected", *notes]))
    if seen.usual and 2 * seen.first_rows < seen.usual:
        few = f"{seen.first_rows} rows on the first page, where earlier runs saw {seen.usual}"
        return Health("drifted", _say([few, *notes]))
    notes += _counted([*seen.faults, *seen.odd])
    if seen.listed > source.max:
        notes.append(f"{seen.listed} rows, at most {source.max} expected")
    if seen.newest and (age := days_between(seen.newest, today)) > source.cadence_days:
        return Health("stale", _say([f"nothing new for {age} days, {source.cadence_days} expected", *notes]))
    return Health("healthy", _say(notes))


def _list_faults(ways: dict[str, Way]) -> tuple[list[Fault], list[str]]:
    """Faults that count, and notes. A road that gave nothing is excused when another gave rows without fault."""
    faults: list[Fault] = []
    notes: list[str] = []
    for name, way in ways.items():
        other = any(else_.rows and not else_.faults for key, else_ in ways.items() if key != name)
        if way.faults and not way.rows and other:
            notes.append(f"{name}: {_say([fault.what for fault in way.faults])}; the other list was read")
            continue
        faults += way.faults
        if not way.faults and way.expected is not None and way.rows != way.expected:
            faults.append(
                Fault("drifted", f"the site announces {way.announced} rows: {way.expected} expected, {way.rows} read")
            )
    return faults, notes


def _state_of_documents(seen: Seen) -> FaultState | None:
    """A list alone does not make a source healthy: half of its pages failed, or so many were refused or never came.

    A single document that is not there any more is told, and leaves the source healthy: it is gone, its site is not.
    So is each that fails alone in its way where others were read before: its neighbours say whether a site has changed.
    """
    if seen.recorded and len({fault.state for fault in seen.faults}) == len(seen.faults):
        return None
    if seen.refusals >= MOST_REFUSALS or (seen.refusals and 2 * seen.refusals >= seen.pages + seen.annexes):
        return "blocked"
    if seen.silences >= MOST_REFUSALS:
        return "failed"
    if not seen.page_faults or 2 * len(seen.page_faults) < seen.pages:
        return None
    if len(seen.page_faults) < MOST_REFUSALS and all(fault.what in _GONE for fault in seen.page_faults):
        return None
    counted = Counter(fault.state for fault in seen.page_faults)
    return max(_WORST_FIRST, key=lambda state: counted[state])


def _counted(faults: Sequence[Fault]) -> list[str]:
    counted = Counter(fault.what for fault in faults)
    return [f"{count} document{'s' * (count > 1)}: {what}" for what, count in counted.items()]


def _say(parts: Sequence[str], most: int = 3) -> str:
    """At most three sentences; the rest is counted."""
    shown = list(dict.fromkeys(parts))
    return "; ".join(shown[:most]) + (f"; and {len(shown) - most} more" if len(shown) > most else "")
