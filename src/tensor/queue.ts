import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from './flat.ts';
import { attribute, dataTypes, GraphDef, vectorOf } from './graph-def.ts';
import type { CompileOptions, RecordedNodes } from './recorded-nodes.ts';
import { type Ends, type InputInfo, placeholder, type Recorded, record } from './recording.ts';
import type { HostTensor, Session } from './session.ts';
import type { SessionVariables } from './session-variables.ts';
import type { HostInputs, StepFunction } from './step.ts';

/** Numbers per row of the data sent to the GPU: 64 bytes, so that TensorFlow can slice inputs out without copying. */
const ROW = 16;

/** The maximum number of steps in a sequence; it has one row of results for each. */
const MOST_STEPS = 256;

let queues = 0;

/**
 * Runs sequences of one step on a GPU without waiting in between. A copy to or from a GPU waits for all its earlier
 * work, and the host with it, so no step copies anything: all inputs go into one variable at the beginning, each step
 * takes its own from it and writes its outputs into a row of another, which is read at the end. The only values fed to
 * a step are a few numbers that stay in host memory.
 */
export class StepQueue {
  readonly #session: Session;
  readonly #fn: StepFunction;
  readonly #variables: SessionVariables | undefined;
  readonly #options: CompileOptions;
  readonly #name = `queue_${queues++}`;
  readonly #recorded = new Map<string, Queued>();
  #results: Results | undefined;

  constructor(session: Session, fn: StepFunction, variables: SessionVariables | undefined, options: CompileOptions) {
    this.#session = session;
    this.#fn = fn;
    this.#variables = variables;
    this.#options = options;
  }

