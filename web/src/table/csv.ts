/** A table as CSV or as text for the clipboard, with the digits the API gave. */

import { isDecimal } from "../format/decimal.ts";

/** A cell that a spreadsheet would run as a formula gets an apostrophe; plain numbers stay numbers. */
export function guarded(cell: string): string {
  return /^[=+\-@\t\r]/.test(cell) && !isDecimal(cell) ? `'${cell}` : cell;
}

function csvCell(cell: string): string {
  const safe = guarded(cell);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csvText(rows: string[][]): string {
  return rows.map((row) => row.map(csvCell).join(",")).join("\r\n") + "\r\n";
}

export function clipboardText(rows: string[][]): string {
  return rows.map((row) => row.map((cell) => guarded(cell).replace(/[\t\r\n]+/g, " ")).join("\t")).join("\n");
}

export function download(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
