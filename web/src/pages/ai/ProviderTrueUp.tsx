/** One provider: rated beside invoiced, day by day and model by model. */

import { useMemo } from "react";
import { Link } from "wouter";
import type { TruedDay, TruedModel, TruedProvider, TrueUpState } from "../../api/value.ts";
import { Chart } from "../../charts/Chart.tsx";
import { ChartFrame } from "../../charts/ChartFrame.tsx";
import { base, categoryAxis, type Draw, valueAxis } from "../../charts/theme.ts";
import { tip, tooltip } from "../../charts/tip.ts";
import { Amount } from "../../figures/Amount.tsx";
import { Figure, Figures } from "../../figures/Figure.tsx";
import { withCurrency } from "../../format/currency.ts";
import { addDays, dayText, weekdayOf } from "../../format/dates.ts";
import { amountDigits, counted, exactText, geometry, percentText, roundDecimal } from "../../format/decimal.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn, countColumn } from "../../table/money.tsx";
import { useAsked } from "./asked.ts";
import { countText } from "./counts.ts";

const STATES: Record<TrueUpState, { tone: string; words: string }> = {
  agrees: { tone: "good", words: "Rates and invoice agree to a percent" },
  differs: { tone: "warn", words: "Rates and invoice are more than a percent apart: a discount, a price that changed, or calls nobody told of" },
  "not invoiced": { tone: "warn", words: "Operations, and no charge for them" },
  "not metered": { tone: "warn", words: "A charge, and no operation of this model" },
  "not priced": { tone: "warn", words: "A charge, and operations whose model has no rate" },
};

export function ProviderTrueUp({ one, currency }: { one: TruedProvider; currency: string }) {
  return (
    <section className="provider-true-up" aria-label={one.provider}>
      <h2 className="provider-name">{one.provider}</h2>
      <Figures label={`Totals of ${one.provider}`}>
        <Figure name="Rated" note={<span>operations at their rates</span>}><Amount display compact value={one.rated} currency={currency} label="Rated" /></Figure>
        <Figure name="Invoiced" note={<span>{one.billed_through ? `through ${dayText(one.billed_through)}` : "nothing yet"}</span>}><Amount display compact value={one.invoiced} currency={currency} label="Invoiced" /></Figure>
        <Figure name="Variance" note={<span>invoiced less rated</span>}><Variance value={one.variance} currency={currency} /></Figure>
        <Figure name="Of what is rated" note={<span>{one.variance_pct === null ? "nothing is rated" : ""}</span>}><span className="num">{one.variance_pct === null ? "–" : percentText(one.variance_pct, true)}</span></Figure>
        <Figure name="Not yet invoiced" note={<span>rated on later days</span>}><Amount display compact value={one.not_yet} currency={currency} label="Not yet invoiced" /></Figure>
      </Figures>
      <ByDay one={one} currency={currency} />
      <ByModel one={one} currency={currency} />
    </section>
  );
}

/** More or less than rated is no loss: sign and digits, without red. */
function Variance({ value, currency }: { value: string; currency?: string }) {
  return <span className="num" title={exactText(value)}><data value={value}>{currency ? withCurrency(amountDigits(value), currency) : amountDigits(value)}</data></span>;
}

/** Days without rates and charges are gaps. */
function filled(days: TruedDay[]): { day: string; row: TruedDay | undefined }[] {
  const found = new Map(days.map((row) => [row.day, row]));
  const [first, last] = [days[0]?.day, days.at(-1)?.day];
  const all: { day: string; row: TruedDay | undefined }[] = [];
  for (let day = first; day && last && day <= last; day = addDays(day, 1)) all.push({ day, row: found.get(day) });
  return all;
}

function drawDays(days: { day: string; row: TruedDay | undefined }[], currency: string): Draw {
  return (theme) => {
    const money = (text: string) => withCurrency(amountDigits(text), currency);
    const bars = (name: string, color: string, of: (row: TruedDay) => string) => ({
      type: "bar", name, data: days.map(({ row }) => (row ? geometry(of(row)) : null)), barMaxWidth: 14, barGap: "10%", barCategoryGap: "30%", itemStyle: { color, borderRadius: [1.5, 1.5, 0, 0] },
    });
    return {
      ...base(theme),
      tooltip: tooltip("axis", (index) => {
        const one = days[index];
        return tip(`${weekdayOf(one?.day ?? "")} ${dayText(one?.day ?? "", true)}`, one?.row ? [
          { name: "Rated", text: money(one.row.rated), color: theme.idle }, { name: "Invoiced", text: money(one.row.invoiced), color: theme.bar }, { name: "Variance", text: money(one.row.variance) },
        ] : []);
      }),
      xAxis: categoryAxis(theme, days.map((one) => one.day), (day) => dayText(day)),
      yAxis: valueAxis(theme, currency),
      series: [bars("Rated", theme.idle, (row) => row.rated), bars("Invoiced", theme.bar, (row) => row.invoiced)],
    };
  };
}

