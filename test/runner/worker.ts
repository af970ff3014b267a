import { z } from "zod";
import { endInTime } from "./left-open.ts";
import { runMocha } from "./mocha.ts";

const task = z.object({ files: z.array(z.string()), grep: z.string().optional() });

// Whoever started this is gone, and nobody would hear the result.
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
// Listening must not keep this process from ending, or a socket or timer that a test has leaked would not show.
process.channel?.unref();

const { files, grep } = task.parse(JSON.parse(process.argv[2] ?? ""));
process.send?.(await runMocha(files, grep));
endInTime("");
