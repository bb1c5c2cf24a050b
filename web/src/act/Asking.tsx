/** Asks who acts and why, before something is changed; what went wrong is said where it was asked. */

import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import type { Sent } from "../api/queries.ts";
import { useSend } from "../api/queries.ts";
import { rememberedWho, rememberWho } from "./who.ts";
import "./act.css";

export interface Answers {
  who: string;
  reason: string;
  /** One of the choices, where there are any. */
  choice: string;
}

export interface Question {
  title: string;
  /** What follows from it. */
  words: ReactNode;
  verb: string;
  reason: "needed" | "welcome";
  who: "needed" | "welcome";
  placeholder?: string;
  choices?: { label: string; values: { value: string; label: string }[] };
  /** What is sent. */
  sent: (answers: Answers) => Sent;
}

export function Asking({ question, about, onClose, onDone }: { question: Question; about: string; onClose: () => void; onDone?: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [who, setWho] = useState(rememberedWho);
  const [reason, setReason] = useState("");
  const [choice, setChoice] = useState(question.choices?.values[0]?.value ?? "");
  const sending = useSend<unknown>(about);
  const id = useId();

  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => { if (before instanceof HTMLElement) before.focus(); };
  }, []);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    rememberWho(who.trim());
    sending.mutate(question.sent({ who: who.trim(), reason: reason.trim(), choice }), {
      onSuccess: () => {
        dialog.current?.close();
        onDone?.();
      },
    });
  };

  return (
    <dialog ref={dialog} className="asking" aria-labelledby={`${id}-title`} onClose={onClose} onClick={(event) => { if (event.target === dialog.current) dialog.current.close(); }}>
      <form onSubmit={submit}>
        <h2 id={`${id}-title`}>{question.title}</h2>
        <p className="quiet">{question.words}</p>
        {question.choices ? (
          <label htmlFor={`${id}-choice`}>{question.choices.label}
            <select id={`${id}-choice`} value={choice} onChange={(event) => setChoice(event.target.value)}>
              {question.choices.values.map((one) => <option key={one.value} value={one.value}>{one.label}</option>)}
            </select>
          </label>
        ) : null}
        <label htmlFor={`${id}-reason`}>Reason{question.reason === "welcome" ? <span className="quieter"> if there is one</span> : null}
          <input id={`${id}-reason`} autoFocus required={question.reason === "needed"} maxLength={1000} placeholder={question.placeholder} value={reason} onChange={(event) => setReason(event.target.value)} autoComplete="off" />
        </label>
        <label htmlFor={`${id}-who`}>Your name{question.who === "welcome" ? <span className="quieter"> if you like</span> : null}
          <input id={`${id}-who`} required={question.who === "needed"} maxLength={200} value={who} onChange={(event) => setWho(event.target.value)} autoComplete="name" />
        </label>
        {sending.isError ? <p className="loss" role="alert">{sending.error.message}</p> : null}
        <div className="asking-actions">
          <button type="button" className="text-button" onClick={() => dialog.current?.close()}>Leave it</button>
          <button type="submit" className="text-button primary" disabled={sending.isPending}>{question.verb}</button>
        </div>
      </form>
    </dialog>
  );
}
