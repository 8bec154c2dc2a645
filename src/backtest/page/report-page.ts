export const reportPage = (_: unknown): string => '';
