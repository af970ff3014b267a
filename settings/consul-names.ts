import { isIP } from "node:net";
import { z } from "zod";

const nameError =
  "must be a name in Consul: 1 to 128 letters, digits, dots, dashes and underscores, a letter or digit first and last";

/** The name of a service or node in Consul that is none of ours; nothing in it means more in a policy's rules. */
export const consulName = z
  .string({ error: nameError })
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?$/, { error: nameError })
  .brand<"ConsulName">();

const addressError = "must be an IP address or a host's name, such as 10.0.0.5 or db.example";

/** Where something outside is: without scheme, port and zone. */
export const hostAddress = z
  .string({ error: addressError })
  .refine(
    (text) =>
      (isIP(text) !== 0 && !text.includes("%")) ||
      /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/.test(
        text,
      ),
    { error: addressError },
  )
  .brand<"HostAddress">();
