/** A problem the user can act on: one line that says what, where and what to do. Ends the command with exit code 2. */
export class CliError extends Error {
  override name = 'CliError';
}

/** What the operating system said, in words; the code stays in brackets for searching. */
export function describeSystemError(error: unknown): string {
  const code = codeOf(error);
  const words: Readonly<Record<string, string>> = {
    EACCES: 'permission denied',
    EPERM: 'not permitted',
    EROFS: 'the file system is read-only',
    ENOSPC: 'the disk is full',
    EDQUOT: 'the disk quota is used up',
    ENOENT: 'it does not exist',
    ENOTDIR: 'a part of the path is not a folder',
    EISDIR: 'it is a folder',
    ELOOP: 'symbolic links run in a circle',
    ENAMETOOLONG: 'the name is too long',
    EMFILE: 'too many open files',
    EBUSY: 'it is in use',
  };
  if (code === undefined) return error instanceof Error ? error.message : String(error);
  return `${words[code] ?? 'the system refused'} (${code})`;
}

/** The error of a port that another program listens on; undefined when the error is another one. */
export function describePortInUse(error: unknown, port: number | undefined): CliError | undefined {
  return codeOf(error) === 'EADDRINUSE'
    ? new CliError(`port ${port} is in use; choose another, or leave --port out for a free one`)
    : undefined;
}

/** The error code of the operating system, such as `ENOENT`; undefined when the error is not the system's. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
