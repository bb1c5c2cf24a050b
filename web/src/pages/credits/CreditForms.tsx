/** Giving, selling and paying back credits, and another plan: each for a reason. */

import { useState } from "react";
import { ChoiceField, TextField } from "../../act/fields.tsx";
import { FormDialog } from "../../act/FormDialog.tsx";
import { CREDITS, creditsPath, type Grant, type OneCredits, PLANS, type PlanList } from "../../api/credits.ts";
import { type Sent, useReport } from "../../api/queries.ts";
import { newId } from "../../format/ids.ts";
import { creditText } from "../../format/credits.ts";

export type Act = "promotion" | "top_up" | "refund" | "plan";

const WORDS: Record<Act, { title: string; words: string; verb: string; placeholder: string }> = {
  promotion: { title: "Grant credits to", words: "Given, and not sold. They can be used at once.", verb: "Grant", placeholder: "goodwill after an outage" },
  top_up: { title: "Top up", words: "Bought beside the plan. They can be used at once.", verb: "Top up", placeholder: "order 4711" },
  refund: { title: "Refund credits to", words: "What an operation has used comes back to the grants it came from.", verb: "Refund", placeholder: "answers were wrong on 3 Nov" },
  plan: { title: "Another plan for", words: "It holds from the day on that is given; what is used of credits stays used.", verb: "Change it", placeholder: "upgrade, agreed with sales" },
};

export function CreditForm({ act, one, onClose }: { act: Act; one: OneCredits; onClose: () => void }) {
  const plans = useReport<PlanList>(PLANS).data?.plans ?? [];
  const [amount, setAmount] = useState("");
  const [until, setUntil] = useState("");
  const [reason, setReason] = useState("");
  const [chosen, setPlan] = useState("");
  const [since, setSince] = useState("");
  const plan = chosen || one.plan?.name || plans[0]?.name || "";
  const words = WORDS[act];
  const [operation, setOperation] = useState("");
  const [id] = useState(() => newId("web"));
  const path = creditsPath(one.customer);
  const sent = (): Sent => {
    const said = { reason: reason.trim() };
    if (act === "plan") return { path: `${path}/plan`, body: { ...said, plan, ...(since ? { since } : {}) } };
    if (act === "refund") return { path: `${path}/refunds`, body: { ...said, operation_id: operation.trim(), refund_id: id, ...(amount.trim() ? { credits: amount.trim() } : {}) } };
    return { path: `${path}/grants`, body: { ...said, grant_id: id, kind: act, credits: amount.trim(), ...(until ? { expires: `${until}T00:00:00Z` } : {}) } };
  };
  return (
    <FormDialog title={`${words.title} ${one.name}`} words={words.words} verb={words.verb} about={CREDITS} onClose={onClose} sent={sent}>
      {act === "plan" ? (
        <>
          <ChoiceField label="Plan" value={plan} onChange={setPlan} options={plans.map((one) => ({ value: one.name, label: `${one.title}${one.included === null ? "" : `, ${creditText(one.included)} credits`}` }))} />
          <TextField label="From" type="date" optional note="Today, if it is left empty." value={since} onChange={setSince} />
        </>
      ) : (
        <>
          {act === "refund" ? <TextField label="Operation" first most={200} placeholder="call-8731" note="Its id, as the ledger below has it." value={operation} onChange={setOperation} /> : null}
          <TextField label="Credits" first={act !== "refund"} optional={act === "refund"} {...(act === "refund" ? { note: "All that it took, if it is left empty." } : {})} amount="positive" most={40} placeholder={act === "refund" ? "" : "500"} value={amount} onChange={setAmount} />
          {act === "refund" ? null : <TextField label="Until" type="date" optional note="They do not expire, if it is left empty." value={until} onChange={setUntil} />}
        </>
      )}
      <TextField label="Reason" placeholder={words.placeholder} value={reason} onChange={setReason} />
    </FormDialog>
  );
}

export function TakeBackForm({ customer, grant, onClose }: { customer: string; grant: Grant; onClose: () => void }) {
  const [reason, setReason] = useState("");
  const path = `${creditsPath(customer)}/grants/${encodeURIComponent(grant.grant_id)}/take-back`;
  return (
    <FormDialog
      title={`Take back ${creditText(grant.left)} credits`} words="What is left of this grant goes; what was used of it stays covered." verb="Take back" grave
      about={CREDITS} onClose={onClose} sent={() => ({ path, body: { reason: reason.trim() } })}
    >
      <TextField label="Reason" first placeholder="granted to the wrong customer" value={reason} onChange={setReason} />
    </FormDialog>
  );
}
