import { z } from 'zod';

/** How many pieces of a vocabulary keep their rows from another model. */
export interface CarriedRows {
  readonly carried: number;
  readonly pieces: number;
}

/** A trained model from which training started. */
export interface Ancestor {
  /** Its folder or file, as given. */
  readonly path: string;
  /** Of its file, in hex: identifies exactly these parameters. */
  readonly sha256: string;
  /** Updates of its training. */
  readonly step: number;
  /** The data it was trained on. */
  readonly data?: string | undefined;
  /** By side, if its vocabulary was a different one. */
  readonly rows: { readonly source?: CarriedRows | undefined; readonly target?: CarriedRows | undefined };
}

const rowsSchema = z.object({ carried: z.number(), pieces: z.number() });

/** The ancestors of a model in its metadata, nearest first. */
export const ancestrySchema = z.array(
  z.object({
    ...{ path: z.string(), sha256: z.string(), step: z.number(), data: z.string().optional() },
    rows: z.object({ source: rowsSchema.optional(), target: rowsSchema.optional() }),
  }),
);

const count = (value: number) => value.toLocaleString('en-US');

/** `checkpoints/concat (3,000 updates on data/prepared); 2,804 of 4,000 source pieces keep their rows`. */
export function describeAncestor({ path, step, data, rows }: Ancestor): string {
  const carried = (['source', 'target'] as const).flatMap((side) => {
    const own = rows[side];
    return own === undefined ? [] : [`${count(own.carried)} of ${count(own.pieces)} ${side} pieces keep their rows`];
  });
  return [`${path} (${count(step)} updates${data === undefined ? '' : ` on ${data}`})`, ...carried].join('; ');
}
