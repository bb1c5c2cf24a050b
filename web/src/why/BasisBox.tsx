/** By what a shared cost was split: the rule, the quantity, the whole, the usage rows. */

import type { Basis } from "../api/types.ts";
import { Amount } from "../figures/Amount.tsx";
import { isDecimal, percentText, quantityText } from "../format/decimal.ts";

export function BasisBox({ basis, currency }: { basis: Basis; currency: string | null }) {
  return (
    <div className="basis">
      {basis.sentence ? <p>{basis.sentence}</p> : null}
      <dl>
        <div><dt>Rule</dt><dd>{basis.rule} <span className="quiet">{basis.method}{basis.measure ? ` by ${basis.measure}` : ""}</span></dd></div>
        {basis.quantity !== null && basis.total !== null && basis.measure ? (
          <div><dt>Share</dt><dd className="num">{quantityText(basis.quantity)} of {quantityText(basis.total)} {basis.measure}{basis.share_pct ? ` = ${percentText(basis.share_pct)}` : ""}</dd></div>
        ) : null}
        {basis.pool_amount !== null ? <div><dt>Shared out</dt><dd><Amount value={basis.pool_amount} currency={currency} label="Cost shared out" /></dd></div> : null}
      </dl>
      {basis.usage_rows.length ? <UsageRows rows={basis.usage_rows} /> : null}
    </div>
  );
}

function UsageRows({ rows }: { rows: Record<string, string>[] }) {
  const names = Object.keys(rows[0] ?? {});
  return (
    <details>
      <summary>Usage rows ({rows.length})</summary>
      <div className="table-scroll">
        <table className="table">
          <thead><tr>{names.map((name) => <th key={name} scope="col" className={name === "quantity" ? "right" : ""}>{name}</th>)}</tr></thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={index}>
                {names.map((name) => {
                  const text = String(row[name] ?? "");
                  return <td key={name} className={name === "quantity" ? "right num" : ""}>{name === "quantity" && isDecimal(text) ? quantityText(text) : text}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
