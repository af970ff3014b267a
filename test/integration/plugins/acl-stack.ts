import { startAclConsul, startAclNomad, stopAclServers, type AclServer } from "../../support/acl-servers.ts";
import { stackForTests, type TestStack } from "./stack.ts";

const kinds = {
  nomad: { start: () => startAclNomad(), address: "NOMAD_ADDR", token: "NOMAD_TOKEN" },
  consul: { start: startAclConsul, address: "CONSUL_HTTP_ADDR", token: "CONSUL_HTTP_TOKEN" },
} as const;

/** A server, and a stack that goes there with a token which may do everything, for the tests of a `describe`. */
export function aclStackForTests(
  kind: keyof typeof kinds,
  remove: (stack: TestStack) => Promise<void>,
): { request: AclServer["request"]; stack: TestStack } {
  let server: AclServer | undefined;
  const started = () => {
    if (server === undefined) throw new Error("The server is started before the first test, not earlier.");
    return server;
  };
  const { start: startServer, address, token } = kinds[kind];
  before(async function () {
    this.timeout(300_000);
    server = await startServer();
  });
  const stack = stackForTests(remove, () => ({ [address]: started().address, [token]: started().token }));
  after(stopAclServers);
  return { request: (...asked) => started().request(...asked), stack };
}
