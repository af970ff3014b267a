import assert from "node:assert/strict";
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "../../support/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { appPackage, pinned, succeed, type Package } from "./packages.ts";

const compiler = join(import.meta.dirname, "../../../node_modules/typescript/bin/tsc");
const strict = ["--strict", "--exactOptionalPropertyTypes", "--module", "nodenext", "--target", "es2024"];

/** Asks a service in the same process, and prints what the kit has counted. */
const useIt = (express: string) => `
const kit = createKit({ release: "api:1" });
const app = ${express}();
app.use(nary(kit));
const classes = ${express}.Router();
classes.use(owner({ area: "classes", team: "core" }));
classes.get("/:id", (request, response) => {
  kit.logServerError({ error: serverError("broken") });
  response.status(500).end();
});
app.use("/classes", classes);
app.use(errorHandler(kit));
const server = app.listen(0, "127.0.0.1", async () => {
  const url = "http://127.0.0.1:" + server.address().port;
  await fetch(url + "/classes/1");
  const { errorCount, requestCount, failedRequests } = await (await fetch(url + "/api/errorAndRequestCount")).json();
  console.log(JSON.stringify([errorCount, requestCount, failedRequests]));
  await kit.stop([server], { drainSeconds: 0 });
});
`;

const imports = `import { createKit, serverError } from "@nary/app";
import { errorHandler, nary, owner } from "@nary/app/express";
`;
const requires = `const { createKit, serverError } = require("@nary/app");
const { errorHandler, nary, owner } = require("@nary/app/express");
`;

/** A handler of the taxonomy that knows all of its types. */
const typed = `import { createKit, isAppError, type AppError } from "@nary/app";
import { errorHandler, nary, owner } from "@nary/app/express";
import { errorHandler as fastifyErrors, nary as plugin } from "@nary/app/fastify";
import { serve } from "@nary/app/http";
import express from "express";
import { fastify } from "fastify";
import { createServer } from "node:http";

export function statusOf(error: AppError): number {
  switch (error.type) {
    case "ServerError":
      return 500;
    case "ClientError":
    case "ExpectedOutcome":
      return error.status;
    case "RecoveredFailure":
      return error.dependency.length;
  }
}

const kit = createKit();
const app = express();
app.use(nary(kit), owner({ team: "core" }));
app.get("/", (_request, response) => { response.end(String(isAppError(undefined))); });
app.use(errorHandler(kit));
const other = fastify();
other.register(plugin(kit));
other.setErrorHandler(fastifyErrors(kit));
other.get("/", { config: { team: "core" } }, () => "");
createServer(serve(kit, (_request, response) => void response.end()));
`;

describe("@nary/app as a package", function () {
  this.timeout(300_000);
  let made: Package;
  let folder: string;

  before(async () => {
    made = await appPackage();
    folder = await temporaryFolder();
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "a-service" }));
    const registry = await pinned("express", "@types/express", "@types/node", "fastify");
    const versions = [...registry, "express4@npm:express@4"];
    await succeed("npm", ["install", "--prefer-offline", "--silent", ...versions, made.tarball], {
      cwd: folder,
    });
  });

  async function runs(file: string, text: string): Promise<unknown> {
    await writeFile(join(folder, file), text);
    const said: unknown = JSON.parse(await succeed(process.execPath, [file], { cwd: folder }));
    return said;
  }

  it("has what is built and nothing else", () => {
    const foreign = made.files.filter(
      (path) => !/^(dist\/[\w/-]+\.(js|d\.ts)|sql\/\w+\.sql|README\.md|LICENSE|package\.json)$/.test(path),
    );
    assert.deepEqual(foreign, []);
  });

  for (const express of ["express", "express4"]) {
    it(`is imported, and counts with ${express}`, async () => {
      const text = `${imports}import express from "${express}";\n${useIt("express")}`;
      assert.deepEqual(await runs(`${express}.mjs`, text), [1, 1, 1]);
    });

    it(`is required from CommonJS, and counts with ${express}`, async () => {
      const text = `${requires}const express = require("${express}");\n${useIt("express")}`;
      assert.deepEqual(await runs(`${express}.cjs`, text), [1, 1, 1]);
    });
  }

  it("counts once in a process that has two copies of it, one imported and one required", async () => {
    const copy = join(folder, "vendor", "node_modules", "@nary", "app");
    await cp(join(folder, "node_modules", "@nary", "app"), copy, { recursive: true });
    await writeFile(
      join(folder, "vendor", "second.cjs"),
      `const { createKit } = require("@nary/app");
const { nary } = require("@nary/app/express");
module.exports = { kit: createKit(), nary, createKit };`,
    );
    const text = `${imports}import express from "express";
import second from "./vendor/second.cjs";
if (second.createKit === createKit) throw new Error("one copy");
const kit = createKit();
const app = express();
app.use(nary(kit));
app.use(second.nary(second.kit));
app.get("/", (request, response) => {
  kit.logServerError({ error: serverError("one") });
  second.kit.logServerError({ error: serverError("two") });
  response.status(500).end();
});
const server = app.listen(0, "127.0.0.1", async () => {
  await fetch("http://127.0.0.1:" + server.address().port);
  setImmediate(() => {
    const counts = [kit, second.kit].map((one) => one.counts());
    console.log(JSON.stringify(counts.map((one) => [one.errorCount, one.requestCount, one.failedRequests])));
    void kit.stop([server], { drainSeconds: 0 });
  });
});
`;
    assert.deepEqual(await runs("twice.mjs", text), [
      [2, 1, 1],
      [2, 1, 1],
    ]);
  });

  for (const file of ["typed.mts", "typed.cts"]) {
    it(`has its types in ${file}, where a handler that misses one of its errors does not compile`, async () => {
      const compile = (name: string) =>
        runProgram(process.execPath, [compiler, "--noEmit", ...strict, name], { cwd: folder });
      await writeFile(join(folder, file), typed);
      assert.deepEqual(await compile(file), { exitCode: 0, stdout: "", stderr: "" });
      await writeFile(join(folder, `wrong-${file}`), typed.replace(`case "ExpectedOutcome":`, ""));
      const { exitCode, stdout } = await compile(`wrong-${file}`);
      assert.notEqual(exitCode, 0);
      assert.match(stdout, /error TS2366/);
    });
  }
});
