/** AI cost by feature, model, customer, user: one table, and what it is by is in the address. */

import { Link } from "wouter";
import { csvAddress } from "../../api/client.ts";
import type { Group, OperationsBreakdown, OperationsMeta } from "../../api/operations.ts";
import { useReport } from "../../api/queries.ts";
import { Bar, mostOf } from "../../figures/Bar.tsx";
import { counted } from "../../format/decimal.ts";
import { Problem, RowsSkeleton } from "../../page/states.tsx";
import type { Pins } from "../../state/why.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { useAsked } from "./asked.ts";
import { Choices, useChoice } from "./Choices.tsx";
import { titled } from "./counts.ts";
import { costColumn, figureColumns, kindsOf, perUnitColumn } from "./figureColumns.tsx";

const BY = ["feature", "model", "customer", "user", "plan", "workflow", "prompt", "team"];

/** A model is its provider's. */
function keysOf(by: string): string {
  return by === "model" ? "provider,model" : by;
}

export function ByDimension() {
  const { params } = useAsked();
  const by = useChoice("by", BY);
  const asked = { ...params, by: keysOf(by) };
  const query = useReport<OperationsBreakdown>("/operations/breakdown", asked);
  const shown = query.data?.by.at(-1) ?? by;
  return (
    <div className="choosing" aria-busy={query.isPlaceholderData}>
      <Choices label="Cost by" name="by" choices={BY.map((value) => ({ value, label: `By ${value}` }))} />
      {query.isError ? <Problem error={query.error} retry={() => void query.refetch()} needsRun={false} /> : query.data ? (
        <Groups by={shown} report={query.data} csv={csvAddress("/operations/breakdown", asked)} />
      ) : <RowsSkeleton rows={8} />}
    </div>
  );
}

function Groups({ by, report, csv }: { by: string; report: OperationsBreakdown; csv: string }) {
  const { groups, meta, more } = report;
  const kinds = kindsOf(groups);
  const kind = useChoice("unit", ["", ...kinds]);
  const columns = useColumns(by, groups, meta, kind);
  return (
    <div className="wide-table">
      {kinds.length ? <Choices label="Cost per unit of" name="unit" choices={["", ...kinds].map((value) => ({ value, label: value ? `Per ${value}` : "Per unit of its own" }))} /> : null}
      <DataTable<Group>
        name={`by-${by}`} title={`AI cost by ${by}`} note={more ? `the dearest ${groups.length}; ${counted(more, "group")} more` : String(groups.length)}
        columns={columns} rows={groups} rowKey={(row) => Object.values(row.key).join(" ")} order="-cost" csv={csv}
      />
    </div>
  );
}

function useColumns(by: string, groups: Group[], meta: OperationsMeta, kind: string): Column<Group>[] {
  const { pins, to } = useAsked();
  const most = mostOf(groups.map((row) => row.cost ?? "0"));
  const name = (row: Group) => row.key[by] ?? "";
  const subtitle = (row: Group) => row.key["provider"] ?? (by === "customer" && row.customer_name ? name(row) : "");
  const into = (row: Group): Pins => ({ ...pins, ...row.key });
  // A feature opens into its models, all else into its features.
  const next = by === "feature" ? { by: "model" } : undefined;
  return [
    {
      key: by, label: titled(by), heads: true, value: name,
      render: (row) => <Link className="link" href={to(by === "prompt" && name(row) !== "(none)" ? "/ai/variants" : "/ai", into(row), next)}>{by === "customer" && row.customer_name ? row.customer_name : name(row)}{subtitle(row) ? <span className="sub">{subtitle(row)}</span> : null}</Link>,
    },
    { key: "bar", label: "", drawing: true, value: () => null, render: (row) => <Bar value={row.cost ?? "0"} most={most} />, spare: 1 },
    costColumn<Group>(meta, name, (row) => to("/ai/tree", into(row))),
    ...figureColumns<Group>(meta, name, (row) => to("/ai/operations", into(row))),
    perUnitColumn<Group>(meta, name, kind || undefined),
  ];
}
