/** Which part of the statement the address asks for. */

import type { Params } from "../../api/client.ts";
import { useDimensions } from "../../api/queries.ts";
import { useView } from "../../state/view.ts";

/** One perspective and metric at a time: amounts of different ones say the same cost twice. */
export function useAsked(): Params {
  const { state } = useView();
  const known = useDimensions().data;
  const first = known?.perspectives.find((one) => one.to === "customer") ?? known?.perspectives[0];
  return {
    perspective: state["perspective"] ?? first?.name,
    source: state["source"],
    billing_period: state["period"],
    metric: state["metric"] ?? "EffectiveCost",
    currency: state["currency"] ?? known?.currencies?.[0],
  };
}
