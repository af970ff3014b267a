import { isIP } from "node:net";
import { z } from "zod";

/**
 * The name of the service that is released: production's name in Consul, of which jobs are named too. A DNS label with
 * room left for "-canary", since Consul answers DNS for services, and free of every character that HAProxy, a template
 * or a URL would take for more.
 */
export const serviceName = z
  .string()
  .regex(/^[a-z](?:[a-z0-9-]{0,46}[a-z0-9])?$/, {
    error:
      "must be 1 to 48 lower-case letters, digits and dashes, starting with a letter and not ending with a dash",
  })
  // These are names of what stands beside another service.
  .refine((name) => !/(?:^|-)(?:canary|twin|haproxy)$/.test(name), {
    error: "must not be canary, twin or haproxy, nor end in -canary, -twin or -haproxy",
  })
  .brand<"ServiceName">();
export type ServiceName = z.infer<typeof serviceName>;

/** A name under which instances are registered in Consul: a service's name, with the role behind it for canaries and twins. */
export const registeredName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, { error: "must be lower-case letters, digits and dashes" })
  .brand<"RegisteredName">();
export type RegisteredName = z.infer<typeof registeredName>;

/** The name of a Nomad job: a service's name, or a service's name with a role behind it. */
export const jobName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, { error: "must be lower-case letters, digits and dashes" })
  .brand<"JobName">();

export const portLabelError =
  "must be 1 to 32 lower-case letters, digits and underscores, starting with a letter";

/** The label of a port in a Nomad job; it becomes part of environment variables such as NOMAD_PORT_web. */
export const portLabel = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,31}$/, { error: portLabelError })
  .brand<"PortLabel">();
export type PortLabel = z.infer<typeof portLabel>;

/**
 * What is released: an image reference under docker, the path of an executable on the clients under exec and
 * raw_exec.
 * The characters are those of image references and plain paths: nothing that a shell, Nomad's interpolation or a
 * template would take for more.
 */
export const release = z
  .string()
  .regex(/^[A-Za-z0-9/][A-Za-z0-9._:/@+-]{0,511}$/, {
    error:
      "must be an image reference such as registry.example/api@sha256:…, or under exec and raw_exec the path of an " +
      "executable",
  })
  .brand<"Release">();
export type Release = z.infer<typeof release>;

/** A path of a URL, without query and fragment. */
export const urlPath = z
  .string()
  .regex(/^\/[A-Za-z0-9._~/-]{0,255}$/, {
    error: "must be a path such as /status: letters, digits and . _ ~ / -",
  })
  .refine((path) => !/\/(?:\/|\.{1,2}(?:\/|$))/.test(path), {
    error: "must be a path such as /status, without empty names and dots between its slashes",
  })
  .brand<"UrlPath">();
export type UrlPath = z.infer<typeof urlPath>;

const port = "must be a port, a whole number from 1 to 65535";

/** A TCP port that a server listens on. */
export const portNumber = z
  .int({ error: port })
  .min(1, { error: port })
  .max(65_535, { error: port })
  .brand<"PortNumber">();

/** An address to listen on, "*" for all. A zone (`%eth0`) is none of it. */
export const bindAddress = z
  .string({ error: 'must be an IP address, or "*" for all' })
  .refine((text) => text === "*" || (isIP(text) !== 0 && !text.includes("%")), {
    error: 'must be an IP address, or "*" for all',
  })
  .brand<"BindAddress">();

/** A program on the clients: its name on PATH, or its path. */
export const executable = z
  .string({ error: "must be the name or path of a program, without spaces" })
  .regex(/^[A-Za-z0-9._/+-]+$/, { error: "must be the name or path of a program, without spaces" })
  .brand<"Executable">();

/** A Nomad datacenter, or a pattern of such. */
export const datacenter = z
  .string({ error: "must be names of datacenters, such as dc1 or *" })
  .regex(/^[A-Za-z0-9*._-]{1,128}$/, { error: "must be names of datacenters, such as dc1 or *" })
  .brand<"Datacenter">();

/** What all HAProxies in front of a service are called in Consul, beside what they are called as a job. */
export const haproxyName = (service: ServiceName) => registeredName.parse(`${service}-haproxy`);
