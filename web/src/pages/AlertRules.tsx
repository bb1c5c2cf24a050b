/** What is watched, from which limits on, and how often is anybody told? */

import { Link } from "wouter";
import { ALERTS, type Rule, type RuleList } from "../api/alerts.ts";
import { csvAddress } from "../api/client.ts";
import { useReport } from "../api/queries.ts";
import { instantText } from "../format/dates.ts";
import { PageBody } from "../page/Page.tsx";
import { Command, PageSkeleton, Problem } from "../page/states.tsx";
import { useView } from "../state/view.ts";
import { DataTable } from "../table/DataTable.tsx";
import { AlertPages } from "./alerts/AlertPages.tsx";

const EXAMPLE = "alerts:\n  rules:\n    margin: {warning: 25, critical: 5}\n    cost_jump: off";

export default function AlertRules() {
  const path = `${ALERTS}/rules`;
  const query = useReport<RuleList>(path);
  return (
    <PageBody title="Rules of alerts" question="What is watched, and from which limit on?" answer={query.data?.headline ?? null} above={<AlertPages at="/alerts/rules" />}>
      {query.isError ? <Problem error={query.error} retry={() => void query.refetch()} needsRun={false} /> : query.data ? (
        <>
          <RuleTable rules={query.data.rules} csv={csvAddress(path)} />
          <section className="block">
            <div className="toolbar"><h2>Changing them</h2></div>
            <p className="quiet">Rules are lines of apportion.yaml, reviewed like all the others; what is not named there holds as it ships. <code>apportion alerts evaluate --dry-run</code> says what a change would find.</p>
            <Command>{EXAMPLE}</Command>
          </section>
        </>
      ) : <PageSkeleton bare />}
    </PageBody>
  );
}

function RuleTable({ rules, csv }: { rules: Rule[]; csv: string }) {
  const { href } = useView();
  return (
    <DataTable<Rule>
      name="rules" title="Rules" rows={rules} rowKey={(row) => row.name} csv={csv}
      columns={[
        { key: "name", label: "Rule", heads: true, value: (row) => row.name, render: (row) => <>{row.name} {row.off ? <span className="tag">off</span> : row.is_default ? null : <span className="tag warn">changed</span>}{row.kind === row.name ? null : <span className="sub">{row.kind}</span>}</> },
        { key: "says", label: "What it says", value: (row) => row.says, render: (row) => <span className="rule-says">{row.says}</span> },
        { key: "open_alerts", label: "Open", numeric: true, title: "Alerts that hold", value: (row) => row.open_alerts, render: (row) => (row.open_alerts ? <Link className="link underlined num" href={href("/alerts", { rule: row.name })}>{row.open_alerts}</Link> : <span className="num quieter">0</span>) },
        { key: "cooldown_warning", label: "Told again", title: "How long nobody is told again of the same: of a warning, of what is critical", value: (row) => row.cooldown_warning, render: (row) => <span className="nowrap">after {row.cooldown_warning}<span className="sub">critical: {row.cooldown_critical}</span></span> },
        { key: "reminders", label: "Reminders", spare: 1, value: (row) => row.reminders },
        { key: "to", label: "To", spare: 1, value: (row) => row.to.join(", "), render: (row) => (row.to.length ? row.to.join(", ") : <span className="quieter">as routes say</span>) },
        { key: "evaluated", label: "Last look", value: (row) => row.evaluated, render: (row) => (row.evaluated ? <span className="nowrap">{instantText(row.evaluated)}<span className="sub">found {row.signals ?? 0}</span></span> : <span className="quieter">{row.off ? "off" : "never"}</span>) },
      ]}
    />
  );
}
