/** What a run was made from: versions of the tables, and the rules as they stood. */

import { Figure, Figures } from "../../figures/Figure.tsx";
import { addDays, instantText, rangeText } from "../../format/dates.ts";
import { counted, quantityText } from "../../format/decimal.ts";
import type { RunRecord } from "../../api/runs.ts";
import { RunMarks, shortHash } from "./RunTable.tsx";

export function Record({ run }: { run: RunRecord }) {
  const rules = Object.values(run.perspectives).reduce((sum, one) => sum + one.rules.length, 0);
  return (
    <>
      <p className="meta below">
        <span className="mono">{run.run_id}</span><span>{run.metric}</span><span>{run.currencies.join(", ")}</span><span>finished {instantText(run.finished_at)}</span>
        <span><RunMarks run={run} /></span>
      </p>
      <Figures label="What the run read and made">
        <Figure name="Days" note={<span>{run.time_zone}</span>}><span className="figure-words">{rangeText(run.first_day, addDays(run.last_day, 1))}</span></Figure>
        <Figure name="Charges" note={<span>line items read</span>}><span className="num">{quantityText(run.charges)}</span></Figure>
        <Figure name="Result rows" note={<span>{counted(Object.keys(run.perspectives).length, "perspective")}</span>}><span className="num">{quantityText(run.results)}</span></Figure>
        <Figure name="Rules" note={<span>{counted(rules, "rule")}</span>}><span className="figure-words mono" title={run.rules_hash}>{shortHash(run.rules_hash)}</span></Figure>
        {run.reproducible === undefined ? null : <Figure name="Made again" note={<span>{run.reproducible ? `apportion allocate --as-of ${run.run_id.slice(0, 15)}…` : run.missing}</span>}><span className="figure-words">{run.reproducible ? "possible, digit by digit" : "not any more"}</span></Figure>}
      </Figures>
      {run.notes?.length ? <ul className="notes">{run.notes.map((note) => <li key={note}>{note}</li>)}</ul> : null}
      <details className="block record">
        <summary>Versions of the tables</summary>
        <dl className="versions">{Object.entries(run.versions).map(([table, version]) => <div key={table}><dt className="mono">{table}</dt><dd className="num">{version}</dd></div>)}</dl>
      </details>
      <details className="record">
        <summary>Rules as they stood</summary>
        <pre className="command rules-text" tabIndex={0} aria-label="apportion.yaml of this run"><code>{run.rules}</code></pre>
      </details>
    </>
  );
}
