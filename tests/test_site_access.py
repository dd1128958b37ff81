"""company.db is not readable without signing in, by any route of Datasette; its debug pages help no stranger."""

import base64
import json
import os
import re
import socket
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from site_client import signed_in
from site_rows import PASSWORD, served_workspace

from kb.errors import ServeError
from kb.serving import datasette_arguments, make_password_hash, site_environment, site_metadata
from kb.site_process import import_path, serve_site, site_command
from kb.workspace import Workspace
from mappings.db import open_company

TABLES = ["owner", "dataset", "field", "link", "link_decision", "alert", "alert_line", "delivery", "acknowledgement",
          "catalog_import", "rejected_row"]  # fmt: skip
# What only company.db knows: a row of it, a name of a table or column of it, or the file itself.
SECRETS = re.compile(r"SECRET|perception@|camera_labels|frame_uri|link_decision|catalog_import|company\.db|pbkdf2")

# The right name and password, but a browser sends these to whoever asks: a form of another site would act as viewer.
RIGHT = f"Basic {base64.b64encode(f'viewer:{PASSWORD}'.encode()).decode()}"

COMPANY_ROUTES = [
    "/company", "/company.json", "/company/", "/company.db", "/company.jsono", "/company?sql=select+*+from+alert",
    "/company.json?sql=select+*+from+alert", "/company.csv?sql=select+*+from+alert", "/company?_trace=1",
    "/company.json?sql=select+name+from+sqlite_master", "/~63ompany/alert", "/%63ompany/alert", "/Company/alert",
    "/company/alert/a1", "/company/alert/a1.json", "/company/alert/a1.json?_extras=foreign_key_tables",
    "/company/alert/a1.blob?_blob_column=body", "/company/alert.csv?_stream=on", "/company/alert.json?_facet=owner",
    "/company/alert?_facet=owner&_facet_size=max", "/company/alert.json?_shape=array", "/company/alert.jsono",
    "/company/alert?_where=1=1", "/company/sqlite_master", "/company/nothing", "/company/nothing.json",
    "/company/-/query", "/company/alert?_search=rule", "/company/ALERT", "/company/[alert]",
]  # fmt: skip
SHOWN = [  # of these, what the signed-in see
    "/company", "/company.json?sql=select+*+from+alert", "/company/alert.csv?_stream=on", "/~63ompany/alert",
    "/company/alert/a1.json", "/company/alert.json?_facet=owner",
]  # fmt: skip
OUR_ROUTES = ["/alerts", "/alert/a1", "/catalog", "/dataset/ds-camera", "/impact", "/triage", "/triage/e1", "/links",
              "/links/runs", "/exposure", "/duties", "/what-if", "/watches", "/brief", "/mine", "/owner/perception",
              "/system/Labelling",
              "/impact?from=sample-guide@draft-2025&to=sample-guide@final-2026"]  # fmt: skip
OTHER_ROUTES = [
    "/", "/.json", "/.jsono", "/-/databases", "/-/databases.json", "/-/metadata", "/-/metadata.json", "/-/plugins",
    "/-/plugins.json?all=1", "/-/settings", "/-/settings.json", "/-/config", "/-/threads", "/-/threads.json",
    "/-/versions", "/-/versions.json", "/-/permissions", "/-/allow-debug", "/-/messages", "/-/patterns",
    "/-/search-all", "/-/actor.json", "/-/auth-token?token=x", "/-/password-tool", "/-/jump", "/-/schema",
    "/_memory", "/_memory.json?sql=select+1", "/_internal", "/_internal.json", "/_internal/databases",
    "/_internal/tables.json", "/_internal?sql=select+*+from+tables", "/:memory:", "/:memory:?sql=select+1", "/kb",
    "/kb.json", "/kb/alert", "/kb.db", "/kb?_context=1", "/kb.json?sql=select+*+from+company.alert",
    "/kb.json?sql=select+*+from+pragma_table_list", "/kb/publication.json?_extra=metadata,database,private",
    "/robots.txt", "/company-static", "/static/../company.db", "/static/%2e%2e/%2e%2e/company.db",
    "/static//etc/hostname", "/-/static/../../../company.db",
]  # fmt: skip


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return served_workspace(tmp_path_factory.mktemp("workspace"))


