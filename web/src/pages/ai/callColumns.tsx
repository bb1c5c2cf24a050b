/** What tables of single calls have in common. */

import type { Column } from "../../table/columns.ts";

/** An id that somebody else made: on one line, and whole where one points at it. */
export function OperationId({ id }: { id: string }) {
  return <span className="sub mono op-id" title={id}>{id}</span>;
}

export function successColumn<Row>(success: (row: Row) => boolean | null): Column<Row> {
  const text = (row: Row) => { const told = success(row); return told === null ? null : told ? "yes" : "no"; };
  return {
    key: "success", label: "Success", value: text,
    render: (row) => (success(row) === null ? <span className="quieter nowrap">not judged</span> : success(row) ? "yes" : <span className="tag bad">no</span>),
  };
}
