import assert from "node:assert/strict";
import { CanaryJob } from "../../../components/canary-job.ts";
import { Consul } from "../../../gate/clients/consul.ts";
import { Nomad } from "../../../gate/clients/nomad.ts";
import { judgedBy } from "../../../gate/judged-by.ts";
import { Watch } from "../../../gate/watch.ts";
import { gate } from "../../../settings/workload.ts";
import { nomadNamespace } from "../../../settings/placement.ts";
import { serviceName } from "../../../settings/names.ts";
import { policy } from "../../../settings/policy.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { newStack, type TestStack } from "../plugins/stack.ts";
import { declaredOf, eventually } from "./job.ts";

const service = "namespace-test";
const job = `${service}-canary`;
const namespace = nomadNamespace.parse("nary-test");
const counts = `require("http")
  .createServer((_, answer) => answer.end('{"errorCount":0,"requestCount":10}'))
  .listen(process.env.PORT, process.env.HOST)`;

describe("a canary in a namespace of Nomad", function () {
  this.timeout(120_000);
  let address: string;
  let nomad: Nomad;
  let consul: Consul;
  let stack: TestStack;

  before(async () => {
    const cluster = await sharedCluster();
    address = cluster.nomadAddress;
    nomad = new Nomad(new URL(address), undefined, { namespace });
    consul = new Consul(new URL(cluster.consulAddress));
    await ask("PUT", { Name: namespace });
    stack = await newStack();
  });

  after(async () => {
    await nomad.purge(job);
    await eventually("the end of the job", ended);
    await Promise.all([nomad.close(), consul.close()]);
    await ask("DELETE");
  });

  async function ask(method: string, body?: object): Promise<void> {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const response = await fetch(`${address}/v1/namespace/${namespace}`, init);
    if (!response.ok) throw new Error(`${method}: ${response.status} ${await response.text()}`);
    await response.body?.cancel();
  }

  async function ended(): Promise<true | undefined> {
    const { allocations } = await nomad.allocations(job);
    return allocations.every(({ client }) => client === "complete") || undefined;
  }

  it("is found there and nowhere else, watched to its verdict, and purged", async () => {
    await stack.up(() => {
      new CanaryJob("canary", {
        environment: "default",
        service,
        namespace,
        release: "api:2",
        count: 1,
        cpu: 20,
        memory: 64,
        shutdownDelaySeconds: 0,
        task: { driver: "raw_exec", command: process.execPath, args: ["-e", counts] },
      });
      return Promise.resolve();
    });
    const elsewhere = new Nomad(new URL(address));
    try {
      assert.equal(await elsewhere.job(job), undefined);
      assert.deepEqual(await elsewhere.jobsWith({ nary_service: service }), []);
    } finally {
      await elsewhere.close();
    }
    assert.deepEqual(await nomad.jobsWith({ nary_service: service }), [job]);
    assert.equal((await nomad.job(job))?.meta["nary_release"], "api:2");

    const settings = gate.parse({ intervalSeconds: 0.1, startSeconds: 20 });
    const tenRequests = policy.parse({ type: "zero-errors", requests: 10 });
    const watch = new Watch({
      consul,
      nomad,
      service: serviceName.parse(service),
      declared: declaredOf(job, 1),
      gate: settings,
      rules: judgedBy({ gate: settings, policy: tenRequests }, undefined, new Date()),
      tell: () => undefined,
    });
    try {
      const { signal } = new AbortController();
      assert.equal(await watch.untilUp(signal), undefined);
      watch.trafficIsOn();
      assert.equal((await watch.untilVerdict(signal)).type, "promote");
    } finally {
      await watch.close();
    }
    assert.equal((await nomad.deployments(job)).length, 1);
    assert.ok((await nomad.evaluations(job)).length > 0);

    await nomad.purge(job);
    assert.equal(await nomad.job(job), undefined);
    await eventually("the end of the job", ended);
    await stack.forget();
  });
});
