/** One of a few, kept in the address. */

import { useView } from "../../state/view.ts";

interface ChoicesProps {
  label: string;
  /** The name in the address; the first choice is what holds without it. */
  name: string;
  choices: { value: string; label: string }[];
}

export function useChoice(name: string, values: string[]): string {
  const { state } = useView();
  const given = state[name];
  return given !== undefined && values.includes(given) ? given : (values[0] ?? "");
}

export function Choices({ label, name, choices }: ChoicesProps) {
  const { set } = useView();
  const chosen = useChoice(name, choices.map((one) => one.value));
  return (
    <div className="choices" role="group" aria-label={label}>
      {choices.map((one, index) => (
        <button key={one.value} type="button" className="text-button" aria-pressed={one.value === chosen} onClick={() => set({ [name]: index ? one.value : undefined })}>{one.label}</button>
      ))}
    </div>
  );
}
