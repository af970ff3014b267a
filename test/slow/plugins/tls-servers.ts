import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Agent, request } from "undici";
import { consulArguments } from "../../../demo/cluster/consul.ts";
import { nomadServer, startServer, type AclServer } from "../../support/acl-servers.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { runProgram } from "../../support/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";

/** Files of PEM. */
export type Certificates = {
  ca: string;
  /** An authority that has signed nothing. */
  otherCa: string;
  server: { cert: string; key: string };
  client: { cert: string; key: string };
};

/** Certificates for the servers and clients of this machine, made by Consul, which Nomad's servers take too. */
export async function makeCertificates(): Promise<Certificates> {
  const { environment } = await sharedCluster();
  const folder = await temporaryFolder();
  const run = async (...args: string[]) => {
    const { exitCode, stderr } = await runProgram("consul", ["tls", ...args], {
      cwd: folder,
      env: environment,
    });
    if (exitCode !== 0) throw new Error(`consul tls ${args.join(" ")}: ${stderr}`);
  };
  await run("ca", "create");
  await run("ca", "create", "-domain=other");
  await run("cert", "create", "-server", "-additional-dnsname=server.global.nomad");
  await run("cert", "create", "-cli");
  const pair = (name: string) => ({
    cert: join(folder, `dc1-${name}-consul-0.pem`),
    key: join(folder, `dc1-${name}-consul-0-key.pem`),
  });
  return {
    ca: join(folder, "consul-agent-ca.pem"),
    otherCa: join(folder, "other-agent-ca.pem"),
    server: pair("server"),
    client: pair("cli"),
  };
}

/** Whether a server has a leader, asked as its client. */
async function hasLeader({ ca, client }: Certificates, address: string): Promise<boolean> {
  const [authority, cert, key] = await Promise.all(
    [ca, client.cert, client.key].map((file) => readFile(file, "utf8")),
  );
  const dispatcher = new Agent({ connect: { ca: authority, cert, key } });
  try {
    const { statusCode, body } = await request(new URL("/v1/status/leader", address), { dispatcher });
    return statusCode === 200 && (await body.text()).length > 2;
  } finally {
    await dispatcher.destroy();
  }
}

/** A Consul that speaks with nobody who has no certificate. */
export function startTlsConsul(certificates: Certificates): Promise<AclServer> {
  const { ca, server } = certificates;
  return startServer({
    header: "X-Consul-Token",
    address: ({ servers }) => `https://127.0.0.1:${servers[0] ?? 0}`,
    run: (_folder, ports) =>
      Promise.resolve([
        "consul",
        ...consulArguments(ports),
        "-http-port=-1",
        `-https-port=${ports.servers[0] ?? 0}`,
        `-hcl=tls { https { ca_file = "${ca}" cert_file = "${server.cert}" key_file = "${server.key}" verify_incoming = true } }`,
      ]),
    isReady: ({ address }) => hasLeader(certificates, address),
  });
}

/** A Nomad that speaks with nobody who has no certificate; it runs nothing. */
export function startTlsNomad(certificates: Certificates): Promise<AclServer> {
  const { ca, server } = certificates;
  return startServer({
    header: "X-Nomad-Token",
    address: ({ servers }) => `https://127.0.0.1:${servers[3] ?? 0}`,
    run: (folder, ports) =>
      nomadServer(
        folder,
        ports,
        `tls {
          http                = true
          ca_file             = "${ca}"
          cert_file           = "${server.cert}"
          key_file            = "${server.key}"
          verify_https_client = true
        }`,
      ),
    isReady: ({ address }) => hasLeader(certificates, address),
  });
}
