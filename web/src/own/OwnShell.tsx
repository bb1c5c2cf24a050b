/** Around the own page of a customer who is logged in: who they are, and nothing to navigate. */

import { useEffect } from "react";
import { useLocation } from "wouter";
import { UserMenu } from "../access/UserMenu.tsx";
import type { Me } from "../api/access.ts";
import { type OwnUsage, usagePath } from "../api/own.ts";
import { useReport } from "../api/queries.ts";
import { Guard } from "../page/Guard.tsx";
import { SchemeToggle } from "../shell/SchemeToggle.tsx";
import { OwnPage } from "./OwnPage.tsx";
import "../shell/shell.css";
import "../page/page.css";
import "../figures/figures.css";
import "../table/table.css";
import "../charts/charts.css";
import "./own.css";

const PLACE = "/my";

export default function OwnShell({ me }: { me: Me }) {
  const [path, navigate] = useLocation();
  const customer = me.tenant?.name ?? "";
  const usage = useReport<OwnUsage>(usagePath(customer), {}, { enabled: customer !== "", keep: false });
  useEffect(() => {
    if (path !== PLACE) navigate(PLACE, { replace: true });
  }, [path, navigate]);
  return (
    <div className="stage">
      <header className="bar own-bar">
        <p className="brand"><img src="/favicon.svg" width="20" height="20" alt="" /><span>{usage.data?.name ?? customer}</span></p>
        <div className="bar-right"><SchemeToggle /><UserMenu /></div>
      </header>
      <main id="content" className="own" tabIndex={-1}><Guard name="This page" at={path}>{customer ? <OwnPage customer={customer} /> : null}</Guard></main>
    </div>
  );
}
