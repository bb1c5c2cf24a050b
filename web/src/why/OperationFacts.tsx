/** Outcome, place in the tree, counts and the rest of an operation; each name leads to the operations that share it. */

import { type ReactNode } from "react";
import { Link } from "wouter";
import type { WholeOperation } from "../api/operation.ts";
import { instantText } from "../format/dates.ts";
import { counted, exactText, quantityText } from "../format/decimal.ts";
import { useView } from "../state/view.ts";
import { writeWalk } from "../state/why.ts";

type Name = keyof WholeOperation;

const TREE: Name[] = ["organization", "cost_center", "team", "project", "user", "workflow"];
const FOR: Name[] = ["customer", "plan", "feature", "prompt", "variant", "conversation", "environment", "region"];
const CALL: Name[] = ["provider", "model", "requested_model", "operation", "service_tier", "source"];
const COUNTS: Name[] = ["input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens"];
const MORE_COUNTS: Name[] = ["cache_write_1h_tokens", "reasoning_tokens", "input_audio_tokens", "cache_audio_read_tokens", "input_image_tokens", "output_audio_tokens", "output_image_tokens", "max_tokens"];
const TRACES: Name[] = ["trace_id", "span_id", "response_id", "prompt_hash", "prefix_hash"];

export function OperationFacts({ operation }: { operation: WholeOperation }) {
  const known = (names: Name[]) => names.filter((name) => operation[name] !== null);
  const pinned = (names: Name[]) => known(names).map((name) => <Pinned key={name} name={name} value={String(operation[name])} />);
  const own = Object.entries(operation.dimensions);
  return (
    <>
      <Facts title="How it came out">
        <Row name="success">{operation.success === null ? <Unknown>not judged yet</Unknown> : operation.success ? "yes" : <span className="tag bad">no</span>}</Row>
        {operation.value === null ? null : <Row name="value"><span className="num">{exactText(operation.value, 0)}</span></Row>}
        {operation.units === null ? null : <Row name="yielded"><span className="num">{operation.unit ? counted(exactText(operation.units, 0), operation.unit) : exactText(operation.units, 0)}</span></Row>}
        {operation.latency_ms === null ? null : <Row name="took"><span className="num">{quantityText(operation.latency_ms)} ms</span></Row>}
      </Facts>
      {known(TREE).length ? <Facts title="Where it belongs">{pinned(TREE)}</Facts> : null}
      {known(FOR).length || own.length ? <Facts title="What it was for">{pinned(FOR)}{own.map(([name, value]) => <Pinned key={name} name={name} value={value} />)}</Facts> : null}
      <Facts title="What was counted">
        {COUNTS.map((name) => <Count key={name} name={name} value={operation[name]} />)}
        {known(MORE_COUNTS).map((name) => <Count key={name} name={name} value={operation[name]} />)}
        {operation.gpu_seconds === null ? null : <Row name="GPU seconds"><span className="num">{exactText(operation.gpu_seconds, 0)}</span></Row>}
        {operation.requests === null || operation.requests === 1 ? null : <Row name="requests"><span className="num">{quantityText(operation.requests)}</span></Row>}
      </Facts>
      <Facts title="The call">
        {pinned(CALL)}
        {operation.batch ? <Row name="batch">yes</Row> : null}
        {operation.received ? <Row name="received">{instantText(operation.received)}</Row> : null}
        {known(TRACES).map((name) => <Row key={name} name={name.replaceAll("_", " ")}><span className="mono breaks">{String(operation[name])}</span></Row>)}
      </Facts>
    </>
  );
}

function Facts({ title, children }: { title: string; children: ReactNode }) {
  return <section aria-label={title}><h3 className="facts-title">{title}</h3><dl className="facts">{children}</dl></section>;
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}

function Unknown({ children }: { children: ReactNode }) {
  return <span className="quieter">{children}</span>;
}

function Count({ name, value }: { name: string; value: unknown }) {
  const words = name.replace(/_tokens$/, "").replaceAll("_", " ").replace("1h", "for an hour").replace(/^max$/, "output at most");
  return <Row name={words}>{value === null ? <Unknown>not told</Unknown> : <span className="num">{quantityText(String(value))}</span>}</Row>;
}

function Pinned({ name, value }: { name: string; value: string }) {
  const { href } = useView();
  const words = name.replaceAll("_", " ");
  return <Row name={words}><Link className="link underlined breaks" href={href("/ai/operations", { of: writeWalk([{ [name]: value }]) })} aria-label={`${words} ${value}: its operations`}>{value}</Link></Row>;
}
