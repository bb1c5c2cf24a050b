"""Whoever asks before the first operation has come sees it when it has."""

from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from apportion.app import App
from apportion.database import State


def test_a_question_before_the_first_operation_does_not_hide_it(tmp_path: Path) -> None:
    (tmp_path / "apportion.yaml").write_text("company: Fernway\n")
    app = App(tmp_path)
    for known in (0, 1):
        with app.operations_reader() as con:
            assert con.execute("SELECT count(*) FROM operations").fetchall() == [(known,)]
        app.post_operations(b'{"id": "a"}')


def test_a_database_of_before_is_brought_up_to_date_by_a_question(tmp_path: Path) -> None:
    (tmp_path / "apportion.yaml").write_text("company: Fernway\n")
    state = State.file(tmp_path / "state.db")
    state.migrate("0001")
    state.close()
    app = App(tmp_path)
    assert app.sql("SELECT count(*) AS n FROM operations", []) == [{"n": 0}]
    assert app.rate_cards() == []


def test_a_question_to_an_empty_postgresql_is_answered(
    tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = make_url(postgres)
    monkeypatch.setenv("STATE_PASSWORD", url.password or "")
    address = url._replace(drivername="postgresql", password=None).render_as_string()
    settings = f"database: {{url: '{address}', password: {{env: STATE_PASSWORD}}}}\n"
    (tmp_path / "apportion.yaml").write_text(settings)
    app = App(tmp_path)
    assert app.sql("SELECT count(*) AS n FROM operations", []) == [{"n": 0}]
    app.stop()
