/** Whose cost moves, and by how much. */

import type { Changes, PerspectiveChange, TargetChange } from "../../api/runs.ts";
import { mostOf } from "../../figures/Bar.tsx";
import { Change } from "../../figures/Change.tsx";
import { Delta } from "../../figures/Delta.tsx";
import { amountDigits, counted, exactText, isNegative } from "../../format/decimal.ts";
import type { Pins } from "../../state/why.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn } from "../../table/money.tsx";

interface MovesProps {
  changes: Changes;
  chosen: PerspectiveChange;
  standing: "before" | "after" | null;
  csv: string;
}

export function Moves({ changes, chosen, standing, csv }: MovesProps) {
  const { meta } = changes;
  const { currency, perspective } = chosen;
  const rows = changes.targets.filter((row) => row.perspective === perspective && row.currency === currency);
  const most = mostOf(rows.map((row) => row.change));
  const name = (row: TargetChange) => row.target.replace(/^\((.*)\)$/, "$1");
  const why = (side: "before" | "after") => (row: TargetChange): Pins | undefined =>
    side === standing ? { perspective, target: row.target, from: meta.from, to: meta.to, metric: meta.metric } : undefined;
  const to = chosen.to.replaceAll("_", " ");
  return (
    <DataTable<TargetChange>
      name="moves" title="Whose cost moves" rows={rows} rowKey={(row) => `${row.target_kind} ${row.target}`} csv={csv}
      note={changes.targets_more ? `the largest changes; ${counted(changes.targets_more, "smaller one")} of all perspectives not shown` : counted(rows.length, "target")}
      empty={<p className="quiet">No {to}'s cost moves.</p>}
      columns={[
        { key: "target", label: to.charAt(0).toUpperCase() + to.slice(1), heads: true, value: name, render: (row) => <>{name(row)}{row.state === "changed" ? null : <> <span className="tag">{row.state}</span></>}</> },
        amountColumn<TargetChange>({ key: "before", label: "Before", currency, value: (row) => row.before, name, why: why("before") }),
        amountColumn<TargetChange>({ key: "after", label: "After", currency, value: (row) => row.after, name, why: why("after") }),
        { key: "bar", label: "Less, more", drawing: true, wide: true, spare: 2, value: () => null, render: (row) => <Delta value={row.change} most={most} /> },
        { key: "change", label: "Change", unit: currency, numeric: true, value: (row) => row.change, render: (row) => <Signed row={row} /> },
        { key: "change_pct", label: "In percent", numeric: true, value: (row) => row.change_pct, render: (row) => (row.change_pct === null ? <span className="quieter">–</span> : <Change pct={row.change_pct} />) },
      ]}
    />
  );
}

/** A change says its direction with its sign. */
function Signed({ row }: { row: TargetChange }) {
  const sign = isNegative(row.change) ? "" : "+";
  return <span className="num" title={`${sign}${exactText(row.change)}`}><data value={row.change}>{sign}{amountDigits(row.change)}</data></span>;
}