@pytest.mark.parametrize("path", [*COMPANY_ROUTES, *(f"/company/{table}{form}" for table in TABLES
                                                     for form in ("", ".json", ".csv"))])  # fmt: skip
async def test_no_route_of_datasette_shows_a_stranger_the_company(ds: Any, path: str) -> None:
    answer = await ds.client.get(path, follow_redirects=True)
    assert answer.status_code in (400, 403, 404), answer.text
    assert not SECRETS.search(answer.text.replace(path, ""))


@pytest.mark.parametrize("name", ["viewer", "reviewer", "perception"])
async def test_the_signed_in_get_pages_and_no_route_of_datasette(ds: Any, name: str) -> None:
    headers = signed_in(ds, name)
    for path in [*COMPANY_ROUTES, *(f"/company/{table}.json" for table in TABLES)]:
        answer = await ds.client.get(path, headers=headers, follow_redirects=True)
        assert answer.status_code in (400, 403, 404), path
        assert not SECRETS.search(answer.text.replace(path, "")), path
    for path in OTHER_ROUTES:
        answer = await ds.client.get(path, headers=headers, follow_redirects=True)
        own_page = path == "/" or "actor" in path
        assert own_page or not SECRETS.search(answer.text), path


async def test_the_same_routes_would_show_it_to_an_admin(ds: Any) -> None:
    """Guards the tests above: a route that shows nothing to anybody proves nothing."""
    headers = signed_in(ds, "admin")
    for path in SHOWN:
        answer = await ds.client.get(path, headers=headers)
        assert answer.status_code == 200, path
        assert SECRETS.search(answer.text), path


@pytest.mark.parametrize("path", OTHER_ROUTES)
async def test_nothing_else_tells_a_stranger_of_the_company(ds: Any, path: str) -> None:
    answer = await ds.client.get(path, follow_redirects=True)
    assert answer.status_code < 500, answer.text
    assert not SECRETS.search(answer.text)


@pytest.mark.parametrize("path", OUR_ROUTES)
async def test_our_own_pages_of_the_company_ask_to_sign_in(ds: Any, path: str) -> None:
    for address in (path, path.replace("?", ".json?") if "?" in path else f"{path}.json"):
        answer = await ds.client.get(address)
        assert answer.status_code == 403
        assert not SECRETS.search(answer.text)
    assert "/-/login" in (await ds.client.get(path)).text


@pytest.mark.parametrize("name", ["viewer", "admin"])
async def test_debug_pages_are_closed_to_everybody(ds: Any, name: str) -> None:
    for path in OTHER_ROUTES:
        if path.startswith("/-/") and "static" not in path and "actor" not in path:
            assert (await ds.client.get(path, headers=signed_in(ds, name))).status_code == 403, path


@pytest.mark.parametrize(
    "sql",
    [
        "attach database '{}' as other",
        "with x as (select 1) attach '{}' as other",
        "select readfile('{}')",
        "select load_extension('{}')",
        "vacuum into '{}'",
    ],
)
async def test_sql_on_the_open_database_reaches_no_other_file(ds: Any, workspace: Workspace, sql: str) -> None:
    query = quote(sql.format(workspace.company_path))
    answer = await ds.client.get(f"/kb.json?sql={query}")
    assert answer.status_code == 400
    assert answer.json()["ok"] is False


