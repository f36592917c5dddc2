import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "@playwright/test";

// The workers read this file too and must find the same place.
process.env.IGNY8_E2E_PORT ??= String(20_000 + (process.pid % 20_000));
process.env.IGNY8_E2E_DATA ??= mkdtempSync(join(tmpdir(), "igny8-e2e-"));
const port = process.env.IGNY8_E2E_PORT;

export default defineConfig({
  testDir: "tests",
  outputDir: "../target/browser",
  // Each spec signs up its own tenant, so they do not meet; the machine has two cores.
  workers: 2,
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: "list",
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    locale: "en-US",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-background-networking"],
    },
  },
  webServer: {
    command: process.env.IGNY8_UP ?? "../target/debug/igny8-up",
    url: `http://127.0.0.1:${port}/api/system/health`,
    timeout: 60_000,
    gracefulShutdown: { signal: "SIGTERM", timeout: 10_000 },
    env: {
      IGNY8_ADDR: `127.0.0.1:${port}`,
      IGNY8_DATA_DIR: process.env.IGNY8_E2E_DATA,
      IGNY8_WEB_DIR: join(import.meta.dirname, "dist"),
      IGNY8_TRIAL_CREDITS: "500",
      IGNY8_AI: "offline",
    },
  },
});
