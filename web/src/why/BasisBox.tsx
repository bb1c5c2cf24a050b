/** By what a shared cost was split: the rule, the quantity, the whole, the usage rows. */

import type { Basis, UsageRow } from "../api/questions.ts";
import { Amount } from "../figures/Amount.tsx";
import { instantText } from "../format/dates.ts";
import { percentText, quantityText } from "../format/decimal.ts";

export function BasisBox({ basis, currency }: { basis: Basis; currency: string | null }) {
  return (
    <div className="basis">
      <dl>
        <div><dt>Rule</dt><dd>{basis.rule} <span className="quiet">{basis.method}{basis.measure ? ` by ${basis.measure}` : ""}</span></dd></div>
        {basis.quantity !== null && basis.total !== null ? (
          <div><dt>Share</dt><dd className="num">{quantityText(basis.quantity)} of {quantityText(basis.total)} {basis.measure}{basis.share_pct ? ` = ${percentText(basis.share_pct)}` : ""}</dd></div>
        ) : null}
        {basis.pool_amount !== null ? <div><dt>Shared out</dt><dd><Amount value={basis.pool_amount} currency={currency} label="Cost shared out" /></dd></div> : null}
      </dl>
      {basis.usage_rows.length ? <UsageRows rows={basis.usage_rows} measure={basis.measure ?? "quantity"} /> : null}
    </div>
  );
}

function UsageRows({ rows, measure }: { rows: UsageRow[]; measure: string }) {
  return (
    <details>
      <summary>Usage rows it was measured by ({rows.length})</summary>
      <table className="table parts">
        <thead><tr><th scope="col">Time</th><th scope="col" className="right">{measure}</th></tr></thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              <th scope="row">{instantText(row.time)}{row.x_SourceFile ? <span className="sub mono breaks">{row.x_SourceFile}:{row.x_SourceLine}</span> : null}</th>
              <td className="right num">{quantityText(row.quantity)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
