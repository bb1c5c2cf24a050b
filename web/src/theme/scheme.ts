/** Light or dark: the system's until a person chooses; the choice stays in this browser. */

import { localStorageColorSchemeManager } from "@mantine/core";

export const SCHEME_KEY = "apportion-color-scheme";

export const schemeManager = localStorageColorSchemeManager({ key: SCHEME_KEY });
