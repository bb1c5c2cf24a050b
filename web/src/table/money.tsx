/** The columns that most tables have: amounts, percents, changes, small lines. */

import { Amount } from "../figures/Amount.tsx";
import { Change } from "../figures/Change.tsx";
import { Sparkline } from "../figures/Sparkline.tsx";
import { isNegative, percentText, quantityText } from "../format/decimal.ts";
import type { Pins } from "../state/why.ts";
import type { Column } from "./columns.ts";

export interface AmountOptions<Row> {
  key: string;
  label: string;
  /** The currency of the whole column, or of each row where they differ. */
  currency: string | null | ((row: Row) => string);
  value: (row: Row) => string | null;
  /** What the row is called, for screen readers. */
  name: (row: Row) => string;
  why?: (row: Row) => Pins | Pins[] | undefined;
  to?: (row: Row) => string | undefined;
  title?: string;
  /** Costs per unit keep three digits. */
  unit?: boolean;
  /** All digits, where amounts of a row are to add up to the last of them. */
  exact?: boolean;
  /** Nothing there is not "not known", and stays blank. */
  absent?: boolean;
  spare?: 1 | 2;
}

export function amountColumn<Row>(options: AmountOptions<Row>): Column<Row> {
  const { currency, spare, title } = options;
  const one = typeof currency === "function" ? null : currency;
  return {
    key: options.key, label: options.label, unit: one, numeric: true, value: options.value,
    ...(spare ? { spare } : {}), ...(title ? { title } : {}),
    render: (row) => (options.absent && options.value(row) === null ? null : (
      <Amount
        bare={one !== null} value={options.value(row)} currency={typeof currency === "function" ? currency(row) : currency}
        label={`${options.label} of ${options.name(row)}`} unit={options.unit ?? false} exact={options.exact ?? false} why={options.why?.(row)} to={options.to?.(row)}
      />
    )),
  };
}

export function percentColumn<Row>(key: string, label: string, value: (row: Row) => string | null, more: Partial<Column<Row>> = {}): Column<Row> {
  return {
    key, label, numeric: true, value,
    render: (row) => {
      const text = value(row);
      return <span className={`num${text !== null && isNegative(text) ? " amount loss" : ""}`} title={text === null ? "Not defined" : `${text}%`}>{text === null ? "–" : percentText(text)}</span>;
    },
    ...more,
  };
}

export function changeColumn<Row>(value: (row: Row) => string | null, before: string, more: Partial<Column<Row>> = {}): Column<Row> {
  return { key: "cost_trend_pct", label: "Change", numeric: true, title: `Change of cost against ${before}`, value, render: (row) => <Change pct={value(row)} label={`against ${before}`} />, ...more };
}

export function sparkColumn<Row>(label: string, points: (row: Row) => string[] | undefined, more: Partial<Column<Row>> = {}): Column<Row> {
  return { key: "sparkline", label, drawing: true, value: () => null, render: (row) => <Sparkline points={points(row) ?? []} />, ...more };
}

export function countColumn<Row>(key: string, label: string, value: (row: Row) => string | number | null, more: Partial<Column<Row>> = {}): Column<Row> {
  return { key, label, numeric: true, value, render: (row) => <span className="num">{value(row) === null ? "–" : quantityText(value(row))}</span>, ...more };
}
