/** How many operations have a price, and which models lack one; each state shows its operations. */

import { Link } from "wouter";
import type { OperationsBreakdown } from "../../api/operations.ts";
import { useReport } from "../../api/queries.ts";
import { quantityText } from "../../format/decimal.ts";
import { modelText, PRICE_STATES, stateWords } from "../../format/priceStates.ts";
import type { Pins } from "../../state/why.ts";
import { useAsked } from "./asked.ts";

const PATH = "/ai/operations";
const NAMED = 5;

function without(pins: Pins, name: string): Pins {
  return Object.fromEntries(Object.entries(pins).filter(([other]) => other !== name));
}

export function PriceStates() {
  const { pins, params, to } = useAsked();
  const any = without(pins, "price_state");
  const query = useReport<OperationsBreakdown>("/operations/breakdown", { ...params, price_state: undefined, by: "price_state" });
  const counts = new Map(query.data?.groups.map((group) => [group.key["price_state"] ?? "", group.operations]));
  const chosen = pins["price_state"];
  const shown = Object.keys(PRICE_STATES).filter((state) => counts.has(state) || state === chosen);
  // The room is kept, so that the table does not jump.
  if (!query.data) return <div className="choices-room" />;
  return (
    <>
      <nav className="choices" aria-label="Price">
        <Link className="text-button" aria-current={chosen ? undefined : "true"} href={to(PATH, any)}>Any price <span className="quieter num">{quantityText(query.data.total.operations)}</span></Link>
        {shown.map((state) => (
          <Link key={state} className="text-button" title={stateWords(state).words} aria-current={state === chosen ? "true" : undefined} href={to(PATH, { ...any, price_state: state })}>
            {sentence(stateWords(state).short)} <span className="quieter num">{quantityText(counts.get(state) ?? 0)}</span>
          </Link>
        ))}
      </nav>
      {counts.has("unpriced") && (!chosen || chosen === "unpriced") ? <Lacking state="unpriced" /> : null}
      {counts.has("unknown") && (!chosen || chosen === "unknown") ? <Lacking state="unknown" /> : null}
    </>
  );
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The models that have no rate, or whose counts are missing. */
function Lacking({ state }: { state: "unpriced" | "unknown" }) {
  const { pins, params, to } = useAsked();
  const query = useReport<OperationsBreakdown>("/operations/breakdown", { ...params, price_state: state, by: "provider,model", limit: "1000" });
  const groups = query.data?.groups ?? [];
  if (!groups.length) return null;
  const named = groups.slice(0, NAMED);
  return (
    <p className="aside-note" data-testid={`lacking-${state}`}>
      <span className="tag warn">{stateWords(state).short}</span>{" "}
      {state === "unpriced" ? "No rate is known for " : "Counts are missing of "}
      {named.map((group, index) => (
        <span key={index}>
          {index ? ", " : ""}
          <Link className="link underlined" href={to(PATH, { ...pins, ...group.key, price_state: state })}>{modelText(nameless(group.key))}</Link>
          {" "}<span className="num">({quantityText(group.operations)})</span>
        </span>
      ))}
      {groups.length > named.length ? ` and ${groups.length - named.length} more` : ""}.{" "}
      {state === "unpriced" ? <Link className="link underlined" href={to("/ai/rates", {})}>What to write into apportion.yaml</Link> : null}
    </p>
  );
}

function nameless(key: Record<string, string>): { provider: string | null; model: string | null } {
  const told = (value: string | undefined) => (value === undefined || value === "(none)" ? null : value);
  return { provider: told(key["provider"]), model: told(key["model"]) };
}
