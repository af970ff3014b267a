import { z } from "zod";
import { flag, text } from "../../settings/loose.ts";
import type { Artifact, Task, Template } from "./nomad.ts";

const placeError = "must be a path below the task's folder, such as local/app.conf, without .. in it";

/** Below the task's folder. Nomad's own `${…}` may be used in it. */
const place = text(1024).pipe(
  z
    .string()
    .regex(/^[^/\p{Cc}][^\p{Cc}]*$/u, { error: placeError })
    .refine((path) => !path.split("/").includes(".."), { error: placeError }),
);

const modes = ["noop", "restart", "signal"] as const;

const onChange = z.discriminatedUnion(
  "mode",
  [
    z.strictObject({ mode: z.literal("noop") }),
    z.strictObject({ mode: z.literal("restart") }),
    z.strictObject({
      mode: z.literal("signal"),
      signal: z
        .string({ error: "must be a signal, such as SIGHUP" })
        .regex(/^SIG[A-Z0-9]{2,10}$/, { error: "must be a signal, such as SIGHUP" }),
    }),
  ],
  { error: `must have a mode, one of: ${modes.join(", ")}` },
);

const template = z.strictObject(
  {
    data: text(1_048_576),
    destination: place,
    env: flag.default(false),
    perms: z
      .string({ error: "must be three or four octal digits, such as 0600" })
      .regex(/^0?[0-7]{3}$/, { error: "must be three or four octal digits, such as 0600" })
      .default("0644"),
    onChange: onChange.default({ mode: "noop" }),
  },
  { error: "must have data and destination" },
);

const artifact = z.strictObject(
  {
    source: text(4096).pipe(
      z.string().regex(/^[^\s\p{Cc}]+$/u, { error: "must be an address, without spaces" }),
    ),
    destination: place.default("local/"),
    mode: z.enum(["any", "file", "dir"], { error: "must be any, file or dir" }).default("any"),
    options: z
      .record(z.string(), text(4096), { error: "must be names of options, each with a text" })
      .default({}),
    headers: z
      .record(z.string(), text(4096), { error: "must be names of headers, each with a text" })
      .default({}),
  },
  { error: "must have a source" },
);

/** What is there in a task's folder before it starts. */
export const files = {
  templates: z.array(template, { error: "must be a list of templates" }).default([]),
  artifacts: z.array(artifact, { error: "must be a list of artifacts" }).default([]),
};
type Files = z.infer<z.ZodObject<typeof files>>;

export function renderFiles(
  { templates, artifacts }: Files,
  more: Template[] = [],
): Pick<Task, "Templates" | "Artifacts"> {
  const all = [...more, ...templates.map(renderTemplate)];
  return {
    ...(all.length === 0 ? {} : { Templates: all }),
    ...(artifacts.length === 0 ? {} : { Artifacts: artifacts.map(renderArtifact) }),
  };
}

function renderTemplate({
  data,
  destination,
  perms,
  env,
  onChange: change,
}: Files["templates"][number]): Template {
  const file = { EmbeddedTmpl: data, DestPath: destination, Perms: perms, Envvars: env };
  switch (change.mode) {
    case "noop":
    case "restart":
      return { ...file, ChangeMode: change.mode };
    case "signal":
      return { ...file, ChangeMode: change.mode, ChangeSignal: change.signal };
  }
}

function renderArtifact({
  source,
  destination,
  mode,
  options,
  headers,
}: Files["artifacts"][number]): Artifact {
  return {
    GetterSource: source,
    RelativeDest: destination,
    GetterMode: mode,
    GetterOptions: options,
    GetterHeaders: headers,
  };
}
