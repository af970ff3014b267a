import { pino } from "pino";

/** Lines of JSON on stdout, which Nomad keeps. Of an error the stack is in it too. */
export const logger = pino({ serializers: { error: pino.stdSerializers.err } });
