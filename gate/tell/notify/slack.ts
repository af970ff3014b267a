import { verdictLines } from "../verdict-lines.ts";
import { endings, lineOf } from "../lines.ts";
import type { Message, NotifiedEvent } from "./message.ts";

/** What Slack takes in a text of a block, and what is readable there. */
const mostCharacters = 2_900;

/** The body of a message as Slack's incoming webhooks want it, and what takes their messages. */
export function slackBody({ event, environment, service, stack, release }: Message): string {
  const title = `${service} in ${environment}: ${headlineOf(event)}`;
  const details = detailsOf(event);
  const from = [stack, ...(release === null ? [] : [release])].join(" · ");
  return JSON.stringify({
    text: escaped(title),
    blocks: [
      section(`*${escaped(title)}*`),
      ...(details === undefined ? [] : [section(`\`\`\`${escaped(withoutFences(details))}\`\`\``)]),
      { type: "context", elements: [{ type: "mrkdwn", text: escaped(from) }] },
    ],
  });
}

const section = (text: string) => ({ type: "section", text: { type: "mrkdwn", text } });

/** Without the characters by which Slack begins links, mentions and entities, and no longer than it takes. */
function escaped(text: string): string {
  const all = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  // An entity is kept whole or not at all.
  return all.length > mostCharacters ? `${all.slice(0, mostCharacters).replace(/&\w*$/, "")}…` : all;
}

const withoutFences = (text: string) => text.replaceAll("```", "'''");

function headlineOf(event: NotifiedEvent): string {
  if (event.event === "start") return `nary ${event.command} begins`;
  if (event.event === "verdict") return `${event.verdict}: ${event.why}`;
  if (event.event === "fault") return `${event.role} ${event.instance} ${event.why}`;
  if (event.event === "end" && event.verdict === null) return `${endings[event.exitCode]}: ${event.why}`;
  return lineOf(event, false) ?? event.event;
}

function detailsOf(event: NotifiedEvent): string | undefined {
  if (event.event !== "verdict") return undefined;
  const [, ...lines] = verdictLines(event).split("\n");
  return lines.join("\n");
}
