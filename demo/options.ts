import { parseArgs } from "node:util";
import { DemoError } from "./errors.ts";

export const help = `Usage: npm run demo [-- options]       releases a good version of a sample service and two that are not
       npm run demo -- down [FOLDER]   ends what --keep left running: all of it, or the demo in one folder

It starts a Consul and a Nomad of its own on loopback, deploys production with HAProxy in front, sends traffic, makes
three releases with \`nary release\`, prints a table of what became of them, and ends everything that it started.

--app greetings|classroom  what is released. greetings: a small service, with a release that fails and one that crashes.
                           classroom: Express and PostgreSQL (which must be installed, or is with apt-get), with a
                           release that fans out and one that fails (greetings unless given)
--driver raw_exec|docker   what runs the service; docker needs a running Docker (raw_exec unless given)
--full                     watch ten times as many requests, 69,075 instead of 6,905: an error rate of 1 in 10,000 is
                           ruled out (classroom: 23,023 instead of 2,300)
--keep                     leave it all running at the end, and print how to go on
--json                     the last line on stdout is an object with the figures; all else goes to stderr
--help                     this text

Exit status: 0 the good release was promoted without a lost request and the other two were rejected; 1 not so;
2 usage, or Docker is missing; 4 the tools could not be made; 130 interrupted.`;

export const drivers = ["raw_exec", "docker"] as const;
export type Driver = (typeof drivers)[number];

export const appNames = ["greetings", "classroom"] as const;
export type AppName = (typeof appNames)[number];

export type Options =
  | { command: "help" }
  | { command: "down"; folder?: string }
  | { command: "run"; app: AppName; driver: Driver; full: boolean; keep: boolean; json: boolean };

const hint = "See: npm run demo -- --help";

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        app: { type: "string", default: "greetings" },
        driver: { type: "string", default: "raw_exec" },
        full: { type: "boolean", default: false },
        keep: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    const [sentence = ""] = (error instanceof Error ? error.message : String(error)).split(". ");
    throw new DemoError("usage", `${sentence}. ${hint}`, { cause: error });
  }
}

/** @throws DemoError in one sentence when it cannot be used */
export function parseOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args);
  if (values.help) return { command: "help" };
  const [command, folder, ...rest] = positionals;
  if (rest.length > 0 || (command !== undefined && command !== "down")) {
    throw new DemoError(
      "usage",
      `The only command is down, not ${JSON.stringify(positionals.join(" "))}. ${hint}`,
    );
  }
  if (command === "down") return folder === undefined ? { command } : { command, folder };
  const driver = drivers.find((known) => known === values.driver);
  if (driver === undefined) {
    throw new DemoError(
      "usage",
      `The driver ${JSON.stringify(values.driver)} is not one of ${drivers.join(", ")}. ${hint}`,
    );
  }
  const app = appNames.find((known) => known === values.app);
  if (app === undefined) {
    throw new DemoError(
      "usage",
      `The app ${JSON.stringify(values.app)} is not one of ${appNames.join(", ")}. ${hint}`,
    );
  }
  if (app === "classroom" && driver === "docker") {
    throw new DemoError(
      "usage",
      `The app "classroom" is not made into images: leave out --driver docker, or take --app greetings. ${hint}`,
    );
  }
  const { full, keep, json } = values;
  return { command: "run", app, driver, full, keep, json };
}
