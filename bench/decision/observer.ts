import { nobody } from "../../gate/decide/people.ts";
import type { Observation, SideSeen } from "../../gate/decide/observation.ts";
import type { Grown, Increments } from "./traffic.ts";

/** Adds up what happens to what the gate would see: one instance a side, and no HAProxy to ask. */
export class Observer {
  #canary: Grown = { requests: 0, failed: 0 };
  #other: Grown = { requests: 0, failed: 0 };

  after({ seconds, canary, other }: Increments): Observation {
    this.#canary = sum(this.#canary, canary);
    this.#other = sum(this.#other, other);
    return {
      seconds,
      canary: sideOf(this.#canary),
      other: sideOf(this.#other),
      readings: [],
      costs: [],
      costsWait: null,
      unknown: [],
      people: nobody,
    };
  }
}

const sum = (one: Grown, more: Grown): Grown => ({
  requests: one.requests + more.requests,
  failed: one.failed + more.failed,
});

const sideOf = ({ requests, failed }: Grown): SideSeen => ({
  instances: [{ id: "", requests, failed, errors: failed, fingerprints: {}, fault: null }],
  haproxy: null,
});
