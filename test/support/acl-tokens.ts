import { randomUUID } from "node:crypto";
import { z } from "zod";
import { answer, type AclServer } from "./acl-servers.ts";

const made = z.object({ SecretID: z.string() });

/** A token of Consul that may do what its policies say, each given by its rules, and nothing else. */
export async function consulTokenWith(consul: AclServer, ...policies: string[]): Promise<string> {
  const names = policies.map((rules) => ({ Name: `test-${randomUUID()}`, Rules: rules }));
  for (const policy of names) await answer(consul.request("PUT", "/v1/acl/policy", policy), z.unknown());
  const token = { Policies: names.map(({ Name }) => ({ Name })) };
  return (await answer(consul.request("PUT", "/v1/acl/token", token), made)).SecretID;
}

/** A token of Nomad that may do what the rules say, and nothing else. */
export async function nomadTokenWith(nomad: AclServer, rules: string): Promise<string> {
  const name = `test-${randomUUID()}`;
  const written = await nomad.request("POST", `/v1/acl/policy/${name}`, { Name: name, Rules: rules });
  if (!written.ok) throw new Error(`Nomad refuses the policy: ${await written.text()}`);
  const token = { Type: "client", Policies: [name] };
  return (await answer(nomad.request("POST", "/v1/acl/token", token), made)).SecretID;
}
