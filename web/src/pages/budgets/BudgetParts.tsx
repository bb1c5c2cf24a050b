/** What became of a budget in its period: thresholds, changes of the limit, calls that hold some of it. */

import type { Adjustment, Crossing, Hold, OneBudget, Overshoot } from "../../api/budgets.ts";
import { instantText } from "../../format/dates.ts";
import { percentText } from "../../format/decimal.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn } from "../../table/money.tsx";
import { entityWords, titleOf } from "./words.tsx";

interface PartProps {
  budget: OneBudget;
  csv: string;
}

const when = (instant: string) => <span className="nowrap">{instantText(instant)}</span>;

export function Crossings({ budget, csv }: PartProps) {
  return (
    <DataTable<Crossing>
      name="crossings" title="Thresholds reached" rows={budget.crossings} rowKey={(row) => row.threshold} csv={csv} empty={<p className="quiet">None yet.</p>}
      columns={[
        { key: "threshold", label: "Threshold", heads: true, value: (row) => row.threshold, render: (row) => <span className="num">{percentText(row.threshold)}</span> },
        { key: "at", label: "First reached", value: (row) => row.at, render: (row) => when(row.at) },
        amountColumn<Crossing>({ key: "spent", label: "Spent then", currency: budget.currency, name: () => titleOf(budget), value: (row) => row.spent }),
      ]}
    />
  );
}

export function Adjustments({ budget, csv }: PartProps) {
  return (
    <DataTable<Adjustment>
      name="adjustments" title="Changes of the limit" note="in this period" rows={budget.adjustments} rowKey={(row) => `${row.at} ${row.amount}`} csv={csv} empty={<p className="quiet">None: it is as apportion.yaml says.</p>}
      columns={[
        { key: "at", label: "When", heads: true, value: (row) => row.at, render: (row) => <>{when(row.at)}<span className="sub">{row.who}</span></> },
        { key: "reason", label: "Why", value: (row) => row.reason, render: (row) => <span className="wraps">{row.reason}</span> },
        amountColumn<Adjustment>({ key: "amount", label: "Added", currency: budget.currency, name: () => titleOf(budget), value: (row) => row.amount }),
      ]}
    />
  );
}

export function Holds({ budget, csv }: PartProps) {
  return (
    <DataTable<Hold>
      stacks name="holds" title="Held now" note="for calls that have begun; what nobody settles comes back" rows={budget.holds} rowKey={(row) => row.reservation_id} csv={csv} empty={<p className="quiet">Nothing is held.</p>}
      columns={[
        { key: "reservation_id", label: "Call", heads: true, value: (row) => row.reservation_id, render: (row) => <><span className="mono">{row.reservation_id}</span><span className="sub">{entityWords(row.fields)}</span></> },
        { key: "created", label: "Since", spare: 2, value: (row) => row.created, render: (row) => when(row.created) },
        { key: "expires", label: "Comes back", value: (row) => row.expires, render: (row) => when(row.expires) },
        { key: "basis", label: "Estimated from", spare: 1, value: (row) => row.basis, render: (row) => row.basis.replaceAll("_", " ") },
        amountColumn<Hold>({ key: "estimate", label: "Held", currency: budget.currency, name: (row) => row.reservation_id, value: (row) => row.estimate }),
      ]}
    />
  );
}

export function Overshoots({ budget, csv }: PartProps) {
  if (budget.overshoots.length === 0) return null;
  // All digits: these are small amounts, of which the last is the difference of the others.
  const money = { currency: budget.currency, name: (row: Overshoot) => row.reservation_id, exact: true };
  return (
    <DataTable<Overshoot>
      stacks name="overshoots" title="Above their estimate" note="calls that cost more than was held for them; the next estimate learns from them" rows={budget.overshoots} rowKey={(row) => row.reservation_id} csv={csv}
      columns={[
        { key: "reservation_id", label: "Call", heads: true, value: (row) => row.reservation_id, render: (row) => <span className="mono">{row.reservation_id}</span> },
        { key: "at", label: "When", value: (row) => row.at, render: (row) => when(row.at) },
        amountColumn<Overshoot>({ ...money, key: "estimate", label: "Held", value: (row) => row.estimate, spare: 2 }),
        amountColumn<Overshoot>({ ...money, key: "cost", label: "Cost", value: (row) => row.cost, spare: 2 }),
        amountColumn<Overshoot>({ ...money, key: "over", label: "Above", value: (row) => row.over }),
      ]}
    />
  );
}
