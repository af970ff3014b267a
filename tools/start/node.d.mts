export function runsTypeScript(version: string): boolean;
export function findNode(
  root: string,
  machine?: Pick<NodeJS.Process, "platform" | "arch" | "version" | "execPath">,
): string;
