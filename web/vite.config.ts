import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const backend = process.env.IGNY8_ADDR ? `http://${process.env.IGNY8_ADDR}` : "http://127.0.0.1:8010";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { proxy: { "/api": { target: backend }, "/local": { target: backend } } },
  // Nothing is inlined into the page: the content security policy allows no inline script or style, and no data: font.
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false }, target: "es2022" },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test-setup.ts"],
    globals: false,
    // On two cores, with a build beside it, drawing hundreds of options takes its time.
    testTimeout: 20_000,
  },
});
