import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { z } from "zod";
import type { Release } from "../../settings/names.ts";
import { PulumiError, reasonOf, UsageError } from "../errors.ts";
import type { Tell } from "../tell/events.ts";
import { runApart, type Ran } from "./apart.ts";
import { isCutOff, removeCutAttributes } from "./cut-attributes.ts";
import { pulumiFailure } from "./pulumi-said.ts";
import { stackFileOf, withStackFile, withTwinFile } from "./stack-file.ts";

/** Something of the canary, and the same of its twin. */
type WithTwin = { canary: string; twin: string };

type Configuration = { values: Record<string, string>; secrets: ReadonlySet<string> };

type Operation = "up" | "destroy";

/** A Pulumi that is about to change something. */
export type Run = { stack: string; operation: string; pid: number };
/** Told before each of them begins, which it does not where this fails; what it resolves to is called after its end. */
export type OnRun = (run: Run) => Promise<() => Promise<void>>;

const configuration = z.record(
  z.string(),
  z.object({ value: z.string().optional(), secret: z.boolean().optional() }),
);

const whoami = z.object({ url: z.string() });

/**
 * The stacks of a Pulumi project, by way of the user's own Pulumi and backend. Each command names its stack: one that is
 * selected is what the user's next bare `pulumi destroy` would hit.
 */
export class Stacks {
  readonly #folder: string;
  readonly #tell: Tell;
  #onRun: OnRun | undefined;

  private constructor(folder: string, tell: Tell) {
    this.#folder = folder;
    this.#tell = tell;
  }

  /** @throws UsageError without a project in the folder */
  static async open(folder: string, tell: Tell): Promise<Stacks> {
    await access(join(folder, "Pulumi.yaml")).catch((error: unknown) => {
      throw new UsageError(
        `There is no Pulumi.yaml in ${folder}: run nary in the project's folder, or name it with -C.`,
        { cause: error },
      );
    });
    return new Stacks(folder, tell);
  }

  /** From now on whatever changes a stack is told before it begins. */
  tellRuns(onRun: OnRun): void {
    this.#onRun = onRun;
  }

  /** The configuration of a stack, objects and lists as JSON, and which keys of it are secret or have a secret inside. */
  async configuration(stack: string): Promise<Configuration> {
    const { stdout } = await this.#run(["config", "--show-secrets", "--json", "--stack", stack]);
    const all = Object.entries(configuration.parse(JSON.parse(stdout)));
    return {
      values: Object.fromEntries(all.map(([key, { value = "" }]) => [key, value])),
      secrets: new Set(all.flatMap(([key, { secret }]) => (secret === true ? [key] : []))),
    };
  }

  /** Sees to it that a later `up` or `destroy` will not fail for its passphrase, by encrypting a word in a copy. */
  async checkSecrets(stack: string): Promise<void> {
    await withStackFile(await stackFileOf(this.#folder, stack), undefined, (copy) =>
      this.#encrypt(stack, copy),
    );
  }

  /** The same for the twin, with the settings that it will have. */
  async checkTwin(stacks: WithTwin): Promise<void> {
    await withTwinFile(await this.#filesOf(stacks), undefined, (copy) => this.#encrypt(stacks.twin, copy));
  }

  async #encrypt(stack: string, copy: string): Promise<void> {
    const word = ["config", "set", "--secret", "nary:check", "word"];
    await this.#run([...word, "--config-file", copy, "--stack", stack]);
  }

  /**
   * What Pulumi would do to a stack with this release, as the JSON of `pulumi preview`. Changes nothing.
   *
   * @param how - `refresh`: as seen from what is really there; else as from the state, and then a job that somebody has
   * changed by hand is an error
   */
  async previewed(stack: string, release: Release, how = { refresh: false }): Promise<string> {
    return await withStackFile(await stackFileOf(this.#folder, stack), release, async (copy) => {
      const refresh = how.refresh ? ["--refresh"] : [];
      const args = ["preview", "--json", "--show-sames", ...refresh, "--config-file", copy, "--stack", stack];
      return (await this.#run(args)).stdout;
    });
  }

  /** What a stack has declared, as the JSON of `pulumi stack export`. Secrets stay encrypted. */
  async exported(stack: string): Promise<string> {
    return (await this.#run(["stack", "export", "--stack", stack])).stdout;
  }

  /** Takes a state as it is given, as the JSON of `pulumi stack export`. */
  async import(stack: string, state: string): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), "nary-state-"));
    try {
      const file = join(folder, "state.json");
      await writeFile(file, state, { mode: 0o600 });
      await this.#run(["stack", "import", "--file", file, "--stack", stack]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Takes the backend's lock of a stack from whoever has it. */
  async cancel(stack: string): Promise<void> {
    await this.#run(["cancel", "--yes", "--stack", stack]);
  }

  async up(stack: string, release: Release): Promise<void> {
    const file = await stackFileOf(this.#folder, stack);
    await this.#up(stack, release, (work) => withStackFile(file, release, work));
  }

  /** Brings the twin up with the canary's settings. */
  async upTwin(stacks: WithTwin, release: Release): Promise<void> {
    const files = await this.#filesOf(stacks);
    await this.#up(stacks.twin, release, (work) => withTwinFile(files, release, work));
  }

  async #filesOf({ canary, twin }: WithTwin): Promise<WithTwin> {
    return { canary: await stackFileOf(this.#folder, canary), twin: await stackFileOf(this.#folder, twin) };
  }

  async #up(
    stack: string,
    release: Release,
    withFile: (work: (configFile: string) => Promise<unknown>) => Promise<unknown>,
  ): Promise<void> {
    await this.#operation("up", stack, release, (onOutput) =>
      withFile((file) => {
        const how = ["--yes", "--skip-preview", "--refresh", "--suppress-outputs", "--color", "never"];
        return this.#run(["up", ...how, "--config-file", file, "--stack", stack], onOutput);
      }),
    );
  }

  async destroy(stack: string): Promise<void> {
    await this.#operation("destroy", stack, undefined, (onOutput) =>
      this.#run(["destroy", "--yes", "--skip-preview", "--color", "never", "--stack", stack], onOutput),
    );
  }

