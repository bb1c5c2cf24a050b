/** Adding to the limit of this period, or taking from it, for a reason. */

import { useState } from "react";
import { Only } from "../../access/Only.tsx";
import { TextField } from "../../act/fields.tsx";
import { FormDialog } from "../../act/FormDialog.tsx";
import { BUDGETS, budgetPath, entityText, type OneBudget } from "../../api/budgets.ts";
import { instantText } from "../../format/dates.ts";
import { titleOf } from "./words.tsx";

export function Adjust({ budget }: { budget: OneBudget }) {
  const [open, setOpen] = useState(false);
  return (
    <Only scope="budgets">
      <p className="acts budget-acts"><button type="button" className="text-button bordered" onClick={() => setOpen(true)}>Adjust the limit …</button></p>
      {open ? <Form budget={budget} onClose={() => setOpen(false)} /> : null}
    </Only>
  );
}

function Form({ budget, onClose }: { budget: OneBudget; onClose: () => void }) {
  const [amount, setAmount] = useState("");
  const [reason, setReason] = useState("");
  return (
    <FormDialog
      title={`The limit of ${titleOf(budget)}`} words={`For this period alone, which ends ${instantText(budget.until)}. For good, change apportion.yaml.`} verb="Adjust it" about={BUDGETS} onClose={onClose}
      sent={() => ({ path: `${budgetPath(budget.budget)}/adjust`, body: { ...(Object.keys(budget.entity).length ? { entity: entityText(budget.entity) } : {}), amount: amount.trim().replace("\u2212", "-").replace("+", ""), reason: reason.trim() } })}
    >
      <TextField label={`Add, in ${budget.currency}`} first amount="signed" placeholder="100, or -50 to take away" most={40} value={amount} onChange={setAmount} />
      <TextField label="Reason" placeholder="launch week, agreed with finance" value={reason} onChange={setReason} />
    </FormDialog>
  );
}
