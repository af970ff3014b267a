import { comparesSides } from "../settings/gate-checks.ts";
import type { Declared } from "../settings/records.ts";
import { trafficOff } from "../settings/traffic.ts";
import { conclude } from "./act/conclude.ts";
import { productionJob } from "./act/production-job.ts";
import { readDeclared } from "./act/promoted.ts";
import { brokenRules } from "./act/rules.ts";
import { watchedInSteps } from "./act/steps.ts";
import { setTraffic, trafficOf } from "./act/traffic.ts";
import type { Acting } from "./context.ts";
import { declaredTwin } from "./act/twin.ts";
import { aimOf } from "./decide/aim.ts";
import type { Rules } from "./decide/rules.ts";
import type { Final } from "./decide/verdict.ts";
import type { Ending, Exception } from "./ending.ts";
import { ActError, InterruptedError, LockedError, reasonOf, UsageError } from "./errors.ts";
import { settle } from "./journal/settle.ts";
import { judgedBy } from "./judged-by.ts";
import { checkOwnJobs } from "./own-jobs.ts";
import { checkShare } from "./possible-share.ts";
import { Recorder } from "./record/recorder.ts";
import { checkSmokeSecrets } from "./smoke/secrets.ts";
import { smokeTested } from "./smoke/smoke-tested.ts";
import { exitCodes } from "./tell/events.ts";
import { Watch } from "./watch.ts";

/** For turning the traffic off where all else has failed. */
const lastTryMs = 10_000;

/** Goes on where a gate was killed, else watches the canary that is up. */
export async function gateByItself(context: Acting): Promise<Ending> {
  return (await settle(context)) ?? (await gate(context));
}

/** Watches the canary that is up, then promotes or destroys it. */
export async function gate(given: Acting, exception?: Exception): Promise<Ending> {
  const context = { ...given, productionBefore: { job: await productionJob(given) } };
  const { interrupts, stacks, keys, journal } = context;
  const declared = await readDeclared(context, "canary");
  if (declared === undefined) {
    throw new UsageError(
      `The stack ${stacks.canary} declares no canary (no key ${keys.declaredRecord("canary")} in Consul). ` +
        `Bring one up: nary release IMAGE -s ${stacks.canary}`,
    );
  }
  await checkOwnJobs(context);
  await checkShare(context, declared.count);
  checkSmokeSecrets(context.settings.gate.smoke, process.env);
  const start = performance.now();
  const other = await otherSide(context, declared);
  // Where no policy and no check compares, costs alone do.
  const beside =
    other === undefined ? await readDeclared(context, "production", interrupts.signal) : undefined;
  const rules = judgedBy(context.settings, other, new Date());
  const recorder = await recorderOf(context, declared, rules);
  const { gate: settings, counter } = context.settings;
  const watch = new Watch({ ...context, declared, other, beside, gate: settings, counter, rules, recorder });
  try {
    await journal.begin({ act: "watch", release: declared.release });
    const verdict = await watched(context, declared, watch, rules);
    return await interrupts.finishing(nameOf(verdict), () =>
      conclude(context, { declared, watch, start, exception }, verdict).catch((error: unknown) =>
        brokeOff(context, nameOf(verdict), error),
      ),
    );
  } catch (error) {
    await journal.clearUndecided();
    if (!(error instanceof InterruptedError)) throw error;
    const { requests, errors } = watch.evidence.canary;
    return {
      verdict: null,
      why: error.message,
      release: declared.release,
      requests,
      errors,
      exitCode: exitCodes.interrupted,
    };
  } finally {
    await watch.close();
    await recorder.close();
  }
}

async function recorderOf(context: Acting, { release }: Declared, rules: Rules): Promise<Recorder> {
  const { environment, service, settings, recordFile, tell } = context;
  const recorder = await Recorder.open({
    file: recordFile,
    folder: settings.gate.record,
    recording: { environment: environment.name, service, release, rules },
    onWarning: (why) => {
      tell({ event: "warning", why });
    },
  });
  if (recorder.file !== undefined) tell({ event: "recording", file: recorder.file });
  return recorder;
}

