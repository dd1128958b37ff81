"""Scrapy's settings of one crawl: identified, obedient, slow; quick only against a replay."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from crawlers.source import Source

_OURS = "crawlers.middlewares"
TIMEOUT_SECONDS = 60
_DOORS = ("scrapy.extensions.telnet.TelnetConsole", "scrapy.extensions.remote_control.RemoteControl")


def build_settings(
    source: Source,
    *,
    contact: str,
    base_url: str | None,
    proxies: Mapping[str, str] | None = None,
    cookies: bool = False,
) -> dict[str, Any]:
    """With ``base_url`` every request goes there, without delay. What others may not use is not set at all."""
    polite = base_url is None
    return {
        "USER_AGENT": f"Regwatch/{version('regwatch')} (+{contact})",
        "DEFAULT_REQUEST_HEADERS": {"Accept": "*/*", "Accept-Language": "zh-CN,zh;q=0.9"},
        "ROBOTSTXT_OBEY": True,
        "ROBOTSTXT_USER_AGENT": "Regwatch",
        # One thing after the other, whatever the machine's pace: the next is asked for once the last is written, so
        # that captures always come in the same order.
        "CONCURRENT_REQUESTS": 1,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "CONCURRENT_ITEMS": 1,
        "SCRAPER_SLOT_MAX_ACTIVE_SIZE": 1,
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
        "DOWNLOAD_DELAY": source.delay if polite else 0,
        "AUTOTHROTTLE_ENABLED": polite,
        "AUTOTHROTTLE_START_DELAY": source.delay,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": 1.0,
        "DOWNLOAD_TIMEOUT": TIMEOUT_SECONDS,
        "DOWNLOAD_MAXSIZE": source.max_megabytes * 2**20,
        "DOWNLOAD_WARNSIZE": 0,
        # A refusal (403, 412, 429, 521) is an answer; asking again at once would be a loop.
        "RETRY_HTTP_CODES": [500, 502, 503, 504],
        "RETRY_EXCEPTIONS": ["scrapy.exceptions.DownloadTimeoutError", "scrapy.exceptions.ResponseDataLossError"],
        "RETRY_TIMES": 2,
        "REDIRECT_MAX_TIMES": 5,
        "METAREFRESH_ENABLED": False,
        "COOKIES_ENABLED": source.cookies or cookies,
        # A server whose certificate is not valid is not the agency. A source may say otherwise, and then says why.
        "DOWNLOAD_VERIFY_CERTIFICATES": source.verify_tls,
        "HTTPERROR_ALLOW_ALL": True,
        "DOWNLOAD_HANDLERS": {
            "http": f"{_OURS}.PublicHandler", "https": f"{_OURS}.PublicHandler",
            "file": None, "ftp": None, "s3": None, "data": None,
        },
        "DOWNLOADER_MIDDLEWARES": {
            f"{_OURS}.DeclaredHosts": 40,
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "crawlers.manners.Robots": 100,
            "crawlers.manners.BackOff": 560,
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
            f"{_OURS}.ConditionalGet": 545,
        },
        "ITEM_PIPELINES": {"crawlers.pipelines.Record": 100},
        "REGWATCH_BASE_URL": base_url,
        "REGWATCH_PROXIES": {} if base_url else dict(proxies or {}),
        # Doors into a running crawl: a port on which whoever knows its token runs code. Nobody asked for them.
        "EXTENSIONS": dict.fromkeys(_DOORS),
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "WARN_ON_GENERATOR_RETURN_VALUE": False,  # reads the source of a callback again for every answer
        "LOG_LEVEL": "ERROR",
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    }  # fmt: skip
