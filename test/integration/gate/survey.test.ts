import assert from "node:assert/strict";
import { Consul } from "../../../gate/clients/consul.ts";
import { Nomad } from "../../../gate/clients/nomad.ts";
import type { Survey } from "../../../gate/discover/survey.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { declaredOf, endJob, eventually, registerJob } from "./job.ts";
import { openSurvey } from "./surveyed.ts";

/** A Nomad whose word of what changes never comes, as for some milliseconds it always does not. */
class SilentNomad extends Nomad {
  /** Whether it does not answer either. */
  isMute = false;

  override async allocations(id: string, index = 0, signal?: AbortSignal) {
    if (index === 0 && !this.isMute) return await super.allocations(id, 0, signal);
    return await new Promise<never>((_, reject) => {
      signal?.addEventListener("abort", () => {
        reject(new DOMException("The survey was closed.", "AbortError"));
      });
    });
  }
}

describe("who the canaries are, before Nomad has told of a change", function () {
  this.timeout(60_000);
  const declared = declaredOf("nary-test-silent", 1);
  let address: string;
  let consul: Consul;
  let nomad: SilentNomad;
  let survey: Survey;
  const failures: unknown[] = [];
  const states = () => [...survey.look().values()].map(({ state }) => state);

  before(async () => {
    const cluster = await sharedCluster();
    address = cluster.nomadAddress;
    consul = new Consul(new URL(cluster.consulAddress));
    nomad = new SilentNomad(new URL(address));
  });

  beforeEach(async () => {
    await registerJob(address, declared);
    await eventually("a canary", async () => {
      const { allocations } = await nomad.allocations(declared.job);
      return allocations.some(({ client }) => client === "running") || undefined;
    });
    survey = openSurvey({ consul, nomad, declared, onFailure: (error) => failures.push(error) });
    await eventually("its state", () => Promise.resolve(states()[0] === "running" || undefined));
  });

  afterEach(async () => {
    nomad.isMute = false;
    await survey.close();
    await endJob(nomad, declared.job);
  });

  after(() => Promise.all([consul.close(), nomad.close()]));

  it("is asked for, and is none of a job that somebody has stopped", async () => {
    await nomad.stop(declared.job);
    assert.deepEqual([states(), survey.ended], [["running"], undefined]);
    await survey.ask();
    assert.deepEqual(states(), ["moved"]);
    assert.match(survey.ended ?? "", /stopped by somebody else/);
    assert.deepEqual(failures, []);
  });

  it("is what it was where Nomad does not answer", async () => {
    await nomad.stop(declared.job);
    nomad.isMute = true;
    await survey.ask();
    assert.deepEqual([states(), survey.ended], [["running"], undefined]);
    assert.deepEqual(failures, []);
  });

  it("is asked for, and is none of a job that has become another release's", async () => {
    await registerJob(address, declaredOf(declared.job, 1, "api:3"));
    assert.deepEqual(states(), ["running"]);
    await survey.ask();
    assert.match(String(failures.splice(0)), /runs the release api:3/);
    await eventually("its end", async () => {
      await survey.ask();
      return states()[0] === "moved" || undefined;
    });
  });
});
