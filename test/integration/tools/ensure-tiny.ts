// A second process for the tests: node ensure-tiny.ts <module> <cache>. Prints the tool as JSON.
import { ensure } from "../../../tools/toolchain/ensure.ts";
import { tinySpec } from "./tiny.ts";

const [module = "", cache = ""] = process.argv.slice(2);
const say = (line: string) => {
  console.error(line);
};
const [tool] = await ensure([tinySpec(module)], { environment: process.env, cache, isRoot: false, say });
console.log(JSON.stringify(tool));
