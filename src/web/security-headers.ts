import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Headers for a product that also runs on a plain-HTTP LAN and in old browsers (guide browsers.md 3):
 * no upgrade-insecure-requests and no HSTS on http (they make a browser ask https for the style sheet), no COEP/COOP/OAC (they only warn
 * there), our own frames allowed and nobody else's, and IE told not to show an intranet site in its IE 7 mode.
 */
const policy = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      baseUri: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      objectSrc: ["'none'"],
    },
  },
  crossOriginEmbedderPolicy: false,
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  referrerPolicy: { policy: 'same-origin' },
  xFrameOptions: { action: 'sameorigin' },
  strictTransportSecurity: false,
} as const;

const base = helmet(policy);
const overTls = helmet.strictTransportSecurity({ maxAge: 15_552_000, includeSubDomains: false });

/** Security headers of every answer. HSTS only where the request came by TLS. */
export const securityHeaders: RequestHandler = (req, res, next) => {
  res.setHeader('X-UA-Compatible', 'IE=edge');
  base(req, res, (error?: unknown) => {
    if (error || !req.secure) return next(error);
    overTls(req, res, next);
  });
};

/**
 * The same policy for fragments, in one call: a fragment is polled every second by every desk, and the answer is mostly 304, so it
 * carries only what a browser applies to something it puts into a page.
 */
export const fragmentHeaders: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'SAMEORIGIN',
  'X-UA-Compatible': 'IE=edge',
  'Content-Security-Policy': policyWith({ images: [] }),
  'Referrer-Policy': 'same-origin',
};

/** The policy of a page that shows pictures of other sites (a map). @param images origins, e.g. `https://tile.example.com` */
export function policyWith({ images }: { images: readonly string[] }): string {
  const sources = ["'self'", 'data:', ...images.filter((origin) => /^https?:\/\/[A-Za-z0-9.:[\]-]+$/.test(origin))];
  return `default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'; img-src ${sources.join(' ')}; object-src 'none'`;
}
