/** What BilledCost consists of, what each invoice adds up to, and the same way for each account. */

import { Link } from "wouter";
import type { AccountCost, BilledPart, Bridge, Invoice } from "../../api/bills.ts";
import { Amount } from "../../figures/Amount.tsx";
import { quantityText } from "../../format/decimal.ts";
import { patchState } from "../../state/url.ts";
import { useView } from "../../state/view.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn, countColumn } from "../../table/money.tsx";

/** More accounts than anyone reads; the choice above finds each. */
const MOST = 100;

export function Parts({ parts, currency, csv }: { parts: BilledPart[]; currency: string; csv: string }) {
  const name = (row: BilledPart) => row.label;
  return (
    <DataTable<BilledPart>
      name="parts" title="What BilledCost consists of" rows={parts} rowKey={(row) => row.part} csv={csv}
      rowClass={(row) => (row.shown ? undefined : "left-out")}
      columns={[
        { key: "part", label: "Part", heads: true, value: (row) => row.part, render: (row) => <>{row.label}{row.shown ? null : <> <span className="tag">hidden</span></>}<span className="sub wrap">{row.sentence}</span></> },
        countColumn<BilledPart>("rows", "Rows", (row) => row.rows, { spare: 1 }),
        amountColumn<BilledPart>({ key: "console", label: "Console", currency, value: (row) => row.console, name, spare: 2 }),
        amountColumn<BilledPart>({ key: "BilledCost", label: "BilledCost", currency, value: (row) => row.BilledCost, name }),
        amountColumn<BilledPart>({ key: "EffectiveCost", label: "EffectiveCost", currency, value: (row) => row.EffectiveCost, name, }),
      ]}
    />
  );
}

export function Invoices({ invoices, bill, csv }: { invoices: Invoice[]; bill: Bridge; csv: string }) {
  const { currency } = bill;
  const name = (row: Invoice) => row.invoice_id ?? "no invoice yet";
  return (
    <div>
      <DataTable<Invoice>
        name="invoices" title="Invoices" rows={invoices} rowKey={name} csv={csv}
        columns={[
          { key: "invoice_id", label: "Invoice", heads: true, value: name, render: (row) => <>{row.invoice_id ? <span className="breaks-word">{row.invoice_id}</span> : <span className="quiet">no invoice yet</span>}<span className="sub">{row.issuer}</span></> },
          countColumn<Invoice>("rows", "Rows", (row) => row.rows),
          amountColumn<Invoice>({ key: "BilledCost", label: "BilledCost", currency, value: (row) => row.BilledCost, name }),
        ]}
      />
      <p className="aside-note">Together <Amount value={bill.invoiced} currency={currency} label="All invoices" />: BilledCost{bill.account === null ? "" : " of this account"} and what is hidden of it.</p>
    </div>
  );
}

export function Accounts({ accounts, currency, csv }: { accounts: AccountCost[]; currency: string; csv: string }) {
  const { search } = useView();
  const name = (row: AccountCost) => row.account;
  return (
    <DataTable<AccountCost>
      name="accounts" title="Account by account" rows={accounts.slice(0, MOST)} rowKey={name} csv={csv} order="-BilledCost"
      note={accounts.length > MOST ? `the ${MOST} largest of ${quantityText(accounts.length)}; the CSV has all` : undefined}
      columns={[
        { key: "account", label: "Account", heads: true, value: name, render: (row) => (row.account === "(none)" ? row.account : <Link className="link" href={`/bridge${patchState(search, { account: row.account, step: undefined, line: undefined, of: undefined })}`}>{row.account}</Link>) },
        countColumn<AccountCost>("rows", "Rows", (row) => row.rows, { spare: 2 }),
        amountColumn<AccountCost>({ key: "console", label: "Console", currency, value: (row) => row.console, name }),
        amountColumn<AccountCost>({ key: "BilledCost", label: "BilledCost", currency, value: (row) => row.BilledCost, name }),
        amountColumn<AccountCost>({ key: "EffectiveCost", label: "EffectiveCost", currency, value: (row) => row.EffectiveCost, name }),
      ]}
    />
  );
}
