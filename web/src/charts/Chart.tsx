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
  onPick?: (index: number, series: number) => void;
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
      made.on("click", (event) => {
        pick.current?.(event.dataIndex, event.seriesIndex ?? 0);
      });
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
