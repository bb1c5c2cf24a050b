/** Charged, spread over days, claimed by rules, arrived: each step's sum, and its difference to the step before. */

import type { Statement, StatementRow, StatementStage, StatementTotal } from "../../api/reconciliation.ts";
import { Amount } from "../../figures/Amount.tsx";
import { Balance } from "../../figures/Balance.tsx";
import { Figure, Figures } from "../../figures/Figure.tsx";
import { monthText } from "../../format/dates.ts";
import { compareDecimals, counted, isZero } from "../../format/decimal.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn } from "../../table/money.tsx";

const STEPS = [
  { key: "charged", name: "Charged", note: "lines of the bills" },
  { key: "spread", name: "Spread over days", note: "cost of each day" },
  { key: "claimed", name: "Claimed by rules", note: "where the cost began" },
  { key: "arrived", name: "Arrived", note: "allocated, idle, unallocated" },
] as const;

export function Steps({ total }: { total: StatementTotal }) {
  return (
    <Figures label="Step by step">
      {STEPS.map(({ key, name, note }, at) => {
        const before = total[STEPS[Math.max(0, at - 1)]?.key ?? "charged"];
        const same = compareDecimals(total[key], before) === 0;
        return (
          <Figure key={key} name={name} note={<><span>{note}</span>{at ? same ? <span className="whole">difference 0 ✓</span> : <span className="loss">not the step before</span> : null}</>}>
            <span data-testid={`step-${key}`}><Amount display compact value={total[key]} currency={total.currency} label={name} /></span>
          </Figure>
        );
      })}
      <Figure name="Rejected, beside it" note={<span>{isZero(String(total.rejected_rows)) ? "no row" : counted(total.rejected_rows, "row")} unreadable</span>}>
        <Amount display compact value={total.rejected} currency={total.currency} label="Rejected" />
      </Figure>
    </Figures>
  );
}

interface StepRow extends StatementRow {
  steps: Map<string, StatementStage>;
}

export function StepTable({ report, csv }: { report: Statement; csv: string }) {
  const key = (row: { source: string; billing_period: string }) => `${row.source} ${row.billing_period}`;
  const steps = new Map<string, Map<string, StatementStage>>();
  for (const stage of report.stages) steps.set(key(stage), (steps.get(key(stage)) ?? new Map()).set(stage.stage, stage));
  const rows: StepRow[] = report.rows.map((row) => ({ ...row, steps: steps.get(key(row)) ?? new Map() }));
  const currency = report.rows[0]?.currency ?? null;
  const name = (row: StepRow) => `${row.source}, ${monthText(row.billing_period)}`;
  const columns: Column<StepRow>[] = STEPS.flatMap(({ key: step, name: label }, at) => [
    amountColumn<StepRow>({ key: step, label, currency, value: (row) => row.steps.get(step)?.amount ?? null, name }),
    ...(at ? [{ key: `${step}-difference`, label: "Difference", numeric: true, title: "Against the step before", value: (row: StepRow) => row.steps.get(step)?.difference ?? null, render: (row: StepRow) => <Balance difference={row.steps.get(step)?.difference ?? "0"} /> }] : []),
  ]);
  return (
    <div className="wide-table">
      <DataTable<StepRow>
        name="steps" title="Each bill, step by step" note="each step counted from its own table" rows={rows} rowKey={name} csv={csv}
        columns={[
          { key: "source", label: "Source", heads: true, value: (row) => row.source },
          { key: "billing_period", label: "Period", value: (row) => row.billing_period, render: (row) => <span className="nowrap">{monthText(row.billing_period)}</span> },
          ...columns,
        ]}
      />
    </div>
  );
}
