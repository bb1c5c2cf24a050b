/** By what a cost was divided: each step of its way with rule, quantity and whole; and what is doubtful about it. */

import type { Basis } from "../api/questions.ts";
import { Amount } from "../figures/Amount.tsx";
import { exactText, percentText } from "../format/decimal.ts";
import { StepList } from "./StepList.tsx";

const EVIDENCE: Record<string, string> = {
  direct: "The cost carries the name",
  measured: "Every step was measured",
  assumed: "At least one step is assumed: equal or fixed shares, or use carried forward",
};

export function BasisBox({ basis, currency }: { basis: Basis; currency: string | null }) {
  const { steps = [], doubts = [], evidence, share } = basis;
  return (
    <div className="basis">
      {doubts.length ? <ul className="doubts" aria-label="Doubtful usage">{doubts.map((doubt) => <li key={doubt}>{doubt}</li>)}</ul> : null}
      <p className="basis-share">
        {basis.share_pct === null ? null : <span className="num" title={share ? `${exactText(share)}%` : undefined}>{percentText(basis.share_pct)}</span>}
        {basis.pool_amount === null ? basis.share_pct === null ? null : " of what was shared out" : <> of <Amount value={basis.pool_amount} currency={currency} label="Cost shared out" /> shared out</>}
        {evidence ? <> <span className={`tag${evidence === "assumed" ? " warn" : ""}`} title={EVIDENCE[evidence]}>{evidence}</span></> : null}
      </p>
      {steps.length ? <StepList steps={steps} currency={currency} /> : null}
    </div>
  );
}
