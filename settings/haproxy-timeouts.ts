import { z } from "zod";
import { number, whole } from "./loose.ts";

const seconds = number("a number of seconds, 0.1 to 86400", 0.1, 86_400);

/** How long HAProxy waits, in seconds. */
export const timeouts = z.strictObject({
  /** For a server to take a connection. */
  connectSeconds: seconds.default(2),
  /** For a client that has to send or to read. */
  clientSeconds: seconds.default(30),
  /** For a server's answer. */
  serverSeconds: seconds.default(60),
  /** For a server to be free. */
  queueSeconds: seconds.default(5),
  /** For a whole request, without its body. */
  httpRequestSeconds: seconds.default(10),
  /** For the next request on a connection. */
  keepAliveSeconds: seconds.default(15),
  /** For either side of a connection that became a tunnel, such as a WebSocket. */
  tunnelSeconds: seconds.default(3600),
  /** That a process which a reload has replaced may take to end its open requests. */
  hardStopSeconds: seconds.default(60),
});

/** How much HAProxy takes on at the same time; more has to wait. */
export const limits = z.strictObject({
  /** Connections of clients, in all. HAProxy derives it from the limit of open files unless given. */
  connections: whole("a whole number of connections, 1 to 1000000", 1, 1_000_000).optional(),
  /** Requests that one server works on. */
  serverConnections: whole("a whole number of connections, 1 to 1000000", 1, 1_000_000).optional(),
});
