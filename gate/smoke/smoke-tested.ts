import type { Declared } from "../../settings/records.ts";
import type { Acting } from "../context.ts";
import type { Final } from "../decide/verdict.ts";
import type { Watch } from "../watch.ts";
import { smoke, type SmokeEnd } from "./smoke.ts";
import { SmokeWire } from "./wire.ts";

/**
 * Tests canaries that are up and have no traffic yet, while they are watched. Resolves to undefined when all have
 * passed, else to the verdict.
 *
 * @throws what an interruption throws
 */
export async function smokeTested(
  { settings, interrupts, tell }: Pick<Acting, "settings" | "interrupts" | "tell">,
  { count }: Pick<Declared, "count">,
  watch: Watch,
): Promise<Final | undefined> {
  const { smoke: tests, smokeSeconds } = settings.gate;
  if (tests.length === 0) return undefined;
  const stop = new AbortController();
  const signal = AbortSignal.any([interrupts.signal, stop.signal]);
  const wire = new SmokeWire(settings.counter, process.env);
  const testing = smoke(
    {
      ...{ tests, smokeSeconds, count, wire, tell },
      running: () => watch.running,
      onSent: (id) => {
        watch.sends(id);
      },
    },
    signal,
  );
  const ended = watch.untilEndedEarly(signal);
  try {
    const end = await Promise.race([testing, ended]);
    return "evidence" in end ? end : verdictOf(end, watch);
  } finally {
    stop.abort();
    await Promise.allSettled([testing, ended]);
    await wire.close();
  }
}

function verdictOf(end: SmokeEnd, watch: Watch): Final | undefined {
  switch (end.type) {
    case "passed":
      return undefined;
    case "failed":
      return watch.byTest("reject", `smoke: ${end.test}`, end.why);
    case "untested":
      return watch.byTest("inconclusive", "start", end.why);
  }
}
