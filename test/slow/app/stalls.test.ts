import assert from "node:assert/strict";
import { z } from "zod";
import { receiver, type Receiver } from "../../integration/gate/receiver.ts";
import { startService, type Service } from "../../integration/app/process.ts";

const alert = z.object({ data: z.object({ report: z.object({ stallMs: z.number(), cpuMs: z.number() }) }) });

describe("a stall of the event loop", function () {
  this.timeout(120_000);
  let service: Service | undefined;
  let hook: Receiver | undefined;

  afterEach(async () => {
    await service?.end();
    await hook?.[Symbol.asyncDispose]();
  });

  for (const ms of [1_050, 4_000, 20_000]) {
    it(`of ${ms / 1000} s is told at its true length`, async () => {
      const to = (hook = await receiver());
      const env = { ALERTS: to.url, SECRET: to.secret, ALERT_SECONDS: "0" };
      service = await startService("costly-service.ts", env, () => undefined);
      const errors: number[] = [];
      // A machine that is busy with something else makes a stall longer than what the service did meanwhile.
      while (errors.length < 3 && errors.every((error) => Math.abs(error) > 0.05)) {
        const response = await fetch(`${service.url}/blocked?n=${ms}`);
        await response.arrayBuffer();
        const last = (await to.until(errors.length + 1)).at(-1);
        const { stallMs, cpuMs } = alert.parse(JSON.parse(last?.body ?? "")).data.report;
        assert.ok(cpuMs > 0 && cpuMs <= stallMs * 1.5, `${cpuMs} ms`);
        errors.push(stallMs / Number(response.headers.get("x-blocked-ms")) - 1);
      }
      assert.ok(Math.abs(errors.at(-1) ?? 1) <= 0.05, errors.join());
    });
  }
});
