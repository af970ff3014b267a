import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { runProgram, type ProgramOptions } from "../../support/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const root = join(import.meta.dirname, "..", "..", "..");

/** Runs a program to its end, and fails with what it said when it fails. */
export async function succeed(
  command: string,
  args: readonly string[],
  options: ProgramOptions = { cwd: root },
): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgram(command, args, options);
  if (exitCode === 0) return stdout;
  throw new Error(`${command} ${args.join(" ")} ended with ${exitCode}: ${stdout}${stderr}`);
}

const packed = z.array(z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }));

export type Package = { tarball: string; files: string[] };

/** Builds and packs what is published: nary and its peer @pulumi/nomad. */
export async function packages(): Promise<{ nary: Package; nomad: Package }> {
  await succeed("npm", ["run", "build"]);
  return { nary: await pack(), nomad: await pack("--workspace", "sdks/nomad") };
}

/** Builds and packs what services install: @nary/app. */
export async function appPackage(): Promise<Package> {
  await succeed("npm", ["run", "build", "--", "app"]);
  return pack("./app");
}

async function pack(...which: string[]): Promise<Package> {
  const folder = await temporaryFolder();
  const options = ["--silent", "--json", "--pack-destination", folder];
  // Its scripts would build again what other tests read meanwhile.
  const said = await succeed("npm", ["pack", "--ignore-scripts", ...options, ...which]);
  const [made] = packed.parse(JSON.parse(said));
  if (made === undefined) throw new Error("npm has packed nothing.");
  return { tarball: join(folder, made.filename), files: made.files.map(({ path }) => path) };
}

const manifest = z.object({ devDependencies: z.record(z.string(), z.string()) });

/** Packages from the registry as these versions are pinned here. */
export async function pinned(...names: string[]): Promise<string[]> {
  const { devDependencies } = manifest.parse(JSON.parse(await readFile(join(root, "package.json"), "utf8")));
  return names.map((name) => `${name}@${devDependencies[name] ?? "not pinned"}`);
}
