import { defineConfig } from "@playwright/test";

const { COUNTERFOIL_PORT = 8099, SHOP_PORT = 8098, CHROMIUM } = process.env;
const mock = `http://127.0.0.1:${COUNTERFOIL_PORT}`;
const pages = `http://127.0.0.1:${SHOP_PORT}`;
process.env.SHOP = `${pages}/shop.html`;

export default defineConfig({
  fullyParallel: true,
  webServer: [
    { command: `counterfoil serve --clock 2026-01-05T09:00:00Z --port ${COUNTERFOIL_PORT} --cors ${pages}`, url: `${mock}/_mock/health` },
    { command: `python3 -m http.server --bind 127.0.0.1 ${SHOP_PORT}`, url: process.env.SHOP }, // your own development server
  ],
  use: { baseURL: mock, launchOptions: { executablePath: CHROMIUM } }, // without CHROMIUM, Playwright's own
});
