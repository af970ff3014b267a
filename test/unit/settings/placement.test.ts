import assert from "node:assert/strict";
import { z } from "zod";
import { placement } from "../../../settings/placement.ts";

const schema = z.strictObject(placement);

/** What is wrong, as path and sentence. */
function wrong(given: object): string[] {
  const parsed = schema.safeParse(given);
  return (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join(".")} ${message}`);
}

const attribute = "${meta.rack}";
const like = { operator: "=", attribute, value: "r1" };

describe("the settings of placement", () => {
  it("leave all but the namespace to Nomad unless given", () => {
    const none = { namespace: "default", constraints: [], affinities: [], spreads: [] };
    assert.deepEqual(schema.parse({}), none);
  });

  it("take each operator of Nomad with what it needs", () => {
    const constraints = [
      ...["=", "!=", "<", "<=", ">", ">=", "regexp", "version", "semver"].map((operator) => ({
        operator,
        attribute,
        value: "1",
      })),
      ...["set_contains", "set_contains_all", "set_contains_any"].map((operator) => ({
        operator,
        attribute,
        value: "a,b",
      })),
      { operator: "is_set", attribute },
      { operator: "is_not_set", attribute: "${attr.driver.docker}" },
      { operator: "distinct_hosts" },
      { operator: "distinct_property", attribute: "${node.datacenter}", atMost: 2 },
    ];
    assert.deepEqual(schema.parse({ constraints }).constraints, constraints);
  });

  it("have the weights of Nomad unless given", () => {
    const { affinities, spreads, constraints } = schema.parse({
      affinities: [like],
      spreads: [{ attribute }],
      constraints: [{ operator: "distinct_property", attribute }],
    });
    assert.deepEqual(affinities, [{ ...like, weight: 50 }]);
    assert.deepEqual(spreads, [{ attribute, weight: 50, targets: [] }]);
    assert.deepEqual(constraints, [{ operator: "distinct_property", attribute, atMost: 1 }]);
  });

  it("take a value that a stack's file gives as a number", () => {
    assert.deepEqual(schema.parse({ constraints: [{ ...like, value: 8 }], nodePool: 7, namespace: 9 }), {
      namespace: "9",
      nodePool: "7",
      constraints: [{ ...like, value: "8" }],
      affinities: [],
      spreads: [],
    });
  });

  const attributeError = "must be an attribute of clients, such as ${attr.kernel.name} or ${meta.rack}";
  const targets = (...percents: number[]) => ({
    spreads: [{ attribute, targets: percents.map((percent, n) => ({ value: `dc${n}`, percent })) }],
  });
  const refused: [string, object, RegExp][] = [
    [
      "an operator that there is none of",
      { constraints: [{ ...like, operator: "~" }] },
      /must be one of: =, !=/,
    ],
    ["a constraint without an operator", { constraints: [{ attribute }] }, /one of: =, .*distinct_property$/],
    ["a constraint that is a word", { constraints: ["linux"] }, /must have an operator, one of: =/],
    [
      "a comparison without a value",
      { constraints: [{ operator: "=", attribute }] },
      /^constraints\.0\.value /,
    ],
    ["an empty value", { constraints: [{ ...like, value: "" }] }, /must be a text to compare with/],
    ["is_set with a value", { constraints: [{ ...like, operator: "is_set" }] }, /"value"/],
    [
      "an operator of constraints in affinities",
      { affinities: [{ ...like, operator: "is_set" }] },
      /one of: =/,
    ],
    ["a weight of 0", { affinities: [{ ...like, weight: 0 }] }, /-100 to 100, other than 0/],
    ["a weight of 101", { affinities: [{ ...like, weight: 101 }] }, /-100 to 100, other than 0/],
    ["a spread's weight of 0", { spreads: [{ attribute, weight: 0 }] }, /from 1 to 100/],
    ["more than all", targets(60, 50), /not be more than 100 percent together/],
    [
      "a value twice",
      {
        spreads: [
          {
            attribute,
            targets: [
              { value: "a", percent: 1 },
              { value: "a", percent: 1 },
            ],
          },
        ],
      },
      /not have a value twice/,
    ],
    [
      "distinct_property of none",
      { constraints: [{ operator: "distinct_property", attribute, atMost: 0 }] },
      /atMost/,
    ],
    ["all namespaces", { namespace: "*" }, /must be a namespace of Nomad: 1 to 128 letters/],
    ["an empty namespace", { namespace: "" }, /must be a namespace of Nomad/],
    ["a pool with a space", { nodePool: "a b" }, /must be a node pool other than all/],
    ["the pool of all nodes", { nodePool: "all" }, /must be a node pool other than all/],
    ["a priority of 0", { priority: 0 }, /must be a whole number from 1 to 100, or to 32766/],
  ];
  for (const [title, given, expected] of refused) {
    it(`refuse ${title}`, () => {
      const sentences = wrong(given);
      assert.equal(sentences.length, 1, sentences.join("\n"));
      assert.match(String(sentences[0]), expected);
    });
  }

  for (const given of ["meta.rack", "${meta.rack", "${env.HOME}", "x ${meta.rack}", "${meta.${x}}", "", 7]) {
    it(`refuse ${JSON.stringify(given)} as an attribute`, () => {
      const constraints = [{ ...like, attribute: given }];
      assert.deepEqual(wrong({ constraints }), [`constraints.0.attribute ${attributeError}`]);
    });
  }
});
