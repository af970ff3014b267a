import assert from "node:assert/strict";
import fc from "fast-check";
import { renderBackend } from "../../../components/haproxy/backend.ts";
import { renderConfiguration } from "../../../components/haproxy/configuration.ts";
import { renderWeights } from "../../../components/haproxy/share.ts";
import { nearestWeights } from "../../../settings/share.ts";
import { haproxyOf } from "../../unit/components/descriptions.ts";
import { checkConfiguration, renderTemplates } from "./consul-template.ts";
import { deleteKeys, deregisterInstance, registerInstance, setKey } from "./consul.ts";

const service = "sharing";

describe("HAProxy's template, by the real consul-template", function () {
  this.timeout(120_000);
  const stable = ["sharing-1", "sharing-2", "sharing-3"];
  const canaries = ["sharing-canary-1", "sharing-canary-2"];
  const twins = ["sharing-twin-1", "sharing-twin-2"];
  const alone = "alone-twin-1";

  before(async () => {
    await Promise.all([
      ...stable.map((id, index) => registerInstance(service, id, 7001 + index)),
      ...canaries.map((id, index) => registerInstance(`${service}-canary`, id, 7011 + index)),
      ...twins.map((id, index) => registerInstance(`${service}-twin`, id, 7021 + index)),
      registerInstance("alone-twin", alone, 7031),
    ]);
  });

  after(async () => {
    await Promise.all([...stable, ...canaries, ...twins, alone].map(deregisterInstance));
    await deleteKeys("nary/sharing-");
  });

  /** The backends that come of lines in the traffic switch, and with a switch that is not there. */
  async function backendsOf(
    lines: readonly string[],
    { service: of = service, ...changes }: { service?: string } & Record<string, unknown> = {},
  ): Promise<string[]> {
    const environment = (index: number) => `sharing-${index}`;
    await Promise.all(
      lines.map((line, index) => setKey(`nary/${environment(index)}/${of}/run/traffic`, line)),
    );
    return await renderTemplates(
      [...lines, ""].map((_, index) => {
        const haproxy = haproxyOf({ service: of, environment: environment(index), ...changes });
        return renderBackend(haproxy, haproxy);
      }),
    );
  }

  it("gives the weights of the settings' own arithmetic", async () => {
    const many = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 10_000 }));
    const cases = fc.sample(
      fc.record({
        parts: fc.integer({ min: 1, max: 9900 }),
        stable: many,
        canaries: many,
        twins: fc.oneof(fc.constant(0), many),
      }),
      150,
    );
    const text = cases
      .map(
        (given) =>
          `{{- $traffic := "on share=${given.parts} markdown" }}{{- $stables := ${given.stable} }}{{- $canaries := ${given.canaries} }}{{- $twins := ${given.twins} }}
${renderWeights}
{{ $canaryWeight }} {{ $stableWeight }}`,
      )
      .join("\n");
    const [rendered = ""] = await renderTemplates([text]);
    const expected = cases.map(({ parts, ...sides }) => {
      const { canary, stable: other } = nearestWeights(parts, sides);
      return `${canary} ${other}`;
    });
    assert.deepEqual(rendered.trim().split(/\n+/), expected);
  });

  it("has canaries for a line that it can read, and never fails for one that it cannot", async () => {
    const off = ["", "off", "On", "on ", " on", "on\n", "on\nshare=5", "on share=0", "on share=99999999999999999999", "on share=5e3",
      "on share=9901",
      "on share=", "on markdown share=500", "{{ fail }}", "on {{", "\0", "\u{1f600}", "[1]", "on share=5%", "on\r\n  server x 1.1.1.1:80", "x".repeat(10_000)]; // prettier-ignore
    const on = ["on", "on markdown", "on twin", "on share=500 twin", "on share=500", "on share=1 markdown", "on share=9900"]; // prettier-ignore
    const backends = await backendsOf([...on, ...off]);
    const sides = backends.map((text) => (/ server canary_/.test(text) ? "on" : "off"));
    assert.deepEqual(sides, [...on.map(() => "on"), ...off.map(() => "off"), "off"]);
    for (const text of backends) assert.equal(text.match(/^ {2}server sharing_/gm)?.length, 3, text);
  });

  it("has weights, the shield and mark-down exactly where they are asked for", async () => {
    const [plain = "", shared = "", marked = "", off = ""] = await backendsOf([
      "on",
      "on share=500",
      "on markdown",
      "off",
    ]);
    const shield = /retry-on .* 500 502 503 504/;
    assert.doesNotMatch(plain, / weight |mark-down/);
    assert.match(plain, shield);
    // 2 × 3 of 2 × 3 + 3 × 38 is 5 %.
    assert.equal(shared.match(/^ {2}server sharing_\S+ \S+ weight 38$/gm)?.length, 3);
    assert.equal(shared.match(/^ {2}server canary_\S+ \S+ weight 3$/gm)?.length, 2);
    assert.match(
      marked,
      /^ {2}server canary_127.0.0.1_7011 127.0.0.1:7011 observe layer7 error-limit 1 on-error mark-down rise 120$/m,
    );
    assert.doesNotMatch(marked, /server sharing_\S+ \S+ observe/);
    assert.doesNotMatch(off, /weight|observe|50[0-4]|canary_/);
    const [bare = ""] = await backendsOf(["on"], { shield: "false" });
    assert.doesNotMatch(bare, shield);
  });

  it("has twins with the weight of canaries where the switch names them, and none without canaries", async () => {
    const [shared = "", plain = "", without = ""] = await backendsOf(["on share=500 twin", "on twin", "on"]);
    // 2 × 1 of 2 × 1 + 2 × 1 + 3 × 12 is 5 %.
    assert.equal(shared.match(/^ {2}server sharing_\S+ \S+ weight 12$/gm)?.length, 3);
    for (const side of ["canary", "twin"]) {
      assert.equal(shared.match(new RegExp(`^ {2}server ${side}_\\S+ \\S+ weight 1$`, "gm"))?.length, 2);
      assert.equal(plain.match(new RegExp(`^ {2}server ${side}_\\S+ \\S+$`, "gm"))?.length, 2);
    }
    assert.doesNotMatch(without, /twin_/);
    const [lonely = ""] = await backendsOf(["on twin"], { service: "alone" });
    assert.doesNotMatch(lonely, /twin_/);
  });

  it("is accepted by HAProxy, whatever the sides are told", async () => {
    const changes = [
      {},
      { shield: false, slowStartSeconds: 12.5 },
      { force: { header: "X-Side" } },
      {
        force: { header: "X-Side", cookie: "force-side" },
        sticky: { cookie: "side", seconds: 60 },
        slowStartSeconds: 1,
      },
      { sticky: { cookie: "side" } },
    ];
    const key = (name: string) => setKey(`nary/${name}/${service}/run/traffic`, "on share=500 twin markdown");
    await Promise.all([key("sharing-on"), setKey(`nary/sharing-off/${service}/run/traffic`, "off")]);
    const texts = await renderTemplates(
      changes.flatMap((one) =>
        ["sharing-on", "sharing-off"].map((environment) =>
          renderConfiguration(haproxyOf({ service, environment, ...one })),
        ),
      ),
    );
    assert.deepEqual(
      await Promise.all(texts.map(checkConfiguration)),
      texts.map(() => ""),
    );
  });
});