/** What the canary is compared with, where its policy or a check compares. */
async function otherSide(context: Acting, canary: Declared): Promise<Declared | undefined> {
  const { settings, interrupts, stacks } = context;
  if (settings.twin) return await declaredTwin(context, canary);
  if (settings.policy.type !== "baseline" && !comparesSides(settings.gate.checks)) return undefined;
  const production = await readDeclared(context, "production", interrupts.signal);
  if (production !== undefined) return production;
  throw new UsageError(
    `${stacks.production} declares nothing that the canary could be compared with: bring it up, or choose a ` +
      `nary:policy and nary:gate.checks in ${stacks.canary} that do not compare.`,
  );
}

async function watched(
  context: Acting,
  declared: Declared,
  watch: Watch,
  { policy, otherSide: compared }: Rules,
): Promise<Final> {
  const { interrupts, settings, tell, stacks } = context;
  const goal = aimOf(policy, compared);
  tell({ event: "watching", release: declared.release, goal, instances: declared.count });
  try {
    const early = await upByTheRules(context, declared, watch);
    if (early !== undefined) return early;
    const smoked = await smokeTested(context, declared, watch);
    if (smoked !== undefined) return smoked;
    // Pulumi may have looked at the programs for long after all were up.
    const ended = watch.lookEarly();
    if (ended !== undefined) return ended;
    await setTraffic(context, trafficOf(settings), interrupts.signal);
    watch.trafficIsOn();
    return await watchedInSteps(context, watch);
  } catch (error) {
    await leaveRunning(context, error);
    const standing =
      `the canary ${declared.job} with ${declared.release} still runs, without traffic. ` +
      `Go on with: nary gate -s ${stacks.canary}, or take it away with: nary reject -s ${stacks.canary}`;
    if (interrupts.requested) throw new InterruptedError(standing, { cause: error });
    throw new ActError(`The watch broke off: ${reasonOf(error).replace(/\.$/, "")}; ${standing}`, {
      cause: error,
    });
  }
}

/** Pulumi looks at both programs while the canaries start. It is never cut: what comes next waits for its end. */
async function upByTheRules(context: Acting, declared: Declared, watch: Watch): Promise<Final | undefined> {
  const looking = Promise.allSettled([brokenRules(context, declared)]);
  const coming = Promise.allSettled([watch.untilUp(context.interrupts.signal)]);
  const [[looked], [came]] = await Promise.all([looking, coming]);
  if (came.status === "rejected") throw came.reason;
  if (came.value !== undefined) return came.value;
  if (looked.status === "rejected") throw looked.reason;
  if (looked.value.length > 0) throw new ActError(`it could not be promoted: ${looked.value.join(" ")}`);
  return undefined;
}

/** A watch that ended without a verdict leaves the canary, but no client of it. */
async function leaveRunning(context: Acting, reason: unknown): Promise<void> {
  try {
    await context.interrupts.finishing("turning the canary's traffic off", () =>
      setTraffic(context, trafficOff),
    );
  } catch (error) {
    throw new ActError(
      `The canary's traffic could not be turned off, it may still get requests. ` +
        `Take it away with: nary reject -s ${context.stacks.canary}`,
      { cause: new AggregateError([reason, error]) },
    );
  }
}

/** What was decided could not be carried out: the journal says where the next gate goes on. */
async function brokeOff(context: Acting, act: string, error: unknown): Promise<never> {
  // Whoever has the lock now has the traffic too.
  if (error instanceof LockedError) throw error;
  const off = await setTraffic(context, trafficOff, AbortSignal.timeout(lastTryMs)).then(
    () => "the canary gets no traffic",
    () => "the canary may still get requests",
  );
  const { canary } = context.stacks;
  throw new ActError(
    `${act} broke off: ${reasonOf(error).replace(/\.$/, "")}; ${off}. Go on there with: nary gate -s ${canary}, or ` +
      `take it away with: nary reject -s ${canary}`,
    { cause: error },
  );
}

function nameOf(verdict: Final): string {
  switch (verdict.type) {
    case "promote":
      return "the promotion";
    case "reject":
      return "the rejection";
    case "inconclusive":
      return "the end of the watch";
  }
}
