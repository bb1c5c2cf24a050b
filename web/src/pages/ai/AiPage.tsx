/** The frame of every AI page: the way to the others, what is asked of, and how well the figures are known. */

import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { ApiError, type Problem } from "../../api/client.ts";
import type { OperationsMeta, OperationsReport } from "../../api/operations.ts";
import { dayText, instantText, rangeText } from "../../format/dates.ts";
import { PageBody } from "../../page/Page.tsx";
import { PageSkeleton, Problem as ProblemNotice } from "../../page/states.tsx";
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
  /** A report that cannot be narrowed: what is pinned is said to be left out, with this reason. */
  whole?: string;
  /** Dimensions that such a report is narrowed by after all. */
  narrows?: string[];
  /** What stands where the report's ground is missing, instead of an error. */
  missing?: (problem: Problem) => ReactNode;
  children: (report: T) => ReactNode;
}

export function AiPage<T extends OperationsReport>({ title, path, question, query, answer, whole, narrows = [], missing, children }: AiPageProps<T>) {
  const { data, error } = query;
  return (
    <PageBody title={title} question={question} busy={query.isPlaceholderData} above={<AiPages at={path} />} answer={error || !data ? null : (answer ?? data.headline)}>
      {error ? <Failed error={error} retry={() => void query.refetch()} missing={missing} /> : data ? (
        <>
          <Known meta={data.meta} />
          <Pinned path={path} only={whole === undefined ? undefined : narrows} />
          {whole === undefined ? null : <LeftOut path={path} narrows={narrows} why={whole} />}
          {children(data)}
        </>
      ) : <PageSkeleton bare />}
    </PageBody>
  );
}

function Failed({ error, retry, missing }: { error: Error; retry: () => void; missing: ((problem: Problem) => ReactNode) | undefined }) {
  const problem = error instanceof ApiError && error.problem.status === 404 ? error.problem : null;
  if (problem?.detail.startsWith("There are no operations")) return <NoOperations />;
  return (problem ? missing?.(problem) : null) ?? <ProblemNotice error={error} retry={retry} needsRun={false} />;
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
function Pinned({ path, only }: { path: string; only?: string[] | undefined }) {
  const { pins, to } = useAsked();
  const names = Object.keys(pins).filter((name) => !(TOLD[path] ?? []).includes(name) && (only?.includes(name) ?? true));
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

/** Where an invoice or revenue cannot be told apart by it, what is pinned is not silently dropped. */
function LeftOut({ path, narrows, why }: { path: string; narrows: string[]; why: string }) {
  const { pins, to } = useAsked();
  const [kept, left] = [true, false].map((narrowing) => Object.entries(pins).filter(([name]) => narrows.includes(name) === narrowing));
  if (!left?.length) return null;
  return (
    <p className="aside-note left-out" data-testid="left-out">
      <span className="tag warn">Not narrowed</span> {left.map(([name, value]) => `${name.replaceAll("_", " ")} ${value}`).join(", ")}: {why} <Link className="link underlined" href={to(path, Object.fromEntries(kept ?? []))}>Leave it</Link>
    </p>
  );
}
