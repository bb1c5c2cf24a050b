/** Which part of the audit log is asked for, kept in the address. */

import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import type { Params } from "../../api/client.ts";
import { useView } from "../../state/view.ts";
import { Choices, useChoice } from "../ai/Choices.tsx";
import "../explorer/explorer.css";

const OUTCOMES = [{ value: "", label: "All" }, { value: "done", label: "Done" }, { value: "refused", label: "Refused" }, { value: "failed", label: "Failed" }];
const SINCE = [{ value: "", label: "Any time" }, { value: "1", label: "Since yesterday" }, { value: "7", label: "7 days" }, { value: "30", label: "30 days" }];
const DAY_MS = 86_400_000;
const FIELDS = [["who", "Who"], ["action", "What"]] as const;

/** From the beginning of a day on, so that the same is asked for all day long. */
function sinceDays(days: string): string | undefined {
  return days ? `${new Date(Date.now() - Number(days) * DAY_MS).toISOString().slice(0, 10)}T00:00:00Z` : undefined;
}

export function useAskedAudit(): { asked: Params; narrowed: boolean } {
  const { state } = useView();
  const outcome = useChoice("outcome", OUTCOMES.map((one) => one.value)) || undefined;
  const days = useChoice("since", SINCE.map((one) => one.value));
  const asked = { outcome, who: state["who"], action: state["action"], since: sinceDays(days) };
  return { asked, narrowed: Object.values(asked).some(Boolean) };
}

export function AuditFilters() {
  return (
    <div className="narrowing">
      <Choices label="Outcome" name="outcome" choices={OUTCOMES} />
      <Choices label="Since" name="since" choices={SINCE} />
      <div className="about">{FIELDS.map(([name, label]) => <Words key={name} name={name} label={label} />)}</div>
    </div>
  );
}

function Words({ name, label }: { name: string; label: string }) {
  const { state, set } = useView();
  const given = state[name] ?? "";
  const asked = useRef(given);
  const [typed, type] = useState(given);
  const ask = useDebouncedCallback((words: string) => {
    asked.current = words.trim();
    set({ [name]: asked.current || undefined });
  }, 300);
  // A link in the table asks, too.
  useEffect(() => {
    if (given === asked.current) return;
    asked.current = given;
    type(given);
  }, [given]);
  return <TextInput size="xs" className="about-field" aria-label={label} placeholder={label} value={typed} onChange={(event) => { type(event.currentTarget.value); ask(event.currentTarget.value); }} />;
}
