import { SettingsError } from "../settings/errors.ts";

export type Server = {
  address: URL;
  token: string | undefined;
  /** Consul's datacenter or Nomad's region; that of who answers unless given. */
  place: string | undefined;
};

type Source = {
  name: "Consul" | "Nomad";
  /** Key of the stack's configuration, then the variable that stands in for it. */
  address: readonly [key: string, variable: string];
  token: readonly [key: string, variable: string];
  /** What its provider calls the place, and reads it from where the configuration does not say. */
  place: readonly [key: string, variable?: string];
  /** Whether an address without a scheme means TLS. */
  tls: boolean;
  fallback: string;
};

/** Where Consul and Nomad are: as the stack's providers know it, so that gate and Pulumi talk to the same ones. */
export function serversOf(
  configuration: Readonly<Record<string, string>>,
  environment: NodeJS.ProcessEnv,
): { consul: Server; nomad: Server } {
  const server = (source: Source): Server => {
    const [key, variable] = source.address;
    const [where, text] = given(configuration, environment, key, variable) ?? [
      "the default",
      source.fallback,
    ];
    const token = given(configuration, environment, ...source.token)?.[1];
    const place = given(configuration, environment, ...source.place)?.[1];
    return { address: addressOf(source, where, text), token, place };
  };
  return {
    consul: server({
      name: "Consul",
      address: ["consul:address", "CONSUL_HTTP_ADDR"],
      token: ["consul:token", "CONSUL_HTTP_TOKEN"],
      place: ["consul:datacenter"],
      tls:
        configuration["consul:scheme"] === "https" ||
        (configuration["consul:scheme"] === undefined && environment["CONSUL_HTTP_SSL"] === "true"),
      fallback: "http://127.0.0.1:8500",
    }),
    nomad: server({
      name: "Nomad",
      address: ["nomad:address", "NOMAD_ADDR"],
      token: ["nomad:secretId", "NOMAD_TOKEN"],
      place: ["nomad:region", "NOMAD_REGION"],
      tls: false,
      fallback: "http://127.0.0.1:4646",
    }),
  };
}

function given(
  configuration: Readonly<Record<string, string>>,
  environment: NodeJS.ProcessEnv,
  key: string,
  variable?: string,
): readonly [where: string, text: string] | undefined {
  const configured = configuration[key];
  if (configured !== undefined && configured !== "") return [key, configured];
  if (variable === undefined) return undefined;
  const set = environment[variable];
  return set === undefined || set === "" ? undefined : [variable, set];
}

function addressOf(source: Source, where: string, text: string): URL {
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `${source.tls ? "https" : "http"}://${text}`;
  const address = URL.parse(full);
  if (address === null || !["http:", "https:"].includes(address.protocol)) {
    // The text is not shown: a password may stand in it.
    throw new SettingsError(
      `${where} is not an address of ${source.name}: it must be such as ${source.fallback} or https://host:port.`,
    );
  }
  return address;
}
