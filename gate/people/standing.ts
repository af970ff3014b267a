import { pastRecord, promotedRecord, type Past } from "../../settings/records.ts";
import { statusRecord, type Status } from "../../settings/status.ts";
import { decodeTraffic, type Traffic } from "../../settings/traffic.ts";
import { patiently } from "../clients/patience.ts";
import { journalRecord, releaseIn, type Act } from "../journal/entry.ts";
import { parseHolder } from "../lock/lock.ts";
import { standingOf } from "../lock/process.ts";
import type { Place } from "./ask.ts";

/** For how long a Consul that is away is asked again. */
const patienceSeconds = 5;

/** Who holds the lock of a service. */
export type Runs = {
  command: string;
  user: string;
  host: string;
  pid: number;
  since: string;
  /** Whether its process is known to have ended: then the lock is the next one's. */
  ended: boolean;
};

/** All that people want to know of a service. */
export type Standing = {
  /** What production runs, and since when. */
  promoted: { release: string; at: string } | null;
  traffic: Traffic;
  /** Null while nobody releases. */
  runs: Runs | null;
  /** What the gate tells that runs. */
  status: Status | null;
  /** A gate that was killed in the middle of its work. */
  killed: Killed | null;
  /** Releases that came to an end, the newest first. */
  ended: Past[];
};

/** What a gate was doing when it was killed, in the journal's words. */
export type Killed = { command: string; by: string; act: Act["act"]; release: string | null };

/** Reads how a service stands. */
export async function readStanding(place: Place, ended: number, signal?: AbortSignal): Promise<Standing> {
  const standing = await readOnce(place, ended, signal);
  // A gate that begins or ends between the answers for its lock and its journal looks like one that was killed.
  return standing.killed === null ? standing : await readOnce(place, ended, signal);
}

async function readOnce(place: Place, ended: number, signal?: AbortSignal): Promise<Standing> {
  const { consul, keys } = place;
  const ask = <T>(question: () => Promise<T>) => patiently(question, { seconds: patienceSeconds, signal });
  const get = (key: string) => ask(() => consul.get(key, signal));
  const [lock, promoted, traffic, status, left, past] = await Promise.all([
    ask(() => consul.sessions.holder(keys.lock, signal)),
    get(keys.promoted),
    get(keys.traffic),
    get(keys.status),
    get(keys.journal),
    readEnded(place, ended, signal),
  ]);
  const session = lock?.session;
  const told = status === undefined ? undefined : statusRecord.decode(keys.status, status.value);
  const runs = session === undefined ? null : await runsOf(lock?.value ?? "");
  return {
    promoted: promoted === undefined ? null : promotedRecord.decode(keys.promoted, promoted.value),
    traffic: decodeTraffic(traffic?.value),
    runs,
    status: told !== undefined && told.session === session ? told : null,
    killed: left === undefined || (runs !== null && !runs.ended) ? null : killedBy(keys.journal, left.value),
    ended: past,
  };
}

/** Releases that came to an end, the newest first, by when Consul was told and not by anybody's clock. */
export async function readEnded(
  { consul, keys }: Place,
  limit: number,
  signal?: AbortSignal,
): Promise<Past[]> {
  const all = await patiently(() => consul.pairs(keys.history, signal), { seconds: patienceSeconds, signal });
  return all
    .reverse()
    .slice(0, limit)
    .map(({ key, value }) => pastRecord.decode(key, value));
}

async function runsOf(text: string): Promise<Runs> {
  const holder = parseHolder(text);
  if (holder === undefined)
    return { command: "", user: "somebody", host: "", pid: 0, since: "", ended: false };
  const { command, user, since, process } = holder;
  const ended = (await standingOf(process).catch(() => "elsewhere")) === "ended";
  return { command, user, host: process.host, pid: process.pid, since, ended };
}

function killedBy(key: string, text: string): Killed {
  const { doing, by } = journalRecord.decode(key, text);
  const { command, user, process } = by;
  return { command, by: `${user}@${process.host}`, act: doing.act, release: releaseIn(doing) };
}

/** Calls back with how a service stands, now and after each change, until the signal is aborted. */
export async function followStanding(
  place: Place,
  ended: number,
  signal: AbortSignal,
  onStanding: (standing: Standing) => void,
  onTrouble: (why: string) => void,
): Promise<void> {
  const { consul, keys } = place;
  const patience = {
    seconds: Number.POSITIVE_INFINITY,
    signal,
    onTrouble: ({ message }: Error) => {
      onTrouble(message);
    },
  };
  try {
    for (let index = 0; ;) {
      const answer = await patiently(() => consul.followKeys(keys.run, index, signal), patience);
      const isNew = answer.index !== index;
      index = answer.index < index ? 0 : answer.index;
      if (isNew) onStanding(await patiently(() => readStanding(place, ended, signal), patience));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
