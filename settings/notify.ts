import { z } from "zod";
import { flag, number, whole } from "./loose.ts";
import { secretFrom } from "./secret-from.ts";

/** Events that a webhook may be called for: those that do not come each second. */
export const notifiable = [
  "start",
  "watching",
  "smoked",
  "traffic",
  "step",
  "waits",
  "asked",
  "extended",
  "fault",
  "warning",
  "verdict",
  "promoted",
  "rollback",
  "exception",
  "resumed",
  "evidence",
  "gone",
  "interrupted",
  "end",
] as const;
export type Notifiable = (typeof notifiable)[number];

const eventsError = `must be a list of names of events, each one of: ${notifiable.join(", ")}`;

const urlError =
  "must be the address of a webhook, such as https://hooks.example.com/nary, without user and password";

/** The address of a webhook; undefined where the text is none. */
export function webhookUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  if (url === null || url.username + url.password !== "") return undefined;
  return ["http:", "https:"].includes(url.protocol) ? url : undefined;
}

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether what is sent there can be read on the way. */
export const isReadable = ({ protocol, hostname }: URL) => protocol === "http:" && !loopback.test(hostname);

export const readableError =
  "must be https, since anybody on the way could read it; plainHttp: true says that this network may";

const webhook = z
  .strictObject(
    {
      /** Where it is; `urlFrom` for one that is a secret itself, as Slack's are. */
      url: z
        .string({ error: urlError })
        .transform((given, context) => {
          const url = webhookUrl(given);
          if (url !== undefined) return url;
          context.addIssue({ code: "custom", message: urlError });
          return z.NEVER;
        })
        .optional(),
      urlFrom: secretFrom.optional(),
      /** What it is called for. */
      events: z
        .array(z.enum(notifiable, { error: eventsError }), { error: eventsError })
        .min(1, { error: eventsError })
        .default(["start", "waits", "verdict", "rollback", "exception", "end"]),
      /** `json`: the event and where it is from; `slack`: a message as Slack and what takes its messages wants it. */
      format: z.enum(["json", "slack"], { error: "must be json or slack" }).default("json"),
      /** The secret by which each message is signed; it is not signed unless given. */
      secretFrom: secretFrom.optional(),
      /** Seconds after which an answer is given up. */
      timeoutSeconds: number("a number of seconds, 0.1 to 60", 0.1, 60).default(10),
      /** How often a message is sent at most, until it is taken. */
      tries: whole("a whole number, 1 to 20", 1, 20).default(5),
      /** Whether it may be sent where anybody on the way can read it. */
      plainHttp: flag.default(false),
    },
    { error: "must have url or urlFrom" },
  )
  .transform(({ url, urlFrom, ...rest }, context) => {
    if (url !== undefined && isReadable(url) && !rest.plainHttp)
      context.addIssue({ code: "custom", path: ["url"], message: readableError });
    if (rest.format === "slack" && rest.secretFrom !== undefined)
      context.addIssue({
        code: "custom",
        path: ["secretFrom"],
        message: "is for the format json: Slack looks at no signature",
      });
    if (url !== undefined && urlFrom === undefined) return { ...rest, where: { url } };
    if (url === undefined && urlFrom !== undefined) return { ...rest, where: { from: urlFrom } };
    context.addIssue({ code: "custom", message: "must have either url or urlFrom" });
    return z.NEVER;
  });
export type WebhookSettings = z.infer<typeof webhook>;

/** Webhooks that are told of releases. */
export const notify = z
  .array(webhook, { error: "must be a list of webhooks" })
  .max(20, { error: "must be at most 20 webhooks" })
  .default([]);
