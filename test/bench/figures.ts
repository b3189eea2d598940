/** One line of the bench's table. */
export interface Figure {
  what: string;
  value: number;
  unit: string;
  /** The promise it is held against; none for figures that are only stated. */
  bound?: { at: 'least' | 'most'; value: number };
  note?: string;
}

/** A bench starts what it needs, measures, stops it, and answers its figures. Keeps no state. */
export interface Bench {
  name: string;
  run(): Promise<Figure[]>;
}

/** Value below which `share` (0 to 1) of the samples lie. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Whether a figure keeps its promise; figures without one do. */
export function met(figure: Figure): boolean {
  const { bound, value } = figure;
  if (!bound) return true;
  return bound.at === 'least' ? value >= bound.value : value <= bound.value;
}

/** The figures as aligned text. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.what,
    `${round(figure.value)} ${figure.unit}`,
    figure.bound ? `at ${figure.bound.at} ${round(figure.bound.value)}` : '',
    figure.bound ? (met(figure) ? 'met' : 'NOT MET') : '',
    figure.note ?? '',
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function round(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}
