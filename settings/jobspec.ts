import { z } from "zod";

const error = "must be the path of a job file, such as api.nomad.hcl";

/** Path of a job file of the user's own, from the folder of the program. */
export const jobspec = z.string({ error }).min(1, { error });
