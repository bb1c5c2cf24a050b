/** A small line that starts at zero; the column beside it says the change in words. */

import { geometry } from "../format/decimal.ts";

interface SparklineProps {
  points: (string | null)[];
  width?: number;
  height?: number;
}

export function Sparkline({ points, width = 88, height = 22 }: SparklineProps) {
  const values = points.map((point) => (point === null ? null : geometry(point)));
  const known = values.filter((value): value is number => value !== null);
  if (known.length < 2) return <span className="quieter">–</span>;
  const top = Math.max(...known, 0);
  const bottom = Math.min(...known, 0);
  const span = top - bottom || 1;
  const x = (index: number) => 1 + (index * (width - 4)) / (values.length - 1);
  const y = (value: number) => 2 + ((top - value) * (height - 4)) / span;
  let pen = "M";
  const line = values
    .map((value, index) => {
      if (value === null) {
        pen = "M";
        return "";
      }
      const step = `${pen}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = "L";
      return step;
    })
    .join("");
  const last = values.at(-1);
  return (
    <svg className="sparkline" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true" focusable="false">
      <line x1="0" x2={width} y1={y(0)} y2={y(0)} className="sparkline-zero" />
      <path d={line} className="sparkline-line" />
      {last !== null && last !== undefined ? <circle cx={x(values.length - 1)} cy={y(last)} r="1.8" className="sparkline-dot" /> : null}
    </svg>
  );
}
