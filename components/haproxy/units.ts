/** Seconds as HAProxy has them. */
export const milliseconds = (seconds: number) => `${Math.round(seconds * 1000)}ms`;
