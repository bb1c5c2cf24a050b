/** The fields of forms over the page. */

import { type ReactNode, useId } from "react";

interface FieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  note?: ReactNode;
  optional?: boolean;
}

interface TextProps extends FieldProps {
  type?: "text" | "password" | "date" | "email" | "url";
  placeholder?: string;
  most?: number;
  least?: number;
  complete?: string;
  first?: boolean;
  /** Digits with at most one point, a minus before them where `signed`. */
  amount?: "positive" | "signed";
}

const AMOUNTS = { positive: "[0-9]+([.][0-9]+)?", signed: "[\\-\u2212+]?[0-9]+([.][0-9]+)?" };

export function TextField(props: TextProps) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id}>{props.label}{props.optional ? <span className="quieter"> optional</span> : null}
        <input
          id={id} type={props.type ?? "text"} value={props.value} onChange={(event) => props.onChange(event.target.value)}
          required={!props.optional} maxLength={props.most ?? 1000} minLength={props.least} placeholder={props.placeholder}
          autoComplete={props.complete ?? "off"} autoFocus={props.first ?? false}
          {...(props.amount ? { inputMode: "decimal" as const, pattern: AMOUNTS[props.amount], title: "Digits, with a point before decimals" } : {})}
          aria-describedby={props.note ? `${id}-note` : undefined}
        />
      </label>
      {props.note ? <span className="field-note" id={`${id}-note`}>{props.note}</span> : null}
    </div>
  );
}

export interface Option {
  value: string;
  label: string;
}

export function ChoiceField({ label, value, onChange, options, note }: FieldProps & { options: Option[] }) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id}>{label}
        <select id={id} value={value} onChange={(event) => onChange(event.target.value)} aria-describedby={note ? `${id}-note` : undefined}>
          {options.map((one) => <option key={one.value} value={one.value}>{one.label}</option>)}
        </select>
      </label>
      {note ? <span className="field-note" id={`${id}-note`}>{note}</span> : null}
    </div>
  );
}

export function ChecksField({ label, values, onChange, options }: { label: string; values: string[]; onChange: (values: string[]) => void; options: (Option & { words: string })[] }) {
  return (
    <fieldset className="checks">
      <legend>{label}</legend>
      {options.map((one) => (
        <label key={one.value}>
          <input type="checkbox" checked={values.includes(one.value)} onChange={(event) => onChange(event.target.checked ? [...values, one.value] : values.filter((value) => value !== one.value))} />
          <span>{one.label}<span className="field-note">{one.words}</span></span>
        </label>
      ))}
    </fieldset>
  );
}
