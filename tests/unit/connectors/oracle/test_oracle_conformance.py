"""What is exported of Oracle's charges keeps the rules of FOCUS."""

from collections.abc import Mapping

import pytest

from apportion.conformance import Order, export_focus
from oracle_bills import FOCUS_HOUR, HOUR, Oracle, report

BACK = {"oci_BackReferenceNumber": "r", "lineItem/isCorrection": "true"}


@pytest.mark.parametrize("version", ["1.2", "1.3", "1.4"])
@pytest.mark.parametrize("hour", [HOUR, FOCUS_HOUR], ids=["cost report", "FOCUS report"])
def test_both_reports_in_every_version(oracle: Oracle, version: str, hour: Mapping[str, str]) -> None:
    oracle.text(report({}, {k: v for k, v in BACK.items() if k in hour}, hour=hour))
    (exported,) = export_focus(oracle.ledger, oracle.folder / "out", Order(version))
    assert (exported.rows, exported.report.failures) == (2, ())
