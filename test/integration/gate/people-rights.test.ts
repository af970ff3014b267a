import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { consulAsk, consulLook, renderConsulRules } from "../../../components/consul/consul-rules.ts";
import { Consul } from "../../../gate/clients/consul.ts";
import { ask, type Place } from "../../../gate/people/ask.ts";
import { followStanding, readStanding } from "../../../gate/people/standing.ts";
import { serviceName } from "../../../settings/names.ts";
import { environmentName } from "../../../settings/stacks.ts";
import { startAclConsul, stopAclServers, type AclServer } from "../../support/acl-servers.ts";
import { consulTokenWith } from "../../support/acl-tokens.ts";
import { gatesOf, type Gates } from "./gates.ts";

const whose = { environment: environmentName.parse("people"), service: serviceName.parse("guarded") };
const never = new AbortController().signal;
const pause = () => ({ id: randomUUID(), verb: "pause", by: "ada@one", why: null }) as const;

describe("people where Consul denies by default", function () {
  this.timeout(60_000);
  let server: AclServer;
  let gates: Gates;

  before(async () => {
    server = await startAclConsul();
    gates = await gatesOf(whose.service, server);
  });

  after(async () => {
    await gates.close();
    await stopAclServers();
  });

  /** What a person does who has these rights and no others. */
  async function as<T>(rights: Parameters<typeof renderConsulRules>[0], work: (place: Place) => Promise<T>) {
    const token = await consulTokenWith(server, renderConsulRules(rights));
    const consul = new Consul(new URL(server.address), token);
    return await work({ consul, keys: gates.keys }).finally(() => consul.close());
  }

  it("ask with the rules for that, and look with those for looking", async () => {
    const gate = await gates.start();
    assert.equal((await as(consulAsk(whose), (place) => ask(place, pause(), never))).done, true);
    assert.match(gate.people().pausedBy ?? "", /ada/);
    const stop = new AbortController();
    const troubles: string[] = [];
    await as(consulLook(whose), async (place) => {
      assert.equal((await readStanding(place, 5, never)).runs?.command, "gate");
      const onStanding = () => {
        stop.abort();
      };
      await followStanding(place, 5, stop.signal, onStanding, (why) => {
        troubles.push(why);
      });
    });
    assert.deepEqual([stop.signal.aborted, troubles], [true, []]);
  });

  it("are refused what they have no right to", async () => {
    const own = await gatesOf("guarded-too", server);
    await own.close();
    const refused = as(consulLook(whose), (place) => ask(place, pause(), never));
    await assert.rejects(
      refused,
      /403 to PUT .*lacks permission 'key:write' on "nary\/people\/guarded\/run\/control"/,
    );
    const { keys } = own;
    await assert.rejects(
      as(consulAsk(whose), ({ consul }) => readStanding({ consul, keys }, 5, never)),
      /403 to GET .*lacks permission 'key:read' on "nary\/people\/guarded-too/,
    );
  });
});
