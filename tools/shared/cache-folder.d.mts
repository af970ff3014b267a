export function cacheFolder(environment?: NodeJS.ProcessEnv): string;
