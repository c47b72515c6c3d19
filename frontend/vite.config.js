import { defineConfig } from "vite";
import { licences } from "./licences.mjs";

const root = import.meta.dirname;

export default defineConfig({
  base: "./",
  publicDir: "public",
  build: {
    outDir: process.env.ALCANCE_STATIC ?? "../src/alcance/publish/static",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0, // the page's policy allows no data: scripts or fonts
    chunkSizeWarningLimit: 1200,
    modulePreload: { polyfill: false },
    rollupOptions: {
      output: {
        // Plain names: the server tags each file by its content, and the repository sees the same files each time.
        entryFileNames: "assets/[name].js",
        chunkFileNames: "assets/[name].js",
        assetFileNames: "assets/[name][extname]",
      },
    },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8765" } },
  plugins: [
    {
      name: "licences",
      generateBundle() {
        this.emitFile({ type: "asset", fileName: "LICENSES.txt", source: licences(root) });
      },
    },
  ],
});
