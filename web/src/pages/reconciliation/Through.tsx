/** All bills together, drawn: charged, through each rule, to where it arrived. */

import { useMemo } from "react";
import type { RuleTotal, StatementTotal } from "../../api/reconciliation.ts";
import { Chart } from "../../charts/Chart.tsx";
import { base, type Draw, slotColor, textStyle } from "../../charts/theme.ts";
import { tip, tooltip } from "../../charts/tip.ts";
import { withCurrency } from "../../format/currency.ts";
import { amountDigits, geometry, isNegative } from "../../format/decimal.ts";
import { useDoor } from "../../state/door.ts";
import { useStatementPins } from "./pins.ts";
import { ruleName, ruleSlots } from "./rules.ts";

const ENDS = ["allocated", "idle", "unallocated"] as const;
const ENDING = { allocated: { target_kind: "allocated" }, idle: { target: "(idle)" }, unallocated: { target: "(unallocated)" } };

interface Link {
  source: string;
  target: string;
  from: string;
  to: string;
  amount: string;
  rule: RuleTotal;
  end?: (typeof ENDS)[number];
}

function linksOf(rules: RuleTotal[]): Link[] {
  const first = rules.map((rule): Link => ({ source: "charged", target: `rule ${rule.rule}`, from: "Charged", to: ruleName(rule.rule), amount: rule.claimed, rule }));
  const last = rules.flatMap((rule) => ENDS.map((end): Link => ({ source: `rule ${rule.rule}`, target: end, from: ruleName(rule.rule), to: end, amount: rule[end], rule, end })));
  return [...first, ...last].filter((link) => geometry(link.amount) !== 0);
}

function draw(total: StatementTotal, rules: RuleTotal[], links: Link[]): Draw {
  const slots = ruleSlots(rules);
  const money = (text: string) => withCurrency(amountDigits(text), total.currency);
  return (theme) => {
    const room = theme.narrow ? 84 : 190;
    const named = (name: string, amount: string) => ({
      ...textStyle(theme), fontSize: theme.narrow ? 10.5 : 12, color: theme.ink, textBorderColor: theme.surface, textBorderWidth: 3, distance: 6,
      width: theme.narrow ? 84 : 300, overflow: "truncate", formatter: theme.narrow ? name : `${name}  {a|${money(amount)}}`,
      rich: { a: { ...textStyle(theme), fontSize: 11.5, color: theme.quiet, textBorderColor: theme.surface, textBorderWidth: 3 } },
    });
    const color = (link: Link) => (isNegative(link.amount) ? theme.loss : slotColor(theme, slots.get(link.rule.rule)));
    const node = (name: string, depth: number, label: string, amount: string, fill: string) => ({ name, depth, itemStyle: { color: fill, borderWidth: 0 }, label: named(label, amount) });
    return {
      ...base(theme),
      grid: undefined,
      tooltip: {
        ...tooltip("item", () => document.createElement("div")),
        formatter: (given: { dataType?: string; dataIndex: number }) => {
          const link = given.dataType === "edge" ? links[given.dataIndex] : undefined;
          return link ? tip(`${link.from} → ${link.to}`, [{ name: link.end ? "Arrived" : "Claimed", text: money(link.amount), color: color(link), loss: isNegative(link.amount) }]) : "";
        },
      },
      series: [{
        type: "sankey", left: 1, right: room, top: 6, bottom: 8, nodeWidth: theme.narrow ? 7 : 10, nodeGap: 16, layoutIterations: 0, draggable: false,
        emphasis: { focus: "adjacency", lineStyle: { opacity: 0.7 } }, blur: { lineStyle: { opacity: 0.12 }, itemStyle: { opacity: 0.4 } },
        data: [
          node("charged", 0, "charged", total.charged, theme.quiet),
          ...rules.filter((rule) => links.some((link) => link.rule === rule)).map((rule) => node(`rule ${rule.rule}`, 1, ruleName(rule.rule), rule.claimed, slotColor(theme, slots.get(rule.rule)))),
          ...ENDS.filter((end) => links.some((link) => link.end === end)).map((end) => node(end, 2, end, total[end], end === "allocated" ? theme.accent : end === "idle" ? theme.idle : theme.rest)),
        ],
        links: links.map((link) => ({ source: link.source, target: link.target, value: Math.abs(geometry(link.amount)), lineStyle: { color: color(link), opacity: 0.38, curveness: 0.5 } })),
      }],
    };
  };
}

export function Through({ total, rules }: { total: StatementTotal; rules: RuleTotal[] }) {
  const { goTo } = useDoor();
  const pins = useStatementPins();
  const links = useMemo(() => linksOf(rules), [rules]);
  const drawn = useMemo(() => draw(total, rules, links), [total, rules, links]);
  const open = (index: number, _series: number, part?: string) => {
    const link = part === "edge" ? links[index] : undefined;
    if (link) goTo([{ ...pins(total.perspective, total.metric), rule: link.rule.rule, ...(link.end ? ENDING[link.end] : {}) }]);
  };
  const words = rules.map((rule) => `${ruleName(rule.rule)} ${withCurrency(amountDigits(rule.claimed), total.currency)}`).join("; ");
  return (
    <figure className="block chart-frame" aria-labelledby="through-title">
      <div className="toolbar"><h2 id="through-title">Charged, through each rule, to where it arrived</h2><span className="quiet">all bills together</span></div>
      <Chart draw={drawn} height={Math.max(220, rules.length * 44)} label={`What each rule took of the cost: ${words}. The same as a table below.`} onPick={open} />
    </figure>
  );
}
