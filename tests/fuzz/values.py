"""Values that have broken readers of bills before, or might."""

NUMBERS = [
    "1e400", "-1e400", "1e-400", "1E+3", "1e5", ".5", "5.", "+7", "--5", "1-", "NaN", "inf", "-Infinity", "0x10",
    "9" * 50, "0." + "1" * 60, "-0", "1,234.50", "1.234,50", "1 234,50", "1'234.50", "$5.00", "€5", "5 USD", "(5)", "5%",
    "1_000", " 5 ", "\t5", "５", "١٢", "1/3", "=1+1", "#REF!", "null", "NULL", "\\N", "-", ".", "e", "1e", "e5",
    "99999999999999999999999999.999999999999", "0.0000000000001", "170141183460469231731687303715884105728",
]  # fmt: skip

TIMES = [
    "2026-02-30", "2026-13-01T00:00:00Z", "0000-00-00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "99999-01-01",
    "294247-01-10T04:00:54Z", "-4713-01-01", "2026-09-01T25:00:00Z", "2026-09-01T24:00:00Z", "2026-09-01T00:00:60Z",
    "1/2/3", "13/13/2026", "31.09.2026", "9/1/26", "09-01-2026", "20260901", "2026-09", "2026", "infinity", "-infinity",
    "epoch", "now", "today", "2026-09-01T00:00:00+99:00", "2026-09-01T00:00:00+02:00", "2026-09-01 00:00:00 UTC",
    "2026-09-01 00:00:00 Mars/Olympus", "2026-09-01T00:00:00.123456789Z", "1756684800", "46266", "Sept 1, 2026",
    "2026-09-01T00:00:00Zz", "2026-9-1", "2026/09/01", "01-Sep-26",
]  # fmt: skip

JSONS = [
    "{", "}", "[]", "{}", "null", "true", "1", '"x"', "[[1]]", '{"a": null}', '{"": ""}', '{"a": 1, "a": 2}',
    '{"a": 1, "A": 2}', "{a: 1}", "{'a': 'b'}", '{"a": {"b": {"c": [1, {"d": 2}]}}}', '{"a": "\\ud800"}',
    '{"a": "\\u0000"}', '{"a": 1e999}', '"a": "b"', '"a": "b",', '[{"key": "a", "value": "b"}]',
    '[{"key": "a"}, {"key": "a"}]', '[{"key": null, "value": "x"}]', '[{"k": 1}]', '[{"amount": "x"}]',
    '[{"amount": 1e400, "name": "n"}]', '[{"name": "c", "amount": 0.1}, {"name": "c", "amount": null}]', "[null]",
    '{"a":' * 600 + "1" + "}" * 600, "[" * 600 + "]" * 600, '{"' + "k" * 70_000 + '": "v"}', '{"a": "b"} trailing',
]  # fmt: skip

TEXTS = [
    "", " ", "\0", "a\0b", "\ufeff", "\ufffd", "💶", "a\nb", "a\r\nb", '"', '""', "'", "';--", "a,b;c\td|e", "\\", '\\"',
    "x" * 200_000, "Usage", "usage", "USAGE", "Purchase", "Tax", "Credit", "Refund", "RIFee", "SavingsPlanNegation",
    "DiscountedUsage", "UnusedReservation", "Adjustment", "USD", "usd", "EUR", "US Dollar", "XXX", "$rows", "$amount",
    "${kept}", "%s", "{}", "c0", "line", "broken",
]  # fmt: skip

HEADERS = [
    "", " ", "c0", "line", "broken", "kept", "odd", "repaired", "n", "f0", "x_Columns", "BilledCost", "billed cost", "Cost",
    "cost", '"', "'", "a'b", "a;b", "a\nb", "💶", "\0", "$rows", "x" * 5000, "resourceTags/user:", "resourceTags/user:a'b\"",
    "resource_tags_user_a", "tags.a", "labels", "credits", "credits.amount", "product", "Tags", "tags", "x_SourceLine",
    "file_row_number", "filename",
]  # fmt: skip
