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
      // The plan's map is a page; the office's is a script that the office's own page names.
      input: { index: `${root}/index.html`, office: `${root}/src/office/main.ts` },
      output: {
        // Whoever has opened one map has the library of the other.
        codeSplitting: { groups: [{ name: "maplibre", test: /node_modules.maplibre-gl|src.maplibre\.ts/ }] },
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
