import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const api = process.env.APPORTION_API ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../src/apportion/api/static",
    emptyOutDir: true,
    // Inlined assets would need data: in the Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    license: { fileName: "licenses.md" },
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { "/api": api } },
});
