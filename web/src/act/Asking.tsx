/** Asks who acts and why, before something is changed. */

import { type ReactNode, useState } from "react";
import { useOwnName } from "../access/me.ts";
import type { Sent } from "../api/queries.ts";
import { ChoiceField, TextField } from "./fields.tsx";
import { FormDialog } from "./FormDialog.tsx";
import { rememberedWho, rememberWho } from "./who.ts";

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
  const known = useOwnName();
  const [typed, setWho] = useState(rememberedWho);
  const [reason, setReason] = useState("");
  const [choice, setChoice] = useState(question.choices?.values[0]?.value ?? "");
  const who = known ?? typed.trim();
  const sent = () => {
    if (known === null) rememberWho(who);
    return question.sent({ who, reason: reason.trim(), choice });
  };
  return (
    <FormDialog title={question.title} words={question.words} verb={question.verb} about={about} sent={sent} onClose={onClose} {...(onDone ? { onDone } : {})}>
      {question.choices ? <ChoiceField label={question.choices.label} options={question.choices.values} value={choice} onChange={setChoice} /> : null}
      <TextField label="Reason" first optional={question.reason === "welcome"} value={reason} onChange={setReason} {...(question.placeholder ? { placeholder: question.placeholder } : {})} />
      {known === null ? <TextField label="Your name" most={200} complete="name" optional={question.who === "welcome"} value={typed} onChange={setWho} /> : null}
    </FormDialog>
  );
}
