/** Starts the dashboard. */

import "@fontsource-variable/inter/wght.css";
import "./theme/mantine.css";
import "./theme/tokens.css";
import "./theme/base.css";
import { createTheme, MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Gate } from "./access/Gate.tsx";
import { queryClient } from "./api/queries.ts";
import { App } from "./app.tsx";
import { Embedded } from "./own/Embedded.tsx";
import { givenScheme, isEmbedded, takeToken } from "./own/embedding.ts";
import { schemeManager } from "./theme/scheme.ts";

const theme = createTheme({ fontFamily: "var(--font)", cursorType: "pointer", respectReducedMotion: true });

const embedded = isEmbedded();
if (embedded) takeToken();
const scheme = embedded ? givenScheme() : null;

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

// Mantine would write its variables and classes into <style> elements, which the Content-Security-Policy
// forbids; the same variables come from a style sheet (theme/mantine.css, theme/tokens.css).
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" {...(embedded ? {} : { colorSchemeManager: schemeManager })} {...(scheme ? { forceColorScheme: scheme } : {})} withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={queryClient}>
        {embedded ? <Embedded /> : <Gate><App /></Gate>}
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
