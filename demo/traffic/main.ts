/** Traffic as a process of its own, so that what else the demo does neither slows it down nor stops its clock. */
import { Generator } from "./generator.ts";
import { request } from "./messages.ts";

const [url = "", perSecond = "", ...paths] = process.argv.slice(2);
const generator = new Generator(url, paths);
let kept = false;

const stop = () => void generator.stop();
process.once("SIGTERM", stop);
process.on("disconnect", () => {
  if (!kept) stop();
});
process.on("message", (message) => {
  switch (request.parse(message)) {
    case "next-window":
      void generator.nextWindow().then((counts) => process.send?.(counts));
      return;
    case "keep":
      kept = true;
      process.disconnect();
      return;
  }
});

await generator.run(Number(perSecond));
if (process.connected) process.disconnect();
