/** A chart with its title, its words and its table: either can be looked at. */

import { type ReactNode, useId } from "react";
import { useView } from "../state/view.ts";

interface ChartFrameProps {
  /** Names the chart in the address: "daily=table" shows its table. */
  name: string;
  title: string;
  chart: ReactNode;
  table: ReactNode;
}

export function ChartFrame({ name, title, chart, table }: ChartFrameProps) {
  const { state, set } = useView();
  const id = useId();
  const asTable = state[name] === "table";
  return (
    <figure className="block chart-frame" aria-labelledby={id}>
      <div className="toolbar">
        <h2 id={id}>{title}</h2>
        <div className="toolbar-actions" role="group" aria-label={`${title} as`}>
          <button type="button" className="text-button" aria-pressed={!asTable} onClick={() => set({ [name]: undefined })}>Chart</button>
          <button type="button" className="text-button" aria-pressed={asTable} onClick={() => set({ [name]: "table" })}>Table</button>
        </div>
      </div>
      {asTable ? table : chart}
    </figure>
  );
}
