"""Single sign-on: the proxy's word is believed from its own address and with its secret, and from nobody else."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from site_client import site
from site_rows import PASSWORD, seeded_workspace, served_workspace

from kb.errors import DeclarationError, ServeError
from kb.serving import site_environment
from kb.workspace import Workspace

SECRET = "a secret of the proxy"
SIGN_ON = "sign_on: {proxies: [10.0.0.7], secret_env: PROXY_SECRET, owners: true}\n"
GOOD = [("x-forwarded-user", "reviewer"), ("x-regwatch-proxy", SECRET)]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = served_workspace(tmp_path_factory.mktemp("workspace"))
    workspace.config_path.write_text(workspace.config_path.read_text("utf-8") + SIGN_ON, "utf-8")
    return workspace


@pytest.fixture(autouse=True)
def _the_proxy_has_its_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROXY_SECRET", SECRET)


async def _actor(ds: Any, headers: list[tuple[str, str]], client: str = "10.0.0.7") -> Any:
    """Who the site takes the sender of these headers for, when they connect from this address."""
    await ds.invoke_startup()
    transport = httpx.ASGITransport(app=ds.app(), client=(client, 40000))
    async with httpx.AsyncClient(transport=transport, base_url="http://site") as browser:
        return (await browser.get("/-/actor.json", headers=headers)).json()["actor"]


async def test_the_proxy_names_an_actor_or_an_owner_of_the_catalog(ds: Any) -> None:
    assert await _actor(ds, GOOD) == {"id": "reviewer", "role": "reviewer"}
    assert await _actor(ds, GOOD, "::ffff:10.0.0.7") == {"id": "reviewer", "role": "reviewer"}
    for name in ("telematics", "Telematics@example.invalid"):
        said = await _actor(ds, [("x-forwarded-user", name), GOOD[1]])
        assert said == {"id": name, "role": "owner", "owner": "telematics"}


@pytest.mark.parametrize(
    ("headers", "client"),
    [
        (GOOD, "10.0.0.8"),
        (GOOD, "127.0.0.1"),
        (GOOD, "not an address"),
        ([*GOOD, ("x-forwarded-for", "10.0.0.7")], "127.0.0.1"),
        (GOOD[:1], "10.0.0.7"),
        ([GOOD[0], ("x-regwatch-proxy", "guess")], "10.0.0.7"),
        ([*GOOD, ("x-forwarded-user", "admin")], "10.0.0.7"),
        ([("x-forwarded-user", "admin"), *GOOD], "10.0.0.7"),
        ([*GOOD, ("x-regwatch-proxy", "guess")], "10.0.0.7"),
        ([("x-forwarded-user", "somebody"), GOOD[1]], "10.0.0.7"),
        ([("x-forwarded-user", " "), GOOD[1]], "10.0.0.7"),
        ([("x-forwarded-user", "' or 1=1 --"), GOOD[1]], "10.0.0.7"),
    ],
)
async def test_nobody_else_names_anybody(ds: Any, headers: list[tuple[str, str]], client: str) -> None:
    assert await _actor(ds, headers, client) is None


async def test_without_the_setting_the_headers_say_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = served_workspace(tmp_path)
    with site(plain, monkeypatch) as ds:
        assert await _actor(ds, GOOD, "127.0.0.1") is None


@pytest.mark.parametrize(("site_url", "secure"), [("https://a.example", True), ("http://a.example", False)])
async def test_cookies_of_a_site_behind_tls_go_over_tls_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site_url: str, secure: bool
) -> None:
    plain = served_workspace(tmp_path)
    plain.config_path.write_text(f"{plain.config_path.read_text('utf-8')}site_url: {site_url}\n", "utf-8")
    with site(plain, monkeypatch) as ds:
        cookies = (await ds.client.get("/-/login")).headers.get_list("set-cookie")
        cookies += (await ds.client.get("/?lang=zh")).headers.get_list("set-cookie")
    assert cookies
    assert {("; Secure" in cookie, "; HttpOnly" in cookie) for cookie in cookies} == {(secure, True)}


def test_the_server_is_told_to_keep_the_true_address(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """uvicorn would else take the address that a proxy on this machine forwards for that of the proxy."""
    monkeypatch.setenv("PROXY_SECRET", SECRET)
    assert site_environment(workspace)["FORWARDED_ALLOW_IPS"] == ""


@pytest.mark.parametrize("secret", ["", "short"])
def test_a_proxy_without_a_secret_does_not_start(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("PROXY_SECRET", secret)
    with pytest.raises(ServeError, match="PROXY_SECRET is not set"):
        site_environment(workspace)


@pytest.mark.parametrize("access", ["{role: owner}", "{role: viewer, owner: telematics}"])
def test_an_owner_who_is_nobody_is_refused(tmp_path: Path, access: str) -> None:
    workspace = seeded_workspace(tmp_path)
    text = workspace.config_path.read_text("utf-8").replace("\nactors: {}", f"\nactors: {{x: {access}}}")
    workspace.config_path.write_text(text, "utf-8")
    with pytest.raises(DeclarationError, match="names an owner of the catalog"):
        _ = Workspace(workspace.root).config


async def test_a_password_is_not_guessed_by_the_thousand(ds: Any) -> None:
    for _ in range(20):
        assert (await ds.client.post("/-/login", data={"username": "nobody", "password": "x"})).status_code == 200
    answer = await ds.client.post("/-/login", data={"username": "viewer", "password": PASSWORD})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert (await ds.client.get("/-/login")).status_code == 200
