export function codeOf(error: Error): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

/** The connection broke, as connections do: no refusal of ours. What TLS and WebSocket object to is no such thing. */
export function isNetworkError(error: Error): boolean {
  const code = codeOf(error);
  if (code === undefined) return error.message === 'connection closed';
  return !/^(ERR_SSL|ERR_TLS|WS_ERR)/.test(code);
}
