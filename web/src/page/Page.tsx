/** The frame of every page: its question, the answer in one sentence, and what the figures stand on. */

import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import type { Meta, Report } from "../api/types.ts";
import { MetaLine } from "./MetaLine.tsx";
import { PageSkeleton, Problem } from "./states.tsx";

interface PageProps<T> {
  question: ReactNode;
  /** The name of the browser tab. */
  title: string;
  query: UseQueryResult<T, Error>;
  children: (report: T) => ReactNode;
  above?: ReactNode;
  /** Where a report has no headline of its own. */
  answer?: (report: T) => ReactNode;
}

export function Page<T extends Report>(props: PageProps<T>) {
  const { query, question } = props;
  return (
    <PageBody
      title={props.title} question={question} above={props.above} busy={query.isPlaceholderData}
      answer={query.data ? (props.answer?.(query.data) ?? query.data.headline) : null}
      meta={query.data?.meta}
    >
      {query.isError ? <Problem error={query.error} retry={() => void query.refetch()} /> : query.data ? props.children(query.data) : <PageSkeleton bare />}
    </PageBody>
  );
}

/** A minus sign stays with its amount where a line ends. */
function whole(text: string): ReactNode {
  return text.split(/(\S*\u2212\S+)/).map((part, index) => (index % 2 ? <span key={index} className="nowrap">{part}</span> : part));
}

interface PageBodyProps {
  title: string;
  question: ReactNode;
  answer: ReactNode;
  meta?: Meta | undefined;
  above?: ReactNode;
  busy?: boolean;
  children: ReactNode;
}

export function PageBody({ title, question, answer, meta, above, busy, children }: PageBodyProps) {
  useEffect(() => {
    document.title = `${title} · Apportion`;
  }, [title]);
  return (
    <article className="page" aria-busy={busy}>
      {above}
      <header className="page-head">
        <h1 tabIndex={-1}>{question}</h1>
        {answer ? <p className="answer" data-testid="headline">{typeof answer === "string" ? whole(answer) : answer}</p> : null}
        {meta ? <MetaLine meta={meta} /> : null}
      </header>
      {children}
    </article>
  );
}
