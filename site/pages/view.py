"""From a page or an action of the registry to an answer of Datasette: doors, JSON twin, language, headers, errors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from datasette import Forbidden, NotFound, Response
from datasette.utils.asgi import BadRequest

import kb.errors
from pages.language import COOKIE, LANGUAGES, NAMES, TAGS, Speech
from pages.registry import Action, File, Page, Picture, entries_for
from pages.visit import Row, Visit, language_from

View = Callable[..., Awaitable[Response]]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
IN_FILE = "default-src 'none'; sandbox"
IN_PICTURE = "default-src 'none'; style-src 'unsafe-inline'; sandbox"  # opened alone it runs nothing
KEPT_BY_NOBODY = {"cache-control": "private, no-store"}
A_YEAR = 365 * 24 * 3600


def route_of(page: Page | Action | Picture | File) -> tuple[str, View]:
    """What Datasette's router wants: a pattern and a view."""
    if isinstance(page, File):
        return rf"^{page.path}$", _file_of(page)
    if isinstance(page, Picture):
        return rf"^{page.path}\.svg$", _picture_of(page)
    if isinstance(page, Action):
        return rf"^{page.path}$", _deed_of(page)
    return rf"^{page.path}(?P<json>\.json)?$", _view_of(page)


def _view_of(page: Page) -> View:
    async def view(request: Any, datasette: Any) -> Response:
        visit = Visit(datasette, request)
        as_json = bool(request.url_vars.get("json"))
        try:
            _check(visit, page.needs)
            it = await page.question(visit)
        except NotFound as error:  # Datasette would first try another spelling of the address
            return await error_page(datasette, request, 404, str(error))
        except kb.errors.RegwatchError as error:
            return await error_page(datasette, request, 400, str(error))
        if as_json:
            return Response.json(it, default=str, headers=_headers(visit))
        context = {"it": it, "today": visit.today, "json_twin": _twin_of(request)}
        html = await datasette.render_template(page.template, context, request=request, view_name="regwatch")
        answer = Response.html(html, headers=_headers(visit))
        _set_cookies(answer, visit)
        return answer

    return view


def _picture_of(picture: Picture) -> View:
    async def view(request: Any, datasette: Any) -> Response:
        visit = Visit(datasette, request)
        _check(visit, picture.needs)
        drawn = await picture.draw(visit)
        kept = "private, no-store" if picture.needs else "no-cache"
        headers = {"etag": f'"{sha256(drawn.encode()).hexdigest()[:32]}"', "cache-control": kept,
                   "content-security-policy": IN_PICTURE}  # fmt: skip
        if headers["etag"] in request.headers.get("if-none-match", ""):
            return Response("", status=304, headers=headers)
        return Response(drawn, content_type="image/svg+xml", headers=headers)

    return view


def _file_of(file: File) -> View:
    async def view(request: Any, datasette: Any) -> Response:
        visit = Visit(datasette, request)
        _check(visit, file.needs)
        try:
            name, data, kind = await file.make(visit)
        except kb.errors.RegwatchError as error:
            return await error_page(datasette, request, 400, str(error))
        headers = {
            "content-disposition": f"attachment; filename*=UTF-8''{quote(name)}", "content-security-policy": IN_FILE,
            **KEPT_BY_NOBODY,
        }  # fmt: skip
        return Response(data, content_type=kind, headers=headers)

    return view


def _twin_of(request: Any) -> str:
    return f"{request.path}.json" + (f"?{request.query_string}" if request.query_string else "")


def _deed_of(action: Action) -> View:
    async def view(request: Any, datasette: Any) -> Response:
        if request.method != "POST":
            return await error_page(datasette, request, 405, Speech(language_from(request))("error.button"))
        if not request.actor and action.needs:
            raise Forbidden(Speech(language_from(request))("access.sign_in"))
        if "ds_csrftoken" not in request.cookies:  # whom a proxy signs in sends no cookie: Datasette asks no token then
            raise Forbidden(Speech(language_from(request))("error.button"))
        visit = Visit(datasette, request, await request.post_vars())
        _check(visit, action.needs)
        try:
            then = await action.deed(visit)
        except kb.errors.NotFound as error:
            raise NotFound(str(error)) from error
        except kb.errors.RegwatchError as error:
            raise BadRequest(str(error)) from error
        answer = Response.redirect(datasette.urls.path(then), status=303)
        _set_cookies(answer, visit)
        return answer

    return view


def _check(visit: Visit, needs: tuple[str, ...]) -> None:
    if needs and is_published(visit.datasette):
        raise NotFound(visit.t("error.published"))
    if needs and visit.role not in needs:
        raise Forbidden(visit.t("access.role") if visit.role else visit.t("access.sign_in"))


def _headers(visit: Visit) -> dict[str, str]:
    return {
        "content-security-policy": POLICY,
        "content-language": TAGS[visit.language],
        "vary": "Accept-Language, Cookie",
        "cache-control": "private, no-store" if visit.actor else "private, no-cache",
    }


def _set_cookies(answer: Response, visit: Visit) -> None:
    chosen = {COOKIE: visit.language} if visit.args.get("lang") == visit.language else {}
    for name, value in {**visit.cookies, **chosen}.items():
        answer.set_cookie(name, value, max_age=A_YEAR, samesite="lax", httponly=True)


async def error_page(datasette: Any, request: Any, status: int, error: str) -> Response:
    """A refusal or a failure as a page in the visitor's language, or as JSON where JSON was asked."""
    if request.path.endswith(".json"):
        return Response.json({"ok": False, "error": error, "status": status}, status=status, headers=KEPT_BY_NOBODY)
    can = not request.actor and not is_published(datasette)
    context: Row = {"status": status, "error": error, "sign_in": status == 403 and can}
    template = "404.html" if status == 404 else "error.html"
    html = await datasette.render_template(template, context, request=request)
    return Response.html(html, status=status, headers={"content-security-policy": POLICY, **KEPT_BY_NOBODY})


def is_published(datasette: Any) -> bool:
    """Is this the public half alone (`regwatch publish`), where nobody signs in?"""
    return bool((datasette.plugin_config("regwatch") or {}).get("published"))


def template_words(datasette: Any, request: Any) -> Row:
    """What every template has: ``t``, the languages, the navigation, and this address in the other language."""
    language = language_from(request)
    role = (request.actor or {}).get("role") if request else None
    public, company = entries_for(role)
    return {
        "t": Speech(language), "language": language, "tag": TAGS[language], "navigation": public,
        "team_navigation": company, "role": role, "published": is_published(datasette),
        "here": request.path if request else "/",
        "switches": [(TAGS[other], NAMES[other], _in_language(request, other)) for other in LANGUAGES
                     if other != language],
    }  # fmt: skip


def _in_language(request: Any, language: str) -> str:
    from urllib.parse import parse_qsl, urlencode

    if request is None or request.method != "GET":
        return f"?lang={language}"
    pairs = [pair for pair in parse_qsl(request.query_string, keep_blank_values=True) if pair[0] != "lang"]
    return "?" + urlencode([*pairs, ("lang", language)])
