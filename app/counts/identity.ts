export type Identity = {
  /** Such as the image; NARY_RELEASE unless given. */
  release?: string;
  /** NARY_ROLE unless given. */
  role?: string;
};

export function identityOf({ release, role }: Identity): { release: string | null; role: string | null } {
  return {
    release: release ?? process.env["NARY_RELEASE"] ?? null,
    role: role ?? process.env["NARY_ROLE"] ?? null,
  };
}
