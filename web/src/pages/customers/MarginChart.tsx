/** Gross margin of every customer as bars from zero, worst first; losses are red and below the line. */

import { useMemo } from "react";
import { useLocation } from "wouter";
import type { CustomerRow } from "../../api/types.ts";
import { Chart } from "../../charts/Chart.tsx";
import { base, categoryAxis, type Draw, textStyle, valueAxis } from "../../charts/theme.ts";
import { tip, tooltip } from "../../charts/tip.ts";
import { withCurrency } from "../../format/currency.ts";
import { amountDigits, geometry, isNegative, percentText } from "../../format/decimal.ts";
import { customerPath } from "../../shell/destinations.ts";
import { useView } from "../../state/view.ts";

/** The worst bar gets its name where the bars beside it leave room below the line. */
function nameWorst(rows: CustomerRow[]): boolean {
  const [first = 0, second = 0] = rows.map((row) => geometry(row.gross_margin));
  return first < 0 && second > first * 0.35;
}

function drawMargins(rows: CustomerRow[], currency: string | null): Draw {
  return (theme) => {
    const money = (text: string) => withCurrency(amountDigits(text), currency);
    const named = nameWorst(rows);
    const bars = rows.map((row, index) => {
      const loss = isNegative(row.gross_margin);
      return {
        label: { show: named && index === 0, position: "right", formatter: row.customer_name, ...textStyle(theme), color: theme.loss, fontWeight: 500, distance: 6 },
        value: geometry(row.gross_margin), itemStyle: { color: loss ? theme.loss : theme.bar, borderRadius: loss ? [0, 0, 1.5, 1.5] : [1.5, 1.5, 0, 0] } };
    });
    return {
      ...base(theme),
      tooltip: tooltip("axis", (index) => {
        const row = rows[index];
        if (!row) return document.createElement("div");
        return tip(row.customer_name, [
          { name: "Revenue", text: money(row.revenue), color: theme.ink },
          { name: "Cost of revenue", text: money(row.cost_of_revenue), color: theme.quieter },
          { name: `Gross margin ${percentText(row.gross_margin_pct)}`, text: money(row.gross_margin), color: isNegative(row.gross_margin) ? theme.loss : theme.bar, loss: isNegative(row.gross_margin) },
        ]);
      }),
      grid: { left: 4, right: 8, top: 14, bottom: 6, containLabel: true },
      xAxis: { ...categoryAxis(theme, rows.map((row) => row.customer_name), () => ""), axisLabel: { show: false } },
      yAxis: valueAxis(theme, currency),
      series: [{ type: "bar", data: bars, barCategoryGap: "24%" }],
    };
  };
}

export function MarginChart({ customers, currency }: { customers: CustomerRow[]; currency: string | null }) {
  const [, navigate] = useLocation();
  const { href } = useView();
  const draw = useMemo(() => drawMargins(customers, currency), [customers, currency]);
  const worst = customers[0];
  const best = customers.at(-1);
  const words = worst && best ? `Gross margin of ${customers.length} customers, worst first, from ${worst.customer_name} (${withCurrency(amountDigits(worst.gross_margin), currency)}) to ${best.customer_name} (${withCurrency(amountDigits(best.gross_margin), currency)}). The table below has every figure.` : "No customers";
  return (
    <figure className="block chart-frame">
      <div className="toolbar"><h2>Gross margin, worst first</h2></div>
      <Chart draw={draw} height={220} label={words} onPick={(index) => { const row = customers[index]; if (row) navigate(href(customerPath(row.customer_id))); }} />
    </figure>
  );
}
