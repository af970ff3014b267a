import { z } from "zod";
import { variants } from "./variants.ts";

export const serveQuestion = z.object({ variant: z.enum(variants.map(({ name }) => name)) });
export const listening = z.object({ port: z.int() });
/** What a service has computed so far, in microseconds, and the names of OpenTelemetry's spans where it makes some. */
export const computed = z.object({ cpuUs: z.number(), spans: z.array(z.string()) });
export const memoryQuestion = z.object({ requests: z.int() });
/** The heap after a collection, in MiB: a tenth of the way, and at the end. */
export const memoryAnswer = z.object({ requests: z.int(), earlyMb: z.number(), lateMb: z.number() });
