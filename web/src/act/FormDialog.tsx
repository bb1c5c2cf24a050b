/** A form over the page that changes one thing; what went wrong is said where it was asked. */

import { type FormEvent, type ReactNode, useEffect, useId, useRef } from "react";
import { ApiError } from "../api/client.ts";
import { type Sent, useSend } from "../api/queries.ts";
import "./act.css";

interface FormDialogProps<T> {
  title: string;
  /** What follows from it. */
  words: ReactNode;
  verb: string;
  /** For what cannot be taken back. */
  grave?: boolean;
  /** Of what below this path every answer is asked for anew. */
  about: string;
  sent: () => Sent;
  onClose: () => void;
  onDone?: (answer: T) => void;
  /** Stays open after it is done, for what is then to be seen. */
  after?: ReactNode;
  children?: ReactNode;
}

export function FormDialog<T = unknown>(props: FormDialogProps<T>) {
  const dialog = useRef<HTMLDialogElement>(null);
  const sending = useSend<T>(props.about);
  const id = useId();

  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => { if (before instanceof HTMLElement) before.focus(); };
  }, []);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    sending.mutate(props.sent(), {
      onSuccess: (answer) => {
        props.onDone?.(answer);
        if (!("after" in props)) dialog.current?.close();
      },
    });
  };
  const close = () => dialog.current?.close();

  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={`${id}-title`} onClose={props.onClose} onClick={(event) => { if (event.target === dialog.current && !props.after) close(); }}>
      {props.after ? (
        <div className="dialog-after">
          <h2 id={`${id}-title`}>{props.title}</h2>
          {props.after}
          <div className="dialog-actions"><button type="button" className="text-button primary" onClick={close}>Done</button></div>
        </div>
      ) : (
        <form onSubmit={submit}>
          <h2 id={`${id}-title`}>{props.title}</h2>
          <div className="dialog-words quiet">{props.words}</div>
          {props.children}
          {sending.isError ? <Failed error={sending.error} /> : null}
          <div className="dialog-actions">
            <button type="button" className="text-button" onClick={close}>Leave it</button>
            <button type="submit" className={`text-button ${props.grave ? "grave" : "primary"}`} disabled={sending.isPending}>{props.verb}</button>
          </div>
        </form>
      )}
    </dialog>
  );
}

function Failed({ error }: { error: Error }) {
  const hint = error instanceof ApiError ? error.problem.hint : undefined;
  return <p className="loss" role="alert">{error.message}{hint ? ` ${hint}` : ""}</p>;
}
