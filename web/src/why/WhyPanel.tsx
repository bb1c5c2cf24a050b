/** Why a number is what it is: its parts, one level at a time, down to lines of a bill. */

import { type KeyboardEvent, useEffect } from "react";
import { useView } from "../state/view.ts";
import { useDoor } from "../state/door.ts";
import { pinsOf } from "../state/why.ts";
import { Explained } from "./Explained.tsx";
import { MarginExplained } from "./MarginExplained.tsx";
import { OperationExplained } from "./OperationExplained.tsx";
import "./why.css";

export default function WhyPanel() {
  const { walk, goTo, close } = useDoor();
  const { params } = useView();
  const depth = walk.length;

  useEffect(() => {
    const listen = (event: globalThis.KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open], [data-expanded='true']")) close();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [close]);

  const press = (event: KeyboardEvent) => {
    if (event.key === "Backspace" && depth > 1 && !(event.target instanceof HTMLInputElement)) {
      event.preventDefault();
      goTo(walk.slice(0, -1));
    }
  };
  const pins = pinsOf(walk);
  const about = pins["about"];
  return (
    <aside className="why" aria-label="Why this number" onKeyDown={press}>
      <div className="why-bar">
        <span className="why-name">Why</span>
        <button type="button" className="text-button" onClick={close} aria-keyshortcuts="Escape">Close <kbd>Esc</kbd></button>
      </div>
      {about === "operation" ? (
        <OperationExplained id={pins["id"] ?? ""} />
      ) : about ? (
        <MarginExplained about={about} customer={pins["customer"]} of={pins["of"]} />
      ) : (
        <Explained pins={{ ...(pins["from"] ? { metric: params["metric"], currency: params["currency"] } : params), ...pins }} walk={walk} />
      )}
    </aside>
  );
}