function ByDay({ one, currency }: { one: TruedProvider; currency: string }) {
  const days = useMemo(() => filled(one.daily), [one]);
  const draw = useMemo(() => drawDays(days, currency), [days, currency]);
  const name = (row: TruedDay) => row.day;
  const columns: Column<TruedDay>[] = [
    { key: "day", label: "Day", heads: true, value: name, render: (row) => `${weekdayOf(row.day)} ${dayText(row.day, true)}` },
    amountColumn<TruedDay>({ key: "rated", label: "Rated", currency, value: (row) => row.rated, name }),
    amountColumn<TruedDay>({ key: "invoiced", label: "Invoiced", currency, value: (row) => row.invoiced, name }),
    { key: "variance", label: "Variance", unit: currency, numeric: true, value: (row) => row.variance, render: (row) => <Variance value={row.variance} /> },
    { key: "variance_pct", label: "Of rated", numeric: true, value: (row) => row.variance_pct, render: (row) => <span className="num">{row.variance_pct === null ? "–" : percentText(row.variance_pct, true)}</span> },
  ];
  if (!days.length) return <p className="quiet">{one.provider} has charged for no day of this window yet.</p>;
  const words = `${one.provider}, rated and invoiced over ${counted(one.daily.length, "day")}: ${withCurrency(amountDigits(one.rated), currency)} and ${withCurrency(amountDigits(one.invoiced), currency)}. The same as a table: press Table.`;
  return (
    <ChartFrame
      name={`days-${one.provider}`} title={`${one.provider} by day, UTC`}
      chart={<><span className="legend"><span><i className="swatch" data-slot={-2} />rated</span><span><i className="key-bar" />invoiced</span></span><Chart draw={draw} height={240} label={words} /></>}
      table={<DataTable<TruedDay> name={`true-days-${one.provider}`} title="Days" level={3} columns={columns} rows={one.daily} rowKey={name} />}
    />
  );
}

function ByModel({ one, currency }: { one: TruedProvider; currency: string }) {
  const { to } = useAsked();
  const name = (row: TruedModel) => (row.model === "(none)" ? "no model named" : row.model);
  const columns: Column<TruedModel>[] = [
    {
      key: "model", label: "Model", heads: true, value: name,
      render: (row) => <>{row.model === "(none)" ? name(row) : <Link className="link" href={to("/ai/rates", {}, { model: row.model })}>{name(row)}</Link>} <span className={`tag ${STATES[row.state].tone}`} title={STATES[row.state].words}>{row.state}</span></>,
    },
    amountColumn<TruedModel>({ key: "rated", label: "Rated", currency, value: (row) => row.rated, name }),
    amountColumn<TruedModel>({ key: "invoiced", label: "Invoiced", currency, value: (row) => row.invoiced, name }),
    { key: "variance", label: "Variance", unit: currency, numeric: true, value: (row) => row.variance, render: (row) => <Variance value={row.variance} /> },
    { key: "variance_pct", label: "Of rated", numeric: true, value: (row) => row.variance_pct, render: (row) => <span className="num">{row.variance_pct === null ? "–" : percentText(row.variance_pct, true)}</span> },
    { key: "factor", label: "Factor", numeric: true, spare: 2, title: "What one unit of rated cost comes to on the invoice: 0.9 is 10 % off", value: (row) => row.factor, render: (row) => <span className="num" title={row.factor ?? undefined}>{row.factor === null ? "–" : roundDecimal(row.factor, 4)}</span> },
    countColumn<TruedModel>("operations", "Requests", (row) => row.operations, { render: (row) => <span className="num">{countText(row.operations)}{row.without_cost ? <span className="sub">{counted(row.without_cost, "without cost", "without cost")}</span> : null}</span> }),
    { key: "tokens", label: "Tokens", numeric: true, spare: 1, value: (row) => row.tokens, render: (row) => <span className="num">{countText(row.tokens)}</span> },
  ];
  return (
    <div className="wide-table">
      <DataTable<TruedModel> name={`true-models-${one.provider}`} title={`${one.provider} by model`} note={String(one.models.length)} columns={columns} rows={one.models} rowKey={(row) => row.model} />
    </div>
  );
}
