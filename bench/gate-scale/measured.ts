/**
 * The program that is measured: the gate's own code that listens to instances, or the loop of the article. Of all
 * benches it alone imports what it measures, since no command runs that part alone.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Counter } from "../../gate/count/counter.ts";
import type { Member } from "../../gate/discover/roster.ts";
import { urlPath } from "../../settings/names.ts";
import { measureWanted, type Addresses, type Measured, type Mode } from "./messages.ts";

const lookMs = 1000;
const path = "/api/errorAndRequestCount";

/** One look at all of them; resolves when all have answered. */
type Look = () => Promise<void>;

function memberOf(address: Addresses[number]): Member {
  const id = `${address.host}:${address.port}`;
  const state = "running";
  return { id, node: "", state, why: "", address, passing: true, restarts: 0, missingSince: undefined };
}

async function withCounter(addresses: Addresses, streams: boolean): Promise<Look> {
  let news = 0;
  const counter = new Counter({
    path: urlPath.parse(path),
    gate: { answerSeconds: 30, intervalSeconds: lookMs / 1000 },
    longRunning: false,
    onNews: () => {
      news += 1;
    },
    onFailure: (error) => {
      throw error;
    },
    onFault: (id, { why }) => {
      throw new Error(`${id} ${why}`);
    },
    onWarning: (why) => {
      throw new Error(why);
    },
  });
  counter.know(new Map(addresses.map(memberOf).map((member) => [member.id, member])));
  const round = async (wanted: number) => {
    news = 0;
    counter.ask();
    while (news < wanted) await sleep(1);
  };
  await round(addresses.length);
  return async () => {
    await round(streams ? 0 : addresses.length);
    counter.instances();
  };
}

/** The article's script: one after the other, each answer awaited. */
function likeTheArticle(addresses: Addresses): Look {
  return async () => {
    for (const { host, port } of addresses) {
      const response = await fetch(`http://${host}:${port}${path}`);
      await response.json();
    }
  };
}

function lookOf(mode: Mode, addresses: Addresses): Promise<Look> {
  switch (mode) {
    case "stream":
    case "poll":
      return withCounter(addresses, mode === "stream");
    case "article":
      return Promise.resolve(likeTheArticle(addresses));
  }
}

async function measure(look: Look, looks: number): Promise<Measured> {
  // Connections are opened, and the code is warm.
  for (let warm = 0; warm < 2; warm++) await look();
  const rounds: number[] = [];
  let rss = 0;
  const before = process.cpuUsage();
  const start = performance.now();
  for (let done = 0; done < looks; done++) {
    const begun = performance.now();
    await look();
    rounds.push(performance.now() - begun);
    rss = Math.max(rss, process.memoryUsage.rss());
    await sleep(Math.max(0, lookMs - (performance.now() - begun)));
  }
  const { user, system } = process.cpuUsage(before);
  const ms = performance.now() - start;
  const median = rounds.toSorted((one, other) => one - other)[Math.floor(rounds.length / 2)] ?? 0;
  return {
    cpuPercent: Math.round((user + system) / ms) / 10,
    rssMb: Math.round(rss / 2 ** 20),
    roundMs: Math.round(median * 10) / 10,
  };
}

process.on("message", (message) => {
  const { mode, addresses, looks } = measureWanted.parse(message);
  void lookOf(mode, addresses)
    .then((look) => measure(look, looks))
    .then((figures) => process.send?.(figures));
});
process.on("disconnect", () => {
  process.exit();
});
