import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import * as runtime from "@pulumi/pulumi/runtime/index.js";

// All channels to one address share their connections, dead ones too: an engine on a port that an earlier one had was
// not reached ("14 UNAVAILABLE") while the earlier one's channels waited to try again.
const options: unknown = Reflect.get(runtime, "grpcClientOptions");
if (typeof options !== "object" || options === null)
  throw new Error("Pulumi no longer tells the options of its channels.");
Object.assign(options, { "grpc.use_local_subchannel_pool": 1 });

type Channel = { close: () => void };

/**
 * For the programs of one stack: closes the channels of the program before, which Pulumi leaves open, to knock at
 * their port for ever. Not sooner, because what a failed program has to say may come late.
 */
export function channelCloser(): (program: PulumiFn) => PulumiFn {
  const left: Channel[] = [];
  return (program) => () => {
    for (const channel of left.splice(0)) channel.close();
    for (const client of [runtime.getMonitor(), runtime.getEngine()])
      if (isChannel(client)) left.push(client);
    return program();
  };
}

function isChannel(client: unknown): client is Channel {
  return (
    typeof client === "object" && client !== null && "close" in client && typeof client.close === "function"
  );
}