  async run(calls: readonly HostInputs[], meanwhile?: () => void): Promise<Record<string, HostTensor>[]> {
    const results: Record<string, HostTensor>[] = [];
    for (let from = 0; from < calls.length; from += MOST_STEPS) {
      results.push(...(await this.#run(calls.slice(from, from + MOST_STEPS), meanwhile)));
    }
    return results;
  }

  async #run(calls: readonly HostInputs[], meanwhile: (() => void) | undefined): Promise<Record<string, HostTensor>[]> {
    const steps = calls.map((inputs) => this.#queued(inputs));
    const results = await this.#prepared(steps);
    const first: number[] = [];
    let rows = 0;
    for (const { layout } of steps) {
      first.push(rows);
      rows += layout.rows;
    }
    const sent = new Float32Array(rows * ROW);
    const integers = new Int32Array(sent.buffer);
    for (const [i, { layout }] of steps.entries()) {
      const inputs: HostInputs = { ...calls[i], [RESULT_ROW]: { shape: [1], data: Int32Array.of(i) } };
      for (const { name, row } of layout.places) {
        const { data } = inputs[name] as HostTensor;
        (data instanceof Int32Array ? integers : sent).set(data, ((first[i] as number) + row) * ROW);
      }
    }
    await this.#session.run({ [results.sent]: { shape: [rows, ROW], data: sent } }, [], [results.send]);
    for (const [i, { graph, begin, host }] of steps.entries()) {
      const inputs = calls[i] as HostInputs;
      const feeds: Record<string, HostTensor> = {
        [begin]: { shape: [2], data: Int32Array.of(first[i] as number, 0) },
      };
      for (const name of host) feeds[graph.feeds[name] as string] = inputs[name] as HostTensor;
      for (const { placeholder, input, make } of graph.derived) feeds[placeholder] = make(inputs[input] as HostTensor);
      const running = this.#session.run(feeds, [], graph.targets);
      // a failure of `meanwhile` is the visible one
      running.catch(() => {});
      meanwhile?.();
      await running;
    }
    const [held] = await this.#session.run({}, [results.read]);
    const { data } = (held as NonNullable<typeof held>).read();
    held?.dispose();
    return steps.map(({ graph }, i) => {
      let at = i * results.width;
      return Object.fromEntries(
        Object.entries(graph.outputInfo).map(([name, { shape }]) => {
          const value = { shape, data: data.slice(at, at + sizeOf(shape)) as Float32Array };
          at += sizeOf(shape);
          return [name, value];
        }),
      );
    });
  }

  #queued(inputs: HostInputs): Queued {
    const key = Object.entries(inputs)
      .map(([name, { shape, data }]) => `${name}:${data instanceof Int32Array ? 'int32' : 'float32'}[${shape}]`)
      .join(' ');
    const queued = this.#recorded.get(key) ?? this.#record(inputs);
    this.#recorded.set(key, queued);
    return queued;
  }

  #record(inputs: HostInputs): Queued {
    const hostInputs = this.#options.hostInputs ?? [];
    const infos: Record<string, InputInfo> = Object.fromEntries(
      Object.entries(inputs).map(([name, { shape, data }]) => [
        name,
        { shape, dtype: data instanceof Int32Array ? 'int32' : 'float32' },
      ]),
    );
    const layout = layoutOf({
      ...Object.fromEntries(Object.entries(infos).filter(([name]) => !hostInputs.includes(name))),
      [RESULT_ROW]: { shape: [1], dtype: 'int32' },
    });
    let taken: Taken | undefined;
    const ends: Ends = {
      input: (recorder, name, info) => {
        if (hostInputs.includes(name)) return { node: placeholder(recorder.graph, info), onCard: false };
        taken ??= this.#take(recorder, layout);
        return { node: taken.nodes[name] as string, onCard: true };
      },
      finish: (recorder, outputs) => {
        taken ??= this.#take(recorder, layout);
        const row = tf.concat(Object.values(outputs).map((output) => tf.reshape(output, [output.size])));
        const handle = this.#handle(recorder.graph, 'results', [MOST_STEPS, row.size]);
        const values = recorder.nameOf(tf.reshape(row, [1, row.size]));
        return [
          recorder.graph.node('ResourceScatterUpdate', [handle, taken.nodes[RESULT_ROW] as string, values], {
            dtype: float,
            Tindices: int,
          }),
        ];
      },
    };
    const graph = record(this.#session, this.#fn, this.#variables, infos, this.#options, ends);
    return { graph, layout, begin: (taken as Taken | undefined)?.begin as string, host: hostInputs };
  }

  /** Slices one step's inputs out of what was sent. */
  #take({ graph }: RecordedNodes, { places, rows }: Layout): Taken {
    const begin = placeholder(graph, { shape: [2], dtype: 'int32' });
    const vector = (values: readonly number[], shape?: readonly number[]) => vectorOf(graph, values, shape);
    const reshaped = (node: string, shape: readonly number[]) =>
      graph.node('Reshape', [node, vector(shape)], { T: float, Tshape: int });
    const sent = graph.node('ReadVariableOp', [this.#handle(graph, 'sent')], { dtype: float });
    const own = graph.node('Slice', [sent, begin, vector([rows, ROW])], { T: float, Index: int });
    const sizes = vector(places.map((place) => place.rows));
    const split = graph.node('SplitV', [own, sizes, vector([0], [])], {
      ...{ num_split: attribute.integer(places.length), T: float, Tlen: int },
    });
    const nodes: Record<string, string> = {};
    for (const [i, { name, info, rows }] of places.entries()) {
      const size = sizeOf(info.shape);
      let node = i === 0 ? split : `${split}:${i}`;
      if (size < rows * ROW) {
        const numbers = reshaped(node, [rows * ROW]);
        node = graph.node('Slice', [numbers, vector([0]), vector([size])], { T: float, Index: int });
      }
      node = reshaped(node, info.shape);
      nodes[name] = info.dtype === 'int32' ? graph.node('Bitcast', [node], { T: float, type: int }) : node;
    }
    return { begin, nodes };
  }

  /** Creates the variables of the queue once the size of the results is known. */
  async #prepared([step]: readonly Queued[]): Promise<Results> {
    if (this.#results !== undefined) return this.#results;
    const width = Object.values((step as Queued).graph.outputInfo).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    const graph = new GraphDef(this.#name);
    const value = graph.node('Placeholder', [], { dtype: float, shape: attribute.anyShape() });
    const send = graph.node('AssignVariableOp', [this.#handle(graph, 'sent'), value], { dtype: float });
    const results = this.#handle(graph, 'results', [MOST_STEPS, width]);
    const read = graph.node('ReadVariableOp', [results], { dtype: float });
    const shape = { shape: [MOST_STEPS, width], dtype: 'float32' } as const;
    const zeros = graph.node('Placeholder', [], {
      dtype: float,
      shape: attribute.shape(shape.shape),
    });
    const clear = graph.node('AssignVariableOp', [results, zeros], { dtype: float });
    this.#session.extend(graph);
    await this.#session.run({ [zeros]: { ...shape, data: new Float32Array(MOST_STEPS * width) } }, [], [clear]);
    this.#results = { sent: value, send, read, width };
    return this.#results;
  }

  #handle(graph: GraphDef, name: string, shape?: readonly number[]): string {
    return graph.node('VarHandleOp', [], {
      dtype: float,
      shape: shape === undefined ? attribute.anyShape() : attribute.shape(shape),
      shared_name: attribute.text(`${this.#name}/${name}`),
      container: attribute.text(''),
    });
  }
}

/** An extra input of the step: the row for its results. */
const RESULT_ROW = '(row)';

/** The positions of a step's inputs among its rows of the data sent. */
interface Layout {
  readonly places: readonly {
    readonly name: string;
    readonly info: InputInfo;
    readonly row: number;
    readonly rows: number;
  }[];
  readonly rows: number;
}

interface Queued {
  readonly graph: Recorded;
  readonly layout: Layout;
  /** The placeholder for the step's first row. */
  readonly begin: string;
  readonly host: readonly string[];
}

interface Taken {
  readonly begin: string;
  readonly nodes: Readonly<Record<string, string>>;
}

interface Results {
  readonly sent: string;
  readonly send: string;
  readonly read: string;
  readonly width: number;
}

function layoutOf(inputs: Readonly<Record<string, InputInfo>>): Layout {
  let rows = 0;
  const places = Object.entries(inputs).map(([name, info]) => {
    const place = { name, info, row: rows, rows: Math.ceil(sizeOf(info.shape) / ROW) };
    rows += place.rows;
    return place;
  });
  return { places, rows };
}

const float = attribute.type(dataTypes.float32);
const int = attribute.type(dataTypes.int32);
