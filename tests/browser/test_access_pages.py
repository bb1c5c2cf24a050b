"""Who comes in, what each is offered, and what an owner does about it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.beside import LimitedSite, told, visited
from browser.limited import PASSWORD
from browser.visits import Visit, downloaded, grave

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
LOOKS = [("light", 1280), ("dark", 1280), ("light", 390)]


@pytest.fixture
def ana(browser: Browser, limited_site: LimitedSite) -> Iterator[Visit]:
    """The owner."""
    with visited(browser, limited_site, "ana@tern.example") as visit:
        yield visit


@pytest.fixture
def stranger(browser: Browser, limited_site: LimitedSite) -> Iterator[Visit]:
    """Nobody knows who."""
    with visited(browser, limited_site, None) as visit:
        yield visit


def give(page: Page, login: str, password: str) -> None:
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def pages_offered(page: Page) -> list[str]:
    return page.get_by_role("navigation", name="Pages", exact=True).get_by_role("link").all_inner_texts()


def test_while_nobody_has_an_account_nothing_of_it_shows(watching: Visit) -> None:
    page = watching.open("/access")
    expect(page.get_by_test_id("me")).to_have_count(0)
    expect(page.get_by_label("Password")).to_have_count(0)
    expect(page.get_by_role("heading", name="Nobody has an account yet")).to_be_visible()
    expect(page.get_by_role("button", name="Make the first account")).to_be_visible()


def test_login_leads_back_to_where_one_was(stranger: Visit) -> None:
    page = stranger.page
    page.goto(f"{stranger.site.address}/teams?window=90d")
    give(page, "vic", "no such words at all")
    expect(page.get_by_role("alert")).to_be_visible()
    assert "vic" not in page.get_by_role("alert").inner_text()
    expect(page.get_by_label("Password")).to_be_focused()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    stranger.settle()
    assert page.url.endswith("/teams?window=90d")
    page.get_by_test_id("me").click()
    expect(page.get_by_role("dialog")).to_contain_text("Viewer")


def test_who_logs_out_leaves_nothing_behind(ana: Visit) -> None:
    page = ana.open("/customers")
    expect(page.get_by_role("link", name="Acme Corp").first).to_be_visible()
    page.get_by_test_id("me").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    assert "Acme" not in page.content()
    page.goto(f"{ana.site.address}/customers")
    expect(page.get_by_label("Password")).to_be_visible()
    assert "Acme" not in page.content()


def test_a_session_that_ends_asks_for_the_password_where_it_ended(ana: Visit) -> None:
    page = ana.open("/budgets")
    page.context.clear_cookies()
    page.get_by_role("link", name="team search").click()
    expect(page.get_by_label("Password")).to_be_visible()
    give(page, "ana@tern.example", PASSWORD)
    expect(page.get_by_test_id("headline")).to_contain_text("is spent")


@pytest.mark.parametrize(
    ("login", "offered", "missing"),
    [
        ("vic", {"Overview", "Budgets", "Credits", "Data health"}, {"Access"}),
        ("fay", {"Overview", "Budgets", "Access"}, set()),
        (
            "tom",
            {"Budgets", "Explorer", "AI"},
            {"Overview", "Customers", "Alerts", "Credits", "Access", "Data health"},
        ),
    ],
)
def test_what_one_may_not_do_is_not_offered(
    browser: Browser, limited_site: LimitedSite, login: str, offered: set[str], missing: set[str]
) -> None:
    with visited(browser, limited_site, login) as visit:
        found = {name.split("\n")[0].strip() for name in pages_offered(visit.open("/"))}
        assert offered <= found
        assert not missing & found
        assert visit.complaints == [], "it asked for what it may not see"


def test_a_team_sees_its_own_and_is_told_what_is_not_for_it(
    browser: Browser, limited_site: LimitedSite
) -> None:
    with visited(browser, limited_site, "tom") as visit:
        page = visit.open("/")
        page.wait_for_url("**/explorer")
        for path in ("/explorer?group=team", "/budgets", "/ai", "/ai/tree", "/ai/operations"):
            text = visit.open(path).inner_text("main")
            assert any(word in text for word in ("search", "92.00", "call-0"))
            assert [word for word in ("payments", "birch", "61.37") if word in text] == []
        assert visit.complaints == []
        visit.open("/customers")
        notice = page.get_by_role("alert")
        expect(notice).to_contain_text("403")
        expect(notice).not_to_contain_text("untouched")
        expect(notice.get_by_role("button")).to_have_count(0)


def test_a_team_is_offered_to_find_what_it_can_find(browser: Browser, limited_site: LimitedSite) -> None:
    with visited(browser, limited_site, "tom") as visit:
        page = visit.open("/budgets")
        page.get_by_role("button", name="Find a page", exact=True).click()
        page.get_by_role("combobox", name="Go to").fill("searc")
        expect(page.get_by_role("dialog")).to_contain_text("No page is called")
        page.get_by_role("combobox", name="Go to").fill("bud")
        expect(page.get_by_role("option")).to_have_text(["Budgetspage"])


def test_finance_reads_the_audit_log_and_changes_nobody(browser: Browser, limited_site: LimitedSite) -> None:
    with visited(browser, limited_site, "fay") as visit:
        page = visit.open("/access")
        page.wait_for_url("**/access/audit")
        expect(page.get_by_role("table", name="Audit log")).to_be_visible()
        expect(page.get_by_role("link", name="Keys and people")).to_have_count(0)


def test_a_viewer_has_no_buttons_that_change_something(browser: Browser, limited_site: LimitedSite) -> None:
    with visited(browser, limited_site, "vic") as visit:
        page = visit.open("/credits/cedar")
        expect(page.get_by_role("button", name="Grant credits")).to_have_count(0)
        visit.open("/budgets/all_ai")
        expect(page.get_by_role("button", name="Adjust the limit")).to_have_count(0)


def test_a_key_is_shown_once_works_and_is_revoked(ana: Visit, limited_site: LimitedSite) -> None:
    page = ana.open("/access")
    page.get_by_role("button", name="Create a key").click()
    box = page.get_by_role("dialog")
    box.get_by_label("Name").fill("checkout in production")
    box.get_by_label("ingest").uncheck()
    box.get_by_label("audit").check()
    box.get_by_role("button", name="Create").click()
    key = box.get_by_test_id("key").inner_text()
    expect(box).to_contain_text("It cannot be shown again")
    assert limited_site.asked("/audit", key)[0] == 200
    assert limited_site.asked("/access/people", key)[0] == 403
    box.get_by_role("button", name="Done").click()
    row = page.get_by_role("table", name="Keys").locator("tbody tr").filter(has_text="checkout in production")
    expect(row).to_contain_text("audit")
    assert key not in page.content()
    row.get_by_role("button", name="Revoke").click()
    expect(box).to_contain_text("It cannot be taken back")
    box.get_by_role("button", name="Revoke").click()
    expect(row).to_contain_text("revoked")
    expect(row.get_by_role("button")).to_have_count(0)
    assert limited_site.asked("/audit", key)[0] == 401


def test_somebody_is_let_in_changed_and_kept_out(
    ana: Visit, browser: Browser, limited_site: LimitedSite
) -> None:
    page = ana.open("/access")
    page.get_by_role("button", name="Add a person").click()
    box = page.get_by_role("dialog")
    box.get_by_label("Login").fill("ben")
    box.get_by_label("Role").select_option("team")
    box.get_by_role("combobox", name="Team").fill("payments")
    box.get_by_label("First password").fill(PASSWORD)
    box.get_by_role("button", name="Add").click()
    row = page.get_by_role("table", name="People").locator("tbody tr").filter(has_text="ben")
    expect(row).to_contain_text("payments")
    row.get_by_role("button", name="Change the role").click()
    box.get_by_label("Role").select_option("viewer")
    box.get_by_role("button", name="Change it").click()
    expect(row).to_contain_text("Viewer")
    with visited(browser, limited_site, "ben") as other:
        assert "Overview" in pages_offered(other.open("/"))
        row.get_by_role("button", name="Disable").click()
        box.get_by_role("button", name="Disable").click()
        expect(row).to_contain_text("disabled")
        other.page.reload()
        expect(other.page.get_by_label("Password")).to_be_visible()
    people = told(ana, "/access/people")["people"]
    assert [row["login"] for row in downloaded(page, "People")] == [one["login"] for one in people]
    assert next(one["state"] for one in people if one["login"] == "ben") == "disabled"


def test_what_cannot_be_is_said_where_it_was_asked(ana: Visit) -> None:
    page = ana.open("/access")
    owner = page.get_by_role("table", name="People").locator("tbody tr").filter(has_text="ana@tern.example")
    owner.get_by_role("button", name="Disable").click()
    page.get_by_role("dialog").get_by_role("button", name="Disable").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("last owner")
    page.keyboard.press("Escape")
    expect(owner).to_contain_text("active")


def test_a_password_is_changed_by_whoever_knows_it(browser: Browser, limited_site: LimitedSite) -> None:
    with visited(browser, limited_site, "ana@tern.example") as ana:
        given = {"login": "pia", "role": "viewer", "password": PASSWORD}
        assert ana.page.request.post(f"{limited_site.address}/api/v1/access/people", data=given).ok
    with visited(browser, limited_site, "pia") as visit:
        page = visit.open("/teams")
        page.get_by_test_id("me").click()
        page.get_by_role("button", name="Change password").click()
        box = page.get_by_role("dialog")
        box.get_by_label("Password now").fill("not these words here")
        box.get_by_label("New password").fill("nine blue bicycles")
        box.get_by_role("button", name="Change it").click()
        expect(box.get_by_role("alert")).to_be_visible()
        box.get_by_label("Password now").fill(PASSWORD)
        box.get_by_role("button", name="Change it").click()
        expect(box).to_have_count(0)
        visit.open("/teams")
        expect(page.get_by_test_id("me")).to_be_visible()
    with visited(browser, limited_site, None) as visit:
        page = visit.page
        page.goto(f"{limited_site.address}/teams")
        give(page, "pia", "nine blue bicycles")
        expect(page.get_by_test_id("me")).to_be_visible()


def test_the_audit_log_is_the_same_everywhere(ana: Visit) -> None:
    page = ana.open("/access/audit?action=add_person")
    rows = told(ana, "/audit?action=add_person")["rows"]
    assert page.get_by_role("table", name="Audit log").locator("tbody tr").count() == len(rows)
    assert [row["target"] for row in downloaded(page, "Audit log")] == [row["target"] for row in rows]
    page.get_by_role("button", name="Refused").click()
    page.wait_for_url("**outcome=refused**")
    expect(page.get_by_text("Nothing that is kept is like this.")).to_be_visible()


@pytest.mark.parametrize("look", LOOKS, ids=lambda p: f"{p[0]}-{p[1]}")
@pytest.mark.parametrize("path", ["login", "/access", "key", "/access/audit"])
def test_a_page_is_sound(
    browser: Browser, limited_site: LimitedSite, path: str, look: tuple[str, int]
) -> None:
    login = None if path == "login" else "ana@tern.example"
    with visited(browser, limited_site, login, *look) as visit:
        page = visit.open("/access" if path == "key" else path if login else "/teams")
        if path == "key":
            page.get_by_role("button", name="Create a key").click()
            expect(page.get_by_role("dialog")).to_be_visible()
        assert grave(page) == []
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert beyond <= 0, "the page scrolls sideways"
        assert login is None or visit.complaints == []
