import type { HostTensor } from './session.ts';

/**
 * Named values that outlive a step: parameters, optimiser moments, averages. In a session they are TensorFlow's
 * resource variables; eagerly they are tensors that a step replaces.
 */
export interface Variables {
  /** Shapes by name, in the order they were given. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** Copies of the values; of all if no names are given. */
  read(names?: readonly string[]): Promise<Record<string, HostTensor>>;
  /** Replaces values; shapes must match. */
  write(values: Readonly<Record<string, HostTensor>>): Promise<void>;
  /** Frees what they hold. */
  dispose(): void;
}

/** The shapes of values, by name. */
export function shapesOf(values: Readonly<Record<string, HostTensor>>): Record<string, readonly number[]> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.shape]));
}

/** @throws Error for a value without a variable, or of another shape */
export function checkShapes(shapes: Variables['shapes'], values: Readonly<Record<string, HostTensor>>): void {
  for (const [name, { shape }] of Object.entries(values)) {
    const expected = shapes[name];
    if (expected === undefined) throw new Error(`there is no variable ${name}`);
    if (expected.join() !== shape.join()) {
      throw new Error(`variable ${name} has shape [${expected}], the value has [${shape}]`);
    }
  }
}
