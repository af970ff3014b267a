import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Command, Option } from "commander";
import { z } from "zod";
import { description } from "../components/haproxy/description.ts";
import {
  hostFolder,
  renderPublished,
  type HostFolder,
  type PublishedFile,
} from "../components/haproxy/published.ts";
import { Stacks } from "../gate/act/stacks.ts";
import { reasonOf, UsageError } from "../gate/errors.ts";
import { SettingsError } from "../settings/errors.ts";
import { parseSettings } from "../settings/parse.ts";
import { exitCodeOf, tellError } from "./run.ts";

const options = z.object({
  stack: z.string(),
  cwd: z.string(),
  out: z.string().optional(),
  folder: z.string().optional(),
  verbose: z.boolean().default(false),
});
type Options = z.infer<typeof options>;

const after = `
Files:
  consul-template.hcl              the configuration of consul-template
  local/haproxy.cfg.ctmpl          the template of HAProxy's configuration, and others beside it
  local/start.sh, local/reload.sh  what runs HAProxy, and what consul-template calls at a change
  local/haproxy.env                the name of the haproxy binary

Only the stack's settings are read: neither Consul nor Nomad is asked. docs/haproxy.md says how a host runs them.
`;

export function haproxyTemplateCommand(): Command {
  return new Command("haproxy-template")
    .description("what a host needs that runs HAProxy and consul-template itself, without Nomad")
    .addOption(new Option("-s, --stack <stack>", "production's stack").default("production"))
    .addOption(new Option("-C, --cwd <folder>", "the folder of the Pulumi project").default("."))
    .addOption(new Option("--out <folder>", "write the files there instead of printing them"))
    .addOption(
      new Option("--folder <path>", "where the files will be on the hosts, unless it is the folder of --out"),
    )
    .addOption(new Option("--verbose", "show Pulumi's output, and the causes of an error"))
    .addHelpText("after", after)
    .action(async (_options: unknown, command: Command) => {
      const given = options.parse(command.opts());
      try {
        await publish(given);
      } catch (error) {
        process.stderr.write(`nary: ${tellError(error, given.verbose)}\n`);
        process.exitCode = exitCodeOf(error);
      }
    });
}

async function publish({ stack, cwd, out, folder }: Options): Promise<void> {
  const where = folderOf(folder, out);
  const { values, secrets } = await configurationOf(stack, cwd);
  const { environment, settings } = parseSettings(stack, values, secrets);
  if (settings.role !== "production" || settings.haproxy === undefined) {
    throw new SettingsError(
      `The stack ${stack} has no HAProxy: name the one of production, such as -s ${environment.production}.`,
    );
  }
  const haproxy = description.parse({ ...settings, ...settings.haproxy, environment: environment.name });
  if (haproxy.tls.certificates.some((certificate) => "variable" in certificate)) {
    throw new SettingsError(
      `nary:haproxy.tls.certificates of ${stack} names a Nomad Variable, which a host cannot read: give the path of a file there.`,
    );
  }
  const files = renderPublished(haproxy, where ?? hostFolder.parse(`/var/lib/nary/${settings.service}`));
  if (out === undefined) process.stdout.write(printed(files));
  else await writeFiles(out, files);
}

function folderOf(folder: string | undefined, out: string | undefined): HostFolder | undefined {
  const path = folder ?? (out === undefined ? undefined : resolve(out));
  if (path === undefined) return undefined;
  const parsed = hostFolder.safeParse(path);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const mending = folder === undefined ? " Say with --folder where the files will be on the hosts." : "";
  throw new UsageError(
    `The folder ${JSON.stringify(path)} cannot be used on a host: it ${issue?.message ?? ""}.${mending}`,
  );
}

async function configurationOf(stack: string, cwd: string) {
  const stacks = await Stacks.open(resolve(cwd), () => undefined);
  return await stacks.configuration(stack);
}

/** One text of several files, as `tail` prints them. */
const printed = (files: readonly PublishedFile[]) =>
  files.map(({ name, text }) => `==> ${name} <==\n${text}`).join("\n");

/** A host may be using the files: each is replaced as a whole. */
async function writeFiles(folder: string, files: readonly PublishedFile[]): Promise<void> {
  try {
    for (const { name, text, mode } of files) {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(`${path}.new`, text, { mode });
      await rename(`${path}.new`, path);
    }
  } catch (error) {
    throw new UsageError(`The files cannot be written: ${reasonOf(error)}.`, { cause: error });
  }
}