  async #operation(
    operation: Operation,
    stack: string,
    release: Release | undefined,
    work: (onOutput: (text: string) => void) => Promise<unknown>,
  ): Promise<void> {
    this.#tell({ event: "pulumi-start", stack, operation, ...(release === undefined ? {} : { release }) });
    const start = performance.now();
    const seconds = () => Math.round(performance.now() - start) / 1000;
    try {
      await work((text) => {
        this.#tell({ event: "pulumi-output", stack, text });
      });
    } catch (error) {
      const output = error instanceof PulumiError ? error.output : reasonOf(error);
      this.#tell({ event: "pulumi-end", stack, operation, seconds: seconds(), ok: false, output });
      throw error;
    }
    this.#tell({ event: "pulumi-end", stack, operation, seconds: seconds(), ok: true });
  }

  async #run(args: readonly string[], onOutput?: (text: string) => void): Promise<Ran> {
    let ran = await this.#ran(args, onOutput);
    if (ran.code !== 0 && isCutOff(ran.stderr)) {
      await this.#mendAttributes();
      ran = await this.#ran(args, onOutput);
    }
    if (ran.code !== 0) throw pulumiFailure(args, ran);
    return ran;
  }

  async #mendAttributes(): Promise<void> {
    const { stdout } = await this.#ran(["whoami", "--json"]);
    const { url } = whoami.parse(JSON.parse(stdout));
    for (const file of await removeCutAttributes(url, this.#folder)) {
      const why = `a Pulumi was killed while it wrote ${file}, which it left empty: removed, it is not needed`;
      this.#tell({ event: "warning", why });
    }
  }

  async #ran(args: readonly string[], onOutput?: (text: string) => void): Promise<Ran> {
    let onEnd: (() => Promise<void>) | undefined;
    const onRun = changes(args) ? this.#onRun : undefined;
    const ran = await runApart("pulumi", [...args, "--non-interactive"], {
      folder: this.#folder,
      environment: {
        ...process.env,
        // The program needs the Node that runs this one, whatever the machine's own is.
        PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`,
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
      onOutput,
      onStart:
        onRun &&
        (async (pid) => {
          const [operation = ""] = args;
          onEnd = await onRun({
            stack: valueOf(args, "--stack") ?? "",
            operation,
            pid,
          });
        }),
    });
    await onEnd?.();
    return ran;
  }
}

/** Whether a command changes a stack or its state; all others only look. */
function changes([command = "", what = ""]: readonly string[]): boolean {
  return ["up", "destroy", "cancel"].includes(command) || (command === "stack" && what === "import");
}

function valueOf(args: readonly string[], option: string): string | undefined {
  const at = args.indexOf(option);
  return at < 0 ? undefined : args[at + 1];
}
