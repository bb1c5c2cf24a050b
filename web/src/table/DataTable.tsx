/** A table that sorts, filters, copies and exports, and that the keyboard walks. Its state is in the address. */

import { type ReactNode, useRef, useState } from "react";
import { useView } from "../state/view.ts";
import { moveWithArrows } from "./arrows.ts";
import { cellsOf, type Column, matching, readSort, sorted, writeSort } from "./columns.ts";
import { useFit } from "./fit.ts";
import { TableTools } from "./TableTools.tsx";

interface DataTableProps<Row> {
  /** Names the table in the address: "customers" keeps its order in "customers.sort". */
  name: string;
  title: string;
  note?: ReactNode;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
  /** The order the rows come in, so that its column shows it: "-cost". */
  order?: string;
  /** The API's own CSV of the same rows; otherwise the rows shown are written as they came. */
  csv?: string;
  rowClass?: (row: Row) => string | undefined;
  /** Instead of rows, when there are none. */
  empty?: ReactNode;
  level?: 2 | 3;
  bareHead?: boolean;
  /** Rows come page by page in an order of their own: some of them are neither sorted nor filtered here. */
  paged?: boolean;
  /** On a phone every row shows all it has, its cells below each other, instead of fewer columns. */
  stacks?: boolean;
}

const FILTER_FROM = 9;

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { name, columns, rows, title } = props;
  const { state, set } = useView();
  const words = state[`${name}.q`] ?? "";
  const sort = readSort(state[`${name}.sort`]) ?? readSort(props.order);
  const [said, say] = useState("");
  const chosen = columns.find((column) => column.key === sort?.key);
  const ordered = state[`${name}.sort`] ? sorted(rows, chosen, sort?.descending ?? false) : rows;
  const shown = matching(ordered, columns, words);
  const Heading = props.level === 3 ? "h3" : "h2";

  const sortBy = (column: Column<Row>) => {
    const same = sort?.key === column.key;
    const descending = same ? !sort.descending : column.numeric === true;
    set({ [`${name}.sort`]: writeSort({ key: column.key, descending }) });
    say(`Sorted by ${column.label}, ${descending ? "largest first" : "smallest first"}`);
  };

  return (
    <section className="block">
      <div className="toolbar">
        <Heading id={`${name}-title`}>{title}</Heading>
        {props.note ? <span className="quiet">{props.note}</span> : null}
        {rows.length ? (
          <TableTools
            name={name} title={title} words={words} csv={props.csv}
            filterable={!props.paged && rows.length >= FILTER_FROM}
            onFilter={(text) => set({ [`${name}.q`]: text })}
            cells={() => cellsOf(shown, columns)}
          />
        ) : null}
      </div>
      <p className="sr-only" role="status">{said}{words ? ` ${shown.length} of ${rows.length} rows` : ""}</p>
      {rows.length === 0 ? props.empty ?? <p className="quiet">Nothing in this window.</p> : (
        <Fitted>
          {/* Cells below each other are none of a table for browsers, so each says again what it is. */}
          <table className={`table${props.stacks ? " stacks" : ""}`} role="table" aria-labelledby={`${name}-title`} onKeyDown={moveWithArrows}>
            <thead role="rowgroup">
              <tr role="row">
                {columns.map((column) => <Head key={column.key} column={column} sort={sort} fixed={props.paged ?? false} onSort={() => sortBy(column)} />)}
              </tr>
            </thead>
            <tbody role="rowgroup">
              {shown.map((row) => (
                <tr key={props.rowKey(row)} role="row" className={props.rowClass?.(row)}>
                  {columns.map((column) => <Cell key={column.key} column={column} row={row} />)}
                </tr>
              ))}
            </tbody>
          </table>
          {shown.length === 0 ? <p className="table-none quiet">No row matches “{words}”.</p> : null}
        </Fitted>
      )}
    </section>
  );
}

/** The place of a table; where it is wider all the same, a shade and words at its right say so. */
function Fitted({ children }: { children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  useFit(place);
  return (
    <div className="table-place">
      <div className="table-scroll" ref={place}>{children}</div>
      <p className="table-more" aria-hidden="true">More columns: scroll sideways →</p>
    </div>
  );
}

function classOf<Row>(column: Column<Row>): string {
  return [column.numeric ? "right" : "", column.spare ? `spare-${column.spare}` : "", column.wide ? "bar-cell" : ""].filter(Boolean).join(" ");
}

/** What a cell is called where no head stands above it. */
function labelOf<Row>(column: Column<Row>): string {
  return column.unit ? `${column.label}, ${column.unit}` : column.label;
}

function Head<Row>({ column, sort, fixed, onSort }: { column: Column<Row>; sort: { key: string; descending: boolean } | null; fixed: boolean; onSort: () => void }) {
  const unit = column.unit ? <span className="unit">{column.unit}</span> : null;
  if (column.drawing) return <th scope="col" role="columnheader" className={classOf(column)} title={column.title}>{column.label || <span className="sr-only">Drawn</span>}{unit}</th>;
  if (fixed) return <th scope="col" role="columnheader" className={classOf(column)} title={column.title}>{column.label}{unit}</th>;
  const active = sort?.key === column.key;
  const arrow = active ? (sort.descending ? "↓" : "↑") : "";
  return (
    <th scope="col" role="columnheader" className={classOf(column)} aria-sort={active ? (sort.descending ? "descending" : "ascending") : "none"} title={column.title}>
      <button type="button" className="sort" onClick={onSort}>
        {column.label}<span aria-hidden="true" className="sort-arrow">{arrow}</span>
      </button>
      {unit}
    </th>
  );
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const content = column.render ? column.render(row) : (column.value(row) ?? "–");
  if (column.heads) return <th scope="row" role="rowheader" className={classOf(column)}>{content}</th>;
  return <td role="cell" className={`${classOf(column)}${column.numeric ? " num" : ""}${column.drawing ? " drawn" : ""}`} data-label={labelOf(column)}><div className="held">{content}</div></td>;
}
