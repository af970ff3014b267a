import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";

// Stands for a bundler or a compiler: what runs is JavaScript.
mkdirSync("dist", { recursive: true });
writeFileSync("dist/main.mjs", stripTypeScriptTypes(readFileSync("main.ts", "utf8")));
