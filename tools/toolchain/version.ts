export interface Version {
  major: number;
  minor: number;
  patch: number;
  /** "beta.1" in 1.12.0-beta.1; empty for a release. */
  prerelease: string;
}

const pattern = /(?<![\d.])v?(\d+)\.(\d+)(?:\.(\d+))?(?:-([0-9A-Za-z][0-9A-Za-z.-]*))?/;

/** The first version in a text such as "Nomad v1.11.3" or "HAProxy version 2.6.12-1+deb12u1 2023/12/16". */
export function parseVersion(text: string): Version | undefined {
  const found = pattern.exec(text);
  if (found === null) return undefined;
  const [, major, minor, patch = "0", prerelease = ""] = found;
  return { major: Number(major), minor: Number(minor), patch: Number(patch), prerelease };
}

export function formatVersion({ major, minor, patch, prerelease }: Version): string {
  return `${major}.${minor}.${patch}${prerelease === "" ? "" : `-${prerelease}`}`;
}

/** Fits when nothing that we use can be missing (same minor or newer) or gone (same major); betas never fit. */
export function sameMajor(pinned: string): (version: Version) => boolean {
  const wanted = parseVersion(pinned);
  return ({ major, minor, prerelease }) =>
    wanted !== undefined && major === wanted.major && minor >= wanted.minor && prerelease === "";
}

/** For tools whose releases keep what older ones had. A distribution's own suffix (-1+deb12u1) is no beta. */
export function atLeast(oldest: string): (version: Version) => boolean {
  const wanted = parseVersion(oldest);
  return (version) => wanted !== undefined && compareVersions(version, wanted) >= 0;
}

export function compareVersions(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}
