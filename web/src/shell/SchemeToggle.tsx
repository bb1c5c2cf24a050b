/** Light, dark, or as the system says. */

import { useMantineColorScheme } from "@mantine/core";

const NEXT = { auto: "light", light: "dark", dark: "auto" } as const;
const NAMES = { auto: "System", light: "Light", dark: "Dark" } as const;

export function SchemeToggle() {
  // Without keepTransitions Mantine writes a <style> element, which the Content-Security-Policy forbids.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  return (
    <button type="button" className="text-button" onClick={() => setColorScheme(NEXT[colorScheme])} aria-label={`Colours: ${NAMES[colorScheme]}. Change to ${NAMES[NEXT[colorScheme]]}`}>
      <svg width="14" height="14" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" strokeWidth="1.5" /><path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" fill="currentColor" /></svg>
      {NAMES[colorScheme]}
    </button>
  );
}
