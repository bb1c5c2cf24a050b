/** What stands where figures are not there: loading, nothing yet, failed. */

import type { ReactNode } from "react";
import { Link } from "wouter";
import { useMe } from "../access/me.ts";
import { ApiError } from "../api/client.ts";
import { useReport } from "../api/queries.ts";
import type { Health } from "../api/health.ts";
import { useView } from "../state/view.ts";

export function PageSkeleton({ bare = false }: { bare?: boolean }) {
  return (
    <div className={bare ? "skeletons" : "page skeletons"} role="status" aria-label="Loading">
      {bare ? null : <><i className="sk sk-question" /><i className="sk sk-answer" /></>}
      <div className="sk-figures">{[0, 1, 2, 3, 4].map((at) => <div key={at}><i className="sk sk-name" /><i className="sk sk-amount" /><i className="sk sk-name" /></div>)}</div>
      <div className="sk-bars">{Array.from({ length: 30 }, (_, at) => <i key={at} className="sk" style={{ height: `${46 + ((at * 37) % 41)}%` }} />)}</div>
      <RowsSkeleton rows={8} />
    </div>
  );
}

export function RowsSkeleton({ rows }: { rows: number }) {
  return <div className="sk-rows" aria-hidden="true">{Array.from({ length: rows }, (_, at) => <i key={at} className="sk" />)}</div>;
}

export function Command({ children }: { children: string }) {
  return <pre className="command"><code>{children}</code></pre>;
}

export function Empty({ title, children, command }: { title: string; children?: ReactNode; command?: string }) {
  return (
    <div className="notice">
      <h2>{title}</h2>
      {children ? <p>{children}</p> : null}
      {command ? <Command>{command}</Command> : null}
    </div>
  );
}

/** No run yet: the way to the first one. */
export function FirstSteps() {
  return (
    <Empty title="No bill has been allocated yet" command={"apportion ingest focus PATH --source NAME\napportion allocate"}>
      Bring in a FOCUS bill, then attribute it. Or see a finished company first with <code>apportion demo</code>.
    </Empty>
  );
}

/** `needsRun` is false where figures stand on no run. */
export function Problem({ error, retry, needsRun = true }: { error: Error; retry?: () => void; needsRun?: boolean }) {
  const { state, set } = useView();
  const health = useReport<Health>("/health", {}, { keep: false });
  const me = useMe().data;
  const problem = error instanceof ApiError ? error.problem : { title: "Something failed", status: 0, detail: error.message };
  // Who sees one team alone is told nothing of runs.
  if (needsRun && problem.status !== 403 && !me?.tenant && health.data && health.data.run === null) return <FirstSteps />;
  const finished = health.data?.run?.run_id;
  // What is not there, or not for whoever asks, comes no sooner by asking again.
  const settled = problem.status === 403 || problem.status === 404;
  return (
    <div className="notice failed" role="alert">
      <h2>{problem.title}{problem.status ? <span className="quieter"> · {problem.status}</span> : null}</h2>
      <p>{problem.detail}</p>
      {"hint" in problem && problem.hint ? <p>{problem.hint}</p> : null}
      {settled ? null : <p className="quiet">
        {problem.status === 0 ? "Nothing is lost: figures come back when the server does." : "The ledger is untouched; the other pages still hold."}
        {finished ? ` Last good run: ${finished}.` : ""}
      </p>}
      {problem.status === 422 && state["window"] ? <button type="button" className="text-button bordered" onClick={() => set({ window: undefined, why: undefined })}>Show the last 30 days</button> : null}
      {retry && !settled ? <button type="button" className="text-button bordered" onClick={retry}>Try again</button> : null}
    </div>
  );
}

export function Missing() {
  return (
    <article className="page">
      <header className="page-head"><h1 tabIndex={-1}>Not found</h1><p className="answer">There is no page at this address.</p></header>
      <p><Link href="/" className="link">Back to the overview</Link></p>
    </article>
  );
}
