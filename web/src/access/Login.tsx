/** Name and password, where the server does not know who asks. */

import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { ApiError, send } from "../api/client.ts";
import { begin } from "./session.ts";
import "./access.css";
import "../act/act.css";

/** What failed, in words; that a name or a password is wrong is never told apart. */
function wordsOf(error: unknown): string {
  if (!(error instanceof ApiError)) return "Something failed. Try again.";
  const { status, detail, hint } = error.problem;
  const words = status === 401 || status === 403 ? (detail || "Name or password is not right.") : detail || error.problem.title;
  return hint ? `${words} ${hint}` : words;
}

export function Login() {
  const id = useId();
  const [said, say] = useState("");
  const [busy, setBusy] = useState(false);
  const password = useRef<HTMLInputElement>(null);

  useEffect(() => {
    document.title = "Log in · Apportion";
  }, []);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    say("");
    send("/access/login", { login: String(form.get("login")).trim(), password: String(form.get("password")) }).then(begin, (error: unknown) => {
      setBusy(false);
      say(wordsOf(error));
      if (password.current) {
        password.current.value = "";
        password.current.focus();
      }
    });
  };

  return (
    <main className="door-page">
      <form className="login" onSubmit={submit} aria-labelledby={`${id}-title`}>
        <p className="brand"><img src="/favicon.svg" width="20" height="20" alt="" /><span>Apportion</span></p>
        <h1 id={`${id}-title`}>Log in to see what is yours to see</h1>
        <label htmlFor={`${id}-login`}>Login<input id={`${id}-login`} name="login" autoFocus required maxLength={200} autoComplete="username" autoCapitalize="none" spellCheck={false} aria-describedby={said ? `${id}-said` : undefined} /></label>
        <label htmlFor={`${id}-password`}>Password<input id={`${id}-password`} ref={password} name="password" type="password" required maxLength={1024} autoComplete="current-password" aria-describedby={said ? `${id}-said` : undefined} /></label>
        {said ? <p className="loss" role="alert" id={`${id}-said`}>{said}</p> : null}
        <button type="submit" className="text-button primary" disabled={busy}>{busy ? "Looking …" : "Log in"}</button>
        <p className="quieter">An owner gives accounts and new passwords.</p>
      </form>
    </main>
  );
}
