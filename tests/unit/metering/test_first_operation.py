"""Whoever asks before the first operation has come sees it when it has."""

from pathlib import Path

from apportion.app import App


def test_a_question_before_the_first_operation_does_not_hide_it(tmp_path: Path) -> None:
    (tmp_path / "apportion.yaml").write_text("company: Fernway\n")
    app = App(tmp_path)
    for known in (0, 1):
        with app.operations_reader() as con:
            assert con.execute("SELECT count(*) FROM operations").fetchall() == [(known,)]
        app.post_operations(b'{"id": "a"}')
