// Parses every diagram in a folder with Mermaid itself, and checks that it draws each stage once.
//
//     node check.mjs FOLDER
//
// Next to NAME.mmd there may be NAME.json: the stages that the diagram must draw.

import { readFileSync, readdirSync, existsSync } from "node:fs";
import { join } from "node:path";
import { JSDOM } from "jsdom";

const { window } = new JSDOM("<!doctype html><body></body>");
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import("mermaid");
mermaid.initialize({ startOnLoad: false, suppressErrorRendering: true });

const folder = process.argv[2];
const names = readdirSync(folder).filter((name) => name.endsWith(".mmd")).sort();
let failed = 0;

for (const name of names) {
  const text = readFileSync(join(folder, name), "utf8");
  const labels = join(folder, name.replace(/\.mmd$/, ".json"));
  try {
    const diagram = await mermaid.mermaidAPI.getDiagramFromText(text);
    if (existsSync(labels)) {
      const stages = diagram.db.getData().nodes.filter((node) => node.shape === "rect");
      const drawn = JSON.stringify(stages.map((node) => String(node.label)).sort());
      const expected = JSON.stringify(JSON.parse(readFileSync(labels, "utf8")).sort());
      if (drawn !== expected) {
        throw new Error(`draws the stages ${drawn}, not ${expected}`);
      }
    }
  } catch (error) {
    failed += 1;
    console.error(`${name}: ${error.message ?? error}\n${text}\n`);
  }
}

console.log(`Mermaid parses ${names.length - failed} of ${names.length} diagrams.`);
process.exit(failed || !names.length ? 1 : 0);
