import { z } from 'zod';
import type { Exchange } from '../web/exchange.js';
import { parseFields, singleLine } from '../web/forms.js';
import type { DiagPage } from '../web/page-models.js';
import type { Viewer } from '../web/viewer.js';

const report = z.object({ tier: singleLine(40), features: singleLine(500), skew: singleLine(20) });

/** GET /diag: what this browser is to us, for the telephone call with the administrator. */
export function show(exchange: Exchange<Viewer | null>): void {
  exchange.page('diag/show', pageOf(exchange, null));
}

/** POST /diag: what desk.js found out, shown back and logged. */
export function create(exchange: Exchange<Viewer | null>): void {
  const fields = parseFields(report, exchange.req.body);
  exchange.req.log.info({ browser: fields, userAgent: exchange.req.get('User-Agent') }, 'browser report');
  exchange.page('diag/show', pageOf(exchange, fields));
}

function pageOf({ req }: Exchange<Viewer | null>, fields: DiagPage['report']): DiagPage {
  return {
    userAgent: (req.get('User-Agent') ?? '').slice(0, 500),
    address: req.ip ?? '',
    cookie: req.headers.cookie !== undefined,
    report: fields,
  };
}
