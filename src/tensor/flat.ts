import type { HostTensor } from './session.ts';

/** Numbers per row of a flat variable: 256 bytes, so that TensorFlow can slice its members out without copying. */
export const ROW = 64;

/** The name that stands for all members of a flat variable at once: `*`, and with a group `first/*`. */
export const ALL = '*';

/** A variable inside a flat one: some of its rows, the last padded with zeros. */
export interface FlatMember {
  readonly name: string;
  readonly shape: readonly number[];
  readonly row: number;
  readonly rows: number;
}

/** A variable [R, 64] that holds several. */
export interface FlatVariable {
  readonly name: string;
  readonly shape: readonly [number, number];
  readonly members: readonly FlatMember[];
}

/**
 * The flat variables that hold the variables with these names, and those with the same names in every group
 * (`first/NAME`) that has them all.
 */
export function flatVariables(
  shapes: Readonly<Record<string, readonly number[]>>,
  together: readonly string[],
): FlatVariable[] {
  const [one] = together;
  if (one === undefined) return [];
  const groups = Object.keys(shapes).flatMap((name) =>
    name === one || name.endsWith(`/${one}`) ? [name.slice(0, name.length - one.length)] : [],
  );
  return groups
    .filter((group) => together.every((name) => shapes[`${group}${name}`] !== undefined))
    .map((group) => {
      let row = 0;
      const members = together.map((name): FlatMember => {
        const shape = shapes[`${group}${name}`] as readonly number[];
        const member = { name: `${group}${name}`, shape, row, rows: Math.ceil(sizeOf(shape) / ROW) };
        row += member.rows;
        return member;
      });
      return { name: `${group}${ALL}`, shape: [row, ROW], members };
    });
}

/** A flat variable's value from its members; members without a new value keep that of `before`. */
export function joinMembers(
  { shape, members }: FlatVariable,
  values: Readonly<Record<string, HostTensor>>,
  before?: HostTensor,
): HostTensor {
  const data = before === undefined ? new Float32Array(shape[0] * ROW) : Float32Array.from(before.data);
  for (const { name, row } of members) {
    const value = values[name];
    if (value !== undefined) data.set(value.data, row * ROW);
  }
  return { shape, data };
}

/** Extracts a member's value from a flat variable's. */
export function memberOf({ shape, row }: FlatMember, flat: HostTensor): HostTensor {
  return { shape, data: flat.data.slice(row * ROW, row * ROW + sizeOf(shape)) as Float32Array };
}

/** The number of values in a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, n) => size * n, 1);
}
