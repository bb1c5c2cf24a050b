/** Rates, one's own marked; each model leads to what holds for it. */

import { Link } from "wouter";
import type { RateRow } from "../../api/operation.ts";
import { quantityText } from "../../format/decimal.ts";
import { kindText } from "../../format/kinds.ts";
import { useView } from "../../state/view.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { conditionsOf, holdsOf, priceText, unitText } from "./rateWords.ts";

/** As many rows as one answer of the API holds. */
const MOST = 1000;

interface RateTableProps {
  name: string;
  title: string;
  rows: RateRow[];
  total: number;
  csv: string;
  /** Rows of one model need not name it. */
  one?: boolean;
}

export function RateTable({ name, title, rows, total, csv, one = false }: RateTableProps) {
  const { href, state } = useView();
  const into = (row: RateRow) => href("/ai/rates", { provider: row.provider, model: row.model, ...(state["on"] ? { on: state["on"] } : {}) });
  const model = (row: RateRow) => [row.provider, row.model].filter(Boolean).join("/");
  const lone = (row: RateRow) => !row.model.includes("*") && !row.provider.includes("*");
  const columns: Column<RateRow>[] = [
    ...(one ? [] : [{
      key: "model", label: "Model", heads: true, value: (row: RateRow) => row.model || row.pattern,
      render: (row: RateRow) => (
        <span title={`Names: ${row.pattern || row.model}`}>
          {lone(row) && row.model ? <Link className="link" href={into(row)}>{row.model}</Link> : row.model || "any"}{row.own ? <> <span className="tag good">own rate {row.own}</span></> : null}
          <span className="sub">{row.provider}</span>
        </span>
      ),
    }]),
    { key: "kind", label: "What", heads: one, value: (row) => kindText(row.kind), render: (row) => <>{kindText(row.kind)}{row.counted || row.kind === "discount" ? null : <span className="sub" title="Operations have no count for it: it is shown, and not charged">not counted</span>}{one && row.own ? <> <span className="tag good">own rate {row.own}</span></> : null}</> },
    { key: "price", label: "Price", numeric: true, value: (row) => row.price, render: (row) => <span className="num">{priceText(row)}<span className="sub">{unitText(row)}</span></span> },
    { key: "when", label: "For", value: conditionsOf, render: (row) => <span className={conditionsOf(row) === "standard" ? "quiet" : undefined}>{conditionsOf(row)}</span> },
    { key: "holds", label: "Holds", value: holdsOf, render: (row) => <span className="quiet">{holdsOf(row)}</span> },
    { key: "source", label: "Who says so", value: (row) => row.source, spare: 2, render: (row) => <span className="quiet">{row.source}</span> },
  ];
  return (
    <DataTable<RateRow>
      paged name={name} title={title} note={`${rows.length < total ? `${quantityText(rows.length)} of ` : ""}${quantityText(total)}${total > MOST ? `; CSV has the first ${quantityText(MOST)}` : ""}`} columns={columns} rows={rows} csv={csv}
      rowKey={(row) => [model(row), row.pattern, row.kind, conditionsOf(row), row.valid_from, row.own].join(" ")}
      empty={<p className="quiet">No rate is like this. Names may have <code>*</code> for any text; all days show what held before.</p>}
    />
  );
}
