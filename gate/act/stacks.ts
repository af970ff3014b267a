import { access } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { LocalWorkspace, PulumiCommand, Stack } from "@pulumi/pulumi/automation/index.js";
import type { Release } from "../../settings/names.ts";
import { PulumiError, reasonOf, UsageError } from "../errors.ts";
import type { Tell } from "../tell/events.ts";
import { runApart } from "./apart.ts";
import { pulumiFailure } from "./pulumi-said.ts";
import { stackFileOf, withStackFile, withTwinFile } from "./stack-file.ts";

/** Something of the canary, and the same of its twin. */
type WithTwin = { canary: string; twin: string };

type Configuration = { values: Record<string, string>; secrets: ReadonlySet<string> };

type Operation = "up" | "destroy";

/** The stacks of a Pulumi project, by way of the user's own Pulumi and backend. */
export class Stacks {
  readonly #folder: string;
  readonly #tell: Tell;
  readonly #workspace: LocalWorkspace;

  private constructor(folder: string, tell: Tell, workspace: LocalWorkspace) {
    this.#folder = folder;
    this.#tell = tell;
    this.#workspace = workspace;
  }

  /** @throws UsageError without a project in the folder, PulumiError without a Pulumi */
  static async open(folder: string, tell: Tell): Promise<Stacks> {
    await access(join(folder, "Pulumi.yaml")).catch((error: unknown) => {
      throw new UsageError(
        `There is no Pulumi.yaml in ${folder}: run nary in the project's folder, or name it with -C.`,
        { cause: error },
      );
    });
    const command = await PulumiCommand.get().catch((error: unknown) => {
      throw new PulumiError(
        "There is no usable pulumi on the PATH: install it, or run nary through `npm run nary --`.",
        reasonOf(error),
        { cause: error },
      );
    });
    const workspace = await LocalWorkspace.create({ workDir: folder, pulumiCommand: command });
    const stacks = new Stacks(folder, tell, workspace);
    // The Automation API runs all that it does through this method.
    Object.assign(command, { run: stacks.#run.bind(stacks) });
    // A selected stack is what the user's next bare `pulumi destroy` would hit: every command names its own instead.
    workspace.selectStack = () => Promise.resolve();
    return stacks;
  }

  /** The configuration of a stack, objects and lists as JSON, and which keys of it are secret or have a secret inside. */
  async configuration(stack: string): Promise<Configuration> {
    const all = Object.entries(await this.#workspace.getAllConfig(stack));
    return {
      values: Object.fromEntries(all.map(([key, { value }]) => [key, value])),
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
    await this.#run([...word, "--config-file", copy, "--stack", stack], this.#folder, {});
  }

  /** What Pulumi would do to a stack with this release, as the JSON of `pulumi preview`. Changes nothing. */
  async previewed(stack: string, release: Release): Promise<string> {
    return await withStackFile(await stackFileOf(this.#folder, stack), release, async (copy) => {
      const args = ["preview", "--json", "--show-sames", "--config-file", copy, "--stack", stack];
      return (await this.#run(args, this.#folder, {})).stdout;
    });
  }

  /** What a stack has declared, as the JSON of `pulumi stack export`. Secrets stay encrypted. */
  async exported(stack: string): Promise<string> {
    return (await this.#run(["stack", "export", "--stack", stack], this.#folder, {})).stdout;
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
    await this.#operation("up", stack, release, (handle, onOutput) =>
      withFile((configFile) =>
        handle.up({ configFile, refresh: true, onOutput, color: "never", suppressOutputs: true }),
      ),
    );
  }

  async destroy(stack: string): Promise<void> {
    await this.#operation("destroy", stack, undefined, (handle, onOutput) =>
      handle.destroy({ onOutput, color: "never" }),
    );
  }

  async #operation(
    operation: Operation,
    stack: string,
    release: Release | undefined,
    work: (handle: Stack, onOutput: (text: string) => void) => Promise<unknown>,
  ): Promise<void> {
    this.#tell({ event: "pulumi-start", stack, operation, ...(release === undefined ? {} : { release }) });
    const start = performance.now();
    const seconds = () => Math.round(performance.now() - start) / 1000;
    try {
      const handle = await Stack.select(stack, this.#workspace);
      await work(handle, (text) => {
        this.#tell({ event: "pulumi-output", stack, text });
      });
    } catch (error) {
      const output = error instanceof PulumiError ? error.output : reasonOf(error);
      this.#tell({ event: "pulumi-end", stack, operation, seconds: seconds(), ok: false, output });
      throw error;
    }
    this.#tell({ event: "pulumi-end", stack, operation, seconds: seconds(), ok: true });
  }

  async #run(
    args: readonly string[],
    folder: string,
    environment: Record<string, string>,
    onOutput?: (text: string) => void,
  ): Promise<{ stdout: string; stderr: string; code: number }> {
    const ran = await runApart("pulumi", [...args, "--non-interactive"], {
      folder,
      environment: {
        ...process.env,
        ...environment,
        // The program needs the Node that runs this one, whatever the machine's own is.
        PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`,
        PULUMI_AUTOMATION_API: "true",
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
      onOutput,
    });
    if (ran.code !== 0) throw pulumiFailure(args, ran);
    return ran;
  }
}
