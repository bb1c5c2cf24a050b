/** One chart: drawn when its library has come, redrawn when its data, size or the colour scheme change. */

import { useComputedColorScheme } from "@mantine/core";
import type { ECharts } from "echarts/core";
import { useEffect, useRef, useState } from "react";
import { type Draw, readTheme } from "./theme.ts";

interface ChartProps {
  draw: Draw;
  /** What the chart shows, for those who cannot see it. */
  label: string;
  height: number;
  /** A click: which place on the axis, which series (-1 beside the bars), and of a graph, whether a node or an edge. */
  onPick?: Pick;
}

type Pick = (index: number, series: number, part?: string) => void;

/** Reports clicks as place on the axis and series; -1 is the space above and between the bars. */
function listen(chart: ECharts, report: Pick): void {
  chart.on("click", (event) => report(event.dataIndex, event.seriesIndex ?? 0, event.dataType));
  chart.getZr().on("click", (event) => {
    const at = [event.offsetX, event.offsetY];
    if (event.target || !("grid" in chart.getOption()) || !chart.containPixel("grid", at)) return;
    const found = chart.convertFromPixel("grid", at);
    const index = Array.isArray(found) ? found[0] : undefined;
    if (index !== undefined) report(Math.round(index), -1);
  });
}

export function Chart({ draw, label, height, onPick }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const [chart, setChart] = useState<ECharts | null>(null);
  const scheme = useComputedColorScheme("light");
  const pick = useRef(onPick);
  useEffect(() => {
    pick.current = onPick;
  }, [onPick]);

  useEffect(() => {
    let made: ECharts | null = null;
    let gone = false;
    const element = box.current;
    if (!element) return undefined;
    void Promise.all([import("./echarts.ts"), document.fonts.ready]).then(([{ init }]) => {
      if (gone) return;
      made = init(element);
      listen(made, (index, series, part) => pick.current?.(index, series, part));
      setChart(made);
    });
    return () => {
      gone = true;
      made?.dispose();
      setChart(null);
    };
  }, []);

  useEffect(() => {
    const element = box.current;
    if (!chart || !element) return undefined;
    const paint = () => chart.setOption(draw(readTheme(element)), { notMerge: true });
    let frame = requestAnimationFrame(paint);
    const watch = new ResizeObserver(() => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        chart.resize();
        paint();
      });
    });
    watch.observe(element);
    return () => {
      cancelAnimationFrame(frame);
      watch.disconnect();
    };
  }, [chart, draw, scheme]);

  return <div ref={box} role="img" aria-label={label} className={`chart${onPick ? " pickable" : ""}`} style={{ height }} />;
}
