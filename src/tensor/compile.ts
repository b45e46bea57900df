import { releaseFreeMemory } from './allocator.ts';
import { CardTensor, cardMemoryOf } from './card-tensor.ts';
import { attribute, dataTypes } from './graph-def.ts';
import { StepQueue } from './queue.ts';
import type { CompileOptions, RecordedNodes } from './recorded-nodes.ts';
import { type Ends, fed, type InputInfo, placeholder, type Recorded, record } from './recording.ts';
import { type DeviceTensor, type HostTensor, type Session, SessionTensor } from './session.ts';
import type { SessionVariables } from './session-variables.ts';
import { type CompiledStep, callable, dtypeOf, type Inputs, type StepFunction } from './step.ts';

/** A step recorded into a session: once for each set of input shapes, when it first occurs. */
export function compileInSession(
  session: Session,
  fn: StepFunction,
  variables: SessionVariables | undefined,
  options: CompileOptions,
): CompiledStep {
  const recorded = new Map<string, Recorded>();
  const memory = cardMemoryOf(session);
  const runOnDevice = async (inputs: Inputs, stay: readonly string[] = []): Promise<Record<string, DeviceTensor>> => {
    const stays = (name: string) => options.device === 'gpu' && stay.some((prefix) => name.startsWith(prefix));
    const key = [signature(inputs), ...stay].join(' ');
    let graph = recorded.get(key);
    const isNew = graph === undefined;
    if (graph === undefined) {
      const infos = Object.entries(inputs).map(([name, value]) => [name, infoOf(value)] as const);
      graph = record(session, fn, variables, Object.fromEntries(infos), options, fedEnds(inputs, stays));
      recorded.set(key, graph);
    }
    const feeds: Record<string, HostTensor | SessionTensor> = {};
    for (const [name, value] of Object.entries(inputs)) {
      if (!(value instanceof SessionTensor || value instanceof CardTensor || 'data' in value))
        throw new Error(`input ${name} belongs to another engine`);
      feeds[graph.feeds[name] as string] = value instanceof CardTensor ? value.handle : value;
    }
    for (const { placeholder, input, make } of graph.derived) {
      const value = inputs[input] as HostTensor | DeviceTensor;
      feeds[placeholder] = make('data' in value ? value : value.read());
    }
    const { outputs, outputInfo, targets } = graph;
    // first, so that what failed before leaves its memory to this; otherwise the step starts within this call, and a
    // session that is closed next lets it finish
    if (memory.hasGarbage) await memory.sweep();
    const results = await session.run(feeds, Object.values(outputs), targets);
    if (isNew) releaseFreeMemory();
    return Object.fromEntries(
      Object.keys(outputs).map((name, i) => {
        const held = results[i] as SessionTensor;
        const { shape, dtype } = outputInfo[name] as InputInfo;
        return [name, stays(name) ? new CardTensor(memory, held, shape, dtype) : held];
      }),
    );
  };
  const queue = options.device === 'gpu' ? new StepQueue(session, fn, variables, options) : undefined;
  return callable(runOnDevice, queue && ((calls, meanwhile) => queue.run(calls, meanwhile)));
}

function infoOf(value: HostTensor | DeviceTensor): InputInfo {
  return { shape: value.shape, dtype: dtypeOf(value) };
}

/** Inputs that are fed or kept on a GPU, and outputs that are fetched or stay there. */
function fedEnds(inputs: Inputs, stays: (name: string) => boolean): Ends {
  return {
    input: (recorder, name, info) =>
      inputs[name] instanceof CardTensor ? keptTensor(recorder, info) : fed.input(recorder, name, info),
    output: ({ graph }, name, node, { dtype }) =>
      stays(name) ? graph.node('GetSessionHandle', [node], { T: attribute.type(dataTypes[dtype]) }) : node,
  };
}

function keptTensor({ graph }: RecordedNodes, { dtype }: InputInfo): ReturnType<Ends['input']> {
  const handle = placeholder(graph, { shape: [], dtype: 'string' });
  const node = graph.node('GetSessionTensor', [handle], { dtype: attribute.type(dataTypes[dtype]) });
  return { node, feed: handle, onCard: true };
}

function signature(inputs: Inputs): string {
  return Object.entries(inputs)
    .map(([name, value]) => `${name}:${value instanceof CardTensor ? '@' : ''}${dtypeOf(value)}[${value.shape}]`)
    .join(' ');
}
