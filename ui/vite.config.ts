import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

/** The server that `npm run dev` talks to; `meshpilot serve` prints its address. */
const server = process.env.MESHPILOT_URL ?? "http://127.0.0.1:3456";

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  build: {
    target: "es2023",
    // The content security policy allows fonts from the server only, never from data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    host: "127.0.0.1",
    proxy: {
      "/v1": {
        target: server,
        changeOrigin: true,
        // The server refuses pages of other origins; the dev page stands in for the one it serves itself.
        configure: (proxy) => proxy.on("proxyReq", (request) => request.setHeader("origin", server)),
      },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.ts"],
  },
});
