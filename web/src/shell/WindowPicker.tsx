/** Which days: the last 7, 30 or 90, a month, or any days of one's own. */

import { Popover } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useDimensions } from "../api/queries.ts";
import { addDays, monthText, windowText } from "../format/dates.ts";
import { useView } from "../state/view.ts";

const SPANS = ["7d", "30d", "90d"];

export function WindowPicker() {
  const { state, set } = useView();
  const [open, setOpen] = useState(false);
  const given = useDimensions();
  const chosen = state["window"] ?? "30d";
  const windows = given.data?.windows;
  const choose = (span: string) => {
    set({ window: span === "30d" ? undefined : span, why: undefined });
    setOpen(false);
  };
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={268} trapFocus returnFocus shadow="md" transitionProps={{ duration: 0 }}>
      <Popover.Target>
        <button type="button" className="picker" onClick={() => setOpen(!open)} aria-label={`Window: ${windowText(chosen)}`} data-testid="window">
          {windowText(chosen)}
          <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true"><path d="m1.5 3.5 3.5 3.5 3.5-3.5" fill="none" stroke="currentColor" strokeWidth="1.4" /></svg>
        </button>
      </Popover.Target>
      <Popover.Dropdown className="windows" aria-label="Window">
        <div role="group" aria-label="Last days" className="window-group">
          {SPANS.map((span) => <Choice key={span} span={span} chosen={chosen} onChoose={choose} />)}
        </div>
        {windows?.months.length ? (
          <div role="group" aria-label="Months" className="window-group window-months">
            {[...windows.months].reverse().map((month) => <Choice key={month} span={month} chosen={chosen} onChoose={choose} text={monthText(month)} />)}
          </div>
        ) : null}
        <Custom first={windows?.first_day} last={windows?.last_day} chosen={chosen} onChoose={choose} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Choice({ span, chosen, onChoose, text }: { span: string; chosen: string; onChoose: (span: string) => void; text?: string }) {
  return (
    <button type="button" className="text-button" aria-pressed={span === chosen} onClick={() => onChoose(span)}>
      {text ?? windowText(span)}
    </button>
  );
}

interface CustomProps {
  first: string | undefined;
  last: string | undefined;
  chosen: string;
  onChoose: (span: string) => void;
}

/** Both days are included on screen; the address holds the half-open window. */
function Custom({ first, last, chosen, onChoose }: CustomProps) {
  const [from, to] = chosen.includes("..") ? chosen.split("..") : [];
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [start, end] = [String(form.get("from")), String(form.get("to"))];
    if (start && end && start <= end) onChoose(`${start}..${addDays(end, 1)}`);
  };
  return (
    <form className="window-custom" onSubmit={submit}>
      <label>First day<input type="date" name="from" min={first} max={last} defaultValue={from} required /></label>
      <label>Last day<input type="date" name="to" min={first} max={last} defaultValue={to ? addDays(to, -1) : undefined} required /></label>
      <button type="submit" className="text-button bordered">Show these days</button>
    </form>
  );
}
