import assert from "node:assert/strict";
import { description } from "../../../components/haproxy/description.ts";
import { haproxyOf } from "../../unit/components/descriptions.ts";
import { assertAccepted, configurationIn, render } from "./check-configurations.ts";
import { descriptions } from "./haproxy-settings.ts";

describe("HAProxy's configuration, rendered by consul-template", function () {
  this.timeout(120_000);

  it("is accepted by HAProxy, whatever the settings are", async () => {
    const given = descriptions(24);
    assert.equal(given.length, 24);
    await assertAccepted([haproxyOf(), ...given]);
  });

  it("has the braces of a user's own lines and page as they were written", async () => {
    const line = 'http-request set-header X-Braces "{{ key \\"a\\" }}{{{-}}"';
    const given = haproxyOf({ extra: { frontend: [line] } });
    const [folder = ""] = await render([given]);
    assert.ok((await configurationIn(folder)).includes(`\n  ${line}\n`));
    assert.equal(description.safeParse({ ...given, extra: { frontend: [`${line}\n`] } }).success, true);
  });
});
