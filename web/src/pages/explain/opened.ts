/** Which branches of the tree are open, in the address: "0", "0.2" and "0.2.1" are places of parts within parts. */

import { useCallback, useMemo } from "react";
import { useView } from "../../state/view.ts";
import { withToggled } from "./places.ts";

const KEY = "open";

export interface Opened {
  isOpen: (place: string) => boolean;
  toggle: (place: string) => void;
  openAll: (places: string[]) => void;
  any: boolean;
  closeAll: () => void;
}

export function useOpened(): Opened {
  const { state, set } = useView();
  const text = state[KEY] ?? "";
  const open = useMemo(() => text.split(",").filter(Boolean), [text]);
  const save = useCallback((places: string[]) => set({ [KEY]: places.join(",") || undefined }), [set]);
  return {
    isOpen: (place) => open.includes(place),
    toggle: (place) => save(withToggled(open, place)),
    openAll: (places) => save([...new Set([...open, ...places])]),
    any: open.length > 0,
    closeAll: () => save([]),
  };
}
