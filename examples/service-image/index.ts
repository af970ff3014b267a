import * as pulumi from "@pulumi/pulumi";
// In a project of your own: from "nary".
import { Image } from "../../components/index.ts";

const config = new pulumi.Config();
const server = config.require("registry");

const image = new Image("api", {
  name: `${server}/api`,
  context: "app",
  args: { BASE: config.get("base") ?? "node:24-slim" },
  registry: { server, username: config.require("username"), password: config.requireSecret("password") },
});

export const release = image.release;
