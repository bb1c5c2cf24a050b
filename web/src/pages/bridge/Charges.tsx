/** The charges behind one kind of line in a step, down to file and line of the bill. */

import type { BehindReport, BridgeStep, ChargeBehind } from "../../api/bills.ts";
import { csvAddress, type Params } from "../../api/client.ts";
import { useReport } from "../../api/queries.ts";
import { Amount } from "../../figures/Amount.tsx";
import { instantText } from "../../format/dates.ts";
import { Problem, RowsSkeleton } from "../../page/states.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn } from "../../table/money.tsx";

/** Charges shown; the CSV has more. */
const MOST = "20";

interface ChargesProps {
  step: BridgeStep;
  asked: Params;
  kind: string;
  service: string | undefined;
}

export function Charges({ step, asked, kind, service }: ChargesProps) {
  const params = { ...asked, step: step.step, line_item_type: kind, service };
  const query = useReport<BehindReport>("/bridge/charges", { ...params, limit: MOST }, { keep: false });
  if (query.isError) return <Problem error={query.error} />;
  const report = query.data;
  if (!report) return <div className="block"><RowsSkeleton rows={6} /></div>;
  const { currency } = report;
  const name = (row: ChargeBehind) => `${row.x_SourceFile ?? ""}:${row.x_SourceLine ?? ""}`;
  const note = <>{report.next_cursor === null ? "all" : `the ${report.charges.length} that move most`}; together <Amount value={report.amount} currency={currency} label="All of them" /></>;
  return (
    <DataTable<ChargeBehind>
      name="charges" title={`Charges: ${[kind, service].filter(Boolean).join(", ")}`} level={3} note={note} rows={report.charges} rowKey={(row) => `${name(row)} ${row.amount} ${row.EffectiveCost}`}
      csv={csvAddress("/bridge/charges", { ...params, limit: "1000" })}
      columns={[
        { key: "line", label: "Line of the bill", heads: true, value: (row) => row.ChargeDescription ?? name(row), render: (row) => <>{row.ChargeDescription ?? row.ServiceName}<span className="sub">{row.SubAccountId}{row.ChargePeriodStart ? ` · ${instantText(row.ChargePeriodStart)}` : ""}</span><span className="sub mono breaks">{name(row)}</span></> },
        amountColumn<ChargeBehind>({ key: "console", label: "Console", currency, value: (row) => row.console, name, spare: 2 }),
        amountColumn<ChargeBehind>({ key: "BilledCost", label: "BilledCost", currency, value: (row) => row.BilledCost, name, spare: 1 }),
        amountColumn<ChargeBehind>({ key: "EffectiveCost", label: "EffectiveCost", currency, value: (row) => row.EffectiveCost, name, spare: 1 }),
        amountColumn<ChargeBehind>({ key: "amount", label: "In this step", currency, value: (row) => row.amount, name }),
      ]}
    />
  );
}
