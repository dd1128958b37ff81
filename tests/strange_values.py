"""Values that nobody would write, and trees of them under the keys that a format knows. For Hypothesis."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

FILES = settings(suppress_health_check=list(HealthCheck))  # tmp_path is one folder for all cases, and that is meant
LONG = "9" * 5000  # Python refuses to read so many digits as a number
STRANGE = ["", " ", "\x1b[31m", "\x00", "\u202e", "\u200b", "\ufeff", "\ud800", "\U000e0001", "<a href='", LONG]
_STRANGE = r"""
0 -1 1e999 NaN Infinity ² ٣ １０ 〇 [ http://[ http://a:99999/ // javascript:alert(1) file:///etc/passwd ../../x %00 %
{} null true 2026-13-40 0000-00-00 9999-12-31 ]]> &#0; &#x110000; ' " \ zlib undefined punycode
"""
STRANGE += _STRANGE.split()
strange = st.one_of(st.sampled_from(STRANGE), st.text(max_size=30))
scalars = st.one_of(st.none(), st.booleans(), st.integers(-10, 10), st.integers(), st.just(10**400),
                    st.floats(), strange)  # fmt: skip


def values(keys: Iterable[str]) -> st.SearchStrategy[Any]:
    """Trees whose objects have these keys, where any value may stand under any of them."""
    names = st.one_of(st.sampled_from(sorted(keys)), strange)
    return st.recursive(scalars, lambda below: st.one_of(st.lists(below, max_size=4),
                        st.dictionaries(names, below, max_size=6)), max_leaves=20)  # fmt: skip


def as_json(value: Any) -> bytes:
    return json.dumps(value).encode()
