/** Models of operations that no rate is known for, and what to write into apportion.yaml. */

import type { Unpriced } from "../../api/operation.ts";
import { addDays, rangeText } from "../../format/dates.ts";
import { Command } from "../../page/states.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import { countColumn } from "../../table/money.tsx";
import { useAsked } from "./asked.ts";
import { OneByOne } from "./figureColumns.tsx";

const NONE = "(none)";
const SHOWN = 3;

export function UnpricedModels({ rows }: { rows: Unpriced[] }) {
  const { to } = useAsked();
  if (!rows.length) return null;
  const name = (row: Unpriced) => `${row.provider}/${row.model}`;
  const calls = (row: Unpriced) => to("/ai/operations", { provider: row.provider, model: row.model, price_state: "unpriced" }, { window: `${row.first_day}..${addDays(row.last_day, 1)}` });
  const writable = [...new Map(rows.filter((row) => row.model !== NONE).map((row) => [name(row), row])).values()];
  return (
    <div className="columns wide-left">
      <DataTable<Unpriced>
        name="unpriced" title="Without a price" note={String(rows.length)} rows={rows} rowKey={(row) => `${name(row)} ${row.why}`} csv="/api/v1/rates/unpriced?format=csv"
        columns={[
          { key: "model", label: "Model", heads: true, value: (row) => row.model, render: (row) => <>{row.model}<span className="sub">{row.provider}</span></> },
          { key: "why", label: "What is missing", value: (row) => row.why },
          countColumn<Unpriced>("operations", "Operations", (row) => row.operations, { render: (row) => <OneByOne count={row.operations} name={name(row)} to={calls(row)} /> }),
          countColumn<Unpriced>("input_tokens", "Tokens in", (row) => row.input_tokens, { spare: 1 }),
          countColumn<Unpriced>("output_tokens", "Tokens out", (row) => row.output_tokens, { spare: 1 }),
          { key: "first_day", label: "Days", value: (row) => row.first_day, spare: 2, render: (row) => <span className="nowrap">{rangeText(row.first_day, addDays(row.last_day, 1))}</span> },
        ]}
      />
      <section className="block" aria-labelledby="to-write">
        <div className="toolbar"><h2 id="to-write">What to write into apportion.yaml</h2></div>
        <p className="aside-note">Put prices for a million tokens in the place of the dots; for a model that you run yourself, <code>per_gpu_hour</code> will do, too. Then price its operations again.</p>
        <Command>{`rates:\n${writable.slice(0, SHOWN).map(entryOf).join("\n")}${writable.length > SHOWN ? `\n  # and so on for ${writable.length - SHOWN} more` : ""}`}</Command>
        <Command>apportion rates rerate --apply</Command>
      </section>
    </div>
  );
}

function entryOf(row: Unpriced): string {
  const output = row.output_tokens === 0 ? "" : ", output: …";
  return `  - provider: ${quoted(row.provider === NONE ? "*" : row.provider)}\n    model: ${quoted(row.model)}\n    per_million: {input: …${output}}`;
}

/** Text as YAML takes it for text, and an asterisk for itself. */
function quoted(text: string): string {
  return /^[\w][\w./-]*$/.test(text) && !/^[\d.]+$/.test(text) ? text : JSON.stringify(text);
}
