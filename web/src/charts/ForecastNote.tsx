/** The forecast in words below its chart: what the month will come to, and how earlier forecasts did. */

import type { Outlook } from "../api/forecast.ts";
import { percentText } from "../format/decimal.ts";

function worth({ report }: Outlook): string | null {
  const found = report.accuracy.find((one) => one.kind === "given" && one.forecasts >= 6) ?? report.accuracy.find((one) => one.kind === "hindcast");
  if (!found?.mean_error_pct) return null;
  const made = found.kind === "given" ? `The last ${found.forecasts} forecasts` : `${found.forecasts} forecasts replayed in months that are over`;
  return `${made} were off by ${percentText(found.mean_error_pct)} on average; ${percentText(found.held_pct)} ended within their interval.`;
}

export function ForecastNote({ outlook }: { outlook: Outlook | null | undefined }) {
  if (!outlook) return outlook === null ? <p className="forecast-note" /> : null;
  const { report } = outlook;
  return (
    <p className="forecast-note">
      <i className="key-dash" />
      <span>{report.headline} {worth(outlook)} {report.origin_reason} <a className="link" href={outlook.csv} download>Forecast as CSV</a></span>
    </p>
  );
}
