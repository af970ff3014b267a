import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:http2";
import { Agent, request as requestTls } from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { z } from "zod";
import { renderHaproxyJob } from "../../../components/haproxy/job.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { haproxyOf } from "../../unit/components/descriptions.ts";
import { answerTo } from "./answer-to.ts";
import { makeCertificate } from "./certificate.ts";
import { deleteKeys, deregisterInstance, registerInstance, setKey } from "./consul.ts";
import { untilServers } from "./haproxy-stats.ts";
import { deleteVariable, logOf, purge, register, setVariable } from "./nomad.ts";
import { startServer, type WebServer } from "./web-server.ts";

const service = "gate";
const other = "gate-shop";
const variable = `nomad/jobs/${service}-haproxy`;
const page = "<p>Back soon: {{ key `x` }} ${HOME} %[src] \u00e9</p>\n";

const line = z.object({
  time: z.number(),
  frontend: z.string(),
  client: z.string(),
  method: z.string(),
  path: z.string(),
  status: z.number(),
  ms: z.object({ total: z.number() }),
  server: z.string(),
  side: z.enum(["stable", "canary", "none"]),
});

describe("HAProxy's front, as a job on a real Nomad", function () {
  this.timeout(120_000);
  let port: number;
  let redirectPort: number;
  let plainPort: number;
  let statsPort: number;
  let folder: string;
  let file: string;
  let main: WebServer;
  let shop: WebServer;
  const registered = new Set<string>();

  const certificateFor = (name: string, host: string) => makeCertificate(join(folder, name), host);

  const add = async (name: string, server: WebServer) => {
    registered.add(`${name}-1`);
    await registerInstance(name, `${name}-1`, server.port);
  };

  const logged = async () => {
    const text = await logOf(`${service}-haproxy`, "stdout");
    // HAProxy has its own word there at each reload.
    return text
      .split("\n")
      .slice(0, -1)
      .filter((each) => !each.startsWith("Proxy "))
      .map((each) => line.parse(JSON.parse(each)));
  };

  /** Fingerprint of the certificate for a name. */
  async function served(servername: string): Promise<string> {
    const socket = connectTls({ port, host: "127.0.0.1", servername, rejectUnauthorized: false });
    await once(socket, "secureConnect");
    const { subject, fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return `${String(subject.CN)} ${fingerprint256}`;
  }

  /** Waits until another certificate is served than the one before. */
  async function untilServed(servername: string, before: string): Promise<void> {
    while ((await served(servername)) === before) await sleep(50);
  }

  /** An answer to a plain request, whose path is sent as it is written. */
  async function ask(to: number, path: string, host = "gate.example") {
    const sent = request({ port: to, host: "127.0.0.1", path, agent: false, headers: { host } });
    sent.end();
    const { promise, resolve, reject } = Promise.withResolvers<{
      status: number;
      location: string | undefined;
      body: string;
    }>();
    sent.on("error", reject);
    sent.on("response", (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, location: response.headers.location, body });
      });
    });
    return await promise;
  }

  before(async () => {
    const { fixedPort } = await sharedCluster();
    [port, redirectPort, plainPort, statsPort] = [fixedPort(), fixedPort(), fixedPort(), fixedPort()];
    folder = await temporaryFolder();
    file = join(folder, "file.pem");
    await setVariable(variable, { pem: await certificateFor("variable.pem", "gate.example") });
    await certificateFor("file.pem", "shop.example");
    main = await startServer((message, response) => {
      response.setHeader("x-for", String(message.headers["x-forwarded-for"]));
      response.end(`main ${String(message.headers["x-forwarded-proto"])}`);
    });
    shop = await startServer((_, response) => response.end("shop"));
    await Promise.all([add(service, main), add(other, shop)]);
    const haproxy = haproxyOf({
      ...{ service, port, statsPort, cpu: 50, memory: 64 },
      tls: { certificates: [{ variable, item: "pem" }, { path: file }], redirectPort },
      accessLog: true,
      sticky: { cookie: "side" },
      internalPaths: ["/admin"],
      unavailablePage: page,
      also: [
        { service: other, hosts: ["*.shop.example"], paths: ["/shop"] },
        { service: "gate-nobody", paths: ["/nobody"], counterPath: "/nobody-counts" },
      ],
      listeners: [
        { name: "plain", mode: "http", port: plainPort },
        { name: "through", mode: "tcp", port: fixedPort(), to: other },
      ],
    });
    await register(renderHaproxyJob(haproxy));
    const names = [`${service}_127.0.0.1_${main.port}`, `${other}_127.0.0.1_${shop.port}`];
    await untilServers(statsPort, [...names, `through_127.0.0.1_${shop.port}`], 20);
  });

  after(async () => {
    await purge(`${service}-haproxy`);
    await deleteKeys(`nary/default/${service}/`);
    await Promise.all([...registered].map(deregisterInstance));
    await deleteVariable(variable);
    await Promise.all([main, shop].map(({ close }) => close()));
  });

  it("speaks HTTP/2 over TLS, with the certificate of the name that a client asks for", async () => {
    const ca = await Promise.all(["variable.pem", "file.pem"].map((name) => readFile(join(folder, name))));
    for (const servername of ["gate.example", "shop.example"]) {
      const session = connect(`https://127.0.0.1:${port}`, { ca, servername });
      const stream = session.request({ ":path": "/", ":authority": "gate.example" });
      let body = "";
      stream.setEncoding("utf8").on("data", (text: string) => (body += text));
      await once(stream, "end");
      assert.equal(body, "main https");
      assert.equal(session.alpnProtocol, "h2");
      session.close();
    }
  });

  it("sends plain requests on to https", async () => {
    assert.deepEqual(await ask(redirectPort, "/a?b=c", `gate.example:${redirectPort}`), {
      status: 308,
      location: `https://gate.example:${port}/a?b=c`,
      body: "",
    });
  });

  it("sends requests to the service that they are for, by host name and path together", async () => {
    const bodies = async (path: string, host: string) => (await ask(plainPort, path, host)).body;
    assert.equal(await bodies("/shop", "a.shop.example"), "shop");
    assert.equal(await bodies("/shop/cart", "A.shop.example:80"), "shop");
    assert.equal(await bodies("/shopping", "a.shop.example"), "main undefined");
    assert.equal(await bodies("/shop", "shop.example"), "main undefined");
  });

  it("denies internal routes and the counts of all services, on each listener", async () => {
    for (const path of [
      "/admin",
      "//ADMIN/x",
      "/x/../%61dmin",
      "/api/errorAndRequestCount",
      "/nobody-counts",
    ])
      assert.equal((await ask(plainPort, path)).status, 403, path);
    assert.equal((await ask(plainPort, "/administration")).status, 200);
  });

  it("shows the page, as it was written, while a service has no server", async () => {
    const { status, body } = await ask(plainPort, "/nobody");
    assert.deepEqual([status, body], [503, page]);
  });

  it("writes one object a request, whatever clients send", async () => {
    await ask(plainPort, '/"odd\\path"?token=secret');
    await ask(plainPort, `/${"%22".repeat(2000)}`);
    await fetch(`http://127.0.0.1:${plainPort}/x`, { method: "POST", body: "x" }).then((answer) =>
      answer.text(),
    );
    const wanted = '/"odd\\path"';
    let lines: z.infer<typeof line>[] = [];
    while (!lines.some(({ method }) => method === "POST")) {
      await sleep(50);
      lines = await logged();
    }
    assert.doesNotMatch(JSON.stringify(lines), /secret/);
    const odd = lines.find(({ path }) => path === wanted);
    assert.deepEqual(
      [odd?.status, odd?.client, odd?.method, odd?.side, odd?.server],
      [200, "127.0.0.1", "GET", "stable", `${service}_127.0.0.1_${main.port}`],
    );
    assert.equal(lines.find(({ status }) => status === 503)?.side, "none");
  });

  it("answers a request on a connection from before a reload as all others", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
    const askAgain = async (path: string) => {
      const { again, body, headers } = await answerTo(
        requestTls({ port, host: "127.0.0.1", path, agent }).end(),
      );
      return { again, body, from: headers["x-for"], cookie: headers["set-cookie"] };
    };
    const answer = { body: "main https", from: "127.0.0.1" };
    try {
      assert.deepEqual(await askAgain("/first"), { ...answer, again: false, cookie: undefined });
      await add(`${service}-canary`, main);
      await setKey(`nary/default/${service}/run/traffic`, "on");
      const names = ["canary", service].map((name) => `${name}_127.0.0.1_${main.port}`);
      await untilServers(statsPort, [
        ...names,
        `${other}_127.0.0.1_${shop.port}`,
        `through_127.0.0.1_${shop.port}`,
      ]);
      const { cookie, ...second } = await askAgain("/second");
      assert.deepEqual(second, { ...answer, again: true });
      // The process that had the connection knows of no canary, and so of no cookie.
      assert.match(cookie?.join() ?? "", /^side=(?:canary|stable); Path=\/; HttpOnly; SameSite=Lax; Secure$/);
    } finally {
      agent.destroy();
    }
    const ofSecond = async () => (await logged()).filter(({ path }) => path === "/second");
    while ((await ofSecond()).length === 0) await sleep(50);
    const told = (await ofSecond()).map(({ frontend, client, server }) => ({
      frontend,
      client,
      server: server.replace(/^.*?_/, ""),
    }));
    assert.deepEqual(told, [{ frontend: service, client: "127.0.0.1", server: `127.0.0.1_${main.port}` }]);
    await setKey(`nary/default/${service}/run/traffic`, "off");
  });

  it("serves a changed certificate, and never takes one that HAProxy does not accept", async () => {
    const first = await served("gate.example");
    await setVariable(variable, { pem: await certificateFor("second.pem", "gate.example") });
    await untilServed("gate.example", first);
    const second = await served("gate.example");

    await setVariable(variable, { pem: "no certificate" });
    while (!(await logOf(`${service}-haproxy`, "stderr")).includes("does not accept the certificate"))
      await sleep(50);
    await add(service, shop);
    await untilServers(statsPort, [
      `${service}_127.0.0.1_${shop.port}`,
      `${other}_127.0.0.1_${shop.port}`,
      `through_127.0.0.1_${shop.port}`,
    ]);
    assert.equal(await served("gate.example"), second);
    assert.doesNotMatch(await logOf(`${service}-haproxy`, "stderr"), /kept the running configuration/);

    const old = await served("shop.example");
    await writeFile(file, await certificateFor("third.pem", "shop.example"));
    await untilServed("shop.example", old);
  });
});
