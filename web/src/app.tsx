/** Which page an address shows. */

import { lazy, Suspense } from "react";
import { Redirect, Route, Switch } from "wouter";
import { useMe } from "./access/me.ts";
import { Missing, PageSkeleton } from "./page/states.tsx";
import { homeOf } from "./shell/places.ts";
import { Shell } from "./shell/Shell.tsx";
import { useView } from "./state/view.ts";

const Overview = lazy(() => import("./pages/Overview.tsx"));
const Customers = lazy(() => import("./pages/Customers.tsx"));
const Customer = lazy(() => import("./pages/Customer.tsx"));
const ExplainTarget = lazy(() => import("./pages/ExplainTarget.tsx"));
const Services = lazy(() => import("./pages/Services.tsx"));
const Service = lazy(() => import("./pages/Service.tsx"));
const Teams = lazy(() => import("./pages/Teams.tsx"));
const Anomalies = lazy(() => import("./pages/Anomalies.tsx"));
const Anomaly = lazy(() => import("./pages/Anomaly.tsx"));
const Alerts = lazy(() => import("./pages/Alerts.tsx"));
const AlertDetail = lazy(() => import("./pages/AlertDetail.tsx"));
const AlertRules = lazy(() => import("./pages/AlertRules.tsx"));
const AlertMessages = lazy(() => import("./pages/AlertMessages.tsx"));
const Explorer = lazy(() => import("./pages/Explorer.tsx"));
const Flow = lazy(() => import("./pages/Flow.tsx"));
const Ai = lazy(() => import("./pages/Ai.tsx"));
const AiTree = lazy(() => import("./pages/AiTree.tsx"));
const AiOperations = lazy(() => import("./pages/AiOperations.tsx"));
const AiVariants = lazy(() => import("./pages/AiVariants.tsx"));
const AiWhatIf = lazy(() => import("./pages/AiWhatIf.tsx"));
const AiMargin = lazy(() => import("./pages/AiMargin.tsx"));
const AiTrueUp = lazy(() => import("./pages/AiTrueUp.tsx"));
const AiRates = lazy(() => import("./pages/AiRates.tsx"));
const Reconciliation = lazy(() => import("./pages/Reconciliation.tsx"));
const Bridge = lazy(() => import("./pages/Bridge.tsx"));
const Runs = lazy(() => import("./pages/Runs.tsx"));
const RunDetail = lazy(() => import("./pages/RunDetail.tsx"));
const Plan = lazy(() => import("./pages/Plan.tsx"));
const DataHealth = lazy(() => import("./pages/DataHealth.tsx"));
const SourceDetail = lazy(() => import("./pages/SourceDetail.tsx"));
const Budgets = lazy(() => import("./pages/Budgets.tsx"));
const Budget = lazy(() => import("./pages/Budget.tsx"));
const Credits = lazy(() => import("./pages/Credits.tsx"));
const CustomerCredits = lazy(() => import("./pages/CustomerCredits.tsx"));
const Access = lazy(() => import("./pages/Access.tsx"));
const AuditLog = lazy(() => import("./pages/AuditLog.tsx"));
const LoadDetail = lazy(() => import("./pages/LoadDetail.tsx"));

export function App() {
  return (
    <Shell>
      <Suspense fallback={<PageSkeleton />}>
        <Switch>
          <Route path="/"><Home /></Route>
          <Route path="/customers" component={Customers} />
          <Route path="/customers/:id">{(params) => <Customer key={params.id} id={decoded(params.id)} />}</Route>
          <Route path="/explain/:of/:id">{(params) => <ExplainTarget key={`${params.of} ${params.id}`} of={decoded(params.of)} id={decoded(params.id)} />}</Route>
          <Route path="/services" component={Services} />
          <Route path="/services/:name">{(params) => <Service key={params.name} name={decoded(params.name)} />}</Route>
          <Route path="/teams" component={Teams} />
          <Route path="/anomalies" component={Anomalies} />
          <Route path="/anomalies/:id">{(params) => <Anomaly key={params.id} id={decoded(params.id)} />}</Route>
          <Route path="/alerts" component={Alerts} />
          <Route path="/alerts/rules" component={AlertRules} />
          <Route path="/alerts/messages" component={AlertMessages} />
          <Route path="/alerts/:id">{(params) => <AlertDetail key={params.id} id={decoded(params.id)} />}</Route>
          <Route path="/explorer" component={Explorer} />
          <Route path="/flow" component={Flow} />
          <Route path="/ai" component={Ai} />
          <Route path="/ai/tree" component={AiTree} />
          <Route path="/ai/operations" component={AiOperations} />
          <Route path="/ai/variants" component={AiVariants} />
          <Route path="/ai/what-if" component={AiWhatIf} />
          <Route path="/ai/margin" component={AiMargin} />
          <Route path="/ai/true-up" component={AiTrueUp} />
          <Route path="/ai/rates" component={AiRates} />
          <Route path="/bridge" component={Bridge} />
          <Route path="/reconciliation" component={Reconciliation} />
          <Route path="/runs" component={Runs} />
          <Route path="/runs/plan" component={Plan} />
          <Route path="/runs/:id">{(params) => <RunDetail key={params.id} id={decoded(params.id)} />}</Route>
          <Route path="/data" component={DataHealth} />
          <Route path="/data/loads/:id">{(params) => <LoadDetail key={params.id} id={decoded(params.id)} />}</Route>
          <Route path="/data/sources/:name">{(params) => <SourceDetail key={params.name} name={decoded(params.name)} />}</Route>
          <Route path="/budgets" component={Budgets} />
          <Route path="/budgets/:name">{(params) => <Budget key={params.name} name={decoded(params.name)} />}</Route>
          <Route path="/credits" component={Credits} />
          <Route path="/credits/:customer">{(params) => <CustomerCredits key={params.customer} customer={decoded(params.customer)} />}</Route>
          <Route path="/access" component={Access} />
          <Route path="/access/audit" component={AuditLog} />
          <Route><Missing /></Route>
        </Switch>
      </Suspense>
    </Shell>
  );
}

/** The overview is of the whole company; who sees one team alone lands elsewhere. */
function Home() {
  const { href } = useView();
  const home = homeOf(useMe().data);
  return home === "/" ? <Overview /> : <Redirect to={href(home)} replace />;
}

/** The router decodes most of an address; what it leaves is decoded here, and a lone "%" stays itself. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
