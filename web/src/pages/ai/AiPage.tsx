/** The frame of every AI page: the way to the others, what is asked of, and how well the figures are known. */

import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { ApiError } from "../../api/client.ts";
import type { OperationsMeta, OperationsReport } from "../../api/operations.ts";
import { dayText, instantText, rangeText } from "../../format/dates.ts";
import { PageBody } from "../../page/Page.tsx";
import { PageSkeleton, Problem } from "../../page/states.tsx";
import { AiPages } from "./AiPages.tsx";
import { useAsked } from "./asked.ts";
import { LEVELS } from "./levels.ts";
import { NoOperations } from "./NoOperations.tsx";
import "./ai.css";

/** What a page tells by itself: the tree its levels, as the way down, variants of which prompt they are, operations how they are priced. */
const TOLD: Record<string, string[]> = { "/ai/tree": LEVELS, "/ai/variants": ["prompt"], "/ai/operations": ["price_state"] };

/** What a page needs of a query, whether its answer is one or comes page by page. */
export type Answer<T> = Pick<UseQueryResult<T, Error>, "data" | "error" | "isPlaceholderData"> & { refetch: () => unknown };

interface AiPageProps<T> {
  title: string;
  path: string;
  question: ReactNode;
  query: Answer<T>;
  /** Where the report's own headline answers another question. */
  answer?: string | undefined;
  children: (report: T) => ReactNode;
}

export function AiPage<T extends OperationsReport>({ title, path, question, query, answer, children }: AiPageProps<T>) {
  const { data, error } = query;
  return (
    <PageBody title={title} question={question} busy={query.isPlaceholderData} above={<AiPages at={path} />} answer={error || !data ? null : (answer ?? data.headline)}>
      {error ? <Failed error={error} retry={() => void query.refetch()} /> : data ? (
        <>
          <Known meta={data.meta} />
          <Pinned path={path} />
          {children(data)}
        </>
      ) : <PageSkeleton bare />}
    </PageBody>
  );
}

function Failed({ error, retry }: { error: Error; retry: () => void }) {
  const none = error instanceof ApiError && error.problem.status === 404 && error.problem.detail.startsWith("There are no operations");
  return none ? <NoOperations /> : <Problem error={error} retry={retry} needsRun={false} />;
}

function Known({ meta }: { meta: OperationsMeta }) {
  const days = meta.days === 1 ? "1 day" : `${meta.days} days`;
  return (
    <p className="meta below">
      <span title="Counts of tokens at the rates in force when each operation began">Rated cost</span>
      <span>{meta.currency}</span>
      <span>{rangeText(meta.from, meta.to)}</span>
      <span>{days}{meta.days_covered === meta.days ? "" : `, ${meta.days_covered} with data`}, {meta.time_zone}</span>
      <span title={`The newest operation began on ${instantText(meta.newest)}`}>data through {dayText(meta.data_through)}</span>
      <span className="status estimated" title="Rates times counts, before the provider's invoice">Estimated</span>
    </p>
  );
}

/** Whose operations are shown; each part can be taken away. */
function Pinned({ path }: { path: string }) {
  const { pins, to } = useAsked();
  const names = Object.keys(pins).filter((name) => !(TOLD[path] ?? []).includes(name));
  if (!names.length) return null;
  const without = (name: string) => Object.fromEntries(Object.entries(pins).filter(([other]) => other !== name));
  return (
    <ul className="pinned" aria-label="Only operations with">
      {names.map((name) => (
        <li key={name}>
          <span className="quiet">{name.replaceAll("_", " ")}</span> {pins[name]}
          <Link className="pinned-off" href={to(path, without(name))} aria-label={`Any ${name.replaceAll("_", " ")}`}>×</Link>
        </li>
      ))}
    </ul>
  );
}
