import type { Response } from 'express';

/**
 * Does something before the first byte of the answer goes out, once: a browser follows a redirect, and loads a page's frames, as soon as it has
 * the headers, and must find it done.
 * @param work null = nothing to do yet
 * @param failed answers it all the same with `go`, or otherwise
 */
export function beforeAnswer(
  res: Response,
  work: () => Promise<void> | null,
  failed: (error: unknown, go: () => void) => void,
): void {
  const end = res.end;
  let begun = false;
  res.end = (...args: unknown[]) => {
    const go = () => Reflect.apply(end, res, args);
    const doing = begun ? null : work();
    if (doing === null) return go();
    begun = true;
    doing.then(go, (error: unknown) => failed(error, go));
    return res;
  };
}
