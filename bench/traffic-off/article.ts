/** Temp. */
import type { Place } from "../site.ts";
import type { Rounds } from "./short.ts";
export function articleRounds(_: Rounds, __: Place): Promise<number[]> { return Promise.resolve([1]); }
