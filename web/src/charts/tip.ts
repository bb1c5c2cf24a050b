/** The tooltip of every chart, made of elements: markup with style attributes would break the page's policy. */

export interface TipLine {
  name: string;
  text: string;
  color?: string;
  loss?: boolean;
}

export function tip(title: string, lines: TipLine[]): HTMLElement {
  const box = document.createElement("div");
  const head = box.appendChild(document.createElement("div"));
  head.className = "tip-title";
  head.textContent = title;
  for (const line of lines) {
    const row = box.appendChild(document.createElement("div"));
    row.className = "tip-line";
    const mark = row.appendChild(document.createElement("i"));
    mark.className = "swatch";
    if (line.color) mark.style.background = line.color;
    const name = row.appendChild(document.createElement("span"));
    name.textContent = line.name;
    const amount = row.appendChild(document.createElement("b"));
    amount.className = line.loss ? "num loss" : "num";
    amount.textContent = line.text;
  }
  return box;
}

export function tooltip(trigger: "axis" | "item", formatter: (index: number, seriesIndex?: number) => HTMLElement): Record<string, unknown> {
  return {
    trigger, confine: true, className: "tip", transitionDuration: 0, appendTo: "body",
    axisPointer: { type: "shadow", shadowStyle: { color: "rgba(128,132,140,0.12)" } },
    backgroundColor: "transparent", borderWidth: 0, padding: 0, extraCssText: "box-shadow:none",
    formatter: (given: { dataIndex: number; seriesIndex?: number } | { dataIndex: number }[]) => {
      const one = Array.isArray(given) ? given[0] : given;
      return one ? formatter(one.dataIndex, "seriesIndex" in one ? (one.seriesIndex as number) : undefined) : document.createElement("div");
    },
  };
}
