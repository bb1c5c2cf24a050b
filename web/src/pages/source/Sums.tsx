/** A source's periods, what the bill itself adds up to beside its charges, and its invoices. */

import { Link } from "wouter";
import type { ControlSum, InvoiceSum, SourcePeriod, SourceReport } from "../../api/bills.ts";
import { instantText, monthText } from "../../format/dates.ts";
import { exactText, isZero } from "../../format/decimal.ts";
import { useView } from "../../state/view.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn, countColumn } from "../../table/money.tsx";
import { StateMark } from "../data/SourceTable.tsx";

/** The currency of a whole table, or of each row where they differ. */
export function currencyOf<Row extends { currency: string }>(rows: Row[]): string | null | ((row: Row) => string) {
  const codes = new Set(rows.map((row) => row.currency));
  return codes.size === 1 ? ([...codes][0] ?? null) : (row) => row.currency;
}

export function periodColumn<Row extends { billing_period: string }>(more: Partial<Column<Row>> = {}): Column<Row> {
  return { key: "billing_period", label: "Period", value: (row) => row.billing_period, render: (row) => <span className="nowrap">{monthText(row.billing_period)}</span>, ...more };
}

export function Periods({ report, csv }: { report: SourceReport; csv: string }) {
  const { href } = useView();
  const bridge = (row: SourcePeriod) => href("/bridge", { source: report.source.source, period: row.billing_period });
  return (
    <DataTable<SourcePeriod>
      name="periods" title="Billing periods" rows={report.periods} rowKey={(row) => row.billing_period} csv={csv}
      columns={[
        periodColumn<SourcePeriod>({ heads: true, render: (row) => <><Link className="link nowrap" href={bridge(row)} title="From the console's number to the invoice">{monthText(row.billing_period)}</Link>{row.notes.map((note) => <span key={note} className="sub wrap">{note}</span>)}</> }),
        { key: "state", label: "State", value: (row) => row.state, render: (row) => <StateMark state={row.state} /> },
        { key: "loaded_at", label: "Loaded", value: (row) => row.loaded_at, render: (row) => <Link className="link nowrap" href={href(`/data/loads/${encodeURIComponent(row.load_id)}`)}>{instantText(row.loaded_at)}</Link> },
        countColumn<SourcePeriod>("loads", "Loads", (row) => row.loads, { title: "How often the period was loaded", spare: 1 }),
        countColumn<SourcePeriod>("rows", "Rows", (row) => row.rows),
        countColumn<SourcePeriod>("repaired_values", "Repaired values", (row) => row.repaired_values, { spare: 1 }),
        countColumn<SourcePeriod>("rejected_rows", "Rejected rows", (row) => row.rejected_rows),
      ]}
    />
  );
}

export function Controls({ controls, csv }: { controls: ControlSum[]; csv: string }) {
  const name = (row: ControlSum) => `${row.line_item_type}, ${row.billing_period}, ${row.currency}`;
  const currency = currencyOf(controls);
  return (
    <DataTable<ControlSum>
      name="controls" title="Control sums" note="the bill's own sum = charges + left out" rows={controls} rowKey={name} csv={csv}
      columns={[
        { key: "line_item_type", label: "Kind of line", heads: true, value: (row) => row.line_item_type, render: (row) => <>{row.line_item_type}{row.reason ? <span className="sub wrap">{row.reason}</span> : null}</> },
        periodColumn<ControlSum>(),
        countColumn<ControlSum>("rows", "Rows", (row) => row.rows, { spare: 1 }),
        amountColumn<ControlSum>({ key: "amount", label: "Bill's own sum", currency, value: (row) => row.amount, name, title: "Not known of FOCUS bills, whose lines are charges as they are" }),
        amountColumn<ControlSum>({ key: "charged", label: "Charges", currency, value: (row) => row.charged, name }),
        amountColumn<ControlSum>({ key: "left_out", label: "Left out", currency, value: (row) => row.left_out, name }),
        { key: "difference", label: "Difference", numeric: true, value: (row) => row.difference, render: (row) => (row.amount === null ? <span className="quieter">–</span> : isZero(row.difference) ? <span className="num whole">0 ✓</span> : <span className="num amount loss">{exactText(row.difference)}</span>) },
        amountColumn<ControlSum>({ key: "BilledCost", label: "BilledCost", currency, value: (row) => row.BilledCost, name, spare: 2 }),
        amountColumn<ControlSum>({ key: "EffectiveCost", label: "EffectiveCost", currency, value: (row) => row.EffectiveCost, name, spare: 1 }),
      ]}
    />
  );
}

export function InvoiceSums({ invoices, csv }: { invoices: InvoiceSum[]; csv: string }) {
  const name = (row: InvoiceSum) => `${row.invoice_id ?? "no invoice yet"}, ${row.billing_period}, ${row.currency}`;
  return (
    <DataTable<InvoiceSum>
      name="invoices" title="Invoices" note="sum of BilledCost, to compare with the invoice" rows={invoices} rowKey={name} csv={csv}
      columns={[
        { key: "invoice_id", label: "Invoice", heads: true, value: name, render: (row) => row.invoice_id ?? <span className="quiet">no invoice yet</span> },
        periodColumn<InvoiceSum>(),
        { key: "issuer", label: "Issuer", spare: 2, value: (row) => row.issuer },
        countColumn<InvoiceSum>("rows", "Rows", (row) => row.rows),
        amountColumn<InvoiceSum>({ key: "BilledCost", label: "BilledCost", currency: currencyOf(invoices), value: (row) => row.BilledCost, name }),
      ]}
    />
  );
}
