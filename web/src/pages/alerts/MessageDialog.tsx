/** One message as it went out, and every attempt to send it. */

import { useEffect, useRef } from "react";
import { Link } from "wouter";
import { Only } from "../../access/Only.tsx";
import { ALERTS, type OneMessage } from "../../api/alerts.ts";
import { useReport } from "../../api/queries.ts";
import { instantText } from "../../format/dates.ts";
import { Problem, RowsSkeleton } from "../../page/states.tsx";
import { useView } from "../../state/view.ts";
import { alertPath } from "./AlertPages.tsx";
import { Retry } from "./MessageTable.tsx";
import { MessageStateTag } from "./words.tsx";
import "../../act/act.css";

export function MessageDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const { href } = useView();
  const dialog = useRef<HTMLDialogElement>(null);
  const query = useReport<OneMessage>(`${ALERTS}/messages/${encodeURIComponent(id)}`, {}, { keep: false });
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => { if (before instanceof HTMLElement) before.focus(); };
  }, []);
  const message = query.data;
  return (
    <dialog ref={dialog} className="dialog message" aria-label="Message" onClose={onClose} onClick={(event) => { if (event.target === dialog.current) dialog.current.close(); }}>
      <div className="message-body">
        {query.isError ? <Problem error={query.error} needsRun={false} /> : message ? (
          <>
            <h2>{message.title}</h2>
            <p className="quiet">to {message.channel}, <MessageStateTag state={message.state} /></p>
            {message.text ? <pre className="message-text" tabIndex={0}>{message.text}</pre> : null}
            {message.deliveries.length ? (
              <ol className="attempts" aria-label="Attempts">
                {message.deliveries.map((one) => <li key={`${one.attempt} ${one.started}`}><span className="num quiet">{instantText(one.started)}</span> {one.outcome || "goes on"}{one.said ? <span className="sub">{one.said}</span> : null}</li>)}
              </ol>
            ) : <p className="quiet">Nothing was tried yet.</p>}
            <p className="message-alerts">{message.alerts.map((alert, index) => <Link key={alert} className="link underlined" href={href(alertPath(alert))}>{message.alerts.length === 1 ? "Its alert" : `Alert ${index + 1}`}</Link>)}</p>
          </>
        ) : <RowsSkeleton rows={5} />}
        <div className="dialog-actions">
          {message ? <Only scope="watch"><Retry message={message} /></Only> : null}
          <button type="button" className="text-button" onClick={() => dialog.current?.close()}>Close</button>
        </div>
      </div>
    </dialog>
  );
}
