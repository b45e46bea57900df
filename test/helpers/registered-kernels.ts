import { type ProtoField, readProto } from '../../src/support/protobuf.ts';
import type { GraphDef } from '../../src/tensor/graph-def.ts';
import { loadKoffi } from '../../src/tensor/library.ts';

/** A node of a graph: its operation and the types among its attributes, by TensorFlow's numbers. */
export interface GraphNode {
  readonly op: string;
  readonly types: Readonly<Record<string, readonly number[]>>;
}

/** An implementation of an operation for a kind of device. Source: kernel_def.proto. */
interface Kernel {
  readonly device: string;
  /** By attribute: the types it supports. */
  readonly types: Readonly<Record<string, readonly number[]>>;
}

/** The nodes of a graph. Sources: graph.proto, node_def.proto, attr_value.proto. */
export function nodesOf(graph: GraphDef): GraphNode[] {
  return messages(graph.finish(), 1).map((node) => ({
    op: text(node, 2),
    types: Object.fromEntries(
      messages(node, 5).flatMap((entry) => {
        const types = typesIn(messages(entry, 2)[0]);
        return types.length === 0 ? [] : [[text(entry, 1), types]];
      }),
    ),
  }));
}

/**
 * Looks up the kernels that a TensorFlow library has registered: those for GPUs are listed where there is no GPU too.
 * @returns whether it has one for a node on a kind of device
 */
export function kernelLookup(library: string): (node: GraphNode, device: string) => boolean {
  const koffi = loadKoffi();
  const buffer = koffi.struct({ data: 'void*', length: 'size_t', deallocate: 'void*' });
  const tensorflow = koffi.load(library, { lazy: true });
  const newStatus = tensorflow.func('void* TF_NewStatus()');
  const list = tensorflow.func('void* TF_GetRegisteredKernelsForOp(const char*, void*)');
  const known = new Map<string, readonly Kernel[]>();
  const kernelsOf = (op: string): readonly Kernel[] => {
    const pointer = list(op, newStatus());
    if (pointer === null) return [];
    const { data, length } = koffi.decode(pointer, buffer);
    return messages(new Uint8Array(koffi.view(data, Number(length))), 1).map((kernel) => ({
      device: text(kernel, 2),
      types: Object.fromEntries(messages(kernel, 3).map((rule) => [text(rule, 1), typesIn(messages(rule, 2)[0])])),
    }));
  };
  return ({ op, types }, device) => {
    const kernels = known.get(op) ?? kernelsOf(op);
    known.set(op, kernels);
    return kernels.some(
      (kernel) =>
        [device, 'DEFAULT'].includes(kernel.device) &&
        Object.entries(kernel.types).every(([name, allowed]) => (types[name] ?? []).every((t) => allowed.includes(t))),
    );
  };
}

/** The type, or the list of types, in an attribute's value. */
function typesIn(value: Uint8Array | undefined): number[] {
  if (value === undefined) return [];
  return [...integers(value, 6), ...messages(value, 1).flatMap((list) => integers(list, 6))];
}

function integers(message: Uint8Array, field: number): number[] {
  return fields(message, field).flatMap((found) => {
    if (found.wire === 'varint') return [Number(found.value)];
    // packed: each of these is below 128
    return [...found.value];
  });
}

function messages(message: Uint8Array, field: number): Uint8Array[] {
  return fields(message, field).flatMap((found) => (found.wire === 'bytes' ? [found.value] : []));
}

function text(message: Uint8Array, field: number): string {
  return Buffer.from(messages(message, field)[0] ?? '').toString();
}

function fields(message: Uint8Array, field: number): ProtoField[] {
  return [...readProto(message)].filter((found) => found.field === field);
}
