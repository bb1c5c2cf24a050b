/** Why cost moves: rules, settings and data that differ. Nothing is shown where nothing differs. */

import type { DataChange, RuleChange, SettingChange } from "../../api/runs.ts";
import { Amount } from "../../figures/Amount.tsx";
import { monthText } from "../../format/dates.ts";
import { counted, quantityText } from "../../format/decimal.ts";
import { DataTable } from "../../table/DataTable.tsx";

const TONE = { added: "tag good", removed: "tag bad", changed: "tag warn" } as const;

function Text({ value }: { value: string | null }) {
  return value === null ? <span className="quieter">not set</span> : <code className="breaks">{value}</code>;
}

export function RuleChanges({ rules, csv }: { rules: RuleChange[]; csv: string }) {
  if (rules.length === 0) return null;
  return (
    <DataTable<RuleChange>
      name="rule-changes" title="Rules" note={counted(rules.length, "rule differs", "rules differ")} rows={rules} rowKey={(row) => `${row.perspective} ${row.rule} ${row.change}`} csv={csv}
      columns={[
        { key: "rule", label: "Rule", heads: true, value: (row) => row.rule, render: (row) => <>{row.rule}<span className="sub">{row.perspective}</span></> },
        { key: "change", label: "", value: (row) => row.change, render: (row) => <span className={TONE[row.change]}>{row.change}</span> },
        { key: "settings", label: "Settings: before, after", value: (row) => row.settings.map((one) => `${one.setting}: ${one.before ?? "not set"} → ${one.after ?? "not set"}`).join("; "), render: (row) => <SettingList settings={row.settings} /> },
      ]}
    />
  );
}

function SettingList({ settings }: { settings: SettingChange[] }) {
  return (
    <ul className="settings">
      {settings.map((one) => <li key={one.setting}><span className="quiet">{one.setting}</span> <Text value={one.before} /> → <Text value={one.after} /></li>)}
    </ul>
  );
}

export function Settings({ settings, csv }: { settings: SettingChange[]; csv: string }) {
  if (settings.length === 0) return null;
  return (
    <DataTable<SettingChange>
      name="setting-changes" title="Other settings" rows={settings} rowKey={(row) => row.setting} csv={csv}
      columns={[
        { key: "setting", label: "Setting", heads: true, value: (row) => row.setting },
        { key: "before", label: "Before", value: (row) => row.before, render: (row) => <Text value={row.before} /> },
        { key: "after", label: "After", value: (row) => row.after, render: (row) => <Text value={row.after} /> },
      ]}
    />
  );
}

function Quantity({ row, value }: { row: DataChange; value: string | null }) {
  if (value === null) return <span className="quieter">–</span>;
  if (row.currency) return <Amount value={value} currency={row.currency} label={row.what} />;
  return <span className="num">{quantityText(value)}</span>;
}

export function DataChanges({ data, more, csv }: { data: DataChange[]; more: number; csv: string }) {
  if (data.length === 0) return null;
  const rows = (count: number | null) => <span className="num">{count === null ? "–" : quantityText(count)}</span>;
  return (
    <DataTable<DataChange>
      name="data-changes" title="Data" note={more ? `${more} more not shown` : counted(data.length, "part has another version", "parts have another version")} rows={data} rowKey={(row) => `${row.table} ${row.name} ${row.period} ${row.what} ${row.currency ?? ""}`} csv={csv}
      columns={[
        { key: "name", label: "Data", heads: true, value: (row) => row.name, render: (row) => <>{row.name}<span className="sub">{row.table}</span></> },
        { key: "period", label: "Period", value: (row) => row.period, render: (row) => (row.period ? <span className="nowrap">{monthText(row.period)}</span> : "–") },
        { key: "change", label: "", value: (row) => row.change, render: (row) => <span className={TONE[row.change]}>{row.change}</span> },
        { key: "rows_before", label: "Rows before", numeric: true, spare: 1, value: (row) => row.rows_before, render: (row) => rows(row.rows_before) },
        { key: "rows_after", label: "Rows after", numeric: true, spare: 1, value: (row) => row.rows_after, render: (row) => rows(row.rows_after) },
        { key: "what", label: "Sum of", spare: 2, value: (row) => row.what },
        { key: "before", label: "Before", numeric: true, value: (row) => row.before, render: (row) => <Quantity row={row} value={row.before} /> },
        { key: "after", label: "After", numeric: true, value: (row) => row.after, render: (row) => <Quantity row={row} value={row.after} /> },
        { key: "difference", label: "Difference", numeric: true, value: (row) => row.difference, render: (row) => <Quantity row={row} value={row.difference} /> },
      ]}
    />
  );
}
