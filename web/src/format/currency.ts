/** Currency signs: "$" for USD, the code itself where there is no short sign. */

const signs = new Map<string, string>();

export function currencySign(code: string | null): string {
  if (!code) return "";
  const known = signs.get(code);
  if (known !== undefined) return known;
  let sign = `${code} `;
  try {
    const parts = new Intl.NumberFormat("en-US", { style: "currency", currency: code, currencyDisplay: "narrowSymbol" }).formatToParts(0);
    const found = parts.find((part) => part.type === "currency")?.value;
    if (found && found !== code) sign = found;
  } catch {
    // A code that is no ISO 4217 code is shown as it is.
  }
  signs.set(code, sign);
  return sign;
}

/** The sign goes between the minus and the digits: "−$7,661.20"; a unit of usage, which is no currency, after them. */
export function withCurrency(digits: string, code: string | null): string {
  if (code && !/^[A-Z]{3}$/.test(code)) return `${digits} ${code}`;
  const sign = currencySign(code);
  return digits.startsWith("\u2212") ? `\u2212${sign}${digits.slice(1)}` : `${sign}${digits}`;
}
