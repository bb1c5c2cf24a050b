/** What does a token cost, since when, and who says so? What has no price first, then the table of rates. */

import type { CardList, UnpricedList } from "../api/operation.ts";
import { useReport } from "../api/queries.ts";
import { counted } from "../format/decimal.ts";
import { PageBody } from "../page/Page.tsx";
import { PageSkeleton, Problem } from "../page/states.tsx";
import { AiPages } from "./ai/AiPages.tsx";
import "./ai/ai.css";
import { RateCards } from "./ai/RateCards.tsx";
import { RateSearch } from "./ai/RateSearch.tsx";
import { UnpricedModels } from "./ai/UnpricedModels.tsx";

export default function AiRates() {
  const unpriced = useReport<UnpricedList>("/rates/unpriced");
  const cards = useReport<CardList>("/rates/cards");
  return (
    <PageBody title="Rates" question="What does a token cost, since when, and who says so?" above={<AiPages at="/ai/rates" />} answer={unpriced.data && cards.data ? answerOf(unpriced.data, cards.data) : null}>
      {unpriced.error ? <Problem error={unpriced.error} retry={() => void unpriced.refetch()} needsRun={false} /> : unpriced.data ? (
        <>
          <UnpricedModels rows={unpriced.data.unpriced} />
          <RateSearch />
          {cards.data?.cards.length ? <RateCards rows={cards.data.cards} /> : null}
        </>
      ) : <PageSkeleton bare />}
    </PageBody>
  );
}

/** The list is whole, so its counts add up here. */
function answerOf({ unpriced }: UnpricedList, { cards }: CardList): string {
  if (!unpriced.length && !cards.some((card) => card.operations)) return "No operation has come in yet; these are the rates that they will be priced by.";
  if (!unpriced.length) return "Every model of your operations has a rate.";
  const models = new Set(unpriced.map((row) => `${row.provider}/${row.model}`));
  const operations = unpriced.reduce((sum, row) => sum + row.operations, 0);
  const [first] = unpriced;
  return `${counted(operations, "operation")} ${operations === 1 ? "has" : "have"} no price: there is no rate for ${models.size === 1 && first ? `${first.provider}/${first.model}` : counted(models.size, "model")}.`;
}