@pytest.mark.parametrize("sql", ["select * from pragma_database_list", "SELECT file FROM PRAGMA_Database_List"])
async def test_sql_on_the_open_database_does_not_tell_where_it_lies(ds: Any, workspace: Workspace, sql: str) -> None:
    for path in ("/kb.json", "/kb", "/kb.csv"):
        answer = await ds.client.get(path, params={"sql": sql})
        assert answer.status_code == 403
        assert str(workspace.root) not in answer.text


@pytest.mark.parametrize(
    "actor",
    [None, {"id": "viewer"}, {"id": "root"}, {"id": "admin", "role": None}, {"id": "x", "role": "guest"}, {"role": ""}],
)
async def test_an_actor_without_one_of_our_roles_is_a_stranger(ds: Any, actor: dict[str, Any] | None) -> None:
    cookie = ds.sign({"a": actor}, "actor")
    for path in ("/company", "/company.json?sql=select+1", "/alerts", "/_internal"):
        answer = await ds.client.get(path, headers={"cookie": f"ds_actor={cookie}"})
        assert answer.status_code in (403, 404), path


async def test_a_forged_cookie_is_a_stranger(ds: Any) -> None:
    from itsdangerous import URLSafeSerializer

    forged = URLSafeSerializer("guessed", "actor").dumps({"a": {"id": "admin", "role": "admin"}})
    answer = await ds.client.get("/company", headers={"cookie": f"ds_actor={forged}"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "credentials", ["Basic", "Basic x", "Basic ????", "Basic 5pel5pys", "Basic dmlld2Vy", "basic x", "Bearer x", RIGHT]
)
async def test_credentials_in_a_header_are_a_stranger_and_not_an_error(ds: Any, credentials: str) -> None:
    answer = await ds.client.get("/alerts", headers={"authorization": credentials})
    assert answer.status_code == 403


async def _login(ds: Any, password: str) -> Any:
    page = await ds.client.get("/-/login")
    token = re.search(r'name="csrftoken" value="([^"]+)"', page.text)
    assert token
    cookie = "; ".join(header.partition(";")[0] for header in page.headers.get_list("set-cookie"))
    form = {"username": "viewer", "password": password, "csrftoken": token[1]}
    return await ds.client.post("/-/login", data=form, headers={"cookie": cookie})


async def test_signing_in_with_the_password_of_the_config_opens_the_company(ds: Any) -> None:
    answer = await _login(ds, PASSWORD)
    assert answer.status_code == 302
    [cookie] = [header for header in answer.headers.get_list("set-cookie") if header.startswith("ds_actor=")]
    assert "httponly" in cookie.lower()
    headers = {"cookie": cookie.partition(";")[0]}
    assert (await ds.client.get("/alerts", headers=headers)).status_code == 200
    assert (await ds.client.get("/-/actor.json", headers=headers)).json()["actor"] == {"id": "viewer", "role": "viewer"}


async def test_a_wrong_password_signs_nobody_in(ds: Any) -> None:
    answer = await _login(ds, "guess")
    assert answer.status_code == 200
    assert "Invalid username or password" in answer.text
    assert not any(header.startswith("ds_actor=") for header in answer.headers.get_list("set-cookie"))


@pytest.mark.parametrize("path", ["/alerts", "/alerts.json", "/company/alert.json", "/company/alert", "/nothing.json"])
async def test_pages_of_the_signed_in_are_not_kept_by_caches(ds: Any, path: str) -> None:
    for name in ("admin", "viewer"):
        answer = await ds.client.get(path, headers=signed_in(ds, name))
        assert re.search("no-store|no-cache", answer.headers["cache-control"]), answer.status_code
        if not path.startswith("/company"):
            assert "private" in answer.headers["cache-control"]


async def _acknowledge(ds: Any, name: str, *, forge: bool = False, note: str = "seen") -> Any:
    headers = signed_in(ds, name)
    page = await ds.client.get("/alert/a1", headers=headers)
    token = re.search(r'name="csrftoken" value="([^"]+)"', page.text)
    assert token
    crumbs = [header.partition(";")[0] for header in page.headers.get_list("set-cookie")]
    headers["cookie"] = "; ".join([headers["cookie"], *crumbs])
    form = {"csrftoken": "forged" if forge else token[1], "note": note}
    return await ds.client.post("/alert/a1/acknowledge", data=form, headers=headers)


def _acknowledgements(workspace: Workspace) -> list[dict[str, Any]]:
    with open_company(workspace.company_path) as company:
        return list(company.query("select acknowledged_by, acknowledged_at, note from acknowledgement"))


async def test_an_owner_acknowledges_their_alert_once_and_others_do_not(ds: Any, workspace: Workspace) -> None:
    assert (await ds.client.get("/alert/a1/acknowledge", headers=signed_in(ds, "admin"))).status_code == 405
    assert (await ds.client.post("/alert/a1/acknowledge")).status_code == 403
    assert (await _acknowledge(ds, "admin", forge=True)).status_code == 403
    assert (await _acknowledge(ds, "viewer")).status_code == 403
    assert _acknowledgements(workspace) == []
    assert (await _acknowledge(ds, "perception")).status_code == 303
    expected = [{"acknowledged_by": "perception", "acknowledged_at": "2026-02-10T01:00:00Z", "note": "seen"}]
    assert _acknowledgements(workspace) == expected
    page = await ds.client.get("/alert/a1", headers=signed_in(ds, "reviewer"))
    assert "by perception" in page.text
    assert "/acknowledge" not in page.text


def test_nothing_secret_is_on_the_command_line_or_in_the_metadata_file(workspace: Workspace) -> None:
    arguments = datasette_arguments(workspace, host="127.0.0.1", port=8001)
    environment = site_environment(workspace)
    metadata = Path(arguments[arguments.index("--metadata") + 1])
    for value in environment.values():
        assert value not in " ".join(arguments)
        assert value not in metadata.read_text("utf-8")
    assert not {"--crossdb", "--root", "--memory", "--cors", "--secret"} & set(arguments)
    for name in ("metadata.json", "secret"):
        assert os.stat(workspace.root / ".serve" / name).st_mode & 0o777 == 0o600


def test_the_cookie_secret_is_kept_until_an_account_changes(workspace: Workspace) -> None:
    first = site_environment(workspace)["DATASETTE_SECRET"]
    assert site_environment(Workspace(workspace.root))["DATASETTE_SECRET"] == first
    text = workspace.config_path.read_text("utf-8")
    try:
        workspace.config_path.write_text(text.replace("role: admin", "role: viewer"), "utf-8")
        assert site_environment(Workspace(workspace.root))["DATASETTE_SECRET"] != first
    finally:
        workspace.config_path.write_text(text, "utf-8")


def test_every_database_but_the_open_one_is_closed_by_declaration(workspace: Workspace) -> None:
    databases = site_metadata(workspace)["databases"]
    for name, declared in databases.items():
        if name == "kb":
            assert "allow" not in declared
        elif name == "company":
            assert declared["allow"] == declared["allow_sql"] == {"role": "admin"}
        else:
            assert declared["allow"] is declared["allow_sql"] is False
    assert json.dumps(databases)


def test_a_site_that_cannot_start_says_why_in_one_line(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(ServeError, match="regwatch run"):
        datasette_arguments(Workspace(tmp_path), host="127.0.0.1", port=8001)
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ServeError, match="another with --port"):
        serve_site(str(workspace.root), "127.0.0.1", taken.getsockname()[1])


def test_a_folder_called_kb_where_the_site_is_started_is_not_taken_for_ours(
    workspace: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "kb" / "archive").mkdir(parents=True)
    command = [*site_command(workspace, "127.0.0.1", 8001), "--get", "/works.json"]
    environment = {**os.environ, **import_path()}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "sample-guide" in done.stdout


def test_a_password_hash_is_salted() -> None:
    assert make_password_hash("x") != make_password_hash("x")
