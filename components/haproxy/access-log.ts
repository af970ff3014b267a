/*
 * One JSON object a line, whatever a client sends: what comes from it is cut and made JSON text by HAProxy itself. The
 * line has room for a path of which each character has to be escaped.
 */

const fieldsOf = (frontend: string) => [
  // Unix time at which the request began, in seconds.
  '"time":%Ts.%ms',
  '"client":"%ci"',
  `"frontend":"${frontend}"`,
  '"method":"%[var(txn.nary_method),json(utf8s)]"',
  '"path":"%[var(txn.nary_path),json(utf8s)]"',
  '"status":%ST',
  '"bytes":%B',
  // Milliseconds, -1 for what did not happen.
  '"ms":{"request":%TR,"queue":%Tw,"connect":%Tc,"response":%Tr,"total":%Ta}',
  // With a plus in front when the last try went to another server.
  '"retries":"%rc"',
  '"ended":"%ts"',
  '"backend":"%b"',
  '"server":"%s"',
  '"side":"%[var(txn.nary_side,none)]"',
];

/**
 * Lines of a frontend that writes the log. What HAProxy says of itself goes to stderr, apart from it.
 *
 * @param frontend - that clients have asked, as the log names it
 */
export const accessLog = (frontend: string): string[] => [
  "log stdout len 16384 format raw local0 info",
  `log-format '{${fieldsOf(frontend).join(",")}}'`,
  "http-request set-var(txn.nary_method) method,bytes(0,32)",
  "http-request set-var(txn.nary_path) path,bytes(0,1024)",
  "http-after-response set-var(txn.nary_side) str(canary) if { srv_name -m beg canary_ }",
  "http-after-response set-var(txn.nary_side) str(twin) if { srv_name -m beg twin_ }",
  "http-after-response set-var(txn.nary_side) str(stable) if { srv_name -m found } !{ srv_name -m beg canary_ twin_ }",
];
