import { randomUUID } from "node:crypto";
import { z } from "zod";
import { answer, type AclServer } from "./acl-servers.ts";

const made = z.object({ SecretID: z.string() });

/** A token of Consul that may do what the rules say, and nothing else. */
export async function consulTokenWith(consul: AclServer, rules: string): Promise<string> {
  const name = `test-${randomUUID()}`;
  await answer(consul.request("PUT", "/v1/acl/policy", { Name: name, Rules: rules }), z.unknown());
  const token = { Policies: [{ Name: name }] };
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
